//! The data folder: one hub at a time, and every small file replaced whole or not at all.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A data folder.
#[derive(Debug)]
pub struct Folder(PathBuf);

/// The hold of one process on a folder, until it is dropped.
#[derive(Debug)]
pub struct Hold(File);

/// Closing the file alone would wait for whatever another thread is just starting, which has a copy of it until it runs.
impl Drop for Hold {
    fn drop(&mut self) {
        // What cannot be let go goes with the process.
        self.0.unlock().ok();
    }
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process holds it.
    #[error("a hub is running on {0}")]
    Held(PathBuf),
    /// It cannot be made or read.
    #[error("the data folder failed")]
    Io(#[from] io::Error),
}

impl Folder {
    /// Takes hold of a folder, making it if need be. Nobody but its owner may look inside: it holds people's data.
    pub fn hold(path: &Path) -> Result<(Arc<Self>, Hold), FolderError> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let lock = private().create(true).truncate(false).open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok((Arc::new(Self(path.to_owned())), Hold(lock))),
            Err(TryLockError::WouldBlock) => Err(FolderError::Held(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Where something is kept.
    pub fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file's bytes, if there is one.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.at(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces a file: after a crash it holds the old bytes or the new.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let beside = self.at(&format!("{name}.new"));
        private().create(true).truncate(true).open(&beside)?.write_all(bytes)?;
        std::fs::rename(beside, self.at(name))
    }

    /// Replaces a short text that changes all the time, where it stands: after a crash it is the old one or the new, as
    /// the one page that holds it is written whole.
    ///
    /// A file that is replaced ([`Self::write`]) leaves a deleted one behind, and ext4 looks through all that were
    /// deleted in the last minutes before it makes the next: at hundreds a second that was a quarter of all work.
    pub fn mark(&self, name: &str, text: &str) -> io::Result<()> {
        if text.len() > MARK_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a mark is too long"));
        }
        let mut file = private().create(true).truncate(false).open(self.at(name))?;
        file.write_all(format!("{text:<MARK_BYTES$}").as_bytes())
    }

    /// A mark's text, without the white space that fills its place.
    pub fn marked(&self, name: &str) -> io::Result<Option<String>> {
        let kept = self.read(name)?.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(kept.map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty()))
    }

    /// Waits until a file is on the disk, wherever its bytes are now.
    pub fn sync(&self, name: &str) -> io::Result<()> {
        File::open(self.at(name))?.sync_all()
    }

    /// Removes a file, if it is there.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match std::fs::remove_file(self.at(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Appends one line to a file.
    pub fn append(&self, name: &str, line: &str) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(self.at(name))?;
        file.write_all(format!("{line}\n").as_bytes())
    }
}

/// The most bytes of a mark; all of them are written each time.
const MARK_BYTES: usize = 128;

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letting_go_waits_for_no_copy_of_the_file() {
        let place = tempfile::tempdir().expect("a folder");
        let (_, first) = Folder::hold(place.path()).expect("free");
        let copy = first.0.try_clone().expect("a copy");
        drop(first);
        Folder::hold(place.path()).expect("free again");
        drop(copy);
    }

    #[test]
    fn a_folder_is_held_once() {
        let place = tempfile::tempdir().expect("a folder");
        let first = Folder::hold(place.path()).expect("free");
        assert!(matches!(Folder::hold(place.path()), Err(FolderError::Held(_))));
        drop(first);
        Folder::hold(place.path()).expect("free again");
    }

    #[test]
    fn a_mark_is_replaced_where_it_stands() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        assert_eq!(folder.marked("clock").expect("reads"), None);
        folder.mark("clock", "a long first text").expect("writes");
        folder.mark("clock", "second").expect("writes");
        assert_eq!(folder.marked("clock").expect("reads").as_deref(), Some("second"));
        folder.mark("clock", &"x".repeat(MARK_BYTES + 1)).expect_err("longer than its place");
        assert_eq!(folder.marked("clock").expect("reads").as_deref(), Some("second"));
    }

    #[test]
    fn a_file_is_replaced_whole_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        assert_eq!(folder.read("keys").expect("reads"), None);
        folder.write("keys", b"long first").expect("writes");
        folder.write("keys", b"second").expect("writes");
        assert_eq!(folder.read("keys").expect("reads").as_deref(), Some(&b"second"[..]));
        let mode = std::fs::metadata(folder.at("keys")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

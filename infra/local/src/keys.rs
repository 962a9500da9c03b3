//! The hub's keys on this machine: one file, made once. Whoever loses it loses every link.

use std::io;

use app::Secrets;

use crate::folder::Folder;

const FILE: &str = "secrets.json";

/// The folder's keys, made if there are none.
pub fn open(folder: &Folder) -> io::Result<Secrets> {
    let mut secrets: Secrets = if let Some(bytes) = folder.read(FILE)? {
        serde_json::from_slice(&bytes)?
    } else {
        let secrets = Secrets::generate();
        folder.write(FILE, &serde_json::to_vec_pretty(&secrets)?)?;
        secrets
    };
    // A folder of before certificates.
    if secrets.ensure_signing_key() {
        folder.write(FILE, &serde_json::to_vec_pretty(&secrets)?)?;
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let text = |secrets: &Secrets| serde_json::to_string(secrets).expect("serialises");
        let first = open(&folder).expect("made");
        let second = open(&folder).expect("read");
        assert_eq!(text(&first), text(&second));
    }
}

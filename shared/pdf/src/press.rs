//! The press: sets a page with `typst` from a template, the facts as a virtual file beside it, and writes it as PDF.
//!
//! Fonts, templates and the library are read once in a process. What `typst` remembers of a page is forgotten soon
//! after it, so that a batch of any length keeps to the memory of one.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::{finish, runs};
use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Pages for which what was worked out is remembered.
const REMEMBERED: usize = 4;

static FONTS: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/fonts.rs"));

/// A page that could not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a page could not be set: {0}")]
pub struct Failure(String);

impl Failure {
    /// An address too long for a QR code.
    pub(crate) fn no_code() -> Self {
        Self("the address is too long for a code".to_owned())
    }

    fn of(diagnostics: &EcoVec<SourceDiagnostic>) -> Self {
        // The words of a diagnostic name the template's constructs, never what was set.
        Self(diagnostics.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join("; "))
    }
}

/// What pages are set with.
pub struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Press { library: LazyHash::new(Library::default()), book, fonts }
});

impl Press {
    /// The process's press.
    pub(crate) fn get() -> &'static Self {
        &PRESS
    }

    /// What the fonts can show.
    pub(crate) fn book(&self) -> &FontBook {
        &self.book
    }

    /// Sets a page and writes it; `ident` is what tells this document from every other.
    pub(crate) fn print(&'static self, sheet: Sheet, ident: &str) -> Result<Vec<u8>, Failure> {
        let world = Setting { press: self, sheet };
        let printed = typeset(&world, ident);
        comemo::evict(REMEMBERED);
        printed
    }
}

fn typeset(world: &Setting, ident: &str) -> Result<Vec<u8>, Failure> {
    let Warned { output, .. } = typst::compile::<PagedDocument>(world);
    let document = output.map_err(|diagnostics| Failure::of(&diagnostics))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a]);
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Lectern".to_owned())),
        standards: standards.map_err(|error| Failure(error.message().to_string()))?,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&runs::joined(&document), &options).map_err(|diagnostics| Failure::of(&diagnostics))?;
    Ok(finish::separate_line_ends(pdf))
}

/// What one page is made from.
pub(crate) struct Sheet {
    /// The template.
    pub template: &'static Source,
    /// The facts, as JSON.
    pub facts: Vec<u8>,
    /// The QR code, as SVG.
    pub code: Vec<u8>,
    /// What is attached.
    pub attachment: Vec<u8>,
}

/// A file of the virtual folder in which pages are set.
pub(crate) fn file(path: &'static str) -> FileId {
    // Every path is a constant of this crate.
    let path = VirtualPath::new(path).expect("a path from the root");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

static FACTS: LazyLock<FileId> = LazyLock::new(|| file("/facts.json"));
static CODE: LazyLock<FileId> = LazyLock::new(|| file("/code.svg"));
static ATTACHMENT: LazyLock<FileId> = LazyLock::new(|| file("/credential.json"));

/// One page being set.
struct Setting {
    press: &'static Press,
    sheet: Sheet,
}

impl World for Setting {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.sheet.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() { Ok(self.sheet.template.clone()) } else { Err(FileError::NotSource) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let bytes = match id {
            id if id == *FACTS => &self.sheet.facts,
            id if id == *CODE => &self.sheet.code,
            id if id == *ATTACHMENT => &self.sheet.attachment,
            _ => return Err(FileError::NotFound(PathBuf::new())),
        };
        Ok(Bytes::new(bytes.clone()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

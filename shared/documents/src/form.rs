//! The forms in which figures are taken away.

use crate::{csv, workbook};

/// In which form something is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For programs.
    Json,
    /// A table for any spreadsheet.
    Csv,
    /// A workbook.
    Workbook,
}

impl Form {
    /// The form that a file's ending asks for.
    pub fn from_extension(extension: &str) -> Option<Self> {
        [Self::Json, Self::Csv, Self::Workbook].into_iter().find(|form| form.extension() == extension)
    }

    /// What files of this form are called at the end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Workbook => "xlsx",
        }
    }

    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => csv::CONTENT_TYPE,
            Self::Workbook => workbook::CONTENT_TYPE,
        }
    }
}

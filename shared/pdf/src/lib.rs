//! Papers that people take away, as PDF: a certificate of attendance, and the statement of all that somebody has.
//!
//! Both are PDF/UA-1 (accessible) and PDF/A-3a (kept for good). The same facts make the same bytes. This crate alone
//! links `typst`; only the functions that make certificates are built from it.

mod certificate;
mod finish;
mod press;
mod qr;
mod runs;
mod shown;
mod statement;

pub use certificate::{Attachment, Certificate};
pub use press::{Failure, Press};
pub use statement::{Line, Statement, Year};

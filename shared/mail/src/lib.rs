//! Mail that tells the truth: a letter has one content, shown as text and as HTML, and goes through SES as MIME.

mod compose;
mod letter;
mod letters;
mod mailer;
mod manager;
mod patience;
mod words;

pub use compose::{Attachment, Invitation, Mail};
pub use letter::{Letter, Part};
pub use letters::{About, Also, LetterKind, NextDate};
pub use mailer::{Failure, Mailer};
pub use manager::ManagerCopy;

//! Mail that tells the truth: a letter has one content, shown as text and as HTML, and goes through SES as MIME.

mod letter;
mod letters;
mod mailer;
mod patience;

pub use letter::{Letter, Part};
pub use letters::{About, LetterKind};
pub use mailer::{Failure, Mailer};

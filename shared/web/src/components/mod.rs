//! The parts that pages are made of, as the NHS.UK frontend draws them: one small struct and one template each.
//!
//! Each part is written into a page with `{{ part }}`, without `|safe`. A field's id is its name, so that the error
//! summary's links lead to it; in a group the first choice bears it. What the package's scripts would add (focus on the
//! error summary, a table that can be scrolled with the keyboard) is in the markup: our pages run no scripts.
//!
//! `tests.rs` compares each part with the HTML that the package itself expects.

mod buttons;
mod choices;
mod content;
mod field;
mod inputs;
mod lists;
mod navigation;

pub use buttons::{Button, ButtonKind, ButtonLink};
pub use choices::{Checkboxes, Choice, Radios};
pub use content::{Card, Content, Details, InsetText, NotificationBanner, Panel, Tag, TagColour, WarningCallout};
pub use field::{ErrorSummary, Field, Fieldset, Size, Width};
pub use inputs::{DateInput, FileUpload, InputKind, Select, TextInput, Textarea};
pub use lists::{Column, Row, RowAction, SummaryList, Table};
pub use navigation::{Account, ActionLink, BackLink, Breadcrumb, Footer, Header, Link, MenuItem, Pagination};

#[cfg(test)]
mod tests;

//! What every page and every answer has in common: bodies, problems, sign-in, layout, dates as people read them.
//!
//! Only this crate names a status code.

pub mod assets;
pub mod body;
pub mod calendar;
pub mod components;
pub mod console;
pub mod dates;
pub mod forms;
pub mod page;
pub mod problem;
pub mod sign_in;
mod unique_json;
pub mod upload;

pub use problem::Problem;

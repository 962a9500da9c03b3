//! Tables that people take away: workbooks and CSV, and the charts that go with them.

pub mod chart;
pub mod csv;
mod form;
mod value;
pub mod workbook;

pub use form::Form;
pub use value::Value;

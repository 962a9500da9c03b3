//! Static files, carried in the program.

/// The stylesheet that every page links to.
pub const STYLESHEET: &str = include_str!("../assets/lectern.css");

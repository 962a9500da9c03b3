//! The rules of the line, as text tables and as properties. One line of a table is one operation and its result.

mod policies;
mod properties;
mod table;
mod tables;

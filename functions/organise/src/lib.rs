//! The organisers' API: create, publish, change, cancel, list.

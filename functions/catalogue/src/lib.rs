//! Public pages and feeds: what is on.

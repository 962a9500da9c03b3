//! The demo year, by itself: loading it takes both cores for a while.

#[path = "../acceptance/hub.rs"]
#[expect(dead_code, reason = "people of the acceptance tests do more than look at a year")]
mod hub;
mod inbox;
mod year;

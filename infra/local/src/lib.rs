//! The same stack on one machine.

mod clock;
mod engine;
mod folder;
mod inbox;
mod pattern;
mod routes;
mod schedule;
mod template;
mod wire;

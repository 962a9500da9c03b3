//! The only place that knows DynamoDB: keys, attributes, expressions, and the protocol that keeps a ledger sound.
//!
//! All allocation state of an event is one item, changed only by single-item conditional updates and never inside a
//! transaction. A person who books writes twice, one after the other: the registration, then the ledger. Everything
//! else is read, decided by `domain`, and written back by the paths that changed, if nobody was quicker.

mod aliases;
mod attendance;
pub mod audit;
mod batch;
mod beside;
mod bounces;
mod bulletins;
mod certificates;
mod change;
mod counts;
mod difference;
mod erasure;
mod evaluations;
mod events;
mod failure;
mod filed;
mod groups;
mod hub;
mod image;
mod imports;
mod item;
mod keys;
mod ledger_item;
mod materials;
mod needs;
mod notices;
mod organisations;
mod outbox;
mod purged;
mod rates;
mod register;
mod registrations;
mod reports;
mod sending;
mod status_lists;
pub mod stream;
mod substitute;
mod taken;
mod timers;
mod traces;
mod trail;
mod waivers;
mod wishes;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;

pub use bounces::BounceTask;
pub use bulletins::Bulletin;
pub use certificates::{Badge, Certificate, Holding};
pub use events::{Created, EventRecord, PatchConflict};
pub use failure::Failure;
pub use filed::Filed;
pub use groups::{GROUP_PLACES_MAX, Group, GroupContact};
pub use hub::Versioned;
pub use imports::Unidentified;
pub use keys::{Due, DueKind, Key};
pub use notices::{Enclosure, Notice};
pub use organisations::Unmatched;
pub use outbox::{Message, TO_MANAGER};
pub use register::{Booked, Booking, RegisterOutcome};
pub use reports::{Booker, Bookers, EventItems, KeptReport};
pub use sending::{Ended, Hold, MessageState, Outgoing};
pub use substitute::{Substituted, Substitution};
pub use timers::{ABSENCES_TOLD, CERTIFICATES, Timer};
pub use traces::Traces;
pub use trail::{Action, BookingKey, Deed};
pub use wishes::Wishes;

/// Random numbers for jitter, handed in: this crate draws none itself.
pub type Entropy = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The hub's table.
#[derive(Clone)]
pub struct Store {
    client: Client,
    table: String,
    entropy: Entropy,
}

impl Store {
    /// A store over one table. `entropy` spreads retries.
    pub fn new(client: Client, table: impl Into<String>, entropy: Entropy) -> Self {
        Self { client, table: table.into(), entropy }
    }
}

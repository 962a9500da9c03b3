//! The rules of the hub, pure: no async, no AWS, no clock, no randomness.
//!
//! Everything here is a function of its arguments. `ledger` decides who holds which place; `event` and
//! `registration` say what may be asked for and answered; `working_hours` says when an offer ends.

pub mod absence;
pub mod access;
pub mod aliases;
pub mod attendance;
pub mod audience;
pub mod bank_holidays;
pub mod certificate;
pub mod charge;
pub mod consequence;
pub mod evaluation;
pub mod event;
pub mod event_change;
pub mod event_draft;
pub mod fields;
pub mod hub;
pub mod ids;
pub mod ledger;
pub mod material;
pub mod movement;
pub mod organisation;
pub mod person;
pub mod policy;
pub mod programme;
pub mod refusal;
pub mod registration;
pub mod reminders;
pub mod report;
pub mod role;
pub mod text;
pub mod uk_time;
pub mod viability;
pub mod working_hours;

pub use access::Access;
pub use attendance::{Attendance, Presence};
pub use certificate::CertificateNumber;
pub use event::{Event, EventStatus};
pub use fields::{FieldError, Fields};
pub use hub::Hub;
pub use ids::{EventId, Generation, MailboxId, PersonId, Reference};
pub use ledger::{Command, Effect, EffectKind, Ledger, Outcome, Place};
pub use organisation::{ListedOrganisation, Organisations};
pub use person::{EmailAddress, PersonName};
pub use programme::{Programme, ProgrammeId, Programmes};
pub use refusal::Refusal;
pub use registration::{Organisation, Registration, RegistrationForm};
pub use role::Role;

//! The hub through its front door: a request or a trigger, settle, then the reply and the inbox. Nothing is mocked.

mod attendance;
mod attendance_import;
mod bad_input;
mod capacity;
mod charges;
mod check_in;
mod crowd;
mod erasure;
mod failure;
mod fair;
mod fair_handover;
mod fair_history;
mod groups;
mod hostile;
mod hub;
mod letters;
mod line;
mod lists;
mod mail;
mod organisers;
mod organisers_mail;
mod pages;
mod parity;
mod people;
mod times;
mod usage;

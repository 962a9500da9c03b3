//! Turns what happens to bookings into mail: `notify` reads effects off the stream of ledgers, `notify-sweep` sends
//! what is due and expands reminders.
//!
//! Every mail is stored once before it is sent, under a key that names the occurrence, so a stream read twice mails
//! once. Just before it is sent the booking is read again: what has been overtaken is dropped, and recorded as such.

mod bookings;
mod delivery;
mod effects;
mod overtaken;
mod reminders;
mod subject;
mod sweep;

pub use effects::handle;
pub use sweep::sweep;

//! A booking as calendar entries, one a session: entered with the confirmation, moved with the event, taken out with
//! the booking. It begins with what to do instead of declining, as a declined entry cancels nothing.

use domain::event::{Event, Session};
use domain::{Generation, Reference};
use jiff::Timestamp;

use super::{Calendar, Entry, Method, Party, host, location};

/// A booking as the source of entries.
#[derive(Clone, Copy)]
pub struct BookingSource<'a> {
    /// The event.
    pub event: &'a Event,
    /// What the person quotes; the same for every generation of the booking, and so are its entries.
    pub reference: Reference,
    /// See [`sequence`].
    pub sequence: u64,
    /// Whether the entries are to be taken out.
    pub is_cancelled: bool,
    /// Whether the entry may not say what it is about.
    pub is_confidential: bool,
    /// The hub's name.
    pub hub: &'a str,
    /// The hub's address: who invites. It never changes.
    pub organizer: &'a str,
    /// Whose booking.
    pub attendee: &'a Party,
    /// Where the booking is seen and cancelled.
    pub manage_link: &'a str,
    /// Where people reach the hub, without a slash at the end.
    pub base_url: &'a str,
    /// The hub's clock.
    pub now: Timestamp,
}

/// The number that tells which of two entries is the newer. It rises with each version of the event, with each
/// re-booking and with each ending, and never falls, as none of them does.
pub fn sequence(version: u64, generation: Generation, is_ended: bool) -> u64 {
    version + 2 * u64::from(generation.0) + u64::from(is_ended)
}

impl BookingSource<'_> {
    /// The file that enters the booking, or takes it out. Sessions that the event had before and has no more (`gone`:
    /// how many it had) are taken out in either case.
    pub fn invitation(&self, gone: &[Session]) -> Calendar {
        let method = if self.is_cancelled { Method::Cancel } else { Method::Request };
        let mut entries = self.entries();
        let kept = entries.len();
        let left = gone.iter().enumerate().skip(kept).map(|(index, session)| {
            let entry = self.entry((index, session), gone.len());
            Entry { is_cancelled: true, ..entry }
        });
        entries.extend(left);
        Calendar { method, name: None, entries }
    }

    /// The file to download.
    pub fn download(&self) -> Calendar {
        Calendar { method: Method::Publish, name: None, entries: self.entries() }
    }

    fn entries(&self) -> Vec<Entry> {
        let sessions = &self.event.sessions;
        sessions.iter().enumerate().map(|session| self.entry(session, sessions.len())).collect()
    }

    fn entry(&self, (index, session): (usize, &Session), all: usize) -> Entry {
        let title = if self.is_confidential { self.hub } else { self.event.title.as_str() };
        Entry {
            uid: format!("{}-{}@{}", self.reference, index + 1, host(self.base_url)),
            sequence: self.sequence,
            stamp: self.now,
            starts: session.starts,
            ends: session.ends,
            summary: if all > 1 { format!("{title} (session {} of {all})", index + 1) } else { title.to_owned() },
            description: Some(self.description()),
            location: location(self.event),
            url: self.manage_link.to_owned(),
            is_cancelled: self.is_cancelled,
            organizer: Some(Party { name: String::new(), address: self.organizer.to_owned() }),
            attendee: Some(self.attendee.clone()),
        }
    }

    fn description(&self) -> String {
        let (link, hub, reference) = (self.manage_link, self.hub, self.reference);
        if self.is_cancelled {
            return format!("You have no place any more. Your booking: {link}\n\n{hub}\nYour reference: {reference}");
        }
        format!(
            "To give up your place, cancel your booking here: {link}\n\
             Declining this entry does not cancel your booking.\n\n{hub}\nYour reference: {reference}"
        )
    }
}

#[cfg(test)]
mod tests {
    use domain::event::Event;
    use serde_json::json;

    use super::*;

    fn event(sessions: &serde_json::Value) -> Event {
        Event::parse(json!({"title": "Suturing, \"knots\"", "programme": "clinical-updates", "format": "in-person",
            "venue": "Mile End", "sessions": sessions}))
        .expect("an event")
    }

    fn file(event: &Event, is_cancelled: bool, is_confidential: bool, gone: &[Session]) -> String {
        let source = BookingSource {
            event,
            reference: Reference::from_bits(1),
            sequence: sequence(3, Generation(2), is_cancelled),
            is_cancelled,
            is_confidential,
            hub: "The hub",
            organizer: "events@hub.example",
            attendee: &Party { name: "Ann \"A\" Ash".to_owned(), address: "ann@practice.example".to_owned() },
            manage_link: "https://hub.example/bookings/abc",
            base_url: "https://hub.example",
            now: "2026-06-09T12:00:00Z".parse().expect("a time"),
        };
        source.invitation(gone).write().replace("\r\n ", "")
    }

    #[test]
    fn the_number_rises_through_cancelling_rebooking_and_every_change() {
        let story = [(1, 1, false), (2, 1, false), (2, 1, true), (2, 2, false), (3, 2, false), (3, 2, true)];
        let numbers = story.map(|(version, generation, ended)| sequence(version, Generation(generation), ended));
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }

    #[test]
    fn the_entry_says_first_what_to_do_instead_of_declining() {
        // In summer time, and after the clocks have gone back.
        let event = event(&json!([{"starts": "2026-10-24T10:00:00+01:00", "ends": "2026-10-24T12:00:00+01:00"},
                                  {"starts": "2026-10-26T10:00:00+00:00", "ends": "2026-10-26T12:00:00+00:00"}]));
        let file = file(&event, false, false, &[]);
        for line in [
            "METHOD:REQUEST",
            "UID:22222223-1@hub.example",
            "UID:22222223-2@hub.example",
            "DTSTART:20261024T090000Z",
            "DTSTART:20261026T100000Z",
            "SEQUENCE:7",
            "SUMMARY:Suturing\\, \"knots\" (session 2 of 2)",
            "DESCRIPTION:To give up your place\\, cancel your booking here: https://hub.example/bookings/abc\\nDeclining \
             this entry does not cancel your booking.\\n\\nThe hub\\nYour reference: 22222223",
            "ORGANIZER:mailto:events@hub.example",
            "ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE;CN=\"Ann ^'A^' Ash\":mailto:ann@practice.example",
        ] {
            assert!(file.contains(&format!("\r\n{line}\r\n")), "{line}\n{file}");
        }
    }

    #[test]
    fn an_ended_booking_and_a_session_that_is_no_more_are_taken_out() {
        let session = json!({"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"});
        let one = event(&json!([session]));
        let ended = file(&one, true, false, &[]);
        assert!(ended.contains("METHOD:CANCEL") && ended.contains("STATUS:CANCELLED"), "{ended}");
        let two = [one.sessions[0].clone(), one.sessions[0].clone()];
        let fewer = file(&one, false, false, &two);
        let states: Vec<&str> = fewer.lines().filter(|line| line.starts_with("STATUS")).collect();
        assert_eq!(states, ["STATUS:CONFIRMED", "STATUS:CANCELLED"]);
    }

    #[test]
    fn a_confidential_booking_does_not_say_what_it_is_about() {
        let event = event(&json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]));
        let file = file(&event, false, true, &[]);
        assert!(file.contains("SUMMARY:The hub\r\n") && !file.contains("Suturing"), "{file}");
    }
}

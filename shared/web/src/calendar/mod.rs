//! Calendar files (RFC 5545), for feeds and for mails: the few properties that every calendar reads alike.
//!
//! Every line ends in CRLF and is at most 75 octets long; times are UTC, so no time zone need be described; what makes
//! an entry the same one again is its UID, and what makes it newer its SEQUENCE.

mod booking;
mod line;

use domain::EventId;
use domain::event::{Event, Format};
use jiff::Timestamp;

pub use booking::{BookingSource, sequence};

/// The media type of a published calendar.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// What the reader is to do with a calendar (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Show it.
    Publish,
    /// Enter it, new or changed.
    Request,
    /// Take it out.
    Cancel,
}

/// Somebody with an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// As shown; empty for the address alone.
    pub name: String,
    /// A bare address.
    pub address: String,
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Party").finish_non_exhaustive()
    }
}

/// One dated entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The same for as long as it is the same entry.
    pub uid: String,
    /// Rises with every change.
    pub sequence: u64,
    /// When this was written.
    pub stamp: Timestamp,
    /// First instant.
    pub starts: Timestamp,
    /// Last instant.
    pub ends: Timestamp,
    /// The title.
    pub summary: String,
    /// More words.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// The page about it.
    pub url: String,
    /// Whether it does not take place.
    pub is_cancelled: bool,
    /// Who invites.
    pub organizer: Option<Party>,
    /// Who is invited.
    pub attendee: Option<Party>,
}

/// An event as the source of entries, one a session.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The event.
    pub event: &'a Event,
    /// Which event.
    pub id: EventId,
    /// Its version.
    pub sequence: u64,
    /// Whether it does not take place.
    pub is_cancelled: bool,
    /// Where people reach the hub, without a slash at the end.
    pub base_url: &'a str,
    /// The hub's clock.
    pub now: Timestamp,
}

impl Source<'_> {
    /// The event's entries. They say nothing that is not public.
    pub fn entries(&self) -> Vec<Entry> {
        let sessions = &self.event.sessions;
        let host = host(self.base_url);
        let url = format!("{}/events/{}", self.base_url, self.id);
        let description = self.event.summary.as_ref().map_or(url.clone(), |summary| format!("{summary}\n\n{url}"));
        let entry = |(index, session): (usize, &domain::event::Session)| Entry {
            uid: format!("{}-{}@{host}", self.id, index + 1),
            sequence: self.sequence,
            stamp: self.now,
            starts: session.starts,
            ends: session.ends,
            summary: match sessions.len() {
                1 => self.event.title.clone(),
                all => format!("{} (session {} of {all})", self.event.title, index + 1),
            },
            description: Some(description.clone()),
            location: location(self.event),
            url: url.clone(),
            is_cancelled: self.is_cancelled,
            organizer: None,
            attendee: None,
        };
        sessions.iter().enumerate().map(entry).collect()
    }
}

fn location(event: &Event) -> Option<String> {
    match event.format {
        Format::Online => Some("Online".to_owned()),
        Format::InPerson => event.venue.clone(),
        Format::Hybrid => Some(event.venue.as_ref().map_or("Online".to_owned(), |venue| format!("{venue}, or online"))),
    }
}

/// The host of an address, without its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if host.is_empty() { "localhost" } else { host }
}

/// A calendar file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// What the reader is to do with it.
    pub method: Method,
    /// What a subscribed calendar is called.
    pub name: Option<String>,
    /// In order.
    pub entries: Vec<Entry>,
}

impl Method {
    /// As iTIP calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

impl Calendar {
    /// The file.
    pub fn write(&self) -> String {
        let method = format!("METHOD:{}", self.method.name());
        let mut out = String::new();
        for fixed in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lectern//Lectern//EN", "CALSCALE:GREGORIAN", &method]
        {
            line::push(&mut out, fixed);
        }
        if let Some(name) = &self.name {
            // RFC 7986, and what calendars read before it.
            for property in ["NAME", "X-WR-CALNAME"] {
                line::push(&mut out, &format!("{property}:{}", line::text(name)));
            }
            line::push(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        }
        for entry in &self.entries {
            entry.write(&mut out);
        }
        line::push(&mut out, "END:VCALENDAR");
        out
    }
}

impl Entry {
    fn write(&self, out: &mut String) {
        let status = if self.is_cancelled { "CANCELLED" } else { "CONFIRMED" };
        let mut lines = vec![
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", line::text(&self.uid)),
            format!("DTSTAMP:{}", line::utc(self.stamp)),
            format!("SEQUENCE:{}", self.sequence),
            format!("DTSTART:{}", line::utc(self.starts)),
            format!("DTEND:{}", line::utc(self.ends)),
            format!("STATUS:{status}"),
            format!("SUMMARY:{}", line::text(&self.summary)),
        ];
        lines.extend(self.description.as_ref().map(|words| format!("DESCRIPTION:{}", line::text(words))));
        lines.extend(self.location.as_ref().map(|place| format!("LOCATION:{}", line::text(place))));
        lines.push(format!("URL:{}", line::plain(&self.url)));
        lines.extend(self.organizer.as_ref().map(|party| party.write("ORGANIZER", "")));
        lines.extend(self.attendee.as_ref().map(|party| party.write("ATTENDEE", ";PARTSTAT=ACCEPTED;RSVP=FALSE")));
        lines.push("END:VEVENT".to_owned());
        for content in &lines {
            line::push(out, content);
        }
    }
}

impl Party {
    fn write(&self, property: &str, parameters: &str) -> String {
        let name = if self.name.is_empty() { String::new() } else { line::parameter("CN", &self.name) };
        format!("{property}{parameters}{name}:mailto:{}", line::plain(&self.address))
    }
}

#[cfg(test)]
mod tests;

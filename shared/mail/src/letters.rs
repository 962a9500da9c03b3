//! The letters: one for every effect on a booking, and what an event's calendar brings. Each says the state first, then
//! the link that manages the booking, then the facts and what to do.

use domain::EventId;
use domain::event::{Event, Format, Session};
use domain::event_change::{Was, tells_joining};
use jiff::Timestamp;
use web::dates;

use crate::letter::{Letter, Part};
use crate::words;

/// Which letter, with the facts that only its moment knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterKind {
    /// A place, on booking or by taking an offer.
    Confirmed,
    /// In the line.
    Waiting {
        /// From 1.
        position: u32,
    },
    /// Awaiting an organiser's approval.
    Approval,
    /// A place is held until the deadline.
    Offered {
        /// The deadline.
        until: Timestamp,
        /// An earlier offer lapsed.
        again: bool,
    },
    /// A place out of the line.
    Promoted,
    /// An offer lapsed; back in the line.
    Returned {
        /// From 1.
        position: u32,
    },
    /// A second offer lapsed.
    Expired,
    /// Cancelled by the person or an organiser.
    Cancelled {
        /// Within the notice.
        late: bool,
    },
    /// A colleague took over.
    Substituted,
    /// Not approved.
    Rejected {
        /// In the organiser's words.
        reason: Option<String>,
    },
    /// The event is not as it was.
    Changed {
        /// How it was.
        was: Was,
    },
    /// The event does not take place.
    EventCancelled {
        /// In the organiser's words.
        reason: Option<String>,
    },
    /// The event began; the line ended.
    LineEnded,
    /// A booking that was stored could not be completed.
    NotBooked {
        /// Why, in words.
        why: String,
    },
    /// The link, asked for again.
    LinkAgain,
    /// Seven days before.
    ReminderWeek,
    /// One day before.
    ReminderDay,
    /// One hour before, online; the letter with the joining link.
    ReminderHour,
    /// The event is over: what did people think of it?
    Thanks,
    /// Somebody who had a place was not there.
    Absent {
        /// When the same takes place next.
        next: Option<Box<NextDate>>,
    },
    /// Three months later: what has come of it?
    FollowUp,
    /// From an organiser, in the organiser's words.
    Message {
        /// One line.
        subject: String,
        /// As typed.
        body: String,
    },
    /// What is done about what the person needs.
    Access {
        /// It has been done.
        is_arranged: bool,
        /// In the organiser's words.
        reply: String,
    },
    /// The certificate goes along.
    Certificate {
        /// By which anybody can check it.
        number: String,
        /// It replaces an earlier one.
        is_reissue: bool,
    },
}

/// Another date of the same event, with places to book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextDate {
    /// Which.
    pub id: EventId,
    /// When and where.
    pub event: Event,
}

/// What a letter is about.
pub struct About<'a> {
    /// The person's name.
    pub name: &'a str,
    /// The event.
    pub event: &'a Event,
    /// Whether its programme is confidential: then the subject does not name it.
    pub is_confidential: bool,
    /// What to quote.
    pub reference: String,
    /// Where to see, change or cancel the booking.
    pub manage_link: String,
    /// What follows from having cancelled late, in the booking policy's words.
    pub follows: &'a [String],
    /// Other bookings that the same reminder is about.
    pub also: &'a [Also],
    /// Materials of the event: what they are, and where.
    pub materials: &'a [(String, String)],
    /// Where people reach the hub, without a slash at the end.
    pub base_url: &'a str,
    /// Who writes.
    pub hub: &'a str,
    /// When it is written.
    pub now: Timestamp,
}

/// Another booking of the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// For which event.
    pub event: Event,
    /// What to quote.
    pub reference: String,
    /// Where to see, change or cancel it.
    pub manage_link: String,
}

impl About<'_> {
    /// The letter of one kind.
    pub fn letter(&self, kind: &LetterKind) -> Letter {
        if let LetterKind::Absent { next } = kind {
            return self.on_absence(next.as_deref());
        }
        let link = Part::Link { label: words::manage_label(kind).to_owned(), url: self.manage_link.clone() };
        let mut parts = vec![Part::Text(self.state(kind)), link];
        if let LetterKind::Changed { was } = kind {
            parts.push(Part::Changes(changes(was, self.event)));
        }
        parts.extend(self.other_link(kind));
        parts.push(Part::Facts(facts(self.event, &self.reference)));
        parts.extend(words::advice(kind).map(Part::Text));
        parts.extend(self.follows.iter().cloned().map(Part::Text));
        if kind.brings_materials() {
            let link = |(label, url): &(String, String)| Part::Link { label: label.clone(), url: url.clone() };
            parts.extend(self.materials.iter().map(link));
        }
        if kind.ends_booking() {
            let url = format!("{}/events", self.base_url);
            parts.push(Part::Link { label: "See what else is on".to_owned(), url });
        }
        for also in self.also {
            parts.push(Part::Heading(format!("Also: {}", also.event.title)));
            parts.push(Part::Link {
                label: "See, change or cancel this booking".to_owned(),
                url: also.manage_link.clone(),
            });
            parts.push(Part::Facts(facts(&also.event, &also.reference)));
        }
        Letter {
            subject: self.subject(kind),
            greeting: format!("Dear {},", self.name),
            parts,
            hub: self.hub.to_owned(),
        }
    }

    /// What a letter says first. An organiser's own subject stands there where the mail's must not say what it is about.
    fn state(&self, kind: &LetterKind) -> String {
        let state = words::state(kind, self.event, self.now);
        match kind {
            LetterKind::Message { subject, .. } if self.is_confidential => format!("{subject}\n\n{state}"),
            _ => state,
        }
    }

    /// To somebody who did not come: asks why, and says when the next one is. Of a confidential programme nothing is
    /// named.
    fn on_absence(&self, next: Option<&NextDate>) -> Letter {
        let kind = LetterKind::Absent { next: None };
        let mut known = facts(self.event, &self.reference);
        known.retain(|(name, _)| !self.is_confidential || matches!(name.as_str(), "When" | "Your reference"));
        let mut parts = vec![
            Part::Text(words::state(&kind, self.event, self.now)),
            Part::Link { label: words::manage_label(&kind).to_owned(), url: self.manage_link.clone() },
            Part::Text("Please tell us why you could not come. It takes one tap.".to_owned()),
            Part::Link { label: "Tell us why".to_owned(), url: format!("{}/absence", self.manage_link) },
        ];
        parts.extend(self.follows.iter().cloned().map(Part::Text));
        if let Some(next) = next {
            let when = next.event.sessions.first().map(dates::session).unwrap_or_default();
            parts.push(Part::Text(format!("The next date with places is {when}.")));
            let url = format!("{}/events/{}", self.base_url, next.id);
            parts.push(Part::Link { label: "Book a place on it".to_owned(), url });
        }
        parts.push(Part::Facts(known));
        let (subject, greeting) = (self.subject(&kind), format!("Dear {},", self.name));
        Letter { subject, greeting, parts, hub: self.hub.to_owned() }
    }

    fn subject(&self, kind: &LetterKind) -> String {
        if let LetterKind::Message { subject, .. } = kind
            && !self.is_confidential
        {
            return subject.clone();
        }
        let title = if self.is_confidential { "your booking" } else { self.event.title.as_str() };
        let state = words::subject(kind, self.event, self.now);
        match self.also.len() {
            0 => format!("{state}: {title}"),
            1 => format!("{state}: {title}, and one more"),
            more => format!("{state}: {title}, and {more} more"),
        }
    }

    /// Where else a letter leads: to the event itself, to the questions about it.
    fn other_link(&self, kind: &LetterKind) -> Option<Part> {
        let link = |label: &str, url: String| Some(Part::Link { label: label.to_owned(), url });
        match kind {
            LetterKind::Thanks => link("Say what you thought of it", format!("{}/evaluation", self.manage_link)),
            LetterKind::FollowUp => {
                link("Say what has come of it", format!("{}/evaluation?round=follow-up", self.manage_link))
            }
            LetterKind::Cancelled { late: true } if !self.follows.is_empty() => {
                link("Tell us why you could not come", format!("{}/absence", self.manage_link))
            }
            LetterKind::Certificate { number, .. } => {
                link("Check the certificate", format!("{}/certificates/{number}", self.base_url))
            }
            kind if self.says_how_to_join(kind) => link("Join the event", self.event.joining_url.clone()?),
            _ => None,
        }
    }

    /// Whether the letter is one that says how to join: an hour before, or on getting a place later than that, or on a
    /// change of it.
    fn says_how_to_join(&self, kind: &LetterKind) -> bool {
        match kind {
            LetterKind::ReminderHour => true,
            LetterKind::Confirmed | LetterKind::Promoted => tells_joining(self.event, self.now),
            LetterKind::Changed { was } => was.joining_url.is_some(),
            _ => false,
        }
    }
}

impl LetterKind {
    /// Whether it is one that says where the event's materials are: shortly before, and after.
    pub fn brings_materials(&self) -> bool {
        matches!(self, Self::ReminderWeek | Self::ReminderDay | Self::ReminderHour | Self::Thanks)
    }

    /// Whether the booking is over with it.
    pub(crate) fn ends_booking(&self) -> bool {
        matches!(
            self,
            Self::Expired
                | Self::Cancelled { .. }
                | Self::Rejected { .. }
                | Self::EventCancelled { .. }
                | Self::LineEnded
                | Self::NotBooked { .. }
        )
    }
}

fn facts(event: &Event, reference: &str) -> Vec<(String, String)> {
    let mut facts = vec![("Event".to_owned(), event.title.clone())];
    facts.extend(event.sessions.iter().map(|session| ("When".to_owned(), dates::session(session))));
    facts.extend(place(event.format, event.venue.as_deref()).map(|place| ("Where".to_owned(), place)));
    facts.push(("Your reference".to_owned(), reference.to_owned()));
    facts
}

fn place(format: Format, venue: Option<&str>) -> Option<String> {
    let venue = venue.map(|venue| venue.replace('\n', ", "));
    match (format, venue) {
        (Format::Online, _) | (Format::Hybrid, None) => Some("Online".to_owned()),
        (Format::Hybrid, Some(venue)) => Some(format!("{venue}, or online")),
        (Format::InPerson, venue) => venue,
    }
}

/// What has changed: its name, as it was, as it is.
fn changes(was: &Was, event: &Event) -> Vec<(String, String, String)> {
    let unknown = || "to be announced".to_owned();
    let where_of = |format, venue: Option<&str>| place(format, venue).unwrap_or_else(unknown);
    let dates_of = |sessions: &[Session]| sessions.iter().map(dates::session).collect::<Vec<_>>().join("; ");
    let title = was.title.clone().map(|title| ("Event", title, event.title.clone()));
    let dates = was.sessions.as_ref().map(|sessions| ("When", dates_of(sessions), dates_of(&event.sessions)));
    let place = was.place.as_ref().map(|(format, venue)| {
        ("Where", where_of(*format, venue.as_deref()), where_of(event.format, event.venue.as_deref()))
    });
    let joining = was.joining_url.clone();
    let joining = joining.map(|url| ("Joining link", url, event.joining_url.clone().unwrap_or_else(unknown)));
    let changes = [title, dates, place, joining].into_iter().flatten();
    changes.map(|(name, was, is)| (name.to_owned(), was, is)).collect()
}

//! The letters: one for every effect on a booking, and the reminders. Each says the state first and what to do.

use domain::event::{Event, Format};
use jiff::Timestamp;
use web::dates;

use crate::letter::{Letter, Part};

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
}

/// What a letter is about.
pub struct About<'a> {
    /// The person's name.
    pub name: &'a str,
    /// The event.
    pub event: &'a Event,
    /// Whether its programme keeps confidences: the subject then does not name it.
    pub confidential: bool,
    /// What to quote.
    pub reference: String,
    /// Where to see, change or cancel the booking.
    pub manage_link: String,
    /// Where to see what is on.
    pub events_link: String,
    /// Who writes.
    pub hub: &'a str,
    /// When it is written.
    pub now: Timestamp,
}

impl About<'_> {
    /// The letter of one kind.
    pub fn letter(&self, kind: &LetterKind) -> Letter {
        let title = if self.confidential { "your booking" } else { self.event.title.as_str() };
        let mut parts = vec![Part::Text(self.state(kind))];
        parts.push(Part::Link { label: manage_label(kind).to_owned(), url: self.manage_link.clone() });
        if self.is_about_to_start(kind)
            && let Some(url) = &self.event.joining_url
        {
            parts.push(Part::Link { label: "Join the event".to_owned(), url: url.clone() });
        }
        parts.push(Part::Facts(self.facts()));
        if let Some(advice) = self.advice(kind) {
            parts.push(Part::Text(advice));
        }
        if ends_booking(kind) {
            parts.push(Part::Link { label: "See what else is on".to_owned(), url: self.events_link.clone() });
        }
        Letter {
            subject: format!("{}: {title}", subject(kind)),
            greeting: format!("Dear {},", self.name),
            parts,
            hub: self.hub.to_owned(),
        }
    }

    /// Whether the letter is the one that says how to join: an hour before, or on getting a place later than that.
    fn is_about_to_start(&self, kind: &LetterKind) -> bool {
        let hour = jiff::SignedDuration::from_hours(1);
        let is_near = self.event.starts().saturating_sub(hour).is_ok_and(|near| self.now >= near);
        match kind {
            LetterKind::ReminderHour => true,
            LetterKind::Confirmed | LetterKind::Promoted => is_near,
            _ => false,
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let mut facts = vec![("Event".to_owned(), self.event.title.clone())];
        let when = |session| ("When".to_owned(), dates::session(session));
        facts.extend(self.event.sessions.iter().map(when));
        let place = match (self.event.format, &self.event.venue) {
            (Format::Online, _) | (Format::Hybrid, None) => Some("Online".to_owned()),
            (_, Some(venue)) => Some(venue.replace('\n', ", ")),
            (Format::InPerson, None) => None,
        };
        facts.extend(place.map(|place| ("Where".to_owned(), place)));
        facts.push(("Your reference".to_owned(), self.reference.clone()));
        facts
    }

    fn state(&self, kind: &LetterKind) -> String {
        let title = &self.event.title;
        match kind {
            LetterKind::Confirmed => format!("You have a place on {title}."),
            LetterKind::Promoted => format!("A place has become free and it is yours: you have a place on {title}."),
            LetterKind::Waiting { position } => {
                format!("{title} is full. You are number {position} on the waiting list.")
            }
            LetterKind::Approval => {
                format!("We have your request for a place on {title}. An organiser will decide and write to you.")
            }
            LetterKind::Offered { until, again: false } => {
                format!(
                    "A place on {title} is being held for you until {}. Accept it before then.",
                    dates::moment(*until)
                )
            }
            LetterKind::Offered { until, again: true } => format!(
                "A place on {title} is being held for you again, until {}. This is the last time: accept it before then.",
                dates::moment(*until)
            ),
            LetterKind::Returned { position } => format!(
                "Your offer of a place on {title} has ended without an answer. You are now number {position} on the waiting list."
            ),
            LetterKind::Expired => {
                format!(
                    "Your second offer of a place on {title} has ended without an answer, and your booking with it."
                )
            }
            LetterKind::Cancelled { .. } => format!("Your booking for {title} is cancelled."),
            LetterKind::Substituted => format!("A colleague has taken over your booking for {title}."),
            LetterKind::Rejected { reason } => {
                with_reason(format!("We cannot offer you a place on {title}."), reason.as_deref())
            }
            LetterKind::EventCancelled { reason } => {
                with_reason(format!("{title} will not take place."), reason.as_deref())
            }
            LetterKind::LineEnded => {
                format!("{title} has started and no place became free for you. The waiting list has ended.")
            }
            LetterKind::NotBooked { why } => format!("Your booking for {title} could not be completed. {why}"),
            LetterKind::LinkAgain => format!("Here is the link to your booking for {title}, as you asked."),
            LetterKind::ReminderWeek => format!("You have a place on {title} in a week."),
            LetterKind::ReminderDay => format!("You have a place on {title} tomorrow."),
            LetterKind::ReminderHour => format!("{title} starts in an hour."),
        }
    }

    fn advice(&self, kind: &LetterKind) -> Option<String> {
        let text = match kind {
            LetterKind::Cancelled { late: true } => {
                let days = self.event.notice_days.unwrap_or(0);
                format!("You cancelled within {days} days of the event, which counts as a late cancellation.")
            }
            LetterKind::Confirmed | LetterKind::Promoted | LetterKind::ReminderWeek | LetterKind::ReminderDay => {
                "If you cannot come, please cancel with the link above, so that somebody else can have the place. \
                 Declining the calendar entry does not cancel your booking."
                    .to_owned()
            }
            LetterKind::Waiting { .. } | LetterKind::Returned { .. } => {
                "We will write to you as soon as a place becomes free.".to_owned()
            }
            _ => return None,
        };
        Some(text)
    }
}

fn with_reason(words: String, reason: Option<&str>) -> String {
    reason.map_or_else(|| words.clone(), |reason| format!("{words} {reason}"))
}

fn subject(kind: &LetterKind) -> &'static str {
    match kind {
        LetterKind::Confirmed => "Confirmed",
        LetterKind::Promoted => "You now have a place",
        LetterKind::Waiting { .. } => "On the waiting list",
        LetterKind::Approval => "Waiting for approval",
        LetterKind::Offered { again: false, .. } => "Accept your place",
        LetterKind::Offered { again: true, .. } => "Last chance to accept your place",
        LetterKind::Returned { .. } => "Offer ended, back on the waiting list",
        LetterKind::Expired => "Offer ended",
        LetterKind::Cancelled { .. } => "Cancelled",
        LetterKind::Substituted => "Handed over",
        LetterKind::Rejected { .. } => "Not approved",
        LetterKind::EventCancelled { .. } => "Event cancelled",
        LetterKind::LineEnded => "Waiting list ended",
        LetterKind::NotBooked { .. } => "Not booked",
        LetterKind::LinkAgain => "Your booking link",
        LetterKind::ReminderWeek => "In a week",
        LetterKind::ReminderDay => "Tomorrow",
        LetterKind::ReminderHour => "In an hour",
    }
}

fn manage_label(kind: &LetterKind) -> &'static str {
    match kind {
        LetterKind::Offered { .. } => "Accept or decline",
        // There is nothing left to change.
        LetterKind::Substituted => "See your booking",
        kind if ends_booking(kind) => "See your booking",
        _ => "See, change or cancel your booking",
    }
}

fn ends_booking(kind: &LetterKind) -> bool {
    matches!(
        kind,
        LetterKind::Expired
            | LetterKind::Cancelled { .. }
            | LetterKind::Rejected { .. }
            | LetterKind::EventCancelled { .. }
            | LetterKind::LineEnded
            | LetterKind::NotBooked { .. }
    )
}

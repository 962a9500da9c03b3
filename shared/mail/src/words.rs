//! What each letter says: its subject, its state, its advice.

use domain::event::Event;
use domain::uk_time::uk;
use jiff::Timestamp;
use web::dates;

use crate::letters::LetterKind;

/// How a letter's subject begins: the state.
pub(crate) fn subject(kind: &LetterKind, event: &Event, now: Timestamp) -> String {
    let words = match kind {
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
        LetterKind::Changed { .. } => "Changed",
        LetterKind::EventCancelled { .. } => "Event cancelled",
        LetterKind::LineEnded => "Waiting list ended",
        LetterKind::NotBooked { .. } => "Not booked",
        LetterKind::LinkAgain => "Your booking link",
        LetterKind::ReminderHour => "In an hour",
        LetterKind::Thanks => "Thank you",
        LetterKind::Absent { .. } => "We missed you",
        LetterKind::FollowUp => "Three months later",
        LetterKind::Certificate { is_reissue: false, .. } => "Your certificate",
        LetterKind::Certificate { is_reissue: true, .. } => "Your new certificate",
        LetterKind::Access { is_arranged: false, .. } => "What we will do for you",
        LetterKind::Access { is_arranged: true, .. } => "Arranged for you",
        LetterKind::Message { .. } => "Message",
        LetterKind::ReminderWeek | LetterKind::ReminderDay => return capitalised(&ahead(event, now)),
    };
    words.to_owned()
}

/// How far ahead an event is, in days of the calendar.
fn ahead(event: &Event, now: Timestamp) -> String {
    let day = |at: Timestamp| uk().to_datetime(at).date();
    match day(event.starts()).duration_since(day(now)).as_hours() / 24 {
        ..=0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        7 => "in a week".to_owned(),
        days => format!("in {days} days"),
    }
}

fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// What the button to the booking does.
pub(crate) fn manage_label(kind: &LetterKind) -> &'static str {
    match kind {
        LetterKind::Offered { .. } => "Accept or decline",
        // There is nothing left to change.
        LetterKind::Substituted
        | LetterKind::Thanks
        | LetterKind::FollowUp
        | LetterKind::Absent { .. }
        | LetterKind::Certificate { .. } => "See your booking",
        kind if kind.ends_booking() => "See your booking",
        _ => "See, change or cancel your booking",
    }
}

/// Where the booking stands.
pub(crate) fn state(kind: &LetterKind, event: &Event, now: Timestamp) -> String {
    let title = &event.title;
    match kind {
        LetterKind::Confirmed => format!("You have a place on {title}."),
        LetterKind::Promoted => format!("A place has become free and it is yours: you have a place on {title}."),
        LetterKind::Waiting { position } => {
            format!("{title} is full. You are number {position} on the waiting list.")
        }
        LetterKind::Approval => {
            format!("We have your request for a place on {title}. An organiser will decide and write to you.")
        }
        LetterKind::Offered { until, again } => offered(title, *until, *again),
        LetterKind::Returned { position } => format!(
            "Your offer of a place on {title} has ended without an answer. You are now number {position} on the waiting list."
        ),
        LetterKind::Expired => {
            format!("Your second offer of a place on {title} has ended without an answer, and your booking with it.")
        }
        LetterKind::Cancelled { .. } => format!("Your booking for {title} is cancelled."),
        LetterKind::Substituted => format!("A colleague has taken over your booking for {title}."),
        LetterKind::Rejected { reason } => {
            with_reason(format!("We cannot offer you a place on {title}."), reason.as_deref())
        }
        LetterKind::Changed { .. } => format!("{title} has changed. Your booking stands."),
        LetterKind::EventCancelled { reason } => {
            with_reason(format!("{title} will not take place."), reason.as_deref())
        }
        LetterKind::LineEnded => {
            format!("{title} has started and no place became free for you. The waiting list has ended.")
        }
        LetterKind::NotBooked { why } => format!("Your booking for {title} could not be completed. {why}"),
        LetterKind::LinkAgain => format!("Here is the link to your booking for {title}, as you asked."),
        LetterKind::ReminderWeek | LetterKind::ReminderDay => {
            format!("You have a place on {title} {}.", ahead(event, now))
        }
        LetterKind::ReminderHour => format!("{title} starts in an hour."),
        LetterKind::Thanks => format!("{title} is over. Thank you for taking part."),
        LetterKind::Access { is_arranged: false, reply } => {
            format!("You told us what you need to take part in {title}. This is our answer:\n\n{reply}")
        }
        LetterKind::Access { is_arranged: true, reply } => {
            format!("What you need to take part in {title} is arranged:\n\n{reply}")
        }
        LetterKind::Absent { .. } => {
            "You had a place, and it seems that you could not come. It may be that we have it wrong.".to_owned()
        }
        LetterKind::FollowUp => {
            format!("You took part in {title} three months ago. We would like to know what has come of it.")
        }
        LetterKind::Message { body, .. } => body.clone(),
        LetterKind::Certificate { number, is_reissue: false } => {
            format!("Your certificate for {title} goes along with this mail. Its number is {number}.")
        }
        LetterKind::Certificate { number, is_reissue: true } => {
            format!(
                "Your new certificate for {title} goes along with this mail and replaces the one before. Its number is {number}."
            )
        }
    }
}

fn offered(title: &str, until: Timestamp, again: bool) -> String {
    let until = dates::moment(until);
    if again {
        format!(
            "A place on {title} is being held for you again, until {until}. This is the last time: accept it before then."
        )
    } else {
        format!("A place on {title} is being held for you until {until}. Accept it before then.")
    }
}

fn with_reason(words: String, reason: Option<&str>) -> String {
    reason.map_or_else(|| words.clone(), |reason| format!("{words} {reason}"))
}

/// What to do, or what follows.
pub(crate) fn advice(kind: &LetterKind) -> Option<String> {
    let text = match kind {
        LetterKind::Confirmed | LetterKind::Promoted | LetterKind::ReminderWeek | LetterKind::ReminderDay => {
            "If you cannot come, please cancel with the link above, so that somebody else can have the place. \
             Declining the calendar entry does not cancel your booking."
                .to_owned()
        }
        LetterKind::Changed { .. } => {
            "If this no longer suits you, please cancel with the link above, so that somebody else can have the place."
                .to_owned()
        }
        LetterKind::Offered { .. } => {
            "If you do not want the place, please decline it, so that the next person can have it. If we have not heard \
             from you by then, it goes to them."
                .to_owned()
        }
        LetterKind::Waiting { .. } | LetterKind::Returned { .. } => {
            "We will write to you as soon as a place becomes free.".to_owned()
        }
        LetterKind::Thanks => {
            "If you could not be there, there is nothing to do. Your answers are not stored with your name.".to_owned()
        }
        LetterKind::Access { is_arranged: false, .. } => {
            "We will write again once it is arranged. If you need something else, tell us with the link above."
                .to_owned()
        }
        LetterKind::Access { is_arranged: true, .. } => {
            "If you need something else, tell us with the link above.".to_owned()
        }
        LetterKind::FollowUp => {
            "It takes a minute. Your answers are not stored with your name, and we shall not ask again.".to_owned()
        }
        LetterKind::Certificate { .. } => {
            "Anybody you show it to can check it with the number or the link above.".to_owned()
        }
        _ => return None,
    };
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reminder_says_how_far_ahead_the_day_is_whenever_it_goes() {
        let event = Event::parse(json!({"title": "Suturing", "programme": "clinical-updates",
            "sessions": [{"starts": "2026-10-26T09:00:00Z", "ends": "2026-10-26T10:00:00Z"}]}))
        .expect("an event");
        let said = |now: &str| ahead(&event, now.parse().expect("a time"));
        // The clocks went back in the night before.
        assert_eq!(said("2026-10-19T08:00:00Z"), "in a week");
        assert_eq!(said("2026-10-21T09:00:00Z"), "in 5 days");
        assert_eq!(said("2026-10-24T23:30:00Z"), "tomorrow");
        assert_eq!(said("2026-10-26T00:30:00Z"), "today");
    }
}

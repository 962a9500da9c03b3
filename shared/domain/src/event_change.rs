//! What a change of an event means to those who have booked: what it was called, when and where it was, how to join.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Format, Session};

/// How an event was before a change, in what has changed and matters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Was {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<Session>>,
    /// Where people met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<(Format, Option<String>)>,
    /// Where people joined; of interest to those who hold a place alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joining_url: Option<String>,
}

impl Was {
    /// How `old` was, as far as `new` is something else; `None` where nothing that matters has changed.
    ///
    /// A joining link that was not there before is no news: whoever holds a place gets it an hour before the start.
    pub fn of(old: &Event, new: &Event) -> Option<Self> {
        let place = |event: &Event| (event.format, event.venue.clone());
        let was = Self {
            title: Some(old.title.clone()),
            sessions: Some(old.sessions.clone()),
            place: Some(place(old)),
            joining_url: old.joining_url.clone(),
        };
        was.since_changed(new)
    }

    /// What of this is still something else in the event as it is now.
    pub fn since_changed(self, now: &Event) -> Option<Self> {
        let changed = Self {
            title: self.title.filter(|title| *title != now.title),
            sessions: self.sessions.filter(|sessions| *sessions != now.sessions),
            place: self.place.filter(|place| *place != (now.format, now.venue.clone())),
            joining_url: self.joining_url.filter(|url| now.joining_url.as_ref() != Some(url)),
        };
        (changed != Self::default()).then_some(changed)
    }

    /// The same for somebody without a place, to whom nobody says how to join.
    #[must_use]
    pub fn without_joining(self) -> Self {
        Self { joining_url: None, ..self }
    }

    /// Whether nothing has changed.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// How long before the start people learn how to join.
pub const JOINING_AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// Whether those who hold a place may know by `now` how to join.
pub fn tells_joining(event: &Event, now: Timestamp) -> bool {
    event.starts().saturating_sub(JOINING_AHEAD).is_ok_and(|from| now >= from)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(change: &Value) -> Event {
        let value = json!({"title": "Suturing", "programme": "clinical-updates", "format": "online",
            "sessions": [{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}]});
        let event = Event::parse(value).expect("an event");
        event.patched(change).expect("a change")
    }

    fn changed(old: &Value, new: &Value) -> Value {
        json!(Was::of(&event(old), &event(new)))
    }

    #[test]
    fn what_people_would_act_upon_is_told_and_nothing_else() {
        let link = "https://meet.example/1";
        let none = json!({});
        for quiet in [json!({"capacity": 7}), json!({"summary": "New"}), json!({"joining_url": link}), none.clone()] {
            assert_eq!(changed(&none, &quiet), Value::Null, "{quiet}");
        }
        assert_eq!(changed(&none, &json!({"title": "Knots"})), json!({"title": "Suturing"}));
        let venue = json!({"format": "in-person", "venue": "Mile End"});
        assert_eq!(changed(&none, &venue), json!({"place": ["online", null]}));
        assert_eq!(changed(&venue, &none), json!({"place": ["in-person", "Mile End"]}));
        assert_eq!(changed(&json!({"joining_url": link}), &none), json!({"joining_url": link}));
        let later = json!({"sessions": [{"starts": "2026-12-09T09:30:00Z", "ends": "2026-12-09T12:30:00Z"}]});
        let before = json!([{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}]);
        assert_eq!(changed(&none, &later), json!({"sessions": before}));
    }

    #[test]
    fn what_was_changed_back_is_no_news() {
        let was = Was::of(&event(&json!({})), &event(&json!({"title": "Knots"}))).expect("changed");
        assert_eq!(was.clone().since_changed(&event(&json!({}))), None);
        assert_eq!(was.clone().since_changed(&event(&json!({"title": "Bows"}))), Some(was));
    }
}

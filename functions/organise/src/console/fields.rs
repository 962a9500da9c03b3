//! An event as a form: what is typed becomes the API's JSON, whose reader judges it, and the other way round.

use domain::event::Event;
use domain::working_hours::uk;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::{Map, Value, json};
use web::forms::FormData;
use web::page::Mistake;

/// Lines for sessions that are always there.
const SESSIONS_MIN: usize = 3;
/// The most that an event has.
const SESSIONS_MAX: usize = 50;

/// What stands in the form's fields, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(Map<String, Value>);

/// Texts of the top level, as the API names them.
const TEXTS: [&str; 7] = ["title", "summary", "description", "programme", "format", "venue", "joining_url"];
/// Numbers of the top level.
const NUMBERS: [&str; 4] = ["capacity", "minimum", "organisation_limit", "cpd_minutes"];

impl Typed {
    /// What stands in the form of a new event.
    pub fn blank() -> Self {
        let chosen = [("format", "online"), ("waiting_list", "offer")];
        Self(chosen.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect())
    }

    /// What was sent.
    pub fn of_form(form: &FormData) -> Self {
        Self(form.names().map(|name| (name.to_owned(), json!(form.one(name)))).collect())
    }

    /// What an event is.
    pub fn of_event(event: &Event) -> Self {
        let json = event.to_json();
        let mut fields = Map::new();
        for name in TEXTS.into_iter().chain(NUMBERS) {
            fields.insert(name.to_owned(), json!(written(&json[name])));
        }
        for (index, session) in event.sessions.iter().enumerate() {
            let (starts, ends) = (uk().to_datetime(session.starts), uk().to_datetime(session.ends));
            fields.insert(format!("sessions.{index}.date"), json!(day(starts.date())));
            fields.insert(format!("sessions.{index}.starts"), json!(starts.strftime("%H:%M").to_string()));
            fields.insert(format!("sessions.{index}.ends"), json!(ends.strftime("%H:%M").to_string()));
        }
        for (name, at) in [("opens", event.registration.opens), ("closes", event.registration.closes)] {
            if let Some(local) = at.map(|at| uk().to_datetime(at)) {
                fields.insert(format!("registration.{name}"), json!(day(local.date())));
                fields.insert(format!("registration.{name}.time"), json!(local.strftime("%H:%M").to_string()));
            }
        }
        let line = &event.waiting_list;
        let tick = |is_ticked: bool| json!(if is_ticked { "yes" } else { "" });
        fields.insert("waiting_list".to_owned(), json!(line_kind(line.enabled, line.offer_hours.is_some())));
        fields.insert("waiting_list.limit".to_owned(), json!(written(&json["waiting_list"]["limit"])));
        fields.insert("waiting_list.offer_hours".to_owned(), json!(written(&json["waiting_list"]["offer_hours"])));
        fields.insert("approval".to_owned(), tick(event.approval));
        fields.insert("cancellation.notice_days".to_owned(), json!(written(&json["cancellation"]["notice_days"])));
        fields
            .insert("certificate.minimum_minutes".to_owned(), json!(written(&json["certificate"]["minimum_minutes"])));
        fields.insert("certificate.needs_evaluation".to_owned(), tick(event.certificate.needs_evaluation));
        fields.insert(
            "organisers".to_owned(),
            json!(event.organisers.iter().map(String::as_str).collect::<Vec<_>>().join("\n")),
        );
        Self(fields)
    }

    /// What stands in a field.
    pub fn one(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Lines of sessions to show: those that are filled, and room for more.
    pub fn session_lines(&self) -> usize {
        let last = (0..SESSIONS_MAX).rev().find(|index| self.session(*index).is_some());
        (last.map_or(0, |index| index + 1) + 1).clamp(SESSIONS_MIN, SESSIONS_MAX)
    }

    /// The API's JSON, and what could not even be read.
    pub fn to_json(&self) -> (Value, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let mut json = json!({
            "sessions": self.sessions(&mut mistakes), "approval": !self.one("approval").is_empty(),
            "waiting_list": self.waiting_list(),
            "registration": {"opens": self.moment("opens", &mut mistakes), "closes": self.moment("closes", &mut mistakes)},
            "cancellation": {"notice_days": self.number("cancellation.notice_days")},
            "certificate": {"minimum_minutes": self.number("certificate.minimum_minutes"),
                            "needs_evaluation": !self.one("certificate.needs_evaluation").is_empty()},
            "organisers": self.one("organisers").split_whitespace().collect::<Vec<_>>(),
        });
        for name in TEXTS {
            json[name] = text(self.one(name));
        }
        for name in NUMBERS {
            json[name] = self.number(name);
        }
        (json, mistakes)
    }

    /// A number, or the text that is none: the reader says so.
    fn number(&self, name: &str) -> Value {
        let typed = self.one(name).trim();
        typed.parse::<u32>().map_or_else(|_| text(typed), |number| json!(number))
    }

    fn waiting_list(&self) -> Value {
        let kind = self.one("waiting_list");
        let hours = if kind == "at-once" { Value::Null } else { self.number("waiting_list.offer_hours") };
        let hours = if kind == "offer" && hours.is_null() { json!(12) } else { hours };
        json!({"enabled": kind != "none", "limit": self.number("waiting_list.limit"), "offer_hours": hours})
    }

    /// A line's date, start and end as typed; `None` for an empty line.
    fn session(&self, index: usize) -> Option<[&str; 3]> {
        let part = |name: &str| self.one(&format!("sessions.{index}.{name}")).trim();
        let parts = [part("date"), part("starts"), part("ends")];
        parts.iter().any(|part| !part.is_empty()).then_some(parts)
    }

    fn sessions(&self, mistakes: &mut Vec<Mistake>) -> Vec<Value> {
        let mut sessions = Vec::new();
        for index in 0..SESSIONS_MAX {
            let Some([date, starts, ends]) = self.session(index) else { continue };
            let mut missed = |name: &str, detail: &str| {
                mistakes.push(Mistake { detail: detail.to_owned(), field: format!("sessions.{index}.{name}") });
            };
            let Some(date) = read_day(date) else {
                missed("date", "Enter a date like 1/12/2026");
                continue;
            };
            let mut at = |name: &str, typed: &str| {
                let at = read_time(typed).and_then(|time| instant(date, time));
                if at.is_none() {
                    missed(name, "Enter a time of that day in 24 hours, like 09:30 or 14:00");
                }
                at
            };
            if let (Some(starts), Some(ends)) = (at("starts", starts), at("ends", ends)) {
                sessions.push(json!({"starts": starts, "ends": ends}));
            }
        }
        sessions
    }

    fn moment(&self, name: &str, mistakes: &mut Vec<Mistake>) -> Option<Timestamp> {
        let (date, time) = (self.one(&format!("registration.{name}")), self.one(&format!("registration.{name}.time")));
        if date.trim().is_empty() {
            return None;
        }
        let time = if time.trim().is_empty() { Some(Time::midnight()) } else { read_time(time) };
        let at = read_day(date).zip(time).and_then(|(date, time)| instant(date, time));
        if at.is_none() {
            let detail = "Enter a date like 1/12/2026 and a time like 09:30".to_owned();
            mistakes.push(Mistake { detail, field: format!("registration.{name}") });
        }
        at
    }
}

/// How the line works, as one choice.
pub fn line_kind(is_enabled: bool, has_offers: bool) -> &'static str {
    match (is_enabled, has_offers) {
        (false, _) => "none",
        (true, true) => "offer",
        (true, false) => "at-once",
    }
}

fn text(typed: &str) -> Value {
    if typed.trim().is_empty() { Value::Null } else { json!(typed) }
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// "1/12/2026".
pub fn day(date: Date) -> String {
    date.strftime("%-d/%-m/%Y").to_string()
}

/// A day as it is written here, or as computers write it.
pub fn read_day(typed: &str) -> Option<Date> {
    let typed = typed.trim();
    if let Ok(date) = typed.parse::<Date>() {
        return Some(date);
    }
    let parts: Vec<&str> = typed.split(['/', '.', ' ', '-']).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts[..] else { return None };
    Date::new(year.parse().ok().filter(|year| *year >= 2000)?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn read_time(typed: &str) -> Option<Time> {
    let (hour, minute) = typed.trim().split_once([':', '.'])?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// The instant that clocks here show so, if they show it once: not in the hour that is skipped, nor in the one that
/// comes twice.
pub fn instant(date: Date, time: Time) -> Option<Timestamp> {
    uk().to_ambiguous_zoned_datetime(date.to_datetime(time)).unambiguous().ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_its_form() {
        let event = json!({
            "title": "Suturing", "programme": "clinical-updates", "format": "hybrid", "venue": "Hall\nStreet",
            "joining_url": "https://teams.example/x", "capacity": 8, "minimum": 3, "cpd_minutes": 180,
            "sessions": [{"starts": "2026-06-09T08:30:00Z", "ends": "2026-06-09T11:30:00Z"},
                         {"starts": "2026-12-01T13:00:00Z", "ends": "2026-12-01T16:00:00Z"}],
            "waiting_list": {"enabled": true, "limit": 4, "offer_hours": null}, "organisation_limit": 2, "approval": true,
            "registration": {"opens": "2026-05-01T07:00:00Z", "closes": null}, "cancellation": {"notice_days": 7},
            "certificate": {"minimum_minutes": 150, "needs_evaluation": true}, "organisers": ["hub@example.org"],
        });
        let event = Event::parse(event).expect("an event");
        let typed = Typed::of_event(&event);
        assert_eq!((typed.one("sessions.0.date"), typed.one("sessions.0.starts")), ("9/6/2026", "09:30"));
        assert_eq!(typed.session_lines(), 3);
        let (json, mistakes) = typed.to_json();
        assert!(mistakes.is_empty());
        assert_eq!(Event::parse(json).ok(), Some(event));
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_is_refused() {
        let at = |date: &str, time: &str| instant(read_day(date)?, read_time(time)?);
        assert_eq!(at("9/6/2026", "9:30"), "2026-06-09T08:30:00Z".parse().ok());
        assert_eq!(at("2026-12-01", "09.30"), "2026-12-01T09:30:00Z".parse().ok());
        for (date, time) in [
            ("29/3/2026", "01:30"),
            ("25/10/2026", "01:30"),
            ("31/2/2026", "09:30"),
            ("1/2/2026", "25:00"),
            ("1/2/26", "09:30"),
        ] {
            assert_eq!(at(date, time), None, "{date} {time}");
        }
    }
}

//! An event as a form: what is typed becomes the API's JSON, whose reader judges it, and the other way round.

use domain::event::Event;
use domain::policy::Policy;
use domain::uk_time::uk;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::{Value, json};
use web::forms::FormData;
use web::page::Mistake;

use super::form::{number, text, written};
use super::rows::{self, Rows};

/// What stands in the form's fields, by name.
#[derive(Clone, Default)]
pub struct Typed(FormData);

/// Texts of the top level, as the API names them.
const TEXTS: [&str; 7] = ["title", "summary", "description", "programme", "format", "venue", "joining_url"];
/// Numbers of the top level.
const NUMBERS: [&str; 4] = ["capacity", "minimum", "organisation_limit", "cpd_minutes"];

impl Typed {
    /// What stands in the form of a new event: whether bookings wait for approval, the booking policy proposes.
    pub fn blank(policy: &Policy) -> Self {
        let approval = policy.manager_approves.then_some(("approval", "yes"));
        let chosen = [("format", "online"), ("waiting_list", "offer")].into_iter().chain(approval);
        Self(chosen.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// What was sent.
    pub fn of_form(form: FormData) -> Self {
        Self(form)
    }

    /// What an event is.
    pub fn of_event(event: &Event) -> Self {
        let json = event.to_json();
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
        for name in TEXTS.into_iter().chain(NUMBERS) {
            put(name, written(&json[name]));
        }
        for (index, session) in event.sessions.iter().enumerate() {
            let (starts, ends) = (uk().to_datetime(session.starts), uk().to_datetime(session.ends));
            put(&format!("sessions.{index}.date"), day(starts.date()));
            put(&format!("sessions.{index}.starts"), starts.strftime("%H:%M").to_string());
            put(&format!("sessions.{index}.ends"), ends.strftime("%H:%M").to_string());
        }
        for (name, at) in [("opens", event.registration.opens), ("closes", event.registration.closes)] {
            if let Some(local) = at.map(|at| uk().to_datetime(at)) {
                put(&format!("registration.{name}"), day(local.date()));
                put(&format!("registration.{name}.time"), local.strftime("%H:%M").to_string());
            }
        }
        let line = &event.waiting_list;
        put("waiting_list", line_kind(line.enabled, line.offer_hours.is_some()).to_owned());
        put("waiting_list.limit", written(&json["waiting_list"]["limit"]));
        put("waiting_list.offer_hours", written(&json["waiting_list"]["offer_hours"]));
        put("cancellation.notice_days", written(&json["cancellation"]["notice_days"]));
        put("certificate.minimum_minutes", written(&json["certificate"]["minimum_minutes"]));
        put("certificate.objectives", event.certificate.objectives.join("\n"));
        put("organisers", event.organisers.join("\n"));
        let ticks = [
            ("approval", event.approval),
            ("certificate.needs_evaluation", event.certificate.needs_evaluation),
            ("certificate.every_session", event.certificate.every_session),
            ("evaluation.follow_up", event.evaluation.follow_up),
        ];
        for (name, _) in ticks.into_iter().filter(|(_, is_ticked)| *is_ticked) {
            put(name, "yes".to_owned());
        }
        pairs.extend(rows::of_lanes(&event.lanes));
        pairs.extend(rows::of_questions(&event.questions));
        Self(pairs.into_iter().collect())
    }

    /// The form itself.
    pub fn form(&self) -> &FormData {
        &self.0
    }

    /// What stands in a field.
    pub fn one(&self, name: &str) -> &str {
        self.0.one(name)
    }

    /// The API's JSON, and what could not even be read.
    pub fn to_json(&self) -> (Value, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let lines = |name: &str| -> Vec<String> {
            self.one(name).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        let mut json = json!({
            "sessions": self.sessions(&mut mistakes), "approval": self.0.has("approval"),
            "waiting_list": self.waiting_list(), "lanes": rows::lanes(&self.0), "questions": rows::questions(&self.0),
            "registration": {"opens": self.moment("opens", &mut mistakes), "closes": self.moment("closes", &mut mistakes)},
            "cancellation": {"notice_days": self.number("cancellation.notice_days")},
            "certificate": {"minimum_minutes": self.number("certificate.minimum_minutes"),
                            "needs_evaluation": self.0.has("certificate.needs_evaluation"),
                            "every_session": self.0.has("certificate.every_session"),
                            "objectives": lines("certificate.objectives")},
            "evaluation": {"follow_up": self.0.has("evaluation.follow_up")},
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

    fn number(&self, name: &str) -> Value {
        number(self.one(name))
    }

    fn waiting_list(&self) -> Value {
        let kind = self.one("waiting_list");
        let hours = if kind == "at-once" { Value::Null } else { self.number("waiting_list.offer_hours") };
        let hours = if kind == "offer" && hours.is_null() { json!(12) } else { hours };
        json!({"enabled": kind != "none", "limit": self.number("waiting_list.limit"), "offer_hours": hours})
    }

    fn sessions(&self, mistakes: &mut Vec<Mistake>) -> Vec<Value> {
        let mut sessions = Vec::new();
        for index in Rows::Sessions.filled(&self.0) {
            let part = |name: &str| self.one(&format!("sessions.{index}.{name}")).trim();
            let mut missed = |name: &str, detail: &str| {
                mistakes.push(Mistake { detail: detail.to_owned(), field: format!("sessions.{index}.{name}") });
            };
            let Some(date) = read_day(part("date")) else {
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
            if let (Some(starts), Some(ends)) = (at("starts", part("starts")), at("ends", part("ends"))) {
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
            "lanes": [{"name": "GPs", "roles": ["gp", "gp-trainee"], "places": 4, "release_days": 7},
                      {"name": "Nurses", "roles": ["practice-nurse"], "places": 1, "release_days": null}],
            "questions": [{"id": "level", "label": "Level?", "type": "choice", "required": true, "options": ["a", "b"]},
                          {"id": "diet", "label": "Diet?", "type": "text", "required": false}],
            "certificate": {"minimum_minutes": 150, "needs_evaluation": true, "every_session": true,
                            "objectives": ["Tie knots", "Cut them"]}, "evaluation": {"follow_up": true}, "organisers": ["hub@example.org"],
        });
        let event = Event::parse(event).expect("an event");
        let typed = Typed::of_event(&event);
        assert_eq!((typed.one("sessions.0.date"), typed.one("sessions.0.starts")), ("9/6/2026", "09:30"));
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

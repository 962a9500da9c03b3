//! An event as organisers send it and as the API answers it: one JSON shape, read and written here.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::evaluation::EvaluationRule;
use crate::event::{
    CAPACITY_UNLIMITED, CertificateRule, Event, Format, Opening, Question, QuestionKind, ReservedLane, Session,
    WaitingList,
};
use crate::fields::{FieldError, Fields, merge_patch};
use crate::ledger::{GENERAL, LaneKey};
use crate::person::EmailAddress;
use crate::programme::ProgrammeId;
use crate::role::Role;
use crate::text;

impl Event {
    /// Reads an event from its JSON object, lanes keyed in their order.
    pub fn parse(value: Value) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::of(value)?;
        let event = read(&mut fields);
        if let Some(event) = &event {
            check_whole(&mut fields, event);
        }
        fields.finish()?;
        // A missing required field has noted its mistake, so `finish` has already returned.
        event.ok_or_else(Vec::new)
    }

    /// Reads the event that results from a merge patch (RFC 7396). Lanes that keep their name keep their key.
    pub fn patched(&self, patch: &Value) -> Result<Self, Vec<FieldError>> {
        if !patch.is_object() {
            return Err(vec![FieldError { pointer: String::new(), detail: "Must be an object".to_owned() }]);
        }
        let mut merged = self.to_json();
        merge_patch(&mut merged, patch);
        let mut event = Self::parse(merged)?;
        let mut taken: BTreeSet<LaneKey> = self.lanes.iter().map(|lane| lane.key).collect();
        for lane in &mut event.lanes {
            let kept = self.lanes.iter().find(|old| old.name == lane.name).map(|old| old.key);
            // Fifteen lanes before and fifteen after leave one of the 31 keys unused.
            lane.key = kept.or_else(|| LaneKey::reserved().find(|key| !taken.contains(key))).unwrap_or(lane.key);
            taken.insert(lane.key);
        }
        Ok(event)
    }

    /// The event in the shape in which it is sent; what was left to its default is `null`.
    pub fn to_json(&self) -> Value {
        json!({
            "title": self.title, "summary": self.summary, "description": self.description,
            "programme": self.programme, "format": self.format, "venue": self.venue,
            "joining_url": self.joining_url, "sessions": self.sessions, "capacity": self.capacity,
            "minimum": self.minimum, "waiting_list": self.waiting_list,
            "lanes": self.lanes.iter().map(|lane| json!({
                "name": lane.name, "roles": lane.roles, "places": lane.places, "release_days": lane.release_days,
            })).collect::<Vec<_>>(),
            "organisation_limit": self.organisation_limit, "approval": self.approval,
            "registration": self.registration, "cancellation": {"notice_days": self.notice_days},
            "questions": self.questions, "cpd_minutes": self.cpd_minutes, "certificate": self.certificate,
            "evaluation": self.evaluation,
            "organisers": self.organisers,
        })
    }
}

fn read(fields: &mut Fields) -> Option<Event> {
    let title = fields.parse("title", "Enter a title", |raw| text::line(raw, 200).map_err(|e| format!("Title {e}")));
    let programme_missing = "Select a programme";
    let programme =
        fields.parse("programme", programme_missing, |slug| ProgrammeId::from_slug(slug).ok_or(programme_missing));
    let sessions = read_sessions(fields);
    let event = Event {
        title: title.unwrap_or_default(),
        summary: fields.lines("summary", 1_000),
        description: fields.lines("description", 20_000),
        programme: programme.unwrap_or(ProgrammeId::CLINICAL_UPDATES),
        format: read_format(fields),
        venue: fields.lines("venue", 500),
        joining_url: read_url(fields, "joining_url"),
        sessions,
        capacity: fields.number("capacity", 1, CAPACITY_UNLIMITED),
        minimum: fields.number("minimum", 0, CAPACITY_UNLIMITED),
        waiting_list: read_waiting_list(fields),
        lanes: read_lanes(fields),
        organisation_limit: fields.number("organisation_limit", 1, CAPACITY_UNLIMITED),
        approval: fields.flag("approval"),
        registration: fields
            .object("registration", |f| Opening { opens: read_time(f, "opens"), closes: read_time(f, "closes") })
            .unwrap_or_default(),
        notice_days: fields.object("cancellation", |f| f.number("notice_days", 0, 365).map(to_u16)).flatten(),
        questions: read_questions(fields),
        cpd_minutes: fields.number("cpd_minutes", 0, 100_000),
        certificate: fields
            .object("certificate", |f| CertificateRule {
                minimum_minutes: f.number("minimum_minutes", 1, 100_000),
                needs_evaluation: f.flag("needs_evaluation"),
                every_session: f.flag("every_session"),
                objectives: read_objectives(f),
            })
            .unwrap_or_default(),
        evaluation: fields.object("evaluation", EvaluationRule::read).unwrap_or_default(),
        organisers: read_organisers(fields),
    };
    programme.map(|_| event)
}

/// What no single field shows.
fn check_whole(fields: &mut Fields, event: &Event) {
    let reserved: u64 = event.lanes.iter().map(|lane| u64::from(lane.places)).sum();
    if reserved > u64::from(event.capacity.unwrap_or(CAPACITY_UNLIMITED)) {
        fields.refuse("lanes", "The lanes reserve more places than the event's capacity");
    }
    if event.registration.opens.is_some_and(|opens| opens >= event.closes()) {
        fields.refuse("registration", "Registration must open before it closes and before the event starts");
    }
    if let (Some(minimum), Some(capacity)) = (event.minimum, event.capacity)
        && minimum > capacity
    {
        fields.refuse("minimum", "The minimum must not be above the capacity");
    }
}

fn to_u16(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn read_time(fields: &mut Fields, name: &str) -> Option<Timestamp> {
    let raw = fields.take(name)?;
    let parsed = raw.as_str().filter(|text| is_rfc_3339(text)).and_then(|text| text.parse::<Timestamp>().ok());
    if parsed.is_none() {
        fields.refuse(name, "Enter a date and time with an offset, like 2026-12-01T09:30:00Z");
    }
    parsed
}

/// The parser reads more than the API promises: names of zones, dates without hyphens, a space for the `T`.
fn is_rfc_3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 20
        && bytes[4] == b'-'
        && matches!(bytes[10], b'T' | b't')
        && bytes[16] == b':'
        && !text.contains('[')
}

/// At most six lines: there is no room for more on a certificate.
fn read_objectives(fields: &mut Fields) -> Vec<String> {
    let given = fields.list("objectives", 6);
    let lines: Vec<Option<String>> =
        given.iter().map(|one| one.as_str().and_then(|raw| text::line(raw, 160).ok())).collect();
    if lines.contains(&None) {
        fields.refuse("objectives", "Enter each objective as one line of at most 160 characters");
    }
    lines.into_iter().flatten().collect()
}

fn read_sessions(fields: &mut Fields) -> Vec<Session> {
    let sessions = fields.objects("sessions", 50, |f| {
        let (starts, ends) = (read_time(f, "starts"), read_time(f, "ends"));
        if let (Some(starts), Some(ends)) = (starts, ends)
            && ends <= starts
        {
            f.refuse("ends", "The session must end after it starts");
        }
        Some(Session { starts: starts?, ends: ends? })
    });
    if sessions.is_empty() {
        fields.refuse("sessions", "Enter at least one session with its start and end");
    }
    if sessions.windows(2).any(|pair| pair[1].starts < pair[0].ends) {
        fields.refuse("sessions", "Sessions must be in order and must not overlap");
    }
    sessions
}

fn read_format(fields: &mut Fields) -> Format {
    match fields.take("format") {
        None => Format::Online,
        Some(value) => serde_json::from_value(value).unwrap_or_else(|_| {
            fields.refuse("format", "Must be online, in-person or hybrid");
            Format::Online
        }),
    }
}

fn read_url(fields: &mut Fields, name: &str) -> Option<String> {
    let url = fields.line(name, 2_000)?;
    if !url.starts_with("https://") || url.contains(char::is_whitespace) {
        fields.refuse(name, "Enter a link that begins with https://");
    }
    Some(url)
}

fn read_waiting_list(fields: &mut Fields) -> WaitingList {
    let default = WaitingList { enabled: true, limit: None, offer_hours: Some(12) };
    fields
        .object("waiting_list", |f| {
            let confirms_at_once = f.is_null("offer_hours");
            let hours = f.number("offer_hours", 1, 1_000).map(to_u16);
            WaitingList {
                enabled: f.flag_or("enabled", true),
                limit: f.number("limit", 0, 10_000),
                offer_hours: if confirms_at_once { None } else { hours.or(Some(12)) },
            }
        })
        .unwrap_or(default)
}

fn read_lanes(fields: &mut Fields) -> Vec<ReservedLane> {
    let mut key = GENERAL;
    let mut taken = BTreeSet::new();
    let lanes = fields.objects("lanes", 15, |f| {
        key = key.next();
        let name = f.parse("name", "Enter the lane's name", |raw| {
            text::line(raw, 50).map_err(|e| format!("The lane's name {e}"))
        });
        let roles: Option<Vec<Role>> =
            f.list("roles", Role::ALL.len()).iter().map(|v| v.as_str().and_then(Role::from_slug)).collect();
        let roles = roles.filter(|roles| !roles.is_empty() && roles.iter().all(|role| taken.insert(*role)));
        if roles.is_none() {
            f.refuse("roles", "Select roles that no other lane has");
        }
        f.require("places", "Enter how many places the lane has");
        let places = f.number("places", 1, CAPACITY_UNLIMITED);
        let release_days = f.number("release_days", 0, 365).map(to_u16);
        Some(ReservedLane { key, name: name?, roles: roles?, places: places?, release_days })
    });
    let names: BTreeSet<&str> = lanes.iter().map(|lane| lane.name.as_str()).collect();
    if names.len() < lanes.len() {
        fields.refuse("lanes", "Every lane needs a name of its own");
    }
    lanes
}

fn read_questions(fields: &mut Fields) -> Vec<Question> {
    let mut ids = BTreeSet::new();
    fields.objects("questions", 50, |f| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let id_words = "Enter an id of lower-case letters, digits, - and _ that no other question has";
        let id = f.parse("id", id_words, |raw| {
            let is_id = (1..=50).contains(&raw.len()) && raw.chars().all(is_plain) && ids.insert(raw.to_owned());
            if is_id { Ok(raw.to_owned()) } else { Err(id_words) }
        });
        let label =
            f.parse("label", "Enter the question", |raw| text::line(raw, 500).map_err(|e| format!("The question {e}")));
        let options: Option<Vec<String>> = f
            .list("options", 50)
            .iter()
            .map(|value| value.as_str().and_then(|raw| text::line(raw, 200).ok()))
            .collect();
        let options = options.unwrap_or_default();
        let kind = f.parse("type", "Select a type", |name| match name {
            "text" => Ok(QuestionKind::Text),
            "yes_no" => Ok(QuestionKind::YesNo),
            "choice" => Ok(QuestionKind::Choice { options: options.clone() }),
            "choices" => Ok(QuestionKind::Choices { options: options.clone() }),
            _ => Err("Must be text, choice, choices or yes_no"),
        });
        let distinct: BTreeSet<&String> = options.iter().collect();
        let takes_options = matches!(kind, Some(QuestionKind::Choice { .. } | QuestionKind::Choices { .. }));
        if takes_options && (options.len() < 2 || distinct.len() < options.len()) {
            f.refuse("options", "Enter at least two different options");
        }
        let required = f.flag("required");
        Some(Question { id: id?, label: label?, kind: kind?, required })
    })
}

fn read_organisers(fields: &mut Fields) -> Vec<String> {
    let addresses: Option<Vec<String>> = fields
        .list("organisers", 20)
        .iter()
        .map(|v| v.as_str().and_then(|raw| EmailAddress::parse(raw).ok()).map(|a| a.as_str().to_owned()))
        .collect();
    if addresses.is_none() {
        fields.refuse("organisers", "Enter email addresses in the correct format, like name@example.com");
    }
    addresses.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minimal() -> Value {
        json!({"title": "Suturing", "programme": "clinical-updates",
               "sessions": [{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T16:30:00Z"}]})
    }

    fn pointers(value: Value) -> Vec<String> {
        Event::parse(value).err().unwrap_or_default().into_iter().map(|e| e.pointer).collect()
    }

    #[test]
    fn three_fields_make_an_event_and_the_rest_has_defaults() {
        let event = Event::parse(minimal()).unwrap();
        assert_eq!(event.waiting_list, WaitingList { enabled: true, limit: None, offer_hours: Some(12) });
        assert_eq!((event.capacity, event.format), (None, Format::Online));
        assert_eq!((event.session_minutes(), event.certificate_minutes()), (420, 336));
        assert_eq!(event.closes(), event.starts());
    }

    #[test]
    fn an_event_reads_back_from_its_own_json() {
        let mut value = minimal();
        value["lanes"] = json!([{"name": "gp", "roles": ["gp"], "places": 4, "release_days": 7}]);
        value["capacity"] = json!(16);
        value["waiting_list"] = json!({"offer_hours": null});
        value["questions"] = json!([{"id": "level", "label": "Level?", "type": "choice", "options": ["a", "b"]}]);
        let event = Event::parse(value).unwrap();
        assert_eq!(event.waiting_list.offer_hours, None);
        assert_eq!(Event::parse(event.to_json()).unwrap(), event);
    }

    #[test]
    fn every_mistake_is_named() {
        assert_eq!(pointers(json!({})), ["/title", "/programme", "/sessions"]);
        let mut value = minimal();
        value["capacity"] = json!(0);
        value["colour"] = json!("red");
        value["lanes"] =
            json!([{"name": "a", "roles": ["gp"], "places": 1}, {"name": "a", "roles": ["gp"], "places": 1}]);
        value["sessions"][0]["ends"] = json!("2026-12-01T09:30:00Z");
        value["joining_url"] = json!("javascript:alert(1)");
        value["waiting_list"] = json!({"offer_hours": "12"});
        let found = pointers(value);
        for pointer in
            ["/capacity", "/colour", "/lanes/1/roles", "/sessions/0/ends", "/joining_url", "/waiting_list/offer_hours"]
        {
            assert!(found.iter().any(|p| p == pointer), "{pointer} in {found:?}");
        }
    }

    #[test]
    fn lanes_may_not_reserve_more_than_there_is() {
        let mut value = minimal();
        value["capacity"] = json!(3);
        value["lanes"] = json!([{"name": "gp", "roles": ["gp"], "places": 4}]);
        assert_eq!(pointers(value), ["/lanes"]);
    }

    #[test]
    fn a_patch_changes_what_it_names_and_lanes_keep_their_keys() {
        let mut value = minimal();
        value["lanes"] = json!([{"name": "gp", "roles": ["gp"], "places": 1}, {"name": "nurse", "roles": ["practice-nurse"], "places": 1}]);
        let event = Event::parse(value).unwrap();
        let patch = json!({"title": "New", "lanes": [{"name": "nurse", "roles": ["practice-nurse"], "places": 2},
                                                     {"name": "student", "roles": ["student"], "places": 1}]});
        let patched = event.patched(&patch).unwrap();
        assert_eq!(patched.title, "New");
        assert_eq!(patched.sessions, event.sessions);
        let keys: Vec<_> = patched.lanes.iter().map(|lane| (lane.name.as_str(), lane.key.number())).collect();
        assert_eq!(keys, [("nurse", 2), ("student", 3)]);
        assert!(event.patched(&json!({"title": null})).is_err());
    }
}

//! The hub's settings: what it is called, who writes and is written to, its policy, and how long it keeps things.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fields::{FieldError, Fields, merge_patch};
use crate::person::EmailAddress;
use crate::policy::Policy;
use crate::text;
use crate::uk_time::{TIME_ZONE, uk};

/// What had been agreed with those who book, until it was agreed anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPolicy {
    /// When it ended.
    pub until: Timestamp,
    /// What it was.
    pub policy: Policy,
}

/// A hub's settings. Addresses in it are the hub's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hub {
    /// The name on pages, in mails and on certificates.
    pub name: String,
    /// Who mails are from, where that is not the hub's name.
    pub from_name: Option<String>,
    /// Where answers to mails go, where that is not the sender.
    pub reply_to: Option<EmailAddress>,
    /// The colour of the pages' head: `#` and six hexadecimal digits; `None` is the usual one.
    pub colour: Option<String>,
    /// Who gets the monthly report.
    pub report_recipients: Vec<EmailAddress>,
    /// Who gets the daily digest besides an event's own organisers.
    pub digest_recipients: Vec<EmailAddress>,
    /// What has been agreed with those who book.
    pub policy: Policy,
    /// What had been agreed before, in order of time: what was charged for then stays as it was.
    pub past_policies: Vec<PastPolicy>,
    /// How long things are kept.
    pub retention: Retention,
    /// Whether people who came without booking get certificates.
    pub walk_in_certificates: bool,
    /// Whether the public reading of reports shows totals as they are.
    pub public_exact_totals: bool,
}

/// How long things are kept, counted from the end of the event they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Days after which access needs are removed.
    pub access_needs_days: u32,
    /// Months after which a booking is reduced to role, organisation and how it went.
    pub bookings_months: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { access_needs_days: 14, bookings_months: 84 }
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::named("Training hub")
    }
}

/// Addresses in one list of the settings.
const ADDRESSES_MAX: usize = 50;
/// Past policies that are remembered.
const PAST_POLICIES_MAX: usize = 50;

impl Hub {
    /// A hub that has set nothing but its name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            from_name: None,
            reply_to: None,
            colour: None,
            report_recipients: Vec::new(),
            digest_recipients: Vec::new(),
            policy: Policy::default(),
            past_policies: Vec::new(),
            retention: Retention::default(),
            walk_in_certificates: false,
            public_exact_totals: true,
        }
    }

    /// Who mails are from.
    pub fn sender_name(&self) -> &str {
        self.from_name.as_deref().unwrap_or(&self.name)
    }

    /// What had been agreed with those who booked an event that began then.
    pub fn policy_at(&self, starts: Timestamp) -> &Policy {
        let past = self.past_policies.iter().find(|past| starts < past.until);
        past.map_or(&self.policy, |past| &past.policy)
    }

    /// These settings as they take the place of others at `now`: what had been agreed until then is remembered.
    #[must_use]
    pub fn succeeding(self, before: &Self, now: Timestamp) -> Self {
        let mut past = before.past_policies.clone();
        if self.policy != before.policy {
            past.push(PastPolicy { until: now, policy: before.policy.clone() });
        }
        past.drain(..past.len().saturating_sub(PAST_POLICIES_MAX));
        Self { past_policies: past, ..self }
    }

    /// Reads settings from their JSON object.
    pub fn parse(value: Value) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::of(value)?;
        let name = fields.parse("name", "Enter a name", |raw| text::line(raw, 100).map_err(|e| format!("Name {e}")));
        let hub = Self {
            name: name.unwrap_or_default(),
            from_name: fields.line("from_name", 100),
            reply_to: fields.email_if_any("reply_to"),
            colour: read_colour(&mut fields),
            report_recipients: fields.emails("report_recipients", ADDRESSES_MAX),
            digest_recipients: fields.emails("digest_recipients", ADDRESSES_MAX),
            policy: fields.object("policy", Policy::read).unwrap_or_default(),
            past_policies: Vec::new(),
            retention: fields.object("retention", Retention::read).unwrap_or_default(),
            walk_in_certificates: fields.flag("walk_in_certificates"),
            public_exact_totals: fields.flag_or("public_exact_totals", true),
        };
        if fields.line("time_zone", 100).is_some_and(|zone| zone != TIME_ZONE) {
            fields.refuse("time_zone", format!("Must be {TIME_ZONE}: working hours are known for England only"));
        }
        fields.finish().map(|()| hub)
    }

    /// The settings that result from a merge patch (RFC 7396): `null` goes back to the default.
    pub fn patched(&self, patch: &Value) -> Result<Self, Vec<FieldError>> {
        if !patch.is_object() {
            return Err(vec![FieldError { pointer: String::new(), detail: "Must be an object".to_owned() }]);
        }
        let mut merged = self.to_json();
        merge_patch(&mut merged, patch);
        Self::parse(merged)
    }

    /// The settings in the shape in which they are sent.
    pub fn to_json(&self) -> Value {
        json!({
            "name": self.name, "from_name": self.from_name, "reply_to": self.reply_to, "time_zone": TIME_ZONE,
            "colour": self.colour, "report_recipients": self.report_recipients,
            "digest_recipients": self.digest_recipients, "policy": self.policy.to_json(),
            "retention": self.retention, "walk_in_certificates": self.walk_in_certificates,
            "public_exact_totals": self.public_exact_totals,
        })
    }
}

/// What has been kept long enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purge {
    /// Nothing yet.
    #[default]
    Nothing,
    /// What people need to take part.
    AccessNeeds,
    /// Names, addresses and all that says who somebody is.
    People,
}

impl Retention {
    /// What is to go of an event that ended then.
    pub fn purge(&self, ended: Timestamp, now: Timestamp) -> Purge {
        let ended = uk().to_datetime(ended);
        let is_past = |kept: Span| {
            // What is kept beyond the end of time is not past.
            let until = ended.checked_add(kept).and_then(|until| uk().to_timestamp(until));
            until.is_ok_and(|until| now >= until)
        };
        if is_past(Span::new().months(self.bookings_months)) {
            Purge::People
        } else if is_past(Span::new().days(self.access_needs_days)) {
            Purge::AccessNeeds
        } else {
            Purge::Nothing
        }
    }

    fn read(fields: &mut Fields) -> Self {
        let default = Self::default();
        Self {
            access_needs_days: fields.number("access_needs_days", 0, 3_650).unwrap_or(default.access_needs_days),
            bookings_months: fields.number("bookings_months", 1, 1_200).unwrap_or(default.bookings_months),
        }
    }
}

fn read_colour(fields: &mut Fields) -> Option<String> {
    let colour = fields.line("colour", 20)?.to_ascii_lowercase();
    let digits = colour.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        fields.refuse("colour", "Enter a colour like #005eb8");
    }
    Some(colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_and_a_patch_changes_what_it_names() {
        let hub = Hub::named("Lea Valley Training Hub");
        assert_eq!(Hub::parse(hub.to_json()), Ok(hub.clone()));
        let patch = json!({"reply_to": "hub@hub.example", "colour": "#7C2855", "retention": {"access_needs_days": 7},
                           "report_recipients": ["a@hub.example"], "policy": {"notice": {"n": 2, "unit": "working_day"}}});
        let patched = hub.patched(&patch).expect("settings");
        assert_eq!(patched.colour.as_deref(), Some("#7c2855"));
        assert_eq!(patched.retention, Retention { access_needs_days: 7, ..Retention::default() });
        assert_eq!(patched.name, hub.name);
        let back = patched.patched(&json!({"reply_to": null, "colour": null, "retention": null, "policy": null,
                                           "report_recipients": []}));
        assert_eq!(back, Ok(hub));
    }

    #[test]
    fn an_event_goes_by_what_had_been_agreed_when_it_began() {
        let charging = |gbp: u32| json!({"policy": {"charge": [{"gbp": gbp}]}});
        let at = |day: &str| format!("{day}T09:00:00Z").parse::<Timestamp>().expect("a time");
        let mut hub = Hub::named("Hub");
        for (day, gbp) in [("2026-04-01", 30), ("2026-10-01", 35), ("2026-10-02", 35)] {
            hub = hub.patched(&charging(gbp)).expect("settings").succeeding(&hub, at(day));
        }
        hub = hub.patched(&json!({"colour": "#005eb8"})).expect("settings").succeeding(&hub, at("2026-11-01"));
        assert_eq!(hub.past_policies.len(), 2);
        let price = |day: &str| hub.policy_at(at(day)).price(60);
        assert_eq!(
            ["2026-03-31", "2026-04-01", "2026-09-30", "2026-10-01", "2027-01-01"].map(price),
            [None, Some(30), Some(30), Some(35), Some(35)]
        );
    }

    #[test]
    fn mistakes_are_named() {
        let pointers = |patch: Value| -> Vec<String> {
            let refused = Hub::named("Hub").patched(&patch).err();
            refused.into_iter().flatten().map(|error| error.pointer).collect()
        };
        assert_eq!(pointers(json!({"name": null})), ["/name"]);
        assert_eq!(pointers(json!({"colour": "red"})), ["/colour"]);
        assert_eq!(pointers(json!({"time_zone": "Europe/Paris"})), ["/time_zone"]);
        assert_eq!(pointers(json!({"report_recipients": ["a@hub.example", "x"]})), ["/report_recipients/1"]);
        assert_eq!(pointers(json!({"retention": {"access_needs_days": -1}})), ["/retention/access_needs_days"]);
        assert_eq!(pointers(json!({"policy": {"notice": {"n": 2, "unit": "hour"}}})), ["/policy/notice/unit"]);
        assert_eq!(pointers(json!({"policy": {"notice": {"n": 2}}})), ["/policy/notice/unit"]);
        assert_eq!(
            pointers(json!({"policy": {"notice": {"n": "two"}, "charge": [{"gbp": "x"}, {}]}})),
            ["/policy/notice/unit", "/policy/notice/n", "/policy/charge/0/gbp", "/policy/charge/1/gbp"]
        );
        assert_eq!(pointers(json!({"motto": "x"})), ["/motto"]);
        assert_eq!(pointers(json!([])), [""]);
    }
}

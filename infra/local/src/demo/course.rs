//! One event of the demo year before anybody has booked: what it is, and how many will ask for it.

use domain::ProgrammeId;
use jiff::ToSpan as _;
use jiff::civil::{Date, time};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::calendar::{self, OutOfCalendar};
use super::offerings::{self, Offering};
use super::topics;
use crate::random::SplitMix64;

/// An event to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Tells it from every other, and its chance from every other's.
    pub key: String,
    /// Which programme.
    pub programme: ProgrammeId,
    /// The day of its first session.
    pub day: Date,
    /// When its first session starts.
    pub starts: Timestamp,
    /// What is sent to create it.
    pub body: Value,
    /// How many people ask for a place.
    pub demand: usize,
    /// Why it is called off, if it is.
    pub called_off: Option<&'static str>,
}

impl Course {
    /// The `number`th event of a programme, on a day.
    pub fn new(key: String, programme: ProgrammeId, number: usize, day: Date) -> Result<Self, OutOfCalendar> {
        let offering = offerings::of(programme);
        let (least, most) = offering.demand;
        let demand = least + SplitMix64::of_text(0, &key).below(most - least + 1);
        let (hour, minute) = offering.starts;
        let starts = calendar::instant(day, time(hour, minute, 0, 0))?;
        let body = body(&offering, number, day)?;
        Ok(Self { key, programme, day, starts, body, demand, called_off: None })
    }

    /// Changes what is sent to create it.
    #[must_use]
    pub fn with(mut self, settings: Value) -> Self {
        if let (Some(body), Value::Object(settings)) = (self.body.as_object_mut(), settings) {
            body.extend(settings);
        }
        self
    }

    /// As many people as this ask for a place.
    #[must_use]
    pub fn asked_for_by(self, demand: usize) -> Self {
        Self { demand, ..self }
    }

    /// It will not take place.
    #[must_use]
    pub fn called_off(self, reason: &'static str) -> Self {
        Self { called_off: Some(reason), ..self }
    }

    /// When each of its sessions starts and ends.
    pub fn sessions(&self) -> Vec<(Timestamp, Timestamp)> {
        let sessions = self.body["sessions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let time = |value: &Value| value.as_str()?.parse().ok();
        sessions.iter().filter_map(|session| Some((time(&session["starts"])?, time(&session["ends"])?))).collect()
    }

    /// When its last session ends.
    pub fn ends(&self) -> Timestamp {
        self.sessions().last().map_or(self.starts, |(_, ends)| *ends)
    }

    /// Minutes of all its sessions.
    pub fn minutes(&self) -> u32 {
        let offering = offerings::of(self.programme);
        u32::try_from(offering.minutes * i64::from(offering.sessions)).unwrap_or_default()
    }

    /// Whether people meet in a room.
    pub fn is_in_person(&self) -> bool {
        self.body["format"] == "in-person"
    }

    /// Places, if they are limited.
    pub fn capacity(&self) -> Option<usize> {
        self.body["capacity"].as_u64().and_then(|places| usize::try_from(places).ok())
    }

    /// Whether people are asked again after three months.
    pub fn asks_again(&self) -> bool {
        self.body["evaluation"]["follow_up"] == true
    }

    /// Whether an organiser decides on each booking.
    pub fn needs_approval(&self) -> bool {
        self.body["approval"] == true
    }
}

fn body(offering: &Offering, number: usize, day: Date) -> Result<Value, OutOfCalendar> {
    let topics = topics::of(offering.programme);
    let topic = topics[number % topics.len()];
    let gains = topic.gains.map(|gain| format!("- {gain}\n")).concat();
    let sessions = sessions(offering, day)?;
    let mut body = json!({
        "title": topic.title,
        "summary": topic.summary,
        "description": format!("{}\n\n**You will**\n\n{gains}", offering.about),
        "programme": offering.programme,
        "sessions": sessions,
        "capacity": offering.capacity,
        "cpd_minutes": offering.minutes * i64::from(offering.sessions),
        "organisers": ["events@hub.example"],
    });
    let place = match offering.venue {
        Some(venue) => json!({"format": "in-person", "venue": venue}),
        None => json!({"format": "online", "joining_url": joining_url(offering.programme, day)}),
    };
    for more in [place, offerings::rules(offering.programme)] {
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
    }
    Ok(body)
}

fn sessions(offering: &Offering, day: Date) -> Result<Vec<Value>, OutOfCalendar> {
    let (hour, minute) = offering.starts;
    let session = |week: i32| {
        let day = calendar::next_working_day(day.saturating_add(week.weeks()), 1);
        let starts = calendar::instant(day, time(hour, minute, 0, 0))?;
        let ends = starts + SignedDuration::from_mins(offering.minutes);
        Ok(json!({"starts": starts, "ends": ends}))
    };
    (0..offering.sessions).map(session).collect()
}

fn joining_url(programme: ProgrammeId, day: Date) -> String {
    format!("https://meet.hub.example/{}/{day}", programme.slug())
}

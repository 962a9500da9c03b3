//! The hub's booking policy as data: what a late cancellation or an absence means.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fields::Fields;

/// How much notice a cancellation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How many.
    pub n: u32,
    /// Of what.
    pub unit: NoticeUnit,
}

/// What notice is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeUnit {
    /// Days of the calendar.
    CalendarDay,
    /// Monday to Friday but for England's bank holidays.
    WorkingDay,
    /// Seven days of the calendar.
    Week,
}

/// What the hub has agreed with those who book.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Notice of events that set none of their own.
    pub notice: Option<Notice>,
}

impl Policy {
    /// Reads a policy from its JSON object.
    pub fn read(fields: &mut Fields) -> Self {
        let notice = fields.object("notice", |f| {
            let n = f.number("n", 0, 365);
            let unit = f.choice("unit", "Must be calendar_day, working_day or week");
            if n.is_none() {
                f.refuse("n", "Enter a number");
            }
            Some(Notice { n: n?, unit: unit? })
        });
        Self { notice: notice.flatten() }
    }

    /// The policy in the shape in which it is sent.
    pub fn to_json(&self) -> Value {
        json!({"notice": self.notice})
    }
}

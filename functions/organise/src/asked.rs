//! The small bodies of this API: a reason, a priority, a start.

use domain::{Fields, text};
use jiff::Timestamp;
use serde_json::Value;
use web::Problem;

/// The longest reason, in characters.
const REASON_MAX: usize = 2_000;

/// Reads an object whose fields are all known to `reader`, which notes what is missing.
pub fn read<T>(value: Value, reader: impl FnOnce(&mut Fields) -> Option<T>) -> Result<T, Problem> {
    let mut fields = Fields::of(value).map_err(Problem::invalid)?;
    let read = reader(&mut fields);
    fields.finish().map_err(Problem::invalid)?;
    // A missing field has been noted, so `finish` has already refused.
    read.ok_or_else(|| Problem::invalid(Vec::new()))
}

/// `{}`
pub fn nothing(value: Value) -> Result<(), Problem> {
    read(value, |_| Some(()))
}

/// `{"reason"}`
pub fn reason(value: Value) -> Result<String, Problem> {
    read(value, required_reason)
}

/// `{"reason"?}`
pub fn reason_if_any(value: Value) -> Result<Option<String>, Problem> {
    read(value, |fields| Some(fields.lines("reason", REASON_MAX)))
}

/// `{"priority", "reason"}`
pub fn priority(value: Value) -> Result<(u8, String), Problem> {
    read(value, |fields| {
        let priority = fields.number("priority", 0, 9).and_then(|number| u8::try_from(number).ok());
        if priority.is_none() {
            fields.refuse("priority", "Enter a priority from 0 (first) to 9 (last)");
        }
        let reason = required_reason(fields);
        Some((priority?, reason?))
    })
}

/// `{"starts"}`
pub fn starts(value: Value) -> Result<Timestamp, Problem> {
    let words = "Enter a date and time with an offset, like 2026-12-01T09:30:00Z";
    read(value, |fields| fields.parse("starts", words, |raw| raw.parse().map_err(|_| words)))
}

/// A reason that must be given, as a field of an object.
pub fn required_reason(fields: &mut Fields) -> Option<String> {
    fields.parse("reason", "Enter a reason", |raw| {
        text::lines(raw, REASON_MAX).map_err(|error| match error {
            text::InvalidText::Empty => "Enter a reason".to_owned(),
            error => format!("The reason {error}"),
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pointers<T>(read: Result<T, Problem>) -> Vec<String> {
        read.err().map(|p| p.errors().iter().map(|e| e.pointer.clone()).collect()).unwrap_or_default()
    }

    #[test]
    fn a_reason_must_say_something() {
        assert_eq!(reason(json!({"reason": " Speaker ill.\r\nSorry. "})).ok().as_deref(), Some("Speaker ill.\nSorry."));
        for sent in [json!({}), json!({"reason": null}), json!({"reason": "  "}), json!({"reason": 7})] {
            assert_eq!(pointers(reason(sent.clone())), ["/reason"], "{sent}");
        }
        assert_eq!(pointers(reason(json!({"reason": "x".repeat(2_001)}))), ["/reason"]);
        assert_eq!(pointers(reason(json!({"reason": "x", "why": "y"}))), ["/why"]);
        assert_eq!(reason_if_any(json!({})).ok(), Some(None));
        assert_eq!(pointers(reason_if_any(json!({"reason": 7}))), ["/reason"]);
    }

    #[test]
    fn a_priority_is_a_digit() {
        assert_eq!(priority(json!({"priority": 0, "reason": "x"})).ok(), Some((0, "x".to_owned())));
        assert!(pointers(priority(json!({"priority": 10}))).contains(&"/reason".to_owned()));
        for sent in
            [json!({"reason": "x"}), json!({"priority": -1, "reason": "x"}), json!({"priority": "1", "reason": "x"})]
        {
            assert!(pointers(priority(sent.clone())).contains(&"/priority".to_owned()), "{sent}");
        }
    }

    #[test]
    fn a_start_has_an_offset() {
        assert!(starts(json!({"starts": "2027-01-12T09:30:00+00:00"})).is_ok());
        for sent in [json!({}), json!({"starts": "2027-01-12T09:30:00"}), json!({"starts": 1})] {
            assert_eq!(pointers(starts(sent.clone())), ["/starts"], "{sent}");
        }
    }
}

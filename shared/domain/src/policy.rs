//! The hub's booking policy as data: what notice a cancellation needs, what a late one or an absence costs, who is liable
//! and who is told, and what takes a charge away.

use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::event::Event;
use crate::fields::Fields;
use crate::uk_time::{days_before, uk};
use crate::working_hours::is_working_day;

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
    /// Days of the calendar: until the same time of day, so many days before.
    CalendarDay,
    /// Clear working days between the day of the cancellation and that of the event: Monday to Friday but for England's
    /// bank holidays.
    WorkingDay,
    /// Seven days of the calendar.
    Week,
}

/// What an event up to some length costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The event is shorter than this many hours; `None` for any longer one.
    pub under_hours: Option<u32>,
    /// Whole pounds.
    pub gbp: u32,
}

/// Who is charged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Liable {
    /// Where the person works.
    #[default]
    Organisation,
    /// The person.
    Person,
    /// Where the person works; the person, who named no organisation.
    OrganisationElsePerson,
}

/// Who hears of it besides the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The practice's manager.
    PracticeManager,
    /// The person's own manager.
    LineManager,
    /// Who pays for the person's training.
    Sponsor,
}

impl Told {
    /// As the person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::PracticeManager => "your practice manager",
            Self::LineManager => "your line manager",
            Self::Sponsor => "your sponsor",
        }
    }
}

/// What a colleague who takes over does to a charge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Substitution {
    /// It takes the charge away; a colleague who does not come is charged like anybody.
    #[default]
    RemovesChargeIfAttends,
    /// An organiser agrees to it first.
    ByConsultation,
    /// The colleague must be somebody the event is for.
    MustMeetCriteria,
}

/// When charges are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invoice {
    /// After the quarter.
    #[default]
    Quarterly,
    /// Within thirty days.
    ThirtyDays,
    /// Not at all: what was paid is kept as a credit.
    Credit,
}

/// Why a charge is waived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiver {
    /// The person was ill.
    Sickness,
    /// Somebody near has died.
    Bereavement,
    /// Anything else that an organiser accepts.
    Other,
}

impl Waiver {
    /// The name used in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Sickness => "sickness",
            Self::Bereavement => "bereavement",
            Self::Other => "other",
        }
    }

    /// As people read it: "because of …".
    pub fn words(self) -> &'static str {
        match self {
            Self::Sickness => "illness",
            Self::Bereavement => "a bereavement",
            Self::Other => "something else that could not be helped",
        }
    }
}

/// What the hub has agreed with those who book.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Notice of events that set none of their own.
    pub notice: Option<Notice>,
    /// Days before the start until which people cancel by themselves.
    pub self_cancel_until_days: Option<u32>,
    /// Days before the start from which a cancellation costs, where that is not the notice.
    pub charge_window_days: Option<u32>,
    /// What a late cancellation or an absence costs, the shortest events first; nothing where it is empty.
    pub charge: Vec<Rate>,
    /// Who is charged.
    pub liable: Liable,
    /// Who is told, at the address that the list has for their organisation.
    pub told: Vec<Told>,
    /// What a colleague who takes over does to a charge.
    pub substitution: Substitution,
    /// When charges are asked for.
    pub invoice: Invoice,
    /// Whether people book for themselves alone.
    pub self_only: bool,
    /// Whether a practice's manager approves a booking.
    pub manager_approves: bool,
    /// Whether coming for a part only counts as not coming.
    pub late_arrival_is_absence: bool,
    /// Why charges are waived.
    pub waivers: Vec<Waiver>,
}

impl Policy {
    /// Reads a policy from its JSON object.
    pub fn read(fields: &mut Fields) -> Self {
        Self {
            notice: read_notice(fields),
            self_cancel_until_days: fields.number("self_cancel_until_days", 0, 365),
            charge_window_days: fields.number("charge_window_days", 0, 365),
            charge: read_charge(fields),
            liable: fields
                .choice("liable", "Must be organisation, person or organisation_else_person")
                .unwrap_or_default(),
            told: fields
                .choice("told", "Must be a list of practice_manager, line_manager and sponsor")
                .unwrap_or_default(),
            substitution: fields
                .choice("substitution", "Must be removes_charge_if_attends, by_consultation or must_meet_criteria")
                .unwrap_or_default(),
            invoice: fields.choice("invoice", "Must be quarterly, thirty_days or credit").unwrap_or_default(),
            self_only: fields.flag("self_only"),
            manager_approves: fields.flag("manager_approves"),
            late_arrival_is_absence: fields.flag("late_arrival_is_absence"),
            waivers: fields.choice("waivers", "Must be a list of sickness, bereavement and other").unwrap_or_default(),
        }
    }

    /// The policy in the shape in which it is sent.
    pub fn to_json(&self) -> Value {
        json!({
            "notice": self.notice, "self_cancel_until_days": self.self_cancel_until_days,
            "charge_window_days": self.charge_window_days, "charge": self.charge, "liable": self.liable,
            "told": self.told, "substitution": self.substitution, "invoice": self.invoice,
            "self_only": self.self_only, "manager_approves": self.manager_approves,
            "late_arrival_is_absence": self.late_arrival_is_absence, "waivers": self.waivers,
        })
    }

    /// The notice that giving up a place on an event needs: the event's own, else the policy's.
    pub fn notice_of(&self, event: &Event) -> Option<Notice> {
        let own = event.notice_days.map(|days| Notice { n: u32::from(days), unit: NoticeUnit::CalendarDay });
        own.or(self.notice)
    }

    /// The charge window, as a notice.
    pub fn charge_window(&self) -> Option<Notice> {
        self.charge_window_days.map(|n| Notice { n, unit: NoticeUnit::CalendarDay })
    }

    /// Until when people cancel by themselves, as a notice.
    pub fn self_cancel_until(&self) -> Option<Notice> {
        self.self_cancel_until_days.map(|n| Notice { n, unit: NoticeUnit::CalendarDay })
    }

    /// Whether giving up a place at `at` is late: within the event's own notice, else within the policy's.
    pub fn is_late(&self, event: &Event, at: Timestamp) -> bool {
        self.notice_of(event).is_some_and(|notice| notice.is_short(event.starts(), at)) || self.is_charged(event, at)
    }

    /// Whether giving up a place at `at` is charged: within the event's own notice, else within the charge window, else
    /// within the policy's notice.
    pub fn is_charged(&self, event: &Event, at: Timestamp) -> bool {
        let window = self.charge_window().filter(|_| event.notice_days.is_none());
        window.or_else(|| self.notice_of(event)).is_some_and(|notice| notice.is_short(event.starts(), at))
    }

    /// What an event of so many minutes costs, in whole pounds; `None` where nothing is charged.
    pub fn price(&self, minutes: u32) -> Option<u32> {
        let applies = |rate: &&Rate| rate.under_hours.is_none_or(|hours| minutes < hours.saturating_mul(60));
        self.charge.iter().find(applies).map(|rate| rate.gbp)
    }
}

impl Notice {
    /// Whether less than this lies between `at` and the start of an event.
    pub fn is_short(self, starts: Timestamp, at: Timestamp) -> bool {
        let days = match self.unit {
            NoticeUnit::CalendarDay => self.n,
            NoticeUnit::Week => self.n.saturating_mul(7),
            NoticeUnit::WorkingDay => return clear_working_days(at, starts) < self.n,
        };
        at > days_before(starts, days)
    }
}

/// Working days strictly between the days of two instants, UK time.
fn clear_working_days(from: Timestamp, to: Timestamp) -> u32 {
    let day_of = |at: Timestamp| uk().to_datetime(at).date();
    let last = day_of(to);
    let days = std::iter::successors(day_of(from).checked_add(1.days()).ok(), |day| day.checked_add(1.days()).ok());
    let between = days.take_while(|day| *day < last).filter(|day| is_working_day(*day));
    u32::try_from(between.count()).unwrap_or(u32::MAX)
}

fn read_notice(fields: &mut Fields) -> Option<Notice> {
    let notice = fields.object("notice", |f| {
        f.require("n", "Enter a number");
        f.require("unit", "Select what it is counted in");
        let n = f.number("n", 0, 365);
        let unit = f.choice("unit", "Must be calendar_day, working_day or week");
        Some(Notice { n: n?, unit: unit? })
    });
    notice.flatten()
}

fn read_charge(fields: &mut Fields) -> Vec<Rate> {
    let rates = fields.objects("charge", 20, |f| {
        let under_hours = f.number("under_hours", 1, 240);
        f.require("gbp", "Enter an amount in whole pounds");
        let gbp = f.number("gbp", 0, 100_000);
        Some(Rate { under_hours, gbp: gbp? })
    });
    if !rates.is_sorted_by_key(|rate| rate.under_hours.unwrap_or(u32::MAX)) {
        fields.refuse("charge", "Put the shortest events first");
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(value: Value) -> Policy {
        let mut fields = Fields::of(value).unwrap();
        let policy = Policy::read(&mut fields);
        assert_eq!(fields.finish(), Ok(()));
        policy
    }

    /// Tuesday 8 December 2026, 09:30 to 12:30.
    fn event(own: Value) -> Event {
        let sessions = json!([{"starts": "2026-12-08T09:30:00Z", "ends": "2026-12-08T12:30:00Z"}]);
        let mut event = json!({"title": "Suturing", "programme": "clinical-updates", "sessions": sessions});
        event["cancellation"] = own;
        Event::parse(event).unwrap()
    }

    #[test]
    fn notice_is_counted_in_clear_working_days_or_in_whole_ones() {
        let charged = |hub: Value, at: &str| policy(hub).is_charged(&event(Value::Null), at.parse().unwrap());
        let working = |n: u32| json!({"notice": {"n": n, "unit": "working_day"}});
        // Friday and Monday lie clear between Thursday and Tuesday.
        assert!(!charged(working(2), "2026-12-03T20:00:00Z"));
        assert!(charged(working(2), "2026-12-04T09:00:00Z"));
        assert!(charged(working(3), "2026-12-03T09:00:00Z"));
        let calendar = |n: u32, unit: &str| json!({"notice": {"n": n, "unit": unit}});
        assert!(!charged(calendar(7, "calendar_day"), "2026-12-01T09:30:00Z"));
        assert!(charged(calendar(7, "calendar_day"), "2026-12-01T09:30:01Z"));
        assert!(charged(calendar(4, "week"), "2026-11-11T09:30:00Z"));
        // The clocks went back on 25 October: half past nine, seven weeks before, was half past eight in UTC.
        assert!(!charged(calendar(7, "week"), "2026-10-20T08:30:00Z"));
        assert!(charged(calendar(7, "week"), "2026-10-20T08:30:01Z"));
        assert!(charged(json!({"charge_window_days": 42}), "2026-11-01T09:30:00Z"));
        assert!(!charged(json!({}), "2026-12-08T09:00:00Z"));
    }

    #[test]
    fn an_events_own_notice_goes_before_the_hubs() {
        let hub = policy(json!({"notice": {"n": 30, "unit": "calendar_day"}}));
        let at = "2026-12-01T09:00:00Z".parse().unwrap();
        assert!(hub.is_charged(&event(Value::Null), at));
        assert!(!hub.is_charged(&event(json!({"notice_days": 2})), at));
    }

    #[test]
    fn prices_go_by_length() {
        let hub =
            policy(json!({"charge": [{"under_hours": 2, "gbp": 35}, {"under_hours": 4, "gbp": 60}, {"gbp": 105}]}));
        assert_eq!([90, 120, 239, 240, 420].map(|minutes| hub.price(minutes)), [35, 60, 60, 105, 105].map(Some));
        assert_eq!(Policy::default().price(60), None);
    }
}

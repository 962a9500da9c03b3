//! The event's rules as they come into the ledger, change, and release lanes.

use jiff::Timestamp;

use crate::event::EventStatus;
use crate::ids::PersonId;
use crate::ledger::{GENERAL, Lane, LaneKey, LaneRules, Ledger, Live, Release, Rules, State};

/// The low bits of `rules` count releases; above them is the version of the event's configuration.
const RELEASE_BITS: u32 = 8;

/// The ledger keeps whole seconds.
fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

impl Ledger {
    /// The version of the event's configuration that these rules came from.
    pub fn configuration(&self) -> u64 {
        self.rules >> RELEASE_BITS
    }

    /// The rules' version right after a configuration came in, before any release.
    pub fn rules_of(configuration: u64) -> u64 {
        configuration << RELEASE_BITS
    }

    /// Whether these rules limit organisations in a ledger that has not counted them so far: then the counts of its
    /// live registrations must come along.
    pub fn must_count(&self, rules: &Rules) -> bool {
        let is_taken_over = rules.version > self.configuration() && self.state != State::Cancelled;
        is_taken_over && rules.organisation_limit.is_some() && self.organisation_limit.is_none()
    }

    /// Takes the event's rules over. Nobody who is in loses anything; a configuration that is in already, or
    /// an older one, changes nothing.
    pub(crate) fn configure(&mut self, rules: &Rules, now: Timestamp) {
        if rules.version <= self.configuration() || self.state == State::Cancelled {
            return;
        }
        if self.must_count(rules) {
            self.organisations.clone_from(&rules.organisations);
        }
        self.rules = Self::rules_of(rules.version);
        let published_now = self.state == State::Draft && rules.status == EventStatus::Published;
        self.state = match rules.status {
            EventStatus::Draft => State::Draft,
            EventStatus::Cancelled => State::Cancelled,
            EventStatus::Published if now >= rules.starts => State::Closed,
            EventStatus::Published => State::Open,
        };
        let opens_on_publication = rules.opens.is_none() && (published_now || self.state == State::Draft);
        if let Some(opens) = rules.opens {
            self.opens = second(opens);
        } else if opens_on_publication || self.opens > now {
            self.opens = second(now);
        }
        self.closes = second(rules.closes);
        self.starts = second(rules.starts);
        self.offer_hours = rules.offer_hours;
        self.shorten_offers();
        self.organisation_limit = rules.organisation_limit;
        if rules.organisation_limit.is_none() {
            self.organisations.clear();
        }
        self.set_lanes(rules, now);
    }

    /// No offer outlives the closing or the start, wherever they were moved.
    fn shorten_offers(&mut self) {
        let last = self.closes.min(self.starts);
        for until in self.offers.values_mut() {
            *until = (*until).min(last);
        }
    }

    fn set_lanes(&mut self, rules: &Rules, now: Timestamp) {
        for (key, lane) in &rules.lanes {
            self.set_lane(*key, lane);
        }
        let gone: Vec<LaneKey> = self.lanes.keys().filter(|key| !rules.lanes.contains_key(key)).copied().collect();
        for key in gone {
            for (person, live) in self.in_order(key) {
                let admitted = self.is_admitted(person, &live);
                self.move_to_end(person, GENERAL, admitted);
            }
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.places = 0;
                lane.admitted = lane.admitted.min(lane.issued);
                lane.release = Release::Done;
            }
        }
        self.release_due(now);
    }

    fn set_lane(&mut self, key: LaneKey, rules: &LaneRules) {
        let held = self.held(key);
        let approves_no_more = self.lanes.get(&key).is_some_and(|lane| lane.approval) && !rules.approval;
        let admits_by_name = !self.lanes.get(&key).is_some_and(|lane| lane.approval) && rules.approval;
        if admits_by_name {
            self.admit_by_name(key);
        }
        let lane = self.lanes.entry(key).or_insert(Lane {
            places: 0,
            issued: 0,
            admitted: 0,
            ceiling: 0,
            line_limit: None,
            release: Release::Never,
            approval: rules.approval,
        });
        lane.places = rules.places;
        lane.line_limit = rules.line_limit;
        lane.release = rules.release();
        lane.approval = rules.approval;
        let credits = lane.credits().min(rules.places.saturating_sub(held));
        if rules.approval || approves_no_more {
            lane.admitted = 0;
        } else if lane.admitted > lane.issued {
            lane.admitted = lane.issued + credits;
        }
    }

    /// Before a lane's admission limit goes: whoever was admitted by number is admitted by name, and approved.
    fn admit_by_name(&mut self, key: LaneKey) {
        for (person, live) in self.in_order(key) {
            let held = self.is_admitted(person, &live);
            self.change(person, |live| {
                live.admitted |= held;
                live.approved = true;
            });
        }
    }

    /// Live entries of a lane, in order.
    fn in_order(&self, key: LaneKey) -> Vec<(PersonId, Live)> {
        let mut entries: Vec<(PersonId, Live)> =
            self.live_entries().filter(|(_, live)| live.lane == key).map(|(person, live)| (person, *live)).collect();
        entries.sort_by_key(|(_, live)| live.order());
        entries
    }

    /// Releases every lane whose day has come: its waiters join everyone's line ahead of those of their priority, and
    /// its unused places follow when places are given.
    pub(crate) fn release_due(&mut self, now: Timestamp) {
        let is_due = |lane: &Lane| matches!(lane.release, Release::At(at) if at <= now);
        let due: Vec<LaneKey> = self.lanes.iter().filter(|(_, lane)| is_due(lane)).map(|(key, _)| *key).collect();
        for key in due {
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.release = Release::Done;
            }
            for (person, live) in self.in_order(key) {
                if self.is_waiting(person, &live) {
                    self.move_to_end(person, GENERAL, false);
                    self.change(person, |live| live.priority = live.priority.from_released_lane());
                }
            }
            self.rules += 1;
        }
    }
}

//! Runs a table: `event key=value …` makes a ledger; then `who verb args -> result`, where the result is the place of
//! who acted, or the refusal, followed by what happened to others. `+25h` moves the clock and ticks; `~25h` moves it
//! and nobody ticks. After every line the
//! ledger must be sound.

use std::collections::BTreeMap;

use domain::event::EventStatus;
use domain::ids::{Generation, MailboxId};
use domain::ledger::{Command, Entry, GENERAL, LaneKey, LaneRules, Ledger, Place, Registering, Rules};
use domain::{EffectKind, PersonId, Refusal};
use jiff::{SignedDuration, Timestamp};

/// Monday 8 June 2026, 09:00 in London.
const BEGIN: &str = "2026-06-08T08:00:00Z";

pub fn person(name: &str) -> PersonId {
    let mut bytes = [b' '; 9];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    PersonId::new(MailboxId::new(bytes), [0; 3])
}

struct Table {
    ledger: Ledger,
    rules: Rules,
    now: Timestamp,
    names: BTreeMap<PersonId, String>,
    organisations: BTreeMap<PersonId, String>,
}

pub fn run(table: &str) {
    let mut state: Option<Table> = None;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(settings) = line.strip_prefix("event") {
            state = Some(Table::new(settings));
            continue;
        }
        let table = state.as_mut().expect("a table begins with an event");
        let (operation, expected) = line.split_once("->").expect("-> between operation and result");
        let found = table.perform(operation.trim());
        assert_eq!(found, expected.trim(), "\n  in: {line}");
        let violations = table.ledger.violations(table.now);
        assert!(violations.is_empty(), "{line}: {violations:?}");
        for entry in table.ledger.members.values() {
            assert_eq!(Entry::from_number(entry.to_number()), Ok(*entry));
        }
    }
}

impl Table {
    fn new(settings: &str) -> Self {
        let now: Timestamp = BEGIN.parse().unwrap();
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let mut rules = Rules {
            status: EventStatus::Published,
            opens: None,
            closes: now + days(20),
            starts: now + days(30),
            offer_hours: Some(12),
            organisation_limit: None,
            organisations: BTreeMap::new(),
            version: 1,
            lanes: BTreeMap::from([(GENERAL, lane_rules(10))]),
        };
        let starts = rules.starts;
        change(&mut rules, settings, starts);
        let outcome = Ledger::empty().step(&Command::Configure(rules.clone()), now).unwrap();
        Self { ledger: outcome.ledger, rules, now, names: BTreeMap::new(), organisations: BTreeMap::new() }
    }

    fn perform(&mut self, operation: &str) -> String {
        let mut words = operation.split_whitespace();
        let who = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        if let Some(by) = who.strip_prefix('+') {
            self.now += by.parse::<SignedDuration>().unwrap();
            let organisations = self.organisations.clone();
            return self.step(None, &Command::Tick { organisations });
        }
        if let Some(by) = who.strip_prefix('~') {
            self.now += by.parse::<SignedDuration>().unwrap();
            return "nothing".to_owned();
        }
        if who == "set" {
            self.rules.version += 1;
            let starts = self.rules.starts;
            change(&mut self.rules, &rest.join(" "), starts);
            self.rules.organisations = self.counts();
            return self.step(None, &Command::Configure(self.rules.clone()));
        }
        let (verb, arguments) = rest.split_first().expect("a verb");
        let id = self.known(who);
        let organisation = self.organisations.get(&id).cloned();
        let command = match *verb {
            "register" => self.registering(id, arguments, false),
            "booked" => self.registering(id, arguments, true),
            "cancel" => Command::Cancel { person: id, organisation, late: arguments.contains(&"late") },
            "accept" => Command::Accept(id),
            "decline" => Command::Decline { person: id, organisation },
            "admit" => Command::Admit(id),
            "reject" => Command::Reject { person: id, organisation },
            "priority" => Command::Prioritise { person: id, priority: arguments[0].parse().unwrap() },
            "substitute" => {
                let to = self.known(arguments[0]);
                let generation = self.ledger.members.get(&to).map_or(Generation::FIRST, |e| e.generation().next());
                Command::Substitute { from: id, to, generation, organisations: (organisation, None) }
            }
            "group" => {
                let size: u8 = arguments[0].parse().unwrap();
                let people = (0..size).map(|n| self.known(&format!("{who}{n}"))).collect();
                Command::Group { people, lane: GENERAL, organisation: None }
            }
            other => panic!("unknown verb {other}"),
        };
        self.step(Some(id), &command)
    }

    /// Live registrations by organisation.
    fn counts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for (person, _) in self.ledger.live_entries() {
            if let Some(organisation) = self.organisations.get(&person) {
                *counts.entry(organisation.clone()).or_insert(0) += 1;
            }
        }
        counts
    }

    fn known(&mut self, name: &str) -> PersonId {
        let id = person(name);
        self.names.insert(id, name.to_owned());
        id
    }

    fn registering(&mut self, person: PersonId, arguments: &[&str], is_over_ruled: bool) -> Command {
        let setting = |key: &str| arguments.iter().find_map(|argument| argument.strip_prefix(key));
        let lane = setting("lane=").map_or(GENERAL, |lane| LaneKey::new(lane.parse().unwrap()));
        if let Some(organisation) = setting("org=") {
            self.organisations.insert(person, organisation.to_owned());
        }
        let generation = match self.ledger.members.get(&person) {
            Some(Entry::Ended(tombstone)) => tombstone.generation.next(),
            Some(Entry::Live(live)) => live.generation,
            None => Generation::FIRST,
        };
        Command::Register(Registering {
            person,
            generation,
            lane,
            organisation: self.organisations.get(&person).cloned(),
            at: self.now,
            rules: self.ledger.rules,
            is_over_ruled,
        })
    }

    fn step(&mut self, actor: Option<PersonId>, command: &Command) -> String {
        let (refused, effects) = match self.ledger.step(command, self.now) {
            Ok(outcome) => {
                self.ledger = outcome.ledger;
                (outcome.refused, outcome.effects)
            }
            Err(refusal) => (Some(refusal), Vec::new()),
        };
        let own = match (refused, actor) {
            (Some(refusal), _) => Some(refusal.code().to_owned()),
            (None, Some(actor)) => self.place_words(actor),
            (None, None) => None,
        };
        let others = effects
            .iter()
            .filter(|effect| Some(effect.person) != actor)
            .map(|effect| format!("{} {}", self.names[&effect.person], words(&effect.kind)));
        let all: Vec<String> = own.into_iter().chain(others).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    }

    fn place_words(&self, person: PersonId) -> Option<String> {
        Some(match self.ledger.place(person)? {
            Place::Confirmed => "confirmed".to_owned(),
            Place::Offered { .. } => "offered".to_owned(),
            Place::Waiting { position } => format!("waiting {position}"),
            Place::Approval => "approval".to_owned(),
            Place::Ended(t) => format!("{:?}{}", t.ending, if t.late { " late" } else { "" }).to_lowercase(),
        })
    }
}

fn words(kind: &EffectKind) -> String {
    match kind {
        EffectKind::Waiting { position } | EffectKind::Returned { position } => format!("{} {position}", kind.name()),
        _ => kind.name().to_owned(),
    }
}

fn lane_rules(places: u32) -> LaneRules {
    LaneRules { places, line_limit: None, release: None, approval: false }
}

/// `capacity=2 lane=1:4 release=1:7d limit=3 offer_hours=none closes=+5d starts=+6d org_limit=2 approval`
fn change(rules: &mut Rules, settings: &str, starts: Timestamp) {
    for setting in settings.split_whitespace() {
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        let hours = |text: &str| SignedDuration::from_hours(24 * text.parse::<i64>().unwrap());
        match key {
            "capacity" => rules.lanes.get_mut(&GENERAL).unwrap().places = value.parse().unwrap(),
            "lane" => {
                let (lane, places) = value.split_once(':').unwrap();
                let limit = rules.lanes[&GENERAL].line_limit;
                let new = LaneRules { line_limit: limit, ..lane_rules(places.parse().unwrap()) };
                rules.lanes.insert(LaneKey::new(lane.parse().unwrap()), new);
            }
            "nolane" => drop(rules.lanes.remove(&LaneKey::new(value.parse().unwrap()))),
            "release" => {
                let (lane, days) = value.split_once(':').unwrap();
                let at = starts - hours(days);
                rules.lanes.get_mut(&LaneKey::new(lane.parse().unwrap())).unwrap().release = Some(at);
            }
            "limit" => rules.lanes.values_mut().for_each(|lane| lane.line_limit = Some(value.parse().unwrap())),
            "approval" => rules.lanes.values_mut().for_each(|lane| lane.approval = value != "off"),
            "offer_hours" => rules.offer_hours = value.parse().ok(),
            "org_limit" => rules.organisation_limit = value.parse().ok(),
            "closes" => rules.closes = BEGIN.parse::<Timestamp>().unwrap() + hours(value),
            "starts" => rules.starts = BEGIN.parse::<Timestamp>().unwrap() + hours(value),
            "opens" => rules.opens = Some(BEGIN.parse::<Timestamp>().unwrap() + hours(value)),
            "status" => {
                rules.status = match value {
                    "cancelled" => EventStatus::Cancelled,
                    "draft" => EventStatus::Draft,
                    _ => EventStatus::Published,
                }
            }
            other => panic!("unknown setting {other}"),
        }
    }
}

/// The refusals a table names by their public codes.
#[test]
fn codes_are_distinct_where_people_see_them() {
    let codes: std::collections::BTreeSet<&str> = [
        Refusal::EventFull,
        Refusal::RegistrationNotOpen,
        Refusal::RegistrationClosed,
        Refusal::EventCancelled,
        Refusal::EventOver,
        Refusal::OrganisationLimit,
        Refusal::OfferExpired,
        Refusal::NoOffer,
    ]
    .map(Refusal::code)
    .into();
    assert_eq!(codes.len(), 8);
}

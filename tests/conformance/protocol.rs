//! The register expression on the engine and `step(Register)` agree, over histories in which people book, leave, take
//! offers and the rules change in between.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::event::Event;
use domain::ledger::{Entry, Registering};
use domain::registration::Via;
use domain::{Command, EventId, EventStatus, Generation, Ledger, MailboxId, PersonId, Refusal, RegistrationForm};
use jiff::{SignedDuration, Timestamp};
use local::{Hub, Options};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use store::{Booking, EventRecord, RegisterOutcome, Store};

#[derive(Debug, Clone)]
enum Operation {
    Register { who: u8, gp: bool, organisation: u8 },
    Cancel(u8),
    Accept(u8),
    Decline(u8),
    Capacity(u32),
    Pass(i64),
}

fn operation() -> impl Strategy<Value = Operation> {
    let who = 0..7_u8;
    prop_oneof![
        6 => (who.clone(), any::<bool>(), 0..2_u8).prop_map(|(who, gp, organisation)| Operation::Register { who, gp, organisation }),
        3 => who.clone().prop_map(Operation::Cancel),
        2 => who.clone().prop_map(Operation::Accept),
        1 => who.prop_map(Operation::Decline),
        1 => (2..6_u32).prop_map(Operation::Capacity),
        2 => (1..90_i64).prop_map(Operation::Pass),
    ]
}

fn person(who: u8) -> PersonId {
    PersonId::new(MailboxId::new([who; 9]), [who; 3])
}

fn event(capacity: u32) -> Event {
    Event::parse(json!({
        "title": "Suturing", "programme": "clinical-updates", "capacity": capacity, "organisation_limit": 3,
        "sessions": [{"starts": "2026-12-01T09:00:00Z", "ends": "2026-12-01T10:00:00Z"}],
        "waiting_list": {"limit": 2, "offer_hours": 6},
        "lanes": [{"name": "gp", "roles": ["gp"], "places": 1, "release_days": 20}],
    }))
    .expect("an event")
}

fn form(event: &Event, who: u8, gp: bool, organisation: u8) -> RegistrationForm {
    let role = if gp { "gp" } else { "receptionist" };
    let sent = json!({"name": format!("Person {who}"), "email": format!("p{who}@practice.example"), "role": role,
                      "organisation": {"ods_code": format!("X{organisation}")}});
    RegistrationForm::parse(sent, event, true).expect("a form")
}

/// Both sides of one history.
struct Pair {
    store: Store,
    attempts: AtomicU64,
    record: EventRecord,
    model: Ledger,
    forms: BTreeMap<PersonId, RegistrationForm>,
    now: Timestamp,
}

impl Pair {
    async fn new(store: Store, id: EventId) -> Self {
        let now: Timestamp = "2026-11-02T09:00:00Z".parse().expect("a time");
        let record = EventRecord {
            id,
            event: event(3),
            status: EventStatus::Published,
            version: 1,
            was_published: true,
            reason: None,
            fingerprint: None,
        };
        store.create_event(&record, now).await.expect("created");
        let model = Ledger::empty().step(&Command::Configure(record.rules()), now).expect("no refusal").ledger;
        Self { store, attempts: AtomicU64::new(1), record, model, forms: BTreeMap::new(), now }
    }

    async fn perform(&mut self, operation: &Operation) {
        match *operation {
            Operation::Register { who, gp, organisation } => self.register(who, gp, organisation).await,
            Operation::Cancel(who) => {
                let (person, organisation) = (person(who), self.organisation(person(who)));
                self.step(&Command::Cancel { person, organisation, late: false }).await;
            }
            Operation::Accept(who) => self.step(&Command::Accept(person(who))).await,
            Operation::Decline(who) => {
                let (person, organisation) = (person(who), self.organisation(person(who)));
                self.step(&Command::Decline { person, organisation }).await;
            }
            Operation::Capacity(capacity) => {
                let mut changed = self.record.clone();
                changed.event.capacity = Some(capacity);
                changed.version += 1;
                let rules = changed.rules();
                let replaced = self.store.replace_event(&self.record, &changed, self.now).await;
                replaced.expect("stored").expect("nobody was quicker");
                self.record = changed;
                let stepped = self.model.step(&Command::Configure(rules), self.now);
                self.model = stepped.expect("no refusal").ledger;
            }
            Operation::Pass(hours) => {
                self.now += SignedDuration::from_hours(hours);
                let organisations =
                    self.forms.keys().filter_map(|who| Some((*who, self.organisation(*who)?))).collect();
                self.step(&Command::Tick { organisations }).await;
            }
        }
        let stored = self.store.ledger(self.record.id).await.expect("read").expect("a ledger");
        let same_version = Ledger { version: self.model.version, ..stored };
        assert_eq!(same_version, self.model, "after {operation:?}");
        assert_eq!(self.model.violations(self.now), Vec::<String>::new());
    }

    fn organisation(&self, person: PersonId) -> Option<String> {
        self.forms.get(&person)?.organisation.as_ref()?.key()
    }

    async fn step(&mut self, command: &Command) {
        let stored = self.store.change(self.record.id, self.now, |_| command.clone()).await.expect("stored");
        match (stored, self.model.step(command, self.now)) {
            (Ok(stored), Ok(outcome)) => {
                assert_eq!(stored.refused, outcome.refused);
                self.model = outcome.ledger;
            }
            (stored, outcome) => assert_eq!(stored.err(), outcome.err()),
        }
    }

    async fn register(&mut self, who: u8, gp: bool, organisation: u8) {
        let person = person(who);
        let is_live = self.model.live(person).is_some();
        let form = form(&self.record.event, who, gp, organisation);
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst);
        let booking = Booking {
            id: self.record.id,
            event: &self.record.event,
            status: self.record.status,
            version: self.record.version,
            person,
            form: form.clone(),
            at: self.now,
            attempt,
            via: Via::Person,
        };
        let stored = self.store.register(&booking).await.expect("stored");
        let generation = match self.model.members.get(&person) {
            Some(Entry::Ended(tombstone)) => tombstone.generation.next(),
            Some(Entry::Live(live)) => live.generation,
            None => Generation::FIRST,
        };
        let registering = Registering {
            person,
            generation,
            lane: self.model.lane_now(self.record.event.lane_of(form.role)),
            organisation: form.organisation.as_ref().and_then(domain::Organisation::key),
            at: self.now,
            rules: self.model.rules,
            is_over_ruled: false,
        };
        match (stored, self.model.step(&Command::Register(registering), self.now)) {
            (RegisterOutcome::Booked(booked), Ok(outcome)) => {
                self.model = outcome.ledger;
                assert_eq!(Some(booked.place), self.model.place(person));
                assert_eq!(booked.is_new, !is_live);
                if !is_live {
                    self.forms.insert(person, form);
                }
            }
            (RegisterOutcome::Refused(refusal), Err(expected)) => assert_eq!(refusal, expected),
            (stored, outcome) => panic!("{stored:?}, but {:?}", outcome.map(|o| o.refused).map_err(Refusal::code)),
        }
    }
}

#[test]
fn the_expression_and_the_step_agree_over_interleaved_histories() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    // A clock that stands still: else the hub's own sweep, by today's date, would release lanes behind the histories.
    let clock = Some("2026-11-02T09:00:00Z".parse().expect("a time"));
    let options = Options { data: folder.path().into(), port: 0, clock, empty: true, kms: false };
    let hub = runtime.block_on(Hub::start(options)).expect("the hub starts");
    let store = Store::new(hub.operator(), hub.table(), Arc::new(|| 7));
    let events = AtomicU64::new(1_000);
    let config = Config { cases: 60, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let histories = prop::collection::vec(operation(), 1..25);
    let outcome = TestRunner::new(config).run(&histories, |operations| {
        runtime.block_on(async {
            let id = EventId::from_bits(events.fetch_add(1, Ordering::SeqCst));
            let mut pair = Pair::new(store.clone(), id).await;
            for operation in &operations {
                pair.perform(operation).await;
            }
        });
        Ok(())
    });
    outcome.expect("they agree");
    runtime.block_on(hub.stop());
}

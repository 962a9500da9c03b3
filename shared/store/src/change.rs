//! Changing a ledger: read, decide, write back what changed if nobody was quicker, else decide again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::ledger::{Command, Ledger, Outcome, Rules};
use domain::{EventId, PersonId, Refusal};
use jiff::Timestamp;

use crate::events::event_of;
use crate::failure::Failure;
use crate::keys::Key;
use crate::{Store, difference, ledger_item};

/// Enough for fifty changes of one ledger at once and registrations besides.
const ATTEMPTS: u32 = 120;
/// The longest pause before an attempt.
const PAUSE_MAX_MS: u64 = 40;

enum Commit {
    Done,
    Overtaken(Box<Ledger>),
}

impl Store {
    /// The ledger of an event, consistently read.
    pub async fn ledger(&self, event: EventId) -> Result<Option<Ledger>, Failure> {
        self.ledger_read(event, true).await
    }

    /// The ledgers of several events, consistently read; whoever has none is left out.
    pub async fn ledgers(&self, events: BTreeSet<EventId>) -> Result<BTreeMap<EventId, Ledger>, Failure> {
        let items = self.batch(events.into_iter().map(Key::Ledger).collect()).await?;
        items.iter().map(|item| Ok((event_of(item)?, ledger_item::read(item)?))).collect()
    }

    pub(crate) async fn ledger_read(&self, event: EventId, consistent: bool) -> Result<Option<Ledger>, Failure> {
        let reply = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Key::Ledger(event).attributes()))
            .consistent_read(consistent)
            .send()
            .await?;
        reply.item.as_ref().map(ledger_item::read).transpose()
    }

    /// Steps a ledger and commits the step. The command is made from the ledger it will act on.
    ///
    /// An unfinished step (many places to give) is finished by ticks before this returns.
    pub async fn change(
        &self,
        event: EventId,
        now: Timestamp,
        command: impl Fn(&Ledger) -> Command,
    ) -> Result<Result<Outcome, Refusal>, Failure> {
        let Some(mut ledger) = self.ledger(event).await? else { return Ok(Err(Refusal::EventNotFound)) };
        let mut effects = Vec::new();
        let mut refused = None;
        let mut is_first = true;
        for attempt in 0..ATTEMPTS {
            let command = if is_first { command(&ledger) } else { tick() };
            let outcome = match ledger.step(&command, now) {
                Ok(outcome) => outcome,
                Err(refusal) => return Ok(Err(refusal)),
            };
            if outcome.ledger == ledger {
                return Ok(Ok(Outcome { effects, refused: refused.or(outcome.refused), ..outcome }));
            }
            match self.commit(event, &ledger, &outcome.ledger).await? {
                Commit::Done => {
                    refused = refused.or(outcome.refused);
                    effects.extend(outcome.effects);
                    if !outcome.is_unfinished {
                        return Ok(Ok(Outcome { ledger: outcome.ledger, effects, refused, is_unfinished: false }));
                    }
                    is_first = false;
                    ledger = outcome.ledger;
                }
                Commit::Overtaken(found) => {
                    ledger = *found;
                    self.pause(attempt).await;
                }
            }
        }
        Err(Failure::contended())
    }

    /// Brings an event's rules into its ledger, if they are newer than what it has. Where they limit organisations for
    /// the first time, those who are in are counted.
    pub async fn configure(
        &self,
        event: EventId,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Result<Outcome, Refusal>, Failure> {
        if rules.organisation_limit.is_none() {
            return self.change(event, now, |_| Command::Configure(rules.clone())).await;
        }
        for attempt in 0..ATTEMPTS {
            let Some(ledger) = self.ledger(event).await? else { return Ok(Err(Refusal::EventNotFound)) };
            let known =
                if ledger.must_count(rules) { self.organisations(event, &ledger).await? } else { BTreeMap::new() };
            let outcome = self.change(event, now, |ledger| configuring(ledger, rules, &known)).await?;
            if !outcome.as_ref().is_ok_and(|outcome| outcome.ledger.must_count(rules)) {
                return Ok(outcome);
            }
            // Somebody booked after the count.
            self.pause(attempt).await;
        }
        Err(Failure::contended())
    }

    /// What a limit counts the live registrations of a ledger by.
    async fn organisations(
        &self,
        event: EventId,
        ledger: &Ledger,
    ) -> Result<BTreeMap<PersonId, Option<String>>, Failure> {
        let registrations = self.registrations(event, ledger.live_entries().map(|(person, _)| person)).await?;
        let key_of = |person| registrations.get(&person).and_then(|r| r.form.organisation.as_ref()?.key());
        Ok(ledger.live_entries().map(|(person, _)| (person, key_of(person))).collect())
    }

    /// A short wait, longer after every conflict and never the same for two who collided.
    pub(crate) async fn pause(&self, attempt: u32) {
        let longest = (u64::from(attempt) + 1).min(PAUSE_MAX_MS);
        let pause = (self.entropy)() % (longest * 1_000);
        tokio::time::sleep(Duration::from_micros(pause)).await;
    }

    async fn commit(&self, event: EventId, old: &Ledger, new: &Ledger) -> Result<Commit, Failure> {
        let update = difference::update(event, old, new);
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Ledger(event).attributes()))
            .update_expression(update.expression())
            .condition_expression(update.condition())
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .return_values(ReturnValue::None)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = reply else { return Ok(Commit::Done) };
        match error.as_service_error() {
            Some(service) if service.is_conditional_check_failed_exception() => {}
            _ => return Err(error.into()),
        }
        let found = match error.into_service_error() {
            aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(e) => e.item,
            _ => None,
        };
        let found = found.ok_or_else(|| Failure::unreadable("the ledger has gone"))?;
        Ok(Commit::Overtaken(Box::new(ledger_item::read(&found)?)))
    }
}

/// The rules with the counts that this ledger must take; a tick while somebody is in whose organisation is not known.
fn configuring(ledger: &Ledger, rules: &Rules, known: &BTreeMap<PersonId, Option<String>>) -> Command {
    let mut rules = rules.clone();
    if ledger.must_count(&rules) {
        for (person, _) in ledger.live_entries() {
            match known.get(&person) {
                None => return tick(),
                Some(None) => {}
                Some(Some(organisation)) => *rules.organisations.entry(organisation.clone()).or_default() += 1,
            }
        }
    }
    Command::Configure(rules)
}

fn tick() -> Command {
    Command::Tick { organisations: BTreeMap::new() }
}

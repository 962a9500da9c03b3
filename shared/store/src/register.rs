//! Booking: put the registration, then draw the ticket. Two writes, one after the other, and nothing to conflict with.
//!
//! A retry of either write is harmless: the second put finds its own mark, the second draw finds the person in the
//! ledger. Whoever undoes a refused registration undoes their own attempt only.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::event::Event;
use domain::ledger::{Command, Entry, LaneKey, Ledger, Live, Place, Registering, Rules};
use domain::registration::Via;
use domain::{Access, EventId, EventStatus, Generation, PersonId, Refusal, Registration, RegistrationForm};
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Item, number, seconds, text};
use crate::keys::Key;
use crate::{ledger_item, registrations};

/// Attempts before giving up on an event whose rules, or a person whose bookings, change all the time.
const ATTEMPTS: u32 = 20;

/// Somebody wants a place.
#[derive(Debug, Clone)]
pub struct Booking<'a> {
    /// Which event.
    pub id: EventId,
    /// Its configuration, against which the form was checked.
    pub event: &'a Event,
    /// Where the event stands.
    pub status: EventStatus,
    /// The configuration's version.
    pub version: u64,
    /// Who.
    pub person: PersonId,
    /// What was filled in.
    pub form: RegistrationForm,
    /// When the form arrived.
    pub at: Timestamp,
    /// This attempt's own mark.
    pub attempt: u64,
    /// By the person, or by an organiser whom closing and limits do not refuse.
    pub via: Via,
}

/// A booking that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Confirmed, waiting, offered or awaiting approval.
    pub place: Place,
    /// Which booking of this person.
    pub generation: Generation,
    /// When the booking that stands was made.
    pub at: Timestamp,
    /// Made by this call, or found.
    pub is_new: bool,
}

/// What came of wanting a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterOutcome {
    /// The booking stands.
    Booked(Booked),
    /// It does not, and why.
    Refused(Refusal),
    /// The event's configuration is newer than the form's: read it again and check the form again.
    Stale,
}

/// What the second write came to.
enum Draw {
    Drawn(Box<Ledger>),
    Found(Box<Ledger>),
    Refused(Refusal),
    Again,
    Stale,
}

/// What the first write came to.
pub(crate) enum Put {
    Stored,
    Exists(Box<Registration>),
}

impl Store {
    /// Books a place, or finds the booking that the person already has.
    pub async fn register(&self, booking: &Booking<'_>) -> Result<RegisterOutcome, Failure> {
        let mut mine = first_of(booking);
        let mut earlier: Option<Registration> = None;
        let mut put = self.put_first(&mine).await?;
        for attempt in 0..ATTEMPTS {
            if let Put::Exists(found) = put {
                if found.attempt == booking.attempt {
                    mine = *found;
                } else {
                    match self.resume(booking, *found).await? {
                        Resumed::Found(booked) => return Ok(RegisterOutcome::Booked(booked)),
                        Resumed::Rebooking { new, replaced } => (mine, earlier) = (*new, Some(*replaced)),
                        Resumed::TakenUp(taken) => mine = *taken,
                        Resumed::Changed => {
                            self.pause(attempt).await;
                            put = self.put_first(&first_of(booking)).await?;
                            continue;
                        }
                    }
                }
            }
            match self.draw(booking, &mine).await? {
                Draw::Drawn(ledger) => return Ok(booked(&ledger, &mine, true)),
                Draw::Found(ledger) => return Ok(booked(&ledger, &mine, false)),
                Draw::Stale => {
                    self.undo(&mine, earlier.as_ref()).await?;
                    return Ok(RegisterOutcome::Stale);
                }
                Draw::Refused(refusal) => {
                    self.undo(&mine, earlier.as_ref()).await?;
                    return Ok(RegisterOutcome::Refused(refusal));
                }
                Draw::Again => {
                    self.pause(attempt).await;
                    put = self.put_first(&first_of(booking)).await?;
                }
            }
        }
        Err(Failure::contended())
    }

    /// Stores a first registration, unless the person has one.
    async fn put_first(&self, registration: &Registration) -> Result<Put, Failure> {
        self.put(registration, "attribute_not_exists(PK)", &[]).await
    }

    pub(crate) async fn put(
        &self,
        registration: &Registration,
        condition: &str,
        values: &[(&str, u64)],
    ) -> Result<Put, Failure> {
        let mut request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(registrations::write(registration)?))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, value) in values {
            request = request.expression_attribute_values(*name, number(value));
        }
        let Err(error) = request.send().await else { return Ok(Put::Stored) };
        if !error
            .as_service_error()
            .is_some_and(aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception)
        {
            return Err(error.into());
        }
        match error.into_service_error() {
            aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e) => {
                let item = e.item.unwrap_or_default();
                // The item may have gone between the condition and the reply; then the caller begins again.
                if item.is_empty() {
                    return Err(Failure::contended());
                }
                Ok(Put::Exists(Box::new(registrations::read(&item)?)))
            }
            other => Err(Failure::Failed(Box::new(other))),
        }
    }

    /// The person has a registration: it stands, it ended and is booked anew, or it was left half-written.
    async fn resume(&self, booking: &Booking<'_>, found: Registration) -> Result<Resumed, Failure> {
        let Some(ledger) = self.ledger(booking.id).await? else { return Ok(Resumed::Changed) };
        match ledger.members.get(&booking.person) {
            Some(Entry::Live(_)) => Ok(match booked(&ledger, &found, false) {
                RegisterOutcome::Booked(booked) => Resumed::Found(booked),
                RegisterOutcome::Refused(_) | RegisterOutcome::Stale => Resumed::Changed,
            }),
            Some(Entry::Ended(tombstone)) => {
                let mut new = first_of(booking);
                new.generation = tombstone.generation.next();
                let seen = [(":g", u64::from(found.generation.0)), (":attempt", found.attempt)];
                Ok(match self.put(&new, "g = :g AND attempt = :attempt", &seen).await? {
                    Put::Stored => Resumed::Rebooking { new: Box::new(new), replaced: Box::new(found) },
                    Put::Exists(other) if other.attempt == booking.attempt => {
                        Resumed::Rebooking { new: other, replaced: Box::new(found) }
                    }
                    Put::Exists(_) => Resumed::Changed,
                })
            }
            None => {
                let taken = taken_up(booking, &found);
                let seen = [(":g", u64::from(found.generation.0)), (":attempt", found.attempt)];
                Ok(match self.put(&taken, "g = :g AND attempt = :attempt", &seen).await? {
                    Put::Stored => Resumed::TakenUp(Box::new(taken)),
                    Put::Exists(other) if other.attempt == booking.attempt => Resumed::TakenUp(other),
                    Put::Exists(_) => Resumed::Changed,
                })
            }
        }
    }

    /// Draws the ticket by a step, which an organiser's booking takes: no closing, limit or version refuses it.
    async fn draw_over_ruled(&self, booking: &Booking<'_>, mine: &Registration) -> Result<Draw, Failure> {
        let command = |ledger: &Ledger| {
            let lane = ledger.lane_now(booking.event.lane_of(mine.form.role));
            let (rules, is_over_ruled) = (ledger.rules, true);
            Command::Register(Registering { lane, rules, is_over_ruled, ..registering(booking, mine) })
        };
        Ok(match self.change(booking.id, booking.at, command).await? {
            Ok(outcome) => Draw::Drawn(Box::new(outcome.ledger)),
            Err(refusal) => Draw::Refused(refusal),
        })
    }

    /// Draws the ticket, following the ledger's rules where releases have moved them on.
    async fn draw(&self, booking: &Booking<'_>, mine: &Registration) -> Result<Draw, Failure> {
        if booking.via == Via::Organiser {
            return self.draw_over_ruled(booking, mine).await;
        }
        let mut registering = registering(booking, mine);
        let mut expected = None;
        for attempt in 0..ATTEMPTS {
            let found = match self.draw_once(booking.id, &registering, expected, booking.event).await? {
                Ok(ledger) => return Ok(Draw::Drawn(Box::new(ledger))),
                Err(found) => found,
            };
            match found.members.get(&booking.person) {
                Some(entry) if entry.generation() > mine.generation => return Ok(Draw::Again),
                Some(Entry::Live(_)) => return Ok(Draw::Found(Box::new(found))),
                Some(Entry::Ended(t)) if t.generation == mine.generation => return Ok(Draw::Again),
                Some(entry @ Entry::Ended(_)) => expected = Some(entry.to_number()),
                None => expected = None,
            }
            if found.configuration() > booking.version {
                return Ok(Draw::Stale);
            }
            if found.configuration() < booking.version {
                let rules = Rules::of(booking.event, booking.status, booking.version);
                drop(self.configure(booking.id, &rules, booking.at).await?);
            }
            registering.rules = found.rules;
            registering.lane = found.lane_now(booking.event.lane_of(mine.form.role));
            if let Some(refusal) = found.why_not(&registering)
                && found.configuration() == booking.version
            {
                return Ok(Draw::Refused(refusal));
            }
            self.pause(attempt).await;
        }
        Err(Failure::contended())
    }

    /// The register expression. On failure the ledger as it is says why.
    async fn draw_once(
        &self,
        event: EventId,
        registering: &Registering,
        tombstone: Option<i64>,
        config: &Event,
    ) -> Result<Result<Ledger, Ledger>, Failure> {
        let base = Entry::Live(Live::new(0, registering.lane, registering.generation)).to_number() + 1;
        let mut set = "SET m.#p = ln.#k.i + :base, ln.#k.i = ln.#k.i + :1".to_owned();
        let mut condition = "st = :open AND oa <= :at AND ca > :at AND rv = :rv AND ln.#k.i < ln.#k.x".to_owned();
        condition.push_str(match tombstone {
            Some(_) => " AND m.#p = :tombstone",
            None => " AND attribute_not_exists(m.#p)",
        });
        let counted = registering.organisation.as_deref().filter(|_| config.organisation_limit.is_some());
        if counted.is_some() {
            set.push_str(", og.#o = if_not_exists(og.#o, :0) + :1");
            condition.push_str(" AND (attribute_not_exists(og.#o) OR og.#o < ol)");
        }
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Ledger(event).attributes()))
            .update_expression(set)
            .condition_expression(condition)
            .expression_attribute_names("#p", registering.person.to_string())
            .expression_attribute_names("#k", registering.lane.to_string())
            .expression_attribute_values(":base", number(base))
            .expression_attribute_values(":1", number(1))
            .expression_attribute_values(":open", text("open"))
            .expression_attribute_values(":at", seconds(registering.at))
            .expression_attribute_values(":rv", number(registering.rules))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if let Some(tombstone) = tombstone {
            request = request.expression_attribute_values(":tombstone", number(tombstone));
        }
        if let Some(organisation) = counted {
            request =
                request.expression_attribute_names("#o", organisation).expression_attribute_values(":0", number(0));
        }
        match request.send().await {
            Ok(reply) => Ok(Ok(ledger_item::read(&reply.attributes.unwrap_or_default())?)),
            Err(error) => Ok(Err(ledger_item::read(&conditional_failure(error)?)?)),
        }
    }

    /// Takes a refused registration back, or puts the ended one back that it replaced; only if it is still this attempt's.
    pub(crate) async fn undo(&self, mine: &Registration, earlier: Option<&Registration>) -> Result<(), Failure> {
        if let Some(earlier) = earlier {
            self.put(earlier, "attempt = :attempt", &[(":attempt", mine.attempt)]).await?;
            return Ok(());
        }
        let reply = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(Key::Registration(mine.person, mine.event).attributes()))
            .condition_expression("attempt = :attempt")
            .expression_attribute_values(":attempt", number(mine.attempt))
            .send()
            .await;
        match reply {
            Err(error)
                if !error.as_service_error().is_some_and(
                    aws_sdk_dynamodb::operation::delete_item::DeleteItemError::is_conditional_check_failed_exception,
                ) =>
            {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }

    /// Finishes a registration that was stored but never reached the ledger; for whoever finds one.
    ///
    /// `None`: there was nothing to finish. A refusal marks the registration as refused, at the generation before it,
    /// whose link goes on working.
    pub async fn finish(
        &self,
        booking: &Booking<'_>,
        found: &Registration,
    ) -> Result<Option<RegisterOutcome>, Failure> {
        let mut mine = found.clone();
        mine.attempt = booking.attempt;
        let seen = [(":g", u64::from(found.generation.0)), (":attempt", found.attempt)];
        match self.put(&mine, "g = :g AND attempt = :attempt", &seen).await? {
            Put::Exists(other) if other.attempt != booking.attempt => return Ok(None),
            Put::Stored | Put::Exists(_) => {}
        }
        Ok(Some(match self.draw(booking, &mine).await? {
            Draw::Drawn(ledger) => booked(&ledger, &mine, true),
            Draw::Found(ledger) => booked(&ledger, &mine, false),
            Draw::Stale | Draw::Again => RegisterOutcome::Stale,
            Draw::Refused(refusal) => {
                mine.refused = true;
                mine.generation = Generation(mine.generation.0.saturating_sub(1).max(1));
                self.put(&mine, "attempt = :attempt", &[(":attempt", mine.attempt)]).await?;
                RegisterOutcome::Refused(refusal)
            }
        }))
    }
}

/// What an existing registration turned out to be.
enum Resumed {
    Found(Booked),
    Rebooking { new: Box<Registration>, replaced: Box<Registration> },
    TakenUp(Box<Registration>),
    Changed,
}

fn conditional_failure(error: aws_sdk_dynamodb::error::SdkError<UpdateItemError>) -> Result<Item, Failure> {
    if !error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) {
        return Err(error.into());
    }
    match error.into_service_error() {
        UpdateItemError::ConditionalCheckFailedException(e) => {
            e.item.ok_or_else(|| Failure::unreadable("the event has no ledger"))
        }
        other => Err(Failure::Failed(Box::new(other))),
    }
}

fn first_of(booking: &Booking<'_>) -> Registration {
    Registration {
        event: booking.id,
        person: booking.person,
        generation: Generation::FIRST,
        at: booking.at,
        via: booking.via,
        attempt: booking.attempt,
        refused: false,
        rejection: None,
        access: Access::default(),
        form: booking.form.clone(),
    }
}

/// A half-written booking as this attempt carries it on: the first details stay, unless that booking was refused.
fn taken_up(booking: &Booking<'_>, found: &Registration) -> Registration {
    let details = if found.refused { first_of(booking) } else { found.clone() };
    Registration { generation: found.generation, attempt: booking.attempt, ..details }
}

/// The first guess at the ledger's rules: the configuration, and the releases whose time has come.
fn registering(booking: &Booking<'_>, mine: &Registration) -> Registering {
    let rules = Rules::of(booking.event, booking.status, booking.version);
    let is_released = |lane: &LaneKey| rules.lanes.get(lane).and_then(|l| l.release).is_some_and(|at| at <= booking.at);
    let releases = rules.lanes.keys().filter(|key| is_released(key)).count() as u64;
    let lane = booking.event.lane_of(mine.form.role);
    Registering {
        person: mine.person,
        generation: mine.generation,
        lane: if is_released(&lane) { domain::ledger::GENERAL } else { lane },
        organisation: mine.form.organisation.as_ref().and_then(domain::Organisation::key),
        at: mine.at,
        rules: Ledger::rules_of(booking.version) + releases,
        is_over_ruled: false,
    }
}

fn booked(ledger: &Ledger, registration: &Registration, is_new: bool) -> RegisterOutcome {
    match (ledger.place(registration.person), ledger.members.get(&registration.person)) {
        (Some(place), Some(entry)) => {
            let generation = entry.generation();
            RegisterOutcome::Booked(Booked { place, generation, at: registration.at, is_new })
        }
        _ => RegisterOutcome::Stale,
    }
}

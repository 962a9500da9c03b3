//! A colleague takes over: the newcomer's registration is stored, then place and ticket change hands in one step.
//!
//! Until the ledger holds the newcomer, the registration is marked as refused: one that breaks off half-way is nobody's
//! booking, and nobody finishes it.

use domain::ledger::{Command, Ending, Entry, Ledger};
use domain::registration::Via;
use domain::{Access, EventId, Generation, Organisation, PersonId, Refusal, Registration, RegistrationForm};
use jiff::Timestamp;

use crate::Store;
use crate::failure::Failure;
use crate::register::Put;

/// Attempts before giving up on people whose bookings change all the time.
const ATTEMPTS: u32 = 20;

/// Somebody hands a place to a colleague.
#[derive(Debug, Clone)]
pub struct Substitution {
    /// Which event.
    pub event: EventId,
    /// Who leaves.
    pub from: PersonId,
    /// What the organisation limit counts who leaves by.
    pub organisation: Option<String>,
    /// Who comes.
    pub to: PersonId,
    /// What is known of who comes.
    pub form: RegistrationForm,
    /// When.
    pub at: Timestamp,
    /// This attempt's own mark.
    pub attempt: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Substituted {
    /// The newcomer holds what the other held, by this call or an earlier one.
    Done(Box<Ledger>),
    /// The newcomer is registered already.
    AlreadyRegistered,
    /// Why not.
    Refused(Refusal),
}

impl Substitution {
    fn command(&self, generation: Generation) -> Command {
        let coming = self.form.organisation.as_ref().and_then(Organisation::key);
        let organisations = (self.organisation.clone(), coming);
        Command::Substitute { from: self.from, to: self.to, generation, organisations }
    }

    /// The newcomer's registration as long as the ledger does not hold it.
    fn newcomer(&self, generation: Generation) -> Registration {
        Registration {
            event: self.event,
            person: self.to,
            generation,
            at: self.at,
            via: Via::Organiser,
            attempt: self.attempt,
            refused: true,
            rejection: None,
            access: Access::default(),
            form: self.form.clone(),
        }
    }
}

impl Store {
    /// Hands a place over. Repeating it changes nothing.
    pub async fn substitute(&self, substitution: &Substitution) -> Result<Substituted, Failure> {
        let (event, from, to) = (substitution.event, substitution.from, substitution.to);
        for attempt in 0..ATTEMPTS {
            // Read before the ledger: whoever books after that has changed what `put_substitute` expects.
            let earlier = self.registration(to, event).await?;
            let Some(ledger) = self.ledger(event).await? else {
                return Ok(Substituted::Refused(Refusal::EventNotFound));
            };
            let has_left =
                matches!(ledger.members.get(&from), Some(Entry::Ended(t)) if t.ending == Ending::Substituted);
            match (ledger.live(from), ledger.live(to), earlier) {
                (None, Some(_), Some(newcomer)) if has_left => {
                    self.confirm_substitute(newcomer).await?;
                    return Ok(Substituted::Done(Box::new(ledger)));
                }
                (Some(_), Some(_), _) => return Ok(Substituted::AlreadyRegistered),
                (_, _, earlier) => {
                    if let Some(substituted) = self.hand_over(substitution, &ledger, earlier).await? {
                        return Ok(substituted);
                    }
                }
            }
            self.pause(attempt).await;
        }
        Err(Failure::contended())
    }

    /// Stores the newcomer, then steps; `None` where somebody was quicker, so that all is to be decided again.
    async fn hand_over(
        &self,
        substitution: &Substitution,
        ledger: &Ledger,
        earlier: Option<Registration>,
    ) -> Result<Option<Substituted>, Failure> {
        let generation = ledger.members.get(&substitution.to).map_or(Generation::FIRST, |e| e.generation().next());
        let command = substitution.command(generation);
        if let Err(refusal) = ledger.step(&command, substitution.at) {
            return Ok(Some(Substituted::Refused(refusal)));
        }
        let newcomer = substitution.newcomer(generation);
        if !self.put_substitute(&newcomer, earlier.as_ref()).await? {
            return Ok(None);
        }
        match self.change(substitution.event, substitution.at, |_| command.clone()).await? {
            Ok(outcome) => {
                self.confirm_substitute(newcomer).await?;
                Ok(Some(Substituted::Done(Box::new(outcome.ledger))))
            }
            Err(refusal) => {
                // A registration that replaced nothing stays marked as refused: that is nobody's booking.
                if let Some(earlier) = &earlier {
                    self.put(earlier, "attempt = :attempt", &[(":attempt", newcomer.attempt)]).await?;
                }
                Ok((refusal != Refusal::BookingNotFound).then_some(Substituted::Refused(refusal)))
            }
        }
    }

    /// Stores the newcomer's registration, if what it replaces is still what was read.
    async fn put_substitute(&self, newcomer: &Registration, replaced: Option<&Registration>) -> Result<bool, Failure> {
        let put = match replaced {
            None => self.put(newcomer, "attribute_not_exists(PK)", &[]).await?,
            Some(found) => {
                let seen = [(":g", u64::from(found.generation.0)), (":attempt", found.attempt)];
                self.put(newcomer, "g = :g AND attempt = :attempt", &seen).await?
            }
        };
        Ok(match put {
            Put::Stored => true,
            Put::Exists(found) => found.attempt == newcomer.attempt,
        })
    }

    /// The ledger holds the newcomer: the registration is a booking like any other.
    async fn confirm_substitute(&self, newcomer: Registration) -> Result<(), Failure> {
        if newcomer.refused {
            let held = Registration { refused: false, ..newcomer };
            self.put(&held, "attempt = :attempt", &[(":attempt", held.attempt)]).await?;
        }
        Ok(())
    }
}

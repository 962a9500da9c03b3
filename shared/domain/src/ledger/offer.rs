//! Offers: taken, declined, or left to lapse. The first lapse returns a person to the end of the line (or renews the
//! offer when nobody else waits), the second ends the registration.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ids::PersonId;
use crate::ledger::{Ending, Entry, Ledger, Live, State, Tombstone};
use crate::refusal::Refusal;

impl Ledger {
    /// Takes an open offer. An offer past its deadline lapses instead, in the same write.
    pub(crate) fn accept(&mut self, person: PersonId, now: Timestamp) -> Result<(), Refusal> {
        if self.state == State::Cancelled {
            return Err(Refusal::EventCancelled);
        }
        let Some(live) = self.live(person).copied() else { return Err(self.why_no_offer(person)) };
        match self.offers.get(&person) {
            Some(until) if now < *until => {
                self.offers.remove(&person);
                self.change(person, |live| {
                    live.admitted = true;
                    live.accepted = true;
                });
                Ok(())
            }
            Some(_) => {
                self.lapse(now, &BTreeMap::new());
                Err(Refusal::OfferExpired)
            }
            None if live.accepted => Ok(()),
            None => Err(self.why_no_offer(person)),
        }
    }

    /// Gives an offer back; repeating it changes nothing.
    pub(crate) fn decline(
        &mut self,
        person: PersonId,
        organisation: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match self.members.get(&person) {
            _ if self.state == State::Cancelled => Err(Refusal::EventCancelled),
            Some(Entry::Ended(Tombstone { ending: Ending::Declined, .. })) => Ok(()),
            Some(Entry::Live(_)) if self.offers.contains_key(&person) => {
                self.end(person, Ending::Declined, false, organisation, now);
                Ok(())
            }
            _ => Err(self.why_no_offer(person)),
        }
    }

    fn why_no_offer(&self, person: PersonId) -> Refusal {
        match self.members.get(&person) {
            Some(Entry::Ended(tombstone)) if tombstone.returned => Refusal::OfferExpired,
            Some(Entry::Live(live)) if live.returned && !live.accepted => Refusal::OfferExpired,
            Some(_) => Refusal::NoOffer,
            None => Refusal::BookingNotFound,
        }
    }

    /// Lapses every offer whose deadline has passed, until the event begins (what is open then stays as it is).
    ///
    /// Somebody whose organisation is counted but did not come along is left for the next tick.
    pub(crate) fn lapse(&mut self, now: Timestamp, organisations: &BTreeMap<PersonId, String>) {
        if now >= self.starts {
            return;
        }
        let mut due: Vec<(Timestamp, PersonId, Live)> = self
            .offers
            .iter()
            .filter(|(_, until)| **until <= now)
            .filter_map(|(person, until)| Some((*until, *person, *self.live(*person)?)))
            .collect();
        due.sort_by_key(|(until, _, live)| (*until, live.order()));
        due.truncate(super::line::ENTRIES_PER_WRITE / 2);
        for (_, person, live) in due {
            let organisation = organisations.get(&person).map(String::as_str);
            if live.returned {
                if self.organisation_limit.is_none() || organisation.is_some() {
                    self.end(person, Ending::Expired, false, organisation, now);
                }
            } else {
                self.lapse_first(person, &live, now);
            }
        }
    }

    fn lapse_first(&mut self, person: PersonId, live: &Live, now: Timestamp) {
        self.offers.remove(&person);
        self.change(person, |live| live.returned = true);
        let lane = self.lane_now(live.lane);
        if self.line(lane).iter().any(|other| *other != person) {
            self.move_to_end(person, lane, false);
        } else {
            self.give(person, now);
        }
    }

    /// Ends a live registration: a tombstone stays, its organisation is counted down.
    pub(crate) fn end(
        &mut self,
        person: PersonId,
        ending: Ending,
        late: bool,
        organisation: Option<&str>,
        now: Timestamp,
    ) {
        let Some(live) = self.live(person).copied() else { return };
        let held = self.is_admitted(person, &live);
        let tombstone = Tombstone {
            generation: live.generation,
            ending,
            late: late && held,
            returned: live.returned,
            held,
            at: Timestamp::from_second(now.as_second()).unwrap_or(now),
        };
        self.members.insert(person, Entry::Ended(tombstone));
        self.offers.remove(&person);
        self.count_organisation(organisation, -1);
    }

    /// Counts an organisation's live registrations, where they are limited.
    pub(crate) fn count_organisation(&mut self, organisation: Option<&str>, by: i32) {
        let (Some(_), Some(organisation)) = (self.organisation_limit, organisation) else { return };
        let count = self.organisations.entry(organisation.to_owned()).or_insert(0);
        *count = count.saturating_add_signed(by);
    }
}

//! The difference of two ledgers as one conditional update: only the paths that changed, `IF v = :v`.
//!
//! People book without touching `v`, so a step must not assume what they may have changed since it read: tickets
//! issued, organisation counts, and entries of whoever was not live. Those are written relative, or under a condition.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::EventId;
use domain::ledger::{Entry, LaneKey, Ledger};

use crate::item::{number, seconds, text};
use crate::keys::{DUE_AT, DUE_KIND};
use crate::ledger_item::{due_kind, release_number, state_name, write_lane, write_offers, write_organisations};

/// An update expression in the making.
#[derive(Debug, Default)]
pub(crate) struct Update {
    sets: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    /// Expression attribute names.
    pub names: HashMap<String, String>,
    /// Expression attribute values.
    pub values: HashMap<String, AttributeValue>,
}

impl Update {
    /// A placeholder for a path element.
    fn name(&mut self, name: &str) -> String {
        let known = self.names.iter().find(|(_, known)| *known == name).map(|(placeholder, _)| placeholder.clone());
        known.unwrap_or_else(|| {
            let placeholder = format!("#n{}", self.names.len());
            self.names.insert(placeholder.clone(), name.to_owned());
            placeholder
        })
    }

    /// A placeholder for a value.
    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    fn path(&mut self, elements: &[&str]) -> String {
        let elements: Vec<String> = elements.iter().map(|element| self.name(element)).collect();
        elements.join(".")
    }

    fn set(&mut self, path: &[&str], value: AttributeValue) {
        let (path, value) = (self.path(path), self.value(value));
        self.sets.push(format!("{path} = {value}"));
    }

    fn remove(&mut self, path: &[&str]) {
        let path = self.path(path);
        self.removes.push(path);
    }

    fn set_or_remove(&mut self, path: &[&str], value: Option<AttributeValue>) {
        match value {
            Some(value) => self.set(path, value),
            None => self.remove(path),
        }
    }

    fn require(&mut self, path: &[&str], value: AttributeValue) {
        let (path, value) = (self.path(path), self.value(value));
        self.conditions.push(format!("{path} = {value}"));
    }

    fn require_absent(&mut self, path: &[&str]) {
        let path = self.path(path);
        self.conditions.push(format!("attribute_not_exists({path})"));
    }

    /// The update expression.
    pub fn expression(&self) -> String {
        let mut expression = format!("SET {}", self.sets.join(", "));
        if !self.removes.is_empty() {
            expression.push_str(" REMOVE ");
            expression.push_str(&self.removes.join(", "));
        }
        expression
    }

    /// The condition expression.
    pub fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }
}

/// The update that makes `old` into `new`, whoever books in between.
pub(crate) fn update(event: EventId, old: &Ledger, new: &Ledger) -> Update {
    let mut update = Update::default();
    update.require(&["v"], number(old.version));
    update.set(&["v"], number(new.version));
    scalars(&mut update, event, old, new);
    members(&mut update, old, new);
    if old.offers != new.offers {
        update.set(&["of"], write_offers(&new.offers));
    }
    organisations(&mut update, old, new);
    lanes(&mut update, old, new);
    update
}

fn scalars(update: &mut Update, event: EventId, old: &Ledger, new: &Ledger) {
    if old.state != new.state {
        update.set(&["st"], text(state_name(new.state)));
    }
    for (name, was, is) in
        [("oa", old.opens, new.opens), ("ca", old.closes, new.closes), ("sa", old.starts, new.starts)]
    {
        if was.as_second() != is.as_second() {
            update.set(&[name], seconds(is));
        }
    }
    if old.offer_hours != new.offer_hours {
        update.set_or_remove(&["oh"], new.offer_hours.map(number));
    }
    if old.organisation_limit != new.organisation_limit {
        update.set_or_remove(&["ol"], new.organisation_limit.map(number));
    }
    if old.rules != new.rules {
        update.set(&["rv"], number(new.rules));
    }
    if old.due().map(jiff::Timestamp::as_second) != new.due().map(jiff::Timestamp::as_second) {
        update.set_or_remove(&[DUE_KIND], new.due().map(|_| due_kind(event)));
        update.set_or_remove(&[DUE_AT], new.due().map(seconds));
    }
}

/// Entries of live people change under `v`; of others only where they are still what was read.
fn members(update: &mut Update, old: &Ledger, new: &Ledger) {
    for (person, entry) in &new.members {
        let was = old.members.get(person);
        if was == Some(entry) {
            continue;
        }
        let person = person.to_string();
        let path = ["m", person.as_str()];
        update.set(&path, number(entry.to_number()));
        match was {
            None => update.require_absent(&path),
            Some(Entry::Ended(_)) => update.require(&path, number(was.map_or(0, Entry::to_number))),
            Some(Entry::Live(_)) => {}
        }
    }
}

/// Counts move by differences, for others count too; they are replaced only where a limit comes or goes.
fn organisations(update: &mut Update, old: &Ledger, new: &Ledger) {
    if old.organisation_limit.is_some() != new.organisation_limit.is_some() {
        if old.organisations != new.organisations {
            update.set(&["og"], write_organisations(&new.organisations));
        }
        return;
    }
    let differences: BTreeMap<&String, i64> = new
        .organisations
        .iter()
        .map(|(key, count)| (key, i64::from(*count) - i64::from(old.organisations.get(key).copied().unwrap_or(0))))
        .filter(|(_, difference)| *difference != 0)
        .collect();
    for (key, difference) in differences {
        let path = update.path(&["og", key]);
        let (zero, by) = (update.value(number(0)), update.value(number(difference)));
        update.sets.push(format!("{path} = if_not_exists({path}, {zero}) + {by}"));
    }
}

fn lanes(update: &mut Update, old: &Ledger, new: &Ledger) {
    let sealed = sealed_lanes(old, new);
    for (key, lane) in &new.lanes {
        let name = key.to_string();
        let Some(was) = old.lanes.get(key) else {
            update.set(&["ln", &name], write_lane(lane));
            update.require_absent(&["ln", &name]);
            continue;
        };
        if sealed.contains(key) {
            update.require(&["ln", &name, "i"], number(was.issued));
        }
        if lane.issued > was.issued {
            update.set(&["ln", &name, "i"], number(lane.issued));
        }
        if lane.admitted != was.admitted && sealed.contains(key) {
            update.set(&["ln", &name, "h"], number(lane.admitted));
        } else if lane.admitted != was.admitted {
            raise_credits(update, &name, lane.admitted - was.admitted);
        }
        for (field, was, is) in [("c", was.places, lane.places), ("x", was.ceiling, lane.ceiling)] {
            if was != is {
                update.set(&["ln", &name, field], number(is));
            }
        }
        if was.line_limit != lane.line_limit {
            update.set_or_remove(&["ln", &name, "wl"], lane.line_limit.map(number));
        }
        if was.release != lane.release {
            update.set_or_remove(&["ln", &name, "rel"], release_number(lane.release).map(number));
        }
        if was.approval != lane.approval {
            update.set(&["ln", &name, "appr"], AttributeValue::Bool(lane.approval));
        }
    }
}

/// While places are promised to the next tickets, nobody waits: the promise can grow whoever books meanwhile.
fn raise_credits(update: &mut Update, lane: &str, by: u32) {
    let limit = update.path(&["ln", lane, "h"]);
    let issued = update.path(&["ln", lane, "i"]);
    let by = update.value(number(by));
    update.sets.push(format!("{limit} = {limit} + {by}"));
    update.conditions.push(format!("{issued} <= {limit}"));
}

/// Lanes whose line must be as it was read: a decision rested on it.
fn sealed_lanes(old: &Ledger, new: &Ledger) -> BTreeSet<LaneKey> {
    let counts_anew = old.organisation_limit.is_none() && new.organisation_limit.is_some();
    if old.rules != new.rules || counts_anew {
        return old.lanes.keys().copied().collect();
    }
    let mut sealed = BTreeSet::new();
    for (key, lane) in &new.lanes {
        let Some(was) = old.lanes.get(key) else { continue };
        let raises_credits = lane.admitted > was.admitted && was.issued <= was.admitted && lane.places == was.places;
        if lane.issued != was.issued || (lane.admitted != was.admitted && !raises_credits) {
            sealed.insert(*key);
        }
    }
    for (person, live) in new.live_entries() {
        let had_returned = old.live(person).is_none_or(|was| was.returned);
        if live.returned && !had_returned {
            sealed.insert(live.lane);
        }
    }
    sealed
}

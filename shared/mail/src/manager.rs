//! The copy to a manager: who gave up a place late or did not use it, on which event, and what it costs. Never why, and no
//! link that leads to the booking.

use domain::charge::Cause;
use domain::event::Event;
use web::dates;

use crate::letter::{Letter, Part};

/// What a manager's copy says.
pub struct ManagerCopy<'a> {
    /// The person's name.
    pub name: &'a str,
    /// Where they say that they work, as the list has it.
    pub organisation: &'a str,
    /// The event.
    pub event: &'a Event,
    /// What to quote; the list of charges has it too.
    pub reference: String,
    /// What happened.
    pub cause: Cause,
    /// Whether the person came for a part, which counts as not coming.
    pub came_for_part: bool,
    /// What the organisation is charged, in whole pounds.
    pub gbp: Option<u32>,
    /// Where people reach the hub, without a slash at the end.
    pub base_url: &'a str,
    /// Who writes.
    pub hub: &'a str,
}

impl ManagerCopy<'_> {
    /// The letter.
    pub fn letter(&self) -> Letter {
        let Self { name, organisation, event, .. } = self;
        let mut parts = vec![Part::Text(format!("{name} had a place on {} and {}.", event.title, self.happened()))];
        let charged = |gbp| format!("Under our booking policy {organisation} is charged £{gbp} for it.");
        parts.extend(self.gbp.map(charged).map(Part::Text));
        let mut facts = vec![("Event".to_owned(), event.title.clone())];
        facts.extend(event.sessions.iter().map(|session| ("When".to_owned(), dates::session(session))));
        facts.push(("Reference".to_owned(), self.reference.clone()));
        parts.push(Part::Facts(facts));
        parts.push(Part::Text(format!(
            "Our booking policy says that you are told, and this is all that we pass on. If {name} does not work at \
             {organisation}, or somebody else should get this mail, please tell us."
        )));
        parts.push(Part::Link { label: "Contact us".to_owned(), url: format!("{}/contact", self.base_url) });
        let state = match self.cause {
            Cause::LateCancellation => "Cancelled late",
            Cause::Absence => "Did not come",
        };
        Letter {
            subject: format!("{state}: {}", event.title),
            greeting: format!("To the manager of {organisation},"),
            parts,
            hub: self.hub.to_owned(),
        }
    }

    fn happened(&self) -> &'static str {
        match self.cause {
            Cause::LateCancellation => "gave it up so late that nobody else may have been able to use it",
            Cause::Absence if self.came_for_part => "came for a part only, which counts as not coming",
            Cause::Absence => "did not come",
        }
    }
}

//! What follows, under the booking policy, from giving up a place at some moment, from handing it over, and from not
//! coming: decided here once, and said in the same words wherever it is said.

use jiff::Timestamp;

use crate::absence::AbsenceReason;
use crate::attendance::Presence;
use crate::event::Event;
use crate::policy::{Invoice, Liable, Notice, NoticeUnit, Policy, Substitution, Waiver};
use crate::role::Role;

/// A place that somebody holds, as far as the policy looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Booked<'a> {
    /// On which event.
    pub event: &'a Event,
    /// Whether its programme keeps confidences: then nothing is ever charged, and nobody else is told.
    pub confidential: bool,
    /// Whether the person named an organisation.
    pub has_organisation: bool,
}

/// What follows from giving up a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// Whether people can still do it by themselves; else an organiser does.
    pub by_self: bool,
    /// The notice that there is not any more; `None` where it comes in time.
    pub late: Option<Notice>,
    /// What it costs.
    pub owed: Option<Owed>,
}

/// What a place costs that was given up late, or not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// Whole pounds; `None` where the policy sets no price.
    pub gbp: Option<u32>,
    /// Whether the person pays; else their organisation does.
    pub by_person: bool,
}

/// What becomes of a wish to hand a place over to a colleague.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOver {
    /// The colleague takes it.
    Allowed,
    /// An organiser agrees to it first.
    ByOrganisers,
    /// The place is kept for people of other roles.
    OtherRoles,
}

impl Consequence {
    /// Whether it is late.
    pub fn is_late(&self) -> bool {
        self.late.is_some()
    }
}

impl Policy {
    /// What follows from giving up a place at `at`.
    pub fn consequence(&self, booked: Booked<'_>, at: Timestamp) -> Consequence {
        let event = booked.event;
        let is_short = |notice: &Notice| notice.is_short(event.starts(), at);
        let is_charged = self.is_charged(event, at);
        let window = self.charge_window().filter(|_| is_charged);
        Consequence {
            by_self: !self.self_cancel_until().as_ref().is_some_and(is_short),
            late: self.notice_of(event).filter(is_short).or(window),
            owed: (is_charged && !booked.confidential).then(|| self.owed(booked)),
        }
    }

    /// What a place costs that is charged for.
    pub fn owed(&self, booked: Booked<'_>) -> Owed {
        let by_person = match self.liable {
            Liable::Organisation => false,
            Liable::Person => true,
            Liable::OrganisationElsePerson => !booked.has_organisation,
        };
        Owed { gbp: self.price(booked.event.session_minutes()), by_person }
    }

    /// Whether somebody who held a place counts as absent.
    pub fn is_absence(&self, presence: Presence) -> bool {
        match presence {
            Presence::Absent => true,
            Presence::AttendedPart => self.late_arrival_is_absence,
            Presence::Attended | Presence::NotRecorded => false,
        }
    }

    /// Whether a colleague may take over from somebody without an organiser.
    pub fn hand_over(&self, event: &Event, from: Role, to: Role) -> HandOver {
        match self.substitution {
            Substitution::RemovesChargeIfAttends => HandOver::Allowed,
            Substitution::ByConsultation => HandOver::ByOrganisers,
            Substitution::MustMeetCriteria if event.lane_of(from) == event.lane_of(to) => HandOver::Allowed,
            Substitution::MustMeetCriteria => HandOver::OtherRoles,
        }
    }

    /// Whether this is a reason to waive a charge.
    pub fn waives(&self, why: Waiver) -> bool {
        self.waivers.contains(&why)
    }

    /// Whether anybody else is told of a place that was given up late or not used.
    pub fn tells(&self, confidential: bool) -> bool {
        !confidential && !self.told.is_empty()
    }

    /// Whether nobody else is told after all: the charge is waived, what the person says is a reason to, or they say that
    /// they were there.
    pub fn is_kept_back(&self, waived: Option<Waiver>, said: Option<AbsenceReason>) -> bool {
        let is_reason = |why: AbsenceReason| {
            why == AbsenceReason::WasThere || why.waiver().is_some_and(|waiver| self.waives(waiver))
        };
        waived.is_some() || said.is_some_and(is_reason)
    }

    /// Who else is told, as the person reads it: "your practice manager"; empty where nobody is.
    pub fn told_words(&self) -> String {
        self.told.iter().map(|told| told.words()).collect::<Vec<_>>().join(" and ")
    }

    /// What somebody who holds a place reads beside the button that gives it up.
    pub fn words_on_giving_up(&self, booked: Booked<'_>, at: Timestamp) -> Vec<String> {
        let consequence = self.consequence(booked, at);
        let Some(notice) = consequence.late else { return self.words_in_time() };
        let still = if consequence.by_self { "You can still cancel; it is recorded as late." } else { "" };
        let mut words =
            vec![format!("It is less than {} before the event. {still}", notice.words()).trim_end().to_owned()];
        words.extend(consequence.owed.map(|owed| self.words_of(owed)).unwrap_or_default());
        words.extend(self.words_on_telling(booked));
        words
    }

    /// What somebody reads who has given up a place at `at`.
    pub fn words_after_giving_up(&self, booked: Booked<'_>, at: Timestamp) -> Vec<String> {
        let consequence = self.consequence(booked, at);
        let Some(notice) = consequence.late else { return self.words_in_time() };
        let late = "before the event, which counts as a late cancellation.";
        let mut words = vec![format!("You cancelled less than {} {late}", notice.words())];
        words.extend(consequence.owed.map(|owed| self.words_of(owed)).unwrap_or_default());
        words.extend(self.words_on_telling(booked));
        words
    }

    /// What somebody reads who held a place and did not come.
    pub fn words_on_absence(&self, booked: Booked<'_>) -> Vec<String> {
        let owed = self.owed(booked);
        let mut words = Vec::new();
        if let Some(gbp) = owed.gbp.filter(|_| !booked.confidential) {
            let who = if owed.by_person { "You are" } else { "Your organisation is" };
            words.push(format!("{who} charged £{gbp} for a place that is not used."));
            words.extend(self.words_on_waivers());
        }
        words.extend(self.words_on_telling(booked));
        words
    }

    /// What somebody reads who is about to book.
    pub fn words_on_booking(&self, booked: Booked<'_>) -> Vec<String> {
        let notice = self.notice_of(booked.event);
        let mut words = Vec::new();
        if let Some(notice) = notice {
            words.push(format!("If you cannot come, please cancel at least {} before the event.", notice.words()));
        }
        let owed = self.owed(booked);
        let is_any = notice.is_some() || self.charge_window_days.is_some();
        if let Some(gbp) = owed.gbp.filter(|_| is_any && !booked.confidential) {
            let who = match self.liable {
                Liable::Organisation => "your organisation",
                Liable::Person => "you",
                Liable::OrganisationElsePerson => "your organisation, or you if you name none,",
            };
            words.push(format!("A place that is given up later, or not used, costs {who} £{gbp}."));
        }
        if let Some(who) = self.words_of_told(booked) {
            words.push(format!(
                "If a place is given up late, or not used, we tell {who} a day later, where your organisation has given us \
                 an address for that."
            ));
        }
        if self.self_only {
            words.push("Please book for yourself only.".to_owned());
        }
        if self.manager_approves && booked.event.approval {
            words.push("Your practice manager has to agree to it.".to_owned());
        }
        words
    }

    /// Who else is told, as the person reads it.
    fn words_of_told(&self, booked: Booked<'_>) -> Option<String> {
        (self.tells(booked.confidential) && booked.has_organisation).then(|| self.told_words())
    }

    /// What somebody reads of who else is told, when, and what keeps it from being told.
    fn words_on_telling(&self, booked: Booked<'_>) -> Option<String> {
        let who = self.words_of_told(booked)?;
        let reasons: Vec<&str> = self.waivers.iter().map(|why| why.words()).collect();
        let unless = match reasons.as_slice() {
            [] => String::new(),
            reasons => format!(", unless you have told us by then that it is because of {}", listed(reasons)),
        };
        Some(format!(
            "A day later we tell {who}, where your organisation has given us an address for that{unless}. We do not say why."
        ))
    }

    fn words_in_time(&self) -> Vec<String> {
        match self.invoice {
            Invoice::Credit => vec!["What was paid is kept as a credit for another event.".to_owned()],
            Invoice::Quarterly | Invoice::ThirtyDays => Vec::new(),
        }
    }

    fn words_of(&self, owed: Owed) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(gbp) = owed.gbp {
            let who = if owed.by_person { "You are" } else { "Your organisation is" };
            let unless = match self.substitution {
                Substitution::RemovesChargeIfAttends => "a colleague takes it over and comes",
                Substitution::ByConsultation => "the organisers agree to a colleague who takes it over",
                Substitution::MustMeetCriteria => "a colleague for whom the place is meant takes it over",
            };
            words.push(format!("{who} charged £{gbp} for the place, unless {unless}."));
        }
        let invoice = match self.invoice {
            Invoice::Quarterly => None,
            Invoice::ThirtyDays => Some("The invoice is to be paid within 30 days."),
            Invoice::Credit => Some("What was paid is not kept as a credit any more."),
        };
        words.extend(invoice.filter(|_| owed.gbp.is_some() || self.invoice == Invoice::Credit).map(str::to_owned));
        words.extend(self.words_on_waivers().filter(|_| owed.gbp.is_some()));
        words
    }

    fn words_on_waivers(&self) -> Option<String> {
        let reasons: Vec<&str> = self.waivers.iter().map(|why| why.words()).collect();
        let words = || format!("If it is because of {}, tell us: nothing is charged then.", listed(&reasons));
        (!reasons.is_empty()).then(words)
    }
}

impl Notice {
    /// As it is said.
    pub fn words(self) -> String {
        let (one, many) = match self.unit {
            NoticeUnit::CalendarDay => ("day", "days"),
            NoticeUnit::WorkingDay => ("clear working day", "clear working days"),
            NoticeUnit::Week => ("week", "weeks"),
        };
        if self.n == 1 { format!("1 {one}") } else { format!("{} {many}", self.n) }
    }
}

/// "one", "one or two", "one, two or three".
pub fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

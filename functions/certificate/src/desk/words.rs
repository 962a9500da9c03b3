//! What the pages call things.

use domain::certificate::{Exclusion, Facts, Merit, Shortfall, Standing};
use store::{Certificate, Holding};
use web::components::{Tag, TagColour};
use web::dates;

/// Where somebody's certificate stands: in a tag, and in words what there is to know besides.
pub(super) struct State {
    /// In two or three words.
    pub tag: Tag<'static>,
    /// The rest; may be empty.
    pub detail: String,
}

impl State {
    fn new(words: &'static str, colour: TagColour, detail: impl Into<String>) -> Self {
        Self { tag: Tag { words: words.into(), colour }, detail: detail.into() }
    }

    /// Of what is issued, else of what is kept back, else of what has been earned.
    pub fn of(certificate: Option<&Certificate>, holding: Option<&Holding>, merit: Merit) -> Self {
        if let Some(certificate) = certificate {
            return Self::of_issued(certificate);
        }
        if let Some(reason) = holding.and_then(|holding| holding.withheld.as_ref()) {
            return Self::new("Kept back", TagColour::Yellow, reason);
        }
        Self::of_merit(merit)
    }

    fn of_issued(certificate: &Certificate) -> Self {
        match &certificate.standing {
            Standing::Valid => Self::new("Issued", TagColour::Green, dates::day(certificate.facts.issued_at)),
            Standing::Replaced { at } => Self::new("Replaced", TagColour::Grey, dates::day(*at)),
            Standing::Revoked { at, reason } => {
                Self::new("Taken back", TagColour::Red, format!("{}: {reason}", dates::day(*at)))
            }
        }
    }

    fn of_merit(merit: Merit) -> Self {
        match merit {
            Merit::Earned { .. } => Self::new("On its way", TagColour::Blue, "Issued within a quarter of an hour"),
            Merit::EvaluationMissing => Self::new("Evaluation missing", TagColour::Yellow, "Attended long enough"),
            Merit::NotAttended(shortfall) => Self::of_shortfall(shortfall),
            Merit::Excluded(exclusion) => {
                let why = match exclusion {
                    Exclusion::Forgotten => "Their data was erased",
                    Exclusion::WalkIn => {
                        "Came without a place: the hub certifies those only where its settings say so, by mail"
                    }
                    Exclusion::NoPlace => "Held no place",
                };
                Self::new("None", TagColour::Grey, why)
            }
        }
    }

    fn of_shortfall(shortfall: Shortfall) -> Self {
        match shortfall {
            Shortfall::NotRecorded => Self::new("None", TagColour::Grey, "Attendance is not recorded"),
            Shortfall::Absent => Self::new("None", TagColour::Grey, "Did not attend"),
            Shortfall::TooShort { minutes, needed } => {
                let detail = format!("Attended {minutes} minutes; {needed} are needed");
                Self::new("Attendance short", TagColour::Yellow, detail)
            }
            Shortfall::SessionMissed { attended, sessions } => {
                let detail = format!("Attended {attended} of {sessions} sessions; each is needed");
                Self::new("Attendance short", TagColour::Yellow, detail)
            }
        }
    }
}

/// "1 certificate", "3 certificates".
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// The name on a certificate; none once its holder was erased.
pub(super) fn holder(facts: &Facts) -> Option<&str> {
    facts.holder.as_ref().map(|holder| holder.name.as_str())
}

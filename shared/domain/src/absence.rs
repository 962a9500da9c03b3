//! Why somebody did not come, as they say themselves with one tap.

use serde::{Deserialize, Serialize};

use crate::policy::Waiver;

/// Why somebody did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceReason {
    /// Illness.
    Sickness,
    /// Somebody near has died.
    Bereavement,
    /// Work came first.
    Work,
    /// On the way, or at the computer, something went wrong.
    GettingThere,
    /// It was forgotten.
    Forgotten,
    /// Anything else.
    Other,
    /// They say that they were there.
    WasThere,
}

impl AbsenceReason {
    /// In the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Sickness,
        Self::Bereavement,
        Self::Work,
        Self::GettingThere,
        Self::Forgotten,
        Self::Other,
        Self::WasThere,
    ];

    /// The name used in forms and in the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Sickness => "sickness",
            Self::Bereavement => "bereavement",
            Self::Work => "work",
            Self::GettingThere => "getting_there",
            Self::Forgotten => "forgotten",
            Self::Other => "other",
            Self::WasThere => "was_there",
        }
    }

    /// The reason of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.slug() == slug)
    }

    /// As the person says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sickness => "I was ill",
            Self::Bereavement => "Somebody close to me died",
            Self::Work => "I could not get away from work",
            Self::GettingThere => "I could not get there, or could not connect",
            Self::Forgotten => "I forgot",
            Self::Other => "Something else",
            Self::WasThere => "I was there",
        }
    }

    /// What a charge would be waived for; `None` where the words ask for no such thing.
    pub fn waiver(self) -> Option<Waiver> {
        match self {
            Self::Sickness => Some(Waiver::Sickness),
            Self::Bereavement => Some(Waiver::Bereavement),
            Self::Work | Self::GettingThere | Self::Other => Some(Waiver::Other),
            Self::Forgotten | Self::WasThere => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_reads_back_and_is_stored_by_its_name() {
        for why in AbsenceReason::ALL {
            assert_eq!(AbsenceReason::from_slug(why.slug()), Some(why));
            assert_eq!(serde_json::to_value(why).ok(), Some(why.slug().into()));
        }
        assert_eq!(AbsenceReason::from_slug("holiday"), None);
    }
}

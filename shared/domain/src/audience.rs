//! Whom an organiser's message is for.

use crate::ledger::Place;

/// A group of those who booked one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Who holds a place.
    Confirmed,
    /// Who has booked and holds none: in the line, offered a place, awaiting approval.
    Waiting,
    /// Who came, without a booking too.
    Attended,
    /// Who held a place and did not come.
    Absent,
    /// Everyone who is in.
    All,
}

impl Audience {
    /// Every group.
    pub const ALL: [Self; 5] = [Self::Confirmed, Self::Waiting, Self::Attended, Self::Absent, Self::All];

    /// As the API calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Waiting => "waiting",
            Self::Attended => "attended",
            Self::Absent => "absent",
            Self::All => "all",
        }
    }

    /// The group of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.name() == name)
    }

    /// Whether somebody at this place is meant; `came` is whether the person was there, as far as it is recorded.
    pub fn includes(self, place: Place, came: Option<bool>) -> bool {
        let (is_in, has_place) = (!matches!(place, Place::Ended(_)), place == Place::Confirmed);
        match self {
            Self::Confirmed => has_place,
            Self::Waiting => is_in && !has_place,
            Self::Attended => has_place && came == Some(true),
            Self::Absent => has_place && came == Some(false),
            Self::All => is_in,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_is_who_its_name_says() {
        let (waiting, approval) = (Place::Waiting { position: 1 }, Place::Approval);
        let names = |place, came| {
            let meant = Audience::ALL.into_iter().filter(|audience| audience.includes(place, came));
            meant.map(Audience::name).collect::<Vec<_>>()
        };
        assert_eq!(names(Place::Confirmed, None), ["confirmed", "all"]);
        assert_eq!(names(Place::Confirmed, Some(true)), ["confirmed", "attended", "all"]);
        assert_eq!(names(Place::Confirmed, Some(false)), ["confirmed", "absent", "all"]);
        assert_eq!(names(waiting, None), ["waiting", "all"]);
        assert_eq!(names(approval, None), ["waiting", "all"]);
        assert_eq!(Audience::from_name("everybody"), None);
    }
}

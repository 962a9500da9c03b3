//! The figures of a report: what each is called, what exactly it counts, and the value it has in one row.
//!
#![doc = include_str!("FIGURES.md")]

use serde::de::{Deserializer, Error as _};
use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a figure counts, which decides how it may be added up and who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Events or their places: nobody's presence is told.
    Events,
    /// People at one event each: the figures of programmes add up to the total.
    People,
    /// Distinct people or organisations: who is in two rows counts in both, and once in the total.
    Distinct,
    /// Minutes that follow from who attended.
    Minutes,
    /// Answers nobody signed, and their mean.
    Answers,
    /// Places that the booking policy charges for, and what they cost.
    Charges,
}

macro_rules! figures {
    ($($variant:ident = $slug:literal, $label:literal, $kind:ident, $definition:literal;)*) => {
        /// One figure.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Figure { $(#[doc = $definition] $variant),* }

        impl Figure {
            /// Every figure, in the order in which reports show them.
            pub const ALL: [Self; [$($slug),*].len()] = [$(Self::$variant),*];

            /// The name used in the API.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug),* }
            }

            /// The words at the head of its column.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }

            /// What exactly is counted.
            pub fn definition(self) -> &'static str {
                match self { $(Self::$variant => $definition),* }
            }

            /// What it counts.
            pub fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind),* }
            }
        }
    };
}

figures! {
    EventsHeld = "events_held", "Events held", Events,
        "Published events whose first session started in the period, UK time, and had begun when the report was made. By role, organisation, network or borough: those at which somebody of the row had a place.";
    EventsCancelled = "events_cancelled", "Events cancelled", Events,
        "Events that had been published and were cancelled, by the day on which they would have started. A cancelled event counts here alone.";
    PlacesOffered = "places_offered", "Places offered", Events,
        "The capacity of the events held. Events without a limit are left out.";
    PlacesBooked = "places_booked", "Places booked", People,
        "People who held a confirmed place when their event began: attended, attended in part, did not attend, and not recorded together.";
    WaitingUnmet = "waiting_unmet", "Waiting, unmet", People,
        "People who were in the line, awaited approval, or had an open offer when the event began.";
    Cancelled = "cancelled", "Cancelled", People,
        "People who gave up a confirmed place before the event began and did not book again, late cancellations included. A place handed to a colleague was not given up.";
    CancelledLate = "cancelled_late", "Cancelled late", People,
        "Of those, the ones who did so within the event's notice.";
    Attended = "attended", "Attended", People,
        "People with a place whose minutes reach what the event's certificate takes.";
    AttendedPart = "attended_part", "Attended in part", People,
        "People with a place who came, for fewer minutes than that.";
    DidNotAttend = "did_not_attend", "Did not attend", People,
        "People with a place whose attendance was recorded as none.";
    NotRecorded = "not_recorded", "Not recorded", People,
        "People with a place of whom nobody has recorded whether they came.";
    WalkIns = "walk_ins", "Walk-ins", People,
        "People who came without a confirmed place. They count in no other figure of attendance.";
    UnusedCancelled = "unused_cancelled", "Unused, given up", Charges,
        "Places given up so late that the booking policy charges for them. Confidential programmes are never charged.";
    UnusedAbsent = "unused_absent", "Unused, nobody came", Charges,
        "Places of people who are absent under the booking policy: nobody came or, where the policy says so, for too short a time. Confidential programmes are never charged.";
    UnusedWaived = "unused_waived", "Unused, waived", Charges,
        "Of those two, the places whose charge an organiser has waived.";
    UnusedGbp = "unused_gbp", "Cost of unused places, £", Charges,
        "What the others cost in whole pounds, under the booking policy as it was when their event began; nothing where it sets no price.";
    People = "people", "People", Distinct,
        "Different people with a place booked. Somebody at two events of the period counts once; the rows of a table may add up to more than the total.";
    OrganisationsReached = "organisations_reached", "Organisations reached", Distinct,
        "Different organisations of which at least one person attended. Those of confidential programmes are not told.";
    CpdMinutes = "cpd_minutes", "CPD minutes", Minutes,
        "The event's CPD minutes for each person who attended.";
    CertificatesIssued = "certificates_issued", "Certificates issued", People,
        "People who were issued a certificate for an event of the period, whenever that was. One that was issued again counts once, one that was revoked still counts.";
    EvaluationMean = "evaluation_mean", "Evaluation, mean", Answers,
        "The mean of all scores that were given in the evaluation after the event, from 1 to 5, to two decimals.";
    EvaluationResponses = "evaluation_responses", "Evaluation, answers", Answers,
        "How many people answered the evaluation after the event.";
}

/// How many figures there are.
const COUNT: usize = Figure::ALL.len();

/// A figure's value in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell {
    /// There is none: nobody answered, or the figure does not exist for this kind of row.
    #[default]
    None,
    /// So many.
    Count(u64),
    /// A mean, in hundredths.
    Mean(u64),
    /// Withheld so that nobody can be recognised; shown as `*`.
    Withheld,
}

impl Cell {
    /// The number, where one is told and it is a count.
    pub fn count(self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count),
            Self::None | Self::Mean(_) | Self::Withheld => None,
        }
    }

    /// The value in JSON: a number, `"*"` where it is withheld, `null` where there is none.
    pub fn to_json(self) -> Value {
        match self {
            Self::None => Value::Null,
            Self::Count(count) => count.into(),
            Self::Mean(hundredths) => mean(hundredths).into(),
            Self::Withheld => "*".into(),
        }
    }

    /// The value in words for a table: grouped by thousands, `*` and `–` where no number is told.
    pub fn words(self) -> String {
        match self {
            Self::None => "–".to_owned(),
            Self::Count(count) => grouped(count),
            Self::Mean(hundredths) => format!("{}.{:02}", hundredths / 100, hundredths % 100),
            Self::Withheld => "*".to_owned(),
        }
    }

    fn from_json(figure: Figure, value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::None,
            Value::String(star) if star == "*" => Self::Withheld,
            // A mean was written from hundredths, at most 500 of them: the nearest whole number is the one.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 500")]
            Value::Number(mean) if figure == Figure::EvaluationMean => {
                Self::Mean((mean.as_f64()? * 100.0).round().clamp(0.0, 500.0) as u64)
            }
            Value::Number(count) => Self::Count(count.as_u64()?),
            _ => return None,
        })
    }
}

/// Hundredths as a number; exact in every digit that is written.
pub fn mean(hundredths: u64) -> f64 {
    f64::from(u32::try_from(hundredths).unwrap_or(u32::MAX)) / 100.0
}

/// "1,204".
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The figures of one row, in JSON an object in the order of [`Figure::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures([Cell; COUNT]);

impl Figures {
    /// One figure.
    pub fn get(&self, figure: Figure) -> Cell {
        self.0[figure as usize]
    }

    /// One figure's count; 0 where none is told.
    pub fn count(&self, figure: Figure) -> u64 {
        self.get(figure).count().unwrap_or(0)
    }

    /// Sets one figure.
    pub fn set(&mut self, figure: Figure, cell: Cell) {
        self.0[figure as usize] = cell;
    }

    /// Every figure with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Figure, Cell)> + '_ {
        Figure::ALL.into_iter().map(|figure| (figure, self.get(figure)))
    }

    /// So many of a hundred, of two figures that are told; `None` where either is not, or the whole is zero.
    pub fn percent(&self, part: Figure, whole: Figure) -> Option<u64> {
        let (part, whole) = (self.get(part).count()?, self.get(whole).count()?);
        (whole > 0).then(|| (part * 100 + whole / 2) / whole)
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COUNT))?;
        for (figure, cell) in self.iter() {
            map.serialize_entry(figure.slug(), &cell.to_json())?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::<String, Value>::deserialize(deserializer)?;
        let mut figures = Self::default();
        for figure in Figure::ALL {
            let value = map.get(figure.slug()).unwrap_or(&Value::Null);
            let cell = Cell::from_json(figure, value).ok_or_else(|| D::Error::custom("not the value of a figure"))?;
            figures.set(figure, cell);
        }
        Ok(figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_in_order_and_read_back() {
        let mut figures = Figures::default();
        figures.set(Figure::EventsHeld, Cell::Count(120));
        figures.set(Figure::Attended, Cell::Withheld);
        figures.set(Figure::EvaluationMean, Cell::Mean(433));
        let text = serde_json::to_string(&figures).unwrap();
        assert!(text.starts_with("{\"events_held\":120,\"events_cancelled\":null,\"places_offered\":null,"), "{text}");
        assert!(text.ends_with("\"evaluation_mean\":4.33,\"evaluation_responses\":null}"), "{text}");
        assert_eq!(serde_json::from_str::<Figures>(&text).unwrap(), figures);
    }

    #[test]
    fn the_documentation_has_every_definition() {
        let head = ["| Figure | Name | What exactly is counted |".to_owned(), "|---|---|---|".to_owned()];
        let row = |figure: &Figure| format!("| {} | `{}` | {} |", figure.label(), figure.slug(), figure.definition());
        let table: Vec<String> = head.into_iter().chain(Figure::ALL.iter().map(row)).collect();
        assert_eq!(include_str!("FIGURES.md").lines().collect::<Vec<_>>(), table);
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(
            ["0", "999", "1,000", "1,234,567"],
            [0, 999, 1_000, 1_234_567].map(grouped).map(|t| t.leak() as &str)
        );
        assert_eq!(Cell::Mean(405).words(), "4.05");
    }
}

//! Programmes: the themes and funding streams that events belong to. Which there are is data of the hub; what an event
//! keeps is a programme's identifier.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fields::{FieldError, Fields};
use crate::ids::InvalidId;
use crate::person::EmailAddress;
use crate::text;

/// A programme's name in the API and in stored items: lower-case letters, digits and single hyphens, at most 40.
///
/// It is kept in place, so that it can be copied, compared with the constants below and matched on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProgrammeId([u8; ProgrammeId::LENGTH_MAX]);

impl ProgrammeId {
    /// The longest identifier, in characters.
    pub const LENGTH_MAX: usize = 40;
    /// Coaching and Mentorship Faculty.
    pub const COACHING_MENTORSHIP: Self = Self::padded(b"coaching-mentorship");
    /// Through the Eyes Of.
    pub const THROUGH_THE_EYES_OF: Self = Self::padded(b"through-the-eyes-of");
    /// GP Fellowship.
    pub const GP_FELLOWSHIP: Self = Self::padded(b"gp-fellowship");
    /// Open Doors.
    pub const OPEN_DOORS: Self = Self::padded(b"open-doors");
    /// Mental Health First Aid in Schools.
    pub const MHFA_SCHOOLS: Self = Self::padded(b"mhfa-schools");
    /// Suicide Prevention.
    pub const SUICIDE_PREVENTION: Self = Self::padded(b"suicide-prevention");
    /// Staff Wellbeing.
    pub const STAFF_WELLBEING: Self = Self::padded(b"staff-wellbeing");
    /// Medical Students.
    pub const MEDICAL_STUDENTS: Self = Self::padded(b"medical-students");
    /// Clinical Updates.
    pub const CLINICAL_UPDATES: Self = Self::padded(b"clinical-updates");

    /// The programmes that are present in every hub from the start.
    pub const OF_THE_START: [Self; 9] = [
        Self::COACHING_MENTORSHIP,
        Self::THROUGH_THE_EYES_OF,
        Self::GP_FELLOWSHIP,
        Self::OPEN_DOORS,
        Self::MHFA_SCHOOLS,
        Self::SUICIDE_PREVENTION,
        Self::STAFF_WELLBEING,
        Self::MEDICAL_STUDENTS,
        Self::CLINICAL_UPDATES,
    ];

    const fn padded(slug: &[u8]) -> Self {
        let mut bytes = [0; Self::LENGTH_MAX];
        let mut at = 0;
        while at < slug.len() {
            bytes[at] = slug[at];
            at += 1;
        }
        Self(bytes)
    }

    /// The identifier that this text is, whether or not the hub has such a programme.
    pub fn from_slug(slug: &str) -> Option<Self> {
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let is_slug = slug.len() <= Self::LENGTH_MAX && slug.split('-').all(is_word);
        is_slug.then(|| Self::padded(slug.as_bytes()))
    }

    /// The identifier as text.
    pub fn slug(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(Self::LENGTH_MAX);
        // Only ASCII is ever put in.
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl fmt::Display for ProgrammeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl fmt::Debug for ProgrammeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProgrammeId({})", self.slug())
    }
}

impl FromStr for ProgrammeId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::from_slug(text).ok_or(InvalidId)
    }
}

impl Serialize for ProgrammeId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

impl<'de> Deserialize<'de> for ProgrammeId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A programme as the hub's list has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// Its identifier.
    pub id: ProgrammeId,
    /// The words shown to people.
    pub name: String,
    /// Who pays for it.
    pub funder: Option<String>,
    /// Whether subjects, copies and reports keep silent about who takes part.
    pub confidential: bool,
    /// Who answers for it.
    pub owner: Option<EmailAddress>,
    /// What the year from April is to reach.
    #[serde(default)]
    pub targets: Targets,
}

/// What a programme is to reach in a financial year; `None` where nothing was agreed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Events held.
    pub events: Option<u32>,
    /// Places booked.
    pub places: Option<u32>,
    /// Organisations reached.
    pub organisations: Option<u32>,
}

impl Programme {
    fn of_the_start(id: ProgrammeId, name: &str) -> Self {
        let confidential = matches!(id, ProgrammeId::STAFF_WELLBEING | ProgrammeId::COACHING_MENTORSHIP);
        Self { id, name: name.to_owned(), funder: None, confidential, owner: None, targets: Targets::default() }
    }

    /// Reads a programme from its JSON object.
    pub fn read(fields: &mut Fields) -> Option<Self> {
        let words = "Enter an identifier of lower-case letters, digits and hyphens, like open-doors";
        let id = fields.parse("id", words, |raw| ProgrammeId::from_slug(raw).ok_or(words));
        let name = fields.parse("name", "Enter a name", |raw| text::line(raw, 200).map_err(|e| format!("Name {e}")));
        let funder = fields.line("funder", 200);
        let confidential = fields.flag("confidential");
        let owner = fields.email_if_any("owner");
        let targets = fields.object("targets", |f| Targets {
            events: f.number("events", 0, 1_000_000),
            places: f.number("places", 0, 1_000_000),
            organisations: f.number("organisations", 0, 1_000_000),
        });
        Some(Self { id: id?, name: name?, funder, confidential, owner, targets: targets.unwrap_or_default() })
    }

    /// The programme in the shape in which it is sent.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "funder": self.funder, "confidential": self.confidential,
            "owner": self.owner, "targets": self.targets,
        })
    }
}

/// The hub's programmes, in the order in which lists show them: those of the start first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programmes(Vec<Programme>);

impl Default for Programmes {
    fn default() -> Self {
        let names = [
            "Coaching and Mentorship Faculty",
            "Through the Eyes Of",
            "GP Fellowship",
            "Open Doors",
            "Mental Health First Aid in Schools",
            "Suicide Prevention",
            "Staff Wellbeing",
            "Medical Students",
            "Clinical Updates",
        ];
        let listed = ProgrammeId::OF_THE_START.into_iter().zip(names);
        Self(listed.map(|(id, name)| Programme::of_the_start(id, name)).collect())
    }
}

impl FromIterator<Programme> for Programmes {
    /// The programmes of the start, changed by and followed by these.
    fn from_iter<I: IntoIterator<Item = Programme>>(programmes: I) -> Self {
        Self::default().with(programmes)
    }
}

impl Programmes {
    /// The most there may be.
    pub const COUNT_MAX: usize = 200;

    /// Reads a list: `{"programmes": […]}`, each once.
    pub fn parse_list(value: Value) -> Result<Vec<Programme>, Vec<FieldError>> {
        let mut fields = Fields::of(value)?;
        if !fields.has("programmes") {
            fields.refuse("programmes", "Enter the programmes");
        }
        let programmes = fields.objects("programmes", Self::COUNT_MAX, Programme::read);
        let mut seen = std::collections::BTreeSet::new();
        if programmes.iter().any(|programme| !seen.insert(programme.id)) {
            fields.refuse("programmes", "Each programme may stand in the list once");
        }
        fields.finish().map(|()| programmes)
    }

    /// This list, changed by and followed by these. A programme that is in the list stays in it: events name it.
    #[must_use]
    pub fn with(mut self, changes: impl IntoIterator<Item = Programme>) -> Self {
        for changed in changes {
            match self.0.iter_mut().find(|programme| programme.id == changed.id) {
                Some(programme) => *programme = changed,
                None => self.0.push(changed),
            }
        }
        self
    }

    /// The programme of this identifier, if the hub has it.
    pub fn find(&self, id: ProgrammeId) -> Option<&Programme> {
        self.0.iter().find(|programme| programme.id == id)
    }

    /// The words shown to people; the identifier where the list does not have it.
    pub fn label(&self, id: ProgrammeId) -> String {
        self.find(id).map_or_else(|| id.to_string(), |programme| programme.name.clone())
    }

    /// Whether subjects, copies and reports keep silent about who takes part. What the list does not have is kept.
    pub fn is_confidential(&self, id: ProgrammeId) -> bool {
        self.find(id).is_none_or(|programme| programme.confidential)
    }

    /// Every programme, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Programme> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_one_text_and_can_be_matched_on() {
        assert_eq!(ProgrammeId::from_slug("open-doors"), Some(ProgrammeId::OPEN_DOORS));
        assert!(matches!(ProgrammeId::from_slug("gp-fellowship"), Some(ProgrammeId::GP_FELLOWSHIP)));
        assert_eq!(ProgrammeId::MHFA_SCHOOLS.to_string(), "mhfa-schools");
        let longest = "x".repeat(40);
        assert_eq!(ProgrammeId::from_slug(&longest).map(|id| id.to_string()), Some(longest));
        for slug in ["", "-", "a--b", "-a", "a-", "Open-doors", "open doors", "ö", "a\0", &"x".repeat(41)] {
            assert_eq!(ProgrammeId::from_slug(slug), None, "{slug:?}");
        }
    }

    #[test]
    fn every_hub_has_nine_and_two_of_them_keep_confidences() {
        let programmes = Programmes::default();
        let confidential = |programme: &&Programme| programme.confidential;
        let kept: Vec<&str> = programmes.iter().filter(confidential).map(|programme| programme.id.slug()).collect();
        assert_eq!((programmes.iter().count(), kept), (9, vec!["coaching-mentorship", "staff-wellbeing"]));
        let unknown = ProgrammeId::from_slug("no-such").expect("an identifier");
        assert!(programmes.is_confidential(unknown), "what nobody knows is told to nobody");
        assert_eq!(programmes.label(unknown), "no-such");
    }

    #[test]
    fn a_list_changes_what_it_names_and_keeps_the_rest() {
        let sent = json!({"programmes": [
            {"id": "open-doors", "name": "Open Doors (nurses)", "funder": "NHS England", "confidential": true},
            {"id": "dementia", "name": "Dementia", "targets": {"events": 4}},
        ]});
        let programmes = Programmes::default().with(Programmes::parse_list(sent).expect("a list"));
        assert_eq!(programmes.iter().count(), 10);
        assert!(programmes.is_confidential(ProgrammeId::OPEN_DOORS));
        assert_eq!(programmes.label(ProgrammeId::OPEN_DOORS), "Open Doors (nurses)");
        let again = Programmes::parse_list(
            json!({"programmes": programmes.iter().map(Programme::to_json).collect::<Vec<_>>()}),
        );
        assert_eq!(Programmes::default().with(again.expect("what was written reads")), programmes);
    }

    #[test]
    fn mistakes_are_named() {
        let pointers = |sent: Value| -> Vec<String> {
            Programmes::parse_list(sent).err().into_iter().flatten().map(|error| error.pointer).collect()
        };
        assert_eq!(pointers(json!({})), ["/programmes"]);
        assert_eq!(
            pointers(json!({"programmes": [{"id": "Open", "name": " "}]})),
            ["/programmes/0/id", "/programmes/0/name"]
        );
        let twice = json!({"programmes": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]});
        assert_eq!(pointers(twice), ["/programmes"]);
        assert_eq!(pointers(json!({"programmes": [{"id": "a", "name": "A", "owner": "x"}]})), ["/programmes/0/owner"]);
    }
}

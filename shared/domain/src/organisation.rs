//! The organisations that people come from: practices, schools, trusts. What a form says is matched with this list, so
//! that figures count an organisation once, however it was written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::fields::{FieldError, Fields};
use crate::person::EmailAddress;
use crate::registration::Organisation;
use crate::text;

/// What an organisation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrganisationKind {
    /// A general practice.
    Practice,
    /// A school or college.
    School,
    /// An NHS trust.
    Trust,
    /// Anything else.
    #[default]
    Other,
}

/// An organisation of the hub's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedOrganisation {
    /// ODS code (practices, trusts) or URN (schools), upper case; `None` for one that has neither.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
    /// Other ways in which it is written.
    pub aliases: Vec<String>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: OrganisationKind,
    /// Primary care network, multi-academy trust or the like.
    pub network: Option<String>,
    /// Where it is.
    pub borough: Option<String>,
    /// First day.
    pub open_from: Option<Date>,
    /// Last day.
    pub open_to: Option<Date>,
    /// Who is told of late cancellations and absences, where the booking policy says that somebody is.
    pub manager: Option<EmailAddress>,
}

/// The most organisations that one request may bring.
pub const ORGANISATIONS_MAX: usize = 20_000;
/// The most other names of one organisation.
const ALIASES_MAX: usize = 100;

impl ListedOrganisation {
    /// What it is known by: the code, else the folded name, as [`Organisation::key`] has it.
    pub fn id(&self) -> String {
        self.code.clone().unwrap_or_else(|| format!("~{}", text::fold(&self.name)))
    }

    /// Whether it is open on a day.
    pub fn is_open_on(&self, day: Date) -> bool {
        self.open_from.is_none_or(|from| from <= day) && self.open_to.is_none_or(|to| day <= to)
    }

    /// As a form gives it.
    pub fn as_given(&self) -> Organisation {
        Organisation { ods_code: self.code.clone(), name: Some(self.name.clone()) }
    }

    /// Reads an organisation from its JSON object.
    pub fn read(fields: &mut Fields) -> Option<Self> {
        let code = fields.line("code", 10).map(|code| code.to_uppercase());
        if code.as_deref().is_some_and(|code| !code.chars().all(|c| c.is_ascii_alphanumeric())) {
            fields.refuse("code", "Enter an ODS code like A81001 or a URN like 100123");
        }
        let name = fields.parse("name", "Enter a name", |raw| text::line(raw, 200).map_err(|e| format!("Name {e}")));
        let aliases = read_aliases(fields);
        let kind = fields.choice("type", "Must be practice, school, trust or other").unwrap_or_default();
        let network = fields.line("network", 200);
        let borough = fields.line("borough", 200);
        let open_from = read_day(fields, "open_from");
        let open_to = read_day(fields, "open_to");
        if let (Some(from), Some(to)) = (open_from, open_to)
            && to < from
        {
            fields.refuse("open_to", "The last day must not be before the first");
        }
        let manager = fields.email_if_any("manager");
        Some(Self { code, name: name?, aliases, kind, network, borough, open_from, open_to, manager })
    }

    /// The organisation in the shape in which it is sent.
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.code, "name": self.name, "aliases": self.aliases, "type": self.kind, "network": self.network,
            "borough": self.borough, "open_from": self.open_from, "open_to": self.open_to, "manager": self.manager,
        })
    }
}

fn read_aliases(fields: &mut Fields) -> Vec<String> {
    let mut aliases = Vec::new();
    let items = fields.list("aliases", ALIASES_MAX);
    for item in items {
        match item.as_str().map(|raw| text::line(raw, 200)) {
            Some(Ok(alias)) => aliases.push(alias),
            Some(Err(text::InvalidText::Empty)) => {}
            Some(Err(error)) => fields.refuse("aliases", format!("Another name {error}")),
            None => fields.refuse("aliases", "Must be a list of names"),
        }
    }
    aliases
}

fn read_day(fields: &mut Fields, name: &str) -> Option<Date> {
    let raw = fields.line(name, 40)?;
    let day = raw.parse().ok().filter(|day: &Date| day.to_string() == raw);
    if day.is_none() {
        fields.refuse(name, "Enter a date like 2026-12-01");
    }
    day
}

/// Reads a list: `{"organisations": […]}`, each once.
pub fn parse_list(value: Value) -> Result<Vec<ListedOrganisation>, Vec<FieldError>> {
    let mut fields = Fields::of(value)?;
    if !fields.has("organisations") {
        fields.refuse("organisations", "Enter the organisations");
    }
    let mut seen = BTreeSet::new();
    let organisations = fields.objects("organisations", ORGANISATIONS_MAX, |f| {
        let read = ListedOrganisation::read(f)?;
        if !seen.insert(read.id()) {
            f.refuse(if read.code.is_some() { "code" } else { "name" }, "Stands in the list before");
        }
        Some(read)
    });
    fields.finish().map(|()| organisations)
}

/// The hub's organisations, found by code and by every name that is one organisation's alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisations {
    listed: BTreeMap<String, ListedOrganisation>,
    /// Folded names; `None` where two organisations bear one.
    names: BTreeMap<String, Option<String>>,
}

impl FromIterator<ListedOrganisation> for Organisations {
    fn from_iter<I: IntoIterator<Item = ListedOrganisation>>(organisations: I) -> Self {
        let mut all = Self::default();
        for organisation in organisations {
            let id = organisation.id();
            for name in organisation.aliases.iter().chain([&organisation.name]) {
                let known = all.names.entry(text::fold(name)).or_insert_with(|| Some(id.clone()));
                if known.as_ref() != Some(&id) {
                    *known = None;
                }
            }
            all.listed.insert(id, organisation);
        }
        all
    }
}

impl Organisations {
    /// Every organisation, by identifier.
    pub fn iter(&self) -> impl Iterator<Item = &ListedOrganisation> {
        self.listed.values()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The organisation of this identifier.
    pub fn get(&self, id: &str) -> Option<&ListedOrganisation> {
        self.listed.get(id)
    }

    /// The listed organisation that a form means: by its code, else by a name that only one bears.
    pub fn resolve(&self, given: &Organisation) -> Option<&ListedOrganisation> {
        let by_code = given.ods_code.as_deref().and_then(|code| self.listed.get(code));
        by_code.or_else(|| {
            let id = self.names.get(&text::fold(given.name.as_deref()?))?.as_deref()?;
            self.listed.get(id)
        })
    }

    /// What figures count an organisation by: its identifier in the list, else as it was given.
    pub fn key(&self, given: &Organisation) -> Option<String> {
        self.resolve(given).map(ListedOrganisation::id).or_else(|| given.key())
    }

    /// Organisations whose code is this, or one of whose names has all these words, best first, at most `limit`.
    pub fn search(&self, typed: &str, limit: usize) -> Vec<&ListedOrganisation> {
        let whole = text::fold(typed);
        let words: Vec<String> = typed.split_whitespace().map(text::fold).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let rank = |organisation: &ListedOrganisation| {
            let mut names = organisation.aliases.iter().chain([&organisation.name]).map(|name| text::fold(name));
            let is_code = organisation.code.as_deref().is_some_and(|code| text::fold(code) == whole);
            let all = |name: &String| words.iter().all(|word| name.contains(word));
            let best = names.by_ref().filter(all).map(|name| usize::from(name != whole)).min();
            if is_code { Some(0) } else { best }
        };
        let mut found: Vec<(usize, &str, &ListedOrganisation)> =
            self.iter().filter_map(|o| rank(o).map(|rank| (rank, o.name.as_str(), o))).collect();
        found.sort_by_key(|(rank, name, _)| (*rank, *name));
        found.into_iter().take(limit).map(|(.., organisation)| organisation).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Organisations {
        let sent = json!({"organisations": [
            {"code": "x99001", "name": "Example Street Practice", "aliases": ["Example St Surgery"], "type": "practice"},
            {"code": "X99002", "name": "The Surgery"}, {"code": "X99003", "name": "the  surgery"},
            {"name": "Friends of the Lea"},
        ]});
        parse_list(sent).expect("a list").into_iter().collect()
    }

    fn given(code: Option<&str>, name: Option<&str>) -> Organisation {
        Organisation { ods_code: code.map(str::to_owned), name: name.map(str::to_owned) }
    }

    #[test]
    fn a_form_is_matched_by_code_or_by_a_name_that_one_alone_bears() {
        let list = list();
        let key = |code, name| list.key(&given(code, name));
        for (code, name, expected) in [
            (Some("X99001"), None, "X99001"),
            (None, Some("EXAMPLE street  practice"), "X99001"),
            (Some("Z1"), Some("Example St Surgery"), "X99001"),
            (None, Some("Friends of the Lea"), "~friendsofthelea"),
            (None, Some("The Surgery"), "~thesurgery"),
            (Some("Z1"), Some("Nowhere"), "Z1"),
        ] {
            assert_eq!(key(code, name).as_deref(), Some(expected));
        }
        assert!(list.resolve(&given(None, Some("The Surgery"))).is_none(), "two bear this name");
        assert_eq!(list.key(&given(None, None)), None);
    }

    #[test]
    fn a_search_finds_every_word_in_any_order_and_whole_names_first() {
        let list = list();
        let found = |typed| -> Vec<String> { list.search(typed, 10).into_iter().map(ListedOrganisation::id).collect() };
        assert_eq!(found("surgery"), ["X99001", "X99002", "X99003"]);
        assert_eq!(found("the surgery"), ["X99002", "X99003"]);
        assert_eq!(found("practice example"), ["X99001"]);
        assert_eq!(found("x99003"), ["X99003"]);
        assert_eq!(found(" "), Vec::<String>::new());
        assert_eq!(list.search("surgery", 1).len(), 1);
    }

    #[test]
    fn mistakes_are_named_where_they_stand() {
        let refused = parse_list(json!({"organisations": [
            {"code": "X-1", "name": "A"}, {"name": ""}, {"name": "B", "open_from": "1.4.2020", "type": "clinic"},
            {"name": "C", "open_from": "2020-04-01", "open_to": "2019-04-01"}, {"name": "D"}, {"name": "d", "manager": "x"},
        ]}));
        let pointers: Vec<String> = refused.err().into_iter().flatten().map(|error| error.pointer).collect();
        let expected = ["0/code", "1/name", "2/type", "2/open_from", "3/open_to", "5/manager", "5/name"];
        assert_eq!(pointers, expected.map(|at| format!("/organisations/{at}")));
    }
}

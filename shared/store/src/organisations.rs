//! Organisations: the list, one item each; and the names on forms that the list does not have, each once, until somebody
//! matches them.

use std::collections::BTreeMap;

use domain::{ListedOrganisation, Organisation, Organisations, Registration};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, text};
use crate::keys::{HUB, Key, ORGANISATIONS, UNMATCHED};

/// What a form said of an organisation that the list did not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    /// As it was given.
    #[serde(flatten)]
    pub given: Organisation,
    /// When it was first given.
    pub since: Timestamp,
}

impl Unmatched {
    /// What a registration says, if it names an organisation.
    pub fn of(registration: &Registration) -> Option<Self> {
        Some(Self { given: registration.form.organisation.clone()?, since: registration.at })
    }
}

impl Store {
    /// The hub's organisations.
    pub async fn listed_organisations(&self) -> Result<Organisations, Failure> {
        let items = self.query(HUB, ORGANISATIONS, false).await?;
        items.iter().map(|item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)).collect()
    }

    /// Stores organisations over those of the same identifiers. One that breaks off is repeated without harm.
    pub async fn put_organisations(&self, organisations: &[&ListedOrganisation]) -> Result<(), Failure> {
        let mut items = BTreeMap::new();
        for organisation in organisations {
            let key = Key::Organisation(organisation.id());
            let mut item = key.attributes();
            item.insert("d".to_owned(), text(serde_json::to_string(organisation).map_err(Failure::unreadable)?));
            items.insert((key.pk(), key.sk()), item);
        }
        self.put_all(items).await
    }

    /// Takes an organisation out of the list.
    pub async fn remove_organisation(&self, id: &str) -> Result<(), Failure> {
        self.delete(&Key::Organisation(id.to_owned())).await
    }

    /// Notes what forms said, to be matched once, unless the list has it; what is noted already stays.
    pub async fn note_unmatched(&self, given: &[Unmatched]) -> Result<(), Failure> {
        let named = |unmatched: &Unmatched| {
            let key = unmatched.given.key()?;
            Some((Key::Organisation(key.clone()), Key::UnmatchedOrganisation(key)))
        };
        let known = self.taken(given.iter().filter_map(named).flat_map(|(listed, noted)| [listed, noted])).await?;
        let mut items = BTreeMap::new();
        for unmatched in given {
            let Some((listed, noted)) = named(unmatched) else { continue };
            if known.has(&listed) || known.has(&noted) {
                continue;
            }
            let mut item = noted.attributes();
            item.insert("d".to_owned(), text(serde_json::to_string(unmatched).map_err(Failure::unreadable)?));
            // Of those that say the same, the first is noted.
            items.entry((noted.pk(), noted.sk())).or_insert(item);
        }
        self.put_all(items).await
    }

    /// Everything that is noted, matched since or not.
    pub async fn unmatched(&self) -> Result<Vec<Unmatched>, Failure> {
        let items = self.query(HUB, UNMATCHED, true).await?;
        items.iter().map(|item| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)).collect()
    }

    /// Forgets what was noted under this key.
    pub async fn forget_unmatched(&self, key: &str) -> Result<(), Failure> {
        self.delete(&Key::UnmatchedOrganisation(key.to_owned())).await
    }
}

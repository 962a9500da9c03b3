//! Items that are stored once and then stay, and flags that are set or not: many keys are looked at together.
//!
//! Most organisations on forms are known, and most mailboxes refuse nothing: one read of a whole batch costs a fraction
//! of as many refused writes or single reads.

use std::collections::BTreeSet;

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item};
use crate::keys::{Key, PK, SK};

/// Which of some keys are taken.
#[derive(Debug, Default)]
pub(crate) struct Taken(BTreeSet<(String, String)>);

impl Taken {
    /// Whether there is an item of this key.
    pub fn has(&self, key: &Key) -> bool {
        self.0.contains(&(key.pk(), key.sk()))
    }
}

impl Store {
    /// Which of these keys are taken, consistently read; a key may come twice.
    pub(crate) async fn taken(&self, keys: impl IntoIterator<Item = Key>) -> Result<Taken, Failure> {
        let mut asked = BTreeSet::new();
        let keys: Vec<Key> = keys.into_iter().filter(|key| asked.insert((key.pk(), key.sk()))).collect();
        let items = self.batch(keys).await?;
        let place = |item: &Item| Ok((item.text(PK)?.to_owned(), item.text(SK)?.to_owned()));
        items.iter().map(place).collect::<Result<_, Failure>>().map(Taken)
    }
}

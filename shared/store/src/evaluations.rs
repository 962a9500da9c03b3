//! Evaluations: answers about an event, under tokens that lead to nobody without the identity key. Neither a time nor
//! anything else that could be matched with a person is kept beside them.

use domain::EventId;
use domain::evaluation::{Opinions, Round};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, text};
use crate::keys::{EVALUATIONS, Key, SK};

/// The attribute that says in which round it was answered.
const ROUND: &str = "round";

impl Store {
    /// Stores what somebody answered, unless they have; whether it was stored.
    pub async fn add_evaluation(
        &self,
        event: EventId,
        token: &str,
        round: Round,
        opinions: &Opinions,
    ) -> Result<bool, Failure> {
        let mut item = Key::Evaluation(event, token.to_owned()).attributes();
        item.insert(ROUND.to_owned(), text(round.name()));
        item.insert("d".to_owned(), text(serde_json::to_string(opinions).map_err(Failure::unreadable)?));
        self.put_if_absent(item).await
    }

    /// Whether somebody has answered.
    pub async fn has_evaluated(&self, event: EventId, token: &str) -> Result<bool, Failure> {
        Ok(!self.batch(vec![Key::Evaluation(event, token.to_owned())]).await?.is_empty())
    }

    /// The tokens of all who have answered.
    pub async fn evaluation_tokens(&self, event: EventId) -> Result<Vec<String>, Failure> {
        let items = self.evaluation_items(event).await?;
        let token = |item: &Item| Ok(item.text(SK)?.strip_prefix(EVALUATIONS).unwrap_or_default().to_owned());
        items.iter().map(token).collect()
    }

    /// What was answered in a round, in no order that tells anything.
    pub async fn evaluations(&self, event: EventId, round: Round) -> Result<Vec<Opinions>, Failure> {
        let items = self.evaluation_items(event).await?;
        items.iter().filter_map(|item| of_round(item, round)).collect()
    }

    async fn evaluation_items(&self, event: EventId) -> Result<Vec<Item>, Failure> {
        self.query(&Key::Event(event).pk(), EVALUATIONS, true).await
    }
}

/// What was answered, if it was in this round.
pub(crate) fn of_round(item: &Item, round: Round) -> Option<Result<Opinions, Failure>> {
    let is_of_round = item.text(ROUND).is_ok_and(|name| name == round.name());
    is_of_round.then(|| serde_json::from_str(item.text("d")?).map_err(Failure::unreadable))
}

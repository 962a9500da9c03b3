//! Posting a letter that is about no booking: stored once, sent by `notify-sweep` within the minute, tried again for a
//! day. Whoever posts needs no permission to send mail.

use domain::EmailAddress;
use mail::Letter;
use store::Enclosure;

use crate::{App, Failure};

/// A letter to an organiser, or to whoever receives a report.
pub struct Notice<'a> {
    /// To whom.
    pub to: &'a EmailAddress,
    /// Which mail: a word, the same for all of its sort.
    pub kind: &'static str,
    /// Which occurrence of it: posting a kind with a mark again posts nothing. No personal data.
    pub mark: String,
    /// What it says.
    pub letter: Letter,
    /// Files that go along; names are unique among all mails to one address.
    pub enclosures: Vec<Enclosure>,
}

impl App {
    /// Whether a kind of letter has been posted to an address under this mark.
    pub async fn has_posted(&self, to: &EmailAddress, kind: &str, mark: &str) -> Result<bool, Failure> {
        Ok(self.store.has_notice(self.identity.mailbox(to), kind, mark).await?)
    }

    /// Posts a letter; whether it is new.
    pub async fn post(&self, notice: Notice<'_>) -> Result<bool, Failure> {
        let Notice { to, kind, mark, letter, enclosures } = notice;
        let (mailbox, now) = (self.identity.mailbox(to), self.clock.now());
        // First, so that a letter never goes without them.
        for file in &enclosures {
            self.store.keep_enclosure(mailbox, file, now).await?;
        }
        let notice = store::Notice {
            mailbox,
            to: to.clone(),
            kind: kind.to_owned(),
            mark,
            at: now,
            tries: 0,
            letter: serde_json::to_value(letter).map_err(Failure::new)?,
            enclosures: enclosures.into_iter().map(|file| file.name).collect(),
        };
        Ok(self.store.post_notice(&notice).await?)
    }
}

//! Mails about no booking: what they say was stored with them.

use app::{App, Failure};
use mail::{Letter, Mail};
use store::Notice;

use crate::delivery::{Sent, Trouble, enclosures, sender};
use crate::overtaken::Dropped;

/// Sends a notice.
pub(crate) async fn attempt(app: &App, notice: &Notice) -> Result<Sent, Trouble> {
    if app.store.is_suppressed(notice.mailbox).await? {
        return Ok(Sent::Not(Dropped::Suppressed));
    }
    let letter: Letter =
        serde_json::from_value(notice.letter.clone()).map_err(|e| Trouble::Lasting(Failure::new(e)))?;
    let attachments = enclosures(app, notice.mailbox, notice.enclosures.iter().map(String::as_str)).await?;
    // One thread a sort of notice.
    let thread = format!("{}.{}", notice.kind, notice.mailbox);
    let hub = app.hub().await?;
    let mail = Mail {
        reply_to: hub.reply_to.as_ref(),
        attachments: &attachments,
        ..Mail::new(sender(&hub), &notice.to, &letter, &thread)
    };
    let ses_id = app.mailer.send(&mail).await?;
    tracing::info!(message.kind = notice.kind, message.tries = notice.tries, message.ses_id = ses_id, "notice sent");
    Ok(Sent::Gone { ses_id, told: None })
}

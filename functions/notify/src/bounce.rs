//! `notify-bounce`: SES says that a mail did not arrive, or was complained of. Nothing more is sent to that address, the
//! mail's history says so, and the organisers of what was booked with it are told, so that somebody rings.
//!
//! See <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>. A mailbox that is full
//! or away (a transient bounce) is SES's to try again. Handling a notification twice changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use app::{App, Failure, Notice};
use domain::{EmailAddress, EventStatus, Hub, MailboxId, Reference, Registration};
use jiff::Timestamp;
use mail::{Letter, Part};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{BounceTask, EventRecord};

/// What SNS hands over.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Payload {
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    sns: Sns,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sns {
    message: String,
}

/// What SES says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    #[serde(alias = "notificationType")]
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

/// Handles a notification.
pub(crate) async fn handle(app: &App, payload: Value) -> Result<Value, Failure> {
    let payload: Payload = serde_json::from_value(payload).map_err(Failure::new)?;
    for record in payload.records {
        let notification: Notification = serde_json::from_str(&record.sns.message).map_err(Failure::new)?;
        let Some((why, recipients)) = lasting(&notification) else {
            tracing::info!(notification = notification.event_type, "nothing to do about a mail");
            continue;
        };
        for recipient in recipients {
            // SES names the address that the mail was sent to; whatever is none of ours has no mailbox here.
            let Ok(address) = EmailAddress::parse(&recipient.email_address) else { continue };
            undelivered(app, &address, &notification.mail.message_id, why).await?;
        }
    }
    Ok(json!({}))
}

/// Why nothing more goes to whom; `None` where trying again may help.
fn lasting(notification: &Notification) -> Option<(&'static str, &[Recipient])> {
    match (&notification.bounce, &notification.complaint) {
        (Some(bounce), _) if bounce.bounce_type == "Permanent" => Some(("bounced", &bounce.bounced_recipients)),
        (None, Some(complaint)) => Some(("complained", &complaint.complained_recipients)),
        _ => None,
    }
}

async fn undelivered(app: &App, address: &EmailAddress, ses_id: &str, why: &'static str) -> Result<(), Failure> {
    let (now, mailbox) = (app.clock.now(), app.identity.mailbox(address));
    let is_new = app.store.suppress(mailbox, why, now).await?;
    let aliases = app.store.aliases().await?;
    // Mail about a booking lies where the booking was made, whatever the person's address is by now.
    let elsewhere = aliases.at_mailbox(mailbox).into_iter().map(|person| person.mailbox());
    for of in elsewhere.chain([mailbox]).collect::<BTreeSet<_>>() {
        if let Some(mail) = app.store.mail_sent_as(of, ses_id).await? {
            app.store.mark_bounced(&mail.key(), why).await?;
        }
    }
    let mut registrations = app.bookings_at(address, &aliases).await?;
    registrations
        .retain(|booking| booking.form.email.as_ref().is_some_and(|email| email.normalised() == address.normalised()));
    tracing::warn!(message.ses_id = ses_id, reason = why, is_new, "mail did not arrive, address suppressed");
    let concerned = concerned(app, registrations, now).await?;
    let bookings = concerned.iter().map(|one| (one.record.id, one.reference)).collect();
    let task = BounceTask { id: mailbox.to_string(), at: now, why: why.to_owned(), bookings };
    app.store.add_bounce_task(&task).await?;
    tell(app, &concerned, mailbox, why).await
}

/// A booking that somebody can no longer be written to about.
struct Concerned {
    /// Whether the programme keeps confidences: then nobody is named, and the subject is neutral.
    confidential: bool,
    record: EventRecord,
    registration: Registration,
    reference: Reference,
}

/// The live ones among bookings, for events that are not over, by start.
async fn concerned(app: &App, registrations: Vec<Registration>, now: Timestamp) -> Result<Vec<Concerned>, Failure> {
    let ids: Vec<_> = registrations.iter().map(|registration| registration.event).collect();
    let events = app.store.events_with_ledgers(&ids, true).await?;
    let events: BTreeMap<_, _> = events.into_iter().map(|(record, ledger)| (record.id, (record, ledger))).collect();
    let programmes = app.programmes().await?;
    let mut concerned = Vec::new();
    for registration in registrations {
        let Some((record, ledger)) = events.get(&registration.event) else { continue };
        let is_ahead = record.status == EventStatus::Published && record.event.ends() > now;
        if is_ahead && ledger.live(registration.person).is_some() {
            let reference = app.identity.reference(record.id, registration.person);
            let confidential = programmes.is_confidential(record.event.programme);
            concerned.push(Concerned { confidential, record: record.clone(), registration, reference });
        }
    }
    concerned.sort_by_key(|one| (one.record.event.starts(), one.reference));
    Ok(concerned)
}

/// One mail for each organiser concerned, once for a mailbox.
async fn tell(app: &App, concerned: &[Concerned], mailbox: MailboxId, why: &str) -> Result<(), Failure> {
    let hub = app.hub().await?;
    let mut told: BTreeMap<String, (EmailAddress, Vec<&Concerned>)> = BTreeMap::new();
    for one in concerned {
        for organiser in one.record.event.organiser_addresses() {
            told.entry(organiser.normalised()).or_insert_with(|| (organiser, Vec::new())).1.push(one);
        }
    }
    for (organiser, bookings) in told.into_values() {
        let letter = letter(app, &hub, &bookings, why);
        let notice =
            Notice { to: &organiser, kind: "bounce", mark: mailbox.to_string(), letter, enclosures: Vec::new() };
        app.post(notice).await?;
    }
    Ok(())
}

fn letter(app: &App, hub: &Hub, bookings: &[&Concerned], why: &str) -> Letter {
    let happened = match why {
        "complained" => "Somebody marked our mail as unwanted, so nothing more is sent to that address.",
        _ => "Mail to somebody who has booked came back, so nothing more is sent to that address.",
    };
    let advice = "Please reach them another way: correct the address with them, or cancel the booking.";
    let mut parts = vec![Part::Text(format!("{happened} {advice}"))];
    for one in bookings {
        let event = &one.record.event;
        let mut facts = vec![("Reference".to_owned(), one.reference.to_string())];
        if !one.confidential {
            facts.insert(0, ("Name".to_owned(), one.registration.form.name.as_str().to_owned()));
        }
        let url = format!("{}/organise/events/{}", app.config.base_url, one.record.id);
        parts.extend([
            Part::Heading(event.title.clone()),
            Part::Facts(facts),
            Part::Link { label: "Open the event".to_owned(), url },
        ]);
    }
    let subject = match bookings {
        [one] if one.confidential => "Mail not delivered: a booking".to_owned(),
        [one] => format!("Mail not delivered: {}", one.record.event.title),
        several => format!("Mail not delivered: {} bookings", several.len()),
    };
    Letter { subject, greeting: String::new(), parts, hub: hub.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(notification: Value) -> Option<(&'static str, usize)> {
        let notification: Notification = serde_json::from_value(notification).expect("a notification");
        lasting(&notification).map(|(why, recipients)| (why, recipients.len()))
    }

    #[test]
    fn only_what_lasts_stops_mail() {
        let recipients = json!([{"emailAddress": "ann@practice.example"}]);
        let mail = json!({"messageId": "1"});
        let bounce = |kind: &str| json!({"bounceType": kind, "bouncedRecipients": recipients});
        let of = |kind: &str| read(json!({"eventType": "Bounce", "mail": mail, "bounce": bounce(kind)}));
        assert_eq!(of("Permanent"), Some(("bounced", 1)));
        assert_eq!((of("Transient"), of("Undetermined")), (None, None));
        let complaint = json!({"complainedRecipients": recipients});
        let complained = json!({"notificationType": "Complaint", "mail": mail, "complaint": complaint});
        assert_eq!(read(complained), Some(("complained", 1)));
        assert_eq!(read(json!({"eventType": "Delivery", "mail": mail})), None);
    }
}

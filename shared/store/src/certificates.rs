//! Certificates: what one says lies under its number, for good; what a person holds for an event lies with the person.
//!
//! A number is the same however often it is worked out, so an issue that breaks off or runs twice finds its own
//! certificate: whoever comes first decides what it says.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::certificate::{Facts, Standing};
use domain::{CertificateNumber, EventId, PersonId};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::failure::Failure;
use crate::item::{Attributes as _, Item, number, text};
use crate::keys::{Key, SK, holding_prefix, mailbox};

/// Words of an organiser who withholds a certificate.
const WITHHELD: &str = "withheld";
/// Whether a certificate still holds.
const STANDING: &str = "st";

/// The signed side of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// Where the hub was reached when it was issued, without a slash at the end.
    pub origin: String,
    /// In which status list it stands.
    pub list: u32,
    /// At which bit of it.
    pub index: u32,
    /// The key that signed it.
    pub key: String,
    /// The signatures, by the form that they are of.
    pub signatures: BTreeMap<String, String>,
}

/// An issued certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its number.
    pub number: CertificateNumber,
    /// Whose.
    pub person: PersonId,
    /// 1, and one more for each that took the place of another.
    pub version: u16,
    /// What it says.
    pub facts: Facts,
    /// How it is signed.
    pub badge: Badge,
    /// Whether it still holds.
    pub standing: Standing,
}

/// What a person has for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Whose.
    pub person: PersonId,
    /// For which event.
    pub event: EventId,
    /// The latest certificate and its version.
    pub latest: Option<(CertificateNumber, u16)>,
    /// The version of the certificate that has been handed to the outbox, or 0.
    pub mailed: u16,
    /// Why an organiser keeps a certificate back.
    pub withheld: Option<String>,
}

impl Certificate {
    /// Whether it still holds.
    pub fn is_valid(&self) -> bool {
        self.standing == Standing::Valid
    }
}

impl Holding {
    /// Whether the latest certificate has been handed to the outbox.
    pub fn is_mailed(&self) -> bool {
        self.latest.is_none_or(|(_, version)| self.mailed >= version)
    }
}

fn write(certificate: &Certificate) -> Result<Item, Failure> {
    let mut item = Key::Certificate(certificate.number).attributes();
    let mut put = |name: &str, value| drop(item.insert(name.to_owned(), value));
    put("p", text(certificate.person.to_string()));
    put("ver", number(certificate.version));
    put("d", words(&certificate.facts)?);
    put("badge", words(&certificate.badge)?);
    put(STANDING, words(&certificate.standing)?);
    Ok(item)
}

fn words(value: &impl Serialize) -> Result<AttributeValue, Failure> {
    serde_json::to_string(value).map(text).map_err(Failure::unreadable)
}

fn read(item: &Item) -> Result<Certificate, Failure> {
    let number = item.text("PK")?.strip_prefix("K#").and_then(|number| number.parse().ok());
    Ok(Certificate {
        number: number.ok_or_else(|| Failure::unreadable("not the key of a certificate"))?,
        person: item.text("p")?.parse().map_err(Failure::unreadable)?,
        version: item.number("ver")?,
        facts: serde_json::from_str(item.text("d")?).map_err(Failure::unreadable)?,
        badge: serde_json::from_str(item.text("badge")?).map_err(Failure::unreadable)?,
        standing: serde_json::from_str(item.text(STANDING)?).map_err(Failure::unreadable)?,
    })
}

pub(crate) fn read_holding(item: &Item) -> Result<Holding, Failure> {
    let unreadable = || Failure::unreadable("not the key of what a person holds");
    let mailbox = item.text("PK")?.strip_prefix("P#").ok_or_else(unreadable)?;
    let (tag, event) = item.text(SK)?.strip_prefix("K#").and_then(|sk| sk.split_once('#')).ok_or_else(unreadable)?;
    let latest = match item.text("n") {
        Ok(number) => Some((number.parse().map_err(Failure::unreadable)?, item.number("ver")?)),
        Err(_) => None,
    };
    Ok(Holding {
        person: format!("{mailbox}{tag}").parse().map_err(Failure::unreadable)?,
        event: event.parse().map_err(Failure::unreadable)?,
        latest,
        mailed: item.number_or_none("mailed")?.unwrap_or(0),
        withheld: item.text(WITHHELD).ok().map(str::to_owned),
    })
}

fn is_refused(error: Option<&UpdateItemError>) -> bool {
    error.is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

impl Store {
    /// Stores a certificate under its number, unless it is there; the one that is there then.
    pub async fn issue_certificate(&self, certificate: Certificate) -> Result<Certificate, Failure> {
        let stored = if self.put_if_absent(write(&certificate)?).await? {
            certificate
        } else {
            let found = self.certificate(certificate.number).await?;
            found.ok_or_else(|| Failure::unreadable("a certificate that was there is gone"))?
        };
        self.hold(&stored).await?;
        Ok(stored)
    }

    /// Makes a certificate the latest that its person holds, unless a later one is.
    async fn hold(&self, certificate: &Certificate) -> Result<(), Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Holding(certificate.person, certificate.facts.event).attributes()))
            .update_expression("SET n = :n, ver = :ver REMOVE withheld")
            .condition_expression("attribute_not_exists(ver) OR ver < :ver")
            .expression_attribute_values(":n", text(certificate.number.to_string()))
            .expression_attribute_values(":ver", number(certificate.version))
            .send()
            .await;
        match reply {
            Err(error) if !is_refused(error.as_service_error()) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Notes that the mail with a certificate has been handed to the outbox.
    pub async fn mark_mailed(&self, person: PersonId, event: EventId, version: u16) -> Result<(), Failure> {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Holding(person, event).attributes()))
            .update_expression("SET mailed = :ver")
            .expression_attribute_values(":ver", number(version))
            .send()
            .await?;
        Ok(())
    }

    /// Keeps a certificate back, unless one has been issued; whether it is kept back.
    pub async fn withhold_certificate(&self, person: PersonId, event: EventId, why: &str) -> Result<bool, Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Holding(person, event).attributes()))
            .update_expression("SET withheld = :why")
            .condition_expression("attribute_not_exists(n)")
            .expression_attribute_values(":why", text(why))
            .send()
            .await;
        match reply {
            Ok(_) => Ok(true),
            Err(error) if is_refused(error.as_service_error()) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets a certificate that was kept back be issued.
    pub async fn release_certificate(&self, person: PersonId, event: EventId) -> Result<(), Failure> {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Holding(person, event).attributes()))
            .update_expression("REMOVE withheld")
            .send()
            .await?;
        Ok(())
    }

    /// Ends a certificate that holds; one that has ended stays as it ended. As it stands then.
    pub async fn end_certificate(&self, number: CertificateNumber, standing: &Standing) -> Result<Standing, Failure> {
        let reply = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Certificate(number).attributes()))
            .update_expression("SET st = :st")
            .condition_expression("st = :valid")
            .expression_attribute_values(":st", words(standing)?)
            .expression_attribute_values(":valid", words(&Standing::Valid)?)
            .send()
            .await;
        match reply {
            Ok(_) => Ok(standing.clone()),
            Err(error) if is_refused(error.as_service_error()) => {
                let found = self.certificate(number).await?;
                found.map(|found| found.standing).ok_or_else(|| Failure::unreadable("there is no such certificate"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A certificate, consistently read.
    pub async fn certificate(&self, number: CertificateNumber) -> Result<Option<Certificate>, Failure> {
        Ok(self.certificates(vec![number]).await?.pop())
    }

    /// Certificates, in no particular order; one that there is not is left out.
    pub async fn certificates(&self, numbers: Vec<CertificateNumber>) -> Result<Vec<Certificate>, Failure> {
        let items = self.batch(numbers.into_iter().map(Key::Certificate).collect()).await?;
        items.iter().map(read).collect()
    }

    /// What people hold for an event; whoever holds nothing is left out.
    pub async fn holdings(
        &self,
        event: EventId,
        people: impl IntoIterator<Item = PersonId>,
    ) -> Result<BTreeMap<PersonId, Holding>, Failure> {
        let keys = people.into_iter().map(|person| Key::Holding(person, event)).collect();
        let items = self.batch(keys).await?;
        items.iter().map(|item| read_holding(item).map(|holding| (holding.person, holding))).collect()
    }

    /// What a person holds for an event.
    pub async fn holding(&self, person: PersonId, event: EventId) -> Result<Option<Holding>, Failure> {
        let reply = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Key::Holding(person, event).attributes()))
            .consistent_read(true)
            .send()
            .await?;
        reply.item.as_ref().map(read_holding).transpose()
    }

    /// All that a person holds, over all events.
    pub async fn holdings_of(&self, person: PersonId) -> Result<Vec<Holding>, Failure> {
        let items = self.query(&mailbox(person.mailbox()), &holding_prefix(person), true).await?;
        items.iter().map(read_holding).collect()
    }

    /// Takes the holder off a certificate; what it says else stands.
    pub async fn forget_holder(&self, number: CertificateNumber) -> Result<(), Failure> {
        let Some(mut certificate) = self.certificate(number).await? else { return Ok(()) };
        certificate.facts.holder = None;
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::Certificate(number).attributes()))
            .update_expression("SET d = :d")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":d", words(&certificate.facts)?)
            .send()
            .await?;
        Ok(())
    }
}

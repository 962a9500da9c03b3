//! Who somebody is: an address and a name. Both print redacted.

mod near;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

pub use near::are_near;

/// A name as it should appear on a certificate: 1 to 200 characters, NFC, at least one letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

/// Why a name was refused, in words for the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Empty after trimming, or no letter in it.
    #[error("Enter your full name, as it should appear on your certificate")]
    Missing,
    /// Over 200 characters.
    #[error("Name must be 200 characters or fewer")]
    TooLong,
    /// Control or direction-override characters.
    #[error("Name must not contain control characters")]
    Control,
}

impl PersonName {
    /// The longest name, in characters.
    pub const CHARACTERS_MAX: usize = 200;

    /// Parses a name as typed.
    pub fn parse(raw: &str) -> Result<Self, InvalidName> {
        let name = text::line(raw, Self::CHARACTERS_MAX).map_err(|e| match e {
            InvalidText::Empty => InvalidName::Missing,
            InvalidText::TooLong(_) => InvalidName::TooLong,
            InvalidText::Control => InvalidName::Control,
        })?;
        if name.chars().any(char::is_alphabetic) { Ok(Self(name)) } else { Err(InvalidName::Missing) }
    }

    /// What stands for the name of somebody who has been forgotten: nobody can be called this, it has no letter.
    pub fn forgotten() -> Self {
        Self("—".to_owned())
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which two spellings are one name.
    pub fn folded(&self) -> String {
        text::fold(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// An address that SES can send to: ASCII local part, a domain with a dot, at most 254 characters. Kept as typed
/// but for an internationalised domain, which is kept in its ASCII form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// An address that cannot be used. The words follow the NHS service manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// Nothing was typed.
    #[error("Enter an email address")]
    Missing,
    /// Not the shape of an address.
    #[error("Enter an email address in the correct format, like name@example.com")]
    Format,
    /// Letters before the @ that mail cannot carry yet.
    #[error("Enter an email address without accents or symbols before the @")]
    LocalPart,
    /// Over 254 characters.
    #[error("Email address must be 254 characters or fewer")]
    TooLong,
}

impl EmailAddress {
    /// The longest address, in characters (RFC 5321 §4.5.3.1.3).
    pub const CHARACTERS_MAX: usize = 254;

    /// Parses an address as typed (a subset of RFC 5321 that every provider accepts: no quoted local part).
    pub fn parse(raw: &str) -> Result<Self, InvalidEmail> {
        let typed = text::line(raw, 1_000).map_err(|e| match e {
            InvalidText::Empty => InvalidEmail::Missing,
            InvalidText::TooLong(_) => InvalidEmail::TooLong,
            InvalidText::Control => InvalidEmail::Format,
        })?;
        let (local, domain) = typed.rsplit_once('@').ok_or(InvalidEmail::Format)?;
        if !local.is_ascii() && !local.is_empty() {
            return Err(InvalidEmail::LocalPart);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmail::Format)?;
        if !is_dot_atom(local) || !is_domain(&domain) {
            return Err(InvalidEmail::Format);
        }
        let address = format!("{local}@{domain}");
        if local.len() > 64 || address.len() > Self::CHARACTERS_MAX {
            return Err(InvalidEmail::TooLong);
        }
        Ok(Self(address))
    }

    /// The address to send to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which two spellings are one mailbox: lower case.
    pub fn normalised(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

fn is_dot_atom(local: &str) -> bool {
    let is_atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let last_is_named = labels.last().is_some_and(|l| l.len() >= 2 && l.starts_with(|c: char| c.is_ascii_alphabetic()));
    labels.len() >= 2
        && last_is_named
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_people_have_are_accepted() {
        for address in ["amina.begum@nhs.example", "o'brien+cpd@gp.example", "a@b.example", "x@münchen.example"] {
            assert!(EmailAddress::parse(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_words() {
        let cases = [
            ("", InvalidEmail::Missing),
            ("  ", InvalidEmail::Missing),
            ("amina", InvalidEmail::Format),
            ("@x.example", InvalidEmail::Format),
            ("amina@localhost", InvalidEmail::Format),
            ("a..b@x.example", InvalidEmail::Format),
            ("a b@x.example", InvalidEmail::Format),
            ("a@x.example\r\nBcc: b@x.example", InvalidEmail::Format),
            ("a,b@x.example", InvalidEmail::Format),
            ("<a@x.example>", InvalidEmail::Format),
            ("a@-x.example", InvalidEmail::Format),
            ("a@x.1", InvalidEmail::Format),
            ("zoë@x.example", InvalidEmail::LocalPart),
        ];
        for (raw, why) in cases {
            assert_eq!(EmailAddress::parse(raw).err(), Some(why), "{raw:?}");
        }
        let long = format!("{}@{}.example", "a".repeat(64), "b.".repeat(100));
        assert!(EmailAddress::parse(&long).is_err());
    }

    #[test]
    fn personal_data_is_unprintable() {
        let name = PersonName::parse("Amina Begum").unwrap();
        let address = EmailAddress::parse("amina@x.example").unwrap();
        assert_eq!(format!("{name:?} {address:?}"), "PersonName(…) EmailAddress(…)");
    }

    #[test]
    fn a_name_needs_a_letter() {
        assert_eq!(PersonName::parse("123 -").err(), Some(InvalidName::Missing));
        assert!(PersonName::parse("আমিনা").is_ok());
    }
}

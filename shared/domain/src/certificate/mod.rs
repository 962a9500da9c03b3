//! Certificates: who has earned one, what it says for good, and what became of it since.

mod merit;
mod number;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use merit::{Exclusion, Merit, Shortfall};
pub use number::CertificateNumber;

use crate::event::Session;
use crate::ids::EventId;
use crate::person::PersonName;
use crate::uk_time::uk;

/// Who holds a certificate; gone once the person is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// As on the booking, or as corrected.
    pub name: PersonName,
    /// The number in a professional register.
    pub registration_number: Option<String>,
}

/// What a certificate says, frozen when it was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Who holds it.
    pub holder: Option<Holder>,
    /// The event.
    pub event: EventId,
    /// Its title then.
    pub title: String,
    /// Its programme's name then.
    pub programme: String,
    /// Its sessions then.
    pub sessions: Vec<Session>,
    /// Minutes of CPD that it carried.
    pub cpd_minutes: Option<u32>,
    /// Minutes taken part.
    pub minutes: u32,
    /// What participants learnt.
    pub objectives: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// When.
    pub issued_at: Timestamp,
}

impl Facts {
    /// Minutes credited: the event's, else those taken part.
    pub fn credited(&self) -> u32 {
        self.cpd_minutes.unwrap_or(self.minutes)
    }

    /// The day on which the event began, in the UK.
    pub fn held_on(&self) -> Date {
        uk().to_datetime(self.sessions.first().map_or(self.issued_at, |session| session.starts)).date()
    }

    /// The day of issue, in the UK.
    pub fn issued_on(&self) -> Date {
        uk().to_datetime(self.issued_at).date()
    }

    /// The first letters of the holder's names; empty once the holder is erased.
    pub fn initials(&self) -> String {
        self.holder.as_ref().map(|holder| initials(holder.name.as_str())).unwrap_or_default()
    }
}

/// What became of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum Standing {
    /// It holds.
    Valid,
    /// Another one with a corrected name took its place.
    Replaced {
        /// When.
        at: Timestamp,
    },
    /// It was taken back.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why, in the organiser's words.
        reason: String,
    },
}

impl Standing {
    /// The name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Replaced { .. } => "replaced",
            Self::Revoked { .. } => "revoked",
        }
    }
}

/// The first letter of each of the first and the last name, with its vowel signs and accents.
pub fn initials(name: &str) -> String {
    let first_letter = |word: &str| {
        let letters: String = word.chars().skip_while(|c| !c.is_alphabetic()).collect();
        let end = letters.char_indices().skip(1).find(|(_, c)| !is_sign(*c)).map_or(letters.len(), |(end, _)| end);
        letters[..end].to_uppercase()
    };
    let mut words = name.split_whitespace().map(first_letter).filter(|letter| !letter.is_empty());
    let first = words.next().unwrap_or_default();
    let last = words.next_back().unwrap_or_default();
    format!("{first}{last}")
}

/// A sign that belongs to the letter before it.
fn is_sign(c: char) -> bool {
    use unicode_normalization::char::is_combining_mark;
    is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_name_in_any_script() {
        let table = [
            ("Amina Begum", "AB"),
            ("zoë van der brown", "ZB"),
            ("Cher", "C"),
            ("(Dr) Łukasz Ślęzak", "DŚ"),
            ("মোহাম্মদ আব্দুল করিম", "মোক"),
            ("فاطمة الزهراء", "فا"),
        ];
        for (name, expected) in table {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}

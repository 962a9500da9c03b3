//! Identifiers: what they are made of, how they are written, and that nothing else parses as one.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Not the canonical text of an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

/// Digits and letters that nobody confuses when reading aloud: no 0, 1, I, O.
const UNAMBIGUOUS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

pub(crate) fn write_base32(mut number: u64, characters: usize, lower: bool) -> String {
    let mut text = vec![b'2'; characters];
    for slot in text.iter_mut().rev() {
        *slot = UNAMBIGUOUS[(number & 31) as usize];
        number >>= 5;
    }
    if lower {
        text.make_ascii_lowercase();
    }
    text.into_iter().map(char::from).collect()
}

pub(crate) fn read_base32(text: &str, characters: usize, lower: bool) -> Result<u64, InvalidId> {
    if text.len() != characters {
        return Err(InvalidId);
    }
    text.bytes().try_fold(0, |number, byte| {
        let upper = if lower && byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte };
        let is_cased = !byte.is_ascii_alphabetic() || byte.is_ascii_lowercase() == lower;
        let digit = UNAMBIGUOUS.iter().position(|c| *c == upper && is_cased).ok_or(InvalidId)?;
        Ok(number << 5 | digit as u64)
    })
}

/// One event: 50 bits, written as ten lower-case unambiguous characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(u64);

impl EventId {
    /// Takes the lowest 50 bits.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << 50) - 1))
    }

    /// The 50 bits.
    pub fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_base32(self.0, 10, true))
    }
}

impl FromStr for EventId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        read_base32(text, 10, true).map(Self)
    }
}

/// What people quote on the telephone: 40 bits of a keyed hash of event and person, stable across generations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(u64);

impl Reference {
    /// Takes the lowest 40 bits.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << 40) - 1))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_base32(self.0, 8, false))
    }
}

impl FromStr for Reference {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        read_base32(text, 8, false).map(Self)
    }
}

/// One mailbox: 72 bits of a keyed hash of the normalised address, written as twelve URL-safe base64 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxId([u8; 9]);

impl MailboxId {
    /// From the first nine bytes of the keyed hash.
    pub fn new(bytes: [u8; 9]) -> Self {
        Self(bytes)
    }

    /// The nine bytes.
    pub fn as_bytes(&self) -> &[u8; 9] {
        &self.0
    }
}

impl FromStr for MailboxId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidId)?;
        Ok(Self(bytes.try_into().map_err(|_| InvalidId)?))
    }
}

impl fmt::Display for MailboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// One person: a mailbox and the 24-bit tag of the folded name; sixteen URL-safe base64 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PersonId([u8; 12]);

impl PersonId {
    /// From the mailbox and the first three bytes of the keyed hash of the folded name.
    pub fn new(mailbox: MailboxId, tag: [u8; 3]) -> Self {
        let mut bytes = [0; 12];
        bytes[..9].copy_from_slice(&mailbox.0);
        bytes[9..].copy_from_slice(&tag);
        Self(bytes)
    }

    /// From the bytes a link carries.
    pub fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// The bytes a link carries.
    pub fn as_bytes(&self) -> &[u8; 12] {
        &self.0
    }

    /// The mailbox this person reads.
    pub fn mailbox(&self) -> MailboxId {
        let mut bytes = [0; 9];
        bytes.copy_from_slice(&self.0[..9]);
        MailboxId(bytes)
    }

    /// The four characters that tell people of one mailbox apart.
    pub fn tag(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0[9..])
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl FromStr for PersonId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidId)?;
        Ok(Self(bytes.try_into().map_err(|_| InvalidId)?))
    }
}

/// How many times a person has booked this event: 1, and one more for each re-booking. At most 4,095.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u16);

impl Generation {
    /// The first booking.
    pub const FIRST: Self = Self(1);
    /// The last generation that an entry can carry.
    pub const MAX: Self = Self(4_095);

    /// The generation of the next booking; stays at the last.
    #[must_use]
    pub fn next(self) -> Self {
        Self((self.0 + 1).min(Self::MAX.0))
    }
}

macro_rules! serde_as_text {
    ($($id:ty),*) => {$(
        impl Serialize for $id {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
serde_as_text!(EventId, Reference, PersonId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_one_text() {
        let event = EventId::from_bits(0x2_1234_5678_9ABC);
        assert_eq!(event.to_string().parse(), Ok(event));
        assert_eq!(event.to_string().to_uppercase().parse::<EventId>(), Err(InvalidId));
        let reference = Reference::from_bits(0xAB_CDEF_0123);
        assert_eq!(reference.to_string().parse(), Ok(reference));
        assert_eq!(reference.to_string().to_lowercase().parse::<Reference>(), Err(InvalidId));
    }

    #[test]
    fn a_person_carries_the_mailbox() {
        let mailbox = MailboxId::new([7; 9]);
        let person = PersonId::new(mailbox, [1, 2, 3]);
        assert_eq!(person.mailbox(), mailbox);
        assert!(person.to_string().starts_with(&mailbox.to_string()));
        assert_eq!(person.to_string().len(), 16);
        assert_eq!(person.to_string().parse(), Ok(person));
    }
}

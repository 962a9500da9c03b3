//! A certificate's number: nine letters and a check letter, so that what is mistyped is no number at all.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{InvalidId, read_base32, write_base32};

/// Letters before the check letter.
const LETTERS: usize = 9;

/// 45 bits of a keyed hash, written as ten unambiguous letters of which the last checks the others: every single
/// mistyped letter and every two letters in exchanged places are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateNumber(u64);

impl CertificateNumber {
    /// Takes the lowest 45 bits.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << (5 * LETTERS)) - 1))
    }

    /// The 45 bits.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Reads a number as people type it: in any case, with spaces or hyphens.
    pub fn read(typed: &str) -> Option<Self> {
        let text: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        text.to_ascii_uppercase().parse().ok()
    }

    /// The letter after the others: with the weights 1, x, x², … of GF(2⁵), all ten letters add up to nothing.
    fn check(self) -> u64 {
        let letters = (0..LETTERS).map(|place| (self.0 >> (5 * place)) & 31);
        let (sum, _) = letters.fold((0, 1), |(sum, weight), letter| {
            let weight = times(weight, 2);
            (sum ^ times(letter, weight), weight)
        });
        sum
    }
}

/// The product of two elements of GF(2⁵), modulo x⁵ + x² + 1.
fn times(a: u64, b: u64) -> u64 {
    let (product, _) = (0..5).fold((0, a), |(product, power), bit| {
        let product = if b >> bit & 1 == 1 { product ^ power } else { product };
        let doubled = power << 1;
        (product, if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 })
    });
    product
}

impl fmt::Display for CertificateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_base32(self.0 << 5 | self.check(), LETTERS + 1, false))
    }
}

impl FromStr for CertificateNumber {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let read = read_base32(text, LETTERS + 1, false)?;
        let number = Self(read >> 5);
        if number.check() == read & 31 { Ok(number) } else { Err(InvalidId) }
    }
}

impl Serialize for CertificateNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CertificateNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let number = CertificateNumber::from_bits(0x1234_5678_9ABC);
        let text = number.to_string();
        assert_eq!(text.len(), 10);
        assert_eq!(text.parse(), Ok(number));
        let typed = format!(" {}-{} ", text[..5].to_lowercase(), &text[5..]);
        assert_eq!(CertificateNumber::read(&typed), Some(number));
        assert_eq!(typed.parse::<CertificateNumber>(), Err(InvalidId));
    }

    proptest! {
        #[test]
        fn one_wrong_letter_and_two_exchanged_ones_are_noticed(bits: u64, a in 0..10_usize, b in 0..10_usize, by in 1..32_u64) {
            let number = CertificateNumber::from_bits(bits);
            let written = number.0 << 5 | number.check();
            let wrong = written ^ by << (5 * a);
            prop_assert!(write_base32(wrong, 10, false).parse::<CertificateNumber>().is_err());
            let letter = |place| written >> (5 * place) & 31;
            let both = letter(a) ^ letter(b);
            let exchanged = written ^ (both << (5 * a)) ^ (both << (5 * b));
            prop_assert_eq!(write_base32(exchanged, 10, false).parse::<CertificateNumber>().is_err(), a != b && both != 0);
        }
    }
}

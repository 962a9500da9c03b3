//! The status list (W3C Bitstring Status List): one bit a certificate, set once it no longer holds.

use std::collections::BTreeSet;
use std::io::Write as _;

use app::{App, Failure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::{Compression, GzBuilder};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::quads::Quads;
use super::signing;
use super::{did, method};

/// Bits of a list: the least that the specification allows, so that nobody stands out in it.
pub(crate) const LIST_LENGTH: u32 = 1 << BITS;
const BITS: u32 = 17;
/// How long a list is good for, in seconds: for so long anybody may keep it.
pub(crate) const FRESH_SECONDS: i64 = 300;

/// The list and the bit of a place that was drawn: bits are scattered by a keyed permutation, so that they tell nothing
/// about the order of issue, and no two places share one.
pub(crate) fn place(app: &App, drawn: u64) -> (u32, u32) {
    let length = u64::from(LIST_LENGTH);
    let list = u32::try_from(drawn / length).unwrap_or(u32::MAX);
    // Below the length of a list.
    let within = u32::try_from(drawn % length).unwrap_or_default();
    (list, scatter(within, |round, half| app.identity.scattered(list, round, half)))
}

/// Four rounds of a Feistel network over 18 bits, walked until it stays within the 17 of a list.
fn scatter(index: u32, keyed: impl Fn(u8, u32) -> u32) -> u32 {
    let mut index = index;
    loop {
        let (mut left, mut right) = (index >> 9, index & 511);
        for round in 0..4 {
            (left, right) = (right, left ^ (keyed(round, right) & 511));
        }
        index = left << 9 | right;
        if index < LIST_LENGTH {
            return index;
        }
    }
}

/// A list's credential, signed.
pub(crate) async fn status_credential(
    app: &App,
    list: u32,
    bits: &BTreeSet<u32>,
    now: Timestamp,
) -> Result<Value, Failure> {
    let signatory = app.signing.signatory().await?;
    let origin = &app.config.base_url;
    let (issuer, id) = (did(origin), format!("{origin}/api/v1/status/{list}"));
    let subject = format!("{id}#list");
    // The same for everybody who asks within the same five minutes.
    let since = now.as_second() - now.as_second().rem_euclid(FRESH_SECONDS);
    let since = Timestamp::from_second(since).map_err(Failure::new)?;
    let until = Timestamp::from_second(since.as_second() + 3 * FRESH_SECONDS).map_err(Failure::new)?;
    let (since, until) = (format!("{since:.0}"), format!("{until:.0}"));
    let encoded = encode(bits)?;
    let mut document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer, "validFrom": since, "validUntil": until,
        "credentialSubject": {"id": subject, "type": "BitstringStatusList", "statusPurpose": "revocation",
            "encodedList": encoded},
    });
    let statements = statements(&id, &subject, &issuer, (&since, &until), &encoded);
    let method = method(origin, &signatory.key.id);
    let proven = signing::prove(&signatory, &statements, &method, &since).await?;
    document["proof"] = signing::proof(&method, &since, &proven);
    Ok(document)
}

fn statements(id: &str, subject: &str, issuer: &str, (since, until): (&str, &str), encoded: &str) -> Quads {
    let vc = |name| format!("https://www.w3.org/2018/credentials#{name}");
    let st = |name| format!("https://www.w3.org/ns/credentials/status#{name}");
    let mut quads = Quads::default();
    quads
        .kind(id, &vc("VerifiableCredential"))
        .kind(id, &st("BitstringStatusListCredential"))
        .iri(id, &vc("issuer"), issuer)
        .typed(id, &vc("validFrom"), since, "dateTime")
        .typed(id, &vc("validUntil"), until, "dateTime")
        .iri(id, &vc("credentialSubject"), subject)
        .kind(subject, &st("BitstringStatusList"))
        .words(subject, &st("statusPurpose"), "revocation")
        .typed(subject, &st("encodedList"), encoded, "https://w3id.org/security#multibase");
    quads
}

/// The bits, the first one leftmost, compressed and in base64url with its multibase letter.
fn encode(bits: &BTreeSet<u32>) -> Result<String, Failure> {
    let mut bytes = vec![0_u8; (LIST_LENGTH / 8) as usize];
    for bit in bits.iter().filter(|bit| **bit < LIST_LENGTH) {
        bytes[(bit / 8) as usize] |= 0x80 >> (bit % 8);
    }
    // No time stamp: the same bits are the same bytes.
    let mut writer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    writer.write_all(&bytes).map_err(Failure::new)?;
    Ok(format!("u{}", URL_SAFE_NO_PAD.encode(writer.finish().map_err(Failure::new)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattering_gives_every_place_a_bit_of_its_own() {
        let keyed =
            |round: u8, half: u32| (half + 1).wrapping_mul(2_654_435_761).rotate_left(u32::from(round) + 7) >> 5;
        let bits: BTreeSet<u32> = (0..LIST_LENGTH).map(|index| scatter(index, keyed)).collect();
        assert_eq!(bits.len(), LIST_LENGTH as usize);
        assert_eq!(bits.last(), Some(&(LIST_LENGTH - 1)));
    }
}

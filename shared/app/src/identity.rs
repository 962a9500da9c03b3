//! Who people are without saying so: keyed hashes of address and name, references to quote, links that prove.
//!
//! A link's bytes: key id (1), person (12), event (8), generation (2), HMAC-SHA-256 truncated to 16 bytes (RFC 2104);
//! 39 bytes, so its base64url text has no spare bits and is the only one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::attendance::SessionNumber;
use domain::{CertificateNumber, EmailAddress, EventId, Generation, MailboxId, PersonId, PersonName, Reference};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::secrets::{LinkKey, Secrets};

const SIGNED: usize = 23;
const MAC: usize = 16;

/// What a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Whose booking.
    pub person: PersonId,
    /// Of which event.
    pub event: EventId,
    /// Which booking.
    pub generation: Generation,
}

/// The keys at work.
#[derive(Clone)]
pub struct Identity {
    identity_key: [u8; 32],
    link_keys: Vec<LinkKey>,
}

impl Identity {
    /// An identity service over these keys.
    pub fn new(secrets: &Secrets) -> Self {
        Self { identity_key: secrets.identity_key, link_keys: secrets.link_keys.clone() }
    }

    /// The mailbox behind an address, however it is spelt.
    pub fn mailbox(&self, email: &EmailAddress) -> MailboxId {
        MailboxId::new(self.hash(&[b"mailbox", email.normalised().as_bytes()]))
    }

    /// The person behind an address and a name, however they are spelt.
    pub fn person(&self, email: &EmailAddress, name: &PersonName) -> PersonId {
        let tag = self.hash(&[b"name", email.normalised().as_bytes(), name.folded().as_bytes()]);
        PersonId::new(self.mailbox(email), tag)
    }

    /// The person behind a name who gave no address, in one event.
    pub fn person_without_address(&self, event: EventId, name: &PersonName) -> PersonId {
        let event = event.to_string();
        let mailbox = MailboxId::new(self.hash(&[b"no-address", event.as_bytes(), name.folded().as_bytes()]));
        PersonId::new(mailbox, [0; 3])
    }

    /// A group's place in one event, from 1; 0 is the group itself. Nobody reads its mailbox.
    pub fn group_place(&self, event: EventId, group: u64, place: u32) -> PersonId {
        let event = event.to_string();
        let parts = [&b"group"[..], event.as_bytes(), &group.to_be_bytes(), &place.to_be_bytes()];
        PersonId::new(MailboxId::new(self.hash(&parts)), [0; 3])
    }

    /// What a person quotes about a booking.
    pub fn reference(&self, event: EventId, person: PersonId) -> Reference {
        let bytes: [u8; 8] = self.hash(&[b"reference", event.to_string().as_bytes(), person.as_bytes()]);
        Reference::from_bits(u64::from_be_bytes(bytes))
    }

    /// The text by which a session's poster is reached. It says nothing about anybody.
    pub fn poster(&self, event: EventId, session: SessionNumber) -> String {
        let bytes: [u8; 12] = self.hash(&[b"poster", event.to_string().as_bytes(), &session.to_be_bytes()]);
        format!("{event}-{session}-{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The session of a poster's text; `None` for any text but one of [`Self::poster`].
    pub fn poster_of(&self, token: &str) -> Option<(EventId, SessionNumber)> {
        let mut parts = token.splitn(3, '-');
        let event = parts.next()?.parse().ok()?;
        let session = parts.next()?.parse().ok()?;
        let is_ours: bool = self.poster(event, session).as_bytes().ct_eq(token.as_bytes()).into();
        is_ours.then_some((event, session))
    }

    /// The event that a caller creates under an idempotency key.
    pub fn event_for(&self, caller: &str, key: &str) -> EventId {
        let bytes: [u8; 8] = self.hash(&[b"event", caller.as_bytes(), key.as_bytes()]);
        EventId::from_bits(u64::from_be_bytes(bytes))
    }

    /// A keyed hash of a request, to tell a retry from another request.
    pub fn fingerprint(&self, request: &[u8]) -> String {
        let bytes: [u8; 16] = self.hash(&[b"request", request]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The number of somebody's certificate for an event; `version` is 1, and one more for each that took another's place.
    pub fn certificate_number(&self, event: EventId, person: PersonId, version: u16) -> CertificateNumber {
        let (event, version) = (event.to_string(), version.to_be_bytes());
        let bytes: [u8; 8] = self.hash(&[b"certificate", event.as_bytes(), person.as_bytes(), &version]);
        CertificateNumber::from_bits(u64::from_be_bytes(bytes))
    }

    /// The secret in a certificate's code: whoever shows it has the certificate in hand.
    pub fn certificate_secret(&self, number: CertificateNumber) -> String {
        let bytes: [u8; 12] = self.hash(&[b"certificate-secret", &number.bits().to_be_bytes()]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether a text is a certificate's secret, in constant time.
    pub fn is_certificate_secret(&self, number: CertificateNumber, text: &str) -> bool {
        self.certificate_secret(number).as_bytes().ct_eq(text.as_bytes()).into()
    }

    /// Whether two names are one, however spelt, in a time that tells nothing of either.
    pub fn is_same_name(&self, one: &PersonName, other: &PersonName) -> bool {
        let hash = |name: &PersonName| self.hash::<32>(&[b"name-check", name.folded().as_bytes()]);
        hash(one).ct_eq(&hash(other)).into()
    }

    /// What somebody shows who read the mail that asks whether this is their new address.
    pub fn address_proof(&self, person: PersonId, to: &EmailAddress) -> String {
        let bytes: [u8; 12] = self.hash(&[b"address", person.as_bytes(), to.normalised().as_bytes()]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether a text is that proof, in constant time.
    pub fn is_address_proof(&self, person: PersonId, to: &EmailAddress, text: &str) -> bool {
        self.address_proof(person, to).as_bytes().ct_eq(text.as_bytes()).into()
    }

    /// What stands for a holder in a credential: says nothing, and leads nowhere without the key.
    pub fn credential_subject(&self, number: CertificateNumber) -> [u8; 16] {
        self.hash(&[b"credential-subject", &number.bits().to_be_bytes()])
    }

    /// Half a place of a status list, mixed: one round of the permutation that scatters places.
    pub fn scattered(&self, list: u32, round: u8, half: u32) -> u32 {
        let bytes: [u8; 4] = self.hash(&[b"status", &list.to_be_bytes(), &[round], &half.to_be_bytes()]);
        u32::from_be_bytes(bytes)
    }

    /// What stands for a person's evaluation of an event among its answers: nothing leads back without the key.
    pub fn evaluation_token(&self, event: EventId, person: PersonId, round: &str) -> String {
        let (event, round) = (event.to_string(), round.as_bytes());
        let bytes: [u8; 12] = self.hash(&[b"evaluation", event.as_bytes(), person.as_bytes(), round]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A link's text, under the newest key.
    pub fn token(&self, link: &Link) -> String {
        let key = self.newest();
        let mut bytes = vec![key.id];
        bytes.extend(link.person.as_bytes());
        bytes.extend(link.event.bits().to_be_bytes());
        bytes.extend(link.generation.0.to_be_bytes());
        let mac = sign(&key.key, &bytes);
        bytes.extend(&mac[..MAC]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a link's text says; `None` for any text but the one that [`Self::token`] wrote.
    pub fn link(&self, token: &str) -> Option<Link> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == SIGNED + MAC)?;
        let (signed, mac) = bytes.split_at(SIGNED);
        let key = self.link_keys.iter().find(|key| key.id == signed[0])?;
        let is_ours: bool = sign(&key.key, signed)[..MAC].ct_eq(mac).into();
        let event = EventId::from_bits(u64::from_be_bytes(signed[13..21].try_into().ok()?));
        let person = PersonId::from_bytes(signed[1..13].try_into().ok()?);
        let generation = Generation(u16::from_be_bytes(signed[21..23].try_into().ok()?));
        is_ours.then_some(Link { person, event, generation })
    }

    /// The key that signs what is made now.
    pub(crate) fn newest_key(&self) -> &[u8; 32] {
        &self.newest().key
    }

    fn newest(&self) -> &LinkKey {
        // `Secrets` always holds a link key.
        self.link_keys.last().expect("there is a link key")
    }

    /// The first `N` bytes of a keyed hash of parts.
    fn hash<const N: usize>(&self, parts: &[&[u8]]) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&sign_parts(&self.identity_key, parts)[..N]);
        bytes
    }
}

/// A keyed hash of parts; each part is preceded by its length, so that no two lists of parts hash alike.
pub(crate) fn sign_parts(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut message = Vec::new();
    for part in parts {
        message.extend((part.len() as u64).to_be_bytes());
        message.extend(*part);
    }
    sign(key, &message)
}

fn sign(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length of key serves");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity::new(&Secrets::generate())
    }

    #[test]
    fn a_person_is_an_address_and_a_name_however_spelt() {
        let identity = identity();
        let person = |email: &str, name: &str| {
            identity.person(&EmailAddress::parse(email).unwrap(), &PersonName::parse(name).unwrap())
        };
        let zoe = person("desk@practice.example", "Zoë Brown");
        assert_eq!(person(" DESK@Practice.Example ", "zoe  brown"), zoe);
        let other = person("desk@practice.example", "Zoe Browne");
        assert_ne!(other, zoe);
        assert_eq!(other.mailbox(), zoe.mailbox());
        assert_ne!(person("desk@other.example", "Zoe Brown").mailbox(), zoe.mailbox());
    }

    #[test]
    fn a_link_has_one_text_and_every_changed_bit_is_noticed() {
        let identity = identity();
        let person = PersonId::from_bytes([7; 12]);
        let link = Link { person, event: EventId::from_bits(99), generation: Generation(2) };
        let token = identity.token(&link);
        assert_eq!(token.len(), 52);
        assert_eq!(identity.link(&token), Some(link));
        for index in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(identity.link(std::str::from_utf8(&altered).unwrap()), None, "character {index}");
        }
        for text in ["", "x", &token[1..], &format!("{token}="), &format!("{token}A")] {
            assert_eq!(identity.link(text), None, "{text}");
        }
    }

    #[test]
    fn a_retired_key_still_verifies() {
        let mut secrets = Secrets::generate();
        let link =
            Link { person: PersonId::from_bytes([1; 12]), event: EventId::from_bits(1), generation: Generation::FIRST };
        let old = Identity::new(&secrets).token(&link);
        secrets.add_link_key();
        let rotated = Identity::new(&secrets);
        assert_eq!(rotated.link(&old), Some(link));
        assert_ne!(rotated.token(&link), old);
    }
}

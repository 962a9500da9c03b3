//! The local KMS: one key of Ed25519 that stays in the data folder and signs what it is asked to.

use std::io;

use ed25519_dalek::{Signer as _, SigningKey};

use crate::folder::Folder;
use crate::template::{ACCOUNT, REGION};

const FILE: &str = "kms.key";
/// What comes before the 32 bytes of an Ed25519 public key in DER (RFC 8410).
const DER_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The key of a folder that has one.
#[derive(Debug)]
pub struct Kms {
    key: SigningKey,
    /// Its ARN, which follows from the key.
    pub arn: String,
}

impl Kms {
    /// The folder's key; made if there is none and one `is_wanted`. A hub that has once signed by it goes on doing so.
    pub fn open(folder: &Folder, is_wanted: bool) -> io::Result<Option<Self>> {
        let bytes = match folder.read(FILE)? {
            Some(bytes) => bytes,
            None if is_wanted => {
                let mut bytes = vec![0; 32];
                #[expect(clippy::disallowed_methods, reason = "a key for this machine alone, made once")]
                getrandom::fill(&mut bytes).map_err(io::Error::other)?;
                folder.write(FILE, &bytes)?;
                bytes
            }
            None => return Ok(None),
        };
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let key = SigningKey::from_bytes(&bytes);
        let public = key.verifying_key().to_bytes();
        let id = public.iter().take(8).fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
        Ok(Some(Self { key, arn: format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id:016x}") }))
    }

    /// The public half, as KMS gives it: a `SubjectPublicKeyInfo` in DER.
    pub fn public_key(&self) -> Vec<u8> {
        [&DER_PREFIX[..], self.key.verifying_key().as_bytes()].concat()
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).to_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_when_it_is_wanted_and_stays() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let arn = |is_wanted| Kms::open(&folder, is_wanted).expect("opens").map(|kms| kms.arn);
        assert_eq!(arn(false), None);
        let made = arn(true);
        assert!(made.is_some());
        assert_eq!(arn(false), made);
    }
}

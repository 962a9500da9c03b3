//! What signs certificates (Ed25519, RFC 8032): a key of the hub's own, among its secrets, or one that never leaves AWS KMS.
//!
//! Every key that signs or once signed is published, so that what was signed can be checked. A key of KMS that signs no
//! more is kept among the secrets by its public half alone.

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use ed25519_dalek::{Signer as _, SigningKey as Secret};
use tokio::sync::OnceCell;

use crate::{Failure, SigningKey};

/// What KMS signs at once, in bytes. Ed25519 takes the message itself, so no digest can stand for a longer one.
const KMS_BYTES_MAX: usize = 4_096;
/// What comes before the 32 bytes of an Ed25519 public key in DER (RFC 8410).
const DER_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The keys of a hub's certificates.
pub struct Signing {
    keys: Vec<SigningKey>,
    kms: Option<KmsKey>,
}

/// A key that anybody may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Its name, unique in the hub.
    pub id: String,
    /// The public half.
    pub public: [u8; 32],
}

/// A key of KMS, of the spec `ECC_NIST_EDWARDS25519`.
struct KmsKey {
    client: aws_sdk_kms::Client,
    arn: String,
    /// Asked for once.
    public: OnceCell<[u8; 32]>,
}

/// Who signs.
pub struct Signatory<'a> {
    /// As others know it.
    pub key: PublicKey,
    means: Means<'a>,
}

enum Means<'a> {
    Own(Box<Secret>),
    Kms(&'a KmsKey),
}

impl Signing {
    /// Signs with the newest of these keys that still has its secret half or, where one is named, with a key of KMS.
    pub fn new(keys: Vec<SigningKey>, kms: aws_sdk_kms::Client, arn: &str) -> Self {
        let kms = (!arn.is_empty()).then(|| KmsKey { client: kms, arn: arn.to_owned(), public: OnceCell::new() });
        Self { keys, kms }
    }

    /// Who signs now.
    pub async fn signatory(&self) -> Result<Signatory<'_>, Failure> {
        if let Some(kms) = &self.kms {
            return Ok(Signatory { key: kms.public().await?, means: Means::Kms(kms) });
        }
        let newest = self.keys.iter().rev().find_map(|key| Some((key, key.secret?)));
        let (key, secret) = newest.ok_or_else(|| Failure::new("the hub has no key to sign certificates with"))?;
        let means = Means::Own(Box::new(Secret::from_bytes(&secret)));
        Ok(Signatory { key: PublicKey { id: key.id.clone(), public: key.public }, means })
    }

    /// Every key that signs or once signed, the newest last.
    pub async fn published(&self) -> Result<Vec<PublicKey>, Failure> {
        let own = self.keys.iter().map(|key| PublicKey { id: key.id.clone(), public: key.public });
        let mut all: Vec<PublicKey> = own.collect();
        if let Some(kms) = &self.kms {
            let key = kms.public().await?;
            all.retain(|other| other.id != key.id);
            all.push(key);
        }
        Ok(all)
    }

    /// The public half of a key that signed something.
    pub async fn public(&self, id: &str) -> Result<[u8; 32], Failure> {
        if let Some(key) = self.keys.iter().find(|key| key.id == id) {
            return Ok(key.public);
        }
        let key = self.published().await?.into_iter().find(|key| key.id == id);
        key.map(|key| key.public)
            .ok_or_else(|| Failure::new("the key that signed a certificate is no longer published"))
    }
}

impl KmsKey {
    /// Named by the last part of its ARN, as in the hub's secrets once it is retired.
    async fn public(&self) -> Result<PublicKey, Failure> {
        let public = *self.public.get_or_try_init(|| self.ask()).await?;
        let id = self.arn.rsplit('/').next().unwrap_or_default();
        Ok(PublicKey { id: format!("kms-{id}"), public })
    }

    async fn ask(&self) -> Result<[u8; 32], Failure> {
        let reply = self.client.get_public_key().key_id(&self.arn).send().await.map_err(Failure::new)?;
        let der = reply.public_key.map(Blob::into_inner).unwrap_or_default();
        let public = der.strip_prefix(&DER_PREFIX).and_then(|key| key.try_into().ok());
        public.ok_or_else(|| Failure::new("the key of KMS is not one of Ed25519 (ECC_NIST_EDWARDS25519)"))
    }

    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], Failure> {
        let request = self.client.sign().key_id(&self.arn).message(Blob::new(message));
        let request = request.message_type(MessageType::Raw).signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512);
        let reply = request.send().await.map_err(Failure::new)?;
        let signature = reply.signature.map(Blob::into_inner).unwrap_or_default();
        signature.try_into().map_err(|_| Failure::new("KMS gave no signature of Ed25519"))
    }
}

impl Signatory<'_> {
    /// Whether it can sign a message of so many bytes.
    pub fn takes(&self, bytes: usize) -> bool {
        match &self.means {
            Means::Own(_) => true,
            Means::Kms(_) => bytes <= KMS_BYTES_MAX,
        }
    }

    /// The signature of a message; the same message gives the same one.
    pub async fn sign(&self, message: &[u8]) -> Result<[u8; 64], Failure> {
        match &self.means {
            Means::Own(secret) => Ok(secret.sign(message).to_bytes()),
            Means::Kms(key) => key.sign(message).await,
        }
    }
}

//! The hub's seal on what a browser keeps for it: HMAC-SHA-256 under the newest link key. Rotating the link keys ends
//! whatever was sealed before, everybody's sign-in among it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::Identity;
use crate::identity::sign_parts;

impl Identity {
    /// Content under the hub's seal, for one purpose alone, as text for a cookie. It can be read, not changed.
    pub fn seal(&self, purpose: &str, content: &[u8]) -> String {
        let mac = sign_parts(self.newest_key(), &[b"seal", purpose.as_bytes(), content]);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(content), URL_SAFE_NO_PAD.encode(mac))
    }

    /// What was sealed; `None` for whatever was not, not for this purpose, or with another key.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let (content, mac) = sealed.split_once('.')?;
        let (content, mac) = (URL_SAFE_NO_PAD.decode(content).ok()?, URL_SAFE_NO_PAD.decode(mac).ok()?);
        let own = sign_parts(self.newest_key(), &[b"seal", purpose.as_bytes(), &content]);
        let is_ours: bool = own[..].ct_eq(&mac).into();
        is_ours.then_some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secrets;

    #[test]
    fn a_seal_holds_for_its_purpose_until_the_keys_are_rotated() {
        let mut secrets = Secrets::generate();
        let identity = Identity::new(&secrets);
        let sealed = identity.seal("sign-in", b"pat");
        assert_eq!(identity.open("sign-in", &sealed).as_deref(), Some(&b"pat"[..]));
        assert_eq!(identity.open("other", &sealed), None);
        for index in 0..sealed.len() {
            let mut altered = sealed.clone().into_bytes();
            altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(identity.open("sign-in", std::str::from_utf8(&altered).unwrap()), None, "character {index}");
        }
        secrets.add_link_key();
        assert_eq!(Identity::new(&secrets).open("sign-in", &sealed), None);
    }
}

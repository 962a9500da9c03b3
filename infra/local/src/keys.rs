//! The hub's keys on this machine: one file, made once. Whoever loses it loses every link.

use std::io;

use app::Secrets;
use jsonwebtoken::jwk::JwkSet;

use crate::folder::Folder;

const FILE: &str = "secrets.json";

/// The folder's keys, made if there are none, with the issuer's public keys as they are now.
pub fn open(folder: &Folder, issuer: JwkSet) -> io::Result<Secrets> {
    let mut secrets = if let Some(bytes) = folder.read(FILE)? {
        serde_json::from_slice(&bytes)?
    } else {
        let secrets = Secrets::generate();
        folder.write(FILE, &serde_json::to_vec_pretty(&secrets)?)?;
        secrets
    };
    // A folder of before certificates.
    if secrets.ensure_signing_key() {
        folder.write(FILE, &serde_json::to_vec_pretty(&secrets)?)?;
    }
    secrets.set_jwks(issuer);
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        let text = |secrets: &Secrets| serde_json::to_string(secrets).expect("serialises");
        let first = open(&folder, JwkSet { keys: Vec::new() }).expect("made");
        let second = open(&folder, JwkSet { keys: Vec::new() }).expect("read");
        assert_eq!(text(&first), text(&second));
    }
}

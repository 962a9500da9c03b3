//! Certificates signed by a key of KMS that the hub never sees.

use std::collections::HashSet;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use local::Options;
use reqwest::Method;
use serde_json::{Value, json};

use crate::certificates::attended;
use crate::hub::{MONDAY, TestHub};

async fn start(kms: bool) -> TestHub {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = MONDAY.parse().ok();
    let options = Options { data: folder.path().into(), port: 0, clock, empty: true, kms };
    TestHub::over(folder, options).await
}

/// The number of a certificate that was issued by itself.
async fn certified(hub: &TestHub, objectives: Value) -> String {
    let (_, link) = attended(hub, json!({"certificate": {"objectives": objectives}})).await;
    hub.advance("PT16M").await;
    hub.booking(&link).await.text("certificate_number").to_owned()
}

/// A credential as it is asked for: its content type and its text.
async fn credential(hub: &TestHub, number: &str, query: &str, accept: &str) -> (u16, String, String) {
    let path = format!("/api/v1/certificates/{number}/credential{query}");
    let reply = hub.request(Method::GET, &path).header("accept", accept).send().await.expect("an answer");
    let kind = reply.headers()["content-type"].to_str().expect("text").to_owned();
    (reply.status().as_u16(), kind, reply.text().await.expect("text"))
}

/// The keys of the hub's DID: each one's name and its point.
async fn keys(hub: &TestHub) -> Vec<(String, String)> {
    let reply = hub.request(Method::GET, "/.well-known/did.json").send().await.expect("an answer");
    let document: Value = serde_json::from_str(&reply.text().await.expect("text")).expect("JSON");
    let methods = document["verificationMethod"].as_array().expect("methods").clone();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let keys = methods.iter().filter(|method| method["type"] == "JsonWebKey");
    keys.map(|method| (text(&method["id"]), text(&method["publicKeyJwk"]["x"]))).collect()
}

/// Whether a key has signed a JWT.
fn has_signed(x: &str, jwt: &str) -> bool {
    let mut rules = Validation::new(Algorithm::EdDSA);
    (rules.required_spec_claims, rules.validate_exp) = (HashSet::new(), false);
    let key = DecodingKey::from_ed_components(x).expect("a key");
    jsonwebtoken::decode::<Value>(jwt, &key, &rules).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn kms_signs_certificates_and_status_lists_where_it_is_to() {
    let hub = start(true).await;
    let number = certified(&hub, json!(["Listen", "Ask directly"])).await;
    let published = keys(&hub).await;
    let [(_, retired), (name, x)] = published.as_slice() else { panic!("the hub's own key and that of KMS") };
    assert!(name.contains("#kms-"), "{name}");
    let (status, kind, jwt) = credential(&hub, &number, "?format=jwt", "*/*").await;
    assert_eq!((status, kind.as_str()), (200, "application/vc+jwt"));
    assert!(has_signed(x, &jwt) && !has_signed(retired, &jwt));
    let list = hub.request(Method::GET, "/api/v1/status/0").send().await.expect("an answer");
    let list: Value = serde_json::from_str(&list.text().await.expect("text")).expect("JSON");
    assert_eq!(format!("{}-jwk", list["proof"]["verificationMethod"].as_str().expect("a key")), *name);
    assert_eq!(hub.hub().denials(), []);
    let usage = hub.get("/_local/usage").await.body["functions"].clone();
    for function in ["certificate", "certificate-issue"] {
        for operation in ["GetPublicKey", "Sign"] {
            assert!(usage[function]["keys"][operation].as_u64() > Some(0), "{function} never asks for {operation}");
        }
    }
    assert_eq!(usage["certificate-issue"]["keys"]["GetPublicKey"], 1, "the public half is asked for once");
    // Started again without saying so, it goes on signing by the same key.
    let hub = hub.restart().await;
    assert_eq!(keys(&hub).await.len(), 2);
    assert_eq!(credential(&hub, &number, "?format=jwt", "*/*").await.2, jwt);
    hub.stop_and_audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_too_long_for_kms_has_no_form_as_a_jwt() {
    let objectives = json!(vec!["ж".repeat(160); 6]);
    let hub = start(true).await;
    let number = certified(&hub, objectives.clone()).await;
    assert_eq!(credential(&hub, &number, "?format=jwt", "*/*").await.0, 404);
    let (status, kind, text) = credential(&hub, &number, "", "application/vc+jwt").await;
    assert_eq!((status, kind.as_str()), (200, "application/vc+ld+json"), "{text}");
    assert!(text.contains("eddsa-rdfc-2022"), "{text}");
    let own = start(false).await;
    let number = certified(&own, objectives).await;
    let (status, _, jwt) = credential(&own, &number, "?format=jwt", "*/*").await;
    let [(_, x)] = keys(&own).await.try_into().expect("one key");
    assert!(status == 200 && jwt.len() > 4_096 && has_signed(&x, &jwt), "a key of the hub's own signs any length");
}

//! Signing in to the console, and who is believed: at the issuer, by cookie, by token.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::SecretKey;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::hub::{TestHub, send};

/// Where an answer leads, without the hub's own address.
fn location(hub: &TestHub, response: &Response) -> String {
    let to = response.headers()["location"].to_str().expect("text");
    to.strip_prefix(&hub.url("")).unwrap_or(to).to_owned()
}

/// The cookies that an answer sets, as a browser sends them back.
fn cookies(response: &Response) -> String {
    let set = response.headers().get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    set.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// From a page of the console to the issuer's: its address, and the cookie that remembers the question.
async fn asked(hub: &TestHub, page: &str) -> (String, String) {
    let closed = hub.request(Method::GET, page).send().await.expect("a reply");
    assert_eq!(closed.status(), 303, "{page}");
    let begun = hub.request(Method::GET, &location(hub, &closed)).send().await.expect("a reply");
    assert_eq!(begun.status(), 303);
    (location(hub, &begun), cookies(&begun))
}

/// Signs in as somebody of the dev issuer; the cookie.
pub async fn sign_in(hub: &TestHub, subject: &str, page: &str) -> String {
    let (issuer, question) = asked(hub, page).await;
    let shown = hub.get(&issuer).await;
    assert!(shown.body.as_str().is_some_and(|html| html.contains(subject)), "{shown:?}");
    let chosen = hub.request(Method::POST, &issuer).form(&[("subject", subject)]).send().await.expect("a reply");
    let callback = location(hub, &chosen);
    let back = hub.request(Method::GET, &callback).header("cookie", &question).send().await.expect("a reply");
    assert_eq!((back.status().as_u16(), location(hub, &back).as_str()), (303, page));
    let set = back.headers().get_all("set-cookie").iter().map(|value| value.to_str().expect("text").to_owned());
    let cookie = set.into_iter().find(|cookie| cookie.starts_with("__Host-lectern=")).expect("a cookie");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
    cookie.split(';').next().expect("a pair").to_owned()
}

/// What the console answers to a browser with this cookie.
async fn status(hub: &TestHub, cookie: &str, path: &str) -> u16 {
    hub.request(Method::GET, path).header("cookie", cookie).send().await.expect("a reply").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_signs_in_comes_back_to_the_page_and_signs_out() {
    let hub = TestHub::start().await;
    let cookie = sign_in(&hub, "reader@hub.example", "/organise/no-such-page?a=b").await;
    assert_eq!(status(&hub, &cookie, "/organise/no-such-page").await, 404);
    assert_eq!(status(&hub, "", "/organise/no-such-page").await, 303);
    // The API is read with it; it changes nothing.
    assert_eq!(status(&hub, &cookie, "/api/v1/audit").await, 403);
    let event = json!({"title": "x"});
    let admin = sign_in(&hub, "admin@hub.example", "/organise").await;
    let created = hub.request(Method::POST, "/api/v1/events").header("cookie", &admin).json(&event);
    assert_eq!(send(created).await.status, 401);
    let out = hub.request(Method::POST, "/organise/sign-out").header("origin", hub.url("")).header("cookie", &cookie);
    let out = out.send().await.expect("a reply");
    assert_eq!(cookies(&out), "__Host-lectern=");
    assert_eq!(location(&hub, &out), "/organise/signed-out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_ends_when_idle_and_what_was_typed_is_kept() {
    let hub = TestHub::start().await;
    let cookie = sign_in(&hub, "admin@hub.example", "/organise").await;
    hub.advance("PT29M").await;
    let seen = hub.request(Method::GET, "/organise/none").header("cookie", &cookie).send().await.expect("a reply");
    let later = cookies(&seen);
    assert!(later.starts_with("__Host-lectern="), "{later}");
    hub.advance("PT29M").await;
    assert_eq!(status(&hub, &cookie, "/organise/none").await, 303);
    assert_eq!(status(&hub, &later, "/organise/none").await, 404);
    hub.advance("PT1M").await;
    let late = hub.request(Method::POST, "/organise/events/new?a=b").header("origin", hub.url(""));
    let late = late.header("cookie", &later).form(&[("title", "Suturing <1>"), ("roles", "gp"), ("roles", "other")]);
    let late = send(late).await;
    assert_eq!(late.status, 401);
    let html = late.body.as_str().expect("a page");
    for kept in [
        r#"<form method="post" action="/organise/events/new?a=b">"#,
        r#"<input type="hidden" name="title" value="Suturing &#60;1&#62;">"#,
        r#"<input type="hidden" name="roles" value="gp">"#,
        r#"<input type="hidden" name="roles" value="other">"#,
    ] {
        assert!(html.contains(kept), "{kept} in {html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cookie_is_believed_but_the_hubs_own() {
    let hub = TestHub::start().await;
    let other = TestHub::start().await;
    let foreign = sign_in(&other, "admin@hub.example", "/organise").await;
    let own = sign_in(&hub, "reader@hub.example", "/organise").await;
    let (claims, seal) = own.split_once('.').expect("a seal");
    let admin = foreign.split_once('.').expect("a seal").0;
    for cookie in
        [foreign.clone(), format!("{admin}.{seal}"), claims.to_owned(), format!("{claims}."), format!("{own}A")]
    {
        assert_eq!(status(&hub, &cookie, "/organise/none").await, 303, "{cookie}");
    }
    assert_eq!(status(&hub, &own, "/organise/none").await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_serves_once_and_only_whoever_asked_for_it() {
    let hub = TestHub::start().await;
    let (issuer, question) = asked(&hub, "/organise").await;
    let (_, other) = asked(&hub, "/organise").await;
    let chosen = hub.request(Method::POST, &issuer).form(&[("subject", "admin@hub.example")]);
    let callback = location(&hub, &chosen.send().await.expect("a reply"));
    for (path, cookie) in [
        (callback.clone(), String::new()),
        (callback.clone(), other),
        (format!("{callback}x"), question.clone()),
        (callback.replace("code=", "code=x"), question.clone()),
    ] {
        assert_eq!(status(&hub, &cookie, &path).await, 401, "{path}");
    }
    assert_eq!(status(&hub, &question, &callback).await, 303);
    assert_eq!(status(&hub, &question, &callback).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_another_site_does_nothing() {
    let hub = TestHub::start().await;
    let cookie = sign_in(&hub, "admin@hub.example", "/organise").await;
    let evil = "https://evil.example".to_owned();
    for (origin, site, expected) in [
        (Some(evil), None, 403),
        (Some("null".to_owned()), None, 403),
        (None, None, 403),
        (None, Some("cross-site"), 403),
        (None, Some("same-origin"), 303),
        (Some(hub.url("")), None, 303),
    ] {
        let mut post = hub.request(Method::POST, "/organise/sign-out").header("cookie", &cookie);
        if let Some(origin) = &origin {
            post = post.header("origin", origin);
        }
        if let Some(site) = site {
            post = post.header("sec-fetch-site", site);
        }
        assert_eq!(post.send().await.expect("a reply").status(), expected, "{origin:?} {site:?}");
    }
}

/// A token with these claims and this key id, signed with the hub's own key.
fn signed(hub: &TestHub, claims: &Value, key_id: &str) -> String {
    let pem = std::fs::read_to_string(hub.folder.path().join("issuer.pem")).expect("a key");
    let der = SecretKey::from_pkcs8_pem(&pem).expect("a key").to_pkcs8_der().expect("DER");
    let header = Header { kid: Some(key_id.to_owned()), ..Header::new(Algorithm::ES256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(der.as_bytes())).expect("signed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_holds_only_for_this_hub_and_only_in_time() {
    let hub = TestHub::start().await;
    let elsewhere = TestHub::start().await.admin;
    let good = json!({"iss": "https://sign-in.hub.example", "aud": "lectern", "sub": "a", "role": "admin",
                      "exp": 1_793_610_001, "nbf": 1_793_610_000});
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let mut client = good.clone();
    client.as_object_mut().expect("an object").remove("aud");
    client["client_id"] = json!("lectern");
    let unsigned = {
        use base64::Engine as _;
        let part = |value: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(json!({"alg": "none", "kid": "dev"})), part(good.clone()))
    };
    let mut timeless = good.clone();
    timeless.as_object_mut().expect("an object").remove("exp");
    for (what, token, expected) in [
        ("good", signed(&hub, &good, "dev"), 200),
        ("several audiences", signed(&hub, &with("aud", json!(["other", "lectern"])), "dev"), 200),
        ("a client", signed(&hub, &client, "dev"), 200),
        ("expired", signed(&hub, &with("exp", json!(1_793_610_000)), "dev"), 401),
        ("not begun", signed(&hub, &with("nbf", json!(1_793_610_001)), "dev"), 401),
        ("without an end", signed(&hub, &timeless, "dev"), 401),
        ("another audience", signed(&hub, &with("aud", json!("lectern-console")), "dev"), 401),
        ("another issuer", signed(&hub, &with("iss", json!("https://evil.example")), "dev"), 401),
        ("another role", signed(&hub, &with("role", json!("owner")), "dev"), 401),
        ("an unknown key", signed(&hub, &good, "dev-9"), 401),
        ("another hub's", elsewhere, 401),
        ("unsigned", unsigned, 401),
        ("altered", format!("{}A", signed(&hub, &good, "dev")), 401),
    ] {
        let reply = send(hub.request(Method::GET, "/api/v1/audit").bearer_auth(token)).await;
        assert_eq!(reply.status, expected, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_a_file_that_comes_too_late_is_given_back_and_says_which_file_to_choose_again() {
    let hub = TestHub::start().await;
    let part = |head: &str, body: &str| format!("--bound\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let body = part("name=\"table\"", "name\r\n<b>Pasted</b>")
        + &part("name=\"do\"", "check")
        + &part("name=\"file\"; filename=\"<practices>.csv\"", "name\nSecret Street Practice")
        + "--bound--\r\n";
    let path = "/organise/lists/import/organisations";
    let late = hub.request(Method::POST, path).header("origin", hub.url("")).body(body);
    let late = late.header("content-type", "multipart/form-data; boundary=bound").send().await.expect("a reply");
    assert_eq!(late.status(), 401);
    let html = late.text().await.expect("text");
    for said in [
        "name=\"table\" value=\"name\r\n&#60;b&#62;Pasted&#60;/b&#62;\"",
        "name=\"do\" value=\"check\"",
        "You had chosen “&#60;practices&#62;.csv”",
        "name=\"file\" type=\"file\"",
        &format!("action=\"{path}\" enctype=\"multipart/form-data\""),
    ] {
        assert!(html.contains(said), "{said} in {html}");
    }
    assert!(!html.contains("Secret Street"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_after_a_rotation_is_known() {
    let hub = TestHub::start().await;
    assert_eq!(hub.post("/_local/oidc/rotate", &json!({})).await.status, 200);
    let cookie = sign_in(&hub, "admin@hub.example", "/organise").await;
    assert_eq!(status(&hub, &cookie, "/api/v1/audit").await, 200);
    let token = hub.token(json!({"role": "admin"})).await;
    for token in [&token, &hub.admin] {
        assert_eq!(send(hub.request(Method::GET, "/api/v1/audit").bearer_auth(token)).await.status, 200);
    }
}

//! The way in and out: sign in at the organisers' issuer, come back with a code, sign out.

mod code;

use std::sync::Arc;

use app::sign_in::{cookie, set_cookie, signed_out_cookie};
use app::{App, Rejection, SignIn};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use web::Problem;
use web::forms::FormData;
use web::page::{Page, see_other};

use code::{Answered, Begun};

/// What remembers a sign-in under way.
const COOKIE: &str = "__Host-lectern-signing-in";
const PURPOSE: &str = "signing-in";
/// How long somebody may take at the issuer, in seconds.
const UNDER_WAY_SECONDS: u32 = 900;

/// A sign-in under way: what must come back, what proves that we asked, and where to go then.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    state: String,
    nonce: String,
    verifier: String,
    to: String,
}

/// `GET /organise/sign-in?to=`: to the issuer.
pub async fn begin(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let to = destination(FormData::parse(query.unwrap_or_default().as_bytes())?.one("to"));
    let Begun { address, state, nonce, verifier } = code::begin(&app).await?;
    let under_way = serde_json::to_vec(&UnderWay { state, nonce, verifier, to }).unwrap_or_default();
    let sealed = app.identity.seal(PURPOSE, &under_way);
    Ok(with_cookie(see_other(&address), set_cookie(COOKIE, &sealed, Some(UNDER_WAY_SECONDS))))
}

/// `GET /organise/callback?code=&state=`: back from the issuer.
pub async fn finish(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let answer = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let opened = cookie(&headers, COOKIE).and_then(|sealed| app.identity.open(PURPOSE, sealed));
    let under_way: Option<UnderWay> = opened.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let under_way =
        under_way.filter(|under_way| !answer.one("code").is_empty() && under_way.state == answer.one("state"));
    let Some(under_way) = under_way else {
        let words = "The sign-in was not finished.";
        return refuse(&app, &Problem::unauthenticated(), "You are not signed in", words).await;
    };
    match code::finish(&app, answer.one("code"), &under_way.nonce, under_way.verifier).await? {
        Answered::Organiser(organiser) => {
            tracing::info!(role = organiser.role.name(), "signed in");
            let cookie = app.sign_in_cookie(&SignIn::new(organiser, app.clock.now()));
            let response = with_cookie(see_other(&under_way.to), cookie);
            Ok(with_cookie(response, set_cookie(COOKIE, "", Some(0))))
        }
        Answered::Stranger => {
            let words = "Your account has no role in this hub. Ask whoever runs it to give you one.";
            refuse(&app, &Problem::forbidden(), "You cannot use the console", words).await
        }
        Answered::Refused => {
            let words = "The sign-in could not be confirmed. Nothing is wrong with your account.";
            refuse(&app, &Problem::unauthenticated(), "You are not signed in", words).await
        }
    }
}

/// `POST /organise/sign-out`
pub async fn end() -> Response {
    with_cookie(see_other("/organise/signed-out"), signed_out_cookie())
}

/// `GET /organise/signed-out`: after signing out, and where a tab that was opened to sign in again ends.
pub async fn ended(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Rejection> {
    let (heading, words) = if app.sign_in(&headers).is_some() {
        ("You are signed in", "You can close this tab and go back to what you were doing.")
    } else {
        ("You are signed out", "You can close this tab.")
    };
    Ok(Page::new(heading, &app.hub().await?).show(&Words { heading, words }))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Words<'a> {
    heading: &'a str,
    words: &'a str,
}

async fn refuse(app: &App, problem: &Problem, heading: &str, words: &str) -> Result<Response, Rejection> {
    Ok(Page::new(heading, &app.hub().await?).refuse(problem, &Words { heading, words }))
}

fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// A path of the console; anything else is its first page, for nobody may be sent elsewhere from here.
fn destination(to: &str) -> String {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_ours = to == "/organise" || to.starts_with("/organise/") || to.starts_with("/organise?");
    if is_ours && is_plain(to) { to.to_owned() } else { "/organise".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for to in ["/organise", "/organise/events/x?status=waiting", "/organise?day=2026-11-02"] {
            assert_eq!(destination(to), to);
        }
        for to in [
            "",
            "/",
            "//evil.example",
            "/organise.evil.example",
            "https://evil.example/organise",
            "/organise/\\x",
            "/organise/\r\n",
        ] {
            assert_eq!(destination(to), "/organise", "{to}");
        }
    }
}

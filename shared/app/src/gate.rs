//! The gate of the console: nothing under `/organise`, in whichever function, is reached without a sign-in.
//!
//! Whoever asks for a page is sent to sign in and comes back to it. Whoever posts a form after the sign-in has ended
//! gets what was typed back, to be sent again once signed in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use web::Problem;
use web::components::{Field, FileUpload};
use web::page::{Page, see_other};
use web::upload::{SentFile, Upload};

use crate::sign_in::SignedIn;
use crate::{App, Rejection};

/// Where the console is.
const CONSOLE: &str = "/organise";
/// The most bytes of a form that is given back: no longer one gets as far as a function.
const FORM_MAX: usize = 6 * 1_024 * 1_024;
/// What of it is open: the way in and out.
const OPEN: [&str; 4] = ["/organise/sign-in", "/organise/callback", "/organise/sign-out", "/organise/signed-out"];

/// Whether a path is the console's.
pub(crate) fn is_console(path: &str) -> bool {
    path.strip_prefix(CONSOLE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Lets a request through that may pass, and keeps the sign-in of whoever made it alive.
pub(crate) async fn pass(app: Arc<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !is_console(path) || OPEN.contains(&path) {
        return next.run(request).await;
    }
    // On Lambda an address names its host too.
    let here = request.uri().path_and_query().map_or(CONSOLE, |here| here.as_str()).to_owned();
    let (mut parts, body) = request.into_parts();
    match SignedIn::from_request_parts(&mut parts, &app).await {
        Ok(_) => {
            let seen = app.sign_in(&parts.headers).and_then(|sign_in| sign_in.seen_again(app.clock.now()));
            let mut response = next.run(Request::from_parts(parts, body)).await;
            if let Some(seen) = seen {
                response.headers_mut().append(header::SET_COOKIE, app.sign_in_cookie(&seen));
            }
            response
        }
        Err(Rejection::Problem(_)) if parts.method.is_safe() => see_other(&sign_in_for(&here)),
        Err(Rejection::Problem(problem)) => match Upload::read(&parts.headers, body, FORM_MAX).await {
            Ok(sent) => match sign_in_again(&app, &problem, here, &sent).await {
                Ok(page) => page,
                Err(rejection) => rejection.into_response(),
            },
            Err(_) => problem.into_response(),
        },
        Err(rejection) => rejection.into_response(),
    }
}

/// Where to sign in, to come back to this path of the console.
pub fn sign_in_for(path: &str) -> String {
    let to = serde_html_form::to_string([("to", path)]).unwrap_or_default();
    format!("{}?{to}", OPEN[0])
}

#[derive(Template)]
#[template(path = "sign_in_again.html")]
struct SignInAgain<'a> {
    action: String,
    fields: Vec<(&'a str, &'a str)>,
    /// A file that was chosen: no page can choose it again for somebody.
    file: Option<FileUpload<'a>>,
}

async fn sign_in_again(app: &App, problem: &Problem, action: String, sent: &Upload) -> Result<Response, Rejection> {
    let typed = &sent.typed;
    let chosen = sent.file.as_ref().map(|file| format!("You had chosen “{}”.", file.name)).unwrap_or_default();
    let again = |file: &'_ SentFile| FileUpload {
        field: Field::new(file.field.clone(), "Choose the file again").hint(&chosen),
        accept: "",
    };
    let content = SignInAgain {
        action,
        fields: typed
            .names()
            .flat_map(|name| typed.all(name).iter().map(move |value| (name, value.as_str())))
            .collect(),
        file: sent.file.as_ref().map(again),
    };
    Ok(Page::new("Sign in again", &app.hub().await?).refuse(problem, &content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_is_one_tree() {
        for path in ["/organise", "/organise/", "/organise/events/x"] {
            assert!(is_console(path), "{path}");
        }
        for path in ["/organised", "/events", "/api/v1/events"] {
            assert!(!is_console(path), "{path}");
        }
    }
}

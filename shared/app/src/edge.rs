//! The edge of every HTTP function: one span a request, one log line a failure, pages instead of JSON for people, and
//! the headers that every answer carries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, http};
use domain::Hub;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tracing::Instrument as _;
use web::Problem;
use web::page::problem_page;

use crate::{App, Failure, gate};

/// How hard a page is compressed, of brotli's 11 and gzip's 9: half a millisecond for a page.
const COMPRESSION: i32 = 5;

/// Puts a function's routes behind the edge. What is compressed travels through API Gateway in base64, as any body that
/// names its encoding does (`lambda_http`).
pub fn edge(app: Arc<App>, routes: Router) -> Router {
    routes
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed(None) })
        .layer(from_fn_with_state(app, handle))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(COMPRESSION)))
}

async fn handle(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = request_id(&app, &request);
    let is_api = is_for_programs(request.uri().path());
    let holds_link = request.uri().path().contains("/bookings/") || request.uri().path().contains("/groups/");
    let span =
        tracing::info_span!("request", function = app.function, request.id = id, http.method = %request.method());
    let own_origin = is_own_origin(&app, &request);
    let response = if own_origin || is_api {
        gate::pass(Arc::clone(&app), request, next).instrument(span.clone()).await
    } else {
        Problem::foreign_origin().into_response()
    };
    let response = finish(&app, response, &id, is_api).instrument(span).await;
    let mut response = with_headers(response, is_api);
    if holds_link {
        response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    response
}

/// Whether a path answers programs (JSON) rather than people (pages).
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path == "/health"
}

fn request_id(app: &App, request: &Request) -> String {
    let given = request.extensions().get::<lambda_http::Context>().map(|context| context.request_id.clone());
    given.unwrap_or_else(|| format!("{:016x}", app.random()))
}

/// A form must come from this site, if the browser says where it comes from; the console's must say so, unless it
/// comes with a token: no other site can make a browser send one.
fn is_own_origin(app: &App, request: &Request) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let sent = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let is_same_site = || sent(HeaderName::from_static("sec-fetch-site")) == Some("same-origin");
    match sent(header::ORIGIN) {
        None => {
            let needs_no_word =
                !gate::is_console(request.uri().path()) || request.headers().contains_key(header::AUTHORIZATION);
            needs_no_word || is_same_site()
        }
        // A page that sends no referrer has no origin to name either; then the browser says whose form it is
        // (Fetch Metadata, W3C).
        Some("null") => is_same_site(),
        Some(origin) => {
            let base: Option<http::Uri> = app.config.base_url.parse().ok();
            let own = base.and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
            Some(origin) == own.as_deref()
        }
    }
}

/// Logs what was refused or failed, and says it in the form that whoever asked can read.
async fn finish(app: &App, mut response: Response, id: &str, is_api: bool) -> Response {
    let failure = response.extensions_mut().remove::<Failure>();
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    match failure {
        Some(failure) if problem.status() == 500 => {
            tracing::error!(error = failure.chain(), "request failed");
            problem = Problem::failed(id);
        }
        Some(failure) => tracing::warn!(error = failure.chain(), "request put off"),
        None => tracing::info!(code = problem.code(), "request refused"),
    }
    if problem.status() == 405 {
        problem = Problem::method_not_allowed(response.headers().get(header::ALLOW).cloned());
    }
    if is_api {
        return problem.into_response();
    }
    // What the browser is to keep, it keeps.
    let cookies = response.headers().get_all(header::SET_COOKIE).into_iter().cloned().collect::<Vec<_>>();
    // Where the settings cannot be read, the page still says what there is to say.
    let is_ours = matches!(problem.status(), 500 | 503);
    let hub = if is_ours { None } else { app.hub().await.ok() };
    let hub = hub.unwrap_or_else(|| Hub::named(&app.config.hub_name));
    let mut page = problem_page(&problem, &hub);
    page.headers_mut().extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
    page
}

/// Nothing is sniffed, framed or sent on; nobody's page is kept for another (a handler may allow it).
fn with_headers(mut response: Response, is_api: bool) -> Response {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                  frame-ancestors 'none'";
    let mut fixed = vec![
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    if !is_api {
        fixed.push((header::CONTENT_SECURITY_POLICY, policy));
    }
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

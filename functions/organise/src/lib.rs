//! The organisers' API: create, publish, change, cancel, list.

mod answer;
mod asked;
mod change;
mod changes;
mod consequences;
mod console;
mod create;
mod daily;
mod duplicate;
mod groups;
mod history;
mod hub;
mod import;
mod line;
mod merge;
mod messages;
mod needs;
mod organisations;
mod people;
mod programmes;
mod roster;
mod roster_csv;
mod row;
mod sign_in;
mod substitute;
mod trail;

use std::convert::Infallible;
use std::sync::Arc;

use app::access::SignedIn;
use app::{App, access, edge};
use axum::Router;
use axum::http::HeaderValue;
use axum::routing::{MethodRouter, any, get, patch, post};
use web::Problem;

pub use daily::daily;

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/api/v1/events", shared(post(create::create), "GET, HEAD, POST"))
        .route("/api/v1/events/{id}", shared(patch(change::patch), "GET, HEAD, PATCH"))
        .route("/api/v1/events/{id}/publish", post(change::publish))
        .route("/api/v1/events/{id}/cancel", post(change::cancel))
        .route("/api/v1/events/{id}/duplicate", post(duplicate::duplicate))
        .route("/api/v1/events/{id}/groups", post(groups::create))
        .route("/api/v1/events/{id}/messages", post(messages::send))
        .route("/api/v1/events/{id}/registrations", shared(get(roster::read), "GET, HEAD, POST"))
        .route("/api/v1/events/{id}/registrations/{reference}", get(history::registration))
        .route("/api/v1/events/{id}/registrations/{reference}/history", get(history::read))
        .route("/api/v1/events/{id}/registrations/{reference}/cancel", post(line::cancel))
        .route("/api/v1/events/{id}/registrations/{reference}/admit", post(line::admit))
        .route("/api/v1/events/{id}/registrations/{reference}/reject", post(line::reject))
        .route("/api/v1/events/{id}/registrations/{reference}/prioritise", post(line::prioritise))
        .route("/api/v1/events/{id}/registrations/{reference}/substitute", post(substitute::substitute))
        .route("/api/v1/events/{id}/registrations/{reference}/access", post(needs::answer))
        .route("/api/v1/events/{id}/access", get(needs::read))
        .route("/api/v1/hub", get(hub::read).patch(hub::patch))
        .route("/api/v1/people/find", post(people::find))
        .route("/api/v1/people/{person}/export", get(people::export))
        .route("/api/v1/people/{person}/address", post(merge::address))
        .route("/api/v1/people/{person}/erase", post(people::erase))
        .route("/api/v1/people/{person}/merge", post(merge::merge))
        .route("/api/v1/people/{person}/unmerge", post(merge::unmerge))
        .route("/api/v1/programmes", get(programmes::read).put(programmes::put))
        .route("/api/v1/organisations", get(organisations::read).put(organisations::put))
        .route("/api/v1/organisations/match", post(organisations::match_one))
        .route("/api/v1/organisations/unmatched", get(organisations::unmatched))
        .route("/api/v1/audit", get(trail::read))
        .route("/organise/sign-in", get(sign_in::begin))
        .route("/organise/callback", get(sign_in::finish))
        .route("/organise/sign-out", post(sign_in::end))
        .route("/organise/signed-out", get(sign_in::ended));
    let routes = routes.merge(console::routes());
    let routes = routes.route("/api/v1/events/{id}/{*part}", any(nothing_here));
    edge(Arc::clone(&app), routes.with_state(app))
}

/// A path of which another function answers some methods: whoever asks with a wrong one is told all of them.
fn shared(methods: MethodRouter<Arc<App>, Infallible>, allowed: &'static str) -> MethodRouter<Arc<App>, Infallible> {
    methods.fallback(move || async move { Problem::method_not_allowed(Some(HeaderValue::from_static(allowed))) })
}

/// What no route answers under an event: a stranger is told to sign in, and not what there is.
async fn nothing_here(_: SignedIn) -> Problem {
    Problem::not_found()
}

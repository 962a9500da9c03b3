//! Certificates: issued once attendance suffices, downloaded by their holders, checked by anyone, signed so that they
//! can be checked without this hub; and the evaluation that some of them ask for.

mod check;
mod concerned;
mod credential;
mod desk;
mod download;
mod evaluation;
mod grant;
mod issue;
mod keeping;
mod mine;
mod organise;
mod paper;
mod program;

use std::sync::Arc;

use app::{App, Failure, edge};
use axum::Router;
use axum::routing::{get, post};
use futures::FutureExt as _;
use serde_json::Value;

/// The function's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/certificates", get(check::ask))
        .route("/certificates/{number}", get(check::show).post(check::compare))
        .route("/bookings/{token}/certificate.pdf", get(download::download))
        .route("/bookings/{token}/evaluation", get(evaluation::show).post(evaluation::submit))
        .route("/bookings/{token}/certificates", get(mine::show))
        .route("/bookings/{token}/certificates/statement.pdf", get(mine::statement))
        .route("/.well-known/did.json", get(program::did))
        .route("/api/v1/certificates/{number}", get(program::certificate))
        .route("/api/v1/certificates/{number}/credential", get(program::credential))
        .route("/api/v1/status/{list}", get(program::status))
        .route("/api/v1/events/{id}/evaluation", get(evaluation::figures))
        .route("/api/v1/events/{id}/certificates", get(organise::list))
        .route("/api/v1/events/{id}/certificates.zip", get(organise::zip))
        .route("/api/v1/events/{id}/certificates/{reference}/revoke", post(organise::revoke))
        .route("/api/v1/events/{id}/certificates/{reference}/reissue", post(organise::reissue))
        .route("/api/v1/events/{id}/certificates/{reference}/withhold", post(organise::withhold))
        .route("/api/v1/events/{id}/certificates/{reference}/release", post(organise::release))
        .merge(desk::routes())
        .with_state(Arc::clone(&app));
    edge(app, routes)
}

/// `certificate-issue`: issues what is due, and hands the mails over.
pub async fn issue(app: &App, payload: Value) -> Result<Value, Failure> {
    // Boxed: the types of what it awaits nest deeper than the compiler looks.
    issue::issue(app, payload).boxed().await
}

//! The front door: what API Gateway is on AWS, with the local hub's own controls beside it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use web::Problem;

use crate::controls;
use crate::functions::Functions;
use crate::issuer::Issuer;
use crate::limits::Limits;
use crate::routes::Routes;
use crate::timekeeper::Timekeeper;
use crate::wire::Ground;

/// The function whose POSTs are limited by network.
const LIMITED: &str = "register";

/// What answers requests.
pub struct Front {
    pub(crate) routes: Routes,
    pub(crate) functions: Arc<Functions>,
    pub(crate) limits: Limits,
    pub(crate) issuer: Issuer,
    pub(crate) ground: Arc<Ground>,
    pub(crate) timekeeper: Arc<Timekeeper>,
}

/// Every route: the controls, and behind all other paths the functions.
pub fn router(front: Arc<Front>) -> Router {
    controls::routes().fallback(forward).with_state(front)
}

async fn forward(
    State(front): State<Arc<Front>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    let Some(function) = front.routes.find(request.method().as_str(), request.uri().path()) else {
        return Problem::not_found().into_response();
    };
    if function == LIMITED
        && *request.method() == Method::POST
        && let Err(seconds) = front.limits.admit(peer.ip(), front.timekeeper.clock.now())
    {
        return Problem::slow_down(seconds).into_response();
    }
    // As API Gateway does: whoever calls cannot say where from. An address is always a valid header.
    if let Ok(network) = HeaderValue::from_str(&peer.ip().to_string()) {
        request.headers_mut().insert("x-forwarded-for", network);
    }
    front.functions.request(function, request).await
}

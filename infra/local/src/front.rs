//! The front door: what API Gateway is on AWS, with the local hub's own controls beside it.

use std::net::SocketAddr;
use std::sync::Arc;

use app::Limits;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderValue;
use axum::response::{IntoResponse as _, Response};
use web::Problem;

use crate::controls;
use crate::functions::Functions;
use crate::issuer::Issuer;
use crate::routes::Routes;
use crate::timekeeper::Timekeeper;
use crate::wire::Ground;

/// The longest body that API Gateway passes on, in bytes.
const PAYLOAD_MAX: usize = 10 * 1_024 * 1_024;

/// What answers requests.
pub struct Front {
    pub(crate) routes: Routes,
    pub(crate) functions: Arc<Functions>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) provider: Router,
    pub(crate) ground: Arc<Ground>,
    pub(crate) timekeeper: Arc<Timekeeper>,
}

/// Every route: the controls, and behind all other paths the functions.
pub fn router(front: Arc<Front>) -> Router {
    let provider = front.provider.clone();
    controls::routes().fallback(forward).with_state(front).merge(provider)
}

async fn forward(
    State(front): State<Arc<Front>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    let Some(function) = front.routes.find(request.method().as_str(), request.uri().path()) else {
        return Problem::not_found().into_response();
    };
    // As API Gateway does: whoever calls cannot say where from. An address is always a valid header.
    if let Ok(network) = HeaderValue::from_str(&peer.ip().to_string()) {
        request.headers_mut().insert("x-forwarded-for", network);
    }
    match whole(request).await {
        Ok(request) => front.functions.request(function, request).await,
        Err(problem) => problem.into_response(),
    }
}

/// The request with all of its body, as a function gets it: nothing is left on the wire for the next one to trip over.
async fn whole(request: Request) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = web::body::bytes(body, PAYLOAD_MAX).await?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::extract::connect_info::MockConnectInfo;
    use axum::http::{HeaderMap, Method, StatusCode};
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::functions::Handler;
    use crate::testing::Bench;

    /// The template's routes over one function with these.
    fn front(bench: &Bench, name: &str, routes: Router, timeout: Duration) -> Router {
        let functions = bench.deploy(name, Handler::Http(routes), timeout);
        let front = Front {
            routes: Routes::new(&bench.template.functions),
            functions: Arc::clone(&functions),
            limits: Arc::default(),
            issuer: Arc::new(Issuer::open(&bench.folder, false).expect("made")),
            provider: Router::new(),
            ground: Arc::clone(&bench.ground),
            timekeeper: Arc::new(bench.timekeeper(functions, Vec::new())),
        };
        router(Arc::new(front)).layer(MockConnectInfo(SocketAddr::from(([127, 0, 0, 7], 1))))
    }

    async fn answer(front: &Router, method: Method, path: &str, body: &'static str) -> (StatusCode, String) {
        let request = Request::builder().method(method).uri(path).header("x-forwarded-for", "192.0.2.1");
        let request = request.body(Body::from(body)).expect("a request");
        let response = front.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    #[tokio::test]
    async fn a_function_hears_from_which_network_it_is_called() {
        let bench = Bench::at("2026-11-02T09:00:00Z");
        let network = |headers: HeaderMap| async move { format!("{:?}", headers.get_all("x-forwarded-for")) };
        let routes = Router::new().route("/events", get(network));
        let front = front(&bench, "catalogue", routes, Duration::from_secs(5));
        let (status, text) = answer(&front, Method::GET, "/events", "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("127.0.0.7") && !text.contains("192.0.2.1"), "{text}");
        assert_eq!(bench.ground.usage.all()["catalogue"].invocations, 1);
    }

    async fn crash() -> &'static str {
        panic!("a defect")
    }

    #[tokio::test]
    async fn a_function_that_crashes_or_dawdles_is_answered_for() {
        let bench = Bench::at("2026-11-02T09:00:00Z");
        let routes = Router::new().route("/events", get(crash)).route("/health", get(std::future::pending::<()>));
        let front = front(&bench, "catalogue", routes, Duration::from_millis(1));
        let crashed = answer(&front, Method::GET, "/events", "").await;
        assert_eq!(crashed, (StatusCode::INTERNAL_SERVER_ERROR, r#"{"message":"Internal Server Error"}"#.into()));
        let dawdled = answer(&front, Method::GET, "/health", "").await;
        assert_eq!(dawdled, (StatusCode::SERVICE_UNAVAILABLE, r#"{"message":"Service Unavailable"}"#.into()));
    }

    #[tokio::test]
    async fn controls_say_what_they_cannot_use() {
        let bench = Bench::at("2026-11-02T09:00:00Z");
        let front = front(&bench, "catalogue", Router::new(), Duration::from_secs(5));
        for (method, path, body, status, pointer) in [
            (Method::PUT, "/_local/clock", "{", 400, ""),
            (Method::PUT, "/_local/clock", r#"{"now":"noon"}"#, 422, "/now"),
            (Method::POST, "/_local/clock/advance", r#"{"by":"-PT1H"}"#, 422, "/by"),
            (Method::POST, "/_local/clock/advance", r#"{"by":"P99999Y"}"#, 422, "/by"),
            (Method::PUT, "/_local/faults", r#"{"store":{"throttle":2}}"#, 422, "/store"),
            (Method::PUT, "/_local/faults", r#"{"post":"down"}"#, 422, ""),
            (Method::POST, "/_local/token", r#"{"role":"owner"}"#, 422, ""),
            (Method::GET, "/_local/inbox/none.eml", "", 404, ""),
        ] {
            let (answered, text) = answer(&front, method, path, body).await;
            assert_eq!(answered.as_u16(), status, "{path} {text}");
            assert!(text.contains(&format!(r#""pointer":"{pointer}""#)) || pointer.is_empty(), "{path} {text}");
        }
        assert_eq!(bench.ground.clock.now().to_string(), "2026-11-02T09:00:00Z", "nothing moved");
    }
}

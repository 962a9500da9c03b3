//! The dev issuer as an `OpenID` provider: discovery, keys, a page with somebody of each role to sign in as, and a token
//! endpoint that asks for the proof of RFC 7636 (S256) and gives each code out once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use web::Problem;
use web::assets::STYLESHEET;
use web::forms::FormData;
use web::page::see_other;

use super::{CLIENT_ID, ISSUER, Issuer, Role, SignIn};
use crate::clock::HubClock;

/// Where it is on this machine.
pub const PATH: &str = "/_local/oidc";

/// Who can be signed in as.
const PEOPLE: [(&str, Role, &str); 4] = [
    ("admin@hub.example", Role::Admin, "Admin: everything"),
    (
        "programme@hub.example",
        Role::Programme,
        "Programme: events of Open Doors and Mental Health First Aid in Schools",
    ),
    ("desk@hub.example", Role::Desk, "Desk: rosters and attendance"),
    ("reader@hub.example", Role::Reader, "Reader: reports"),
];
/// Whose events the programme organiser sees.
const PROGRAMMES: [&str; 2] = ["open-doors", "mhfa-schools"];

/// The provider of one hub.
pub struct Provider {
    issuer: Arc<Issuer>,
    clock: Arc<HubClock>,
    base: String,
    grants: Mutex<BTreeMap<String, Grant>>,
}

/// What a code stands for.
struct Grant {
    sign_in: SignIn,
    nonce: String,
    challenge: String,
}

/// What the console asks for (`OpenID` Connect Core, section 3.1.2.1).
#[derive(Deserialize)]
struct Request {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
}

#[derive(Template)]
#[template(path = "authorise.html")]
struct AuthorisePage<'a> {
    people: &'a [(&'a str, Role, &'a str)],
    request: &'a Request,
    stylesheet: &'static str,
}

type Providing = State<Arc<Provider>>;

impl Provider {
    /// The provider of the hub at this address.
    pub fn new(issuer: Arc<Issuer>, clock: Arc<HubClock>, base: &str) -> Arc<Self> {
        Arc::new(Self { issuer, clock, base: base.to_owned(), grants: Mutex::default() })
    }

    /// Its routes.
    pub fn routes(self: &Arc<Self>) -> Router {
        Router::new()
            .route(&format!("{PATH}/.well-known/openid-configuration"), get(discovery))
            .route(&format!("{PATH}/jwks"), get(keys))
            .route(&format!("{PATH}/authorise"), get(ask).post(authorise))
            .route(&format!("{PATH}/token"), post(token))
            .route(&format!("{PATH}/rotate"), post(rotate))
            .with_state(Arc::clone(self))
    }

    fn check(&self, request: &Request) -> Result<(), Problem> {
        let is_known = request.client_id == CLIENT_ID
            && request.redirect_uri == format!("{}/organise/callback", self.base)
            && request.response_type == "code"
            && request.code_challenge_method == "S256";
        if is_known { Ok(()) } else { Err(Problem::malformed("This is not a request of the console.")) }
    }

    fn grant(&self, grant: Grant) -> String {
        let mut bytes = [0; 32];
        #[expect(clippy::disallowed_methods, reason = "a code for this machine alone")]
        // Without entropy there is no code that nobody guesses.
        getrandom::fill(&mut bytes).expect("the operating system has entropy");
        let code = URL_SAFE_NO_PAD.encode(bytes);
        // Nothing panics while the lock is held.
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).insert(code.clone(), grant);
        code
    }
}

async fn discovery(State(provider): Providing) -> Json<Value> {
    let here = format!("{}{PATH}", provider.base);
    Json(json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{here}/authorise"),
        "token_endpoint": format!("{here}/token"),
        "jwks_uri": format!("{here}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
    }))
}

async fn keys(State(provider): Providing) -> Json<Value> {
    Json(provider.issuer.public_keys())
}

async fn rotate(State(provider): Providing) -> Result<Json<Value>, Problem> {
    provider.issuer.rotate().map_err(|_| Problem::failed("the hub's log"))?;
    Ok(Json(provider.issuer.public_keys()))
}

/// Whom to sign in as.
async fn ask(State(provider): Providing, Query(request): Query<Request>) -> Result<Html<String>, Problem> {
    provider.check(&request)?;
    // The template is checked at compile time; writing to a string cannot fail.
    Ok(Html(AuthorisePage { people: &PEOPLE, request: &request, stylesheet: STYLESHEET }.render().unwrap_or_default()))
}

/// Back to the console, with a code.
async fn authorise(
    State(provider): Providing,
    Query(request): Query<Request>,
    form: FormData,
) -> Result<Response, Problem> {
    provider.check(&request)?;
    let person = PEOPLE.iter().find(|(subject, ..)| *subject == form.one("subject"));
    let (subject, role, _) = person.ok_or_else(|| Problem::malformed("There is nobody of this name."))?;
    let programmes = matches!(role, Role::Programme).then(|| PROGRAMMES.map(str::to_owned).to_vec());
    let sign_in = SignIn { role: *role, subject: (*subject).to_owned(), programmes };
    let code = provider.grant(Grant { sign_in, nonce: request.nonce, challenge: request.code_challenge });
    let answer = serde_html_form::to_string([("code", code), ("state", request.state)]).unwrap_or_default();
    Ok(see_other(&format!("{}?{answer}", request.redirect_uri)))
}

/// Tokens for a code, to whoever proves to have asked for it.
async fn token(State(provider): Providing, form: FormData) -> Response {
    let grant = provider.grants.lock().unwrap_or_else(PoisonError::into_inner).remove(form.one("code"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form.one("code_verifier")));
    let is_asked_for = form.one("grant_type") == "authorization_code" && form.one("client_id") == CLIENT_ID;
    let Some(grant) = grant.filter(|grant| is_asked_for && grant.challenge == challenge) else {
        return Problem::malformed("invalid_grant")
            .with_body("application/json", json!({"error": "invalid_grant"}).to_string());
    };
    match provider.issuer.id_token(grant.sign_in, &grant.nonce, provider.clock.now()) {
        Ok(id_token) => Json(json!({"token_type": "Bearer", "access_token": form.one("code"), "id_token": id_token}))
            .into_response(),
        Err(_) => Problem::failed("the hub's log").into_response(),
    }
}

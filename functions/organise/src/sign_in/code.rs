//! The authorisation code flow (`OpenID` Connect Core, section 3.1) with PKCE (RFC 7636): what we ask the issuer, and
//! what we believe of its answer.

use app::issuer::{Provider, key_id};
use app::{App, Failure, Rejection};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use jiff::SignedDuration;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdToken};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse as _,
};
use serde_json::{Map, Value};
use web::sign_in::Organiser;

/// A client that knows where to ask and where to exchange a code.
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// How old an ID token may be: it is taken up at once, but clocks differ.
const AGE_MAX: SignedDuration = SignedDuration::from_mins(10);

/// A question to the issuer.
pub struct Begun {
    /// Where the browser asks it.
    pub address: String,
    /// What must come back with the answer.
    pub state: String,
    /// What must stand in the token.
    pub nonce: String,
    /// What proves that the code is ours to exchange.
    pub verifier: String,
}

/// What the issuer said.
pub enum Answered {
    /// Somebody with a role here.
    Organiser(Organiser),
    /// Somebody without any.
    Stranger,
    /// Nothing that can be believed.
    Refused,
}

/// A new question.
pub async fn begin(app: &App) -> Result<Begun, Rejection> {
    let provider = app.issuer.provider(None).await.map_err(Rejection::Busy)?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = client(app, &provider)?;
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let question = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
    let (address, state, nonce) = question.url();
    Ok(Begun {
        address: address.to_string(),
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
    })
}

/// Whom a code stands for.
pub async fn finish(app: &App, code: &str, nonce: &str, verifier: String) -> Result<Answered, Rejection> {
    let provider = app.issuer.provider(None).await.map_err(Rejection::Busy)?;
    let asking = client(app, &provider)?;
    let exchange = asking.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(failed)?;
    let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier));
    let tokens = match exchange.request_async(app.issuer.http()).await {
        Ok(tokens) => tokens,
        Err(RequestTokenError::ServerResponse(_)) => return Ok(Answered::Refused),
        Err(RequestTokenError::Request(failure)) => return Err(Rejection::Busy(failure)),
        Err(_) => return Err(Rejection::Failure(Failure::new("the issuer's tokens do not read"))),
    };
    let Some(token) = tokens.id_token() else { return Ok(Answered::Refused) };
    // Signed perhaps with a key that is newer than what we know.
    let provider = app.issuer.provider(key_id(&token.to_string()).as_deref()).await.map_err(Rejection::Busy)?;
    Ok(match check(app, &provider, token, nonce)? {
        Ok(()) => organiser(app, token).map_or(Answered::Stranger, Answered::Organiser),
        Err(error) => {
            tracing::warn!(error = %error, "an ID token does not hold");
            Answered::Refused
        }
    })
}

fn client(app: &App, provider: &Provider) -> Result<Client, Rejection> {
    let id = ClientId::new(app.config.client_id.clone());
    let secret = app.client_secret.clone().map(ClientSecret::new);
    let back = RedirectUrl::new(format!("{}/organise/callback", app.config.base_url)).map_err(failed)?;
    Ok(CoreClient::from_provider_metadata(provider.metadata.clone(), id, secret).set_redirect_uri(back))
}

/// Signature, issuer, audience and nonce by the crate's rules, times by the hub's clock.
fn check(
    app: &App,
    provider: &Provider,
    token: &CoreIdToken,
    nonce: &str,
) -> Result<Result<(), ClaimsVerificationError>, Rejection> {
    let client = client(app, provider)?;
    let now = app.clock.now();
    let time = move || DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default();
    let is_recent = move |issued: DateTime<chrono::Utc>| {
        let age = now.as_second() - issued.timestamp();
        if age <= AGE_MAX.as_secs() { Ok(()) } else { Err("the token is old".to_owned()) }
    };
    let verifier = client.id_token_verifier().set_time_fn(time).set_issue_time_verifier_fn(is_recent);
    Ok(token.claims(&verifier, &Nonce::new(nonce.to_owned())).map(|_| ()))
}

/// Whom a token names that has been checked: its claims once more, for the one that carries the role.
fn organiser(app: &App, token: &CoreIdToken) -> Option<Organiser> {
    let token = token.to_string();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Map<String, Value> = serde_json::from_slice(&claims).ok()?;
    Organiser::of_claims(&claims, app.issuer.role_claim())
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Rejection {
    Rejection::Failure(Failure::new(error))
}

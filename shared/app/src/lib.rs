//! Composition: reads the environment, the clock and entropy, so that nothing else does, and hands each function
//! exactly what it needs.

pub mod access;
mod asked;
pub mod audiences;
mod bookings;
mod certificates;
mod clock;
mod config;
mod edge;
mod failure;
mod gate;
mod handover;
mod identity;
pub mod issuer;
mod lambda;
mod limits;
mod people;
mod post;
mod recent;
mod seal;
mod secrets;
mod settings;
pub mod sign_in;
mod signing;
pub mod trail;
pub mod views;

use std::sync::Arc;

use mail::Mailer;
use recent::Recent;
use store::Store;

pub use asked::Asked;
pub use bookings::HeldBooking;
pub use certificates::certificate_file;
pub use clock::Clock;
pub use config::{Config, is_on_aws};
pub use edge::edge;
pub use failure::{Failure, Rejection};
pub use gate::sign_in_for;
pub use handover::{HandedOver, Leaver, Newcomer};
pub use identity::{Identity, Link};
pub use issuer::{Issuer, IssuerHttp};
pub use lambda::{run_events, run_http};
pub use limits::Limits;
pub use post::Notice;
pub use secrets::{InvalidSecrets, Secrets, SigningKey};
pub use sign_in::{IfSignedIn, SignIn, SignedIn};
pub use signing::{PublicKey, Signatory, Signing};

/// The real seconds within which an invocation of `register` has ended: its timeout in the template.
pub const REGISTER_TIMEOUT_SECONDS: i64 = 5;

/// What a function is made from.
pub struct Parts {
    /// The function's name in the template.
    pub function: String,
    /// The table's client.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The client of KMS, which signs where the settings name a key of it.
    pub kms: aws_sdk_kms::Client,
    /// The mail client.
    pub ses: aws_sdk_ses::Client,
    /// What time it is.
    pub clock: Clock,
    /// Keys.
    pub secrets: Secrets,
    /// Settings.
    pub config: Config,
    /// How often one network may book.
    pub limits: Arc<Limits>,
    /// The way to the organisers' issuer.
    pub issuer: IssuerHttp,
}

/// What every function has at hand.
pub struct App {
    /// The function's name in the template.
    pub function: String,
    /// The table.
    pub store: Store,
    /// Mail.
    pub mailer: Mailer,
    /// What time it is.
    pub clock: Clock,
    /// Who people are, and the links that prove it.
    pub identity: Identity,
    /// Who organisers are.
    pub issuer: Issuer,
    /// What the issuer gave the console to prove itself with, if anything.
    pub client_secret: Option<String>,
    /// What certificates are signed with.
    pub signing: Signing,
    /// Settings.
    pub config: Config,
    /// How often one network may book.
    pub limits: Arc<Limits>,
    recent: Recent,
}

impl App {
    /// Puts a function together.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { function, dynamodb, kms, ses, clock, secrets, config, limits, issuer } = parts;
        let issuer = Issuer::new(issuer, &config.issuer, &config.audience, &config.role_claim);
        Arc::new(Self {
            function,
            store: Store::new(dynamodb, config.table.clone(), Arc::new(clock::entropy)),
            mailer: Mailer::new(&ses, config.mail_from.clone()),
            identity: Identity::new(&secrets),
            signing: Signing::new(secrets.signing_keys, kms, &config.signing_key),
            client_secret: secrets.client_secret,
            issuer,
            clock,
            config,
            limits,
            recent: Recent::default(),
        })
    }

    /// A random number, for marks that tell one attempt from another.
    pub fn random(&self) -> u64 {
        clock::entropy()
    }

    /// An identifier for an organiser's action. The hub's clock may stand still; real time keeps what was done then in
    /// order.
    pub fn action_id(&self) -> String {
        format!("{:020}-{:08x}", Clock::real().as_microsecond(), self.random() >> 32)
    }

    /// The link that manages a booking.
    pub fn manage_link(&self, link: &Link) -> String {
        format!("{}/bookings/{}", self.config.base_url, self.identity.token(link))
    }
}

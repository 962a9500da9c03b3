//! Two people who are one: shown first, audited, taken back within thirty days. Nothing moves: one identifier stands for
//! the other, in reports' people, among certificates, in exports and when somebody is forgotten.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::trail::{self, Deed};
use app::{App, Rejection};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::aliases::{Alias, AliasKind, REVERSIBLE};
use domain::{EmailAddress, EventId, PersonId, Refusal};
use serde_json::{Value, json};
use web::forms::FormData;
use web::{Problem, body, page};

use crate::asked;
use crate::people::Known;

/// What a merge would make one.
pub struct Merge {
    /// Who will stand for the other.
    pub from: Known,
    /// Who stays.
    pub into: Known,
    /// Events that both have booked: there they keep two places.
    pub in_both: BTreeSet<EventId>,
}

impl Merge {
    /// Two people, unless they are one already.
    pub async fn find(app: &App, from: Known, into: PersonId) -> Result<Self, Rejection> {
        let wrong = || Problem::invalid_field("/into", "Enter somebody else whom the hub knows");
        let into = Known::find(app, from.by.clone(), into).await?.ok_or_else(wrong)?;
        if from.people.contains(&into.person) || into.is_forgotten() || from.is_forgotten() {
            return Err(wrong().into());
        }
        let events = |known: &Known| -> BTreeSet<EventId> { known.registrations.iter().map(|r| r.event).collect() };
        let in_both = events(&from).intersection(&events(&into)).copied().collect();
        Ok(Self { from, into, in_both })
    }

    /// Lets one stand for the other.
    pub async fn make(&self, app: &App, reason: String) -> Result<(), Rejection> {
        let aliases = app.store.aliases().await?;
        let (from, to) = (aliases.main(self.from.person), aliases.main(self.into.person));
        let alias = Alias { to, kind: AliasKind::Merge, at: app.clock.now() };
        app.store.add_alias(from, &alias).await?;
        let reason = Some(reason).filter(|words| !self.from.is_named_in(words) && !self.into.is_named_in(words));
        let deed = Deed::of("person.merge", format!("{from} {to}")).because(reason);
        trail::record(app, &self.from.by, deed).await
    }

    fn to_json(&self, app: &App, is_dry_run: bool) -> Value {
        let view = |known: &Known| {
            json!({"person": known.person, "name": known.name(), "email": known.email(),
                   "bookings": known.registrations.len()})
        };
        json!({"from": view(&self.from), "into": view(&self.into), "in_both": self.in_both, "dry_run": is_dry_run,
               "reversible_until": app.clock.now() + REVERSIBLE})
    }
}

/// `POST /api/v1/people/{person}/merge?dry_run=true {"into", "reason"}`
pub async fn merge(
    State(app): State<Arc<App>>,
    from: Known,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let is_dry_run = match FormData::parse(query.unwrap_or_default().as_bytes())?.one("dry_run") {
        "" | "false" => false,
        "true" => true,
        _ => return Err(Problem::invalid_field("/dry_run", "Must be true or false").into()),
    };
    let sent = body::json(&headers, request, &[]).await?;
    let (into, reason) = asked::read(sent, |fields| {
        let into = fields.parse("into", "Enter the identifier of a person", str::parse::<PersonId>);
        let reason = asked::required_reason(fields);
        Some((into?, reason?))
    })?;
    let merge = Merge::find(&app, from, into).await?;
    if !is_dry_run {
        merge.make(&app, reason).await?;
    }
    Ok(page::ok(&merge.to_json(&app, is_dry_run)))
}

/// `POST /api/v1/people/{person}/unmerge {"reason"}`: the person stands for themselves again.
pub async fn unmerge(
    State(app): State<Arc<App>>,
    known: Known,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let reason = asked::reason(body::json(&headers, request, &[]).await?)?;
    take_back(&app, &known, reason).await?;
    Ok(page::ok(&json!({"person": known.person})))
}

/// Takes a merge back, as long as it can be.
pub async fn take_back(app: &App, known: &Known, reason: String) -> Result<(), Rejection> {
    let alias = app.store.aliases().await?.find(known.person).copied().ok_or_else(Problem::not_found)?;
    if !alias.is_reversible(app.clock.now()) {
        return Err(Refusal::MergeFinal.into());
    }
    app.store.remove_alias(known.person).await?;
    let reason = Some(reason).filter(|words| !known.is_named_in(words));
    let deed = Deed::of("person.unmerge", format!("{} {}", known.person, alias.to)).because(reason);
    trail::record(app, &known.by, deed).await
}

/// `POST /api/v1/people/{person}/address {"email", "reason"}`
pub async fn address(
    State(app): State<Arc<App>>,
    known: Known,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Rejection> {
    let sent = body::json(&headers, request, &[]).await?;
    let (email, reason) = asked::read(sent, |fields| {
        let email = fields.parse("email", "Enter an email address", EmailAddress::parse);
        let reason = asked::required_reason(fields);
        Some((email?, reason?))
    })?;
    let changed = change_address(&app, &known, &email, reason).await?;
    Ok(page::ok(&json!({"person": known.person, "registrations": changed})))
}

/// Writes to somebody at another address from now on; how many bookings that concerns.
pub async fn change_address(
    app: &App,
    known: &Known,
    email: &EmailAddress,
    reason: String,
) -> Result<usize, Rejection> {
    if known.is_forgotten() {
        return Err(Problem::not_found().into());
    }
    let changed = app.change_address(known.person, email).await.map_err(Rejection::Failure)?;
    let is_named = domain::text::fold(&reason).contains(&domain::text::fold(email.as_str()));
    let reason = Some(reason).filter(|words| !known.is_named_in(words) && !is_named);
    trail::record(app, &known.by, Deed::of("person.address", known.person.to_string()).because(reason)).await?;
    Ok(changed)
}

//! The check: anybody can see whether a certificate holds, for which event, how many minutes, and the holder's initials.
//! The name is shown to whoever has the certificate: who types the name as printed, or scans its code.

use std::sync::Arc;

use app::{App, Rejection};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::certificate::Standing;
use domain::{CertificateNumber, Hub, PersonName, Refusal};
use store::Certificate;
use web::components::{Field, InputKind, Row, SummaryList, TextInput};
use web::forms::FormData;
use web::page::Page;
use web::{Problem, page};

use crate::program::{find, replaced_on};

/// Names that may be tried on one certificate within an hour.
const NAMES_PER_HOUR: u32 = 10;

#[derive(Template)]
#[template(path = "ask.html")]
struct AskPage<'a> {
    number: TextInput<'a>,
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage<'a> {
    number: String,
    state: Holds,
    facts: SummaryList<'a>,
    name: NameState<'a>,
    field: TextInput<'a>,
}

/// Whether it holds, in the page's words.
enum Holds {
    Valid,
    Replaced(String),
    Revoked,
}

/// What is said of the holder's name.
enum NameState<'a> {
    /// Only the initials.
    Hidden,
    /// The name that was typed is the one printed.
    Same(&'a str),
    /// It is not.
    Other,
    /// The code was scanned.
    Scanned(&'a str),
}

/// `GET /certificates`: the form, and where it leads.
pub(crate) async fn ask(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    if query.has("number") {
        let number = CertificateNumber::read(query.one("number")).ok_or(Refusal::CertificateNotFound)?;
        return Ok(page::see_other(&format!("/certificates/{number}")));
    }
    let field = Field::new("number", "Certificate number").hint("Ten letters and digits, like K7M2Q9XH4T");
    let number = TextInput { field, value: "", kind: InputKind::Text, autocomplete: "off" };
    let hub = app.hub().await?;
    Ok(Page::new("Check a certificate", &hub).show(&AskPage { number }))
}

/// `GET /certificates/{number}`, with the secret of the code as `s`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    number: Option<Path<String>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let found = find(&app, &number.map(|Path(text)| text).unwrap_or_default()).await?;
    let is_scanned = app.identity.is_certificate_secret(found.number, query.one("s"));
    let name = match &found.facts.holder {
        Some(holder) if is_scanned => NameState::Scanned(holder.name.as_str()),
        _ => NameState::Hidden,
    };
    Ok(answer(&app.hub().await?, &found, name, ""))
}

/// `POST /certificates/{number}` with a name: whether it is the one printed.
pub(crate) async fn compare(
    State(app): State<Arc<App>>,
    number: Option<Path<String>>,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Rejection> {
    // Before anything is looked up, so that nobody learns which numbers there are by trying them.
    app.admit(&headers)?;
    let found = find(&app, &number.map(|Path(text)| text).unwrap_or_default()).await?;
    let bucket = format!("name-check-{}", found.number);
    if app.store.count_in_hour(&bucket, app.clock.now()).await? > NAMES_PER_HOUR {
        return Err(Problem::slow_down(3_600).into());
    }
    let typed = form.one("name");
    let holder = found.facts.holder.as_ref().map(|holder| &holder.name);
    let is_same = match (PersonName::parse(typed), holder) {
        (Ok(typed), Some(holder)) => app.identity.is_same_name(&typed, holder),
        _ => false,
    };
    let name = match holder {
        Some(holder) if is_same => NameState::Same(holder.as_str()),
        _ => NameState::Other,
    };
    Ok(answer(&app.hub().await?, &found, name, typed))
}

fn answer(hub: &Hub, found: &Certificate, name: NameState<'_>, typed: &str) -> Response {
    let facts = &found.facts;
    let words = |date: jiff::civil::Date| date.strftime("%-d %B %Y").to_string();
    let field = Field::new("name", "Full name, as printed on the certificate");
    let mut rows = vec![
        Row::new("Event", facts.title.as_str()),
        Row::new("Date", words(facts.held_on())),
        Row::new("Minutes credited", facts.credited().to_string()),
        Row::new("Issued by", facts.issuer.as_str()),
        Row::new("Issued on", words(facts.issued_on())),
    ];
    match name {
        NameState::Same(full) | NameState::Scanned(full) => rows.push(Row::new("Holder", full)),
        // Nothing is left of a holder who was erased.
        NameState::Hidden | NameState::Other => rows.push(Row::new("Holder’s initials", facts.initials())),
    }
    let content = CheckPage {
        number: found.number.to_string(),
        state: match &found.standing {
            Standing::Valid => Holds::Valid,
            Standing::Replaced { .. } => Holds::Replaced(replaced_on(found).map(words).unwrap_or_default()),
            Standing::Revoked { .. } => Holds::Revoked,
        },
        facts: SummaryList { rows },
        name,
        field: TextInput { field, value: typed, kind: InputKind::Text, autocomplete: "off" },
    };
    Page::new("Certificate check", hub).show(&content)
}

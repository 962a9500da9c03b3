//! Which organisation a form means: what was typed is looked for in the hub's list, and where several could be meant the
//! form comes back with them to choose from. "Not listed" books as typed, and becomes a task for an organiser.

use app::{App, Failure};
use domain::{ListedOrganisation, Organisation, Organisations};
use serde_json::{Value, json};
use web::forms::FormData;

/// The field that says which of the organisations found is meant.
pub const CHOICE: &str = "organisation.choice";
/// The value that says none of them is.
pub const NOT_LISTED: &str = "not-listed";
/// The most organisations to choose from.
const FOUND_MAX: usize = 8;

/// What was typed, against the list.
pub enum Found {
    /// One is meant, or none: the form as it is to be booked.
    Settled(Value),
    /// Any of these may be meant: identifier and words.
    Several(Vec<(String, String)>),
}

/// Looks for the organisation of a form that is right in all else.
pub async fn find(app: &App, typed: &FormData, form: Value) -> Result<Found, Failure> {
    let given = &form["organisation"];
    let text = |name: &str| given[name].as_str().map(str::to_owned);
    let given = Organisation { ods_code: text("ods_code"), name: text("name") };
    let (None, Some(name)) = (&given.ods_code, &given.name) else { return Ok(Found::Settled(form)) };
    let choice = typed.one(CHOICE);
    if choice == NOT_LISTED {
        return Ok(Found::Settled(form));
    }
    let listed = app.store.listed_organisations().await?;
    if let Some(meant) = meant(&listed, &given, choice) {
        return Ok(Found::Settled(with(form, meant)));
    }
    let found = listed.search(name, FOUND_MAX);
    if found.is_empty() {
        return Ok(Found::Settled(form));
    }
    Ok(Found::Several(found.into_iter().map(choose).collect()))
}

fn meant<'a>(listed: &'a Organisations, given: &Organisation, choice: &str) -> Option<&'a ListedOrganisation> {
    if choice.is_empty() { listed.resolve(given) } else { listed.get(choice) }
}

fn with(mut form: Value, meant: &ListedOrganisation) -> Value {
    form["organisation"] = match &meant.code {
        Some(code) => json!({"ods_code": code, "name": meant.name}),
        None => json!({"name": meant.name}),
    };
    form
}

fn choose(organisation: &ListedOrganisation) -> (String, String) {
    let words = [Some(&organisation.name), organisation.borough.as_ref(), organisation.code.as_ref()];
    (organisation.id(), words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", "))
}

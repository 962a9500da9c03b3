//! The hub's settings: what it is called, who is written to, the booking policy, how long things are kept.

use domain::Hub;
use std::sync::Arc;

use app::{App, Rejection};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use web::components::{Content, ErrorSummary, Fieldset, Size};
use web::forms::FormData;
use web::page::{Mistake, see_other};
use web::sign_in::Organiser;

use super::form::{Asking, FormPage, Part, Section};
use super::hub_form::{self, rate_lines};
use super::mistakes;
use crate::access::Admin;
use crate::hub;

const HERE: &str = "/organise/hub";

/// `GET /organise/hub`
pub async fn show(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
    let (stored, _) = hub::stored(&app).await?;
    let done = (query.one("done") == "saved").then_some("The settings are saved. They hold from now on.");
    Ok(form(&stored, &organiser, &hub_form::typed_of(&stored), &[], done))
}

/// `POST /organise/hub`
pub async fn change(
    State(app): State<Arc<App>>,
    Admin(organiser): Admin,
    typed: FormData,
) -> Result<Response, Rejection> {
    match hub::change(&app, &organiser, &hub_form::to_json(&typed)).await {
        Ok(_) => Ok(see_other(&format!("{HERE}?done=saved"))),
        Err(rejection) => {
            let wrong: Vec<Mistake> = mistakes(rejection)?.into_iter().map(hub_form::placed).collect();
            Ok(form(&app.hub().await?, &organiser, &typed, &wrong, None))
        }
    }
}

fn form(hub: &Hub, organiser: &Organiser, typed: &FormData, wrong: &[Mistake], done: Option<&'static str>) -> Response {
    let ask = Asking { typed, wrong };
    let names = rate_lines(typed);
    let content = FormPage {
        done,
        summary: ErrorSummary { mistakes: wrong },
        to: "?",
        heading: "Settings",
        intro: "",
        sections: vec![
            Section::new("Who you are", who(&ask)),
            Section::new("Who hears what", told(&ask)),
            Section::new("Cancelling", cancelling(&ask)),
            Section::new("What a late cancellation or an absence costs", charges(&ask, &names))
                .hint("The shortest events first. Leave all of it empty if nothing is charged."),
            Section::new("How long things are kept", kept(&ask)).hint("Counted from the end of the event."),
            Section::new("Certificates and reports", shown(&ask)),
        ],
        button: "Save",
    };
    content.show(&web::console::page("Settings", hub, organiser, HERE))
}

fn who<'a>(ask: &Asking<'a>) -> Vec<Part<'a>> {
    vec![
        ask.line("name", "Name of the hub", "On pages, in mails and on certificates"),
        ask.line_if_any("from_name", "Name that mails are from", "The hub’s name if you leave it empty"),
        ask.email_if_any("reply_to", "Email address that answers go to", "The sender’s if you leave it empty"),
        ask.code_if_any("colour", "Colour of the pages’ head", "# and six hexadecimal digits, like #005eb8"),
    ]
}

fn told<'a>(ask: &Asking<'a>) -> Vec<Part<'a>> {
    let hint = "Email addresses, one on each line";
    vec![
        ask.lines("report_recipients", "Who gets the monthly report", hint, 3),
        ask.lines("digest_recipients", "Who gets the daily digest besides an event’s own organisers", hint, 3),
        ask.ticks(
            "policy.told",
            "Who hears of late cancellations and absences besides the person",
            "A day later, at the address that the list has for the organisation; never of confidential programmes",
            &[
                ("practice_manager", "The practice’s manager"),
                ("line_manager", "The person’s own manager"),
                ("sponsor", "Who pays for the person’s training"),
            ],
        ),
    ]
}

fn cancelling<'a>(ask: &Asking<'a>) -> Vec<Part<'a>> {
    let units = [("calendar_day", "days"), ("working_day", "clear working days"), ("week", "weeks")];
    vec![
        ask.number("policy.notice.n", "Notice that a cancellation needs", "Of events that set none of their own"),
        ask.radios("policy.notice.unit", "Counted in", "", &units),
        ask.number(
            "policy.self_cancel_until_days",
            "Days before the start until which people cancel by themselves",
            "Until the start if you leave it empty",
        ),
        ask.number(
            "policy.charge_window_days",
            "Days before the start from which a cancellation costs",
            "The notice if you leave it empty",
        ),
        ask.radios(
            "policy.substitution",
            "When a colleague takes over",
            "",
            &[
                ("removes_charge_if_attends", "Nothing is charged if the colleague comes"),
                ("by_consultation", "An organiser agrees to it first"),
                ("must_meet_criteria", "The colleague must be somebody the event is for"),
            ],
        ),
        ask.tick("policy.self_only", "Booking for others", "People book for themselves alone"),
        ask.tick("policy.manager_approves", "Approval", "A practice’s manager approves a booking"),
        ask.tick("policy.late_arrival_is_absence", "Coming for a part", "Counts as not coming"),
    ]
}

fn charges<'a>(ask: &Asking<'a>, names: &'a [[String; 2]]) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for [hours, pounds] in names {
        let under = ask.number(hours, "Events shorter than, in hours", "Empty for any longer one");
        let content = format!("{under}\n{}\n", ask.number(pounds, "Whole pounds", ""));
        let legend = "A price";
        parts.push(Box::new(Fieldset { legend, size: Size::Small, content: Content::html(content) }));
    }
    parts.push(ask.radios(
        "policy.liable",
        "Who is charged",
        "",
        &[
            ("organisation", "Where the person works"),
            ("person", "The person"),
            ("organisation_else_person", "Where the person works, else the person"),
        ],
    ));
    parts.push(ask.radios(
        "policy.invoice",
        "When it is asked for",
        "",
        &[
            ("quarterly", "After the quarter"),
            ("thirty_days", "Within thirty days"),
            ("credit", "Not at all: what was paid is kept as a credit"),
        ],
    ));
    parts.push(ask.ticks(
        "policy.waivers",
        "Why a charge may be waived",
        "",
        &[
            ("sickness", "Sickness"),
            ("bereavement", "Bereavement"),
            ("other", "Anything else that an organiser accepts"),
        ],
    ));
    parts
}

fn kept<'a>(ask: &Asking<'a>) -> Vec<Part<'a>> {
    vec![
        ask.number("retention.access_needs_days", "Days for access needs", "14 if you leave it empty"),
        ask.number(
            "retention.bookings_months",
            "Months for bookings",
            "Then they are reduced to role, organisation and how it went. 84 if you leave it empty.",
        ),
    ]
}

fn shown<'a>(ask: &Asking<'a>) -> Vec<Part<'a>> {
    vec![
        ask.tick("walk_in_certificates", "Certificates", "People who came without booking get them too"),
        ask.tick("public_exact_totals", "Public reports", "Totals are shown as they are, not rounded"),
    ]
}

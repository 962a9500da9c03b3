//! The fields of an event's form.

use domain::{Programmes, Role};
use web::components::Width;
use web::sign_in::Organiser;

use super::form::{Asking, Part};
use super::rows::Rows;

/// What it is.
pub fn about<'a>(ask: &Asking<'a>, organiser: &Organiser, programmes: &'a Programmes) -> Vec<Part<'a>> {
    let seen = programmes.iter().filter(|programme| organiser.sees(programme.id));
    let programmes: Vec<(&str, &str)> = seen.map(|one| (one.id.slug(), one.name.as_str())).collect();
    vec![
        ask.line("title", "Title", ""),
        ask.select("programme", "Programme", "Select a programme", &programmes),
        ask.lines("summary", "Summary", "One paragraph, for lists", 3),
        ask.lines("description", "Description", "You can use Markdown", 8),
        ask.radios("format", "Where", "", &[("online", "Online"), ("in-person", "In person"), ("hybrid", "Both")]),
        ask.lines("venue", "Venue", "Address and how to get there", 3),
        ask.line_if_any("joining_url", "Joining link, seen only by those who have a place", ""),
    ]
}

/// One session.
pub fn session<'a>(ask: &Asking<'a>, row: usize) -> Vec<Part<'a>> {
    let part = |name, label, width| ask.short(Rows::Sessions.field(row, name), label, "", width, row == 0);
    vec![
        part("date", "Date", Width::Characters10),
        part("starts", "Starts", Width::Characters4),
        part("ends", "Ends", Width::Characters4),
    ]
}

/// How many may come, and who is next.
pub fn places<'a>(ask: &Asking<'a>) -> Vec<Part<'a>> {
    let kinds = [
        ("offer", "Offer the place to the next person, who has some working hours to accept"),
        ("at-once", "Give the place to the next person at once"),
        ("none", "There is no line"),
    ];
    vec![
        ask.number("capacity", "Places", "Leave empty if there is no limit"),
        ask.number("minimum", "Fewest people it goes ahead with", "You are told when there are fewer"),
        ask.number(
            "organisation_limit",
            "Most people from one organisation",
            "The form then asks for the organisation",
        ),
        ask.radios("waiting_list", "When a place becomes free", "", &kinds),
        ask.number(
            "waiting_list.offer_hours",
            "Working hours to accept an offer",
            "Monday to Friday, 8am to 8pm; 12 if you leave it empty",
        ),
        ask.number("waiting_list.limit", "Most people who may wait", "Leave empty if there is no limit"),
    ]
}

/// One lane.
pub fn lane<'a>(ask: &Asking<'a>, row: usize) -> Vec<Part<'a>> {
    let field = |part| Rows::Lanes.field(row, part);
    let roles: Vec<(&str, &str)> = Role::ALL.iter().map(|role| (role.slug(), role.label())).collect();
    vec![
        ask.short(field("name"), "Name of the lane", "For rosters, like nurses", Width::Characters20, true),
        ask.ticks(field("roles"), "Roles", "", &roles),
        ask.short(field("places"), "Places", "", Width::Characters4, true),
        ask.number(
            field("release_days"),
            "Days before the event when unused places go to everyone",
            "Never if you leave it empty",
        ),
    ]
}

/// One question.
pub fn question<'a>(ask: &Asking<'a>, row: usize) -> Vec<Part<'a>> {
    let field = |part| Rows::Questions.field(row, part);
    let kinds = [
        ("text", "Words"),
        ("yes_no", "Yes or no"),
        ("choice", "One of several options"),
        ("choices", "Any of several options"),
    ];
    vec![
        ask.hidden(field("id")),
        ask.line(field("label"), "The question", ""),
        ask.select(field("type"), "Answer", "Select a kind of answer", &kinds),
        ask.lines(field("options"), "Options", "Where there are several: one on each line", 3),
        ask.tick(field("required"), "Must it be answered?", "Yes, nobody can book without"),
    ]
}

/// When people book, and what holds then; whether the booking policy has managers approve.
pub fn rules<'a>(ask: &Asking<'a>, manager_approves: bool) -> Vec<Part<'a>> {
    let policy =
        if manager_approves { "The booking policy has a practice’s manager agree to each booking" } else { "" };
    let date = |name, label| ask.short(name, label, "For example, 1/12/2026", Width::Characters10, false);
    let time = |name, label| ask.short(name, label, "For example, 09:30", Width::Characters4, false);
    vec![
        date("registration.opens".to_owned(), "Booking opens on"),
        time("registration.opens.time".to_owned(), "Booking opens at"),
        date("registration.closes".to_owned(), "Booking closes on"),
        time("registration.closes.time".to_owned(), "Booking closes at"),
        ask.ticks("approval", "Approval", policy, &[("yes", "Every booking waits until an organiser approves it")]),
        ask.number(
            "cancellation.notice_days",
            "Days of notice for cancelling",
            "Whoever cancels later is counted as late",
        ),
        ask.lines("organisers", "Who hears about this event", "Email addresses, one on each line", 2),
    ]
}

/// What a certificate takes and says.
pub fn certificate<'a>(ask: &Asking<'a>) -> Vec<Part<'a>> {
    vec![
        ask.number("cpd_minutes", "CPD minutes", "As on the certificate"),
        ask.number(
            "certificate.minimum_minutes",
            "Minutes that a certificate takes",
            "80% of the sessions if you leave it empty",
        ),
        ask.tick("certificate.every_session", "Sessions", "A certificate takes all of them, whatever the minutes"),
        ask.tick("certificate.needs_evaluation", "Evaluation", "A certificate takes the evaluation too"),
        ask.tick("evaluation.follow_up", "Three months later", "Those who came are asked by mail what has come of it"),
        ask.lines(
            "certificate.objectives",
            "What people learn",
            "On the certificate: at most six lines of 160 characters",
            4,
        ),
    ]
}

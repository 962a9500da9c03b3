//! One event, in every state it can be in.

use std::sync::Arc;

use app::access::ManagedEvent;
use app::{App, Asked, Rejection};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::event::{Event, Format};
use domain::ledger::{GENERAL, Lane, LaneKey};
use domain::{Command, EventStatus, Ledger, Refusal};
use jiff::Timestamp;
use store::EventRecord;
use web::components::{ButtonKind, ButtonLink, Content, InsetText, Row, SummaryList, Tag, WarningCallout};
use web::dates;
use web::page::{self, Page};

use crate::asked::public_event;
use crate::availability::{Availability, LanePlaces, open_lanes};
use crate::json_ld::{self, Publisher};
use crate::{KEPT_SECONDS, markdown, words};

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage<'a> {
    id: String,
    /// Where the form is.
    form: String,
    event: &'a Event,
    /// The name of its programme.
    programme: String,
    /// What an organiser said when cancelling it.
    reason: Option<&'a str>,
    availability: Availability,
    /// How many wait, as a sentence.
    waiting: String,
    /// Booking closes, where that is still ahead.
    closes: Option<String>,
    sessions: Vec<String>,
    place: String,
    lanes: Vec<LaneLine>,
    /// Places for each organisation.
    limit: Option<String>,
    /// How early to cancel.
    notice: Option<String>,
    cpd: Option<String>,
    description: Option<String>,
    json_ld: String,
}

/// What a cancelled event's page says.
#[derive(Template)]
#[template(path = "cancelled.html")]
struct Cancelled<'a> {
    reason: Option<&'a str>,
}

/// A part of the places: for whom, and what is left.
struct LaneLine {
    roles: String,
    places: LanePlaces,
}

impl<'a> EventPage<'a> {
    fn of(
        publisher: &Publisher<'_>,
        programme: String,
        record: &'a EventRecord,
        ledger: &Ledger,
        now: Timestamp,
    ) -> Self {
        let event = &record.event;
        let availability = Availability::of(record, ledger, now);
        let can_book = matches!(availability, Availability::Open(_) | Availability::Line { .. });
        Self {
            id: record.id.to_string(),
            form: format!("/events/{}/register", record.id),
            event,
            programme,
            reason: record.reason.as_deref(),
            waiting: words::waiting(ledger.places().waiting),
            closes: can_book.then(|| dates::moment(event.closes())),
            lanes: if can_book { lane_lines(event, ledger) } else { Vec::new() },
            limit: event.organisation_limit.map(|limit| words::counted(limit, "place")),
            notice: event.notice_days.map(|days| words::counted(days.into(), "day")),
            availability,
            sessions: event.sessions.iter().map(dates::session).collect(),
            place: words::place(event),
            cpd: event.cpd_minutes.filter(|minutes| *minutes > 0).map(words::duration),
            description: event.description.as_deref().map(markdown::to_html),
            json_ld: json_ld::write(record, publisher),
        }
    }

    fn tag(&self) -> Tag<'static> {
        Tag { words: self.availability.to_string().into(), colour: self.availability.tone() }
    }

    /// A fixed sentence about the event's state.
    fn inset(html: &'static str) -> InsetText<'static> {
        InsetText { content: Content::html(html) }
    }

    fn cancelled(&self) -> WarningCallout<'a> {
        let content = Content::of(&Cancelled { reason: self.reason });
        WarningCallout { heading: "This event has been cancelled", level: 2, content }
    }

    fn button(&self) -> ButtonLink<'_> {
        ButtonLink { words: self.invitation(), href: &self.form, kind: ButtonKind::Primary }
    }

    fn facts(&self) -> SummaryList<'_> {
        let mut rows = vec![Row::lines("When", &self.sessions), Row::new("Where", self.place.as_str())];
        if self.mails_link() {
            rows.push(Row::new("Joining", "We email the link to everyone who has a place"));
        }
        rows.push(Row::new("Programme", self.programme.as_str()));
        rows.extend(self.cpd.as_deref().map(|cpd| Row::new("CPD", cpd)));
        if !self.lanes.is_empty() {
            let lane = |lane: &LaneLine| format!("{}: {}", lane.roles, lane.places);
            rows.push(Row::lines("Places by role", &self.lanes.iter().map(lane).collect::<Vec<_>>()));
        }
        rows.extend(self.limit.as_ref().map(|limit| Row::new("Limit", format!("{limit} for each organisation"))));
        rows.extend(self.notice.as_ref().map(|days| {
            let words =
                format!("Please cancel at least {days} before the event, so that somebody else can have your place");
            Row::new("If you cannot come", words)
        }));
        SummaryList { rows }
    }

    /// Whether those who have a place get a link to join by.
    fn mails_link(&self) -> bool {
        self.event.joining_url.is_some() && self.event.format != Format::InPerson
    }

    /// Whether there is anything left to put into a calendar.
    fn is_ahead(&self) -> bool {
        !matches!(self.availability, Availability::Cancelled | Availability::Over)
    }

    /// What the button says that leads to the form.
    fn invitation(&self) -> &'static str {
        match (&self.availability, self.event.approval) {
            (Availability::Line { .. }, _) => "Join the waiting list",
            (_, true) => "Ask for a place",
            (_, false) => "Book a place",
        }
    }
}

/// Lanes with their roles, everyone's last; nothing where that is the only one.
fn lane_lines(event: &Event, ledger: &Ledger) -> Vec<LaneLine> {
    let mut lanes: Vec<(LaneKey, &Lane)> = open_lanes(ledger).collect();
    lanes.sort_by_key(|(key, _)| *key == GENERAL);
    let line = |(key, lane)| LaneLine { roles: roles(event, key), places: LanePlaces::of(key, lane, ledger) };
    let lines: Vec<LaneLine> = lanes.into_iter().map(line).collect();
    if lines.len() > 1 { lines } else { Vec::new() }
}

fn roles(event: &Event, key: LaneKey) -> String {
    if key == GENERAL {
        return "Everyone else".to_owned();
    }
    let lane = event.lanes.iter().find(|lane| lane.key == key);
    let labels = lane.into_iter().flat_map(|lane| &lane.roles).map(|role| role.label());
    labels.collect::<Vec<_>>().join(", ")
}

/// The event. One that is cancelled stays at its address and says so.
pub async fn show(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Rejection> {
    let (record, ledger) = public_event(&app, asked.0).await?;
    let programme = app.programmes().await?.label(record.event.programme);
    let hub = app.hub().await?;
    let publisher = Publisher { hub: &hub.name, base_url: &app.config.base_url };
    let content = EventPage::of(&publisher, programme, &record, &ledger, app.clock.now());
    let title = match content.availability {
        Availability::Cancelled => format!("Cancelled: {}", record.event.title),
        _ => record.event.title.clone(),
    };
    let page = Page::new(&title, &hub).back("/events", "All events");
    Ok(page::keep(page.description(record.event.summary.as_deref()).show(&content), KEPT_SECONDS))
}

/// `GET /organise/events/{id}/preview`: the event as participants will see it once it is published, the places decided
/// as publishing will.
pub async fn preview(State(app): State<Arc<App>>, managed: ManagedEvent) -> Result<Response, Rejection> {
    let ManagedEvent { organiser, record } = managed;
    let ledger = app.store.ledger(record.id).await?.ok_or(Refusal::EventNotFound)?;
    let record = match record.status {
        EventStatus::Draft => EventRecord { status: EventStatus::Published, version: record.version + 1, ..record },
        EventStatus::Published | EventStatus::Cancelled => record,
    };
    let now = app.clock.now();
    let ledger = ledger.step(&Command::Configure(record.rules()), now)?.ledger;
    let programme = app.programmes().await?.label(record.event.programme);
    let hub = app.hub().await?;
    let publisher = Publisher { hub: &hub.name, base_url: &app.config.base_url };
    let content = EventPage::of(&publisher, programme, &record, &ledger, now);
    let title = format!("Preview: {}", record.event.title);
    let page = web::console::page(&title, &hub, &organiser, "/organise/events");
    Ok(page.back(format!("/organise/events/{}", record.id), "Back to the event").show(&content))
}

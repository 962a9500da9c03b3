//! The page of one's own booking, in every state that it can be in.

use app::{App, HeldBooking, Rejection};
use askama::Template;
use axum::response::Response;
use domain::EventStatus;
use domain::access::{Answered, Step};
use domain::consequence::Booked;
use domain::event::{Format, Session};
use domain::material::Material;
use domain::policy::{Policy, Substitution};
use jiff::{SignedDuration, Timestamp};
use web::components::{
    Button, ButtonKind, ButtonLink, Content, InsetText, Link, Row, SummaryList, Tag, TagColour, WarningCallout,
};
use web::dates;
use web::page::Page;

use crate::materials;

/// The link to join is shown from so long before a session until its end.
const JOINING_OPENS: SignedDuration = SignedDuration::from_hours(1);

/// Where the booking stands, in the page's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A place.
    Confirmed,
    /// Was there, for a time at least.
    Attended,
    /// Had a place and was not there.
    Absent,
    /// In the line, from 1.
    Waiting(u32),
    /// An organiser has to decide.
    Approval,
    /// A place is held until a deadline.
    Offered(String),
    /// An offer has lapsed for good.
    Expired,
    /// A colleague has it.
    HandedOver,
    /// Given up.
    Cancelled,
    /// The event does not take place.
    EventCancelled,
}

impl State {
    /// Where a booking stands.
    pub fn of(held: &HeldBooking) -> Self {
        if held.record.status == EventStatus::Cancelled {
            return Self::EventCancelled;
        }
        if held.is_handed_over() {
            return Self::HandedOver;
        }
        match (held.standing.status, held.standing.position, held.standing.offer_until) {
            ("confirmed", ..) => Self::Confirmed,
            ("attended", ..) => Self::Attended,
            ("absent", ..) => Self::Absent,
            ("waiting", Some(position), _) => Self::Waiting(position),
            ("approval", ..) => Self::Approval,
            ("offered", _, Some(until)) => Self::Offered(dates::moment(until)),
            ("expired", ..) => Self::Expired,
            _ => Self::Cancelled,
        }
    }

    /// Whether there is anything left to change.
    fn is_live(&self) -> bool {
        match self {
            Self::Confirmed | Self::Waiting(_) | Self::Approval | Self::Offered(_) => true,
            Self::Attended
            | Self::Absent
            | Self::Expired
            | Self::HandedOver
            | Self::Cancelled
            | Self::EventCancelled => false,
        }
    }

    fn heading(&self) -> String {
        match self {
            Self::Confirmed => "You have a place".to_owned(),
            Self::Attended => "You attended this event".to_owned(),
            Self::Absent => "You did not attend this event".to_owned(),
            Self::Waiting(position) => format!("You are number {position} on the waiting list"),
            Self::Approval => "Your booking is waiting for approval".to_owned(),
            Self::Offered(_) => "A place is being held for you".to_owned(),
            Self::Expired => "Your offer has ended".to_owned(),
            Self::HandedOver => "A colleague has taken over this booking".to_owned(),
            Self::Cancelled => "This booking is cancelled".to_owned(),
            Self::EventCancelled => "This event has been cancelled".to_owned(),
        }
    }

    fn tag(&self) -> Tag<'static> {
        let (words, colour) = match self {
            Self::Confirmed => ("Confirmed", TagColour::Green),
            Self::Attended => ("Attended", TagColour::Green),
            Self::Absent => ("Did not attend", TagColour::Grey),
            Self::Waiting(_) => ("Waiting list", TagColour::Yellow),
            Self::Approval => ("Waiting for approval", TagColour::Yellow),
            Self::Offered(_) => ("Answer needed", TagColour::Red),
            Self::Expired => ("Expired", TagColour::Grey),
            Self::HandedOver => ("Handed over", TagColour::Grey),
            Self::Cancelled | Self::EventCancelled => ("Cancelled", TagColour::Grey),
        };
        Tag { words: words.into(), colour }
    }
}

/// What one can do to join online.
pub enum Joining {
    /// There is no link.
    None,
    /// It is shown later.
    Later,
    /// Now.
    Now(String),
}

impl Joining {
    /// What one can do to join at `now`.
    pub fn of(held: &HeldBooking, state: &State, now: Timestamp) -> Self {
        let event = &held.record.event;
        let Some(link) = event.joining_url.clone().filter(|_| *state == State::Confirmed) else { return Self::None };
        if event.format == Format::InPerson || event.ends() <= now {
            return Self::None;
        }
        let is_open = |session: &Session| session.starts - JOINING_OPENS <= now && now < session.ends;
        if event.sessions.iter().any(is_open) { Self::Now(link) } else { Self::Later }
    }
}

#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage<'a> {
    held: &'a HeldBooking,
    token: &'a str,
    reference: String,
    /// Where one books again.
    form: String,
    event_page: String,
    /// Where details are corrected.
    details: String,
    sessions: Vec<String>,
    state: State,
    joining: Joining,
    is_over: bool,
    can_book: bool,
    materials: Vec<Link<'static>>,
    /// What follows from cancelling now, in words; nothing but that the place goes on, where it is empty.
    follows: Vec<String>,
    /// Whether one cancels by oneself.
    by_self: bool,
    /// Whether one hands over by oneself.
    hands_over: bool,
}

impl BookingPage<'_> {
    fn facts(&self) -> SummaryList<'_> {
        let event = &self.held.record.event;
        let link = EventLink { href: &self.event_page, title: &event.title };
        let mut rows = vec![Row::new("Event", Content::of(&link)), Row::lines("When", &self.sessions)];
        let place = event.venue.as_deref().filter(|_| event.format != Format::Online);
        rows.extend(place.map(|venue| Row::new("Where", venue)));
        rows.extend((event.format == Format::Online).then(|| Row::new("Where", "Online")));
        let name = Row::new("Name", self.held.registration.form.name.as_str());
        rows.push(if self.can_change() {
            name.action(&self.details, "Change", "your name or other details")
        } else {
            name
        });
        rows.extend(self.access());
        rows.push(Row::new("Reference", self.reference.as_str()));
        SummaryList { rows }
    }

    /// What the person needs, and what an organiser answered.
    fn access(&self) -> Vec<Row<'_>> {
        let registration = &self.held.registration;
        let Some(needs) = &registration.form.access_needs else { return Vec::new() };
        let answer = match &registration.access.answered {
            Some(Answered { step: Step::Agreed, reply, .. }) => Row::new("Agreed", lines(reply)),
            Some(Answered { step: Step::Arranged, reply, .. }) => Row::new("Arranged for you", lines(reply)),
            None if self.can_change() => Row::new("Our answer", "We read this and write to you."),
            None => return vec![Row::new("Access needs", lines(needs))],
        };
        vec![Row::new("Access needs", lines(needs)), answer]
    }

    /// Whether somebody is checked in at a door.
    fn has_door(&self) -> bool {
        self.state == State::Confirmed && self.held.record.event.format != Format::Online
    }

    fn can_change(&self) -> bool {
        self.state.is_live() && !self.is_over
    }

    fn offer(until: &str) -> WarningCallout<'static> {
        let html = format!(
            "<p>We hold the place until <strong>{until}</strong>. If we have not heard from you by then, it goes to the \
             next person.</p>"
        );
        WarningCallout { heading: "Please answer", level: 2, content: Content::html(html) }
    }

    fn follows(&self) -> Option<InsetText<'static>> {
        if self.follows.is_empty() {
            return None;
        }
        let lines = Paragraphs { lines: &self.follows };
        Some(InsetText { content: Content::of(&lines) })
    }

    fn book_again(&self) -> ButtonLink<'_> {
        ButtonLink { words: "Book again", href: &self.form, kind: ButtonKind::Secondary }
    }

    fn button(words: &'static str, kind: ButtonKind) -> Button<'static> {
        Button { words, kind }
    }
}

/// Words as they were typed, line by line.
fn lines(words: &str) -> Content<'static> {
    Content::of(&Lines { words })
}

#[derive(Template)]
#[template(source = "{{ words|linebreaksbr }}", ext = "html")]
struct Lines<'a> {
    words: &'a str,
}

/// An event's title, leading to its page.
#[derive(Template)]
#[template(source = "<a href=\"{{ href }}\">{{ title }}</a>", ext = "html")]
struct EventLink<'a> {
    href: &'a str,
    title: &'a str,
}

/// Paragraphs.
#[derive(Template)]
#[template(source = "{% for line in lines %}<p>{{ line }}</p>{% endfor %}", ext = "html")]
struct Paragraphs<'a> {
    lines: &'a [String],
}

/// What follows from cancelling now: nothing that costs anything where there is no place to give up.
fn follows(policy: &Policy, held: &HeldBooking, (state, confidential, now): (&State, bool, Timestamp)) -> Vec<String> {
    if *state != State::Confirmed {
        return Vec::new();
    }
    let has_organisation = held.registration.form.organisation.is_some();
    policy.words_on_giving_up(Booked { event: &held.record.event, confidential, has_organisation }, now)
}

/// The booking as its page shows it.
pub async fn page(app: &App, held: &HeldBooking, materials: &[Material]) -> Result<Response, Rejection> {
    let (hub, now) = (app.hub().await?, app.clock.now());
    let event = &held.record.event;
    let confidential = app.programmes().await?.is_confidential(event.programme);
    let state = State::of(held);
    let token = app.identity.token(&held.link);
    let leaves_early = !hub.policy.self_cancel_until().is_some_and(|notice| notice.is_short(event.starts(), now));
    let content = BookingPage {
        held,
        token: &token,
        details: format!("/bookings/{token}/details"),
        reference: app.identity.reference(held.record.id, held.link.person).to_string(),
        form: format!("/events/{}/register", held.record.id),
        event_page: format!("/events/{}", held.record.id),
        sessions: event.sessions.iter().map(dates::session).collect(),
        joining: Joining::of(held, &state, now),
        is_over: now >= event.starts(),
        can_book: now < event.closes() && held.record.status == EventStatus::Published,
        materials: materials.iter().map(|material| materials::link(&token, material)).collect(),
        follows: follows(&hub.policy, held, (&state, confidential, now)),
        by_self: leaves_early || state != State::Confirmed,
        hands_over: hub.policy.substitution != Substitution::ByConsultation,
        state,
    };
    Ok(Page::new(&content.state.heading(), &hub).show(&content))
}

//! Where the demo year's deeds are done: requests to the front door, and links taken from the mail that was sent.

mod aftermath;
mod group;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{Method, StatusCode, header};
use domain::evaluation::Round;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::course::Course;
use super::meeting_file::{self, Present};
use super::people::Person;
use super::script::{Deed, Who};
use super::{DemoError, attendance, places};
use crate::front::{self, Front};
use crate::inbox::Message;
use crate::issuer::SignIn;
use crate::random::SplitMix64;

/// Of a hundred who are offered a place, how many take it, and how many take it or say no.
const TAKEN: f64 = 0.62;
const ANSWERED: f64 = 0.76;

/// The front door, as the demo year's people use it.
pub struct Stage {
    front: Arc<Front>,
    door: Router,
    people: Vec<Person>,
    seed: u64,
    tally: Mutex<Tally>,
}

/// An event whose script is under way.
pub struct Running {
    /// What it is.
    pub course: Course,
    /// Its id, once it is announced.
    id: String,
    /// What each person was told to quote.
    references: BTreeMap<Who, String>,
    /// The group that was seated, if one was.
    group: Option<group::Seated>,
}

/// What the year came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// Events that took place.
    pub events: usize,
    /// Places held when they began.
    pub places: usize,
    /// Who held them: a name and an address.
    pub people: BTreeSet<(String, String)>,
}

/// What came back.
struct Reply {
    status: StatusCode,
    body: Value,
}

impl Running {
    /// An event of which nothing has happened yet.
    pub fn new(course: Course) -> Self {
        Self { course, id: String::new(), references: BTreeMap::new(), group: None }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/events/{}{rest}", self.id)
    }
}

impl Stage {
    /// The front door of a hub.
    pub fn new(front: Arc<Front>, people: Vec<Person>, seed: u64) -> Self {
        let door = front::router(Arc::clone(&front));
        Self { front, door, people, seed, tally: Mutex::default() }
    }

    /// Everybody.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// What the year has come to.
    pub fn take_tally(&self) -> Tally {
        std::mem::take(&mut *self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets what the hub has agreed with those who book, and whom it knows.
    pub async fn set_up(&self) -> Result<(), DemoError> {
        let rates = json!([{"under_hours": 2, "gbp": 35}, {"under_hours": 4, "gbp": 60}, {"gbp": 105}]);
        // Whoever came without booking and left an address has learnt as much as anybody.
        let policy = json!({"notice": {"n": 7, "unit": "calendar_day"}, "charge": rates,
                            "waivers": ["sickness", "bereavement"]});
        let agreed = json!({"policy": policy, "walk_in_certificates": true});
        self.organise(Method::PATCH, "/api/v1/hub", &agreed).await?.expect(StatusCode::OK)?;
        let list = json!({"organisations": places::list()});
        self.organise(Method::PUT, "/api/v1/organisations", &list).await?.expect(StatusCode::OK).map(drop)
    }

    /// Does these deeds, one after the other.
    pub async fn perform(&self, running: &mut Running, deeds: Vec<Deed>) -> Result<(), DemoError> {
        for deed in deeds {
            match deed {
                Deed::Announce => self.announce(running).await?,
                Deed::Book(who) => self.book(running, who).await?,
                Deed::Telephone(who) => self.telephone(running, who).await?,
                Deed::SeatGroup { contact, places } => self.seat_group(running, contact, places).await?,
                Deed::Name(who) => self.name(running, who).await?,
                Deed::Approve => self.approve(running).await?,
                Deed::GiveUp(who) => self.give_up(running, who).await?,
                Deed::AnswerOffers => self.answer_offers(running).await?,
                Deed::CallOff(reason) => {
                    let path = running.path("/cancel");
                    self.organise(Method::POST, &path, &json!({"reason": reason})).await?.expect(StatusCode::OK)?;
                }
                Deed::Begin => self.begin(running).await?,
                Deed::TakeAttendance => self.take_attendance(running).await?,
                Deed::Evaluate => self.evaluate(running, Round::First).await?,
                Deed::LookBack => self.evaluate(running, Round::FollowUp).await?,
                Deed::Review(review) => self.review(running, review).await?,
            }
        }
        Ok(())
    }

    async fn announce(&self, running: &mut Running) -> Result<(), DemoError> {
        let created = self.organise(Method::POST, "/api/v1/events", &running.course.body).await?;
        running.id = text(&created.expect(StatusCode::CREATED)?["id"]);
        let published = self.organise(Method::POST, &running.path("/publish"), &json!({})).await?;
        published.expect(StatusCode::OK).map(drop)
    }

    async fn book(&self, running: &mut Running, who: Who) -> Result<(), DemoError> {
        let form = self.form(running, who);
        let reply = self.send(Method::POST, &running.path("/registrations"), None, &form).await?;
        if reply.is_refusal(&["event-full", "organisation-limit"]) {
            return Ok(());
        }
        running.references.insert(who, text(&reply.expect(StatusCode::CREATED)?["reference"]));
        Ok(())
    }

    /// Whoever rings leaves no address.
    async fn telephone(&self, running: &mut Running, who: Who) -> Result<(), DemoError> {
        let mut form = self.form(running, who);
        form["email"] = Value::Null;
        form["reason"] = json!("Rang, and has no address of their own.");
        let reply = self.organise(Method::POST, &running.path("/registrations"), &form).await?;
        if reply.is_refusal(&["event-full", "organisation-limit"]) {
            return Ok(());
        }
        reply.expect(StatusCode::CREATED).map(drop)
    }

    fn form(&self, running: &Running, who: Who) -> Value {
        let person = &self.people[who];
        let mut form = person.form();
        let mut random = self.chance_of(running, &person.name);
        let questions = running.course.body["questions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let answers = questions.iter().filter(|question| question["required"] == true).map(|question| {
            let options = question["options"].as_array().map(Vec::as_slice).unwrap_or_default();
            let answer = match text(&question["type"]).as_str() {
                "yes_no" => json!(random.below(2) == 0),
                "choices" => json!([options[0]]),
                "choice" => options[random.below(options.len())].clone(),
                _ => json!("Nothing in particular."),
            };
            (text(&question["id"]), answer)
        });
        form["answers"] = Value::Object(answers.collect());
        form
    }

    async fn approve(&self, running: &Running) -> Result<(), DemoError> {
        for row in self.roster(running, "approval").await? {
            let path = running.path(&format!("/registrations/{}/admit", text(&row["reference"])));
            self.organise(Method::POST, &path, &json!({})).await?.expect(StatusCode::OK)?;
        }
        Ok(())
    }

    async fn give_up(&self, running: &Running, who: Who) -> Result<(), DemoError> {
        // Whoever was refused has nothing to give up.
        let Some(reference) = running.references.get(&who) else { return Ok(()) };
        self.act(&self.people[who].email, reference, "cancel").await
    }

    async fn answer_offers(&self, running: &Running) -> Result<(), DemoError> {
        for row in self.roster(running, "offered").await? {
            let (name, email) = (text(&row["name"]), text(&row["email"]));
            // Somebody without an address hears of the offer by telephone, which nobody answers.
            if email.is_empty() {
                continue;
            }
            let verb = match self.chance_of(running, &name).next_unit() {
                chance if chance < TAKEN => "accept",
                chance if chance < ANSWERED => "decline",
                _ => continue,
            };
            self.act(&email, &text(&row["reference"]), verb).await?;
        }
        Ok(())
    }

    async fn begin(&self, running: &Running) -> Result<(), DemoError> {
        let rows = self.roster(running, "confirmed").await?;
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.events += 1;
        tally.places += rows.len();
        tally.people.extend(rows.iter().map(|row| (text(&row["name"]), text(&row["email"]))));
        Ok(())
    }

    /// Records who came: from the meeting's own report where there is one, else by hand.
    async fn take_attendance(&self, running: &Running) -> Result<(), DemoError> {
        let rows = self.roster(running, "confirmed").await?;
        let minutes = |row: &Value| {
            let chance = self.chance_of(running, &format!("attendance {}", text(&row["name"])));
            attendance::minutes(&running.course, chance)
        };
        let kind = meeting_file::Kind::of(&running.course, self.chance_of(running, "meeting"));
        if let Some(kind) = kind.filter(|_| rows.iter().any(|row| minutes(row) > 0)) {
            let present = rows.iter().filter(|row| minutes(row) > 0);
            let present = present.map(|row| Present {
                name: text(&row["name"]),
                email: text(&row["email"]),
                minutes: minutes(row),
            });
            let report = meeting_file::write(kind, &running.course, &present.collect::<Vec<_>>());
            return self.import(running, report).await;
        }
        let mut records: Vec<Value> =
            rows.iter().map(|row| json!({"reference": row["reference"], "minutes": minutes(row)})).collect();
        let chance = self.chance_of(running, "walk-ins");
        records.extend(attendance::walk_ins(&running.course, &self.people, chance));
        let path = running.path("/attendance");
        self.organise(Method::POST, &path, &json!({"records": records})).await?.expect(StatusCode::OK).map(drop)
    }

    /// Whoever has a place and is not in the report was absent.
    async fn import(&self, running: &Running, report: Vec<u8>) -> Result<(), DemoError> {
        let now = self.front.timekeeper.clock.now();
        let token = self.front.issuer.token(SignIn::admin("demo@hub.example"), now)?;
        let path = running.path("/attendance/import?others=absent");
        let reply = self.send_bytes(Method::POST, &path, Some(&token), "text/csv", report).await?;
        reply.expect(StatusCode::OK).map(drop)
    }

    /// The rows of one status; no event of the year has more than fit on a page.
    async fn roster(&self, running: &Running, status: &str) -> Result<Vec<Value>, DemoError> {
        let path = running.path(&format!("/registrations?status={status}"));
        let mut body = self.organise(Method::GET, &path, &Value::Null).await?.expect(StatusCode::OK)?;
        Ok(body["registrations"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    /// Follows the link in the last mail about a booking.
    async fn act(&self, email: &str, reference: &str, verb: &str) -> Result<(), DemoError> {
        let token = self.link(email, reference).ok_or_else(|| DemoError::NoLink(reference.into()))?;
        let path = format!("/api/v1/bookings/{token}/{verb}");
        self.send(Method::POST, &path, None, &json!({})).await?.expect(StatusCode::OK).map(drop)
    }

    /// The token of the link in the last mail about a booking.
    fn link(&self, email: &str, reference: &str) -> Option<String> {
        // A reminder may name a booking that it is not about in the first place: what it is about is its thread.
        let thread = format!("<{reference}.");
        let is_about = |message: &Message| message.headers.get("References").is_some_and(|all| all.contains(&thread));
        self.front.ground.inbox.latest(email, is_about).as_ref().and_then(first_link)
    }

    /// The chance of one person in one event.
    fn chance_of(&self, running: &Running, name: &str) -> SplitMix64 {
        SplitMix64::of_text(self.seed, &format!("{} {name}", running.course.key))
    }

    async fn organise(&self, method: Method, path: &str, body: &Value) -> Result<Reply, DemoError> {
        let now = self.front.timekeeper.clock.now();
        let token = self.front.issuer.token(SignIn::admin("demo@hub.example"), now)?;
        self.send(method, path, Some(&token), body).await
    }

    async fn send(&self, method: Method, path: &str, token: Option<&str>, body: &Value) -> Result<Reply, DemoError> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send_bytes(method, path, token, "application/json", body).await
    }

    /// Sends a page's form.
    async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Reply, DemoError> {
        let form = serde_html_form::to_string(fields).map_err(DemoError::Form)?.into_bytes();
        self.send_bytes(Method::POST, path, None, "application/x-www-form-urlencoded", form).await
    }

    async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Reply, DemoError> {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, content_type);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let mut request = request.body(Body::from(body))?;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
        let Ok(response) = self.door.clone().oneshot(request).await;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        Ok(Reply { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }
}

impl Reply {
    fn is_refusal(&self, codes: &[&str]) -> bool {
        self.status == StatusCode::CONFLICT && codes.contains(&self.body["code"].as_str().unwrap_or_default())
    }

    fn expect(self, status: StatusCode) -> Result<Value, DemoError> {
        if self.status == status { Ok(self.body) } else { Err(DemoError::Refused(self.status, self.body.to_string())) }
    }
}

/// The last part of the first link in a mail.
fn first_link(message: &Message) -> Option<String> {
    let lines = message.text.as_deref().unwrap_or_default().lines().map(str::trim);
    let link = lines.into_iter().find(|line| line.starts_with("http"))?;
    link.rsplit('/').next().map(str::to_owned)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

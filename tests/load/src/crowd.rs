//! The people: each books once, so many at a time; every answer is timed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream;
use reqwest::Client;
use serde_json::{Value, json};

use crate::report::Error;
use crate::{Settings, Shape};

/// A hub that is running.
pub struct Hub {
    http: Client,
    url: String,
    token: String,
}

/// What came of a crowd.
pub struct Outcome {
    /// How long it took, from the first request to the last answer.
    pub elapsed: Duration,
    /// Of each answer, sorted.
    pub latencies: Vec<Duration>,
    /// Status or code of each answer, counted.
    pub outcomes: BTreeMap<String, usize>,
}

impl Hub {
    /// Signs in to the hub on this machine.
    pub async fn connect(port: u16) -> Result<Self, Error> {
        let hub = Self { http: Client::new(), url: format!("http://127.0.0.1:{port}"), token: String::new() };
        let who = json!({"role": "admin", "subject": "load@hub.example"});
        let reply = hub.post("/_local/token", &who).await?;
        Ok(Self { token: reply["token"].as_str().unwrap_or_default().to_owned(), ..hub })
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(body);
        Ok(request.send().await?.json().await?)
    }

    /// The events that a shape needs, published.
    pub async fn events(&self, settings: &Settings) -> Result<Vec<String>, Error> {
        let (count, capacity, limit) = match settings.shape {
            Shape::Hot => (1, settings.people.clamp(1, 10_000), Value::Null),
            Shape::Spread => (settings.people.div_ceil(30), 30, Value::Null),
            Shape::Storm => (1, 30, json!(45)),
        };
        let settings = json!({"title": "Load", "programme": "clinical-updates", "capacity": capacity,
            "waiting_list": {"limit": limit},
            "sessions": [{"starts": "2099-12-01T09:30:00Z", "ends": "2099-12-01T12:30:00Z"}]});
        let mut events = Vec::new();
        for _ in 0..count {
            let event = self.post("/api/v1/events", &settings).await?["id"].as_str().unwrap_or_default().to_owned();
            self.post(&format!("/api/v1/events/{event}/publish"), &json!({})).await?;
            events.push(event);
        }
        self.post("/_local/settle", &json!({})).await?;
        self.http.delete(format!("{}/_local/usage", self.url)).send().await?;
        Ok(events)
    }

    /// Everybody books.
    pub async fn crowd(&self, settings: &Settings, events: &[String]) -> Result<Outcome, Error> {
        let begun = Instant::now();
        let answers: Vec<(Duration, Result<String, Error>)> = stream::iter(0..settings.people)
            .map(|n| async move {
                let asked = Instant::now();
                let outcome = self.book(&events[n % events.len()], n).await;
                (asked.elapsed(), outcome)
            })
            .buffer_unordered(settings.at_once)
            .collect()
            .await;
        let elapsed = begun.elapsed();
        let mut latencies: Vec<Duration> = answers.iter().map(|(latency, _)| *latency).collect();
        latencies.sort();
        let mut outcomes = BTreeMap::new();
        for (_, outcome) in answers {
            *outcomes.entry(outcome?).or_default() += 1;
        }
        Ok(Outcome { elapsed, latencies, outcomes })
    }

    async fn book(&self, event: &str, n: usize) -> Result<String, Error> {
        let form =
            json!({"name": format!("Person Number{n}"), "email": format!("p{n}@practice.example"), "role": "gp"});
        let url = format!("{}/api/v1/events/{event}/registrations", self.url);
        let answer: Value = self.http.post(url).json(&form).send().await?.json().await?;
        let word = answer["code"].as_str().or(answer["status"].as_str());
        Ok(word.unwrap_or("unreadable").to_owned())
    }

    /// Waits until every mail has gone, and returns what `register` used.
    pub async fn settle(&self) -> Result<Value, Error> {
        self.post("/_local/settle", &json!({})).await?;
        let usage: Value = self.http.get(format!("{}/_local/usage", self.url)).send().await?.json().await?;
        Ok(usage["functions"]["register"].clone())
    }
}

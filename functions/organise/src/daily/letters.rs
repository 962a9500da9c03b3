//! What organisers are told in the morning.

use app::App;
use domain::Hub;
use domain::viability::viability_date;
use jiff::Timestamp;
use mail::{Letter, Part};
use web::dates;

use super::Standing;

/// What has moved, by event.
pub(super) fn digest(app: &App, hub: &Hub, events: &[&Standing], now: Timestamp) -> Letter {
    let sum = |of: fn(&domain::movement::Movement) -> u32| -> u32 {
        events.iter().filter_map(|event| event.movement.as_ref()).map(of).sum()
    };
    let (booked, ended) = (sum(|movement| movement.booked), sum(|movement| movement.ended));
    let mut parts = vec![Part::Text("This is what has moved in your events since the last digest.".to_owned())];
    for standing in events {
        parts.extend(moved(app, standing));
    }
    letter(hub, format!("{booked} booked, {ended} cancelled: digest for {}", dates::day(now)), parts)
}

fn moved(app: &App, standing: &Standing) -> Vec<Part> {
    let Some(movement) = standing.movement else { return Vec::new() };
    let change =
        |now: u32, before: u32| if now == before { format!("{now}") } else { format!("{now} (before: {before})") };
    let held = movement.now.confirmed;
    let confirmed =
        standing.record.event.capacity.map_or_else(|| held.to_string(), |places| format!("{held} of {places}"));
    let before = movement.before.confirmed;
    let confirmed = if held == before { confirmed } else { format!("{confirmed} (before: {before})") };
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let facts = vec![
        fact("When", dates::moment(standing.record.event.starts())),
        fact("Booked", movement.booked.to_string()),
        fact("Cancelled or lapsed", movement.ended.to_string()),
        fact("Confirmed", confirmed),
        fact("Waiting", change(movement.now.waiting, movement.before.waiting)),
    ];
    vec![Part::Heading(standing.record.event.title.clone()), Part::Facts(facts), link(app, standing)]
}

/// Too few people, while there is time to invite or to call off.
pub(super) fn low_numbers(app: &App, hub: &Hub, standing: &Standing, now: Timestamp) -> Letter {
    let event = &standing.record.event;
    let (confirmed, minimum) = (standing.count.confirmed, event.minimum.unwrap_or(0));
    let (date, few) =
        (viability_date(event), format!("{} has {confirmed} confirmed of the {minimum} it needs.", event.title));
    let by = dates::moment(date);
    let words = if date > now {
        format!("{few} It should be clear by {by} whether it takes place.")
    } else {
        let starts = dates::moment(event.starts());
        format!("{few} It was to be clear by {by} whether it takes place, and it starts {starts}.")
    };
    let parts = vec![Part::Text(words), link(app, standing), when(standing)];
    letter(hub, format!("Low numbers ({confirmed} of {minimum}): {}", event.title), parts)
}

/// So many wait that a second date would fill.
pub(super) fn long_line(app: &App, hub: &Hub, standing: &Standing) -> Letter {
    let event = &standing.record.event;
    let (waiting, capacity) = (standing.ledger.places().waiting, event.capacity.unwrap_or(0));
    let people = if waiting == 1 { "1 person waits".to_owned() } else { format!("{waiting} people wait") };
    let places = if capacity == 1 { "1 place".to_owned() } else { format!("{capacity} places") };
    let words = format!("{people} for {}, which has {places}. A second date could fill.", event.title);
    let parts = vec![Part::Text(words), link(app, standing), when(standing)];
    letter(hub, format!("Long waiting list ({waiting}): {}", event.title), parts)
}

fn when(standing: &Standing) -> Part {
    let sessions = &standing.record.event.sessions;
    Part::Facts(sessions.iter().map(|session| ("When".to_owned(), dates::session(session))).collect())
}

fn link(app: &App, standing: &Standing) -> Part {
    let url = format!("{}/organise/events/{}", app.config.base_url, standing.record.id);
    Part::Link { label: "Open the event".to_owned(), url }
}

fn letter(hub: &Hub, subject: String, parts: Vec<Part>) -> Letter {
    Letter { subject, greeting: String::new(), parts, hub: hub.name.clone() }
}

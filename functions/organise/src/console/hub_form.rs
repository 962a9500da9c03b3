//! The hub's settings as a form: what is typed becomes the API's JSON, whose reader judges it, and the other way round.

use domain::Hub;
use serde_json::{Map, Value, json};
use web::forms::FormData;
use web::page::Mistake;

use super::form::{number, text, written};

/// Lines for prices that are always there.
const RATES_MIN: usize = 3;
/// The most that a policy has.
const RATES_MAX: usize = 20;
/// Texts, numbers, boxes and lists of the top level and of the policy, as the API names them.
const TEXTS: [&str; 4] = ["name", "from_name", "reply_to", "colour"];
const ADDRESSES: [&str; 2] = ["report_recipients", "digest_recipients"];
const FLAGS: [&str; 2] = ["walk_in_certificates", "public_exact_totals"];
const POLICY_NUMBERS: [&str; 2] = ["self_cancel_until_days", "charge_window_days"];
const POLICY_WORDS: [&str; 3] = ["liable", "substitution", "invoice"];
const POLICY_FLAGS: [&str; 3] = ["self_only", "manager_approves", "late_arrival_is_absence"];
const POLICY_LISTS: [&str; 2] = ["told", "waivers"];
const RETENTION: [&str; 2] = ["access_needs_days", "bookings_months"];

/// The API's JSON of all that is typed.
pub fn to_json(typed: &FormData) -> Value {
    let mut json = json!({"policy": policy(typed)});
    for name in TEXTS {
        json[name] = text(typed.one(name));
    }
    for name in ADDRESSES {
        json[name] = typed.one(name).split_whitespace().collect();
    }
    for name in FLAGS {
        json[name] = json!(typed.has(name));
    }
    for name in RETENTION {
        json["retention"][name] = number(typed.one(&format!("retention.{name}")));
    }
    json
}

fn policy(typed: &FormData) -> Value {
    let of = |name: &str| typed.one(&format!("policy.{name}"));
    let mut policy = Map::new();
    let (n, unit) = (number(of("notice.n")), text(of("notice.unit")));
    let notice = if n.is_null() { Value::Null } else { json!({"n": n, "unit": unit}) };
    policy.insert("notice".to_owned(), notice);
    policy.insert("charge".to_owned(), rates(typed).into());
    for name in POLICY_NUMBERS {
        policy.insert(name.to_owned(), number(of(name)));
    }
    for name in POLICY_WORDS {
        policy.insert(name.to_owned(), text(of(name)));
    }
    for name in POLICY_FLAGS {
        policy.insert(name.to_owned(), json!(typed.has(&format!("policy.{name}"))));
    }
    for name in POLICY_LISTS {
        policy.insert(name.to_owned(), json!(typed.all(&format!("policy.{name}"))));
    }
    policy.into()
}

/// The names of one line's fields: hours, pounds.
fn rate(index: usize) -> [String; 2] {
    [format!("policy.charge.{index}.under_hours"), format!("policy.charge.{index}.gbp")]
}

fn rates(typed: &FormData) -> Vec<Value> {
    let line = |index: usize| {
        let [hours, pounds] = rate(index).map(|name| number(typed.one(&name)));
        (!hours.is_null() || !pounds.is_null()).then(|| json!({"under_hours": hours, "gbp": pounds}))
    };
    (0..RATES_MAX).filter_map(line).collect()
}

/// The names of the lines for prices: those that are filled, and room for more.
pub fn rate_lines(typed: &FormData) -> Vec<[String; 2]> {
    let is_filled = |index: &usize| rate(*index).iter().any(|name| !typed.one(name).is_empty());
    let filled = (0..RATES_MAX).rev().find(is_filled).map_or(0, |last| last + 1);
    (0..(filled + 1).clamp(RATES_MIN, RATES_MAX)).map(rate).collect()
}

/// What stands in the form's fields.
pub fn typed_of(hub: &Hub) -> FormData {
    let json = hub.to_json();
    let (policy, retention) = (&json["policy"], &json["retention"]);
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut put = |name: String, value: &Value| pairs.push((name, written(value)));
    for name in TEXTS {
        put(name.to_owned(), &json[name]);
    }
    for name in RETENTION {
        put(format!("retention.{name}"), &retention[name]);
    }
    for name in POLICY_NUMBERS.iter().chain(&POLICY_WORDS) {
        put(format!("policy.{name}"), &policy[name]);
    }
    put("policy.notice.n".to_owned(), &policy["notice"]["n"]);
    put("policy.notice.unit".to_owned(), &policy["notice"]["unit"]);
    for (index, one) in hub.policy.charge.iter().enumerate() {
        let [hours, pounds] = rate(index);
        put(hours, &json!(one.under_hours));
        put(pounds, &json!(one.gbp));
    }
    for name in ADDRESSES {
        let addresses = json[name].as_array().into_iter().flatten().map(written).collect::<Vec<_>>();
        pairs.push((name.to_owned(), addresses.join("\n")));
    }
    let is_set = |value: &Value| value == &Value::Bool(true);
    let tick = |name: String| (name, "yes".to_owned());
    pairs.extend(FLAGS.iter().filter(|name| is_set(&json[name])).map(|name| tick((*name).to_owned())));
    pairs.extend(POLICY_FLAGS.iter().filter(|name| is_set(&policy[name])).map(|name| tick(format!("policy.{name}"))));
    for name in POLICY_LISTS {
        let chosen = policy[name].as_array().into_iter().flatten().map(written);
        pairs.extend(chosen.map(|value| (format!("policy.{name}"), value)));
    }
    pairs.into_iter().collect()
}

/// A mistake at a field that the form has.
pub fn placed(mistake: Mistake) -> Mistake {
    let list = ADDRESSES.into_iter().find(|name| mistake.field.starts_with(name));
    let field = match mistake.field.as_str() {
        "policy.charge" => "policy.charge.0.under_hours".to_owned(),
        field => list.map_or_else(|| field.to_owned(), str::to_owned),
    };
    Mistake { field, ..mistake }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_their_form() {
        let patch = json!({
            "from_name": "Training team", "reply_to": "hub@hub.example", "colour": "#7c2855",
            "report_recipients": ["a@hub.example", "b@hub.example"], "digest_recipients": ["c@hub.example"],
            "policy": {"notice": {"n": 2, "unit": "working_day"}, "self_cancel_until_days": 3, "charge_window_days": 14,
                       "charge": [{"under_hours": 2, "gbp": 35}, {"under_hours": 4, "gbp": 60}, {"gbp": 105}],
                       "liable": "person", "told": ["sponsor", "line_manager"], "substitution": "by_consultation",
                       "invoice": "credit", "self_only": true, "late_arrival_is_absence": true, "waivers": ["sickness"]},
            "retention": {"access_needs_days": 7}, "walk_in_certificates": true, "public_exact_totals": false,
        });
        for hub in [Hub::named("Hub"), Hub::named("Hub").patched(&patch).expect("settings")] {
            let typed = typed_of(&hub);
            assert_eq!(Hub::named("Another").patched(&to_json(&typed)), Ok(hub));
        }
    }

    #[test]
    fn there_is_always_room_for_one_more_price() {
        let typed: FormData = [("policy.charge.3.gbp".to_owned(), "5".to_owned())].into_iter().collect();
        assert_eq!(rate_lines(&typed).len(), 5);
        assert_eq!(rate_lines(&FormData::default()).len(), 3);
    }
}

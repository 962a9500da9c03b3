//! Code, template and recorded triggers agree: every function exists in all three.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use app::Config;
use local::Template;
use serde_norway::Value;

use crate::house::root;

pub fn template() -> Template {
    let values = ["BaseUrl", "Issuer", "Audience", "ClientId", "MailDomain", "MailFrom", "OperatorMail"];
    let values: BTreeMap<String, String> = values.into_iter().map(|name| (name.into(), "local".into())).collect();
    Template::load(&values).expect("the template can be run here")
}

fn functions() -> BTreeSet<String> {
    template().functions.into_iter().map(|function| function.name).collect()
}

#[test]
fn every_function_of_the_template_is_a_binary_and_the_other_way_round() {
    let mut binaries = BTreeSet::new();
    for function in fs::read_dir(root().join("functions")).expect("functions") {
        let bins = function.expect("an entry").path().join("src/bin");
        for file in fs::read_dir(bins).expect("binaries") {
            let path = file.expect("an entry").path();
            binaries.insert(path.file_stem().expect("a name").to_string_lossy().into_owned());
        }
    }
    assert_eq!(binaries, functions());
}

#[test]
fn every_function_has_a_recorded_trigger_for_each_way_it_is_started() {
    for function in template().functions {
        let folder = root().join("events/triggers").join(&function.name);
        let files = fs::read_dir(&folder).unwrap_or_else(|_| panic!("{} is missing", folder.display()));
        let names: BTreeSet<String> =
            files.map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        let begins = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
        assert_eq!(begins("http-"), !function.routes.is_empty(), "{}: {names:?}", function.name);
        assert_eq!(begins("stream-"), !function.streams.is_empty(), "{}: {names:?}", function.name);
        assert_eq!(begins("sns-"), !function.topics.is_empty(), "{}: {names:?}", function.name);
        assert_eq!(begins("schedule-"), !function.schedules.is_empty(), "{}: {names:?}", function.name);
    }
}

#[test]
fn every_variable_that_the_template_sets_is_read() {
    for function in template().functions {
        for variable in function.environment.keys() {
            assert!(Config::VARIABLES.contains(&variable.as_str()), "{} of {} is not read", variable, function.name);
        }
    }
}

#[test]
fn register_is_given_up_by_its_settler_only_after_its_timeout() {
    let register = template().functions.into_iter().find(|function| function.name == "register").expect("there");
    let patience = u64::try_from(app::REGISTER_TIMEOUT_SECONDS).expect("positive");
    assert_eq!(register.timeout.as_secs(), patience);
}

/// One alarm adds up ten metrics, and no more.
#[test]
fn the_errors_of_every_function_raise_one_alarm_of_ten_metrics_at_most() {
    let text = fs::read_to_string(root().join("infra/template.yaml")).expect("the template");
    let document: Value = serde_norway::from_str(&text).expect("YAML");
    let resources = document["Resources"].as_mapping().expect("resources");
    let of_kind = |kind: &'static str| resources.iter().filter(move |(_, resource)| resource["Type"] == kind);
    let mut watched = Vec::new();
    for (name, alarm) in of_kind("AWS::CloudWatch::Alarm") {
        let metrics = alarm["Properties"]["Metrics"].as_sequence().map(Vec::as_slice).unwrap_or_default();
        let metrics: Vec<&Value> =
            metrics.iter().filter_map(|metric| metric.get("MetricStat")?.get("Metric")).collect();
        assert!(metrics.len() <= 10, "{name:?} adds up {}", metrics.len());
        let errors = metrics.iter().filter(|metric| metric["MetricName"] == "Errors");
        watched.extend(errors.map(|metric| match &metric["Dimensions"][0]["Value"] {
            Value::Tagged(reference) => reference.value.clone(),
            other => panic!("{other:?} is no reference"),
        }));
    }
    let mut functions: Vec<Value> = of_kind("AWS::Serverless::Function").map(|(name, _)| name.clone()).collect();
    let by_name = |name: &Value| name.as_str().expect("a name").to_owned();
    watched.sort_by_key(by_name);
    functions.sort_by_key(by_name);
    assert_eq!(watched, functions);
}

//! One function: its name, environment and permissions, and the ways in which it is started.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::intrinsics::{STACK, Scope};
use super::policy::Policy;
use super::{Enabled, Resource, Statement, TemplateError};
use crate::pattern::Pattern;
use crate::schedule::Expression;

/// A function of the stack.
#[derive(Debug)]
pub struct Function {
    /// The logical id, `RegisterSettle`.
    pub id: String,
    /// The binary's name, which is also the function's without the stack's: `register-settle`.
    pub name: String,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// The environment variables that it is given.
    pub environment: BTreeMap<String, String>,
    /// What it may do.
    pub statements: Vec<Statement>,
    /// The routes that it answers.
    pub routes: Vec<Route>,
    /// The streams that it reads.
    pub streams: Vec<StreamMapping>,
    /// The schedules that start it.
    pub schedules: Vec<Schedule>,
    /// The topics whose messages start it: what SES says of mail that does not arrive.
    pub topics: Vec<Topic>,
}

/// A route of the HTTP API; without a path it is `$default`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Route {
    /// The method, or `ANY`.
    #[serde(default = "any")]
    pub method: String,
    /// The path with its variables, `/events/{id}`.
    pub path: Option<String>,
    _api_id: IgnoredAny,
}

/// How a function reads the table's stream.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StreamMapping {
    /// The stream's ARN.
    pub stream: String,
    /// The most records of one invocation.
    pub batch_size: usize,
    /// How often a record is tried again before it is given up.
    pub maximum_retry_attempts: u32,
    /// Which records are passed on.
    filter_criteria: FilterCriteria,
    _starting_position: StartingPosition,
    _bisect_batch_on_function_error: Enabled,
    _function_response_types: [ResponseType; 1],
    _maximum_batching_window_in_seconds: Option<IgnoredAny>,
    _maximum_record_age_in_seconds: IgnoredAny,
    _destination_config: IgnoredAny,
}

impl StreamMapping {
    /// The filters; a record that matches any is passed on.
    pub fn filters(&self) -> impl Iterator<Item = &Pattern> {
        self.filter_criteria.filters.iter().map(|filter| &filter.pattern)
    }
}

/// A topic that a function is subscribed to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Topic {
    /// What `!Ref` gives.
    pub topic: String,
}

/// When a function is started by itself, and with what.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Schedule {
    #[serde(rename = "ScheduleExpression")]
    expression: Expression,
    #[serde(
        rename = "ScheduleExpressionTimezone",
        default = "utc",
        deserialize_with = "jiff::fmt::serde::tz::required::deserialize"
    )]
    time_zone: TimeZone,
    input: String,
    _omit_name: IgnoredAny,
    _flexible_time_window: IgnoredAny,
    _retry_policy: IgnoredAny,
    _dead_letter_config: IgnoredAny,
}

impl Schedule {
    /// The first firing after `now`.
    pub fn after(&self, now: Timestamp) -> Option<Timestamp> {
        self.expression.after(now, &self.time_zone)
    }

    /// Whether it fires at a rate, as a sweep over what is due does, rather than at times of the calendar.
    pub fn is_rate(&self) -> bool {
        matches!(self.expression, Expression::Rate(_))
    }

    /// What the function is given for the firing at `instant`.
    pub fn payload(&self, instant: Timestamp) -> String {
        self.input.replace("<aws.scheduler.scheduled-time>", &instant.to_string())
    }
}

impl Function {
    pub(super) fn new(
        id: &str,
        resource: &Resource,
        scope: &Scope,
        globals: &FunctionGlobals,
    ) -> Result<Self, TemplateError> {
        let refuse = |reason: String| TemplateError::Resource { id: id.into(), reason };
        let properties: FunctionProperties = scope.read(id, &resource.properties)?;
        let metadata = resource.metadata.as_ref().ok_or_else(|| refuse("no binary is named".into()))?;
        let name = scope.read::<Metadata>(id, metadata)?.build_properties.binary;
        if properties.function_name != format!("{STACK}-{name}") {
            return Err(refuse(format!("{} is not named after its binary {name}", properties.function_name)));
        }
        let mut environment = globals.environment.variables.clone();
        environment.extend(properties.environment.variables);
        let mut function = Self {
            id: id.into(),
            name,
            timeout: Duration::from_secs(properties.timeout.unwrap_or(globals.timeout)),
            environment,
            statements: properties.policies.into_iter().flat_map(|policy| policy.statement).collect(),
            routes: Vec::new(),
            streams: Vec::new(),
            schedules: Vec::new(),
            topics: Vec::new(),
        };
        for event in properties.events.into_values() {
            match event {
                Event::HttpApi(route) => function.routes.push(route),
                Event::DynamoDB(mapping) => function.streams.push(mapping),
                Event::ScheduleV2(schedule) => function.schedules.push(schedule),
                Event::Sns(topic) => function.topics.push(topic),
            }
        }
        Ok(function)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct FunctionGlobals {
    timeout: u64,
    environment: Environment,
    _runtime: IgnoredAny,
    _architectures: IgnoredAny,
    _handler: IgnoredAny,
    _memory_size: IgnoredAny,
    _tracing: IgnoredAny,
    _logging_config: IgnoredAny,
    _tags: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FunctionProperties {
    function_name: String,
    timeout: Option<u64>,
    #[serde(default)]
    environment: Environment,
    policies: Vec<Policy>,
    events: BTreeMap<String, Event>,
    _code_uri: IgnoredAny,
    _memory_size: Option<IgnoredAny>,
    _event_invoke_config: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Environment {
    variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(tag = "Type", content = "Properties", deny_unknown_fields)]
enum Event {
    HttpApi(Route),
    DynamoDB(StreamMapping),
    ScheduleV2(Schedule),
    #[serde(rename = "SNS")]
    Sns(Topic),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    pattern: Pattern,
}

#[derive(Debug, Clone, Deserialize)]
enum StartingPosition {
    #[serde(rename = "TRIM_HORIZON")]
    Oldest,
}

#[derive(Debug, Clone, Deserialize)]
enum ResponseType {
    ReportBatchItemFailures,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Metadata {
    build_properties: BuildProperties,
    _build_method: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct BuildProperties {
    binary: String,
}

/// The HTTP API itself. The local hub keeps no access log and throttles only by `/_local/limits`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Api {
    _stage_name: Stage,
    _default_route_settings: IgnoredAny,
    _access_log_settings: IgnoredAny,
    _tags: IgnoredAny,
}

/// The one stage that keeps its name out of the path.
#[derive(Deserialize)]
enum Stage {
    #[serde(rename = "$default")]
    Default,
}

fn any() -> String {
    "ANY".into()
}

fn utc() -> TimeZone {
    TimeZone::UTC
}

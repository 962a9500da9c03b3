//! The stack's template, read for this machine: which function answers what, and what each may do.
//!
//! The text is `infra/template.yaml`, embedded in the binary. It is read to a closed set of constructs: a resource, a
//! property, an intrinsic function or a policy that is not known here stops the start, so that the local hub never
//! runs something other than what AWS would. What only AWS acts upon (architectures, alarms) is named and passed over.

mod function;
mod intrinsics;
mod policy;
mod table;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

pub use function::{Function, Route, Schedule, StreamMapping};
pub use intrinsics::{ACCOUNT, REGION};
pub use policy::Statement;
pub use table::Table;

use intrinsics::Scope;

/// The template that `sam deploy` builds.
const TEXT: &str = include_str!("../../../template.yaml");

/// The stack as this machine runs it.
#[derive(Debug)]
pub struct Template {
    /// The one table.
    pub table: Table,
    /// Every function, by logical id.
    pub functions: Vec<Function>,
}

/// Why a template cannot be run here.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML, or a section that is not known here.
    #[error("the template cannot be read")]
    Unreadable(#[from] serde_norway::Error),
    /// An intrinsic function, or the form of one, that is not known here.
    #[error("`{0}` is not an intrinsic function that the local hub knows")]
    Intrinsic(String),
    /// A reference to something that is not in the template or has no local value.
    #[error("`{0}` refers to nothing that the local hub knows")]
    Reference(String),
    /// A resource of a kind that is not known here.
    #[error("resource {id}: the local hub knows no {kind}")]
    Kind {
        /// The resource's logical id.
        id: String,
        /// Its `Type`.
        kind: String,
    },
    /// A resource with a property or a value that is not known here.
    #[error("resource {id}: {reason}")]
    Resource {
        /// The resource's logical id.
        id: String,
        /// What is not known.
        reason: String,
    },
    /// Not exactly one table.
    #[error("the local hub runs exactly one table, the template has {0}")]
    Tables(usize),
}

impl Template {
    /// Reads the embedded template with the local values of its parameters; a parameter without one takes its default.
    pub fn load(parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        Self::parse(TEXT, parameters)
    }

    fn parse(text: &str, parameters: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let document: Document = serde_norway::from_str(text)?;
        let scope = Scope::new(&document, parameters)?;
        let globals = scope.read("Globals", &document.globals.function)?;
        let mut tables = Vec::new();
        let mut functions = Vec::new();
        for (id, resource) in &document.resources {
            match resource.kind.as_str() {
                "AWS::DynamoDB::Table" => tables.push(Table::new(id, scope.read(id, &resource.properties)?)),
                "AWS::Serverless::Function" => functions.push(Function::new(id, resource, &scope, &globals)?),
                "AWS::Serverless::HttpApi" => scope.read::<function::Api>(id, &resource.properties).map(drop)?,
                kind if LEFT_TO_AWS.contains(&kind) => {}
                kind => return Err(TemplateError::Kind { id: id.clone(), kind: kind.into() }),
            }
        }
        let [table] = <[Table; 1]>::try_from(tables).map_err(|tables| TemplateError::Tables(tables.len()))?;
        Ok(Self { table, functions })
    }
}

/// Kinds of resource without a local counterpart: failures are filed in the data folder, mail goes to the sink, and a
/// person reads the log.
const LEFT_TO_AWS: [&str; 8] = [
    "AWS::CloudWatch::Alarm",
    "AWS::Logs::LogGroup",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    #[serde(rename = "AWSTemplateFormatVersion")]
    _format: IgnoredAny,
    _transform: IgnoredAny,
    _description: IgnoredAny,
    parameters: BTreeMap<String, Parameter>,
    conditions: BTreeMap<String, serde_norway::Value>,
    globals: Globals,
    resources: BTreeMap<String, Resource>,
    _outputs: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Parameter {
    default: Option<String>,
    _type: IgnoredAny,
    _allowed_pattern: Option<IgnoredAny>,
    _description: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Globals {
    function: serde_norway::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Resource {
    #[serde(rename = "Type")]
    kind: String,
    properties: serde_norway::Value,
    metadata: Option<serde_norway::Value>,
    _depends_on: Option<IgnoredAny>,
    _deletion_policy: Option<IgnoredAny>,
    _update_replace_policy: Option<IgnoredAny>,
}

/// `true`; with anything else it would be another stack.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "bool")]
struct Enabled;

impl TryFrom<bool> for Enabled {
    type Error = &'static str;

    fn try_from(enabled: bool) -> Result<Self, Self::Error> {
        if enabled { Ok(Self) } else { Err("the local hub runs this only when it is enabled") }
    }
}

/// Values for every parameter without a default.
#[cfg(test)]
pub(crate) fn local_values() -> BTreeMap<String, String> {
    ["BaseUrl", "Issuer", "Audience", "ClientId", "MailDomain", "MailFrom", "OperatorMail"]
        .into_iter()
        .map(|name| (name.into(), format!("local-{name}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(change: &str, with: &str) -> String {
        assert!(TEXT.contains(change), "the template no longer has {change}");
        Template::parse(&TEXT.replacen(change, with, 1), &local_values()).expect_err("refused").to_string()
    }

    #[test]
    fn the_stack_can_be_run_here() {
        let template = Template::load(&local_values()).expect("every construct is known");
        let register = template.functions.iter().find(|f| f.id == "Register").expect("there");
        assert_eq!(register.name, "register");
        assert_eq!(register.timeout.as_secs(), 5);
        assert_eq!(register.environment["TABLE"], template.table.name);
        assert_eq!(register.environment["BASE_URL"], "local-BaseUrl");
        assert_eq!(register.environment["HUB_NAME"], "Training hub", "a parameter's default");
    }

    #[test]
    fn a_statement_under_a_condition_is_there_where_the_condition_holds() {
        let key = "arn:aws:kms:eu-west-2:000000000000:key/1";
        for (parameter, is_allowed) in [("", false), (key, true)] {
            let mut values = local_values();
            values.insert("SigningKeyArn".to_owned(), parameter.to_owned());
            let template = Template::load(&values).expect("every construct is known");
            let may_sign = |function: &&Function| function.statements.iter().any(|one| one.allows("kms:Sign", key));
            let names: Vec<&str> = template.functions.iter().filter(may_sign).map(|f| f.name.as_str()).collect();
            assert_eq!(names, if is_allowed { vec!["certificate", "certificate-issue"] } else { Vec::new() });
        }
    }

    #[test]
    fn a_construct_that_is_not_known_stops_the_start() {
        assert_eq!(
            refusal("AWS::SNS::Topic", "AWS::SNS::Subscription"),
            "resource MailFeedback: the local hub knows no AWS::SNS::Subscription"
        );
        assert_eq!(
            refusal("!GetAtt Table.StreamArn", "!ImportValue stream"),
            "`!ImportValue` is not an intrinsic function that the local hub knows"
        );
        assert_eq!(refusal("!Ref BaseUrl", "!Ref BasUrl"), "`BasUrl` refers to nothing that the local hub knows");
        assert_eq!(refusal("- SignsByKms", "- SignsByKey"), "`SignsByKey` refers to nothing that the local hub knows");
        assert_eq!(
            refusal("!Not [!Equals", "!Or [!Equals"),
            "`!Or` is not an intrinsic function that the local hub knows"
        );
        for (change, with) in [
            ("Timeout: 5", "Timeout: 5\n      Layers: []"),
            ("StartingPosition: TRIM_HORIZON", "StartingPosition: LATEST"),
            ("Type: ScheduleV2", "Type: Schedule"),
            ("rate(1 minute)", "rate(1 fortnight)"),
            ("ssm:GetParametersByPath", "ssm:*"),
            (r#"{"prefix":"R#"}"#, r#"{"anything-but":"R#"}"#),
            ("ProjectionType: KEYS_ONLY", "ProjectionType: KEYS_ONLY }\n          WarmThroughput: {"),
        ] {
            let refusal = refusal(change, with);
            assert!(refusal.starts_with("resource "), "{with}: {refusal}");
        }
    }

    #[test]
    fn a_parameter_needs_a_value() {
        let none = BTreeMap::new();
        assert_eq!(
            Template::load(&none).expect_err("refused").to_string(),
            "`Audience` refers to nothing that the local hub knows"
        );
    }
}

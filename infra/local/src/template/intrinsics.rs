//! Intrinsic functions: `!Ref`, `!Sub` and `!GetAtt`, with the values that references have on this machine.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_norway::Value as Yaml;

use super::{Document, TemplateError};

/// The region that every local ARN names.
pub const REGION: &str = "eu-west-2";
/// The account that every local ARN names.
pub const ACCOUNT: &str = "000000000000";
/// The local stack's name, with which the template's function names begin.
pub(super) const STACK: &str = "lectern";

/// What a reference means here.
pub(super) struct Scope {
    /// Parameters and pseudo parameters, by name.
    values: BTreeMap<String, String>,
    /// Each resource's `Type`, by logical id.
    kinds: BTreeMap<String, String>,
}

impl Scope {
    pub(super) fn new(document: &Document, given: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let pseudo = [
            ("AWS::AccountId", ACCOUNT),
            ("AWS::Partition", "aws"),
            ("AWS::Region", REGION),
            ("AWS::StackName", STACK),
        ];
        let mut values: BTreeMap<String, String> = pseudo.map(|(name, value)| (name.into(), value.into())).into();
        for (name, parameter) in &document.parameters {
            let value = given.get(name).or(parameter.default.as_ref());
            let value = value.ok_or_else(|| TemplateError::Reference(name.clone()))?;
            values.insert(name.clone(), value.clone());
        }
        let kinds = document.resources.iter().map(|(id, resource)| (id.clone(), resource.kind.clone())).collect();
        Ok(Self { values, kinds })
    }

    /// One section of the template as `T`, whose fields are all that it may hold.
    pub(super) fn read<T: DeserializeOwned>(&self, id: &str, section: &Yaml) -> Result<T, TemplateError> {
        let resolved = self.resolve(section)?;
        serde_json::from_value(resolved)
            .map_err(|error| TemplateError::Resource { id: id.into(), reason: error.to_string() })
    }

    fn resolve(&self, value: &Yaml) -> Result<Json, TemplateError> {
        Ok(match value {
            Yaml::Null => Json::Null,
            Yaml::Bool(flag) => Json::Bool(*flag),
            Yaml::Number(number) => serde_json::to_value(number).map_err(|_| unknown(&format!("{number}")))?,
            Yaml::String(text) => Json::String(text.clone()),
            Yaml::Sequence(items) => items.iter().map(|item| self.resolve(item)).collect::<Result<_, _>>()?,
            Yaml::Mapping(entries) => entries.iter().map(|entry| self.entry(entry)).collect::<Result<_, _>>()?,
            Yaml::Tagged(tagged) => Json::String(self.apply(&tagged.tag.to_string(), &tagged.value)?),
        })
    }

    fn entry(&self, (key, value): (&Yaml, &Yaml)) -> Result<(String, Json), TemplateError> {
        match key.as_str() {
            Some(key) if !key.starts_with("Fn::") && key != "Ref" => Ok((key.to_owned(), self.resolve(value)?)),
            key => Err(unknown(key.unwrap_or("a key that is not text"))),
        }
    }

    fn apply(&self, tag: &str, argument: &Yaml) -> Result<String, TemplateError> {
        match (tag, argument.as_str()) {
            ("!Ref", Some(name)) => self.reference(name),
            ("!GetAtt", Some(path)) => self.attribute(path),
            ("!Sub", Some(text)) => self.substitute(text),
            _ => Err(unknown(tag)),
        }
    }

    fn substitute(&self, text: &str) -> Result<String, TemplateError> {
        let mut parts = text.split("${");
        // `split` yields at least one part, the text before the first reference.
        let mut result = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').ok_or_else(|| unknown("!Sub"))?;
            result += &if name.contains('.') { self.attribute(name)? } else { self.reference(name)? };
            result += rest;
        }
        Ok(result)
    }

    /// A parameter's value, or a resource's name.
    fn reference(&self, name: &str) -> Result<String, TemplateError> {
        match (self.values.get(name), self.kinds.get(name)) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(_)) => Ok(format!("{STACK}-{name}")),
            (None, None) => Err(TemplateError::Reference(name.into())),
        }
    }

    /// An ARN.
    fn attribute(&self, path: &str) -> Result<String, TemplateError> {
        let nothing = || TemplateError::Reference(path.into());
        let (id, attribute) = path.split_once('.').ok_or_else(nothing)?;
        let resource = match self.kinds.get(id).ok_or_else(nothing)?.as_str() {
            "AWS::DynamoDB::Table" => format!("dynamodb:{REGION}:{ACCOUNT}:table/{STACK}-{id}"),
            "AWS::Logs::LogGroup" => format!("logs:{REGION}:{ACCOUNT}:log-group:{STACK}-{id}"),
            "AWS::SQS::Queue" => format!("sqs:{REGION}:{ACCOUNT}:{STACK}-{id}"),
            _ => return Err(nothing()),
        };
        match attribute {
            "Arn" => Ok(format!("arn:aws:{resource}")),
            "StreamArn" => Ok(format!("arn:aws:{resource}/stream/local")),
            _ => Err(nothing()),
        }
    }
}

fn unknown(construct: &str) -> TemplateError {
    TemplateError::Intrinsic(construct.into())
}

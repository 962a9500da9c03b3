//! Intrinsic functions: `!Ref`, `!Sub` and `!GetAtt`, with the values that references have on this machine; and `!If`, of
//! conditions that compare texts.

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
    /// Whether each condition holds.
    conditions: BTreeMap<String, bool>,
}

/// What a list leaves out.
const NO_VALUE: &str = "AWS::NoValue";

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
        let mut scope = Self { values, kinds, conditions: BTreeMap::new() };
        for (name, condition) in &document.conditions {
            let holds = scope.holds(condition)?;
            scope.conditions.insert(name.clone(), holds);
        }
        Ok(scope)
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
            Yaml::Sequence(items) => {
                let chosen = items.iter().map(|item| self.chosen(item)).collect::<Result<Vec<_>, _>>()?;
                chosen.into_iter().flatten().map(|item| self.resolve(item)).collect::<Result<_, _>>()?
            }
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

    /// An item of a list, or the one that `!If` puts in its place; `None` where that is nothing.
    fn chosen<'a>(&self, item: &'a Yaml) -> Result<Option<&'a Yaml>, TemplateError> {
        let Yaml::Tagged(tagged) = item else { return Ok(Some(item)) };
        match (tagged.tag.to_string().as_str(), &tagged.value) {
            ("!Ref", Yaml::String(name)) if name == NO_VALUE => Ok(None),
            ("!If", Yaml::Sequence(parts)) => {
                let [Yaml::String(name), then, otherwise] = parts.as_slice() else { return Err(unknown("!If")) };
                let holds = self.conditions.get(name).ok_or_else(|| TemplateError::Reference(name.clone()))?;
                self.chosen(if *holds { then } else { otherwise })
            }
            _ => Ok(Some(item)),
        }
    }

    fn holds(&self, condition: &Yaml) -> Result<bool, TemplateError> {
        let Yaml::Tagged(tagged) = condition else { return Err(unknown("a condition")) };
        let tag = tagged.tag.to_string();
        match (tag.as_str(), tagged.value.as_sequence().map(Vec::as_slice)) {
            ("!Not", Some([condition])) => Ok(!self.holds(condition)?),
            ("!Equals", Some([one, other])) => Ok(self.resolve(one)? == self.resolve(other)?),
            _ => Err(unknown(&tag)),
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

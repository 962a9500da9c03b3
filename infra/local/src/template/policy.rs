//! What a function may do: the statements of its policies.

use serde::Deserialize;

/// One `Allow` statement. A wildcard is refused when it is read: each function names what it uses.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Statement {
    #[serde(rename = "Effect")]
    _effect: Effect,
    action: Names,
    resource: Names,
}

impl Statement {
    /// Whether this statement lets a function do `action` to the resource with this ARN.
    pub fn allows(&self, action: &str, resource: &str) -> bool {
        let named = |names: &Names, name: &str| names.0.iter().any(|one| one == name);
        named(&self.action, action) && named(&self.resource, resource)
    }

    /// The actions that it allows.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.action.0.iter().map(String::as_str)
    }
}

/// A policy of a function.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Policy {
    #[serde(rename = "Version")]
    _version: Version,
    pub(super) statement: Vec<Statement>,
}

#[derive(Debug, Clone, Deserialize)]
enum Effect {
    Allow,
}

#[derive(Deserialize)]
enum Version {
    #[serde(rename = "2012-10-17")]
    Current,
}

/// One name or several, none with a wildcard.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "OneOrMany")]
struct Names(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl TryFrom<OneOrMany> for Names {
    type Error = String;

    fn try_from(names: OneOrMany) -> Result<Self, Self::Error> {
        let names = match names {
            OneOrMany::One(name) => vec![name],
            OneOrMany::Many(names) => names,
        };
        match names.iter().find(|name| name.contains(['*', '?'])) {
            Some(name) => Err(format!("`{name}` allows more than one thing; name each")),
            None => Ok(Self(names)),
        }
    }
}

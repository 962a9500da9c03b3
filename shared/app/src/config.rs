//! Settings, from the environment variables that the template sets.

use std::collections::BTreeMap;

use crate::Failure;

/// A function's settings. Each field's variable is its name in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The table's name.
    pub table: String,
    /// Where people reach the hub, without a slash at the end.
    pub base_url: String,
    /// The hub's name, on pages and in mails.
    pub hub_name: String,
    /// Who signs organisers' tokens.
    pub issuer: String,
    /// For whom they sign them.
    pub audience: String,
    /// The claim that carries an organiser's role.
    pub role_claim: String,
    /// As the issuer knows the console; empty for functions that sign nobody in.
    pub client_id: String,
    /// The address that mail comes from; empty for functions that send none.
    pub mail_from: String,
    /// Registrations a minute from one network, as one instance counts them; no limit where absent.
    pub network_per_minute: Option<u32>,
    /// Where the keys are in the parameter store.
    pub secrets_path: String,
    /// The ARN of the key of KMS that signs certificates; empty where a key among the secrets does.
    pub signing_key: String,
}

impl Config {
    /// The variables that are read.
    pub const VARIABLES: [&'static str; 11] = [
        "TABLE",
        "BASE_URL",
        "HUB_NAME",
        "ISSUER",
        "AUDIENCE",
        "ROLE_CLAIM",
        "CLIENT_ID",
        "MAIL_FROM",
        "SECRETS_PATH",
        "NETWORK_PER_MINUTE",
        "SIGNING_KEY",
    ];

    /// Reads settings from pairs; only the table is required of every function.
    pub fn from_pairs(pairs: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let get = |name: &str| pairs.get(name).cloned().unwrap_or_default();
        let table = pairs.get("TABLE").cloned().ok_or_else(|| Failure::new("TABLE is not set"))?;
        Ok(Self {
            table,
            base_url: get("BASE_URL").trim_end_matches('/').to_owned(),
            hub_name: get("HUB_NAME"),
            issuer: get("ISSUER"),
            audience: get("AUDIENCE"),
            role_claim: get("ROLE_CLAIM"),
            client_id: get("CLIENT_ID"),
            mail_from: get("MAIL_FROM"),
            network_per_minute: get("NETWORK_PER_MINUTE").parse().ok(),
            secrets_path: get("SECRETS_PATH"),
            signing_key: get("SIGNING_KEY"),
        })
    }

    /// Reads settings from this process's environment.
    pub fn from_environment() -> Result<Self, Failure> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let read = |name: &str| std::env::var(name).ok().map(|value| (name.to_owned(), value));
        Self::from_pairs(&Self::VARIABLES.into_iter().filter_map(read).collect())
    }
}

/// Whether this process runs on AWS: on Lambda, or in a container or shell of its.
pub fn is_on_aws() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let is_set = |name: &str| std::env::var(name).is_ok();
    ["AWS_LAMBDA_RUNTIME_API", "AWS_EXECUTION_ENV", "ECS_CONTAINER_METADATA_URI_V4"].into_iter().any(is_set)
}

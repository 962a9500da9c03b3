//! Who organisers are, and what they may do.

use domain::ProgrammeId;
use serde_json::{Map, Value, json};

/// What an organiser may do (the table of the public surface).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganiserRole {
    /// Everything.
    Admin,
    /// Everything about the events of some programmes.
    Programme,
    /// Rosters and attendance.
    Desk,
    /// Reports.
    Reader,
}

impl OrganiserRole {
    /// All of them; whoever has several acts as the first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Programme, Self::Desk, Self::Reader];

    /// As tokens name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Programme => "programme",
            Self::Desk => "desk",
            Self::Reader => "reader",
        }
    }
}

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organiser {
    /// As the issuer calls them.
    pub subject: String,
    /// What they may do.
    pub role: OrganiserRole,
    /// Whose events, for a `programme` organiser.
    pub programmes: Vec<ProgrammeId>,
}

impl Organiser {
    /// Whether this organiser sees a programme's events at all.
    pub fn sees(&self, programme: ProgrammeId) -> bool {
        self.role != OrganiserRole::Programme || self.programmes.contains(&programme)
    }

    /// Whether this organiser may change events and lines.
    pub fn may_manage(&self) -> bool {
        matches!(self.role, OrganiserRole::Admin | OrganiserRole::Programme)
    }

    /// Whether this organiser may read rosters and take attendance.
    pub fn may_see_roster(&self) -> bool {
        self.role != OrganiserRole::Reader
    }

    /// Whether this organiser may read reports and charges.
    pub fn may_read_reports(&self) -> bool {
        self.role != OrganiserRole::Desk
    }

    /// Whoever a token's claims (RFC 7519) name, where `role_claim` holds a role of this hub, alone or in a list;
    /// `None` for somebody without any.
    pub fn of_claims(claims: &Map<String, Value>, role_claim: &str) -> Option<Self> {
        let texts = |name: &str| match claims.get(name) {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let roles = texts(role_claim);
        let role = OrganiserRole::ALL.into_iter().find(|role| roles.contains(&role.name()))?;
        let programmes = texts("programmes").into_iter().filter_map(ProgrammeId::from_slug).collect();
        let subject = claims.get("sub").and_then(Value::as_str).filter(|subject| !subject.is_empty())?;
        Some(Self { subject: subject.to_owned(), role, programmes })
    }

    /// The claims that name this organiser again, the role under `role`.
    pub fn to_claims(&self) -> Map<String, Value> {
        let programmes: Vec<&str> = self.programmes.iter().map(ProgrammeId::slug).collect();
        let pairs =
            [("sub", json!(self.subject)), ("role", json!(self.role.name())), ("programmes", json!(programmes))];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(claims: Value, role_claim: &str) -> Option<Organiser> {
        Organiser::of_claims(claims.as_object().expect("an object"), role_claim)
    }

    #[test]
    fn a_role_stands_alone_or_in_a_list_under_the_claim_that_the_hub_names() {
        let role = |claims, claim| read(claims, claim).map(|organiser| organiser.role);
        assert_eq!(role(json!({"sub": "a", "role": "desk"}), "role"), Some(OrganiserRole::Desk));
        let groups = json!({"sub": "a", "cognito:groups": ["staff", "reader", "programme"], "role": "admin"});
        assert_eq!(role(groups, "cognito:groups"), Some(OrganiserRole::Programme));
        for claims in [
            json!({"sub": "a"}),
            json!({"sub": "a", "role": "Admin"}),
            json!({"role": "admin"}),
            json!({"sub": "", "role": "admin"}),
        ] {
            assert_eq!(role(claims.clone(), "role"), None, "{claims}");
        }
    }

    #[test]
    fn claims_lead_back_to_the_organiser() {
        let claims = json!({"sub": "pat", "role": ["programme"], "programmes": ["open-doors", "No such"]});
        let pat = read(claims, "role").expect("an organiser");
        assert_eq!(pat.programmes, [ProgrammeId::OPEN_DOORS]);
        assert_eq!(Organiser::of_claims(&pat.to_claims(), "role"), Some(pat));
    }
}

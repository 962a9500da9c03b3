//! An Open Badges 3.0 credential: its JSON and its canonical statements, written side by side so that they agree.
//!
//! There are two of each certificate. The *named* one says who holds it and goes with the PDF; the *open* one, which
//! anybody gets for a number, does not. Both are signed once, when the certificate is issued.

use domain::certificate::{Facts, Holder};
use serde_json::{Value, json};

use super::quads::{BLANK, Quads, number};

const BADGES: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#";
const CREDENTIALS: &str = "https://www.w3.org/2018/credentials#";
const STATUS: &str = "https://www.w3.org/ns/credentials/status#";
const SCHEMA: &str = "https://schema.org/";
/// XML Schema's types as the context of badges spells them: with `https`, unlike everybody else.
const BADGE_TYPES: &str = "https://www.w3.org/2001/XMLSchema#";

/// The contexts of a credential, in order.
const CONTEXTS: [&str; 2] =
    ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"];

/// Which of a certificate's two credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Says who holds it.
    Named,
    /// Does not.
    Open,
}

/// What a credential is made from: nothing else, so that it can be made again.
pub(crate) struct Claims<'a> {
    /// The certificate's number.
    pub number: String,
    /// What the certificate says.
    pub facts: &'a Facts,
    /// Where the hub was reached when it was issued.
    pub origin: &'a str,
    /// The hub's DID.
    pub issuer: String,
    /// Its status list.
    pub list: u32,
    /// Its bit there.
    pub index: u32,
    /// A name for the holder that says nothing.
    pub subject: String,
}

impl Claims<'_> {
    fn id(&self, form: Form) -> String {
        let open = format!("{}/certificates/{}", self.origin, self.number);
        if form == Form::Open { open } else { format!("{open}#holder") }
    }

    fn achievement(&self) -> String {
        format!("{}/events/{}", self.origin, self.facts.event)
    }

    fn criteria(&self) -> (String, String) {
        let narrative = match self.facts.objectives.as_slice() {
            [] => "Took part for as long as a certificate takes.".to_owned(),
            objectives => {
                format!("Took part for as long as a certificate takes. Objectives: {}", objectives.join("; "))
            }
        };
        (format!("{}#certificate", self.achievement()), narrative)
    }

    fn description(&self) -> String {
        format!("{}, held on {}", self.facts.programme, self.facts.held_on())
    }

    fn status(&self) -> (String, String, String) {
        let list = format!("{}/api/v1/status/{}", self.origin, self.list);
        (format!("{list}#{}", self.index), list, self.index.to_string())
    }

    /// Hours credited, to the hundredth.
    fn credits(&self) -> f64 {
        (f64::from(self.facts.credited()) / 60.0 * 100.0).round() / 100.0
    }

    /// When it was issued, to the second.
    pub fn issued(&self) -> String {
        format!("{:.0}", self.facts.issued_at)
    }

    fn holder(&self, form: Form) -> Option<&Holder> {
        self.facts.holder.as_ref().filter(|_| form == Form::Named)
    }

    /// The credential without its proof.
    pub fn document(&self, form: Form) -> Value {
        let (criteria, narrative) = self.criteria();
        let (entry, list, index) = self.status();
        let credits = self.credits();
        // A whole number is written without a fraction, so that every reader takes it for one.
        let credits = if credits.fract() == 0.0 { json!(self.facts.credited() / 60) } else { json!(credits) };
        let mut subject = json!({
            "id": self.subject, "type": ["AchievementSubject"], "creditsEarned": credits,
            "achievement": {
                "id": self.achievement(), "type": ["Achievement"], "name": self.facts.title,
                "achievementType": "Course", "description": self.description(),
                "criteria": {"id": criteria, "narrative": narrative},
            },
        });
        if let Some(holder) = self.holder(form) {
            subject["identifier"] = json!([{"type": "IdentityObject", "hashed": false,
                "identityHash": holder.name.as_str(), "identityType": "name"}]);
            if let Some(number) = &holder.registration_number {
                subject["licenseNumber"] = json!(number);
            }
        }
        json!({
            "@context": CONTEXTS, "id": self.id(form), "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": self.facts.title,
            "issuer": {"id": self.issuer, "type": ["Profile"], "name": self.facts.issuer},
            "validFrom": self.issued(), "credentialSubject": subject,
            "credentialStatus": {"id": entry, "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
                "statusListIndex": index, "statusListCredential": list},
        })
    }

    /// The payload of the credential as a JWT: the credential with the claims that JWTs have for it.
    pub fn payload(&self, form: Form) -> Value {
        let mut payload = self.document(form);
        payload["iss"] = json!(self.issuer);
        payload["jti"] = json!(self.id(form));
        payload["nbf"] = json!(self.facts.issued_at.as_second());
        payload["sub"] = json!(self.subject);
        payload
    }

    /// The credential's statements.
    pub fn statements(&self, form: Form) -> Quads {
        let mut quads = Quads::default();
        let (id, achievement, (criteria, narrative)) = (self.id(form), self.achievement(), self.criteria());
        let (entry, list, index) = self.status();
        let (ob, vc, st, so) = (
            |name| format!("{BADGES}{name}"),
            |name| format!("{CREDENTIALS}{name}"),
            |name| format!("{STATUS}{name}"),
            |name| format!("{SCHEMA}{name}"),
        );
        quads
            .kind(&id, &vc("VerifiableCredential"))
            .kind(&id, &ob("OpenBadgeCredential"))
            .words(&id, &so("name"), &self.facts.title)
            .iri(&id, &vc("issuer"), &self.issuer)
            .typed(&id, &vc("validFrom"), &self.issued(), "dateTime")
            .iri(&id, &vc("credentialSubject"), &self.subject)
            .iri(&id, &vc("credentialStatus"), &entry);
        quads.kind(&self.issuer, &ob("Profile")).words(&self.issuer, &so("name"), &self.facts.issuer);
        quads
            .kind(&self.subject, &ob("AchievementSubject"))
            .iri(&self.subject, &ob("achievement"), &achievement)
            .typed(&self.subject, &ob("creditsEarned"), &number(self.credits()), &format!("{BADGE_TYPES}float"));
        quads
            .kind(&achievement, &ob("Achievement"))
            .words(&achievement, &so("name"), &self.facts.title)
            .words(&achievement, &so("description"), &self.description())
            .words(&achievement, &ob("achievementType"), "Course")
            .iri(&achievement, &ob("Criteria"), &criteria)
            .words(&criteria, &ob("narrative"), &narrative);
        quads
            .kind(&entry, &st("BitstringStatusListEntry"))
            .words(&entry, &st("statusPurpose"), "revocation")
            .words(&entry, &st("statusListIndex"), &index)
            .iri(&entry, &st("statusListCredential"), &list);
        if let Some(holder) = self.holder(form) {
            quads
                .iri(&self.subject, &ob("identifier"), BLANK)
                .kind(BLANK, &ob("IdentityObject"))
                .typed(BLANK, &ob("hashed"), "false", &format!("{BADGE_TYPES}boolean"))
                .words(BLANK, &ob("identityHash"), holder.name.as_str())
                .words(BLANK, &ob("identityType"), "name");
            if let Some(number) = &holder.registration_number {
                quads.words(&self.subject, &ob("licenseNumber"), number);
            }
        }
        quads
    }
}

//! A certificate of attendance: one page, A4 across, with its credential attached.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde_json::{Value, json};
use typst::syntax::Source;

use crate::press::{Failure, Press, Sheet, file};
use crate::qr;
use crate::shown::{Reach, Shown};

/// What a certificate says. Everything is in words already; what no font can show is left out of the page, never
/// out of the credential.
pub struct Certificate<'a> {
    /// The certificate's number, which also tells this document from every other.
    pub number: &'a str,
    /// The holder, as on the booking.
    pub name: &'a str,
    /// The event's title.
    pub event: &'a str,
    /// The event's programme.
    pub programme: &'a str,
    /// One line for each session.
    pub sessions: &'a [String],
    /// Minutes of CPD credited, where the event carries any.
    pub cpd_minutes: Option<u32>,
    /// Minutes taken part.
    pub minutes: u32,
    /// What participants learn, where given.
    pub objectives: &'a [String],
    /// The holder's number in a professional register, where given.
    pub registration_number: Option<&'a str>,
    /// Who issues it.
    pub issuer: &'a str,
    /// The day of issue.
    pub issued: Date,
    /// Where anyone can check it, as people type it.
    pub check_at: &'a str,
    /// The same with the secret that shows the name; in the QR code.
    pub check_url: &'a str,
    /// The credential.
    pub credential: Attachment<'a>,
}

/// A file within the PDF.
pub struct Attachment<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
}

static TEMPLATE: LazyLock<Source> =
    LazyLock::new(|| Source::new(file("/certificate.typ"), include_str!("../templates/certificate.typ").to_owned()));

/// Objectives on the page; there is no room for more.
const OBJECTIVES_MAX: usize = 6;

impl Certificate<'_> {
    /// The page. A name that no font can show falls back, so that one name never stops a batch.
    pub fn pdf(&self) -> Result<Vec<u8>, Failure> {
        let press = Press::get();
        let first = press.print(self.sheet(press, Reach::AllFonts)?, self.number);
        // Letters of different fonts may still not join; then those of one font do.
        first.or_else(|_| press.print(self.sheet(press, Reach::FirstFont)?, self.number))
    }

    fn sheet(&self, press: &'static Press, reach: Reach) -> Result<Sheet, Failure> {
        let code = qr::svg(self.check_url).ok_or_else(Failure::no_code)?;
        Ok(Sheet {
            template: &TEMPLATE,
            facts: self.facts(press, reach).to_string().into_bytes(),
            code: code.into_bytes(),
            attachment: self.credential.bytes.to_vec(),
        })
    }

    fn facts(&self, press: &Press, reach: Reach) -> Value {
        let shown = |text: &str| Shown::of(text, press.book(), reach);
        let text = |words| shown(words).text;
        let name = shown(self.name);
        let printed = if name.has_letters() { name.text.as_str() } else { "The holder named in the credential" };
        let objectives: Vec<String> =
            self.objectives.iter().take(OBJECTIVES_MAX).map(String::as_str).map(text).collect();
        json!({
            "number": self.number,
            "name": printed,
            "name_size": name_points(printed.chars().count()),
            "is_whole": name.is_whole,
            "event": text(self.event),
            "event_size": title_points(self.event.chars().count()),
            "programme": text(self.programme),
            "sessions": self.sessions,
            "cpd": self.cpd_minutes.map(duration),
            "minutes": duration(self.minutes),
            "objectives": objectives,
            "registration_number": self.registration_number.map(text),
            "issuer": text(self.issuer),
            "issued": self.issued.strftime("%-d %B %Y").to_string(),
            "year": self.issued.year(),
            "month": self.issued.month(),
            "day": self.issued.day(),
            "check_at": self.check_at,
            "check_url": self.check_url,
        })
    }
}

/// A name's size: long ones are smaller, and the longest take three lines.
fn name_points(characters: usize) -> u8 {
    match characters {
        0..=24 => 34,
        25..=32 => 28,
        33..=80 => 22,
        _ => 16,
    }
}

fn title_points(characters: usize) -> u8 {
    match characters {
        0..=60 => 20,
        61..=110 => 17,
        _ => 14,
    }
}

/// "45 minutes", "1 hour", "6 hours 30 minutes".
pub(crate) fn duration(minutes: u32) -> String {
    let counted = |count: u32, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    match (minutes / 60, minutes % 60) {
        (0, rest) => counted(rest, "minute"),
        (hours, 0) => counted(hours, "hour"),
        (hours, rest) => format!("{} {}", counted(hours, "hour"), counted(rest, "minute")),
    }
}

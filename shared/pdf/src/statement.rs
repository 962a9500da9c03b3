//! All that somebody has: certificates by year, with the CPD time of each year.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde_json::json;
use typst::syntax::Source;

use crate::certificate::duration;
use crate::press::{Failure, Press, Sheet, file};
use crate::shown::{Reach, Shown};

/// A person's certificates, newest year first.
pub struct Statement<'a> {
    /// The holder.
    pub name: &'a str,
    /// Who issued them.
    pub issuer: &'a str,
    /// The day of the statement.
    pub date: Date,
    /// The years in which something was attended.
    pub years: &'a [Year],
}

/// What was attended in one year.
pub struct Year {
    /// Which.
    pub year: i16,
    /// Minutes of CPD credited in it.
    pub minutes: u32,
    /// Its certificates.
    pub lines: Vec<Line>,
}

/// One certificate.
pub struct Line {
    /// The day of the event.
    pub held: String,
    /// Its title.
    pub event: String,
    /// Minutes credited.
    pub minutes: u32,
    /// The certificate's number.
    pub number: String,
}

static TEMPLATE: LazyLock<Source> =
    LazyLock::new(|| Source::new(file("/statement.typ"), include_str!("../templates/statement.typ").to_owned()));

impl Statement<'_> {
    /// The statement, as many pages as it takes.
    pub fn pdf(&self) -> Result<Vec<u8>, Failure> {
        let press = Press::get();
        let first = press.print(self.sheet(press, Reach::AllFonts), self.issuer);
        first.or_else(|_| press.print(self.sheet(press, Reach::FirstFont), self.issuer))
    }

    fn sheet(&self, press: &Press, reach: Reach) -> Sheet {
        let text = |words: &str| Shown::of(words, press.book(), reach).text;
        let name = Shown::of(self.name, press.book(), reach);
        let line = |line: &Line| {
            let minutes = duration(line.minutes);
            json!({"held": line.held, "event": text(&line.event), "minutes": minutes, "number": line.number})
        };
        let year = |year: &Year| {
            let lines: Vec<_> = year.lines.iter().map(line).collect();
            json!({"year": year.year.to_string(), "minutes": duration(year.minutes), "lines": lines})
        };
        let facts = json!({
            "name": if name.has_letters() { name.text.as_str() } else { "The holder of these certificates" },
            "issuer": text(self.issuer),
            "date": self.date.strftime("%-d %B %Y").to_string(),
            "y": self.date.year(), "m": self.date.month(), "d": self.date.day(),
            "years": self.years.iter().map(year).collect::<Vec<_>>(),
        });
        Sheet { template: &TEMPLATE, facts: facts.to_string().into_bytes(), code: Vec::new(), attachment: Vec::new() }
    }
}

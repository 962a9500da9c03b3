//! What is asked for: a period, a form, an audience, a version.

use documents::Form;
use domain::report::{Audience, Period};
use web::Problem;
use web::forms::FormData;

/// The period and form of a file's name; a period that does not exist has no file.
pub fn file(name: &str) -> Result<(Period, Form), Problem> {
    let read = || {
        let (period, extension) = name.rsplit_once('.')?;
        Some((period.parse().ok()?, Form::from_extension(extension)?))
    };
    read().ok_or_else(Problem::not_found)
}

/// A period of a path.
pub fn period(text: &str) -> Result<Period, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// How a report is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// By whom.
    pub audience: Audience,
    /// An earlier version of a final report.
    pub version: Option<u32>,
}

impl Reading {
    /// As it is asked for in an address.
    pub fn to_query(self) -> String {
        let version = self.version.map(|version| format!("&version={version}")).unwrap_or_default();
        format!("audience={}{version}", self.audience.slug())
    }

    /// Reads `?audience=&version=`.
    pub fn of(query: Option<&str>) -> Result<Self, Problem> {
        let query = FormData::parse(query.unwrap_or_default().as_bytes())?;
        let audience = match query.one("audience") {
            "" => Audience::default(),
            slug => Audience::from_slug(slug)
                .ok_or_else(|| Problem::invalid_field("/audience", "Must be one of organiser, funder, public"))?,
        };
        let version = match query.one("version") {
            "" => None,
            // The public's readings of several versions would together tell more than each.
            _ if audience == Audience::Public => {
                return Err(Problem::invalid_field("/version", "The public reads the latest version"));
            }
            number => Some(number.parse().map_err(|_| Problem::invalid_field("/version", "Must be a number"))?),
        };
        Ok(Self { audience, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_period_in_a_form() {
        let read = |name: &str| file(name).ok().map(|(period, form)| (period.to_string(), form));
        assert_eq!(read("2026-10.json"), Some(("2026-10".to_owned(), Form::Json)));
        assert_eq!(read("2026-27-Q3.xlsx"), Some(("2026-27-Q3".to_owned(), Form::Workbook)));
        let range = "2026-10-05..2026-11-20";
        assert_eq!(read(&format!("{range}.csv")), Some((range.to_owned(), Form::Csv)));
        for none in ["2026-13.json", "2026-10", "2026-10.pdf", "2026-10.JSON", ".json", "2026-10-05..2026-11-20"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_reading_is_the_organisers_unless_another_is_asked_for() {
        assert_eq!(Reading::of(None).ok(), Some(Reading::default()));
        let funder = Reading { audience: Audience::Funder, version: Some(2) };
        assert_eq!(Reading::of(Some("audience=funder&version=2")).ok(), Some(funder));
        for query in ["audience=press", "version=first", "audience=public&version=1"] {
            assert_eq!(Reading::of(Some(query)).err().map(|problem| problem.code()), Some("invalid"), "{query}");
        }
    }
}

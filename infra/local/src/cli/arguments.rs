//! What the command line says.

use std::iter::Peekable;
use std::path::PathBuf;
use std::str::FromStr;

use domain::report::Period;
use report::Form;

use crate::Options;

/// How to call the program.
pub const USAGE: &str = "\
usage: lectern [serve] [--port 8080] [--data .lectern] [--empty] [--clock 2026-11-02T09:00:00Z] [--kms]
       lectern audit   [--data .lectern] [--repair]
       lectern report  --month 2026-10 --format json|csv|xlsx --out FILE [--data .lectern]";

/// What is asked for.
#[derive(Debug)]
pub enum Command {
    /// Run a hub.
    Serve(Options),
    /// Recompute every invariant of a folder.
    Audit {
        /// The folder.
        data: PathBuf,
        /// Whether to mend what can be mended.
        repair: bool,
    },
    /// Write a report.
    Report {
        /// The folder.
        data: PathBuf,
        /// Of which month; quarters, years and ranges are understood too.
        month: Period,
        /// In which form.
        form: Form,
        /// The file.
        out: PathBuf,
    },
    /// Say how to call the program.
    Help,
}

impl Command {
    /// Reads the arguments that follow the program's name; the error is for whoever typed them.
    pub fn parse<'a>(arguments: impl IntoIterator<Item = String, IntoIter: 'a>) -> Result<Self, String> {
        let all: Box<dyn Iterator<Item = String> + 'a> = Box::new(arguments.into_iter());
        let mut arguments = all.peekable();
        let verb = arguments.next_if(|argument| !argument.starts_with('-')).unwrap_or_else(|| "serve".to_owned());
        match verb.as_str() {
            "serve" => serve(arguments),
            "audit" => audit(arguments),
            "report" => report(arguments),
            _ => Err(format!("lectern does not know `{verb}`")),
        }
    }
}

/// What a command is told besides its name.
type Arguments<'a> = Peekable<Box<dyn Iterator<Item = String> + 'a>>;

fn serve(mut arguments: Arguments) -> Result<Command, String> {
    let mut options = Options { data: ".lectern".into(), port: 8080, clock: None, empty: false, kms: false };
    while let Some(flag) = arguments.next() {
        match flag.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--data" => options.data = value(&flag, arguments.next())?,
            "--port" => options.port = value(&flag, arguments.next())?,
            "--empty" => options.empty = true,
            "--kms" => options.kms = true,
            "--clock" => options.clock = Some(value(&flag, arguments.next())?),
            _ => return Err(unknown("serve", &flag)),
        }
    }
    Ok(Command::Serve(options))
}

fn audit(mut arguments: Arguments) -> Result<Command, String> {
    let (mut data, mut repair) = (PathBuf::from(".lectern"), false);
    while let Some(flag) = arguments.next() {
        match flag.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--data" => data = value(&flag, arguments.next())?,
            "--repair" => repair = true,
            _ => return Err(unknown("audit", &flag)),
        }
    }
    Ok(Command::Audit { data, repair })
}

fn report(mut arguments: Arguments) -> Result<Command, String> {
    let (mut data, mut month, mut form, mut out) = (PathBuf::from(".lectern"), None, None, None);
    while let Some(flag) = arguments.next() {
        match flag.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--data" => data = value(&flag, arguments.next())?,
            "--month" => month = Some(value(&flag, arguments.next())?),
            "--out" => out = Some(value(&flag, arguments.next())?),
            "--format" => {
                let name: String = value(&flag, arguments.next())?;
                form = Some(Form::from_extension(&name).ok_or_else(|| format!("{flag} cannot be `{name}`"))?);
            }
            _ => return Err(unknown("report", &flag)),
        }
    }
    let needed = |flag| move || format!("lectern report needs {flag}");
    Ok(Command::Report {
        data,
        month: month.ok_or_else(needed("--month"))?,
        form: form.ok_or_else(needed("--format"))?,
        out: out.ok_or_else(needed("--out"))?,
    })
}

fn unknown(verb: &str, flag: &str) -> String {
    format!("lectern {verb} does not know `{flag}`")
}

fn value<T: FromStr>(flag: &str, text: Option<String>) -> Result<T, String> {
    let text = text.ok_or_else(|| format!("{flag} needs a value"))?;
    text.parse().map_err(|_| format!("{flag} cannot be `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        Command::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn kms_signs_when_it_is_asked_to() {
        assert!(matches!(parse("--kms"), Ok(Command::Serve(Options { kms: true, .. }))));
        assert!(matches!(parse(""), Ok(Command::Serve(Options { kms: false, .. }))));
    }

    #[test]
    fn serving_is_what_it_does_unless_told_otherwise() {
        let Ok(Command::Serve(options)) = parse("") else { panic!("serves") };
        assert_eq!((options.port, options.data, options.empty, options.clock), (8080, ".lectern".into(), false, None));
        let line = "serve --empty --port 0 --clock 2026-11-02T09:00:00Z --data hub";
        let Ok(Command::Serve(options)) = parse(line) else { panic!("serves") };
        assert_eq!((options.port, options.data, options.empty), (0, "hub".into(), true));
        assert_eq!(options.clock, "2026-11-02T09:00:00Z".parse().ok());
        assert!(matches!(parse("--port 81"), Ok(Command::Serve(Options { port: 81, .. }))));
    }

    #[test]
    fn an_audit_repairs_when_asked_to() {
        assert!(matches!(parse("audit"), Ok(Command::Audit { repair: false, .. })));
        assert!(matches!(parse("audit --repair --data x"), Ok(Command::Audit { repair: true, .. })));
    }

    #[test]
    fn a_report_names_its_month_form_and_file() {
        let line = "report --month 2026-10 --format csv --out october.csv";
        let Ok(Command::Report { data, month, form, out }) = parse(line) else { panic!("reports") };
        assert_eq!(
            (data, month.to_string(), form, out),
            (".lectern".into(), "2026-10".into(), Form::Csv, "october.csv".into())
        );
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (line, reason) in [
            ("sevre", "lectern does not know `sevre`"),
            ("--prot 80", "lectern serve does not know `--prot`"),
            ("audit --empty", "lectern audit does not know `--empty`"),
            ("report --month 2026-13", "--month cannot be `2026-13`"),
            ("report --month 2026-10 --format pdf", "--format cannot be `pdf`"),
            ("report --month 2026-10 --format csv", "lectern report needs --out"),
            ("--port", "--port needs a value"),
            ("--port 65536", "--port cannot be `65536`"),
            ("--clock tomorrow", "--clock cannot be `tomorrow`"),
            ("serve now", "lectern serve does not know `now`"),
        ] {
            assert_eq!(parse(line).expect_err("refused"), reason);
        }
    }
}

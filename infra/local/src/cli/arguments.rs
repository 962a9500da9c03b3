//! What the command line says.

use std::path::PathBuf;
use std::str::FromStr;

use crate::Options;

/// How to call the program.
pub const USAGE: &str = "\
usage: lectern [serve] [--port 8080] [--data .lectern] [--empty] [--clock 2026-11-02T09:00:00Z]
       lectern audit   [--data .lectern] [--repair]";

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
    /// Say how to call the program.
    Help,
}

impl Command {
    /// Reads the arguments that follow the program's name; the error is for whoever typed them.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter().peekable();
        let verb = arguments.next_if(|argument| !argument.starts_with('-')).unwrap_or_else(|| "serve".to_owned());
        let audits = match verb.as_str() {
            "serve" => false,
            "audit" => true,
            _ => return Err(format!("lectern does not know `{verb}`")),
        };
        let mut options = Options { data: ".lectern".into(), port: 8080, clock: None, empty: false };
        let mut repair = false;
        while let Some(flag) = arguments.next() {
            match (flag.as_str(), audits) {
                ("--help" | "-h", _) => return Ok(Self::Help),
                ("--data", _) => options.data = value(&flag, arguments.next())?,
                ("--repair", true) => repair = true,
                ("--port", false) => options.port = value(&flag, arguments.next())?,
                ("--empty", false) => options.empty = true,
                ("--clock", false) => options.clock = Some(value(&flag, arguments.next())?),
                _ => return Err(format!("lectern {verb} does not know `{flag}`")),
            }
        }
        Ok(if audits { Self::Audit { data: options.data, repair } } else { Self::Serve(options) })
    }
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
    fn what_is_not_understood_is_said() {
        for (line, reason) in [
            ("sevre", "lectern does not know `sevre`"),
            ("--prot 80", "lectern serve does not know `--prot`"),
            ("audit --empty", "lectern audit does not know `--empty`"),
            ("--port", "--port needs a value"),
            ("--port 65536", "--port cannot be `65536`"),
            ("--clock tomorrow", "--clock cannot be `tomorrow`"),
            ("serve now", "lectern serve does not know `now`"),
        ] {
            assert_eq!(parse(line).expect_err("refused"), reason);
        }
    }
}

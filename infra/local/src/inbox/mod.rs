//! The mail that was sent: one file a message in the data folder, as a recipient would have got it.

mod filing;
mod message;

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::folder::Folder;

pub use message::Message;

/// The folder's place for mail.
const PLACE: &str = "mail";

/// All messages, in order of filing.
#[derive(Debug)]
pub struct Inbox {
    folder: Arc<Folder>,
    filed: Mutex<Vec<Filed>>,
}

/// A message on file.
#[derive(Debug, Clone)]
struct Filed {
    number: u64,
    id: String,
    /// The bare addresses that it went to, in lower case.
    to: BTreeSet<String>,
}

/// A message that SES would not take.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    /// Nobody to send it to.
    #[error("Missing final destination")]
    NoDestination,
    /// An address that cannot be sent to without SMTPUTF8.
    #[error("Local address contains control or whitespace")]
    Address,
    /// A line over 1,000 bytes (RFC 5321, section 4.5.3.1.6).
    #[error("Line length exceeded 1000 bytes")]
    LineTooLong,
    /// No header, or none that says who sends it.
    #[error("Missing required header 'From'.")]
    NoSender,
    /// It could not be put on file.
    #[error("the message could not be filed")]
    Io(#[from] io::Error),
}

impl Inbox {
    /// Reads what is on file.
    pub fn open(folder: Arc<Folder>) -> io::Result<Self> {
        std::fs::create_dir_all(folder.at(PLACE))?;
        let mut filed = Vec::new();
        for entry in std::fs::read_dir(folder.at(PLACE))? {
            let entry = entry?;
            let name = entry.file_name();
            let Some((number, id)) = name.to_str().and_then(parse_name) else { continue };
            let to = Message::read(id, &std::fs::read(entry.path())?).to;
            filed.push(Filed { number, id: id.to_owned(), to: to.iter().map(|to| to.to_lowercase()).collect() });
        }
        filed.sort_by_key(|one| one.number);
        Ok(Self { folder, filed: Mutex::new(filed) })
    }

    /// Files a message for these addresses, those of its header if there are none; its id.
    pub fn file(&self, raw: &[u8], destinations: Vec<String>, now: Timestamp) -> Result<String, Rejected> {
        let to = filing::check(raw, destinations)?;
        let mut filed = self.filed();
        let number = filed.last().map_or(0, |last| last.number) + 1;
        // An odd factor gives every number its own id.
        let id = format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let bytes = filing::stamped(raw, &id, &to, now);
        self.folder.write(&name(number, &id), &bytes)?;
        let to = to.iter().map(|to| to.to_lowercase()).collect();
        filed.push(Filed { number, id: id.clone(), to });
        Ok(id)
    }

    /// The bare addresses that a message went to, in lower case.
    pub fn recipients(&self, id: &str) -> BTreeSet<String> {
        let filed = self.filed();
        filed.iter().rev().find(|one| one.id == id).map(|one| one.to.clone()).unwrap_or_default()
    }

    /// The messages to one address, whatever its case, or all.
    pub fn messages(&self, to: Option<&str>) -> Vec<Message> {
        let to = to.map(str::to_lowercase);
        let is_chosen = |one: &&Filed| to.as_ref().is_none_or(|to| one.to.contains(to));
        let chosen: Vec<Filed> = self.filed().iter().filter(is_chosen).cloned().collect();
        // One that was taken away by hand is gone.
        chosen.iter().filter_map(|one| Some(Message::read(&one.id, &std::fs::read(self.path(one)).ok()?))).collect()
    }

    /// The last message to an address that is the one sought; the newest is looked at first, and no older one than it.
    pub fn latest(&self, to: &str, is_it: impl Fn(&Message) -> bool) -> Option<Message> {
        let to = to.to_lowercase();
        let chosen: Vec<Filed> = self.filed().iter().filter(|one| one.to.contains(&to)).cloned().collect();
        let mut newest_first = chosen.iter().rev();
        newest_first.find_map(|one| {
            let message = Message::read(&one.id, &std::fs::read(self.path(one)).ok()?);
            is_it(&message).then_some(message)
        })
    }

    /// One message's bytes.
    pub fn raw(&self, id: &str) -> Option<Vec<u8>> {
        let one = self.filed().iter().find(|one| one.id == id).cloned()?;
        std::fs::read(self.path(&one)).ok()
    }

    fn path(&self, one: &Filed) -> PathBuf {
        self.folder.at(&name(one.number, &one.id))
    }

    fn filed(&self) -> MutexGuard<'_, Vec<Filed>> {
        // A panic while the lock is held leaves at most a file that the next start finds.
        self.filed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(number: u64, id: &str) -> String {
    format!("{PLACE}/{number:06}-{id}.eml")
}

fn parse_name(name: &str) -> Option<(u64, &str)> {
    let (number, id) = name.strip_suffix(".eml")?.split_once('-')?;
    Some((number.parse().ok()?, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-02T09:00:00Z";

    fn opened(place: &tempfile::TempDir) -> Inbox {
        let (folder, _hold) = Folder::hold(place.path()).expect("free");
        Inbox::open(folder).expect("opens")
    }

    fn file(inbox: &Inbox, raw: &str) -> Result<String, Rejected> {
        inbox.file(raw.replace('\n', "\r\n").as_bytes(), Vec::new(), NOW.parse().expect("a time"))
    }

    #[test]
    fn hostile_headers_and_bodies_come_back_as_they_were_sent() {
        let place = tempfile::tempdir().expect("a folder");
        let inbox = opened(&place);
        let raw = "message-ID: <mine@example>\nDATE:\n Thu, 1 Jan 1970\n 00:00:00 +0000\n\
                   From: =?utf-8?q?H=C3=BCb?= <hub@hub.example>\nTo: \"Date: x\" <Ann@Example.org>,\n bob@example.org\n\
                   Bcc: boss@example.org\nSubject: =?utf-8?b?w4TDpA==?= Message-ID: 1\n\
                   X-Folded: one\n\ttwo\nContent-Type: text/plain; charset=utf-8\n\n\
                   Date: stays\nMessage-ID: stays\n\n.\nend";
        let id = file(&inbox, raw).expect("filed");
        let [message] = <[Message; 1]>::try_from(inbox.messages(None)).expect("one message");
        assert_eq!(message.to, ["Ann@Example.org", "bob@example.org", "boss@example.org"]);
        assert_eq!(message.from, "Hüb <hub@hub.example>");
        assert_eq!(message.subject, "Ää Message-ID: 1");
        assert_eq!(message.at, NOW.parse().ok());
        assert_eq!(message.headers["Message-ID"], format!("<{id}@eu-west-2.amazonses.com>"));
        assert_eq!(message.headers["Date"], "Mon, 2 Nov 2026 09:00:00 +0000");
        assert_eq!(message.headers["X-Folded"], "one two");
        assert!(!message.headers.contains_key("Bcc") && !message.headers.contains_key("DATE"));
        assert_eq!(message.text.as_deref(), Some("Date: stays\r\nMessage-ID: stays\r\n\r\n.\r\nend"));
        assert_eq!(message.html, None);
    }

    #[test]
    fn parts_are_told_apart() {
        let place = tempfile::tempdir().expect("a folder");
        let inbox = opened(&place);
        let raw = "From: hub@hub.example\nTo: ann@example.org\nSubject: s\nMIME-Version: 1.0\n\
                   Content-Type: multipart/mixed; boundary=m\n\n\
                   --m\nContent-Type: multipart/alternative; boundary=a\n\n\
                   --a\nContent-Type: text/plain\n\nplain\n\
                   --a\nContent-Type: text/html\n\n<p>rich</p>\n\
                   --a\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--a--\n\
                   --m\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=a.pdf\n\
                   Content-Transfer-Encoding: base64\n\naGVsbG8=\n--m--\n";
        file(&inbox, raw).expect("filed");
        let [message] = <[Message; 1]>::try_from(inbox.messages(None)).expect("one message");
        assert_eq!(message.text.as_deref().map(str::trim_end), Some("plain"));
        assert_eq!(message.html.as_deref().map(str::trim_end), Some("<p>rich</p>"));
        let parts: Vec<_> = message.attachments.iter().map(|a| (a.name.as_deref(), a.content_type.as_str())).collect();
        assert_eq!(parts, [(None, "text/calendar"), (Some("a.pdf"), "application/pdf")]);
        assert_eq!(message.attachments[1].size, 5);
    }

    #[test]
    fn an_address_finds_its_mail_in_order_after_a_restart_too() {
        let place = tempfile::tempdir().expect("a folder");
        let send = |inbox: &Inbox, to: &str, subject: &str| {
            file(inbox, &format!("From: a@hub.example\nTo: {to}\nSubject: {subject}\n\nx")).expect("filed")
        };
        let inbox = opened(&place);
        send(&inbox, "ann@example.org", "one");
        send(&inbox, "bob@example.org", "two");
        drop(inbox);
        let inbox = opened(&place);
        let three = send(&inbox, "ANN@example.org", "three");
        let subjects = |to| inbox.messages(to).into_iter().map(|m| m.subject).collect::<Vec<_>>();
        assert_eq!(subjects(Some("Ann@Example.ORG")), ["one", "three"]);
        assert_eq!(subjects(None), ["one", "two", "three"]);
        assert_eq!(subjects(Some("nobody@example.org")), [""; 0]);
        assert!(inbox.raw(&three).expect("on file").ends_with(b"\r\n\r\nx"));
        assert!(inbox.raw("../clock").is_none());
    }

    #[test]
    fn what_ses_rejects_is_rejected() {
        let place = tempfile::tempdir().expect("a folder");
        let inbox = opened(&place);
        let long = "x".repeat(1_001);
        for (raw, reason) in [
            ("From: a@hub.example\nSubject: s\n\nx", "Missing final destination"),
            ("To: ann@example.org\n\nx", "Missing required header 'From'."),
            ("From: a@hub.example\nTo: <zoë@example.org>\n\nx", "Local address contains control or whitespace"),
            (&format!("From: a@hub.example\nTo: ann@example.org\n\n{long}"), "Line length exceeded 1000 bytes"),
        ] {
            assert_eq!(file(&inbox, raw).expect_err("rejected").to_string(), reason);
        }
        assert!(inbox.messages(None).is_empty());
    }
}

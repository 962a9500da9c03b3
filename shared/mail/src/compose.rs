//! A letter as MIME: text and HTML side by side, the calendar entry last among them and once more as a file, files
//! behind. The same letter is the same bytes.

use std::io;

use domain::EmailAddress;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use crate::letter::Letter;

/// One mail.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    /// In whose name.
    pub from_name: &'a str,
    /// Where answers go, where that is not the sender.
    pub reply_to: Option<&'a EmailAddress>,
    /// To whom.
    pub to: &'a EmailAddress,
    /// What it says.
    pub letter: &'a Letter,
    /// Groups the mails of one booking, and seeds the boundaries between parts: letters, digits, `.` and `-`, at most
    /// 60 of them.
    pub thread: &'a str,
    /// The booking's calendar entry.
    pub invitation: Option<&'a Invitation>,
    /// Files that go along.
    pub attachments: &'a [Attachment],
    /// Where a single POST stops mail of this kind (RFC 8058); only for mail that nobody needs.
    pub unsubscribe: Option<&'a str>,
}

/// A calendar file, and what the reader is to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// `REQUEST` or `CANCEL` (RFC 5546).
    pub method: &'static str,
    /// The file (RFC 5545).
    pub calendar: String,
}

/// A file.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl<'a> Mail<'a> {
    /// A letter, and nothing with it.
    pub fn new(from_name: &'a str, to: &'a EmailAddress, letter: &'a Letter, thread: &'a str) -> Self {
        let (reply_to, invitation, unsubscribe) = (None, None, None);
        Self { from_name, reply_to, to, letter, thread, invitation, attachments: &[], unsubscribe }
    }

    /// The message, from this address.
    pub(crate) fn compose(&self, from: &str) -> io::Result<Vec<u8>> {
        let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let mut message = MessageBuilder::new()
            .from(Address::new_address(Some(self.from_name), from))
            .to(Address::new_address(None::<&str>, self.to.as_str()))
            .subject(self.letter.subject.as_str())
            // SES replaces Message-ID: what a thread hangs on is a message that was never sent.
            .header("References", Raw::new(format!("<{}@{domain}>", self.thread)))
            .header("Auto-Submitted", Raw::new("auto-generated"));
        if let Some(address) = self.reply_to {
            message = message.reply_to(Address::new_address(None::<&str>, address.as_str()));
        }
        if let Some(url) = self.unsubscribe {
            message = message
                .header("List-Unsubscribe", Raw::new(format!("<{url}>")))
                .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"));
        }
        message.body(self.body()).write_to_vec()
    }

    fn body(&self) -> MimePart<'_> {
        let mut versions =
            vec![MimePart::new("text/plain", self.letter.text()), MimePart::new("text/html", self.letter.html())];
        versions.extend(self.invitation.map(Invitation::part));
        let versions = self.multipart("alternative", versions);
        let mut files: Vec<MimePart<'_>> = self.invitation.map(Invitation::file).into_iter().collect();
        files.extend(self.attachments.iter().map(Attachment::part));
        if files.is_empty() {
            return versions;
        }
        files.insert(0, versions);
        self.multipart("mixed", files)
    }

    fn multipart<'x>(&self, kind: &'static str, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
        let boundary = format!("{kind}_{}", self.thread);
        MimePart::new(ContentType::new(format!("multipart/{kind}")).attribute("boundary", boundary), parts)
    }
}

impl Invitation {
    fn part(&self) -> MimePart<'_> {
        let kind = ContentType::new("text/calendar").attribute("charset", "utf-8").attribute("method", self.method);
        MimePart::new(kind, self.calendar.as_str())
    }

    fn file(&self) -> MimePart<'_> {
        let kind = ContentType::new("text/calendar").attribute("charset", "utf-8").attribute("name", "booking.ics");
        // As bytes: the file comes out of the mail exactly as it went in.
        MimePart::new(kind, self.calendar.as_bytes()).attachment("booking.ics")
    }
}

impl Attachment {
    fn part(&self) -> MimePart<'_> {
        MimePart::new(self.content_type.as_str(), self.bytes.as_slice()).attachment(self.name.as_str())
    }
}

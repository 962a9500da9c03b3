//! One message as programs and people read it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mail_parser::{MessageParser, MessagePart, MimeHeaders as _, PartType};
use serde::Serialize;

/// A message on file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The bare addresses that it went to.
    pub to: Vec<String>,
    /// The sender, with the name if there is one.
    pub from: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it was filed, by the hub's clock, to the second.
    pub at: Option<Timestamp>,
    /// Header fields by name, unfolded but not decoded; those that occur more than once are joined by commas.
    pub headers: BTreeMap<String, String>,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// Everything else, calendar parts included.
    pub attachments: Vec<Attachment>,
}

/// A part that is not the message's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// The file's name, if it has one.
    pub name: Option<String>,
    /// The media type without parameters.
    pub content_type: String,
    /// Bytes, decoded.
    pub size: usize,
}

impl Message {
    /// Reads a filed message; of one that does not read there is nothing but its id.
    pub(super) fn read(id: &str, raw: &[u8]) -> Self {
        let Some(message) = MessageParser::default().parse(raw) else {
            return Self { id: id.to_owned(), ..Self::default() };
        };
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        let mut to = Vec::new();
        for (name, value) in message.headers_raw() {
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            if name == "Delivered-To" {
                to.push(value.clone());
            }
            headers.entry(name.to_owned()).and_modify(|all| *all = format!("{all}, {value}")).or_insert(value);
        }
        let from = message.from().and_then(|from| from.first());
        Self {
            id: id.to_owned(),
            to,
            from: from.map(sender).unwrap_or_default(),
            subject: message.subject().unwrap_or_default().to_owned(),
            at: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
            headers,
            text: message.text_bodies().find_map(plain),
            html: message.html_bodies().find_map(rich),
            attachments: message.attachments().map(attachment).collect(),
        }
    }
}

fn sender(from: &mail_parser::Addr<'_>) -> String {
    let address = from.address.as_deref().unwrap_or_default();
    from.name.as_deref().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
}

fn plain(part: &MessagePart<'_>) -> Option<String> {
    if let PartType::Text(text) = &part.body { Some(text.to_string()) } else { None }
}

fn rich(part: &MessagePart<'_>) -> Option<String> {
    if let PartType::Html(html) = &part.body { Some(html.to_string()) } else { None }
}

fn attachment(part: &MessagePart<'_>) -> Attachment {
    let media = part.content_type().map(|media| match media.subtype() {
        Some(subtype) => format!("{}/{subtype}", media.ctype()),
        None => media.ctype().to_owned(),
    });
    Attachment {
        name: part.attachment_name().map(str::to_owned),
        content_type: media.unwrap_or_else(|| "application/octet-stream".to_owned()),
        size: part.contents().len(),
    }
}

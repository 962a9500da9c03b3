//! What SES does to a message between taking it and delivering it.
//!
//! It replaces `Message-ID` and `Date`, and drops `Bcc`
//! (<https://docs.aws.amazon.com/ses/latest/dg/header-fields.html>). Whoever the envelope named is kept as
//! `Delivered-To`, which the receiving end would add.

use jiff::Timestamp;
use mail_parser::{Address, MessageParser};

use super::Rejected;
use crate::template::REGION;

/// The most bytes of one line, with its end.
const LINE_MAX: usize = 1_000;

/// Header fields that do not survive.
const REPLACED: [&str; 3] = ["message-id", "date", "bcc"];

/// The addresses that the message goes to, if SES takes it.
pub(super) fn check(raw: &[u8], destinations: Vec<String>) -> Result<Vec<String>, Rejected> {
    let message = MessageParser::new().parse_headers(raw).ok_or(Rejected::NoSender)?;
    if message.from().is_none_or(|from| from.first().is_none()) {
        return Err(Rejected::NoSender);
    }
    let addresses = if destinations.is_empty() {
        [message.to(), message.cc(), message.bcc()].into_iter().flatten().flat_map(bare).collect()
    } else {
        destinations
    };
    if addresses.is_empty() {
        return Err(Rejected::NoDestination);
    }
    if !addresses.iter().all(|address| address.is_ascii() && address.contains('@')) {
        return Err(Rejected::Address);
    }
    if raw.split_inclusive(|byte| *byte == b'\n').any(|line| line.len() > LINE_MAX) {
        return Err(Rejected::LineTooLong);
    }
    Ok(addresses)
}

/// The message as it is delivered.
pub(super) fn stamped(raw: &[u8], id: &str, to: &[String], now: Timestamp) -> Vec<u8> {
    let mut message = Vec::with_capacity(raw.len() + 256);
    for address in to {
        message.extend_from_slice(format!("Delivered-To: {address}\r\n").as_bytes());
    }
    let date = now.strftime("%a, %-d %b %Y %H:%M:%S +0000");
    message.extend_from_slice(format!("Message-ID: <{id}@{REGION}.amazonses.com>\r\nDate: {date}\r\n").as_bytes());
    let mut lines = raw.split_inclusive(|byte| *byte == b'\n');
    let mut survives = true;
    for line in lines.by_ref() {
        if line.trim_ascii().is_empty() {
            message.extend_from_slice(line);
            break;
        }
        // A line that begins with white space goes on with the field before it.
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            survives = !is_replaced(line);
        }
        if survives {
            message.extend_from_slice(line);
        }
    }
    lines.for_each(|line| message.extend_from_slice(line));
    message
}

fn is_replaced(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
    REPLACED.iter().any(|replaced| name.eq_ignore_ascii_case(replaced.as_bytes()))
}

/// The bare addresses of a header field.
pub(super) fn bare(field: &Address<'_>) -> Vec<String> {
    field.iter().filter_map(|one| one.address.as_deref().map(str::to_owned)).collect()
}

//! Bytes as text: UTF-16 or UTF-8 by their mark, UTF-8 without one, and what Excel leaves when it saves a file again.

use encoding_rs::{Encoding, UTF_8, UTF_16LE, WINDOWS_1252};

use crate::Unreadable;

/// The text of a file, without marks.
pub fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (guess(bytes), 0));
    let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]);
    // Two files in one have a mark between them.
    let text = text.ok_or(Unreadable::NotText)?.replace('\u{FEFF}', "");
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Unreadable::NotText);
    }
    if text.trim().is_empty() { Err(Unreadable::Empty) } else { Ok(text) }
}

/// Without a mark: UTF-16 shows by the noughts between its letters, what is not UTF-8 is the old Windows encoding.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let start = &bytes[..bytes.len().min(256)];
    let noughts = start.iter().skip(1).step_by(2).filter(|byte| **byte == 0).count();
    if start.len() > 3 && noughts * 3 > start.len() {
        UTF_16LE
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn the_encodings_that_files_come_in_are_read() {
        let words = "Zoë\tBegum";
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        for bytes in [
            words.as_bytes().to_vec(),
            marked(b"\xEF\xBB\xBF", words.into()),
            marked(b"\xFF\xFE", utf16(words)),
            utf16(words),
            b"Zo\xEB\tBegum".to_vec(),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(words), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b""), Err(Unreadable::Empty));
        assert_eq!(decode(b"\xFF\xFE"), Err(Unreadable::Empty));
        assert_eq!(decode(b" \r\n\t\r\n"), Err(Unreadable::Empty));
        assert_eq!(decode(b"PK\x03\x04\x14\x00\x06\x00"), Err(Unreadable::NotText));
        assert_eq!(decode(b"%PDF-1.7\n\x00\x01\x02"), Err(Unreadable::NotText));
    }
}

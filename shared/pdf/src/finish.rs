//! A last look at a PDF's bytes: a stream whose data happen to end with a carriage return runs into the line feed before
//! `endstream`, and checkers that go by line ends (ISO 19005-3, 6.1.7.1) count one byte too few. Such a stream gets a
//! space after its data, which no filter reads, and the table of offsets moves along.

/// One change: bytes from here, so many of them, become these.
struct Edit {
    at: usize,
    length: usize,
    bytes: Vec<u8>,
}

/// The same document without streams that end in a carriage return. What is not laid out as expected stays as it is.
pub(crate) fn separate_line_ends(pdf: Vec<u8>) -> Vec<u8> {
    let edits = edits(&pdf);
    if edits.is_empty() { pdf } else { apply(&pdf, &edits).unwrap_or(pdf) }
}

/// The changes in order: the length of each such stream, then the byte after its data.
fn edits(pdf: &[u8]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut from = 0;
    while let Some(found) = find(&pdf[from..], b"\r\nendstream") {
        let end = from + found + 1;
        from = end;
        let Some(start) = rfind(&pdf[..end], b"<</Length ") else { continue };
        let digits_at = start + b"<</Length ".len();
        let digits = pdf[digits_at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&pdf[digits_at..digits_at + digits]).ok().and_then(|text| text.parse().ok());
        let Some(number) = number else { continue };
        let number: usize = number;
        edits.push(Edit { at: digits_at, length: digits, bytes: (number + 1).to_string().into_bytes() });
        edits.push(Edit { at: end, length: 0, bytes: b" ".to_vec() });
    }
    edits
}

/// The document with these changes, its table of offsets and where that begins.
fn apply(pdf: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let table = rfind(pdf, b"\nxref\n")? + 1;
    let grown = |offset: usize| -> usize {
        let before = edits.iter().filter(|edit| edit.at < offset);
        before.map(|edit| edit.bytes.len() - edit.length).sum()
    };
    let mut changed = Vec::with_capacity(pdf.len() + edits.len());
    let mut from = 0;
    for edit in edits {
        changed.extend_from_slice(&pdf[from..edit.at]);
        changed.extend_from_slice(&edit.bytes);
        from = edit.at + edit.length;
    }
    changed.extend_from_slice(&pdf[from..table]);
    let text = std::str::from_utf8(&pdf[table..]).ok()?;
    let mut is_after_startxref = false;
    for line in text.split_inclusive('\n') {
        let offset = line.get(..10).and_then(|digits| digits.parse::<usize>().ok());
        match offset {
            Some(offset) if line.len() == 20 && line.contains(" n") => {
                changed.extend_from_slice(format!("{:010}{}", offset + grown(offset), &line[10..]).as_bytes());
            }
            _ if is_after_startxref => {
                changed.extend_from_slice(format!("{}\n", table + grown(table)).as_bytes());
            }
            _ => changed.extend_from_slice(line.as_bytes()),
        }
        is_after_startxref = line == "startxref\n";
    }
    Some(changed)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_ends_in_a_carriage_return_gets_a_byte_and_offsets_move() {
        let pdf = b"%PDF\n1 0 obj\n<</Length 9/X 1>>\nstream\n12345678\r\nendstream\nendobj\n2 0 obj\nendobj\n\
            xref\n0 3\n0000000000 65535 f\r\n0000000005 00000 n\r\n0000000065 00000 n\r\ntrailer\nstartxref\n80\n%%EOF";
        let changed = String::from_utf8(separate_line_ends(pdf.to_vec())).expect("text");
        assert!(changed.contains("<</Length 10/X 1>>\nstream\n12345678\r \nendstream"), "{changed}");
        for (line, object) in [(" 00000 n\r\n0000000067", "2 0 obj"), ("0000000005 00000 n", "1 0 obj")] {
            assert!(changed.contains(line), "{changed}");
            let offset = line[line.len().saturating_sub(if object == "2 0 obj" { 10 } else { 18 })..].get(..10);
            let offset: usize = offset.and_then(|digits| digits.parse().ok()).expect("an offset");
            assert!(changed[offset..].starts_with(object));
        }
        let table: usize = changed.rsplit('\n').nth(1).and_then(|line| line.parse().ok()).expect("a number");
        assert!(changed[table..].starts_with("xref"));
    }
}

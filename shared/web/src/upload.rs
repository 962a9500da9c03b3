//! Forms that carry a file: `multipart/form-data` (RFC 7578). Without one they read as any other form does, so that what
//! was typed can be sent again from a page that has no file to offer.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures::stream;
use multer::{Field, Multipart};

use crate::Problem;
use crate::body;
use crate::forms::FormData;

/// A form, and the file that was sent with it.
pub struct Upload {
    /// What was typed.
    pub typed: FormData,
    /// The file, if one was chosen.
    pub file: Option<SentFile>,
}

/// A file of somebody's own device.
pub struct SentFile {
    /// The field in which it was chosen.
    pub field: String,
    /// The name that it has there, without its folders; what a browser says, unchecked.
    pub name: String,
    /// The media type that the browser takes it for, unchecked.
    pub content_type: String,
    /// What is in it; never nothing.
    pub bytes: Vec<u8>,
}

impl Upload {
    /// Reads a form's body of at most `limit` bytes. Of several files the last is kept.
    pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Self, Problem> {
        if body::media_type(headers) != "multipart/form-data" {
            return Ok(Self { typed: FormData::read(headers, body).await?, file: None });
        }
        let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(sent).map_err(|_| broken())?;
        let bytes = Bytes::from(body::bytes(body, limit).await?);
        let mut parts = Multipart::new(stream::iter([Ok::<_, Infallible>(bytes)]), boundary);
        let (mut typed, mut file) = (Vec::new(), None);
        while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
            match part.file_name().map(bare_name) {
                Some(name) => file = read_file(name, part).await?.or(file),
                None => typed.push(read_text(part).await?),
            }
        }
        Ok(Self { typed: typed.into_iter().collect(), file })
    }
}

/// The last part of a path: some browsers send all of it.
fn bare_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// A file; a field in which none was chosen has neither name nor content.
async fn read_file(name: String, part: Field<'_>) -> Result<Option<SentFile>, Problem> {
    let field = part.name().unwrap_or_default().to_owned();
    let content_type = part.content_type().map(|kind| kind.essence_str().to_owned()).unwrap_or_default();
    let bytes = part.bytes().await.map_err(|_| broken())?.to_vec();
    Ok((!bytes.is_empty()).then_some(SentFile { field, name, content_type, bytes }))
}

async fn read_text(part: Field<'_>) -> Result<(String, String), Problem> {
    let name = part.name().unwrap_or_default().to_owned();
    let bytes = part.bytes().await.map_err(|_| broken())?;
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| Problem::malformed("The form is not UTF-8."))?;
    Ok((name, text))
}

fn broken() -> Problem {
    Problem::malformed("The form broke off, or is not multipart/form-data.")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use futures::executor::block_on;

    use super::*;

    fn read(kind: &'static str, body: &str, limit: usize) -> Result<Upload, &'static str> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        block_on(Upload::read(&headers, Body::from(body.to_owned()), limit)).map_err(|problem| problem.code())
    }

    const PARTS: &str = "--x\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\ncheck\r\n\
        --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\lists\\a.csv\"\r\n\
        Content-Type: text/csv\r\n\r\nname\nA\n\r\n--x--\r\n";

    #[test]
    fn a_form_has_its_fields_and_its_file() {
        let sent = read("multipart/form-data; boundary=x", PARTS, 1_000).expect("a form");
        let file = sent.file.expect("a file");
        assert_eq!(
            (sent.typed.one("do"), file.field.as_str(), file.name.as_str(), file.content_type.as_str()),
            ("check", "file", "a.csv", "text/csv")
        );
        assert_eq!(file.bytes, b"name\nA\n");
        let plain = read("application/x-www-form-urlencoded", "do=check", 1_000).expect("a form");
        assert!(plain.file.is_none() && plain.typed.one("do") == "check");
    }

    #[test]
    fn nothing_chosen_is_no_file_and_what_is_too_long_or_broken_is_refused() {
        let none = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        assert!(read("multipart/form-data; boundary=x", none, 1_000).is_ok_and(|sent| sent.file.is_none()));
        let no = |kind, body, limit| read(kind, body, limit).err();
        assert_eq!(no("multipart/form-data; boundary=x", PARTS, 100), Some("too-large"));
        assert_eq!(no("multipart/form-data", PARTS, 1_000), Some("malformed"));
        assert_eq!(no("multipart/form-data; boundary=x", &PARTS[..60], 1_000), Some("malformed"));
        assert_eq!(no("text/csv", "name", 1_000), Some("unsupported-media-type"));
    }
}

//! Static files, carried in the program: the stylesheet, and the colour of an operator's band.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::{Problem, page};

/// The stylesheet's address: its name changes with its content, so that browsers may keep it for ever.
pub const STYLESHEET: &str = concat!("/assets/lectern-", env!("STYLESHEET_FINGERPRINT"), ".css");

const PLAIN: &[u8] = include_bytes!(concat!(env!("STYLES"), "/lectern.css"));
const BROTLI: &[u8] = include_bytes!(concat!(env!("STYLES"), "/lectern.css.br"));
const GZIP: &[u8] = include_bytes!(concat!(env!("STYLES"), "/lectern.css.gz"));

/// Seconds in a year, the longest that anybody keeps anything.
const KEPT_SECONDS: u32 = 31_536_000;
const CSS: &str = "text/css; charset=utf-8";

/// The file at a path under `/assets/`.
pub fn file(path: &str, asked: &HeaderMap) -> Result<Response, Problem> {
    if path == STYLESHEET {
        return Ok(forever(stylesheet(asked)));
    }
    let colour = path.strip_prefix("/assets/brand-").and_then(|rest| rest.strip_suffix(".css"));
    let colour = colour.and_then(Colour::parse).ok_or_else(Problem::not_found)?;
    Ok(forever(page::file(CSS, colour.rules())))
}

/// The smallest form that whoever asks can read.
fn stylesheet(asked: &HeaderMap) -> Response {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = |name: &str| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(name) && parts.next() != Some("q=0")
        })
    };
    let (encoding, bytes) = match () {
        () if accepts("br") => (Some("br"), BROTLI),
        () if accepts("gzip") => (Some("gzip"), GZIP),
        () => (None, PLAIN),
    };
    let mut response = page::file(CSS, bytes);
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn forever(response: Response) -> Response {
    let mut response = page::keep(response, KEPT_SECONDS);
    let value = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}

/// A colour as in `#005eb8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// The NHS.UK frontend's blue, which needs no rules of its own.
    pub const DEFAULT: Self = Self { red: 0x00, green: 0x5e, blue: 0xb8 };

    /// Six hexadecimal digits, with or without `#`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let is_hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
        let [_, red, green, blue] = bits.to_be_bytes();
        Some(Self { red, green, blue })
    }

    /// Six hexadecimal digits.
    pub fn digits(self) -> String {
        format!("{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Where its rules are; none are needed for [`Self::DEFAULT`].
    pub fn stylesheet(self) -> Option<String> {
        (self != Self::DEFAULT).then(|| format!("/assets/brand-{}.css", self.digits()))
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// White words where they can be read on this colour, else black ones: one of the two always can.
    fn words(self) -> &'static str {
        // The contrast of white with it is at least 4.5, as WCAG 2.2 AA asks.
        if 1.05 / (self.luminance() + 0.05) >= 4.5 { "#ffffff" } else { "#000000" }
    }

    fn rules(self) -> String {
        let (digits, words) = (self.digits(), self.words());
        format!(
            ".nhsuk-header,.nhsuk-header__navigation{{background-color:#{digits};color:{words}}}\
             .nhsuk-header a:not(:focus),.nhsuk-header button:not(:focus){{color:{words}}}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_any_colour_can_be_read() {
        for (colour, words) in [("#005eb8", "#ffffff"), ("ffeb3b", "#000000"), ("#000000", "#ffffff")] {
            let colour = Colour::parse(colour).unwrap();
            assert_eq!(colour.words(), words, "{colour:?}");
        }
        for text in ["", "#fff", "#12345g", "red", "#0000000", "+12345"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_stylesheet_comes_in_the_smallest_form_that_can_be_read() {
        let encoding = |accepted: &'static str| {
            let asked = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            let response = file(STYLESHEET, &asked).unwrap();
            response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(encoding("gzip, deflate, br"), Some("br".to_owned()));
        assert_eq!(encoding("gzip, br;q=0"), Some("gzip".to_owned()));
        assert_eq!(encoding("identity"), None);
        assert!(BROTLI.len() < 24 * 1_024, "{} bytes", BROTLI.len());
    }

    #[test]
    fn nothing_of_the_stylesheet_comes_from_elsewhere() {
        let css = std::str::from_utf8(PLAIN).unwrap();
        let elsewhere = css.split("url(").skip(1).find(|rest| !rest.starts_with("\"data:image/svg+xml"));
        assert_eq!(elsewhere.map(|rest| rest.split(')').next()), None);
        assert!(!css.contains("Frutiger") && !css.contains("@import"), "no web font");
    }
}

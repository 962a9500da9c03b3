//! An event's description: Markdown as HTML that can do no harm.
//!
//! HTML in the text is shown as text, pictures as their words, and a link leads to the web or to an address or is none.
//! Headings take their place under the page's own, without leaving out a level.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd, html};

/// The level of the description's topmost headings: the page has `h1`, the section `h2`.
const LEVEL_MIN: usize = 3;

/// The HTML of a description.
pub fn to_html(markdown: &str) -> String {
    let events: Vec<Event<'_>> = Parser::new(markdown).collect();
    let mut safe = Safe { topmost: topmost(&events), level: LEVEL_MIN - 1, links: Vec::new() };
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, events.into_iter().filter_map(|event| safe.let_through(event)));
    out
}

/// The level of the highest heading in the text.
fn topmost(events: &[Event<'_>]) -> usize {
    let level = |event: &Event<'_>| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(*level as usize),
        _ => None,
    };
    events.iter().filter_map(level).min().unwrap_or(1)
}

struct Safe {
    topmost: usize,
    /// The heading that was shown last.
    level: usize,
    /// Of the links that are open, whether each is shown as one.
    links: Vec<bool>,
}

impl Safe {
    fn let_through<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Link { link_type, dest_url, .. }) => return self.open_link(link_type, dest_url),
            Event::End(TagEnd::Link) => return self.links.pop()?.then_some(Event::End(TagEnd::Link)),
            Event::Start(Tag::Heading { level, .. }) => {
                let wanted = level as usize + LEVEL_MIN - self.topmost;
                self.level = wanted.clamp(LEVEL_MIN, self.level + 1).min(6);
                let level = heading(self.level);
                Event::Start(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(heading(self.level))),
            other => other,
        })
    }

    /// Links of another scheme, and relative ones, are left as their words.
    fn open_link<'a>(&mut self, link_type: LinkType, dest_url: CowStr<'a>) -> Option<Event<'a>> {
        let lower = dest_url.to_ascii_lowercase();
        let is_safe = link_type == LinkType::Email
            || ["http://", "https://", "mailto:"].into_iter().any(|scheme| lower.starts_with(scheme));
        self.links.push(is_safe);
        let title = CowStr::Borrowed("");
        is_safe.then_some(Event::Start(Tag::Link { link_type, dest_url, title, id: CowStr::Borrowed("") }))
    }
}

fn heading(level: usize) -> HeadingLevel {
    HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_shown() {
        let html = to_html("Bring **scissors** and [read this](https://a.example/?a=1&b=2).\n\n- one\n- two");
        let expected = "<p>Bring <strong>scissors</strong> and <a href=\"https://a.example/?a=1&amp;b=2\">read this</a>.\
                        </p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n";
        assert_eq!(html, expected);
        assert_eq!(to_html("<ann@hub.example>"), "<p><a href=\"mailto:ann@hub.example\">ann@hub.example</a></p>\n");
    }

    #[test]
    fn html_is_text() {
        for markdown in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div onclick=alert(1)>\n\nx\n\n</div>",
            "<!-- <b> -->",
            "![<img src=x>](x \"t\")",
            "`<b>`\n\n```<b>\n<i>\n```",
            "<a href=\"javascript:alert(1)\">x</a>",
        ] {
            let html = to_html(markdown);
            let tags: Vec<&str> = html.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap()).collect();
            let known = ["p", "/p", "code", "/code", "pre", "/pre"];
            assert!(tags.iter().all(|tag| known.contains(tag)), "{markdown}: {html}");
        }
    }

    #[test]
    fn links_lead_to_the_web_or_to_an_address() {
        for link in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "&#106;avascript:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "/bookings/x/cancel",
            "vbscript:x",
            "#main",
        ] {
            assert_eq!(to_html(&format!("[words]({link})")), "<p>words</p>\n", "{link}");
        }
        assert_eq!(to_html("<javascript:alert(1)>"), "<p>javascript:alert(1)</p>\n");
        let quoted = to_html("[a](https://a.example/\"onmouseover=alert(1))");
        assert!(!quoted.contains("\"onmouseover"), "{quoted}");
        assert!(to_html("[a](HTTPS://a.example \"a title\")").contains("<a href=\"HTTPS://a.example\">"));
    }

    #[test]
    fn headings_follow_the_pages_own_without_a_gap() {
        let html = to_html("## Programme\n\n#### Morning\n\n## Travel");
        assert_eq!(html, "<h3>Programme</h3>\n<h4>Morning</h4>\n<h3>Travel</h3>\n");
        assert_eq!(to_html("# A\n\n# B"), "<h3>A</h3>\n<h3>B</h3>\n");
    }
}

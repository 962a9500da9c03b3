//! Bar charts for pages: every bar a picture of its own (SVG) that stretches to the room it gets, beside its words, which
//! stay as large as the page's. Readable without colour, named for screen readers, and without any style of its own,
//! which the pages' policy forbids. The same figures stand beside it in a table.

use std::fmt::Write as _;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its parts, in the order of the chart's legend.
    pub parts: Vec<u64>,
}

/// Bars below each other, each of one or several parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What the chart shows.
    pub title: String,
    /// What each part is; at most as many as there are fills.
    pub legend: Vec<&'static str>,
    /// From the top.
    pub bars: Vec<Bar>,
}

/// The width of the longest bar, in the units of its picture.
const WIDTH: u64 = 1_000;
/// The height of every bar, in pixels.
const HEIGHT: u64 = 20;
/// Fills that differ in lightness, so that they can be told apart without colour.
pub(crate) const FILLS: [&str; 4] = ["#005eb8", "#7db4e6", "#425563", "#d8dde0"];

impl Bars {
    /// Whether there is anything to draw.
    pub fn is_empty(&self) -> bool {
        self.longest() == 0
    }

    fn longest(&self) -> u64 {
        self.bars.iter().map(Bar::whole).max().unwrap_or(0)
    }

    /// What the legend shows before each part's name.
    pub fn swatch(&self, part: usize) -> String {
        let fill = FILLS.get(part).unwrap_or(&FILLS[0]);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"16\" aria-hidden=\"true\" focusable=\"false\">\
             <rect x=\"1\" y=\"1\" width=\"14\" height=\"14\" fill=\"{fill}\" stroke=\"#425563\"/></svg>"
        )
    }

    /// One bar, as long as it is beside the longest; its name says how much each part is.
    pub fn svg(&self, bar: &Bar) -> String {
        let longest = self.longest().max(1);
        let scaled = |count: u64| count * WIDTH / longest;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
            escaped(&self.description(bar)),
        );
        let mut before = 0;
        for (part, fill) in bar.parts.iter().zip(FILLS) {
            let (x, end) = (scaled(before), scaled(before + part));
            before += part;
            if end > x {
                // Writing to a string cannot fail.
                let _ = write!(
                    svg,
                    "<rect x=\"{x}\" width=\"{}\" height=\"{HEIGHT}\" fill=\"{fill}\" stroke=\"#425563\" \
                     vector-effect=\"non-scaling-stroke\"/>",
                    end - x,
                );
            }
        }
        svg.push_str("</svg>");
        svg
    }

    /// "30 attended, 10 did not".
    fn description(&self, bar: &Bar) -> String {
        let parts = bar.parts.iter().zip(&self.legend).map(|(part, name)| format!("{part} {}", name.to_lowercase()));
        parts.collect::<Vec<_>>().join(", ")
    }
}

impl Bar {
    /// All parts together.
    pub fn whole(&self) -> u64 {
        self.parts.iter().sum()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_says_what_it_shows_and_sets_no_style() {
        let bar = |parts: &[u64]| Bar { label: "Open Doors".to_owned(), parts: parts.to_vec() };
        let bars = vec![bar(&[30, 10]), bar(&[0, 5])];
        let chart = Bars { title: "Places".to_owned(), legend: vec!["Attended", "Did \"not\""], bars };
        let svg = chart.svg(&chart.bars[0]);
        assert!(svg.contains("aria-label=\"30 attended, 10 did &quot;not&quot;\""), "{svg}");
        assert!(svg.contains("<rect x=\"750\" width=\"250\""), "{svg}");
        let short = chart.svg(&chart.bars[1]);
        assert_eq!(short.matches("<rect x=\"0\" width=\"125\"").count(), 1, "{short}");
        assert!(!svg.contains("style"), "{svg}");
        assert!(!chart.is_empty() && Bars { bars: vec![bar(&[0])], ..chart }.is_empty());
    }
}

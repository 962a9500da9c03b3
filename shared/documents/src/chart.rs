//! Bar charts as SVG that stands in a page: readable without colour, named for screen readers, and without any style of
//! its own, which the pages' policy forbids. The same figures stand beside it in a table.

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
    /// Unique among the charts of a page: letters and hyphens.
    pub id: &'static str,
    /// What the chart shows.
    pub title: String,
    /// What each part is.
    pub legend: Vec<&'static str>,
    /// From the top.
    pub bars: Vec<Bar>,
}

const WIDTH: u64 = 640;
const LABEL: u64 = 230;
const NUMBER: u64 = 56;
const ROW: u64 = 30;
const LEGEND: u64 = 30;
/// Fills that differ in lightness, so that they can be told apart without colour.
const FILLS: [&str; 4] = ["#005eb8", "#7db4e6", "#425563", "#d8dde0"];
/// The longest label that fits, in characters.
const LABEL_MAX: usize = 30;

impl Bars {
    /// The chart; `None` where there is nothing to draw.
    pub fn svg(&self) -> Option<String> {
        let most = self.bars.iter().map(Bar::whole).max().filter(|most| *most > 0)?;
        let height = LEGEND + ROW * self.bars.len() as u64;
        let mut svg = format!(
            "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
            escaped(&self.title),
            escaped(&self.description()),
            id = self.id,
        );
        self.draw_legend(&mut svg);
        for (row, bar) in (0..).zip(&self.bars) {
            bar.draw(&mut svg, LEGEND + ROW * row, most);
        }
        svg.push_str("</svg>");
        Some(svg)
    }

    /// The chart in words.
    fn description(&self) -> String {
        let bar = |bar: &Bar| {
            let parts = bar.parts.iter().zip(&self.legend).map(|(part, name)| format!("{part} {name}"));
            format!("{}: {}", bar.label, parts.collect::<Vec<_>>().join(", "))
        };
        self.bars.iter().map(bar).collect::<Vec<_>>().join("; ")
    }

    fn draw_legend(&self, svg: &mut String) {
        for (number, (name, fill)) in (0_u64..).zip(self.legend.iter().zip(FILLS)) {
            let x = number * WIDTH / self.legend.len() as u64;
            // Writing to a string cannot fail.
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"6\" width=\"14\" height=\"14\" fill=\"{fill}\" stroke=\"#425563\"/>\
                 <text x=\"{}\" y=\"18\" font-size=\"14\">{}</text>",
                x + 20,
                escaped(name),
            );
        }
    }
}

impl Bar {
    fn whole(&self) -> u64 {
        self.parts.iter().sum()
    }

    fn draw(&self, svg: &mut String, y: u64, most: u64) {
        let room = WIDTH - LABEL - NUMBER;
        let scaled = |count: u64| count * room / most;
        let middle = y + 20;
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" font-size=\"14\" text-anchor=\"end\">{}</text>",
            LABEL - 8,
            escaped(&shortened(&self.label)),
        );
        let mut before = 0;
        for (part, fill) in self.parts.iter().zip(FILLS) {
            let (x, end) = (LABEL + scaled(before), LABEL + scaled(before + part));
            before += part;
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" stroke=\"#425563\"/>",
                y + 4,
                end - x,
                ROW - 8,
            );
        }
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" font-size=\"14\">{}</text>",
            LABEL + scaled(self.whole()) + 6,
            self.whole(),
        );
    }
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LABEL_MAX {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LABEL_MAX - 1).collect();
    format!("{}…", kept.trim_end())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_says_what_it_shows_and_sets_no_style() {
        let bar = |label: &str, parts: &[u64]| Bar { label: label.to_owned(), parts: parts.to_vec() };
        let bars = vec![bar("Open <Doors>", &[30, 10]), bar("A programme with a very long name indeed", &[0, 5])];
        let chart = Bars { id: "programmes", title: "Places".to_owned(), legend: vec!["attended", "did not"], bars };
        let svg = chart.svg().expect("a chart");
        assert!(svg.contains("Open &lt;Doors&gt;: 30 attended, 10 did not; A programme"), "{svg}");
        assert!(svg.contains(">A programme with a very long…</text>"), "{svg}");
        assert!(!svg.contains("style"), "{svg}");
        assert_eq!(Bars { bars: vec![bar("x", &[0])], ..chart }.svg(), None);
    }
}

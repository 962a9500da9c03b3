//! Runs made whole: what is one word to a reader is one run of glyphs in the page.
//!
//! `typst` sets glyphs of different heights (Bengali signs, Arabic marks, Hebrew points) as runs of their own, and each
//! run claims the letters around it, so that a program that reads the page finds letters doubled or apart. Here runs that
//! were one are put together again, each glyph keeping its height and its letters; what is seen does not change.

use typst::layout::{Abs, Em, Frame, FrameItem, GroupItem, Point};
use typst::model::Document as _;
use typst::text::{Glyph, TextItem};
use typst_layout::{Page, PagedDocument};

/// The same document, its runs whole.
pub(crate) fn joined(document: &PagedDocument) -> PagedDocument {
    let pages = document.pages().iter().map(|page| Page { frame: join_frame(&page.frame), ..page.clone() });
    PagedDocument::new(pages.collect(), document.info().clone())
}

fn join_frame(frame: &Frame) -> Frame {
    let mut joined = Frame::new(frame.size(), frame.kind());
    if frame.has_baseline() {
        joined.set_baseline(frame.baseline());
    }
    let mut run: Option<Run> = None;
    for (at, item) in frame.items() {
        if let FrameItem::Text(text) = item {
            if !run.as_mut().is_some_and(|run| run.join(*at, text))
                && let Some(ended) = run.replace(Run::new(*at, text))
            {
                ended.push_to(&mut joined);
            }
            continue;
        }
        if let Some(ended) = run.take() {
            ended.push_to(&mut joined);
        }
        let item = match item {
            FrameItem::Group(group) => FrameItem::Group(GroupItem { frame: join_frame(&group.frame), ..group.clone() }),
            other => other.clone(),
        };
        joined.push(*at, item);
    }
    if let Some(ended) = run {
        ended.push_to(&mut joined);
    }
    joined
}

/// Glyphs that follow one another in a line.
struct Run {
    at: Point,
    /// Where the next glyph would stand.
    ends: Abs,
    item: TextItem,
}

impl Run {
    fn new(at: Point, item: &TextItem) -> Self {
        Self { at, ends: at.x + item.width(), item: item.clone() }
    }

    fn push_to(self, frame: &mut Frame) {
        frame.push(self.at, FrameItem::Text(self.item));
    }

    /// Takes in what comes after it; whether that is of the same run.
    fn join(&mut self, at: Point, next: &TextItem) -> bool {
        let is_alike = self.item.font == next.font
            && self.item.size == next.size
            && self.item.fill == next.fill
            && self.item.stroke == next.stroke
            && (self.item.lang, self.item.region) == (next.lang, next.region);
        if !is_alike || !self.ends.approx_eq(at.x) {
            return false;
        }
        let Some(Union { text, shifts }) = Union::of(&self.item, next) else { return false };
        let height = Em::from_abs(self.at.y - at.y, next.size);
        let moved = |glyph: &Glyph, by: u16, height: Em| {
            let range = glyph.range.start + by..glyph.range.end + by;
            Glyph { y_offset: glyph.y_offset + height, range, ..glyph.clone() }
        };
        let own = self.item.glyphs.iter().map(|glyph| moved(glyph, shifts[0], Em::zero()));
        let more = next.glyphs.iter().map(|glyph| moved(glyph, shifts[1], height));
        self.item.glyphs = own.chain(more).collect();
        self.item.text = text.into();
        self.ends = at.x + next.width();
        true
    }
}

/// Where the text of a run begins in what was typed, in bytes; `None` where its glyphs come of several places.
fn origin(item: &TextItem) -> Option<u16> {
    let of = |glyph: &Glyph| Some((glyph.span.0, glyph.span.1.checked_sub(glyph.range.start)?));
    let first = of(item.glyphs.first()?)?;
    item.glyphs.iter().all(|glyph| of(glyph) == Some(first)).then_some(first.1)
}

/// The text of two runs that overlap or touch.
struct Union {
    text: String,
    /// Where in it the text of each begins, in bytes.
    shifts: [u16; 2],
}

impl Union {
    /// `None` where they are not of one text.
    fn of(one: &TextItem, other: &TextItem) -> Option<Self> {
        let span = |item: &TextItem| item.glyphs.first().map(|glyph| glyph.span.0);
        if span(one) != span(other) {
            return None;
        }
        let origins = [origin(one)?, origin(other)?];
        let begins = origins[0].min(origins[1]);
        let shifts = origins.map(|origin| origin - begins);
        let (first, second) = if shifts[0] == 0 { (one, other) } else { (other, one) };
        let common = first.text.get(usize::from(shifts[0].max(shifts[1]))..)?;
        let rest = match second.text.strip_prefix(common) {
            Some(rest) => rest,
            None => common.starts_with(second.text.as_str()).then_some("")?,
        };
        Some(Self { text: format!("{}{rest}", first.text), shifts })
    }
}

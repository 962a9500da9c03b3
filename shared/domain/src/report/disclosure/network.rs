//! A table with its sums as a network: people flow from the whole to rows, from rows to columns, and back to the whole.
//! A count can have another value, with everything published left as it is, exactly where the network has a cycle
//! through its arc on which every other count stays within what is known of it.

use std::collections::VecDeque;

/// What is known of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub least: u64,
    /// At most.
    pub most: u64,
}

impl Bounds {
    /// It is known.
    pub fn only(count: u64) -> Self {
        Self { least: count, most: count }
    }

    /// Nothing is known.
    pub fn any() -> Self {
        Self { least: 0, most: u64::MAX }
    }
}

/// The counts of one row, or of the totals, with what is known of each.
pub struct RowOf {
    /// All parts together.
    pub whole: (u64, Bounds),
    /// The parts.
    pub parts: Vec<(u64, Bounds)>,
    /// Its counts move for nobody else's sake.
    pub is_still: bool,
}

/// How totals change while a cell does. Columns are numbered as everywhere: 0 is the whole, the parts follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Not at all.
    Nothing,
    /// One part and the whole, together.
    Whole {
        /// Which part.
        part: usize,
        /// One more, or one less.
        more: bool,
    },
    /// One person from part to part.
    Between {
        /// One less here.
        less: usize,
        /// One more here.
        more: usize,
    },
    /// Not at all: what all other rows together have more or less of a part, the row that stands still has less or more.
    Still {
        /// Which part.
        part: usize,
        /// One more for the others, or one less.
        more: bool,
    },
}

impl Shift {
    /// Every way in which the totals of so many parts change by one person.
    pub fn all(parts: usize) -> Vec<Self> {
        let each = || (1..=parts).flat_map(|part| [(part, true), (part, false)]);
        let still = each().map(|(part, more)| Self::Still { part, more });
        let wholes = each().map(|(part, more)| Self::Whole { part, more });
        let pairs = (1..=parts).flat_map(|less| (1..=parts).map(move |more| (less, more)));
        let between = pairs.filter(|(less, more)| less != more).map(|(less, more)| Self::Between { less, more });
        std::iter::once(Self::Nothing).chain(wholes).chain(between).chain(still).collect()
    }

    /// The part that changes with the whole.
    pub fn part(self) -> Option<usize> {
        match self {
            Self::Whole { part, .. } => Some(part),
            Self::Nothing | Self::Between { .. } | Self::Still { .. } => None,
        }
    }

    /// By how much a column of the totals changes.
    pub fn of(self, column: usize) -> i8 {
        let by = |more: bool| if more { 1 } else { -1 };
        match self {
            Self::Whole { part, more } if column == 0 || column == part => by(more),
            Self::Between { less, .. } if column == less => -1,
            Self::Between { more, .. } if column == more => 1,
            Self::Nothing | Self::Whole { .. } | Self::Between { .. } | Self::Still { .. } => 0,
        }
    }
}

#[derive(Clone)]
struct Arc {
    from: usize,
    to: usize,
    count: u64,
    bounds: Bounds,
    is_still: bool,
}

/// A table's network.
#[derive(Clone)]
pub struct Network {
    arcs: Vec<Arc>,
    rows: usize,
    parts: usize,
    /// The row that stands still.
    still: Option<usize>,
}

// Nodes: all, the sum of all, rows, columns.
const ALL: usize = 0;
const SUM: usize = 1;

impl Network {
    /// A table of these rows and totals, which have the same number of parts.
    pub fn of(rows: Vec<RowOf>, totals: RowOf) -> Self {
        let (row_count, parts) = (rows.len(), totals.parts.len());
        let row_node = |row: usize| 2 + row;
        let column_node = |part: usize| 2 + row_count + part;
        let arc = |from, to, (count, bounds): (u64, Bounds), is_still| Arc { from, to, count, bounds, is_still };
        let still = rows.iter().position(|row| row.is_still);
        let mut arcs = Vec::new();
        for (number, row) in rows.into_iter().enumerate() {
            arcs.push(arc(ALL, row_node(number), row.whole, row.is_still));
            for (part, flow) in row.parts.into_iter().enumerate() {
                arcs.push(arc(row_node(number), column_node(part), flow, row.is_still));
            }
        }
        arcs.push(arc(SUM, ALL, totals.whole, false));
        for (part, flow) in totals.parts.into_iter().enumerate() {
            arcs.push(arc(column_node(part), SUM, flow, false));
        }
        Self { arcs, rows: row_count, parts, still }
    }

    /// The arc of a row's column: 0 is the whole, the parts follow.
    fn arc_of(&self, row: usize, column: usize) -> usize {
        row * (self.parts + 1) + column
    }

    /// The arc of a column of the totals.
    fn arc_of_total(&self, column: usize) -> usize {
        self.arc_of(self.rows, column)
    }

    /// How many parts a whole has.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// One more, or one less, of a total; whether what is known of it allows that.
    fn change_total(&mut self, column: usize, more: bool) -> bool {
        let arc = self.arc_of_total(column);
        self.change(arc, more)
    }

    fn change(&mut self, arc: usize, more: bool) -> bool {
        let Arc { count, bounds, .. } = &mut self.arcs[arc];
        let is_possible = if more { *count < bounds.most } else { *count > bounds.least };
        if is_possible {
            *count = if more { *count + 1 } else { *count - 1 };
        }
        is_possible
    }

    /// Changes the totals as a shift says: from which node to which one person has to go so that all adds up again;
    /// `None` where what is known of the totals does not allow it.
    fn shift(&mut self, shift: Shift) -> Option<(usize, usize)> {
        let column_node = |network: &Self, part: usize| 2 + network.rows + part - 1;
        match shift {
            Shift::Nothing => Some((ALL, ALL)),
            Shift::Whole { part, more } => {
                let is_possible = self.change_total(0, more) && self.change_total(part, more);
                let (all, column) = (ALL, column_node(self, part));
                is_possible.then_some(if more { (all, column) } else { (column, all) })
            }
            Shift::Still { part, more } => {
                let still = self.still?;
                let (whole, arc) = (self.arc_of(still, 0), self.arc_of(still, part));
                let is_possible = self.change(whole, !more) && self.change(arc, !more);
                let (all, column) = (ALL, column_node(self, part));
                is_possible.then_some(if more { (all, column) } else { (column, all) })
            }
            Shift::Between { less, more } => {
                let is_possible = self.change_total(less, false) && self.change_total(more, true);
                is_possible.then_some((column_node(self, less), column_node(self, more)))
            }
        }
    }

    /// Shifts the totals, with the rows as it takes; whether that is possible.
    pub fn follow(&mut self, shift: Shift) -> bool {
        self.shift(shift).is_some_and(|(start, end)| self.route(start, end, None))
    }

    /// Changes a row's count by one while the totals shift, other rows as it takes; whether that is possible.
    pub fn push(&mut self, (row, column): (usize, usize), more: bool, shift: Shift) -> bool {
        let barred = self.arc_of(row, column);
        let Arc { from, to, .. } = self.arcs[barred];
        let (enters, leaves) = if more { (from, to) } else { (to, from) };
        let Some((start, end)) = self.shift(shift) else { return false };
        if !self.change(barred, more) {
            return false;
        }
        if start == end {
            return self.route(leaves, enters, Some(barred));
        }
        self.route(start, enters, Some(barred)) && self.route(leaves, end, Some(barred))
    }

    /// The same for the row that stands still for others: its whole moves along. Where there is none, there is nothing
    /// but the shift to follow.
    pub fn push_still(&mut self, part: usize, more: bool, shift: Shift) -> bool {
        let Some(row) = self.still else { return self.follow(shift) };
        let whole = self.arc_of(row, 0);
        self.arcs[whole].is_still = false;
        let is_possible = self.push((row, part), more, shift);
        self.arcs[whole].is_still = true;
        is_possible
    }

    /// Lets one person go from node to node over counts of rows; whether there is a way.
    fn route(&mut self, start: usize, end: usize, barred: Option<usize>) -> bool {
        let Some(path) = self.path(start, end, barred) else { return false };
        for (step, forward) in path {
            let count = &mut self.arcs[step].count;
            *count = if forward { *count + 1 } else { *count - 1 };
        }
        true
    }

    /// A way from node to node over rows' counts that may be one more (forward) or one less (backward), without
    /// `barred`.
    fn path(&self, start: usize, end: usize, barred: Option<usize>) -> Option<Vec<(usize, bool)>> {
        let totals = self.arc_of_total(0);
        let mut came: Vec<Option<(usize, usize, bool)>> = vec![None; 2 + self.rows + self.parts];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            if node == end {
                break;
            }
            let open = self.arcs.iter().enumerate().take(totals);
            for (number, arc) in open.filter(|(number, arc)| Some(*number) != barred && !arc.is_still) {
                let forward = arc.from == node && arc.count < arc.bounds.most;
                let backward = arc.to == node && arc.count > arc.bounds.least;
                for (next, is_forward) in [(arc.to, true), (arc.from, false)] {
                    let is_open = if is_forward { forward } else { backward };
                    if is_open && next != start && came[next].is_none() {
                        came[next] = Some((node, number, is_forward));
                        queue.push_back(next);
                    }
                }
            }
        }
        let mut steps = Vec::new();
        let mut node = end;
        while node != start {
            let (before, arc, forward) = came[node]?;
            steps.push((arc, forward));
            node = before;
        }
        Some(steps)
    }
}

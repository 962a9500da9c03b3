//! A table with its sums as a network: people flow from the whole to rows, from rows to columns, and back to the whole.
//! A count can have another value, with everything published left as it is, exactly where the network has a cycle
//! through its arc on which every other count stays within what is known of it.

use std::collections::VecDeque;

/// Of a withheld count at least so many values must be possible, the true one among them.
const VALUES_MIN: u64 = 3;

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
        Self { arcs, rows: row_count, parts }
    }

    /// The arc of a row's column: 0 is the whole, the parts follow.
    fn arc_of(&self, row: usize, column: usize) -> usize {
        row * (self.parts + 1) + column
    }

    /// Whether enough values are possible for a row's count.
    pub fn can_move(&self, row: usize, column: usize) -> bool {
        self.has_values(self.arc_of(row, column))
    }

    /// Whether enough values are possible for a total, rows that stand still for others moving along.
    pub fn can_move_total(&self, column: usize) -> bool {
        let mut network = self.clone();
        for arc in &mut network.arcs {
            arc.is_still = false;
        }
        network.has_values(self.arc_of(self.rows, column))
    }

    /// Whether a row's count may be more, whatever is known of the row itself.
    pub fn can_be_more(&self, row: usize, column: usize) -> bool {
        self.clone_freeing_whole(row).push(self.arc_of(row, column), true)
    }

    /// Whether a row's count may be less.
    pub fn can_be_less(&self, row: usize, column: usize) -> bool {
        self.clone_freeing_whole(row).push(self.arc_of(row, column), false)
    }

    /// A row that stands still but for one part has a whole that moves with it.
    fn clone_freeing_whole(&self, row: usize) -> Self {
        let mut network = self.clone();
        let whole = network.arc_of(row, 0);
        network.arcs[whole].is_still = false;
        network
    }

    fn has_values(&self, arc: usize) -> bool {
        let steps = |more: bool| {
            let mut network = self.clone();
            (1..VALUES_MIN).take_while(|_| network.push(arc, more)).count() as u64
        };
        1 + steps(true) + steps(false) >= VALUES_MIN
    }

    /// Changes one count by one, and others as it takes; whether that is possible.
    fn push(&mut self, arc: usize, more: bool) -> bool {
        let Arc { from, to, count, bounds, .. } = self.arcs[arc];
        let (start, end) = if more { (to, from) } else { (from, to) };
        if if more { count >= bounds.most } else { count <= bounds.least } {
            return false;
        }
        let Some(path) = self.path(start, end, arc) else { return false };
        self.arcs[arc].count = if more { count + 1 } else { count - 1 };
        for (step, forward) in path {
            let count = &mut self.arcs[step].count;
            *count = if forward { *count + 1 } else { *count - 1 };
        }
        true
    }

    /// A way from node to node over counts that may be one more (forward) or one less (backward), without `barred`.
    fn path(&self, start: usize, end: usize, barred: usize) -> Option<Vec<(usize, bool)>> {
        let mut came: Vec<Option<(usize, usize, bool)>> = vec![None; 2 + self.rows + self.parts];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            if node == end {
                break;
            }
            for (number, arc) in self.arcs.iter().enumerate().filter(|(number, arc)| *number != barred && !arc.is_still)
            {
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

//! The tables of a report together. They share their totals: what one table needs of them, every other must be able to
//! follow, or the totals are known from that other table after all.

use crate::report::disclosure::network::{Network, Shift};

/// Of a withheld count at least so many values must be possible, the true one among them.
const VALUES_MIN: usize = 3;

/// The networks of all tables, for one sum.
pub struct Joint {
    tables: Vec<Network>,
    shifts: Vec<Shift>,
}

impl Joint {
    /// Of these tables, which have the same parts.
    pub fn of(tables: Vec<Network>) -> Self {
        let shifts = tables.first().map_or_else(Vec::new, |table| Shift::all(table.parts()));
        Self { tables, shifts }
    }

    /// Whether enough values are possible for a row's count.
    pub fn can_move(&self, table: usize, row: usize, column: usize) -> bool {
        self.has_values(|tables, more| {
            self.shifts.iter().any(|shift| {
                let own = |number: usize, network: &mut Network| {
                    if number == table { network.push((row, column), more, *shift) } else { network.follow(*shift) }
                };
                attempt(tables, own)
            })
        })
    }

    /// Whether enough values are possible for a total: by way of rows that move, or of the one that stands still for them.
    pub fn can_move_total(&self, column: usize) -> bool {
        self.has_values(|tables, more| {
            let wanted = if more { 1 } else { -1 };
            let mut shifts = self.shifts.iter().filter(|shift| shift.of(column) == wanted);
            shifts.any(|shift| {
                attempt(tables, |_, network| network.follow(*shift))
                    || shift.part().is_some_and(|part| still_moves(tables, part, more, *shift))
            })
        })
    }

    /// Whether a part of the row that stands still may be more, or less, in all tables.
    pub fn can_move_still(&self, part: usize) -> bool {
        // What a shift does to that row and the change of it would cancel out.
        let shifts = self.shifts.iter().filter(|shift| !matches!(shift, Shift::Still { .. }));
        let mut ways = shifts.flat_map(|shift| [(shift, true), (shift, false)]);
        ways.any(|(shift, more)| still_moves(&mut self.tables.clone(), part, more, *shift))
    }

    /// Whether a count has enough values, of which `step` finds the next, upwards or downwards.
    fn has_values(&self, step: impl Fn(&mut Vec<Network>, bool) -> bool) -> bool {
        let steps = |more: bool| {
            let mut tables = self.tables.clone();
            (1..VALUES_MIN).take_while(|_| step(&mut tables, more)).count()
        };
        1 + steps(true) + steps(false) >= VALUES_MIN
    }
}

/// Changes a part of the row that stands still by one in every table, other rows as it takes; whether that is possible.
fn still_moves(tables: &mut Vec<Network>, part: usize, more: bool, shift: Shift) -> bool {
    attempt(tables, |_, network| network.push_still(part, more, shift))
}

/// Changes all tables, or none of them.
fn attempt(tables: &mut Vec<Network>, change: impl Fn(usize, &mut Network) -> bool) -> bool {
    let mut changed = tables.clone();
    let is_possible = changed.iter_mut().enumerate().all(|(number, network)| change(number, network));
    if is_possible {
        *tables = changed;
    }
    is_possible
}

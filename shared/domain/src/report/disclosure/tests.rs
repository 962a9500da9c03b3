//! The attacker: knows the rule and everything published, and tries every count of people that fits.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::report::{Breakdown, Completeness, Table};

/// A total that no rounding leaves as it is: it tells in which form totals are published.
const TELLTALE: Cell = Cell::Count(41);

/// The parts whose counts vary; the others are zero.
const PARTS: [Figure; 2] = [Figure::Attended, Figure::DidNotAttend];

fn figures(attended: u64, absent: u64) -> Figures {
    let mut figures = Figures::default();
    for figure in Figure::ALL {
        figures.set(figure, Cell::Count(0));
    }
    figures.set(Figure::Attended, Cell::Count(attended));
    figures.set(Figure::DidNotAttend, Cell::Count(absent));
    figures.set(Figure::PlacesBooked, Cell::Count(attended + absent));
    figures
}

fn report(rows: &[(u64, u64)]) -> Report {
    let row = |(number, (attended, absent)): (usize, &(u64, u64))| Row {
        key: RowKey::Known(format!("programme-{number}")),
        label: String::new(),
        figures: Some(figures(*attended, *absent)),
        is_reached: true,
    };
    let sum = |of: fn(&(u64, u64)) -> u64| rows.iter().map(of).sum();
    let mut totals = figures(sum(|row| row.0), sum(|row| row.1));
    totals.set(Figure::People, TELLTALE);
    let day = jiff::civil::date(2026, 10, 1);
    Report {
        period: "2026-10".to_owned(),
        from: day,
        to: day,
        completeness: Completeness::default(),
        reach: None,
        totals,
        tables: vec![Table { of: Breakdown::Programme, rows: rows.iter().enumerate().map(row).collect() }],
    }
}

/// The counts that one published number leaves possible. Whoever attacks knows which stars hide 1 to 7.
fn possible(exact: u64, published: Cell) -> Vec<u64> {
    match published {
        Cell::Count(0) => vec![0],
        Cell::Count(number) if number != exact || number % 5 == 0 => {
            (8..=number + 2).filter(|count| (count + 2) / 5 * 5 == number).collect()
        }
        Cell::Count(number) => vec![number],
        _ if (1..=7).contains(&exact) => (1..=7).collect(),
        _ => (0..=exact + 8).collect(),
    }
}

/// Every value that each withheld cell can have: rows by parts, the whole last.
fn attack(exact: &Report, published: &Report, totals_are_exact: bool) -> Vec<((usize, usize), BTreeSet<u64>)> {
    let cell = |report: &Report, row: usize, figure| report.tables[0].rows[row].figures.unwrap().get(figure);
    let rows = exact.tables[0].rows.len();
    let fits_total = |figure: Figure, sum: u64| {
        let (true_total, told) = (exact.totals.count(figure), published.totals.get(figure));
        if totals_are_exact && told == Cell::Count(true_total) {
            sum == true_total
        } else {
            possible(true_total, told).contains(&sum)
        }
    };
    // Every row's possible pairs, then every combination whose sums fit.
    let pairs: Vec<Vec<(u64, u64)>> = (0..rows)
        .map(|row| {
            let of = |figure| possible(cell(exact, row, figure).count().unwrap(), cell(published, row, figure));
            let wholes = of(Figure::PlacesBooked);
            let (first, second) = (of(PARTS[0]), of(PARTS[1]));
            let all = first.iter().flat_map(|a| second.iter().map(move |b| (*a, *b)));
            all.filter(|(a, b)| wholes.contains(&(a + b))).collect()
        })
        .collect();
    let mut found = vec![[BTreeSet::new(), BTreeSet::new(), BTreeSet::new()]; rows];
    let mut chosen = vec![0; rows];
    loop {
        let world: Vec<(u64, u64)> = chosen.iter().zip(&pairs).map(|(at, pairs)| pairs[*at]).collect();
        let (a, b) = (world.iter().map(|row| row.0).sum::<u64>(), world.iter().map(|row| row.1).sum::<u64>());
        if fits_total(PARTS[0], a) && fits_total(PARTS[1], b) && fits_total(Figure::PlacesBooked, a + b) {
            for (row, (a, b)) in world.iter().enumerate() {
                [*a, *b, a + b].iter().zip(&mut found[row]).for_each(|(value, set)| set.extend([*value]));
            }
        }
        let Some(next) = (0..rows).find(|row| chosen[*row] + 1 < pairs[*row].len()) else { break };
        chosen[..next].fill(0);
        chosen[next] += 1;
    }
    let withheld = (0..rows).flat_map(|row| (0..3).map(move |column| (row, column))).filter(|(row, column)| {
        let figure = [PARTS[0], PARTS[1], Figure::PlacesBooked][*column];
        cell(published, *row, figure) == Cell::Withheld
    });
    withheld.map(|(row, column)| ((row, column), found[row][column].clone())).collect()
}

fn is_safe(rows: &[(u64, u64)]) {
    let exact = report(rows);
    for may_be_exact in [true, false] {
        let published = publish(&exact, may_be_exact);
        let totals_are_exact = published.totals.get(Figure::People) == TELLTALE;
        assert!(may_be_exact || !totals_are_exact);
        for (at, values) in attack(&exact, &published, totals_are_exact) {
            assert!(values.len() >= 3, "{rows:?}, cell {at:?} is one of {values:?}: {published:?}");
        }
        for (row, shown) in exact.tables[0].rows.iter().zip(&published.tables[0].rows) {
            let told = |figure| (row.figures.unwrap().count(figure), shown.figures.unwrap().get(figure));
            for figure in [PARTS[0], PARTS[1], Figure::PlacesBooked] {
                let (count, cell) = told(figure);
                assert!(!(1..=7).contains(&count) || cell == Cell::Withheld, "{count} is told as {cell:?}");
                assert!(cell == Cell::Withheld || cell == rule(Cell::Count(count)), "{count} is told as {cell:?}");
            }
        }
    }
}

#[test]
fn what_sums_would_tell_is_withheld() {
    for rows in [
        // One row is its total; a zero beside it hides nothing; the largest that rounding leaves; the smallest.
        &[(5, 0)][..],
        &[(5, 0), (0, 0)],
        &[(7, 0), (22, 0)],
        &[(1, 0), (18, 0)],
        &[(3, 20), (40, 2)],
        &[(7, 7), (0, 0), (12, 22)],
        &[(1, 0), (0, 1)],
        &[(6, 12)],
        // Only totals under the rule protect these, and they happen to be multiples of five.
        &[(12, 7), (7, 7), (1, 6)],
        &[(0, 0)],
        &[],
    ] {
        is_safe(rows);
    }
}

#[test]
fn exact_totals_stay_where_they_tell_nothing() {
    let published = publish(&report(&[(30, 5), (41, 6)]), true);
    assert_eq!(published.totals.get(Figure::PlacesBooked), Cell::Count(82));
    let shown: Vec<Cell> =
        published.tables[0].rows.iter().map(|row| row.figures.unwrap().get(Figure::DidNotAttend)).collect();
    assert_eq!(shown, [Cell::Withheld, Cell::Withheld]);
}

/// The same, and a confidential programme's row in every table.
fn with_confidential(rows: &[(u64, u64)], confidential: (u64, u64)) -> Report {
    let mut report = report(&[rows, &[confidential]].concat());
    let row = report.tables[0].rows.last_mut().unwrap();
    row.key = RowKey::Confidential;
    report.tables.push(Table { of: Breakdown::Format, ..report.tables[0].clone() });
    report
}

#[test]
fn a_confidential_row_is_withheld_and_hides_nobody_else() {
    for (rows, confidential) in
        [(&[(5, 0)][..], (0, 0)), (&[(30, 5), (41, 6)], (3, 1)), (&[], (4, 0)), (&[(3, 0)], (60, 9))]
    {
        let exact = with_confidential(rows, confidential);
        let published = publish(&exact, true);
        assert_eq!(published.tables.len(), 2, "{rows:?}");
        for table in &published.tables {
            let shown = table.rows.last().unwrap().figures.unwrap();
            assert_eq!(
                (shown.get(Figure::PlacesBooked), shown.get(Figure::Attended)),
                (Cell::Withheld, Cell::Withheld)
            );
        }
        for (at, values) in attack(&exact, &published, false) {
            assert!(
                values.len() >= 2 || values.contains(&0),
                "{rows:?}, cell {at:?} is one of {values:?}: {published:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_withheld_cell_can_be_calculated(rows in prop::collection::vec((0_u64..14, 0_u64..14), 1..=3)) {
        is_safe(&rows);
    }
}

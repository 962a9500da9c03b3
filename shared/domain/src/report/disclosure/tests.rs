//! The attacker: knows the rule and everything published, and tries every count of people that fits.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::report::{Breakdown, Completeness, Table};

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
    let day = jiff::civil::date(2026, 10, 1);
    Report {
        period: "2026-10".to_owned(),
        from: day,
        to: day,
        completeness: Some(Completeness::default()),
        reach: None,
        totals: figures(sum(|row| row.0), sum(|row| row.1)),
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

/// What one table leaves possible: the totals of the parts, with the values that each row's parts and whole have then.
type Worlds = BTreeMap<(u64, u64), Vec<[BTreeSet<u64>; 3]>>;

const COLUMNS: [Figure; 3] = [PARTS[0], PARTS[1], Figure::PlacesBooked];

fn worlds(exact: &Table, published: &Table) -> Worlds {
    let cells = |row: usize, figure| {
        let of = |table: &Table| table.rows[row].figures.unwrap().get(figure);
        possible(of(exact).count().unwrap(), of(published))
    };
    let rows = exact.rows.len();
    // Every row's possible pairs, then every combination.
    let pairs: Vec<Vec<(u64, u64)>> = (0..rows)
        .map(|row| {
            let [first, second, wholes] = COLUMNS.map(|figure| cells(row, figure));
            let all = first.iter().flat_map(|a| second.iter().map(move |b| (*a, *b)));
            all.filter(|(a, b)| wholes.contains(&(a + b))).collect()
        })
        .collect();
    let mut found = Worlds::new();
    let mut chosen = vec![0; rows];
    loop {
        let world: Vec<(u64, u64)> = chosen.iter().zip(&pairs).map(|(at, pairs)| pairs[*at]).collect();
        let totals = (world.iter().map(|row| row.0).sum::<u64>(), world.iter().map(|row| row.1).sum::<u64>());
        let values = found.entry(totals).or_insert_with(|| vec![<[BTreeSet<u64>; 3]>::default(); rows]);
        for ((a, b), values) in world.iter().zip(values) {
            [*a, *b, a + b].iter().zip(values).for_each(|(value, set)| set.extend([*value]));
        }
        let Some(next) = (0..rows).find(|row| chosen[*row] + 1 < pairs[*row].len()) else { break };
        chosen[..next].fill(0);
        chosen[next] += 1;
    }
    found
}

/// Every value that each withheld cell can have, by table, row and column (the whole last): whatever all tables and the
/// totals together allow. The totals' own cells come as rows of a table after the last.
fn attack(exact: &Report, published: &Report, totals_are_exact: bool) -> Vec<((usize, usize, usize), BTreeSet<u64>)> {
    let tables: Vec<Worlds> =
        exact.tables.iter().zip(&published.tables).map(|(exact, published)| worlds(exact, published)).collect();
    let fits = |figure: Figure, sum: u64| {
        let (true_total, told) = (exact.totals.count(figure), published.totals.get(figure));
        if totals_are_exact && told == Cell::Count(true_total) {
            sum == true_total
        } else {
            possible(true_total, told).contains(&sum)
        }
    };
    let mut found: BTreeMap<(usize, usize, usize), BTreeSet<u64>> = BTreeMap::new();
    for (a, b) in tables.first().into_iter().flat_map(BTreeMap::keys) {
        let fits_all = [*a, *b, a + b].iter().zip(COLUMNS).all(|(sum, figure)| fits(figure, *sum));
        if !fits_all || !tables.iter().all(|worlds| worlds.contains_key(&(*a, *b))) {
            continue;
        }
        for (table, worlds) in tables.iter().enumerate() {
            for (row, values) in worlds[&(*a, *b)].iter().enumerate() {
                for (column, values) in values.iter().enumerate() {
                    found.entry((table, row, column)).or_default().extend(values);
                }
            }
        }
        for (column, total) in [*a, *b, a + b].into_iter().enumerate() {
            found.entry((tables.len(), 0, column)).or_default().insert(total);
        }
    }
    let is_withheld = |(table, row, column): &(usize, usize, usize)| {
        let row = published.tables.get(*table).map(|table| table.rows[*row].figures.unwrap());
        row.unwrap_or(published.totals).get(COLUMNS[*column]) == Cell::Withheld
    };
    found.into_iter().filter(|(at, _)| is_withheld(at)).collect()
}

/// The same people in tables by programme, by format, …: each of these rows.
fn tables(tables: &[&[(u64, u64)]]) -> Report {
    let mut all = report(tables[0]);
    for (rows, of) in tables.iter().zip([Breakdown::Programme, Breakdown::Format]).skip(1) {
        all.tables.push(Table { of, ..report(rows).tables.remove(0) });
    }
    all
}

fn is_safe(exact: &Report) {
    for totals_are_exact in [true, false] {
        let published = publish(exact, totals_are_exact);
        // Where exact totals would tell too much, they have been rounded after all.
        let totals_are_exact = totals_are_exact && Publication::of(exact, true).protected().is_some();
        let tables: Vec<Vec<(u64, u64)>> = exact.tables.iter().map(pairs_of).collect();
        for (at, values) in attack(exact, &published, totals_are_exact) {
            assert!(values.len() >= 3, "{tables:?}, cell {at:?} is one of {values:?}: {published:?}");
        }
        let pairs = exact.tables.iter().zip(&published.tables).flat_map(|(a, b)| a.rows.iter().zip(&b.rows));
        for (row, shown) in pairs {
            for figure in COLUMNS {
                let (count, cell) = (row.figures.unwrap().count(figure), shown.figures.unwrap().get(figure));
                assert!(!(1..=7).contains(&count) || cell == Cell::Withheld, "{count} is told as {cell:?}");
                assert!(cell == Cell::Withheld || cell == rule(Cell::Count(count)), "{count} is told as {cell:?}");
            }
        }
    }
}

fn pairs_of(table: &Table) -> Vec<(u64, u64)> {
    let of = |row: &Row, figure| row.figures.unwrap().count(figure);
    table.rows.iter().map(|row| (of(row, PARTS[0]), of(row, PARTS[1]))).collect()
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
        &[(0, 0)],
        &[],
    ] {
        is_safe(&report(rows));
    }
}

#[test]
fn what_one_table_tells_of_totals_is_not_told_of_another() {
    for pair in [
        // One table is of a single row, which is its total; in the other the same people are in several.
        [&[(5, 0)][..], &[(2, 0), (3, 0)]],
        [&[(8, 0)], &[(1, 0), (7, 0)]],
        // Seven rows of one each can only be seven.
        [&[(1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)], &[(7, 0)]],
        [&[(12, 3), (0, 0)], &[(0, 3), (12, 0)]],
    ] {
        is_safe(&tables(&pair));
    }
}

#[test]
fn of_people_it_is_not_told_at_how_many_events_they_were() {
    let mut exact = report(&[(7, 0), (30, 0)]);
    exact.tables[0].of = Breakdown::Role;
    for row in &mut exact.tables[0].rows {
        // Each at an event of their own: no fewer than seven.
        row.figures.as_mut().unwrap().set(Figure::EventsHeld, Cell::Count(7));
    }
    exact.completeness = Some(Completeness { events: 7, lacking_attendance: 7 });
    let published = publish(&exact, true);
    assert_eq!(published.completeness, None);
    for row in &published.tables[0].rows {
        assert_eq!(row.figures.unwrap().get(Figure::EventsHeld), Cell::None);
    }
}

#[test]
fn what_unused_places_cost_is_not_told() {
    // Whoever is absent and not charged is of a confidential programme.
    let mut exact = with_confidential(&[(30, 9), (41, 12)], (8, 2));
    exact.totals.set(Figure::UnusedAbsent, Cell::Count(21));
    exact.totals.set(Figure::UnusedGbp, Cell::Count(21 * 60));
    for row in &mut exact.tables[0].rows {
        row.figures.as_mut().unwrap().set(Figure::UnusedGbp, Cell::Count(60));
    }
    for totals_may_be_exact in [true, false] {
        let published = publish(&exact, totals_may_be_exact);
        let rows = published.tables.iter().flat_map(|table| &table.rows).map(|row| row.figures.unwrap());
        for figures in rows.chain([published.totals]) {
            let told = figures.iter().filter(|(figure, cell)| figure.kind() == Kind::Charges && *cell != Cell::None);
            assert_eq!(told.count(), 0, "{published:?}");
        }
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

/// Two rows, and other two that add up to the same.
fn two_tables() -> impl Strategy<Value = Report> {
    let cell = || 0_u64..10;
    let rows = ((cell(), cell()), (cell(), cell()), 0.0..1.0_f64, 0.0..1.0_f64);
    rows.prop_map(|(first, second, of_attended, of_absent)| {
        let split = |sum: u64, share: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "a share of a few"
            )]
            let part = (sum as f64 * share) as u64;
            (part, sum - part)
        };
        let (attended, absent) = (first.0 + second.0, first.1 + second.1);
        let (a, b) = (split(attended, of_attended), split(absent, of_absent));
        tables(&[&[first, second], &[(a.0, b.0), (a.1, b.1)]])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_withheld_cell_can_be_calculated(rows in prop::collection::vec((0_u64..14, 0_u64..14), 1..=3)) {
        is_safe(&report(&rows));
    }

    #[test]
    fn no_withheld_cell_can_be_calculated_from_two_tables(exact in two_tables()) {
        is_safe(&exact);
    }
}

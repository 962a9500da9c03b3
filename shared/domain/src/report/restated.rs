//! What changed after a report was final: a numbered restatement, cell by cell.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::report::{Audience, Breakdown, Cell, Figure, Figures, Report, RowKey};

/// One cell that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The table, `None` for the totals, and the row.
    pub row: Option<(Breakdown, RowKey)>,
    /// Which figure.
    pub figure: Figure,
    /// As it was.
    pub was: Cell,
    /// As it is.
    pub now: Cell,
}

/// A later version of a final report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restatement {
    /// From 2: the first is the report as it became final.
    pub version: u32,
    /// When it was first told.
    pub at: Timestamp,
    /// What is different from the version before.
    pub changes: Vec<Change>,
}

impl Restatement {
    /// In JSON, as far as this audience reads the cells that changed. The public is told that figures were restated.
    pub fn to_json(&self, audience: Audience) -> Value {
        let changes = self.changes.iter().filter(|change| audience.reads(change.row.as_ref().map(|(of, _)| *of)));
        let cells: Vec<Value> = changes.map(Change::to_json).collect();
        json!({"version": self.version, "at": self.at, "cells": cells})
    }
}

impl Change {
    fn to_json(&self) -> Value {
        let table = self.row.as_ref().map_or("totals".to_owned(), |(of, _)| format!("by_{}", of.slug()));
        let row = self.row.as_ref().and_then(|(_, key)| key.id());
        let (was, now) = (self.was.to_json(), self.now.to_json());
        json!({"table": table, "row": row, "figure": self.figure.slug(), "was": was, "now": now})
    }

    /// "By programme, open-doors: Attended was 3, is 4".
    pub fn words(&self) -> String {
        let of = match &self.row {
            None => "Totals".to_owned(),
            Some((of, key)) => format!("{}, {}", of.label(), key.id().unwrap_or("not known")),
        };
        format!("{of}: {} was {}, is {}", self.figure.label(), self.was.words(), self.now.words())
    }
}

impl Report {
    /// The cells in which this report differs from an earlier one of the same period; a row that is in one alone
    /// differs from nothing told.
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        let mut changes = differences(None, Some(&before.totals), Some(&self.totals));
        for of in Breakdown::ALL {
            let mut rows: BTreeMap<&RowKey, (Option<&Figures>, Option<&Figures>)> = BTreeMap::new();
            before.rows(of).iter().for_each(|row| rows.entry(&row.key).or_default().0 = row.figures.as_ref());
            self.rows(of).iter().for_each(|row| rows.entry(&row.key).or_default().1 = row.figures.as_ref());
            let of_row = |(key, (was, now)): (&RowKey, (_, _))| differences(Some((of, key.clone())), was, now);
            changes.extend(rows.into_iter().flat_map(of_row));
        }
        changes
    }
}

fn differences(row: Option<(Breakdown, RowKey)>, was: Option<&Figures>, now: Option<&Figures>) -> Vec<Change> {
    let cell = |figures: Option<&Figures>, figure| figures.map_or(Cell::None, |figures| figures.get(figure));
    let change = |figure| {
        let (was, now) = (cell(was, figure), cell(now, figure));
        // What is not told and nothing come to the same.
        let is_same = was == now || [was, now].iter().all(|cell| matches!(cell, Cell::None | Cell::Count(0)));
        (!is_same).then(|| Change { row: row.clone(), figure, was, now })
    };
    Figure::ALL.into_iter().filter_map(change).collect()
}

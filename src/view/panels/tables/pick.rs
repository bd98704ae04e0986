//! Which rows a table shows, and in which order: filtered a slice at a time, sorted where that takes no time.

use crate::view::panels::tables::filter::Filter;
use crate::view::panels::tables::sheet::{Key, Seen, Sheet};
use std::cmp::Ordering;

/// A column to sort by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sort {
    /// Its number.
    pub column: usize,
    /// Whether the largest comes first.
    pub falling: bool,
}

/// More rows than these are not sorted.
pub const MOST_SORTED: usize = 10_000;
/// Rows that are filtered in a frame.
const SLICE: usize = 30_000;

/// What the rows were picked for: run, step, sheet, filter, order.
type Wish = ((usize, usize), usize, Sheet, Filter, Option<Sort>);

/// The rows that are shown.
#[derive(Default)]
pub struct Pick {
    wish: Option<Wish>,
    rows: Vec<u32>,
    seen: usize,
    /// Every row in its own order: no list is kept.
    all: Option<usize>,
    is_done: bool,
}

impl Pick {
    /// Picks anew if something else is wished for, else goes on. Whether there is more to do.
    pub fn go_on(
        &mut self,
        seen: &Seen,
        sheet: Sheet,
        filter: &Filter,
        sort: Option<Sort>,
    ) -> bool {
        let look = seen.look;
        let (run, step) = (look.run.key(), look.playback.step());
        let same = self.wish.as_ref().is_some_and(|wish| {
            (wish.0, wish.1, wish.2, wish.4) == (run, step, sheet, sort) && wish.3 == *filter
        });
        let total = sheet.rows(look);
        if !same {
            self.wish = Some((run, step, sheet, filter.clone(), sort));
            self.rows.clear();
            (self.seen, self.is_done) = (0, false);
            let sorted = sort.is_some() && total <= MOST_SORTED;
            self.all = (filter.is_open() && !sorted).then_some(total);
        }
        if self.is_done || self.all.is_some() {
            return false;
        }
        let columns = sheet.columns();
        let searched: Vec<usize> =
            (0..columns.len()).filter(|column| columns[*column].is_searched).collect();
        let end = (self.seen + SLICE).min(total);
        for row in self.seen as u32..end as u32 {
            let text = |column| sheet.cell(seen, row, column).plain();
            if filter.passes(&searched, text) {
                self.rows.push(row);
            }
        }
        self.seen = end;
        self.is_done = end == total;
        if self.is_done
            && let Some(sort) = sort
            && self.rows.len() <= MOST_SORTED
        {
            self.sort(seen, sheet, sort);
        }
        !self.is_done
    }

    fn sort(&mut self, seen: &Seen, sheet: Sheet, sort: Sort) {
        let key = |row: &u32| (sheet.key(seen, *row, sort.column), *row);
        let mut keyed: Vec<(Key, u32)> = self.rows.iter().map(key).collect();
        keyed.sort_by(|a, b| {
            let order = a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal);
            (if sort.falling { order.reverse() } else { order }).then(a.1.cmp(&b.1))
        });
        self.rows = keyed.into_iter().map(|(_, row)| row).collect();
    }

    /// How many rows are shown.
    pub fn len(&self) -> usize {
        self.all.unwrap_or(self.rows.len())
    }

    /// The row at a place.
    pub fn row(&self, place: usize) -> u32 {
        match self.all {
            Some(_) => place as u32,
            None => self.rows[place],
        }
    }

    /// The place of a row, if it is shown: a walk over the rows unless all are in order.
    pub fn place(&self, row: u32) -> Option<usize> {
        match self.all {
            Some(count) => ((row as usize) < count).then_some(row as usize),
            None => self.rows.iter().position(|other| *other == row),
        }
    }
}

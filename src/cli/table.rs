//! Aligned tables for people.

/// How a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table that is filled row by row.
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with those columns.
    pub fn new(columns: &[(&'static str, Align)]) -> Table {
        Table { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; it has as many cells as there are columns.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The header and the rows as lines. Columns without a word in any row are left out.
    pub fn lines(&self) -> Vec<String> {
        let used: Vec<usize> = (0..self.columns.len())
            .filter(|column| self.rows.iter().any(|row| !row[*column].is_empty()))
            .collect();
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0).max(self.columns[column].0.chars().count())
        };
        let widths: Vec<usize> = used.iter().map(|column| width(*column)).collect();
        let line = |cell: &dyn Fn(usize) -> String| {
            let mut text = String::new();
            for (column, width) in used.iter().zip(&widths) {
                let cell = cell(*column);
                let pad = " ".repeat(width - cell.chars().count());
                match self.columns[*column].1 {
                    Align::Left => text.push_str(&format!("{cell}{pad}")),
                    Align::Right => text.push_str(&format!("{pad}{cell}")),
                }
                text.push_str("  ");
            }
            text.trim_end().to_owned()
        };
        let header = line(&|column| self.columns[column].0.to_owned());
        let rows = self.rows.iter().map(|row| line(&|column| row[column].clone()));
        std::iter::once(header).chain(rows).collect()
    }
}

//! Aligned tables for people.

/// Lines for people are not wider.
pub const WIDTH: usize = 100;

/// `text` in lines that are not too wide; those after the first are indented by so much more.
pub fn wrap(text: &str, indent: usize) -> Vec<String> {
    if text.chars().count() <= WIDTH {
        return vec![text.to_owned()];
    }
    let start = text.len() - text.trim_start().len();
    let mut lines = vec![text[..start].to_owned()];
    let pad = " ".repeat(start + indent);
    for word in text[start..].split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        let empty = last.trim().is_empty();
        if !empty && last.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{pad}{word}"));
            continue;
        }
        if !empty {
            last.push(' ');
        }
        last.push_str(word);
    }
    lines
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned_and_leave_out_what_is_empty() {
        let mut table =
            Table::new(&[("name", Align::Left), ("none", Align::Left), ("count", Align::Right)]);
        table.row(vec!["a".into(), String::new(), "7".into()]);
        table.row(vec!["longer".into(), String::new(), "12345678".into()]);
        assert_eq!(table.lines(), ["name       count", "a              7", "longer  12345678"]);
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        assert_eq!(wrap("  short", 4), ["  short"]);
        let lines = wrap(&format!("  {}", "word ".repeat(40).trim_end()), 2);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert!(lines[0].starts_with("  word") && lines[1].starts_with("    word"));
    }
}

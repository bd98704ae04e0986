//! What a table has: its columns, and what stands in each row.

use crate::view::look::Look;
use crate::view::panels::tables::{actors, nodes, objects, tasks};
use rayscope::chart::scene::Mark;
use rayscope::replay::Entity;

/// The tables of the Global Control Store.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sheet {
    /// Tasks.
    #[default]
    Tasks,
    /// Objects.
    Objects,
    /// Nodes.
    Nodes,
    /// Actors.
    Actors,
}

/// A column.
pub struct Column {
    /// What stands above it.
    pub title: &'static str,
    /// What a filter calls it, the usual name first.
    pub names: &'static [&'static str],
    /// The least room that it needs, in points.
    pub least: f32,
    /// Its share of the room that is left.
    pub grows: f32,
    /// Whether it stands at the right, with digits of one width.
    pub is_number: bool,
    /// Whether words of a filter are looked for in it.
    pub is_searched: bool,
    /// Columns with a high number go first where there is no room.
    pub goes: u8,
}

/// What stands in a cell.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Cell {
    /// Texts beside each other.
    pub parts: Vec<Part>,
    /// A part of a whole, drawn behind the text.
    pub share: Option<f32>,
}

/// A text in a cell.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// The text.
    pub text: String,
    /// What it is a link to.
    pub link: Option<Entity>,
    /// A badge before it.
    pub mark: Mark,
}

impl Cell {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell { parts: vec![Part { text: text.into(), link: None, mark: Mark::Plain }], share: None }
    }

    /// A name that is a link.
    pub fn link(text: impl Into<String>, entity: Entity) -> Cell {
        let part = Part { text: text.into(), link: Some(entity), mark: Mark::Plain };
        Cell { parts: vec![part], share: None }
    }

    /// The same with a badge before it.
    pub fn marked(mut self, mark: Mark) -> Cell {
        if let Some(part) = self.parts.first_mut() {
            part.mark = mark;
        }
        self
    }

    /// Its text alone, as a filter sees it.
    pub fn plain(&self) -> String {
        match self.parts.as_slice() {
            [one] => one.text.clone(),
            parts => parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(", "),
        }
    }
}

/// By what rows are sorted.
#[derive(Clone, PartialEq, PartialOrd, Debug)]
pub enum Key {
    /// By size.
    Number(f64),
    /// By the alphabet.
    Text(String),
}

/// What the cells of a step are read from.
pub struct Seen<'a> {
    /// The run and the cursor.
    pub look: &'a Look<'a>,
    /// Tasks by node, counted when the table of nodes is shown.
    pub nodes: &'a nodes::Counts,
}

impl Sheet {
    /// All tables.
    pub const ALL: [Sheet; 4] = [Sheet::Tasks, Sheet::Objects, Sheet::Nodes, Sheet::Actors];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Sheet::Tasks => "Tasks",
            Sheet::Objects => "Objects",
            Sheet::Nodes => "Nodes",
            Sheet::Actors => "Actors",
        }
    }

    /// Its columns.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Sheet::Tasks => tasks::COLUMNS,
            Sheet::Objects => objects::COLUMNS,
            Sheet::Nodes => nodes::COLUMNS,
            Sheet::Actors => actors::COLUMNS,
        }
    }

    /// How many rows it has at the cursor.
    pub fn rows(self, look: &Look) -> usize {
        let state = look.playback.state();
        match self {
            Sheet::Tasks => state.tasks.len(),
            Sheet::Objects => state.objects.len(),
            Sheet::Nodes => state.nodes.len(),
            Sheet::Actors => state.actors.len(),
        }
    }

    /// What stands in a cell.
    pub fn cell(self, seen: &Seen, row: u32, column: usize) -> Cell {
        match self {
            Sheet::Tasks => tasks::cell(seen.look, row, column),
            Sheet::Objects => objects::cell(seen.look, row, column),
            Sheet::Nodes => nodes::cell(seen, row, column),
            Sheet::Actors => actors::cell(seen.look, row, column),
        }
    }

    /// By what a row is sorted in a column.
    pub fn key(self, seen: &Seen, row: u32, column: usize) -> Key {
        let number = match self {
            Sheet::Tasks => tasks::number(seen.look, row, column),
            Sheet::Objects => objects::number(seen.look, row, column),
            Sheet::Nodes => nodes::number(seen, row, column),
            Sheet::Actors => actors::number(seen.look, row, column),
        };
        match number {
            Some(number) => Key::Number(number),
            None => Key::Text(self.cell(seen, row, column).plain().to_lowercase()),
        }
    }

    /// What a row is about.
    pub fn entity(self, look: &Look, row: u32) -> Option<Entity> {
        match self {
            Sheet::Tasks => Some(Entity::Task(rayscope::base::TaskId::new(row))),
            Sheet::Objects => Some(Entity::Object(rayscope::base::ObjectId::new(row))),
            Sheet::Nodes => Some(Entity::Node(rayscope::base::NodeId::new(row))),
            Sheet::Actors => actors::entity(look, row),
        }
    }

    /// The table in which something has a row, and which.
    pub fn of(entity: Entity) -> Option<(Sheet, u32)> {
        match entity {
            Entity::Task(task) => Some((Sheet::Tasks, task.number())),
            Entity::Object(object) => Some((Sheet::Objects, object.number())),
            Entity::Node(node) => Some((Sheet::Nodes, node.number())),
            Entity::Worker(_) | Entity::Link(_) => None,
        }
    }
}

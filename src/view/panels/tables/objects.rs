//! The table of objects, with their locations.

use crate::view::look::Look;
use crate::view::panels::tables::sheet::{Cell, Column, Part};
use rayscope::base::ObjectId;
use rayscope::base::units::show_bytes;
use rayscope::chart::scene::{Mark, mark};
use rayscope::model::Caller;
use rayscope::replay::Entity;
use rayscope::state::{CopyKind, Creator, ObjectRow, ObjectStatus};

const ID: usize = 0;
const NAME: usize = 1;
const SIZE: usize = 2;
const STATE: usize = 3;
const REFERENCES: usize = 4;
const LOCATIONS: usize = 5;

const fn column(title: &'static str, names: &'static [&'static str], least: f32) -> Column {
    Column { title, names, least, grows: 0.0, is_number: false, is_searched: false, goes: 0 }
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column { is_number: true, goes: 4, ..column("object", &["object", "object_id"], 60.0) },
    Column { grows: 1.0, is_searched: true, ..column("name", &["name"], 80.0) },
    Column { is_number: true, goes: 2, ..column("size", &["size", "object_size"], 84.0) },
    Column { is_searched: true, goes: 1, ..column("state", &["state", "status"], 92.0) },
    Column { is_number: true, goes: 6, ..column("references", &["references"], 84.0) },
    Column {
        grows: 1.5,
        is_searched: true,
        goes: 3,
        ..column("locations", &["locations", "node"], 150.0)
    },
    Column {
        grows: 1.0,
        is_searched: true,
        goes: 5,
        ..column("made by", &["made_by", "creator"], 110.0)
    },
];

/// Copies that are shown.
const MOST_COPIES: usize = 4;

/// What stands in a cell.
pub fn cell(look: &Look, row: u32, column: usize) -> Cell {
    let (state, names) = (look.playback.state(), look.run.history.names());
    let id = ObjectId::new(row);
    let Some(object) = state.objects.get(id) else { return Cell::default() };
    match column {
        ID => Cell::text(row.to_string()),
        NAME => Cell::link(names.token(id), Entity::Object(id)),
        SIZE => match (&object.status, object.size) {
            (ObjectStatus::Pending, 0) => Cell::default(),
            (_, size) => Cell::text(show_bytes(size)),
        },
        STATE => Cell::text(status(&object.status)).marked(match mark::of_object(state, id) {
            Mark::Plain => Mark::Done,
            other => other,
        }),
        REFERENCES => Cell::text(object.references.to_string()),
        LOCATIONS => locations(look, object),
        _ => match object.creator {
            Creator::Task(task) => Cell::link(names.task(task), Entity::Task(task)),
            Creator::Put(Caller::Task(task)) => Cell::link(names.task(task), Entity::Task(task)),
            Creator::Put(Caller::Driver) => Cell::text("ray.put"),
            Creator::Group(group) => Cell::text(format!("placement group {group}")),
            Creator::Input => Cell::text("input"),
        },
    }
}

/// The number by which a column is sorted, if it is one.
pub fn number(look: &Look, row: u32, column: usize) -> Option<f64> {
    let object = look.playback.state().objects.get(ObjectId::new(row))?;
    match column {
        ID | NAME => Some(f64::from(row)),
        SIZE => Some(object.size as f64),
        REFERENCES => Some(f64::from(object.references)),
        _ => None,
    }
}

fn status(status: &ObjectStatus) -> &'static str {
    match status {
        ObjectStatus::Pending => "PENDING",
        ObjectStatus::Ready => "READY",
        ObjectStatus::Failed(_) => "FAILED",
        ObjectStatus::Freed => "FREED",
        ObjectStatus::Lost => "LOST",
    }
}

fn locations(look: &Look, object: &ObjectRow) -> Cell {
    let names = look.run.history.names();
    let shown = object.copies.iter().take(MOST_COPIES).map(|copy| Part {
        text: names.node(copy.node).into_owned(),
        link: Some(Entity::Node(copy.node)),
        mark: match copy.kind {
            CopyKind::Primary => Mark::Primary,
            CopyKind::Secondary => Mark::Secondary,
            CopyKind::Arriving(_) => Mark::Arriving,
        },
    });
    let mut parts: Vec<Part> = shown.collect();
    if object.copies.len() > MOST_COPIES {
        let text = format!("+ {}", object.copies.len() - MOST_COPIES);
        parts.push(Part { text, link: None, mark: Mark::Plain });
    }
    Cell { parts, share: None }
}

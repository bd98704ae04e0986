//! The table of actors, with the columns of `ray list actors`.

use crate::view::look::Look;
use crate::view::panels::tables::sheet::{Cell, Column};
use rayscope::base::ActorId;
use rayscope::chart::scene::Mark;
use rayscope::replay::Entity;
use rayscope::state::ActorStatus;

const ID: usize = 0;
const CLASS: usize = 1;
const NAME: usize = 2;
const STATE: usize = 3;
const WORKER: usize = 4;
const RESTARTS: usize = 5;

const fn column(title: &'static str, names: &'static [&'static str], least: f32) -> Column {
    Column { title, names, least, grows: 0.0, is_number: false, is_searched: false, goes: 0 }
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column { is_number: true, goes: 3, ..column("actor", &["actor", "actor_id"], 56.0) },
    Column { grows: 1.0, is_searched: true, ..column("class", &["class", "class_name"], 100.0) },
    Column { grows: 1.0, is_searched: true, goes: 4, ..column("name", &["name"], 90.0) },
    Column { is_searched: true, goes: 1, ..column("state", &["state"], 180.0) },
    Column {
        grows: 1.0,
        is_searched: true,
        goes: 2,
        ..column("worker", &["worker", "node"], 140.0)
    },
    Column { is_number: true, goes: 5, ..column("restarts", &["restarts"], 72.0) },
];

/// What stands in a cell.
pub fn cell(look: &Look, row: u32, column: usize) -> Cell {
    let state = look.playback.state();
    let Some(actor) = state.actors.get(ActorId::new(row)) else { return Cell::default() };
    match column {
        ID => Cell::text(row.to_string()),
        CLASS => Cell::link(&*actor.spec.class, Entity::Task(actor.creation)),
        NAME => Cell::text(actor.spec.name.as_deref().unwrap_or("")),
        STATE => Cell::text(actor.status.ray_name()).marked(match actor.status {
            ActorStatus::PendingCreation | ActorStatus::Restarting => Mark::WaitsForSlot,
            ActorStatus::Alive { .. } => Mark::Running,
            ActorStatus::Dead => Mark::Gone,
        }),
        WORKER => match actor.status {
            ActorStatus::Alive { worker } => {
                let name = look.run.history.names().node(state.node_of(worker));
                let number = state.workers[worker].number;
                Cell::link(format!("{name}, worker {number}"), Entity::Worker(worker))
            }
            ActorStatus::PendingCreation | ActorStatus::Restarting | ActorStatus::Dead => {
                Cell::default()
            }
        },
        RESTARTS => Cell::text(actor.restarts.to_string()),
        _ => Cell::default(),
    }
}

/// The number by which a column is sorted, if it is one.
pub fn number(look: &Look, row: u32, column: usize) -> Option<f64> {
    let actor = look.playback.state().actors.get(ActorId::new(row))?;
    match column {
        ID => Some(f64::from(row)),
        RESTARTS => Some(f64::from(actor.restarts)),
        _ => None,
    }
}

/// An actor is selected as the task that runs its constructor.
pub fn entity(look: &Look, row: u32) -> Option<Entity> {
    let actor = look.playback.state().actors.get(ActorId::new(row))?;
    Some(Entity::Task(actor.creation))
}

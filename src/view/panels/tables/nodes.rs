//! The table of nodes: what they have, what is used, who runs and who queues.

use crate::view::look::Look;
use crate::view::panels::tables::sheet::{Cell, Column, Seen};
use rayscope::base::id::Id;
use rayscope::base::units::show_bytes;
use rayscope::base::{Amount, NodeId, ResourceId};
use rayscope::chart::scene::Mark;
use rayscope::model::cluster::{CPU, MEMORY};
use rayscope::model::labels::selector_text;
use rayscope::replay::Entity;
use rayscope::state::{State, TaskStatus};

const ID: usize = 0;
const NAME: usize = 1;
const STATE: usize = 2;
const CPUS: usize = 3;
const RUNNING: usize = 4;
const QUEUED: usize = 5;
const STORE: usize = 6;

const fn column(title: &'static str, names: &'static [&'static str], least: f32) -> Column {
    Column { title, names, least, grows: 0.0, is_number: false, is_searched: false, goes: 0 }
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column { is_number: true, goes: 6, ..column("node", &["node", "node_id"], 52.0) },
    Column { grows: 1.0, is_searched: true, ..column("name", &["name", "node_name"], 84.0) },
    Column { is_searched: true, goes: 4, ..column("state", &["state"], 80.0) },
    Column { is_number: true, goes: 1, ..column("CPU", &["cpu"], 84.0) },
    Column { is_number: true, goes: 2, ..column("running", &["running"], 66.0) },
    Column { is_number: true, goes: 3, ..column("queued", &["queued"], 64.0) },
    Column { is_number: true, goes: 5, ..column("store", &["store"], 150.0) },
    Column { grows: 1.0, goes: 7, ..column("other resources", &["resources"], 120.0) },
];

/// Tasks by node: how many are on its workers, how many queue at its raylet.
#[derive(Default, Debug)]
pub struct Counts {
    counts: Vec<(u32, u32)>,
}

impl Counts {
    /// One walk over workers and tasks.
    pub fn of(state: &State) -> Counts {
        let mut counts = vec![(0, 0); state.nodes.len()];
        for (id, row) in state.workers.enumerate().filter(|(_, row)| row.alive) {
            let holds = |task| state.tasks.get(task).and_then(|row| row.status.worker());
            if row.task.and_then(holds) == Some(id) {
                counts[row.node.index()].0 += 1;
            }
        }
        for row in state.tasks.iter() {
            if let TaskStatus::PendingNodeAssignment { home, .. } = row.status {
                counts[home.index()].1 += 1;
            }
        }
        Counts { counts }
    }

    fn at(&self, row: u32) -> (u32, u32) {
        self.counts.get(row as usize).copied().unwrap_or_default()
    }
}

/// What stands in a cell.
pub fn cell(seen: &Seen, row: u32, column: usize) -> Cell {
    let state = seen.look.playback.state();
    let id = NodeId::new(row);
    let Some(node) = state.nodes.get(id) else { return Cell::default() };
    let (running, queued) = seen.nodes.at(row);
    match column {
        ID => Cell::text(row.to_string()),
        NAME => Cell::link(&*node.name, Entity::Node(id)),
        STATE if node.alive => Cell::text("ALIVE"),
        STATE => Cell::text("DEAD").marked(Mark::Gone),
        CPUS => {
            let (total, used) = cpus(state, id);
            let share = used.as_f64() / total.as_f64().max(1e-9);
            Cell { share: Some(share as f32), ..Cell::text(format!("{used} / {total}")) }
        }
        RUNNING => Cell::text(running.to_string()),
        QUEUED => Cell::text(queued.to_string()),
        STORE => match node.store_capacity {
            Some(most) => {
                let share = node.store_used as f64 / most.max(1) as f64;
                let text = format!("{} / {}", show_bytes(node.store_used), show_bytes(most));
                Cell { share: Some(share as f32), ..Cell::text(text) }
            }
            None => Cell::text(show_bytes(node.store_used)),
        },
        _ => Cell::text(others(seen.look, id)),
    }
}

/// The number by which a column is sorted, if it is one.
pub fn number(seen: &Seen, row: u32, column: usize) -> Option<f64> {
    let state = seen.look.playback.state();
    let (running, queued) = seen.nodes.at(row);
    match column {
        ID => Some(f64::from(row)),
        CPUS => Some(cpus(state, NodeId::new(row)).1.as_f64()),
        RUNNING => Some(f64::from(running)),
        QUEUED => Some(f64::from(queued)),
        STORE => state.nodes.get(NodeId::new(row)).map(|node| node.store_used as f64),
        _ => None,
    }
}

/// All CPUs, and those that are used.
fn cpus(state: &State, node: NodeId) -> (Amount, Amount) {
    let total = state.ledger.total(node, CPU);
    (total, total.minus(state.ledger.free(node, CPU)))
}

fn others(look: &Look, node: NodeId) -> String {
    let state = look.playback.state();
    let ids = (0..state.ledger.resources()).map(ResourceId::from_index);
    let told = ids.filter(|id| *id != CPU).filter_map(|id| {
        let total = state.ledger.total(node, id);
        let used = total.minus(state.ledger.free(node, id));
        let name = state.resource_names.get(id).map_or("?", |name| &**name);
        let text = match id == MEMORY {
            true => format!("{} / {}", show_bytes(used.floor()), show_bytes(total.floor())),
            false => format!("{used} / {total}"),
        };
        // What stands for a selector of labels has no end.
        let counts = total.units() > 0 && selector_text(name).is_none();
        counts.then(|| format!("{name} {text}"))
    });
    told.collect::<Vec<_>>().join(", ")
}

//! A task: what it is, what it waits for, why it is where it is.

use crate::view::command::Command;
use crate::view::look::{Asks, Look};
use crate::view::panels::chip::{Chip, chip};
use crate::view::panels::fields::{faint, field, text, title, words};
use crate::view::panels::inspector::{why, worker_name};
use crate::view::panels::link::entity_link;
use crate::view::panels::numbers::grouped;
use bevy_egui::egui;
use egui::Ui;
use rayscope::analysis::held::task_requests;
use rayscope::analysis::words as told;
use rayscope::base::{ObjectId, TaskId};
use rayscope::chart::scene::{Mark, Role, mark};
use rayscope::model::{Caller, Strategy, TaskKind, TaskSpec, Work};
use rayscope::replay::{Entity, PlaybackCommand};
use rayscope::state::{State, TaskStatus};

/// So many arguments and results are shown.
const MOST_CHIPS: usize = 40;

/// All about a task.
pub fn show(ui: &mut Ui, look: &Look, asks: &mut Asks, view: &mut why::WhyView, task: TaskId) {
    let (history, state) = (&look.run.history, look.playback.state());
    let Some(row) = history.last_state().tasks.get(task) else {
        return faint(ui, look, "This run has no such task.");
    };
    let spec = row.spec.clone();
    match state.tasks.get(task) {
        Some(row) => {
            field(ui, look, "state", |ui| {
                words(ui, look, format!("{}, since {}", row.status.ray_name(), row.since));
            });
            place(ui, look, asks, row.status);
            for request in task_requests(history, state, task) {
                text(ui, look, "request", request);
            }
            if row.attempt > 0 {
                text(ui, look, "attempt", attempt(row.attempt, &spec));
            }
        }
        None => text(ui, look, "state", "not submitted yet"),
    }
    why::show(ui, look, asks, view, task);
    title(ui, look, "What it is");
    about(ui, look, asks, &spec);
    objects(ui, look, asks, "arguments", spec.args.len(), |n| spec.args[n]);
    let first = spec.first_return.number();
    let result = |n: usize| ObjectId::new(first + n as u32);
    objects(ui, look, asks, "results", spec.returns.len(), result);
}

fn place(ui: &mut Ui, look: &Look, asks: &mut Asks, status: TaskStatus) {
    let worker = match status {
        TaskStatus::PendingArgsAvail => None,
        TaskStatus::PendingNodeAssignment { home, .. } => {
            return field(ui, look, "queued at", |ui| {
                let name = look.run.history.names().node(home);
                entity_link(ui, look, asks, Entity::Node(home), &name);
            });
        }
        TaskStatus::PendingArgsFetch { worker }
        | TaskStatus::PendingObjStoreMemAvail { worker }
        | TaskStatus::Running { worker }
        | TaskStatus::RunningInRayGet { worker }
        | TaskStatus::RunningInRayWait { worker }
        | TaskStatus::Finished { worker } => Some(worker),
        TaskStatus::Failed { worker } => worker,
    };
    let Some(worker) = worker else { return };
    let name = if status.is_done() { "ran on" } else { "is on" };
    field(ui, look, name, |ui| {
        let name = worker_name(look, worker);
        entity_link(ui, look, asks, Entity::Worker(worker), &name);
    });
}

fn attempt(before: u32, spec: &TaskSpec) -> String {
    let most = match spec.max_retries {
        -1 => "as many as it takes".to_owned(),
        retries => format!("at most {}", retries + 1),
    };
    format!("{} ({most})", u64::from(before) + 1)
}

fn about(ui: &mut Ui, look: &Look, asks: &mut Asks, spec: &TaskSpec) {
    let state = look.playback.state();
    text(ui, look, "function", &*spec.function);
    match spec.kind {
        TaskKind::Normal => {}
        TaskKind::ActorCreation(actor) => text(ui, look, "kind", actor_text(state, actor, "makes")),
        TaskKind::ActorCall(actor) => text(ui, look, "kind", actor_text(state, actor, "a call of")),
    }
    field(ui, look, "submitted by", |ui| {
        match spec.owner {
            Caller::Driver => words(ui, look, "the driver"),
            Caller::Task(owner) => {
                let name = look.run.history.names().task(owner);
                entity_link(ui, look, asks, Entity::Task(owner), &name);
            }
        }
        if spec.line > 0 {
            let first = look.run.history.records_of(Entity::Task(spec.id)).first();
            let text = format!("line {}", spec.line);
            if ui.link(text).on_hover_text("Go to where it was submitted").clicked()
                && let Some(index) = first
            {
                let step = *index as usize + 1;
                asks.push(Command::Playback(PlaybackCommand::JumpToStep(step)));
            }
        }
    });
    text(ui, look, "asks for", told::demand(state, &spec.shape.demand));
    let strategy = match spec.shape.strategy {
        Strategy::Default => None,
        Strategy::Spread => Some("SPREAD".to_owned()),
        Strategy::NodeAffinity { node: None, .. } => Some("a node that does not exist".to_owned()),
        Strategy::NodeAffinity { node: Some(node), soft } => {
            let name = look.run.history.names().node(node).into_owned();
            Some(if soft { format!("{name}, if it can") } else { format!("{name} only") })
        }
        Strategy::PlacementGroup { group, bundle: None, .. } => {
            Some(format!("placement group {group}"))
        }
        Strategy::PlacementGroup { group, bundle: Some(bundle), .. } => {
            Some(format!("placement group {group}, bundle {bundle}"))
        }
    };
    if let Some(strategy) = strategy {
        text(ui, look, "strategy", strategy);
    }
    match &spec.work {
        Work::Compute(span) => text(ui, look, "computes", span.to_string()),
        Work::ComputeOn(_) => text(ui, look, "computes", "as long as its node takes"),
        Work::Program => {}
    }
}

fn actor_text(state: &State, actor: rayscope::base::ActorId, what: &str) -> String {
    let class = state.actors.get(actor).map_or("an actor", |row| &row.spec.class);
    format!("{what} {class} (actor {actor})")
}

/// Objects as chips.
fn objects(
    ui: &mut Ui,
    look: &Look,
    asks: &mut Asks,
    name: &str,
    count: usize,
    object: impl Fn(usize) -> ObjectId,
) {
    if count == 0 {
        return text(ui, look, name, "none");
    }
    let (state, names) = (look.playback.state(), look.run.history.names());
    field(ui, look, name, |ui| {
        for object in (0..count.min(MOST_CHIPS)).map(&object) {
            let label = names.token(object);
            let mark = match mark::of_object(state, object) {
                Mark::Plain => Mark::Done,
                other => other,
            };
            let entity = Entity::Object(object);
            let told = Chip { entity, label: &label, role: Role::Object, mark };
            chip(ui, look, asks, &told, || names.object(object));
        }
        if count > MOST_CHIPS {
            faint(ui, look, format!("+ {} more", grouped(count - MOST_CHIPS)));
        }
    });
}

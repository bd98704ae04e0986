//! The numbers behind an event: why this node, why now. Read from the record and the state before it.

use crate::base::units::show_bytes;
use crate::base::{NodeId, ObjectId, TaskId, WorkerId};
use crate::chart::captions::capital;
use crate::chart::{groups, leases};
use crate::model::{Caller, TaskSpec};
use crate::state::{CallKind, CallResult, Choice, Event, Rule};
use crate::state::{State, TaskStatus};
use crate::trace::{Names, lease_words};

/// Why it happened, with numbers; empty where there is nothing to add to the caption.
pub fn why(before: &State, event: &Event, names: &Names) -> String {
    match event {
        Event::TaskPlaced { task, worker, choice } => {
            placement(before, *task, *worker, choice, names)
        }
        Event::TaskSubmitted(spec) => submission(before, spec, names),
        Event::TaskReady { task: _, home, by_locality: true } => {
            format!("most bytes of its arguments are on {}", names.node(*home))
        }
        Event::TaskReady { task: _, home, by_locality: false } => {
            format!("{} is where its owner runs", names.node(*home))
        }
        Event::TaskStalled { task, bytes: _ } => stall(before, *task, names),
        Event::TransferStarted { transfer: _, object, from, to } => {
            transfer(before, *object, *from, *to, names)
        }
        Event::TransferFinished { transfer } => {
            let under_way = before.transfers.get(*transfer).copied().flatten();
            under_way.map_or(String::new(), |found| format!("it began at {}", found.since))
        }
        Event::TaskStarted { task } => started(before, *task, names),
        Event::TaskFailed { task: _, failure } => match &failure.cause {
            Some(_) => format!("it began with {}", failure.root()),
            None => String::new(),
        },
        Event::ObjectFailed { object: _, failure } => failure.to_string(),
        Event::CallBlocked { caller: Caller::Task(_) } => {
            "its CPU is lent to others while it waits".to_owned()
        }
        Event::CallReturned { caller, result } => returned(before, *caller, result, names),
        Event::CopyEvicted { object, node } => evicted(before, *object, *node, names),
        Event::WorkerStarted { node: _ } => {
            "there is room, but all other workers are busy or blocked".to_owned()
        }
        Event::TaskResubmitted { task: _, to_rebuild: true } => {
            "its result was lost, and somebody still refers to it".to_owned()
        }
        Event::WorkerStarting { node: _ } => "a request has room, and no worker is idle".to_owned(),
        Event::Lease { lease, step } => lease_words::why(before, *lease, step, names),
        Event::GroupPlaced { group, nodes: _ } => groups::layout(before, *group),
        Event::WaitRefused(refusal) => refusal.message.clone(),
        Event::SpillStarted { node, .. } | Event::FallbackAllocated { node, .. } => {
            fullness(before, *node, names)
        }
        Event::InputLoaded { .. }
        | Event::ObjectSpilled { .. }
        | Event::ResourceNamed { .. }
        | Event::RoomFound { .. }
        | Event::TaskFinished { .. }
        | Event::TaskReturned { .. }
        | Event::TaskResubmitted { task: _, to_rebuild: false }
        | Event::ActorCreated { .. }
        | Event::ActorStarted { .. }
        | Event::ActorDied { .. }
        | Event::GroupCreated(_)
        | Event::GroupRemoved { .. }
        | Event::ObjectPut { .. }
        | Event::ObjectCreated { .. }
        | Event::ObjectInlined { .. }
        | Event::RayletKilled { .. }
        | Event::TransferCancelled { .. }
        | Event::ReferenceReleased { .. }
        | Event::ReferenceAdded { .. }
        | Event::ItemPromised { .. }
        | Event::ObjectFreed { .. }
        | Event::ObjectLost { .. }
        | Event::CallMade(_)
        | Event::CallBlocked { caller: Caller::Driver }
        | Event::Slept { .. }
        | Event::LinePrinted(_)
        | Event::WorkerDied { .. }
        | Event::NodeDied { .. }
        | Event::NodeAdded(_)
        | Event::RunEnded(_) => String::new(),
    }
}

fn placement(
    before: &State,
    task: TaskId,
    worker: WorkerId,
    choice: &Choice,
    names: &Names,
) -> String {
    let Some(node) = before.workers.get(worker).map(|row| row.node) else { return String::new() };
    let rule = rule(before, task, node, choice, names);
    if before.workers.get(worker).is_some_and(|row| row.lease.is_some()) {
        return leases::why(before, worker, choice, rule);
    }
    let Choice { feasible, available, .. } = choice;
    let have = if *available == 1 { "has" } else { "have" };
    match (choice.rule, *feasible) {
        // An actor's calls go where it lives; nobody counted nodes.
        (Rule::ActorHome, _) | (_, 0) => rule,
        (_, 1) => format!("only one node can hold it; {rule}"),
        _ => format!("{available} of {feasible} nodes {have} room; {rule}"),
    }
}

fn rule(before: &State, task: TaskId, node: NodeId, choice: &Choice, names: &Names) -> String {
    let name = names.node(node);
    match choice.rule {
        Rule::Locality => {
            let (here, all) = local_bytes(before, task, node);
            let (here, all) = (show_bytes(here), show_bytes(all));
            format!("{name} holds {here} of the {all} of its arguments")
        }
        Rule::LocalPreferred if choice.score == 0 => {
            let threshold = percent(names.spread_threshold());
            format!("{name} is below the {threshold} threshold, so the local node is preferred")
        }
        Rule::LocalPreferred => {
            format!("no node scores lower than {name} ({}), which is local", percent(choice.score))
        }
        Rule::LowestScore if choice.score == 0 => {
            let threshold = percent(names.spread_threshold());
            format!("{name} is the first one below the {threshold} threshold")
        }
        Rule::LowestScore if names.has_control_plane() => {
            format!("{name} is used least ({})", percent(choice.score))
        }
        Rule::LowestScore => {
            format!(
                "{name} is used least ({}); ties go to the lowest number",
                percent(choice.score)
            )
        }
        Rule::TopK => format!("{name} was drawn among the best ({})", percent(choice.score)),
        Rule::Spread => format!("{name} is next in turn"),
        Rule::NodeAffinity => format!("the task asked for {name}"),
        Rule::LeaseReused => format!("its owner had a free worker on lease on {name}"),
        Rule::ActorHome => format!("the actor lives on {name}"),
        Rule::Fullest => format!("{name} is the fullest that has room"),
        Rule::Emptiest => format!("{name} is the emptiest ({})", percent(choice.score)),
        Rule::Random => format!("{name} was drawn"),
        Rule::EarliestFinish => format!("on {name} it finishes first"),
    }
}

fn submission(before: &State, spec: &TaskSpec, names: &Names) -> String {
    let missing: Vec<ObjectId> = spec
        .args
        .iter()
        .copied()
        .filter(|arg| before.objects.get(*arg).is_none_or(|row| !row.is_available()))
        .collect();
    match missing.len() {
        0 => String::new(),
        count => {
            let list = Names::list(3, count, |n| names.token(missing[n]));
            format!("it waits for {list}")
        }
    }
}

fn stall(before: &State, task: TaskId, names: &Names) -> String {
    let node = before.task_node(task);
    node.map_or(String::new(), |node| fullness(before, node, names))
}

fn evicted(before: &State, object: ObjectId, node: NodeId, names: &Names) -> String {
    let row = before.objects.get(object);
    let spilled = row.is_some_and(|row| row.spilled.is_some());
    let stays = if spilled { "it is on disk" } else { "its primary copy stays" };
    format!("{} on {}; {stays}", show_bytes(row.map_or(0, |row| row.size)), names.node(node))
}

fn fullness(before: &State, node: NodeId, names: &Names) -> String {
    let Some(row) = before.nodes.get(node) else { return String::new() };
    let used = show_bytes(row.store_used);
    match row.store_capacity {
        Some(most) => format!("{used} of {} on {} are used", show_bytes(most), names.node(node)),
        None => String::new(),
    }
}

fn transfer(before: &State, object: ObjectId, from: NodeId, to: NodeId, names: &Names) -> String {
    let size = before.objects.get(object).map_or(0, |row| row.size);
    let waiting = before.workers.iter().filter(|row| row.node == to).filter_map(|row| row.task);
    let needs = |task: &TaskId| {
        let row = before.tasks.get(*task);
        row.is_some_and(|row| {
            matches!(row.status, TaskStatus::PendingArgsFetch { .. })
                && row.spec.args.contains(&object)
        })
    };
    let wanted: Vec<TaskId> = waiting.filter(needs).collect();
    let size = format!("{}, over the link of {}", show_bytes(size), names.node(from));
    match wanted.as_slice() {
        [] => size,
        [one] => format!("{} needs it; {size}", names.task(*one)),
        more => format!("{} tasks on {} need it; {size}", more.len(), names.node(to)),
    }
}

fn started(before: &State, task: TaskId, names: &Names) -> String {
    let Some(row) = before.tasks.get(task) else { return String::new() };
    let Some(node) = before.task_node(task) else { return String::new() };
    let stored = row
        .spec
        .args
        .iter()
        .filter(|arg| before.objects.get(**arg).is_none_or(|object| !object.inline));
    match (row.spec.args.len(), stored.count()) {
        (0, _) => return "it needs no arguments".to_owned(),
        (1, 0) => return "its argument is small and came with it".to_owned(),
        (_, 0) => return "its arguments are small and came with it".to_owned(),
        _ => {}
    }
    match row.spec.args.len() {
        1 => format!("its argument is in the store of {}; it is read in place", names.node(node)),
        count => {
            let node = names.node(node);
            format!("its {count} arguments are in the store of {node}; they are read in place")
        }
    }
}

fn returned(before: &State, caller: Caller, result: &CallResult, names: &Names) -> String {
    let Some(call) = before.calls.get(&caller) else { return String::new() };
    let waited = format!("called at {}", call.at);
    match (result, call.kind) {
        (CallResult::Waited(ready), CallKind::Wait { num_returns, .. }) => {
            let name = |n: usize| match call.refs.get(ready[n] as usize) {
                Some(object) => names.token(*object),
                None => format!("position {}", ready[n]),
            };
            let list = Names::list(5, ready.len(), name);
            let enough = ready.len() >= num_returns as usize;
            let then = if enough { "enough are ready" } else { "its time is over" };
            capital(&format!("{then}: {list}; {waited}"))
        }
        _ => waited,
    }
}

/// Bytes of the task's arguments on `node`, and in all.
fn local_bytes(before: &State, task: TaskId, node: NodeId) -> (u64, u64) {
    let mut bytes = (0u64, 0u64);
    let args = before.tasks.get(task).map_or(&[][..], |row| &row.spec.args);
    for row in args.iter().filter_map(|arg| before.objects.get(*arg)) {
        bytes.1 = bytes.1.saturating_add(row.size);
        bytes.0 = bytes.0.saturating_add(if row.is_on(node) { row.size } else { 0 });
    }
    bytes
}

/// Millionths as people read them.
fn percent(millionths: u32) -> String {
    let text = format!("{:.1}", f64::from(millionths) / 10_000.0);
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

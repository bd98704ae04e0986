//! What a task that a lease brought its worker waited for: its turn, room, a lease, or a process. One pass, and
//! nothing is kept of leases that are over.

use crate::analysis::report::Waits;
use crate::base::{Instant, LeaseId, NodeId, Span, TaskId, WorkerId};
use crate::model::TaskKind;
use crate::state::{Event, LeaseStep, Rule, SchedulingKey, State, TaskStatus};
use std::collections::{BTreeMap, VecDeque};

/// What a request waits for from some instant on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// All nodes are full.
    Room,
    /// A node only looks full.
    News,
    Answer,
    /// An answer, once arguments have come.
    Arguments,
    Copies,
    Process,
}

/// Requests under way, and when each key's last task got its worker.
#[derive(Default)]
pub(super) struct LeaseTally {
    /// Whether there is a control plane.
    pub on: bool,
    marks: BTreeMap<LeaseId, Vec<(Instant, For)>>,
    placed: BTreeMap<SchedulingKey, Instant>,
    /// When a worker came back to each node last.
    returned: BTreeMap<NodeId, Instant>,
    /// When the processes began that start on each node.
    starting: BTreeMap<NodeId, VecDeque<Instant>>,
    /// The process that came up last, and when it had begun.
    started: Option<(Instant, NodeId, Instant)>,
}

/// A wait for a worker, taken apart.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts {
    pub lease: Span,
    pub process: Span,
    pub copies: Span,
}

impl Parts {
    /// Whether copies and processes took more than half of a time.
    fn is_most_of(self, time: Span) -> bool {
        (self.copies + self.process).as_nanos() > time.as_nanos() / 2
    }

    /// What was counted as a wait for a slot is told by its own name.
    pub fn take_from(self, waits: &mut Waits) {
        let told = self.lease + self.process + self.copies;
        let rest = waits.slot.as_nanos().saturating_sub(told.as_nanos());
        waits.slot = Span::from_nanos(rest);
        waits.lease = waits.lease + self.lease;
        waits.process = waits.process + self.process;
        waits.copies = waits.copies + self.copies;
    }
}

impl LeaseTally {
    pub fn new(on: bool) -> LeaseTally {
        LeaseTally { on, ..LeaseTally::default() }
    }

    /// Follows a record; `before` is the state before it.
    pub fn add(&mut self, before: &State, at: Instant, event: &Event) {
        match event {
            Event::WorkerStarting { node } => self.starting.entry(*node).or_default().push_back(at),
            Event::WorkerStarted { node } => {
                let began = self.starting.get_mut(node).and_then(VecDeque::pop_front);
                self.started = Some((at, *node, began.unwrap_or(at)));
            }
            Event::Lease { lease, step } => self.step(before, at, *lease, step),
            _ => {}
        }
    }

    fn step(&mut self, before: &State, at: Instant, lease: LeaseId, step: &LeaseStep) {
        let row = before.leases.get(&lease);
        let what = match step {
            LeaseStep::Requested { task, node } => asks(before, *task, *node),
            LeaseStep::Redirected { to, .. } => {
                self.room_came(lease, *to);
                row.map_or(For::Answer, |row| asks(before, row.task, *to))
            }
            LeaseStep::Queued { ghost: None } => For::Room,
            LeaseStep::Queued { ghost: Some(_) } => For::News,
            LeaseStep::Granted { worker } => {
                let node = before.node_of(*worker);
                self.room_came(lease, node);
                let started = self.started.filter(|(up, on, _)| *up == at && *on == node);
                self.granted(lease, started.map(|(_, _, began)| began));
                For::Answer
            }
            LeaseStep::Returned { worker, .. } => {
                self.returned.insert(before.node_of(*worker), at);
                return;
            }
            LeaseStep::Ended(_) => {
                self.marks.remove(&lease);
                return;
            }
        };
        self.marks.entry(lease).or_default().push((at, what));
    }

    /// A request that waited goes to `node`: if a worker came back there, there was no room before.
    fn room_came(&mut self, lease: LeaseId, node: NodeId) {
        let Some(marks) = self.marks.get_mut(&lease) else { return };
        if let (Some((since, what @ (For::Room | For::News))), Some(came)) =
            (marks.last_mut(), self.returned.get(&node))
            && came > since
        {
            *what = For::Room;
            marks.push((*came, For::News));
        }
    }

    /// What the request that is granted waited for since it was asked.
    fn granted(&mut self, lease: LeaseId, process: Option<Instant>) {
        let Some(marks) = self.marks.get_mut(&lease) else { return };
        let Some((since, what)) = marks.last_mut() else { return };
        match (process, *what) {
            (Some(_), For::Answer | For::Arguments) => *what = For::Process,
            // Room came, and then a process had to start.
            (Some(began), For::Room | For::News) => {
                let began = began.max(*since);
                marks.push((began, For::Process));
            }
            (None, For::Arguments) => *what = For::Copies,
            _ => {}
        }
    }

    /// The task gets its worker: how much of its wait was not for its turn or for room.
    pub fn place(
        &mut self,
        before: &State,
        at: Instant,
        (task, worker): (TaskId, WorkerId),
        by: Rule,
    ) -> Parts {
        let row = &before.tasks[task];
        let Some(held) = before.workers[worker].lease.as_ref() else { return Parts::default() };
        // The GCS asks for actors; they queue at nobody's.
        let last = match row.spec.kind {
            TaskKind::Normal => self.placed.insert(before.scheduling_key(&row.spec), at),
            TaskKind::ActorCreation(_) | TaskKind::ActorCall(_) => None,
        };
        let waits = matches!(row.status, TaskStatus::PendingNodeAssignment { .. });
        let marks = self.marks.remove(&held.lease).unwrap_or_default();
        if by == Rule::LeaseReused || !waits {
            return Parts::default();
        }
        let whole = parts_of(&marks, row.since, at);
        match last.map(|last| last.max(row.since)) {
            // Its own request took most of the time: the tasks before it did not hold it up.
            Some(first) if !whole.is_most_of(first.since(row.since)) => parts_of(&marks, first, at),
            Some(_) | None => whole,
        }
    }
}

/// What a request waited for from `first` to `at`.
fn parts_of(marks: &[(Instant, For)], first: Instant, at: Instant) -> Parts {
    let mut parts = Parts::default();
    for (number, (from, what)) in marks.iter().enumerate() {
        let to = marks.get(number + 1).map_or(at, |next| next.0);
        let span = to.since((*from).max(first).min(to));
        match what {
            For::Room => {}
            For::News | For::Answer | For::Arguments => parts.lease = parts.lease + span,
            For::Copies => parts.copies = parts.copies + span,
            For::Process => parts.process = parts.process + span,
        }
    }
    parts
}

/// What a request waits for that reaches a raylet: with arguments elsewhere, their copies come first.
fn asks(before: &State, task: TaskId, node: NodeId) -> For {
    let missing = |arg: &crate::base::ObjectId| {
        let row = &before.objects[*arg];
        !row.inline && row.size > 0 && !row.is_on(node)
    };
    match before.tasks[task].spec.args.iter().any(missing) {
        true => For::Arguments,
        false => For::Answer,
    }
}

//! The pass over the records that fills a report's rows.

use crate::analysis::lease_tally::LeaseTally;
use crate::analysis::path::RealisedPath;
use crate::analysis::report::{
    Attempt, CallRow, FunctionUse, Metrics, NodeUse, Report, Waits, share,
};
use crate::base::id::Id;
use crate::base::{Amount, IdVec, Instant, NodeId, ObjectId, Span, TaskId};
use crate::model::cluster::CPU;
use crate::model::{Caller, TaskSpec};
use crate::state::{CallKind, CallResult, Event, State, TaskStatus};
use crate::trace::{Record, Trace};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known so far. The state is the one before the record that comes next.
pub(super) struct Tally {
    state: State,
    attempts: Vec<Attempt>,
    /// The last attempt of each task.
    latest: Vec<usize>,
    calls: Vec<CallRow>,
    open_calls: BTreeMap<Caller, usize>,
    nodes: IdVec<NodeId, NodeUse>,
    joined: IdVec<NodeId, Instant>,
    work: u128,
    slots: Amount,
    most_slots: Amount,
    events: usize,
    leases: LeaseTally,
}

impl Tally {
    pub fn new(trace: &Trace) -> Tally {
        let mut tally = Tally {
            state: trace.initial_state(),
            attempts: Vec::new(),
            latest: Vec::new(),
            calls: Vec::new(),
            open_calls: BTreeMap::new(),
            nodes: IdVec::new(),
            joined: IdVec::new(),
            work: 0,
            slots: Amount::ZERO,
            most_slots: Amount::ZERO,
            events: 0,
            leases: LeaseTally::new(trace.header.parameters.control_plane),
        };
        for node in trace.header.cluster.nodes.iter() {
            tally.node_joined(&node.name, node.resources.get(CPU), Instant::ZERO);
        }
        tally
    }

    fn node_joined(&mut self, name: &Arc<str>, cpus: Amount, at: Instant) {
        self.nodes.push(NodeUse {
            name: name.clone(),
            cpus,
            attempts: 0,
            busy: Span::ZERO,
            capacity: Span::ZERO,
            waits: Waits::default(),
            received: 0,
            sent: 0,
            evictions: 0,
            store_peak: 0,
            died: None,
        });
        self.joined.push(at);
        self.slots = self.slots.plus(cpus);
        self.most_slots = self.most_slots.max(self.slots);
    }

    pub fn add(&mut self, record: &Record) {
        self.events += 1;
        self.add_task_event(record.at, &record.event);
        self.add_call_event(record.at, &record.event);
        self.add_node_event(record.at, &record.event);
        self.leases.add(&self.state, record.at, &record.event);
        self.state.apply(record.at, &record.event);
        self.note_store(&record.event);
    }

    /// What changes an attempt's row.
    fn add_task_event(&mut self, at: Instant, event: &Event) {
        match event {
            Event::TaskSubmitted(spec) => self.open(spec, 0, at),
            Event::TaskResubmitted { task, to_rebuild: _ } => {
                let row = &self.state.tasks[*task];
                let (spec, attempt) = (row.spec.clone(), row.attempt + 1);
                let failed = matches!(row.status, TaskStatus::Failed { .. });
                let waited = if failed { at.since(row.since) } else { Span::ZERO };
                self.open(&spec, attempt, at);
                self.attempts[self.latest[task.index()]].waits.retry = waited;
            }
            Event::TaskReady { task, home: _, by_locality } => {
                let row = self.settle(*task, at);
                (row.ready, row.by_locality) = (Some(at), *by_locality);
            }
            Event::TaskPlaced { task, worker: on, choice } => {
                let worker = &self.state.workers[*on];
                let place = (worker.node, worker.number);
                let missing = self.missing_bytes(*task, worker.node);
                let parts = self.leases.place(&self.state, at, (*task, *on), choice.rule);
                let row = self.settle(*task, at);
                parts.take_from(&mut row.waits);
                (row.placed, row.place, row.choice) = (Some(at), Some(place), Some(*choice));
                row.bytes_in = missing;
            }
            Event::TaskStarted { task } => {
                let row = self.settle(*task, at);
                row.started = Some(at);
                if let Some((node, _)) = row.place {
                    self.nodes[node].attempts += 1;
                }
            }
            Event::TaskFinished { task } => self.settle(*task, at).ended = Some(at),
            Event::TaskFailed { task, failure } => {
                let row = self.settle(*task, at);
                (row.ended, row.failure) = (Some(at), Some(failure.clone()));
            }
            Event::TaskReturned { task } => {
                let row = self.settle(*task, at);
                (row.ready, row.placed, row.place, row.choice) = (None, None, None, None);
            }
            Event::TaskStalled { task, bytes: _ } | Event::RoomFound { task } => {
                self.settle(*task, at);
            }
            Event::CallBlocked { caller: Caller::Task(task) } => {
                self.settle(*task, at);
            }
            Event::CallReturned { caller: Caller::Task(task), result: _ }
                if self.state.tasks[*task].status.is_blocked() =>
            {
                self.settle(*task, at);
            }
            // Everything else leaves the attempts as they are.
            _ => {}
        }
    }

    fn open(&mut self, spec: &Arc<TaskSpec>, attempt: u32, at: Instant) {
        if attempt == 0 {
            self.latest.push(self.attempts.len());
        } else {
            self.latest[spec.id.index()] = self.attempts.len();
        }
        self.attempts.push(Attempt {
            spec: spec.clone(),
            attempt,
            place: None,
            submitted: at,
            ready: None,
            placed: None,
            started: None,
            ended: None,
            state: "",
            failure: None,
            choice: None,
            by_locality: false,
            busy: Span::ZERO,
            waits: Waits::default(),
            bytes_in: 0,
            bytes_out: 0,
        });
    }

    /// Counts the time since the task's last change to what it was doing.
    fn settle(&mut self, task: TaskId, at: Instant) -> &mut Attempt {
        let status = self.state.tasks[task].status;
        let span = at.since(self.state.tasks[task].since);
        let row = &mut self.attempts[self.latest[task.index()]];
        let waits = &mut row.waits;
        match status {
            TaskStatus::PendingArgsAvail => waits.arguments = waits.arguments + span,
            TaskStatus::PendingNodeAssignment { .. } => waits.slot = waits.slot + span,
            TaskStatus::PendingArgsFetch { .. } if self.leases.on && row.bytes_in == 0 => {
                waits.start = waits.start + span;
            }
            TaskStatus::PendingArgsFetch { .. } => waits.copies = waits.copies + span,
            TaskStatus::PendingObjStoreMemAvail { .. } => waits.store = waits.store + span,
            TaskStatus::RunningInRayGet { .. } | TaskStatus::RunningInRayWait { .. } => {
                waits.blocked = waits.blocked + span;
            }
            TaskStatus::Running { worker } => {
                row.busy = row.busy + span;
                let cpus = self.state.cpus(self.state.takes(task)).units().max(0) as u128;
                let busy =
                    u128::from(span.as_nanos()) * cpus / crate::base::amount::UNITS_PER_ONE as u128;
                self.work += busy;
                let node = &mut self.nodes[self.state.workers[worker].node];
                node.busy = node.busy + Span::from_nanos(u64::try_from(busy).unwrap_or(u64::MAX));
            }
            TaskStatus::Finished { .. } | TaskStatus::Failed { .. } => {}
        }
        row
    }

    fn missing_bytes(&self, task: TaskId, node: NodeId) -> u64 {
        let args = &self.state.tasks[task].spec.args;
        let first = |(index, arg): &(usize, &ObjectId)| !args[..*index].contains(arg);
        let rows = args.iter().enumerate().filter(first).map(|(_, arg)| &self.state.objects[*arg]);
        rows.filter(|row| !row.is_on(node)).map(|row| row.size).fold(0, u64::saturating_add)
    }

    fn add_call_event(&mut self, at: Instant, event: &Event) {
        match event {
            Event::CallMade(call) => {
                self.open_calls.insert(call.caller, self.calls.len());
                self.calls.push(CallRow {
                    caller: call.caller,
                    kind: call.kind,
                    line: call.line,
                    called: at,
                    returned: None,
                    refs: call.refs.len() as u32,
                    ready: None,
                    error: None,
                });
            }
            Event::CallReturned { caller, result } => {
                let Some(open) = self.open_calls.remove(caller) else { return };
                let row = &mut self.calls[open];
                row.returned = Some(at);
                match &**result {
                    CallResult::Got => {}
                    CallResult::Waited(ready) => row.ready = Some(ready.to_vec()),
                    CallResult::Raised(failure) => {
                        let class = failure.kind.ray_class().to_owned();
                        row.error = Some((class, failure.message.clone()));
                    }
                }
            }
            Event::WaitRefused(refusal) => self.calls.push(CallRow {
                caller: refusal.caller,
                kind: CallKind::Wait { num_returns: 0, fetch_local: true },
                line: refusal.line,
                called: at,
                returned: Some(at),
                refs: refusal.refs,
                ready: None,
                error: Some((refusal.class.clone(), refusal.message.clone())),
            }),
            // Everything else is no call.
            _ => {}
        }
    }

    fn add_node_event(&mut self, at: Instant, event: &Event) {
        match event {
            Event::TransferFinished { transfer } => {
                if let Some(Some(done)) = self.state.transfers.get(*transfer)
                    && !done.is_restore()
                {
                    let size = self.state.objects[done.object].size;
                    self.nodes[done.to].received += size;
                    self.nodes[done.from].sent += size;
                }
            }
            Event::ObjectCreated { object, node: _, size } => {
                if let crate::state::Creator::Task(task) = self.state.objects[*object].creator {
                    self.attempts[self.latest[task.index()]].bytes_out += size;
                }
            }
            Event::CopyEvicted { object: _, node } => self.nodes[*node].evictions += 1,
            Event::NodeAdded(node) => {
                self.node_joined(&node.name, node.resources.get(CPU), at);
            }
            Event::NodeDied { node } => {
                self.nodes[*node].died = Some(at);
                self.slots = self.slots.minus(self.nodes[*node].cpus);
            }
            // Everything else is not about a node.
            _ => {}
        }
    }

    /// After the event: how full the store is that got something.
    fn note_store(&mut self, event: &Event) {
        let node = match event {
            Event::InputLoaded { node, .. } | Event::ObjectCreated { node, .. } => *node,
            Event::TransferStarted { to, .. } => *to,
            Event::ObjectPut { owner, .. } => self.state.caller_node(*owner),
            _ => return,
        };
        let used = self.state.nodes[node].store_used;
        let peak = &mut self.nodes[node].store_peak;
        *peak = used.max(*peak);
    }

    pub fn finish(mut self, trace: &Trace) -> Report {
        let end = trace.end();
        for task in (0..self.latest.len()).map(TaskId::from_index) {
            self.settle(task, end);
            let status = self.state.tasks[task].status;
            self.attempts[self.latest[task.index()]].state = status.ray_name();
        }
        for row in self.attempts.iter_mut().filter(|row| row.state.is_empty()) {
            // An attempt that was followed by another failed, or its result was lost.
            row.state = if row.failure.is_some() { "FAILED" } else { "FINISHED" };
        }
        self.attempts.sort_by_key(|row| (row.spec.id, row.attempt));
        let mut capacity = Span::ZERO;
        for (id, node) in self.nodes.enumerate().map(|(id, n)| (id, n.clone())).collect::<Vec<_>>()
        {
            let lived = node.died.unwrap_or(end).since(self.joined[id]);
            let row = &mut self.nodes[id];
            row.capacity = scale(lived, node.cpus);
            capacity = capacity + row.capacity;
        }
        for row in &self.attempts {
            if let Some((node, _)) = row.place {
                self.nodes[node].waits.add(row.waits);
            }
        }
        let metrics = self.metrics(capacity);
        Report {
            outcome: trace.outcome().cloned(),
            makespan: end.since(Instant::ZERO),
            functions: functions(&self.attempts),
            attempts: self.attempts,
            calls: self.calls,
            output: self.state.output.iter().cloned().collect(),
            nodes: self.nodes.iter().cloned().collect(),
            metrics,
            path: RealisedPath::default(),
        }
    }

    fn metrics(&self, capacity: Span) -> Metrics {
        let work = Span::from_nanos(u64::try_from(self.work).unwrap_or(u64::MAX));
        let units = self.most_slots.units().max(1) as u128;
        let bound = self.work * crate::base::amount::UNITS_PER_ONE as u128 / units;
        let mut waits = Waits::default();
        self.attempts.iter().for_each(|row| waits.add(row.waits));
        let totals = &self.state.totals;
        Metrics {
            tasks: totals.submitted,
            finished: totals.finished,
            failed: totals.failed,
            events: self.events,
            transfers: totals.transfers,
            bytes_moved: totals.bytes_moved,
            evictions: totals.evictions,
            spills: totals.spills,
            bytes_spilled: totals.bytes_spilled,
            restores: totals.restores,
            bytes_restored: totals.bytes_restored,
            fallbacks: totals.fallbacks,
            reconstructions: totals.reconstructions,
            critical_path: Span::ZERO,
            program_path: Span::ZERO,
            work,
            slots: self.most_slots,
            work_bound: Span::from_nanos(u64::try_from(bound).unwrap_or(u64::MAX)),
            slot_utilisation: share(work, capacity),
            waits,
        }
    }
}

/// So long on that many CPUs.
fn scale(span: Span, cpus: Amount) -> Span {
    let nanos = u128::from(span.as_nanos()) * cpus.units().max(0) as u128;
    let nanos = nanos / crate::base::amount::UNITS_PER_ONE as u128;
    Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

fn functions(attempts: &[Attempt]) -> Vec<FunctionUse> {
    let mut found: Vec<FunctionUse> = Vec::new();
    let mut index: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for row in attempts {
        let at = *index.entry(row.spec.function.clone()).or_insert_with(|| {
            found.push(FunctionUse {
                name: row.spec.function.clone(),
                attempts: 0,
                finished: 0,
                failed: 0,
                busy: Span::ZERO,
                longest: Span::ZERO,
                waits: Waits::default(),
                bytes_in: 0,
                bytes_out: 0,
            });
            found.len() - 1
        });
        let sum = &mut found[at];
        sum.attempts += 1;
        sum.finished += u32::from(row.state == "FINISHED");
        sum.failed += u32::from(row.state == "FAILED");
        sum.busy = sum.busy + row.busy;
        sum.longest = sum.longest.max(row.busy);
        sum.waits.add(row.waits);
        sum.bytes_in += row.bytes_in;
        sum.bytes_out += row.bytes_out;
    }
    found
}

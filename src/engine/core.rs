//! The engine's own state beside `State`, and its main loop.

use crate::base::rng::Stream;
use crate::base::{ActorId, IdVec, Instant, LeaseId, NodeId, ObjectId, TaskId, TransferId};
use crate::engine::Options;
use crate::engine::actors::ActorSide;
use crate::engine::calls::CallSide;
use crate::engine::groups::Groups;
use crate::engine::leases::Leasing;
use crate::engine::network::{Due, Network};
use crate::engine::schedule::Queues;
use crate::engine::stores::StoreSide;
use crate::engine::streams::StreamSide;
use crate::engine::timers::{Timer, Timers};
use crate::model::{Caller, Model, Shape, Workload};
use crate::policy::{self, Policy};
use crate::process::{Body, CallRequest, Process, Reply, Value};
use crate::state::{Event, Outcome, State};
use crate::trace::{Header, Record, Trace};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Who wants to know when an object is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Waiter {
    /// A task, in that turn.
    Task(TaskId, u32),
    /// The caller's current call.
    Call(Caller),
    /// A lease request, for the copy of an argument.
    Lease(LeaseId),
}

/// What the engine knows of a task besides its row.
#[derive(Clone, Default)]
pub(super) struct TaskSide {
    /// Counts how often it was queued: tells what was meant for an earlier turn from what is meant for this one.
    pub turn: u32,
    /// How deep it is nested: 0 for the driver's own tasks.
    pub depth: u32,
    /// Arguments that do not exist yet.
    pub missing: u32,
    /// Arguments whose copies are on their way.
    pub fetching: u32,
    /// The last record about it.
    pub record: u32,
    /// Whether it is to be interrupted when its process goes on.
    pub cancelled: bool,
}

/// The code of a task that is part of a program.
pub(super) enum Code {
    /// A remote function or a constructor.
    Body(Arc<dyn Body>),
    /// A method's call.
    Method(CallRequest),
}

/// Waiting lists of objects, as linked lists in one arena, so that waiting allocates nothing.
#[derive(Default)]
pub(super) struct WaitLists {
    heads: IdVec<ObjectId, (u32, u32)>,
    nodes: Vec<(Waiter, u32)>,
    free: Vec<u32>,
}

const END: u32 = u32::MAX;

impl WaitLists {
    /// Appends `waiter` to the list of `object`.
    pub fn push(&mut self, object: ObjectId, waiter: Waiter) {
        let node = match self.free.pop() {
            Some(node) => {
                self.nodes[node as usize] = (waiter, END);
                node
            }
            None => {
                self.nodes.push((waiter, END));
                self.nodes.len() as u32 - 1
            }
        };
        let (head, tail) = &mut self.heads[object];
        if *head == END {
            *head = node;
        } else {
            self.nodes[*tail as usize].1 = node;
        }
        *tail = node;
    }

    /// Takes the first waiter of `object`.
    pub fn pop(&mut self, object: ObjectId) -> Option<Waiter> {
        let (head, _) = &mut self.heads[object];
        let node = *head;
        if node == END {
            return None;
        }
        let (waiter, next) = self.nodes[node as usize];
        *head = next;
        self.free.push(node);
        Some(waiter)
    }

    pub fn add_object(&mut self) {
        self.heads.push((END, END));
    }
}

/// The engine while it runs.
pub(super) struct Engine<'m> {
    pub model: &'m Model,
    pub options: &'m Options,
    pub policy: Box<dyn Policy>,
    pub state: State,
    /// The time; the state's own is that of its last event.
    pub now: Instant,
    pub records: Vec<Record>,
    /// The record that what is being done follows from.
    pub cause: u32,
    pub timers: Timers,
    pub network: Network,
    pub placement: Stream,
    pub scratch: Vec<u64>,
    pub tasks: IdVec<TaskId, TaskSide>,
    pub waits: WaitLists,
    /// Who waits for the copy that a transfer brings.
    pub arrivals: IdVec<TransferId, Vec<Waiter>>,
    pub transfer_records: IdVec<TransferId, u32>,
    pub free_transfers: Vec<TransferId>,
    pub stores: IdVec<NodeId, StoreSide>,
    /// How many wait for room in all stores together.
    pub stalled: usize,
    pub queues: Queues,
    pub leasing: Leasing,
    /// Copies that leave a node one after the other, and whether each has begun to.
    pub outboxes: IdVec<NodeId, VecDeque<(TransferId, bool)>>,
    pub shapes: Vec<Arc<Shape>>,
    pub calls: BTreeMap<Caller, CallSide>,
    /// Calls that are in an object's waiting list already.
    pub registered: BTreeSet<(ObjectId, Caller)>,
    pub call_number: u32,
    pub call_refs: u64,
    pub printed: u64,
    pub values: BTreeMap<ObjectId, Value>,
    pub driver: Option<Box<dyn Process>>,
    pub code: BTreeMap<TaskId, Code>,
    /// Tasks that are generators.
    pub streams: BTreeMap<TaskId, StreamSide>,
    pub bodies: BTreeMap<TaskId, Box<dyn Process>>,
    /// The current nap of each caller that sleeps.
    pub naps: BTreeMap<Caller, u64>,
    pub nap_number: u64,
    /// Answers that come when a cost is paid.
    pub pending_replies: BTreeMap<Caller, Reply>,
    /// Tasks to run again for their lost results.
    pub rebuilds: VecDeque<TaskId>,
    pub actors: IdVec<ActorId, ActorSide>,
    pub groups: Groups,
    /// Objects that became available or failed, with the record that says so.
    pub news: VecDeque<(ObjectId, u32)>,
    /// Processes that can go on.
    pub resumes: VecDeque<(Caller, Reply, u32)>,
    /// Whether tasks may find room that did not before.
    pub dirty: bool,
    /// The last record that gave resources back.
    pub freed_record: u32,
    pub idle_watch: crate::engine::ending::IdleWatch,
    pub outcome: Option<Outcome>,
}

impl<'m> Engine<'m> {
    pub fn new(model: &'m Model, driver: Box<dyn Process>, options: &'m Options) -> Engine<'m> {
        let policy = policy::by_name(&model.policy).unwrap_or_else(|| {
            policy::by_name(policy::REGISTRY[0].name).expect("the first policy is in its own list")
        });
        let state = State::initial(&model.cluster);
        let mut engine = Engine {
            model,
            options,
            policy,
            leasing: Leasing::new(model, &state, options.seed),
            outboxes: IdVec::new(),
            state,
            now: Instant::ZERO,
            records: Vec::new(),
            cause: Record::NO_CAUSE,
            timers: Timers::default(),
            network: Network::default(),
            placement: Stream::new(options.seed, "placement", 0),
            scratch: Vec::new(),
            tasks: IdVec::new(),
            waits: WaitLists::default(),
            arrivals: IdVec::new(),
            transfer_records: IdVec::new(),
            free_transfers: Vec::new(),
            stores: IdVec::new(),
            stalled: 0,
            queues: Queues::default(),
            shapes: Vec::new(),
            calls: BTreeMap::new(),
            registered: BTreeSet::new(),
            call_number: 0,
            call_refs: 0,
            printed: 0,
            values: BTreeMap::new(),
            driver: Some(driver),
            code: BTreeMap::new(),
            streams: BTreeMap::new(),
            bodies: BTreeMap::new(),
            naps: BTreeMap::new(),
            nap_number: 0,
            pending_replies: BTreeMap::new(),
            rebuilds: VecDeque::new(),
            actors: IdVec::new(),
            groups: Groups::default(),
            news: VecDeque::new(),
            resumes: VecDeque::new(),
            dirty: false,
            freed_record: Record::NO_CAUSE,
            idle_watch: Default::default(),
            outcome: None,
        };
        for node in model.cluster.nodes.iter() {
            engine.network.add_node(node.bandwidth);
            engine.stores.push(StoreSide::default());
            engine.outboxes.push(VecDeque::new());
        }
        engine
    }

    /// Makes an event true and keeps it; says under which number.
    pub fn record(&mut self, event: Event) -> u32 {
        let at = self.now;
        self.state.apply(at, &event);
        let number = self.records.len() as u32;
        self.records.push(Record { at, event, cause: self.cause });
        if self.options.verify {
            let violations = self.state.violations();
            let event = &self.records[number as usize].event;
            assert!(violations.is_empty(), "record {number}, {event:?}: {violations:?}");
        }
        number
    }

    /// Runs to the end.
    pub fn run(mut self) -> Trace {
        self.load();
        while self.outcome.is_none() {
            self.settle_instant();
            if self.outcome.is_some() {
                break;
            }
            match self.timers.next_at() {
                Some(at) if at > self.options.limits.time => self.stop_at_limit("virtual time"),
                Some(at) => self.now = at,
                None => self.outcome = Some(self.diagnose_stall()),
            }
        }
        let outcome = self.outcome.take().expect("the loop ends with an outcome");
        self.record(Event::RunEnded(Arc::new(outcome)));
        Trace { header: self.header(), records: self.records }
    }

    /// Everything that happens at this instant.
    fn settle_instant(&mut self) {
        let now = self.now;
        loop {
            if self.records.len() as u32 >= self.options.limits.records {
                self.stop_at_limit("records");
            }
            if self.outcome.is_some() {
                return;
            }
            if let Some((object, record)) = self.news.pop_front() {
                self.cause = record;
                self.tell_waiters(object);
            } else if let Some(task) = self.rebuilds.pop_front() {
                self.rebuild_task(task);
            } else if let Some(timer) = self.timers.pop_due(now) {
                self.fire(timer);
            } else if let Some((caller, reply, cause)) = self.resumes.pop_front() {
                self.cause = cause;
                self.resume(caller, reply);
            } else if self.dirty {
                self.dirty = false;
                self.serve_stalled();
                if !self.leasing.on {
                    self.place_tasks();
                }
                self.place_groups();
            } else {
                let timers = &mut self.timers;
                let mut planned_now = false;
                self.network.settle(now, |due: Due| {
                    planned_now |= due.at <= now;
                    let (transfer, use_number) = (due.transfer, due.use_number);
                    timers.plan(due.at, Timer::FlowDrained { transfer, use_number });
                });
                if !planned_now {
                    return;
                }
            }
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::BodyDone { task, turn } => self.body_done(task, turn),
            Timer::NapOver { caller, nap } => self.nap_over(caller, nap),
            Timer::CallTimeout { caller, call } => self.call_timed_out(caller, call),
            Timer::FlowDrained { transfer, use_number } => self.flow_drained(transfer, use_number),
            Timer::FlowArrived { transfer, use_number } => self.flow_arrived(transfer, use_number),
            Timer::Message(slot) => self.deliver(slot),
            Timer::Report(node) => self.report(node),
            Timer::Refresh(node) => self.refresh_view(node),
            Timer::WorkerUp(node) => self.worker_up(node),
            Timer::IdleCheck(node) => self.stop_idle_workers(node),
            Timer::Retry { task, turn } => self.retry_now(task, turn),
            Timer::WorkerLost { task, turn } => self.worker_lost(task, turn),
            Timer::WorkerGone(worker) => self.worker_gone(worker),
            Timer::NodeLost(node) => self.node_lost(node),
            Timer::GroupDue(group) => self.group_due(group),
            Timer::GroupGone(group) => self.remove_group(group),
            Timer::GroupTick => self.group_tick(),
            Timer::SpillDone { node, batch } => self.spill_done(node, batch),
            Timer::RestoreDone { node, transfer, record } => {
                self.restore_done(node, transfer, record);
            }
            Timer::GraceOver { node, grace } => self.grace_over(node, grace),
            Timer::Fault(number) => self.strike(number),
        }
    }

    /// Inputs of a graph are there, faults are planned, the driver starts.
    fn load(&mut self) {
        if let Workload::Graph(graph) = &self.model.workload {
            self.shapes = graph.shapes.clone();
            for _ in &graph.shapes {
                self.queues.add_shape();
            }
            for (number, input) in graph.inputs.iter().enumerate() {
                let object = ObjectId::new(number as u32);
                for node in &input.on {
                    self.record(Event::InputLoaded { object, node: *node, size: input.size });
                }
                self.waits.add_object();
            }
            self.recount_primaries();
        }
        for (number, fault) in self.model.faults.iter().enumerate() {
            self.timers.plan(fault.at, Timer::Fault(number as u32));
        }
        self.resumes.push_back((Caller::Driver, Reply::Start, Record::NO_CAUSE));
    }

    fn header(&self) -> Header {
        let (program, object_names) = match &self.model.workload {
            Workload::Program(program) => (Some(program.clone()), Vec::new()),
            Workload::Graph(graph) => (None, graph.object_names.clone()),
        };
        Header {
            name: self.model.name.clone(),
            cluster: self.model.cluster.clone(),
            policy: self.model.policy.clone(),
            seed: self.options.seed,
            parameters: self.model.parameters.clone(),
            program,
            object_names,
            captions: self.model.captions.clone(),
        }
    }

    pub fn stop_at_limit(&mut self, which: &str) {
        let limits = &self.options.limits;
        let value = match which {
            "tasks" => u64::from(limits.tasks),
            "records" => u64::from(limits.records),
            "tasks within tasks" => u64::from(limits.nesting),
            "call references" => limits.call_refs,
            "output" => limits.output,
            "bundles" => crate::engine::groups::MOST_BUNDLES as u64,
            _ => limits.time.as_secs() as u64,
        };
        let unit = match which {
            "virtual time" => " seconds of virtual time".to_owned(),
            "output" => " bytes of output".to_owned(),
            other => format!(" {other}"),
        };
        let message = format!("the run was stopped at its limit of {value}{unit}");
        self.outcome.get_or_insert(Outcome::LimitReached { message });
    }
}

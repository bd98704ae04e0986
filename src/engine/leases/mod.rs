//! Ray's control plane: owners that ask raylets for workers, raylets that decide on views of their own, worker
//! processes that start and stop, and what all of it costs.
//!
//! An owner keeps a queue for each scheduling key and a lease for each worker that it uses; see `owner`. A raylet
//! grants, queues or sends on; see `raylet`. What raylets know of each other is in `views`, worker processes are in
//! `pool`, messages and their costs in `messages`.

mod messages;
mod owner;
mod pool;
mod raylet;
mod views;

pub(super) use messages::Message;
pub(super) use views::next_beat;

use crate::base::id::Id;
use crate::base::rng::Stream;
use crate::base::{IdVec, Instant, LeaseId, NodeId, Span, TaskId, WorkerId};
use crate::model::{Caller, Model};
use crate::state::{Choice, Ledger, SchedulingKey, State};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A scheduling key's tasks, and what its owner has asked for them.
pub(super) struct KeySide {
    key: SchedulingKey,
    /// Workers under a lease of it.
    held: u32,
    /// Ready tasks, each in that turn, in the order in which they became ready.
    queue: VecDeque<(TaskId, u32)>,
    /// Requests on their way.
    pending: Vec<LeaseId>,
}

/// For whom a lease is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// The tasks of a key.
    Key(u32),
    /// The constructor of an actor: the GCS asks, and only a new process will do.
    Actor,
}

/// A request, beside its row.
pub(super) struct LeaseSide {
    whose: For,
    task: TaskId,
    /// Whether the bytes of the arguments chose the raylet.
    by_locality: bool,
    /// Whether a raylet sent the owner there: then it grants, queues or refuses, but sends nobody on.
    redirected: bool,
    /// Arguments whose copies are on their way to its raylet's node.
    fetching: u32,
    /// The node on which its arguments' copies may not be evicted.
    pinned: Option<NodeId>,
    /// Whether it waits until its arguments fit into the node's store.
    stalled: bool,
    /// Whether its answer is settled.
    done: bool,
    choice: Choice,
    /// The record of its last step.
    record: u32,
}

/// A raylet, beside its node's row.
pub(super) struct RayletSide {
    /// What it knows of all nodes; made when it first has to decide.
    view: Option<Ledger>,
    /// When in each period it looks whether its own resources changed.
    phase: Instant,
    report_planned: bool,
    refresh_planned: bool,
    /// Whether a view of this node is lower than what the node said.
    deducted: bool,
    /// When it last said what it has, and which report of all that was.
    said_at: Instant,
    said_number: u64,
    /// Reports that its view knows of.
    seen_reports: u64,
    /// Requests that wait here for room, in the order in which they came.
    queue: VecDeque<LeaseId>,
    /// Requests that have room and wait for a worker process.
    awaiting: VecDeque<LeaseId>,
    starting: u32,
    /// Processes that are to come besides one for each request that waits.
    spare: u32,
    /// Where SPREAD looks first.
    cursor: u32,
    busy_until: Instant,
}

impl RayletSide {
    /// How many processes are to come, those that start already among them.
    fn processes_wanted(&self) -> usize {
        self.awaiting.len() + self.spare as usize
    }
}

/// A worker, beside its row.
#[derive(Default)]
pub(super) struct WorkerSide {
    /// Whose lease it is under, and when the lease ends.
    holder: Option<(For, Instant)>,
    idle_since: Instant,
    /// It was started in advance and has run nothing.
    unused: bool,
    /// Functions that it has imported: a few.
    imported: Vec<Arc<str>>,
}

/// The whole control plane.
pub(super) struct Leasing {
    /// Whether there is one: not in the profile `ideal`.
    pub on: bool,
    ids: BTreeMap<SchedulingKey, u32>,
    keys: Vec<KeySide>,
    leases: IdVec<LeaseId, LeaseSide>,
    raylets: IdVec<NodeId, RayletSide>,
    /// Keys that nothing is left of: their numbers are used again.
    free_keys: Vec<u32>,
    /// The request whose turn it is to get room in its node's store.
    turn: Option<LeaseId>,
    /// Room for the requests that a raylet keeps while it looks at its queue.
    kept: Vec<LeaseId>,
    workers: IdVec<WorkerId, WorkerSide>,
    /// What each node said last, and how often nodes said something.
    said: Ledger,
    reports: u64,
    /// Nodes in the order of their ids: Ray's ids are random, so the order is drawn.
    ranks: Vec<u32>,
    /// Nodes by rank.
    by_rank: Vec<u32>,
    messages: Vec<Option<Message>>,
    free_messages: Vec<u32>,
    /// Until when owners, the GCS among them as `None`, work on messages.
    busy: BTreeMap<Option<Caller>, Instant>,
    /// The same for the driver, which has most of them.
    driver_busy: Instant,
    jitter: Stream,
    phases: Stream,
    actors: Stream,
    /// Functions that were exported.
    exported: BTreeSet<Arc<str>>,
    /// Who exports a function, or did last, and until when.
    exporting: (Caller, Instant),
    /// What tasks raised, until their owner knows.
    raised: BTreeMap<TaskId, Arc<crate::state::Failure>>,
    /// Most bytes that each store ever held: pages beyond that are fresh.
    touched: IdVec<NodeId, u64>,
    heartbeat: Instant,
}

impl Leasing {
    pub fn new(model: &Model, state: &State, seed: u64) -> Leasing {
        let parameters = &model.parameters;
        let mut leasing = Leasing {
            on: parameters.control_plane,
            ids: BTreeMap::new(),
            keys: Vec::new(),
            leases: IdVec::new(),
            raylets: IdVec::new(),
            free_keys: Vec::new(),
            turn: None,
            kept: Vec::new(),
            workers: IdVec::new(),
            said: state.ledger.clone(),
            reports: 0,
            ranks: Vec::new(),
            by_rank: Vec::new(),
            messages: Vec::new(),
            free_messages: Vec::new(),
            busy: BTreeMap::new(),
            driver_busy: Instant::ZERO,
            jitter: Stream::new(seed, "costs", 0),
            phases: Stream::new(seed, "phases", 0),
            actors: Stream::new(seed, "actors", 0),
            exported: BTreeSet::new(),
            exporting: (Caller::Driver, Instant::ZERO),
            raised: BTreeMap::new(),
            touched: IdVec::new(),
            heartbeat: Instant::ZERO,
        };
        leasing.heartbeat = leasing.phase(parameters.core_worker_internal_heartbeat_ms);
        for _ in state.nodes.ids() {
            leasing.add_node(parameters.raylet_report_resources_period_milliseconds);
        }
        leasing.draw_ids(seed);
        leasing
    }

    /// A moment within a period, each equally likely.
    fn phase(&mut self, period: Span) -> Instant {
        let nanos = period.as_nanos();
        Instant::from_nanos(if nanos == 0 { 0 } else { self.phases.below(nanos) })
    }

    /// The place of each node in the order of their ids.
    pub fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    fn worker(&mut self, worker: WorkerId) -> &mut WorkerSide {
        while self.workers.len() <= worker.index() {
            self.workers.push(WorkerSide::default());
        }
        &mut self.workers[worker]
    }

    fn holder(&self, worker: WorkerId) -> Option<(For, Instant)> {
        self.workers.get(worker)?.holder
    }

    /// Whether the worker has not had the function before; from now on it has.
    fn imports(&mut self, worker: WorkerId, function: &Arc<str>) -> bool {
        let imported = &mut self.worker(worker).imported;
        let same = |other: &Arc<str>| Arc::ptr_eq(other, function) || other == function;
        if imported.iter().any(same) {
            return false;
        }
        imported.push(function.clone());
        true
    }

    fn hold(&mut self, worker: WorkerId, whose: For, ends: Instant) {
        let side = self.worker(worker);
        (side.holder, side.unused) = (Some((whose, ends)), false);
        if let For::Key(key) = whose {
            self.keys[key as usize].held += 1;
        }
    }

    fn let_go(&mut self, worker: WorkerId) {
        if let Some((For::Key(key), _)) = self.worker(worker).holder.take() {
            self.keys[key as usize].held -= 1;
            self.forget_key(key);
        }
    }

    /// Of a key without tasks, requests and leases nothing is kept (`CanDelete`).
    fn forget_key(&mut self, key: u32) {
        let side = &self.keys[key as usize];
        let gone = side.held == 0 && side.queue.is_empty() && side.pending.is_empty();
        if gone && self.ids.get(&side.key) == Some(&key) {
            self.ids.remove(&side.key);
            self.free_keys.push(key);
        }
    }

    /// A length of time below `most`, each equally likely.
    pub fn moment(&mut self, most: Span) -> Span {
        self.phase(most).since(Instant::ZERO)
    }

    /// A node is gone, and everybody knows.
    pub fn forget_node(&mut self, node: NodeId, ledger: &Ledger) {
        self.said.copy_row(ledger, node);
        for raylet in self.raylets.iter_mut() {
            if let Some(view) = &mut raylet.view {
                view.copy_row(ledger, node);
            }
        }
    }

    pub fn add_node(&mut self, period: Span) {
        let phase = self.phase(period);
        self.touched.push(0);
        self.ranks.push(self.ranks.len() as u32);
        self.by_rank.push(self.by_rank.len() as u32);
        self.raylets.push(RayletSide {
            view: None,
            phase,
            report_planned: false,
            refresh_planned: false,
            deducted: false,
            said_at: Instant::ZERO,
            said_number: 0,
            seen_reports: 0,
            queue: VecDeque::new(),
            awaiting: VecDeque::new(),
            starting: 0,
            spare: 0,
            cursor: 0,
            busy_until: Instant::ZERO,
        });
    }

    /// Ray's node ids are random: which of two nodes comes first is another draw in each cluster.
    fn draw_ids(&mut self, seed: u64) {
        let mut stream = Stream::new(seed, "node ids", 0);
        for at in (1..self.by_rank.len()).rev() {
            self.by_rank.swap(at, stream.below(at as u64 + 1) as usize);
        }
        for (rank, node) in self.by_rank.iter().enumerate() {
            self.ranks[*node as usize] = rank as u32;
        }
    }
}

//! One pass over the records that fills the lanes.

use crate::base::id::Id;
use crate::base::{Instant, NodeId, ObjectId, TaskId, WorkerId};
use crate::chart::curve::Builder;
use crate::chart::functions::Functions;
use crate::chart::timeline::doing::{Change, Doing, Ending, Life, Phase, change};
use crate::chart::timeline::{Bar, Lane, NodeLanes, Place, Timeline, What};
use crate::model::Caller;
use crate::model::cluster::CPU;
use crate::replay::History;
use crate::state::admit::prestarted;
use crate::state::{CallKind, Event, State};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub(super) fn timeline(history: &History) -> Timeline {
    let mut pass = Pass::new(history);
    for record in history.records() {
        pass.follow(record.at, &record.event);
    }
    pass.finish(history)
}

/// A lane while it fills.
#[derive(Default)]
struct Filling {
    born: Instant,
    died: Option<Instant>,
    bars: Vec<Bar>,
    /// Until when bars take it.
    free_from: Instant,
    /// Tasks that are on it now.
    open: u32,
}

/// A copy under way.
#[derive(Clone, Copy)]
struct Copying {
    object: ObjectId,
    from: NodeId,
    to: NodeId,
    since: Instant,
}

struct Pass<'a> {
    last: &'a State,
    lives: Vec<Life>,
    /// Since when each task waits for a worker.
    waits: Vec<Instant>,
    /// When each task failed that waits to be tried again.
    failed: Vec<Option<Instant>>,
    workers: Vec<Filling>,
    links: Vec<Filling>,
    busy: Vec<Builder>,
    copies: Vec<Option<Copying>>,
    /// The worker that each actor is.
    actors: Vec<Option<WorkerId>>,
    driver: Vec<Bar>,
    /// What the driver does, and since when.
    driving: (Doing, Instant),
    driver_waits: bool,
    /// How many workers and nodes there are so far.
    there: (usize, usize),
}

impl<'a> Pass<'a> {
    fn new(history: &'a History) -> Pass<'a> {
        let (first, last) = (history.state_at(0), history.last_state());
        let empty = |count: usize| (0..count).map(|_| Filling::default()).collect();
        Pass {
            last,
            lives: (0..last.tasks.len())
                .map(|task| Life::of(history, TaskId::from_index(task)))
                .collect(),
            waits: vec![Instant::ZERO; last.tasks.len()],
            failed: vec![None; last.tasks.len()],
            workers: empty(last.workers.len()),
            links: empty(last.nodes.len()),
            busy: vec![Builder::default(); last.nodes.len()],
            copies: vec![None; last.transfers.len()],
            actors: vec![None; last.actors.len()],
            driver: Vec::new(),
            driving: (Doing::Running, Instant::ZERO),
            driver_waits: false,
            there: (first.workers.len(), first.nodes.len()),
        }
    }

    fn follow(&mut self, at: Instant, event: &Event) {
        if let Some((task, change)) = change(event) {
            self.task(at, task, change);
        }
        match event {
            Event::TransferStarted { transfer, object, from, to } => {
                let copying = Copying { object: *object, from: *from, to: *to, since: at };
                self.copies[transfer.index()] = Some(copying);
            }
            Event::TransferFinished { transfer } => {
                self.copied(at, transfer.index(), Ending::Done);
            }
            Event::TransferCancelled { transfer } => {
                self.copied(at, transfer.index(), Ending::Failed);
            }
            Event::CallMade(call) if call.caller == Caller::Driver => {
                self.driver_waits = call.kind != CallKind::Get;
            }
            Event::CallBlocked { caller: Caller::Driver } => {
                self.drive(at, if self.driver_waits { Doing::InWait } else { Doing::InGet });
            }
            Event::CallReturned { caller: Caller::Driver, .. } => self.drive(at, Doing::Running),
            Event::Slept { caller: Caller::Driver, until, .. } => {
                self.drive(at, Doing::Sleeping);
                self.drive(*until, Doing::Running);
            }
            Event::ActorStarted { actor } => {
                let creation = self.last.actors[*actor].creation;
                let worker = self.lives.get(creation.index()).and_then(Life::worker);
                self.actors[actor.index()] = worker;
            }
            Event::ActorDied { actor, .. } => {
                if let Some(worker) = self.actors[actor.index()].take() {
                    self.worker_died(at, worker);
                }
            }
            Event::WorkerStarted { .. } => self.born(at, 1, 0),
            Event::NodeAdded(node) => self.born(at, prestarted(node) as usize, 1),
            Event::WorkerDied { worker } => self.worker_died(at, *worker),
            Event::NodeDied { node } => self.node_died(at, *node),
            // Nothing else makes or ends a bar.
            _ => {}
        }
    }

    fn task(&mut self, at: Instant, task: TaskId, change: Change) {
        let life = &mut self.lives[task.index()];
        let before = *life;
        let ended = life.follow(at, change);
        let after = *life;
        if let Some(phase) = ended {
            self.ended(task, phase);
        }
        if change == Change::Ends(Ending::Failed) {
            self.failed[task.index()] = Some(at);
        }
        if change == Change::Waits {
            self.waits[task.index()] = at;
        }
        if let Change::Placed(worker) = change {
            self.lead(task, ended, at, worker);
            self.workers[worker.index()].open += 1;
        }
        if let Some(worker) = before.worker().filter(|_| after.worker().is_none()) {
            let lane = &mut self.workers[worker.index()];
            lane.open = lane.open.saturating_sub(1);
        }
        let more = i32::from(after.works()) - i32::from(before.works());
        if let Some(worker) = after.worker().or(before.worker())
            && more != 0
        {
            self.busy[self.last.node_of(worker).index()].add(at, f64::from(more));
        }
    }

    fn ended(&mut self, task: TaskId, phase: Phase) {
        let Some(worker) = phase.worker else { return };
        let what = What::Task { task, doing: phase.doing, begins: phase.begins };
        let lane = &mut self.workers[worker.index()];
        lane.free_from = lane.free_from.max(phase.to);
        lane.bars.push(Bar { from: phase.from, to: phase.to, what, ending: phase.ending });
    }

    /// What a worker's next task waited for while the worker had nothing to do.
    fn lead(&mut self, task: TaskId, waited: Option<Phase>, at: Instant, worker: WorkerId) {
        let failed = self.failed[task.index()].take();
        let lane = &mut self.workers[worker.index()];
        if lane.open > 0 {
            return;
        }
        let queues =
            |phase: &Phase| matches!(phase.doing, Doing::WaitsForSlot | Doing::WaitsForLease);
        let queued = waited.filter(queues);
        let (ready, turn) =
            queued.map_or((at, Doing::WaitsForSlot), |phase| (phase.from, phase.doing));
        let since = self.waits[task.index()];
        let waits = [
            (failed.unwrap_or(since), since, Doing::WaitsForRetry),
            (since, ready, Doing::WaitsForArguments),
            (ready, at, turn),
        ];
        for (from, to, doing) in waits {
            let from = from.max(lane.free_from).max(lane.born);
            if to > from {
                let what = What::Task { task, doing, begins: false };
                lane.bars.push(Bar { from, to, what, ending: Ending::Next });
            }
        }
    }

    fn copied(&mut self, at: Instant, transfer: usize, ending: Ending) {
        if let Some(Copying { object, from, to, since }) = self.copies[transfer].take() {
            let what = What::Copy { object, from };
            self.links[to.index()].bars.push(Bar { from: since, to: at, what, ending });
        }
    }

    fn drive(&mut self, at: Instant, doing: Doing) {
        let (before, since) = self.driving;
        if at > since {
            let what = What::Driver(before);
            self.driver.push(Bar { from: since, to: at, what, ending: Ending::Next });
        }
        self.driving = (doing, at.max(since));
    }

    fn born(&mut self, at: Instant, workers: usize, nodes: usize) {
        let (first_worker, first_node) = self.there;
        self.there = (first_worker + workers, first_node + nodes);
        let workers = self.workers.iter_mut().skip(first_worker).take(workers);
        let links = self.links.iter_mut().skip(first_node).take(nodes);
        workers.chain(links).for_each(|lane| lane.born = at);
    }

    fn worker_died(&mut self, at: Instant, worker: WorkerId) {
        let died = &mut self.workers[worker.index()].died;
        *died = died.or(Some(at));
    }

    fn node_died(&mut self, at: Instant, node: NodeId) {
        for worker in self.last.workers.ids() {
            if self.last.node_of(worker) == node && worker.index() < self.there.0 {
                self.worker_died(at, worker);
            }
        }
        self.links[node.index()].died = Some(at);
    }

    fn finish(mut self, history: &History) -> Timeline {
        let end = history.end();
        for task in 0..self.lives.len() {
            if let Some(phase) = self.lives[task].cut(end) {
                self.ended(TaskId::from_index(task), phase);
            }
        }
        for transfer in 0..self.copies.len() {
            self.copied(end, transfer, Ending::Cut);
        }
        self.drive(end, Doing::Running);
        // The run can end while the driver sleeps.
        self.driver.retain(|bar| bar.from < end);
        if let Some(last) = self.driver.last_mut().filter(|bar| bar.to > end) {
            (last.to, last.ending) = (end, Ending::Cut);
        }
        let driver = Filling { bars: self.driver, ..Filling::default() };
        let mut lanes = vec![lane(Place::Driver, driver)];
        let mut by_node: Vec<Vec<WorkerId>> = vec![Vec::new(); self.last.nodes.len()];
        for (worker, row) in self.last.workers.enumerate() {
            by_node[row.node.index()].push(worker);
        }
        let mut nodes = Vec::with_capacity(by_node.len());
        let rows = by_node.into_iter().zip(self.links).zip(self.busy);
        for (node, ((workers, link), busy)) in rows.enumerate() {
            let (node, first) = (NodeId::from_index(node), lanes.len());
            for worker in workers {
                let filled = std::mem::take(&mut self.workers[worker.index()]);
                lanes.push(lane(Place::Worker(worker), filled));
            }
            if !link.bars.is_empty() {
                lanes.push(lane(Place::Link(node), link));
            }
            let slots = slots(self.last, node);
            let lanes = first..lanes.len();
            nodes.push(NodeLanes { node, lanes, busy: busy.finish(), slots });
        }
        let places = lanes.iter().enumerate().map(|(at, lane)| (lane.place, at as u32));
        let mut places: Vec<(Place, u32)> = places.collect();
        places.sort_unstable();
        Timeline { lanes, nodes, end, functions: Functions::of(history), places }
    }
}

/// The slots of a node. Workers that were started beyond the CPUs stand in for blocked ones, which are not counted.
fn slots(state: &State, node: NodeId) -> u32 {
    let row = &state.nodes[node];
    let cpus = state.ledger.total(node, CPU).floor();
    match u32::try_from(cpus) {
        Ok(cpus) if cpus > 0 && row.alive => cpus,
        _ => row.workers,
    }
}

/// Gives each bar the first row that is free, and lays the rows one after the other.
fn lane(place: Place, mut filled: Filling) -> Lane {
    let bars = &mut filled.bars;
    bars.sort_by_key(|bar| (bar.from, bar.to));
    let mut rows: Vec<u32> = Vec::with_capacity(bars.len());
    let mut count = 0u32;
    let mut taken: BinaryHeap<Reverse<(Instant, u32)>> = BinaryHeap::new();
    let mut free: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
    for bar in bars.iter() {
        while let Some(Reverse((to, row))) = taken.peek().copied()
            && to <= bar.from
        {
            taken.pop();
            free.push(Reverse(row));
        }
        let row = free.pop().map_or(count, |Reverse(row)| row);
        count = count.max(row + 1);
        taken.push(Reverse((bar.to, row)));
        rows.push(row);
    }
    let mut starts = vec![0u32; count as usize + 1];
    rows.iter().for_each(|row| starts[*row as usize + 1] += 1);
    for row in 0..count as usize {
        starts[row + 1] += starts[row];
    }
    let mut order: Vec<usize> = (0..bars.len()).collect();
    // Stable: within a row the order of time stays.
    order.sort_by_key(|at| rows[*at]);
    let bars: Vec<Bar> = order.into_iter().map(|at| bars[at]).collect();
    let mut sum = 0u64;
    let busy = bars.iter().map(|bar| {
        let before = sum;
        sum += if bar.is_busy() { bar.to.since(bar.from).as_nanos() } else { 0 };
        before
    });
    let busy = busy.collect();
    Lane { place, born: filled.born, died: filled.died, bars, rows: starts, busy }
}

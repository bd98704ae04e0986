//! Spilling (local_object_manager.cc): primary copies are written to their node's disk when a store fills up, and are
//! read back when somebody needs them. If nothing can make room, a file mapped into memory stands in for it
//! (create_request_queue.cc). Only runs with a control plane do any of it.
//!
//! Each node has IO workers for spilling and as many for restoring; the first use of one waits until it has started.
//! One IO worker writes one batch: all primary copies that nobody on the node needs at the moment.

use crate::base::{NodeId, ObjectId, Span, TransferId};
use crate::engine::core::Engine;
use crate::engine::stores::Stalled;
use crate::engine::timers::Timer;
use crate::state::{CopyKind, Event, ObjectStatus};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Processes of one kind on one node.
#[derive(Default)]
struct IoWorkers {
    started: u32,
    busy: u32,
}

impl IoWorkers {
    /// Takes one, and says whether it has to start first. `None`: all are busy.
    fn take(&mut self, most: u32) -> Option<bool> {
        if self.busy >= most.max(1) {
            return None;
        }
        self.busy += 1;
        let starts = self.busy > self.started;
        self.started = self.started.max(self.busy);
        Some(starts)
    }

    fn give_back(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }
}

/// A node's disk and what moves between it and the store.
#[derive(Default)]
pub(super) struct DiskSide {
    spillers: IoWorkers,
    restorers: IoWorkers,
    /// Primary copies in the store that are not on their way to the disk.
    primaries: BTreeSet<ObjectId>,
    /// What is being written, by the record that began it.
    batches: BTreeMap<u32, Vec<ObjectId>>,
    /// Restores that wait for an IO worker, with the record that asked for each.
    waiting: VecDeque<(TransferId, u32)>,
    /// Counts the times that somebody waited and nothing could be spilled.
    grace: u32,
    grace_runs: bool,
}

impl DiskSide {
    /// The object has no primary copy here any more.
    pub fn forget(&mut self, object: ObjectId) {
        self.primaries.remove(&object);
    }
}

impl Engine<'_> {
    fn spills(&self, node: NodeId) -> bool {
        let row = &self.state.nodes[node];
        self.leasing.on && row.raylet && row.store_capacity.is_some()
    }

    /// A primary copy was stored. Too many of them are spilled (`SpillIfOverPrimaryObjectsThreshold`).
    pub fn primary_stored(&mut self, object: ObjectId, node: NodeId) {
        if self.spills(node) && self.state.objects[object].is_pinned_on(node) {
            self.stores[node].disk.primaries.insert(object);
            self.spill_if_over_threshold(node);
        }
    }

    fn spill_if_over_threshold(&mut self, node: NodeId) {
        let row = &self.state.nodes[node];
        let Some(capacity) = row.store_capacity else { return };
        let threshold = u128::from(self.model.parameters.object_spilling_threshold);
        if u128::from(row.store_primary) * 1_000_000 >= u128::from(capacity) * threshold {
            self.spill(node);
        }
    }

    /// Looks anew at which primary copies there are: inputs were loaded, or a node died and copies elsewhere took over.
    pub fn recount_primaries(&mut self) {
        if !self.leasing.on {
            return;
        }
        let limited: Vec<NodeId> =
            self.state.nodes.ids().filter(|node| self.spills(*node)).collect();
        if limited.is_empty() {
            return;
        }
        for (object, row) in self.state.objects.enumerate() {
            for copy in row.copies.iter().filter(|copy| copy.kind == CopyKind::Primary) {
                let disk = &mut self.stores[copy.node].disk;
                if !disk.batches.values().any(|batch| batch.contains(&object)) {
                    disk.primaries.insert(object);
                }
            }
        }
        for node in limited {
            self.spill_if_over_threshold(node);
        }
    }

    /// As many batches as there are IO workers for (`SpillObjectUptoMaxThroughput`).
    fn spill(&mut self, node: NodeId) {
        while self.spills(node) && self.start_batch(node) {}
    }

    fn start_batch(&mut self, node: NodeId) -> bool {
        let parameters = &self.model.parameters;
        let most = parameters.max_fused_object_count.max(1) as usize;
        let side = &self.stores[node];
        let free = side.disk.primaries.iter().filter(|object| !side.is_pinned(**object));
        let batch: Vec<ObjectId> = free.take(most).copied().collect();
        let sizes = batch.iter().map(|object| self.state.objects[*object].size);
        let bytes = sizes.fold(0, u64::saturating_add);
        // A little waits until there is more, as long as something is being spilled.
        let little = bytes < parameters.min_spilling_size && batch.len() < most;
        if batch.is_empty() || little && !side.disk.batches.is_empty() {
            return false;
        }
        let rate = parameters.spill_bandwidth;
        let most_workers = parameters.max_io_workers;
        let Some(starts) = self.stores[node].disk.spillers.take(most_workers) else { return false };
        let time = self.io_start(starts) + at_rate(rate, bytes);
        let objects = batch.len() as u32;
        let record = self.record(Event::SpillStarted { node, objects, bytes });
        let disk = &mut self.stores[node].disk;
        for object in &batch {
            disk.primaries.remove(object);
        }
        disk.batches.insert(record, batch);
        self.timers.plan(self.now + time, Timer::SpillDone { node, batch: record });
        true
    }

    fn io_start(&mut self, starts: bool) -> Span {
        match starts {
            true => self.cost(self.model.parameters.io_worker_start_time),
            false => Span::ZERO,
        }
    }

    /// A batch is on disk: its copies in the store may go, those excepted that are in use.
    pub fn spill_done(&mut self, node: NodeId, batch: u32) {
        let Some(objects) = self.stores[node].disk.batches.remove(&batch) else { return };
        self.stores[node].disk.spillers.give_back();
        if !self.spills(node) {
            return;
        }
        self.cause = batch;
        for object in objects {
            // It may have been freed meanwhile.
            let row = &self.state.objects[object];
            if row.status == ObjectStatus::Ready && row.is_pinned_on(node) {
                self.record(Event::ObjectSpilled { object, node });
                self.copy_arrived(node, object);
            }
        }
        self.resources_changed(node);
        self.dirty = true;
        self.spill_if_over_threshold(node);
    }

    /// A spilled object comes back from the disk of the node, once an IO worker is free.
    pub fn start_restore(&mut self, transfer: TransferId, node: NodeId) {
        let record = self.transfer_records[transfer];
        self.stores[node].disk.waiting.push_back((transfer, record));
        self.pump_restores(node);
    }

    fn pump_restores(&mut self, node: NodeId) {
        let parameters = &self.model.parameters;
        let (most, cost, rate) =
            (parameters.max_io_workers, parameters.restore_cost, parameters.restore_bandwidth);
        // A killed raylet restores nothing more.
        while self.state.nodes[node].raylet {
            let Some((transfer, record)) = self.stores[node].disk.waiting.front().copied() else {
                return;
            };
            let Some(row) = self.restore(transfer, record) else {
                self.stores[node].disk.waiting.pop_front();
                continue;
            };
            let Some(starts) = self.stores[node].disk.restorers.take(most) else { return };
            self.stores[node].disk.waiting.pop_front();
            let bytes = self.state.objects[row.object].size;
            let time = self.io_start(starts) + self.cost(cost) + at_rate(rate, bytes);
            let timer = Timer::RestoreDone { node, transfer, record };
            self.timers.plan(self.now + time, timer);
        }
    }

    /// The restore that began with that record, if it was not called off.
    fn restore(&self, transfer: TransferId, record: u32) -> Option<crate::state::Transfer> {
        let row = self.state.transfers[transfer]?;
        (self.transfer_records[transfer] == record).then_some(row)
    }

    /// An IO worker has restored an object.
    pub fn restore_done(&mut self, node: NodeId, transfer: TransferId, record: u32) {
        self.stores[node].disk.restorers.give_back();
        if self.state.nodes[node].raylet && self.restore(transfer, record).is_some() {
            self.transfer_done(transfer);
        }
        self.pump_restores(node);
    }

    /// Somebody waits for room in the store. What can be spilled is; if nothing can, the grace period begins.
    pub fn store_is_full(&mut self, node: NodeId) {
        self.spill(node);
        let disk = &mut self.stores[node].disk;
        if !disk.batches.is_empty() {
            disk.grace_runs = false;
        } else if !disk.grace_runs {
            disk.grace_runs = true;
            disk.grace += 1;
            let grace = disk.grace;
            let at = self.now + self.model.parameters.oom_grace_period_s;
            self.timers.plan(at, Timer::GraceOver { node, grace });
        }
    }

    /// Somebody found room: the next one who does not has the whole grace period.
    pub fn store_has_room(&mut self, node: NodeId) {
        self.stores[node].disk.grace_runs = false;
    }

    /// Still nothing made room: the first who waits gets files instead.
    pub fn grace_over(&mut self, node: NodeId, grace: u32) {
        let disk = &mut self.stores[node].disk;
        if !disk.grace_runs || disk.grace != grace {
            return;
        }
        disk.grace_runs = false;
        self.serve_first(node);
    }

    /// Files for those of the objects for which the store has no room.
    pub fn allocate_fallback(&mut self, stalled: &Stalled, node: NodeId) {
        let mut in_store = 0u64;
        for (object, size) in self.wanted_by(stalled, node) {
            if self.state.nodes[node].fallback.contains(&object) {
                continue;
            }
            let more = in_store.saturating_add(size);
            if self.make_room(node, more) {
                in_store = more;
            } else {
                self.record(Event::FallbackAllocated { object, node });
            }
        }
    }
}

/// How long so many bytes take.
pub(super) fn at_rate(rate: Option<u64>, bytes: u64) -> Span {
    rate.map_or(Span::ZERO, |rate| Span::from_secs(bytes as f64 / rate.max(1) as f64))
}

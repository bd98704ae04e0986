//! Room in the object stores: what is pinned, what may be evicted, and who waits for room.
//!
//! A store without a limit costs nothing here. In one with a limit, primary copies stay until they are freed, copies
//! that a task on the node needs are pinned, and the other secondary copies go when room is needed, the one unused
//! for longest first. With a control plane, primary copies become secondary ones by being spilled; see `spilling`.
//! A task gets room for all its arguments at once or waits for it: two tasks that each hold half of what they need
//! would wait for each other for ever.

use crate::base::{NodeId, ObjectId, TaskId};
use crate::engine::calls::CallSide;
use crate::engine::core::{Engine, Waiter};
use crate::engine::pulls::Priority;
use crate::engine::spilling::DiskSide;
use crate::model::{Caller, TaskSpec};
use crate::process::Value;
use crate::state::{CopyKind, Event, TaskStatus};
use std::collections::{BTreeMap, VecDeque};

/// With a control plane, at least so great a part of a store is evicted at once.
const EVICTED_AT_ONCE: u64 = 5;

/// A node's store, beside its row.
#[derive(Default)]
pub(super) struct StoreSide {
    /// How many placed tasks need the copy.
    pins: BTreeMap<ObjectId, u32>,
    /// Unpinned secondary copies, the one unused for longest first.
    evictable: BTreeMap<u64, ObjectId>,
    stamps: BTreeMap<ObjectId, u64>,
    clock: u64,
    /// Who waits for room, first come first served.
    stalled: VecDeque<Stalled>,
    /// How many of those have each priority.
    waiting: [u32; 4],
    /// What is spilled and restored.
    pub disk: DiskSide,
}

/// Somebody who waits for room.
pub(super) enum Stalled {
    /// A placed task's arguments, or a call's objects.
    Fetch { waiter: Waiter, bytes: u64 },
    /// A task's results.
    Results { task: TaskId, turn: u32, bytes: u64 },
    /// A generator's newest item.
    Item { task: TaskId, turn: u32, bytes: u64 },
    /// A `ray.put`.
    Put { caller: Caller, value: Value },
}

impl Stalled {
    /// Bytes that do not fit.
    pub fn bytes(&self) -> u64 {
        match self {
            Stalled::Fetch { bytes, .. }
            | Stalled::Results { bytes, .. }
            | Stalled::Item { bytes, .. } => *bytes,
            Stalled::Put { value, .. } => value.bytes,
        }
    }
}

impl StoreSide {
    /// Whether somebody needs the copy at the moment.
    pub fn is_pinned(&self, object: ObjectId) -> bool {
        self.pins.contains_key(&object)
    }

    /// Whether somebody waits for room who comes before the next one of that priority.
    pub fn comes_first(&self, priority: Priority) -> bool {
        self.waiting[..=priority as usize].iter().any(|count| *count > 0)
    }

    pub fn pin(&mut self, object: ObjectId) {
        *self.pins.entry(object).or_insert(0) += 1;
        if let Some(stamp) = self.stamps.remove(&object) {
            self.evictable.remove(&stamp);
        }
    }

    fn unpin(&mut self, object: ObjectId) -> bool {
        let Some(count) = self.pins.get_mut(&object) else { return false };
        *count -= 1;
        if *count == 0 {
            self.pins.remove(&object);
            return true;
        }
        false
    }

    fn make_evictable(&mut self, object: ObjectId) {
        self.clock += 1;
        if let Some(old) = self.stamps.insert(object, self.clock) {
            self.evictable.remove(&old);
        }
        self.evictable.insert(self.clock, object);
    }

    fn forget(&mut self, object: ObjectId) {
        self.disk.forget(object);
        if let Some(stamp) = self.stamps.remove(&object) {
            self.evictable.remove(&stamp);
        }
    }

    /// Who waits for room, in order.
    pub fn stalled(&self) -> impl Iterator<Item = &Stalled> {
        self.stalled.iter()
    }
}

impl Engine<'_> {
    fn is_limited(&self, node: NodeId) -> bool {
        self.state.nodes[node].store_capacity.is_some()
    }

    /// Evicts what may go until `bytes` fit; says whether they do.
    pub fn make_room(&mut self, node: NodeId, bytes: u64) -> bool {
        let Some(capacity) = self.state.nodes[node].store_capacity else { return true };
        let fits = |used: u64| bytes == 0 || used.saturating_add(bytes) <= capacity;
        if fits(self.state.nodes[node].store_used) {
            return true;
        }
        // With a control plane more goes at once (`EvictionPolicy::RequireSpace`).
        let at_least = if self.leasing.on { capacity / EVICTED_AT_ONCE } else { 0 };
        let goal = self.state.nodes[node].store_used.saturating_sub(at_least);
        loop {
            let used = self.state.nodes[node].store_used;
            if fits(used) && used <= goal {
                return true;
            }
            let Some((_, object)) = self.stores[node].evictable.pop_first() else {
                return fits(used);
            };
            self.stores[node].stamps.remove(&object);
            // A copy that became the primary one when another node died stays.
            let copy = self.state.objects[object].copy_on(node);
            if copy.is_some_and(|copy| copy.kind == CopyKind::Secondary) {
                self.record(Event::CopyEvicted { object, node });
            }
        }
    }

    pub fn pin_arguments(&mut self, node: NodeId, spec: &TaskSpec) {
        if self.is_limited(node) {
            for arg in &spec.args {
                self.stores[node].pin(*arg);
            }
        }
    }

    pub fn unpin_arguments(&mut self, node: NodeId, spec: &TaskSpec) {
        if !self.is_limited(node) {
            return;
        }
        for arg in &spec.args {
            self.unpin(node, *arg);
        }
    }

    /// One who needed the copy needs it no more.
    pub fn unpin(&mut self, node: NodeId, object: ObjectId) {
        if self.stores[node].unpin(object) {
            self.offer_for_eviction(node, object);
        }
    }

    /// A copy that nobody on the node needs may go, if it is a secondary one.
    fn offer_for_eviction(&mut self, node: NodeId, object: ObjectId) {
        let copy = self.state.objects[object].copy_on(node);
        let secondary = copy.is_some_and(|copy| copy.kind == CopyKind::Secondary);
        if secondary && !self.stores[node].pins.contains_key(&object) {
            self.stores[node].make_evictable(object);
            self.dirty |= self.stalled > 0;
        }
    }

    /// A copy arrived that a call asked for, or a task that is gone meanwhile.
    pub fn copy_arrived(&mut self, node: NodeId, object: ObjectId) {
        if self.is_limited(node) {
            self.offer_for_eviction(node, object);
        }
    }

    pub fn forget_copies(&mut self, object: ObjectId) {
        for at in 0..self.state.objects[object].copies.len() {
            let node = self.state.objects[object].copies[at].node;
            if self.is_limited(node) {
                self.stores[node].forget(object);
            }
        }
    }

    /// A task's arguments or a call's objects do not fit: they wait for room.
    pub fn stall_fetch(&mut self, waiter: Waiter, node: NodeId, bytes: u64) {
        if let Waiter::Task(task, _) = waiter {
            self.record(Event::TaskStalled { task, bytes });
        }
        self.stall(node, Stalled::Fetch { waiter, bytes });
    }

    pub fn stall_results(&mut self, task: TaskId, node: NodeId, bytes: u64) {
        self.record(Event::TaskStalled { task, bytes });
        let turn = self.tasks[task].turn;
        self.stall(node, Stalled::Results { task, turn, bytes });
    }

    pub fn stall_put(&mut self, caller: Caller, node: NodeId, value: Value) {
        self.stall(node, Stalled::Put { caller, value });
    }

    pub fn stall(&mut self, node: NodeId, stalled: Stalled) {
        self.keep_stalled(node, stalled);
        // There may be something to spill, or those before it are gone.
        self.dirty |= self.leasing.on;
    }

    fn keep_stalled(&mut self, node: NodeId, stalled: Stalled) {
        let priority = self.priority_of(&stalled);
        let side = &mut self.stores[node];
        side.waiting[priority as usize] += 1;
        side.stalled.push_back(stalled);
        self.stalled += 1;
    }

    /// Takes out all who wait, in the order in which they get room: results before arguments, because they give a
    /// worker back; with a control plane by priority.
    fn take_stalled(&mut self, node: NodeId) -> VecDeque<Stalled> {
        self.stores[node].waiting = [0; 4];
        let mut waiting = std::mem::take(&mut self.stores[node].stalled);
        self.stalled -= waiting.len();
        let rank = |stalled: &Stalled| match self.leasing.on {
            true => self.priority_of(stalled) as u8,
            false => u8::from(!matches!(stalled, Stalled::Results { .. })),
        };
        waiting.make_contiguous().sort_by_key(rank);
        waiting
    }

    /// Nothing makes room for the first who waits: it gets files instead.
    pub fn serve_first(&mut self, node: NodeId) {
        let mut waiting = self.take_stalled(node);
        while let Some(stalled) = waiting.pop_front() {
            if !self.is_stale(&stalled) {
                self.allocate_fallback(&stalled, node);
                waiting.drain(..).for_each(|other| self.keep_stalled(node, other));
                self.serve(stalled, node);
            }
        }
        self.dirty = true;
    }

    /// Room may have become free: whoever waits for it is served in order.
    pub fn serve_stalled(&mut self) {
        if self.stalled == 0 {
            return;
        }
        for node in self.state.nodes.ids() {
            if self.stores[node].stalled.is_empty() || !self.state.ledger.is_alive(node) {
                continue;
            }
            let (mut blocked, mut served) = (false, false);
            for stalled in self.take_stalled(node) {
                if self.is_stale(&stalled) {
                    continue;
                }
                let bytes = self.bytes_now(&stalled, node);
                // A later one may not overtake: it would take the room for which the first one waits.
                let overtakes = !self.leasing.on && matches!(stalled, Stalled::Results { .. });
                if (overtakes || !blocked) && self.make_room(node, bytes) {
                    served = true;
                    self.serve(stalled, node);
                } else {
                    blocked = true;
                    self.keep_stalled(node, stalled);
                }
            }
            if self.leasing.on && (served || !blocked) {
                self.store_has_room(node);
            }
            if self.leasing.on && blocked {
                self.store_is_full(node);
            }
        }
    }

    fn is_stale(&self, stalled: &Stalled) -> bool {
        let gone = |task: TaskId, turn: u32| {
            let status = self.state.tasks[task].status;
            self.tasks[task].turn != turn
                || !matches!(status, TaskStatus::PendingObjStoreMemAvail { .. })
        };
        match stalled {
            Stalled::Fetch { waiter: Waiter::Task(task, turn), .. } => gone(*task, *turn),
            Stalled::Fetch { waiter: Waiter::Call(caller), .. } => {
                let stalled = |side: &CallSide| side.stalled || !self.leasing.on;
                !self.calls.get(caller).is_some_and(stalled)
            }
            Stalled::Fetch { waiter: Waiter::Lease(lease), .. } => self.lease_is_stale(*lease),
            Stalled::Results { task, turn, .. } => gone(*task, *turn),
            Stalled::Item { task, turn, .. } => !self.streams_on(*task, *turn),
            Stalled::Put { caller: Caller::Driver, .. } => false,
            Stalled::Put { caller: Caller::Task(task), .. } => {
                self.state.tasks[*task].status.is_done()
            }
        }
    }

    /// What is needed may have changed since: another task may have brought a copy.
    fn bytes_now(&self, stalled: &Stalled, node: NodeId) -> u64 {
        match stalled {
            Stalled::Fetch { waiter: Waiter::Task(task, _), .. } => {
                self.missing_bytes(&self.state.tasks[*task].spec.args, node)
            }
            Stalled::Fetch { waiter: Waiter::Call(caller), .. } if self.leasing.on => {
                let first = self.first_wanted(*caller);
                first.map_or(0, |object| self.missing_bytes(&[object], node))
            }
            Stalled::Fetch { .. }
            | Stalled::Results { .. }
            | Stalled::Item { .. }
            | Stalled::Put { .. } => stalled.bytes(),
        }
    }

    fn serve(&mut self, stalled: Stalled, node: NodeId) {
        match stalled {
            Stalled::Fetch { waiter: Waiter::Task(task, _), .. } => {
                let record = self.record(Event::RoomFound { task });
                self.tasks[task].record = record;
                self.start_fetches(task, node);
            }
            Stalled::Fetch { waiter: Waiter::Call(caller), .. } if self.leasing.on => {
                self.call_has_room(caller);
            }
            Stalled::Fetch { waiter: Waiter::Call(caller), .. } => self.continue_call(caller),
            Stalled::Fetch { waiter: Waiter::Lease(lease), .. } => self.lease_has_room(lease, node),
            Stalled::Results { task, .. } => self.finish(task),
            Stalled::Item { task, .. } => self.store_item(task),
            Stalled::Put { caller, value } => self.finish_put(caller, value, self.cause),
        }
    }
}

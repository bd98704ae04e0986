//! Objects: who is told that one is there, copies between stores, and when one goes.

use crate::base::{NodeId, ObjectId, Span, TaskId, TransferId};
use crate::engine::core::{Engine, Waiter};
use crate::engine::leases::Message;
use crate::engine::network::Drained;
use crate::engine::pulls::Priority;
use crate::engine::timers::Timer;
use crate::state::{CopyKind, Event, ObjectRow, ObjectStatus, TaskStatus};
use smallvec::{SmallVec, smallvec};

impl Engine<'_> {
    /// The object exists or failed: everybody who waits for it is told, in the order in which they came.
    pub fn tell_waiters(&mut self, object: ObjectId) {
        while let Some(waiter) = self.waits.pop(object) {
            match waiter {
                Waiter::Task(task, turn) => self.argument_came(task, turn, object),
                Waiter::Lease(_) => {}
                Waiter::Call(caller) => {
                    self.registered.remove(&(object, caller));
                    self.reference_came(caller, object);
                }
            }
        }
    }

    /// Gets the arguments of a placed task into its node's store, or starts it if they are there.
    pub fn fetch_arguments(&mut self, task: TaskId, node: NodeId) {
        let spec = self.state.tasks[task].spec.clone();
        self.pin_arguments(node, &spec);
        let bytes = self.missing_bytes(&spec.args, node);
        if !self.room_in_turn(node, bytes, Priority::Arguments) {
            self.stall_fetch(Waiter::Task(task, self.tasks[task].turn), node, bytes);
            return;
        }
        self.start_fetches(task, node);
    }

    /// Starts the copies that a placed task needs; there is room for them.
    pub fn start_fetches(&mut self, task: TaskId, node: NodeId) {
        let spec = self.state.tasks[task].spec.clone();
        let turn = self.tasks[task].turn;
        let mut fetching = 0;
        for (index, arg) in spec.args.iter().enumerate() {
            let twice = spec.args[..index].contains(arg);
            if !twice && self.fetch(*arg, node, Waiter::Task(task, turn)) {
                fetching += 1;
            }
        }
        self.tasks[task].fetching = fetching;
        if fetching == 0 {
            self.start(task);
        }
    }

    /// Bytes of those objects that are neither on the node nor on their way to it.
    pub fn missing_bytes(&self, objects: &[ObjectId], node: NodeId) -> u64 {
        if self.state.nodes[node].store_capacity.is_none() {
            return 0;
        }
        let mut bytes = 0u64;
        for (index, object) in objects.iter().enumerate() {
            let row = &self.state.objects[*object];
            let ready = row.status == ObjectStatus::Ready;
            let fallback = self.state.nodes[node].fallback.contains(object);
            let absent = ready && !row.inline && row.copy_on(node).is_none() && !fallback;
            if absent && !objects[..index].contains(object) {
                bytes = bytes.saturating_add(row.size);
            }
        }
        bytes
    }

    /// Makes sure that a copy comes to `node`, one however many ask; says whether there is something to wait for.
    pub fn fetch(&mut self, object: ObjectId, node: NodeId, waiter: Waiter) -> bool {
        if self.state.objects[object].is_readable_on(node) {
            return false;
        }
        match self.state.objects[object].copy_on(node).map(|copy| copy.kind) {
            Some(CopyKind::Primary | CopyKind::Secondary) => false,
            Some(CopyKind::Arriving(transfer)) => {
                self.arrivals[transfer].push(waiter);
                true
            }
            None => {
                let from = self.source_of(object, node);
                let transfer = self.start_transfer(object, from, node);
                self.arrivals[transfer].push(waiter);
                true
            }
        }
    }

    /// The copy to read from: the one whose node sends least at the moment, the lowest id on a tie. What was spilled
    /// is restored on the node that spilled it, and read from that disk by others when no store has it.
    fn source_of(&self, object: ObjectId, to: NodeId) -> NodeId {
        let row = &self.state.objects[object];
        if let Some(node) = row.spilled.filter(|node| *node == to) {
            return node;
        }
        let sending = |node: &NodeId| {
            let gone = !self.state.nodes[*node].raylet;
            (gone, self.network.sending(*node), *node)
        };
        let copy = row.locations().min_by_key(sending).or(row.spilled);
        copy.expect("a ready object has a copy")
    }

    fn start_transfer(&mut self, object: ObjectId, from: NodeId, to: NodeId) -> TransferId {
        let transfer = match self.free_transfers.pop() {
            Some(transfer) => transfer,
            None => {
                self.transfer_records.push(0);
                self.arrivals.push(Vec::new())
            }
        };
        let record = self.record(Event::TransferStarted { transfer, object, from, to });
        self.transfer_records[transfer] = record;
        if from == to {
            self.start_restore(transfer, to);
            return transfer;
        }
        if self.model.parameters.push_in_turn {
            self.outboxes[from].push_back((transfer, false));
            self.start_in_turn(from);
        } else {
            self.start_flow(transfer);
        }
        transfer
    }

    /// All chunks of a copy are under way before the next copy begins, unless there are more of them than may be in
    /// flight: then the next one shares the link (push_manager.cc).
    fn start_in_turn(&mut self, from: NodeId) {
        let most = self.model.parameters.object_manager_max_bytes_in_flight;
        let mut at = 0;
        while let Some((transfer, started)) = self.outboxes[from].get_mut(at) {
            let transfer = *transfer;
            if !std::mem::replace(started, true) {
                self.start_flow(transfer);
            }
            let row = self.state.transfers[transfer];
            if row.is_none_or(|row| self.state.objects[row.object].size <= most) {
                return;
            }
            at += 1;
        }
    }

    /// The first byte leaves. From a node whose raylet was killed nothing comes: whoever asks waits until the GCS has
    /// given the node up.
    fn start_flow(&mut self, transfer: TransferId) {
        let Some(row) = self.state.transfers[transfer] else { return };
        if !self.state.nodes[row.from].raylet {
            return;
        }
        let bytes = self.state.objects[row.object].size;
        self.network.start(self.now, transfer, row.from, row.to, bytes);
    }

    /// A copy is done or was cancelled: the next one from that node may leave.
    fn leave_outbox(&mut self, transfer: TransferId, from: NodeId) {
        let outbox = &mut self.outboxes[from];
        let Some(at) = outbox.iter().position(|(other, _)| *other == transfer) else { return };
        if outbox.remove(at).is_some_and(|(_, started)| started) {
            self.start_in_turn(from);
        }
    }

    /// Whether there is something to copy.
    pub fn can_fetch(&self, object: ObjectId, node: NodeId) -> bool {
        let row = &self.state.objects[object];
        row.status == ObjectStatus::Ready && !row.is_on(node) && row.is_somewhere()
    }

    /// The last byte may have left.
    pub fn flow_drained(&mut self, transfer: TransferId, use_number: u32) {
        match self.network.drained(self.now, transfer, use_number) {
            Drained::Stale => {}
            Drained::Later(due) => {
                self.timers.plan(due.at, Timer::FlowDrained { transfer, use_number });
            }
            Drained::Yes => {
                self.network.stop(transfer);
                let row = self.state.transfers[transfer].expect("a flow belongs to a transfer");
                let bytes = self.state.objects[row.object].size;
                let cost = self.cost(self.model.parameters.transfer_cost);
                let fresh = self.fresh_time(row.to, bytes);
                let latency = self.latency(row.from, row.to) + cost + fresh;
                if latency == Span::ZERO {
                    self.transfer_done(transfer);
                } else {
                    let at = self.now + latency;
                    self.timers.plan(at, Timer::FlowArrived { transfer, use_number });
                }
            }
        }
    }

    /// The last byte arrived, unless the transfer was cancelled meanwhile.
    pub fn flow_arrived(&mut self, transfer: TransferId, use_number: u32) {
        let running = self.state.transfers[transfer].is_some();
        if running && self.network.use_number(transfer) == use_number {
            self.transfer_done(transfer);
        }
    }

    /// One-way latency between two nodes: the larger one of their links.
    pub fn latency(&self, from: NodeId, to: NodeId) -> Span {
        self.state.nodes[from].latency.max(self.state.nodes[to].latency)
    }

    /// A copy is complete.
    pub fn transfer_done(&mut self, transfer: TransferId) {
        let row = self.state.transfers[transfer].expect("only a running transfer ends");
        self.cause = self.transfer_records[transfer];
        let record = self.record(Event::TransferFinished { transfer });
        self.cause = record;
        if !row.is_restore() {
            self.leave_outbox(transfer, row.from);
        }
        self.copy_arrived(row.to, row.object);
        // The list keeps its room for the transfer that uses the number next.
        let mut waiters = std::mem::take(&mut self.arrivals[transfer]);
        for waiter in waiters.drain(..) {
            self.cause = record;
            match waiter {
                Waiter::Task(task, turn) => self.copy_came(task, turn),
                Waiter::Call(caller) => self.reference_came(caller, row.object),
                Waiter::Lease(lease) => self.lease_copy_came(lease, row.to),
            }
        }
        self.arrivals[transfer] = waiters;
        self.free_transfers.push(transfer);
        if self.state.objects[row.object].references == 0 {
            self.free(row.object);
        }
    }

    /// A copy that a placed task waits for is there.
    fn copy_came(&mut self, task: TaskId, turn: u32) {
        let status = self.state.tasks[task].status;
        if self.tasks[task].turn != turn || !matches!(status, TaskStatus::PendingArgsFetch { .. }) {
            return;
        }
        let side = &mut self.tasks[task];
        side.fetching -= 1;
        if side.fetching == 0 {
            self.start(task);
        }
    }

    /// Ends a transfer before its time. Whoever waited for it is returned.
    pub fn cancel_transfer(&mut self, transfer: TransferId) -> Vec<Waiter> {
        self.network.retire(transfer);
        let from = self.state.transfers[transfer].map(|row| row.from);
        self.record(Event::TransferCancelled { transfer });
        if let Some(from) = from {
            self.leave_outbox(transfer, from);
        }
        self.free_transfers.push(transfer);
        std::mem::take(&mut self.arrivals[transfer])
    }

    /// Nobody needs the object of this copy any more. A lease request may wait for it still, for a task that has run on
    /// another lease: it is not to wait for ever.
    fn call_off_copy(&mut self, transfer: TransferId) {
        let to = self.state.transfers[transfer].map(|row| row.to);
        for waiter in self.cancel_transfer(transfer) {
            if let (Waiter::Lease(lease), Some(to)) = (waiter, to) {
                self.post(self.now, Message::CopyGone(lease, to));
            }
        }
    }

    /// The last reference went: all copies go, and the references inside the value with them.
    pub fn free(&mut self, object: ObjectId) {
        // A stack of our own: values may be nested deeper than the thread's stack reaches.
        let mut stack: SmallVec<[ObjectId; 4]> = smallvec![object];
        while let Some(object) = stack.pop() {
            let row = &self.state.objects[object];
            if row.status != ObjectStatus::Ready || row.references > 0 {
                continue;
            }
            for transfer in arriving(&row.copies) {
                self.call_off_copy(transfer);
            }
            self.forget_copies(object);
            self.record(Event::ObjectFreed { object });
            // Whoever waits for room may find some.
            self.dirty |= self.stalled > 0;
            for inner in self.values.remove(&object).map(|value| value.contains).unwrap_or_default()
            {
                self.record(Event::ReferenceReleased { object: inner });
                stack.push(inner);
            }
        }
    }

    /// A holder gives up its reference.
    pub fn release(&mut self, object: ObjectId) {
        if self.state.objects[object].references > 0 {
            self.record(Event::ReferenceReleased { object });
            self.free(object);
        }
    }

    /// References inside a value keep their objects alive as long as it lives.
    pub fn hold_contained(&mut self, object: ObjectId) {
        let Some(value) = self.values.get(&object) else { return };
        for inner in value.contains.clone() {
            self.record(Event::ReferenceAdded { object: inner });
        }
    }
}

/// The transfer that brings a copy to `node`.
pub(super) fn arriving_on(row: &ObjectRow, node: NodeId) -> Option<TransferId> {
    match row.copy_on(node)?.kind {
        CopyKind::Arriving(transfer) => Some(transfer),
        CopyKind::Primary | CopyKind::Secondary => None,
    }
}

/// The transfers among an object's copies; most objects have none, and then nothing is allocated.
pub(super) fn arriving(copies: &[crate::state::Copy]) -> Vec<TransferId> {
    let transfers = copies.iter().filter_map(|copy| match copy.kind {
        CopyKind::Arriving(transfer) => Some(transfer),
        CopyKind::Primary | CopyKind::Secondary => None,
    });
    transfers.collect()
}

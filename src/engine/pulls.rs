//! Who gets room in a store first (create_request_queue.cc, pull_manager.cc): what is made on the node, then what is
//! pulled for `ray.get`, for `ray.wait` and for the arguments of tasks, each in the order of asking.
//!
//! No more is pulled at once than the store has room for. A `ray.get` pulls its objects one after the other; the
//! arguments of a task come all at once or not at all, and give way to a `ray.get`.

use crate::base::{LeaseId, NodeId, ObjectId, TaskId};
use crate::engine::core::{Engine, Waiter};
use crate::engine::objects::arriving_on;
use crate::engine::stores::Stalled;
use crate::model::Caller;
use crate::state::{CallKind, ObjectStatus};

/// The order in which room is given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Priority {
    /// Results and `ray.put`.
    Create,
    /// `ray.get`.
    Get,
    /// `ray.wait`.
    Wait,
    /// Arguments of tasks.
    Arguments,
}

impl Engine<'_> {
    pub fn priority_of(&self, stalled: &Stalled) -> Priority {
        match stalled {
            Stalled::Results { .. } | Stalled::Item { .. } | Stalled::Put { .. } => {
                Priority::Create
            }
            Stalled::Fetch { waiter, .. } => self.pull_priority(*waiter),
        }
    }

    fn pull_priority(&self, waiter: Waiter) -> Priority {
        match waiter {
            Waiter::Task(..) | Waiter::Lease(_) => Priority::Arguments,
            Waiter::Call(caller) => match self.state.calls.get(&caller).map(|call| call.kind) {
                Some(CallKind::Wait { .. }) => Priority::Wait,
                Some(CallKind::Get | CallKind::Next) | None => Priority::Get,
            },
        }
    }

    /// Makes room, unless somebody waits for it who comes first.
    pub fn room_in_turn(&mut self, node: NodeId, bytes: u64, priority: Priority) -> bool {
        let waits = self.leasing.on && bytes > 0 && self.stores[node].comes_first(priority);
        !waits && self.make_room(node, bytes)
    }

    /// A call wants those now, and nothing else.
    pub fn pull_all(&mut self, caller: Caller, objects: Vec<ObjectId>) {
        if let Some(side) = self.calls.get_mut(&caller) {
            side.wanted = objects.into();
            if !side.stalled {
                self.pull_for_call(caller, false);
            }
        }
    }

    /// A call wants one more.
    pub fn pull_one_more(&mut self, caller: Caller, object: ObjectId) {
        if let Some(side) = self.calls.get_mut(&caller) {
            side.wanted.push_back(object);
            if !side.stalled {
                self.pull_for_call(caller, false);
            }
        }
    }

    /// There is room for the first object that a call wants.
    pub fn call_has_room(&mut self, caller: Caller) {
        if let Some(side) = self.calls.get_mut(&caller) {
            side.stalled = false;
            self.pull_for_call(caller, true);
        }
    }

    /// Pulls what a call still wants, as far as there is room. `its_turn`: nobody comes before the first object.
    fn pull_for_call(&mut self, caller: Caller, mut its_turn: bool) {
        let node = self.state.caller_node(caller);
        let priority = self.pull_priority(Waiter::Call(caller));
        while let Some(object) =
            self.calls.get_mut(&caller).and_then(|side| side.wanted.pop_front())
        {
            // It may have come, failed or been lost meanwhile.
            if !self.needs_copy(caller, object) {
                self.reference_came(caller, object);
                continue;
            }
            let bytes = self.missing_bytes(&[object], node);
            let room = std::mem::take(&mut its_turn) && self.make_room(node, bytes)
                || self.room_in_turn(node, bytes, priority)
                || priority == Priority::Get && self.take_room_of_arguments(node, bytes);
            if !room {
                if let Some(side) = self.calls.get_mut(&caller) {
                    side.wanted.push_front(object);
                    side.stalled = true;
                }
                return self.stall_fetch(Waiter::Call(caller), node, bytes);
            }
            self.pin_for_call(caller, object);
            self.fetch(object, node, Waiter::Call(caller));
        }
    }

    /// The object for whose copy a call waits for room.
    pub fn first_wanted(&self, caller: Caller) -> Option<ObjectId> {
        self.calls.get(&caller)?.wanted.front().copied()
    }

    /// Task arguments that are there or on their way, but not in use yet, give way to a `ray.get`: the newest first.
    fn take_room_of_arguments(&mut self, node: NodeId, bytes: u64) -> bool {
        if self.stores[node].comes_first(Priority::Get) {
            return false;
        }
        while let Some(lease) = self.newest_pulling_lease(node) {
            self.deactivate(lease, node);
            if self.make_room(node, bytes) {
                return true;
            }
        }
        false
    }

    fn deactivate(&mut self, lease: LeaseId, node: NodeId) {
        let spec = self.spec_of(lease);
        let mut fetching = 0;
        for (index, object) in spec.args.iter().enumerate() {
            if spec.args[..index].contains(object) {
                continue;
            }
            let Some(transfer) = arriving_on(&self.state.objects[*object], node) else { continue };
            let waiters = &self.arrivals[transfer];
            if waiters.iter().all(|waiter| *waiter == Waiter::Lease(lease)) {
                self.cancel_transfer(transfer);
            } else {
                // Somebody else pulls it, too.
                fetching += u32::from(waiters.contains(&Waiter::Lease(lease)));
            }
        }
        self.unpin_lease(lease);
        let bytes = self.missing_bytes(&spec.args, node);
        self.stall_lease(lease, node, bytes, fetching);
    }

    /// The objects for which somebody waits, with their sizes.
    pub fn wanted_by(&self, stalled: &Stalled, node: NodeId) -> Vec<(ObjectId, u64)> {
        let missing = |objects: &[ObjectId]| {
            let absent = objects.iter().filter(|object| self.missing_bytes(&[**object], node) > 0);
            let mut absent: Vec<ObjectId> = absent.copied().collect();
            absent.sort_unstable();
            absent.dedup();
            absent.into_iter().map(|object| (object, self.state.objects[object].size)).collect()
        };
        match stalled {
            Stalled::Put { value, .. } => vec![(self.next_object(), value.bytes)],
            Stalled::Results { task, .. } => self.results_to_store(*task),
            Stalled::Item { task, .. } => self.item_to_store(*task),
            Stalled::Fetch { waiter: Waiter::Task(task, _), .. } => {
                missing(&self.state.tasks[*task].spec.args)
            }
            Stalled::Fetch { waiter: Waiter::Lease(lease), .. } => {
                missing(&self.spec_of(*lease).args)
            }
            Stalled::Fetch { waiter: Waiter::Call(caller), .. } => {
                self.first_wanted(*caller).map_or(Vec::new(), |object| missing(&[object]))
            }
        }
    }

    /// The results of a task that go into the store of its node.
    fn results_to_store(&self, task: TaskId) -> Vec<(ObjectId, u64)> {
        let spec = &self.state.tasks[task].spec;
        let inline = self.model.parameters.max_direct_call_object_size;
        let results = spec.return_ids().zip(&spec.returns);
        let pending = results
            .filter(|(object, _)| self.state.objects[*object].status == ObjectStatus::Pending);
        let size = |object: &ObjectId, size: u64| {
            self.values.get(object).map_or(size, |value| value.bytes)
        };
        let sized = pending.map(|(object, made)| (object, size(&object, *made)));
        sized.filter(|(_, size)| *size >= inline).collect()
    }
}

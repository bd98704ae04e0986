//! `ray.get`, `ray.wait` and `next()` of a generator: when they return, and with what.

use crate::base::{ObjectId, Span};
use crate::engine::core::{Engine, Waiter};
use crate::engine::pulls::Priority;
use crate::engine::spilling::at_rate;
use crate::engine::timers::Timer;
use crate::model::Caller;
use crate::process::{Reply, Value};
use crate::state::{Call, CallKind, CallResult, Event, Failure, FailureKind, ObjectStatus};
use crate::trace::Record;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// A call that has not returned, beside its row.
pub(super) struct CallSide {
    number: u32,
    call: Arc<Call>,
    /// What it waits for, sorted, without what was there at the start.
    open: Vec<ObjectId>,
    /// How many of those have come.
    came: usize,
    /// How many were there at the start.
    had: usize,
    /// Copies that may not be evicted before it returns.
    pinned: Vec<ObjectId>,
    /// The same, to look them up.
    held: BTreeSet<ObjectId>,
    /// With a control plane: what it has yet to pull, in order, and whether the first of it waits for room.
    pub wanted: VecDeque<ObjectId>,
    pub stalled: bool,
    record: u32,
}

/// Where one object of a call stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It counts.
    Done,
    /// It exists, but not on the caller's node.
    Elsewhere,
    /// It does not exist yet.
    Missing,
}

impl Engine<'_> {
    /// `ray.get`, `ray.wait` or `next()`. The answer comes through `resumes`, at once or later.
    pub fn call(
        &mut self,
        caller: Caller,
        kind: CallKind,
        refs: Vec<ObjectId>,
        timeout: Option<Span>,
        line: u32,
    ) {
        self.call_refs = self.call_refs.saturating_add(refs.len() as u64);
        if self.call_refs > self.options.limits.call_refs {
            return self.stop_at_limit("call references");
        }
        let now = self.now;
        let deadline = timeout.map(|timeout| now + timeout);
        let call = Arc::new(Call { caller, kind, refs: refs.into(), deadline, line, at: now });
        let record = self.record(Event::CallMade(call.clone()));
        self.cause = record;
        self.call_number += 1;
        let number = self.call_number;
        let (open, pinned) = (Vec::new(), Vec::new());
        let (held, wanted, stalled) = Default::default();
        let (came, had) = (0, 0);
        let side =
            CallSide { number, call, open, came, had, pinned, held, wanted, stalled, record };
        self.calls.insert(caller, side);
        if self.try_return(caller) {
            return;
        }
        if deadline.is_some_and(|deadline| deadline <= now) {
            return self.time_out(caller);
        }
        self.cause = record;
        self.record(Event::CallBlocked { caller });
        if let Caller::Task(_) = caller {
            self.freed_record = record;
            self.dirty = true;
            self.cpu_was_lent(caller);
        }
        if let Some(deadline) = deadline {
            let deadline = deadline + self.cost(self.model.parameters.timeout_overshoot);
            self.timers.plan(deadline, Timer::CallTimeout { caller, call: number });
        }
        self.continue_call(caller);
    }

    /// Looks at every object of the call, and waits for what is not there. May be asked again at any time.
    pub fn continue_call(&mut self, caller: Caller) {
        if self.try_return(caller) {
            return;
        }
        let Some(side) = self.calls.get(&caller) else { return };
        let call = side.call.clone();
        let node = self.state.caller_node(caller);
        let mut open = Vec::new();
        let mut elsewhere = Vec::new();
        let mut had = 0;
        for object in call.refs.iter().copied() {
            match self.standing(&call, object) {
                Standing::Done => {
                    had += 1;
                    self.pin_for_call(caller, object);
                }
                Standing::Elsewhere => {
                    open.push(object);
                    elsewhere.push(object);
                }
                Standing::Missing => {
                    open.push(object);
                    self.await_object(caller, object);
                }
            }
        }
        open.sort_unstable();
        open.dedup();
        let side = self.calls.get_mut(&caller).expect("the call has not returned");
        (side.open, side.had, side.came) = (open, had, 0);
        if self.leasing.on {
            return self.pull_all(caller, elsewhere);
        }
        let bytes = self.missing_bytes(&elsewhere, node);
        if !self.make_room(node, bytes) {
            return self.stall_fetch(Waiter::Call(caller), node, bytes);
        }
        for object in elsewhere {
            self.pin_for_call(caller, object);
            self.fetch(object, node, Waiter::Call(caller));
        }
    }

    /// Keeps an object's copy on the caller's node until the call returns: two objects of one `ray.get` must
    /// not push each other out.
    pub fn pin_for_call(&mut self, caller: Caller, object: ObjectId) {
        let node = self.state.caller_node(caller);
        let Some(side) = self.calls.get_mut(&caller) else { return };
        if self.state.nodes[node].store_capacity.is_some() && side.held.insert(object) {
            side.pinned.push(object);
            self.stores[node].pin(object);
        }
    }

    /// Takes a call away: it returned, or its caller is gone.
    pub fn end_call(&mut self, caller: Caller) -> Option<CallSide> {
        let side = self.calls.remove(&caller)?;
        self.dirty |= side.stalled;
        if !side.pinned.is_empty() {
            let node = self.state.caller_node(caller);
            for object in &side.pinned {
                self.unpin(node, *object);
            }
        }
        Some(side)
    }

    fn await_object(&mut self, caller: Caller, object: ObjectId) {
        if self.registered.insert((object, caller)) {
            self.waits.push(object, Waiter::Call(caller));
        }
        let status = &self.state.objects[object].status;
        if matches!(status, ObjectStatus::Lost | ObjectStatus::Freed) {
            self.rebuild(object);
        }
    }

    fn standing(&self, call: &Call, object: ObjectId) -> Standing {
        let row = &self.state.objects[object];
        let needs_copy = match call.kind {
            CallKind::Get => true,
            CallKind::Wait { fetch_local, .. } => fetch_local,
            CallKind::Next => false,
        };
        match row.status {
            ObjectStatus::Failed(_) => Standing::Done,
            ObjectStatus::Ready if !needs_copy => Standing::Done,
            ObjectStatus::Ready if row.is_on(self.state.caller_node(call.caller)) => Standing::Done,
            ObjectStatus::Ready => Standing::Elsewhere,
            ObjectStatus::Pending | ObjectStatus::Freed | ObjectStatus::Lost => Standing::Missing,
        }
    }

    /// Whether the call waits for a copy of an object that exists.
    pub fn needs_copy(&self, caller: Caller, object: ObjectId) -> bool {
        let call = self.calls.get(&caller).map(|side| &side.call);
        call.is_some_and(|call| self.standing(call, object) == Standing::Elsewhere)
    }

    /// An object of the call exists, failed, or was copied to the caller's node.
    pub fn reference_came(&mut self, caller: Caller, object: ObjectId) {
        let Some(side) = self.calls.get(&caller) else { return };
        if side.open.binary_search(&object).is_err() {
            return;
        }
        let call = side.call.clone();
        match self.standing(&call, object) {
            Standing::Done => {}
            Standing::Elsewhere if self.leasing.on => return self.pull_one_more(caller, object),
            Standing::Elsewhere => {
                let node = self.state.caller_node(caller);
                let bytes = self.missing_bytes(&[object], node);
                if self.make_room(node, bytes) {
                    self.pin_for_call(caller, object);
                    self.fetch(object, node, Waiter::Call(caller));
                } else {
                    self.stall_fetch(Waiter::Call(caller), node, bytes);
                }
                return;
            }
            Standing::Missing => return self.await_object(caller, object),
        }
        let side = self.calls.get_mut(&caller).expect("it was there");
        side.came += 1;
        let failed = matches!(self.state.objects[object].status, ObjectStatus::Failed(_));
        let enough = match call.kind {
            CallKind::Get | CallKind::Next => failed || side.came >= side.open.len(),
            CallKind::Wait { num_returns, .. } => side.had + side.came >= num_returns as usize,
        };
        // Counting is quick; looking at every object again is what decides.
        if enough && !self.try_return(caller) {
            self.continue_call(caller);
        }
    }

    /// The failure of the first object of a `ray.get` that failed.
    fn failure_of(&self, call: &Call) -> Option<Arc<Failure>> {
        call.refs.iter().find_map(|object| match &self.state.objects[*object].status {
            ObjectStatus::Failed(failure) => Some(failure.clone()),
            _ => None,
        })
    }

    /// Returns from the call if it may.
    fn try_return(&mut self, caller: Caller) -> bool {
        let Some(side) = self.calls.get(&caller) else { return true };
        let call = side.call.clone();
        match call.kind {
            CallKind::Get => {
                if let Some(failure) = self.failure_of(&call) {
                    self.return_from(caller, CallResult::Raised(failure));
                    return true;
                }
                let all = call.refs.iter().all(|o| self.standing(&call, *o) == Standing::Done);
                if all {
                    self.return_from(caller, CallResult::Got);
                }
                all
            }
            CallKind::Wait { num_returns, .. } => {
                let ready = self.ready_positions(&call, num_returns as usize);
                let enough = ready.len() >= num_returns as usize;
                if enough {
                    self.return_from(caller, CallResult::Waited(ready.into()));
                }
                enough
            }
            CallKind::Next => {
                let Some(item) = call.refs.first().copied() else { return false };
                let there = self.standing(&call, item) == Standing::Done;
                if there {
                    let result = self.take_item(item);
                    self.return_from(caller, result);
                }
                there
            }
        }
    }

    /// The first positions that are ready, at most `limit`: never more than were asked for.
    fn ready_positions(&self, call: &Call, limit: usize) -> Vec<u32> {
        let positions = call.refs.iter().enumerate();
        let ready = positions.filter(|(_, o)| self.standing(call, **o) == Standing::Done);
        ready.map(|(position, _)| position as u32).take(limit).collect()
    }

    /// The call's time is over.
    pub fn call_timed_out(&mut self, caller: Caller, number: u32) {
        let Some(side) = self.calls.get(&caller) else { return };
        if side.number == number {
            self.cause = side.record;
            self.time_out(caller);
        }
    }

    fn time_out(&mut self, caller: Caller) {
        let Some(side) = self.calls.get(&caller) else { return };
        let result = match side.call.kind {
            CallKind::Get | CallKind::Next => {
                let message = "Get timed out: some object(s) not ready.";
                CallResult::Raised(Arc::new(Failure::new(FailureKind::GetTimeout, message)))
            }
            CallKind::Wait { num_returns, .. } => {
                let ready = self.ready_positions(&side.call, num_returns as usize);
                CallResult::Waited(ready.into())
            }
        };
        self.return_from(caller, result);
    }

    fn return_from(&mut self, caller: Caller, result: CallResult) {
        let side = self.end_call(caller).expect("a call returns once");
        let reply = match &result {
            CallResult::Got if side.call.kind == CallKind::Next => {
                Reply::Refs(side.call.refs.to_vec())
            }
            CallResult::Raised(_) if side.call.kind == CallKind::Next => Reply::Refs(Vec::new()),
            CallResult::Got => Reply::Values(self.values_of(&side.call.refs)),
            CallResult::Raised(failure) => Reply::Failed(failure.clone()),
            CallResult::Waited(ready) => waited(ready, side.call.refs.len()),
        };
        if let CallResult::Waited(ready) = &result {
            self.watch_answer(caller, &side.call, ready);
        }
        let record = self.record(Event::CallReturned { caller, result: Arc::new(result) });
        if let Caller::Task(task) = caller
            && self.leasing.on
            && let Some(node) = self.state.task_node(task)
        {
            self.resources_changed(node);
        }
        let cost = self.cost(self.model.parameters.get_cost);
        self.answer(caller, cost, reply, record);
    }

    fn values_of(&self, refs: &[ObjectId]) -> Vec<Value> {
        if self.values.is_empty() {
            // A static graph: nobody looks at the values.
            return Vec::new();
        }
        let value = |object: &ObjectId| match self.values.get(object) {
            Some(value) => value.clone(),
            None => Value::sized(self.state.objects[*object].size),
        };
        refs.iter().map(value).collect()
    }

    /// `ray.put` into the caller's store. Waits if there is no room.
    pub fn put(&mut self, caller: Caller, value: Value) {
        let node = self.state.caller_node(caller);
        if self.room_in_turn(node, value.bytes, Priority::Create) {
            self.finish_put(caller, value, Record::NO_CAUSE);
        } else {
            self.stall_put(caller, node, value);
        }
    }

    /// There is room for a put value.
    pub fn finish_put(&mut self, caller: Caller, value: Value, cause: u32) {
        let (node, bytes) = (self.state.caller_node(caller), value.bytes);
        let to_file = self.state.nodes[node].fallback.contains(&self.next_object());
        let cost = match self.leasing.on {
            true if to_file => at_rate(self.model.parameters.spill_bandwidth, bytes),
            true => self.store_time(node, bytes),
            false => Span::ZERO,
        };
        let object = self.store_put(caller, value);
        self.answer(caller, cost, Reply::Refs(vec![object]), cause);
        self.primary_stored(object, node);
    }

    /// The number that the next object gets.
    pub fn next_object(&self) -> ObjectId {
        crate::base::id::Id::from_index(self.state.objects.len())
    }

    fn store_put(&mut self, caller: Caller, value: Value) -> ObjectId {
        let object = self.next_object();
        self.waits.add_object();
        self.record(Event::ObjectPut { object, owner: caller, size: value.bytes });
        self.values.insert(object, value);
        self.hold_contained(object);
        object
    }
}

/// Ready and remaining positions, both ascending.
fn waited(ready: &[u32], len: usize) -> Reply {
    let ready: Vec<usize> = ready.iter().map(|at| *at as usize).collect();
    let mut rest = ready.iter().peekable();
    let remaining = (0..len).filter(|at| rest.next_if(|next| **next == *at).is_none()).collect();
    Reply::Waited { ready, remaining }
}

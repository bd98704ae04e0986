//! Generators: tasks whose items come one by one, each with a reference that may be older than the item.
//!
//! As in Ray (task_manager.cc, `ObjectRefStream`): the consumer may hold the reference of the next item before the
//! producer has yielded it; each item travels to the owner by itself, as a result does; and when the task is over, what
//! was promised and never came is an error that means the end of the stream.

use crate::base::{Instant, ObjectId, Span, TaskId};
use crate::engine::core::Engine;
use crate::engine::leases::Message;
use crate::engine::processes::After;
use crate::engine::pulls::Priority;
use crate::engine::stores::Stalled;
use crate::model::{Caller, TaskKind};
use crate::process::{Reply, Value};
use crate::state::{CallKind, CallResult, Creator, Event, Failure, FailureKind, ObjectStatus};
use std::sync::Arc;

/// A generator's items, beside its task's row.
#[derive(Default)]
pub(super) struct StreamSide {
    /// Those that have a reference, in order.
    items: Vec<ObjectId>,
    /// How many the present attempt has yielded.
    yielded: usize,
    /// How many `next()` has given.
    taken: usize,
    /// How many there are, once its owner knows.
    end: Option<usize>,
    /// When its body last went on.
    resumed: Instant,
    /// The record of the newest item that was stored.
    record: Option<u32>,
}

impl Engine<'_> {
    /// `yield`: the body goes on once the item is written.
    pub fn yield_item(&mut self, caller: Caller, value: Value) {
        let Caller::Task(task) = caller else { return };
        let Some(stream) = self.streams.get_mut(&task) else { return };
        let index = stream.yielded;
        stream.yielded += 1;
        self.cause = self.tasks[task].record;
        let object = self.promise(task, index);
        // An attempt that runs again makes only what is missing.
        if self.state.objects[object].status == ObjectStatus::Pending {
            self.values.insert(object, value);
        }
        let turn = self.tasks[task].turn;
        if !self.leasing.on {
            return self.item_written(task, turn);
        }
        let node = self.state.caller_node(caller);
        let bytes = self.item_bytes(object);
        let mut time = self.cost(self.model.parameters.task_return_cost);
        if bytes > 0 {
            time = time + self.store_time(node, bytes);
        }
        self.post(self.now + time, Message::Written(task, turn));
    }

    /// The reference of an item, which may be new.
    fn promise(&mut self, task: TaskId, index: usize) -> ObjectId {
        let known = self.streams.get(&task).and_then(|stream| stream.items.get(index));
        if let Some(object) = known {
            return *object;
        }
        let object = self.next_object();
        self.waits.add_object();
        self.record(Event::ItemPromised { task, object });
        if let Some(stream) = self.streams.get_mut(&task) {
            stream.items.push(object);
        }
        object
    }

    /// Bytes that an item needs in a store; none if it is there, or small enough to travel inline.
    fn item_bytes(&self, object: ObjectId) -> u64 {
        let pending = self.state.objects[object].status == ObjectStatus::Pending;
        let size = self.values.get(&object).map_or(0, |value| value.bytes);
        let inline = size < self.model.parameters.max_direct_call_object_size;
        if pending && !inline { size } else { 0 }
    }

    /// Whether that attempt of a generator still runs.
    pub fn streams_on(&self, task: TaskId, turn: u32) -> bool {
        self.tasks[task].turn == turn && self.state.tasks[task].status.worker().is_some()
    }

    fn newest_item(&self, task: TaskId) -> Option<ObjectId> {
        let stream = self.streams.get(&task)?;
        stream.items.get(stream.yielded.checked_sub(1)?).copied()
    }

    /// The newest item with its size, if it goes into the store of its node.
    pub fn item_to_store(&self, task: TaskId) -> Vec<(ObjectId, u64)> {
        let sized = self.newest_item(task).map(|object| (object, self.item_bytes(object)));
        sized.into_iter().filter(|(_, bytes)| *bytes > 0).collect()
    }

    /// The newest item is written; it needs room in the store.
    pub fn item_written(&mut self, task: TaskId, turn: u32) {
        if !self.streams_on(task, turn) {
            return;
        }
        let Some(object) = self.newest_item(task) else { return };
        let node = self.state.caller_node(Caller::Task(task));
        let bytes = self.item_bytes(object);
        if self.room_in_turn(node, bytes, Priority::Create) {
            self.store_item(task);
        } else {
            self.stall(node, Stalled::Item { task, turn, bytes });
        }
    }

    /// Stores the newest item, tells the owner, and lets the body go on; there is room.
    pub fn store_item(&mut self, task: TaskId) {
        let Some(object) = self.newest_item(task) else { return };
        self.cause = self.tasks[task].record;
        let node = self.state.caller_node(Caller::Task(task));
        let size = self.item_bytes(object);
        let record = (size > 0).then(|| {
            let record = self.record(Event::ObjectCreated { object, node, size });
            self.hold_contained(object);
            self.primary_stored(object, node);
            record
        });
        let spec = self.state.tasks[task].spec.clone();
        let delay = self.item_delay(task);
        if let Some(stream) = self.streams.get_mut(&task) {
            (stream.resumed, stream.record) = (self.now, record);
        }
        match spec.kind {
            TaskKind::Normal if self.leasing.on => {
                self.tell_owner(node, spec.owner, delay, Message::Item(object));
            }
            TaskKind::Normal | TaskKind::ActorCreation(_) | TaskKind::ActorCall(_) => {
                self.item_arrives(object);
            }
        }
        self.resumes.push_back((Caller::Task(task), Reply::Done, self.cause));
    }

    /// What else passes before a worker sends an item whose body ran for a while; the body goes on meanwhile (measured:
    /// items of a body that sleeps for 200 ms come 200.3 ms apart, each 2 to 6 ms after its `yield`).
    fn item_delay(&mut self, task: TaskId) -> Span {
        let resumed = self.streams.get(&task).map_or(Instant::ZERO, |stream| stream.resumed);
        let ran = self.now.since(resumed.max(self.state.tasks[task].since));
        match self.leasing.on && ran > self.model.parameters.idle_after {
            true => self.cost(self.model.parameters.wake_cost),
            false => Span::ZERO,
        }
    }

    /// The owner knows of an item.
    pub fn item_arrives(&mut self, object: ObjectId) {
        let Creator::Task(task) = self.state.objects[object].creator else { return };
        let stored = self.streams.get(&task).and_then(|stream| stream.record);
        self.cause = self.tasks[task].record;
        let record = match &self.state.objects[object].status {
            ObjectStatus::Ready => stored.unwrap_or(self.cause),
            // What a crashed worker wrote last may be gone.
            ObjectStatus::Pending if self.item_bytes(object) > 0 => return,
            ObjectStatus::Pending => {
                let size = self.values.get(&object).map_or(0, |value| value.bytes);
                let record = self.record(Event::ObjectInlined { object, size });
                self.hold_contained(object);
                record
            }
            ObjectStatus::Failed(_) | ObjectStatus::Freed | ObjectStatus::Lost => return,
        };
        self.news.push_back((object, record));
    }

    /// `next()`: waits for the next item, or for the end.
    pub fn next_item(&mut self, caller: Caller, task: TaskId, line: u32) -> After {
        let Some(stream) = self.streams.get(&task) else {
            return After::Continue(Reply::Refs(Vec::new()));
        };
        let taken = stream.taken;
        if stream.end.is_some_and(|end| taken >= end) {
            return After::Continue(Reply::Refs(Vec::new()));
        }
        let object = self.promise(task, taken);
        self.call(caller, CallKind::Next, vec![object], None, line);
        After::Suspended
    }

    /// The reference that `next()` will give.
    pub fn peek_item(&mut self, task: TaskId) -> After {
        let Some(stream) = self.streams.get(&task) else {
            return After::Continue(Reply::Refs(Vec::new()));
        };
        let (taken, end) = (stream.taken, stream.end);
        let object = self.promise(task, taken);
        if end.is_some_and(|end| taken >= end) {
            self.fail_pending(object, &end_of_stream());
        }
        After::Continue(Reply::Refs(vec![object]))
    }

    /// `next()` returns: it gives the item, or the stream is at its end.
    pub fn take_item(&mut self, object: ObjectId) -> CallResult {
        let ended = || CallResult::Raised(end_of_stream());
        let Creator::Task(task) = self.state.objects[object].creator else { return ended() };
        let Some(stream) = self.streams.get_mut(&task) else { return ended() };
        let index = stream.items.binary_search(&object).unwrap_or(usize::MAX);
        if stream.end.is_some_and(|end| index >= end) {
            return ended();
        }
        stream.taken = index.saturating_add(1);
        self.idle_watch = Default::default();
        CallResult::Got
    }

    /// A generator is over: the next item is its failure, if it failed, and then its stream ends.
    pub fn end_stream(&mut self, task: TaskId, failure: Option<&Arc<Failure>>) {
        let Some(stream) = self.streams.get(&task) else { return };
        let pending =
            |object: &ObjectId| self.state.objects[*object].status == ObjectStatus::Pending;
        let made = stream.items.iter().position(pending).unwrap_or(stream.items.len());
        let mut end = stream.end.unwrap_or(made);
        if let Some(failure) = failure {
            end = stream.end.unwrap_or(made + 1);
            for index in made..end {
                let object = self.promise(task, index);
                self.fail_pending(object, failure);
            }
        }
        let Some(stream) = self.streams.get_mut(&task) else { return };
        stream.end = Some(end);
        for object in stream.items.get(made..).unwrap_or_default().to_vec() {
            self.fail_pending(object, &end_of_stream());
        }
    }

    /// Another attempt begins: items that exist stay, lost ones are promised again.
    pub fn restart_stream(&mut self, task: TaskId) {
        let Some(stream) = self.streams.get_mut(&task) else { return };
        stream.yielded = 0;
        for object in stream.items.clone() {
            let row = &self.state.objects[object];
            let wanted = row.status == ObjectStatus::Freed && row.references > 0;
            if row.status == ObjectStatus::Lost || wanted {
                self.record(Event::ItemPromised { task, object });
            }
        }
    }
}

/// What stands for an item that will never come (`ObjectRefEndOfStreamError`).
fn end_of_stream() -> Arc<Failure> {
    let class = "ObjectRefStreamEndOfStreamError".to_owned();
    let kind = FailureKind::Exception { class, traceback: Vec::new() };
    Arc::new(Failure::new(kind, "the generator has no more items"))
}

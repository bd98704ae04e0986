//! What lies in the two trays of a `ray.get` or `ray.wait`, worked out once a step.

use rayscope::base::{Instant, ObjectId};
use rayscope::chart::scene::{Mark, mark};
use rayscope::model::Caller;
use rayscope::replay::{History, Playback};
use rayscope::state::{Call, CallKind, CallResult, Creator, Event, ObjectStatus, State};
use std::sync::Arc;

/// So many chips are shown in a tray; the rest is a number.
pub const MOST_CHIPS: usize = 200;
/// So many calls are shown.
pub const MOST_CALLS: usize = 12;

/// A call with its trays.
#[derive(Debug)]
pub struct Trays {
    /// The call.
    pub call: Arc<Call>,
    /// What would be returned as ready.
    pub ready: Tray,
    /// What it still waits for.
    pub remaining: Tray,
    /// How it ended, if it did in this step.
    pub end: Option<End>,
}

/// How a call ended.
#[derive(Debug)]
pub struct End {
    /// When.
    pub at: Instant,
    /// The exception, if it raised one.
    pub raised: Option<String>,
}

/// One tray: the first of what is in it, and how much there is in all.
#[derive(Debug, Default)]
pub struct Tray {
    /// Objects in the order of the call's list, each with how it stands.
    pub chips: Vec<(ObjectId, Mark)>,
    /// All of them, those not shown included.
    pub count: usize,
}

impl Tray {
    fn add(&mut self, object: ObjectId, mark: impl FnOnce() -> Mark) {
        self.count += 1;
        if self.chips.len() < MOST_CHIPS {
            self.chips.push((object, mark()));
        }
    }
}

impl Trays {
    /// A call that has not returned.
    pub fn open(state: &State, call: &Arc<Call>) -> Trays {
        let (mut ready, mut remaining) = (Tray::default(), Tray::default());
        for object in call.refs.iter().copied() {
            match waits_as(state, call, object) {
                None => ready.add(object, || mark_of_ready(state, object)),
                Some(mark) => remaining.add(object, || mark),
            }
        }
        Trays { call: call.clone(), ready, remaining, end: None }
    }

    /// A call that returned: what it gave back, and what was left.
    pub fn returned(state: &State, call: &Arc<Call>, result: &CallResult, at: Instant) -> Trays {
        let mut trays = match result {
            CallResult::Waited(positions) => {
                let (mut ready, mut remaining) = (Tray::default(), Tray::default());
                let mut next = positions.iter().peekable();
                for (place, object) in call.refs.iter().copied().enumerate() {
                    if next.next_if(|position| **position as usize == place).is_some() {
                        ready.add(object, || mark_of_ready(state, object));
                    } else {
                        let mark = waits_as(state, call, object).unwrap_or(Mark::Done);
                        remaining.add(object, || mark);
                    }
                }
                Trays { call: call.clone(), ready, remaining, end: None }
            }
            CallResult::Got | CallResult::Raised(_) => Trays::open(state, call),
        };
        let raised = match result {
            CallResult::Raised(failure) => Some(failure.to_string()),
            CallResult::Got | CallResult::Waited(_) => None,
        };
        trays.end = Some(End { at, raised });
        trays
    }

    /// How many must be ready before it returns.
    pub fn needed(&self) -> usize {
        match self.call.kind {
            CallKind::Get | CallKind::Next => self.call.refs.len(),
            CallKind::Wait { num_returns, .. } => num_returns as usize,
        }
    }
}

/// How an object stands that a call still waits for: as its task does, or as its copy. `None` if it is ready.
fn waits_as(state: &State, call: &Call, object: ObjectId) -> Option<Mark> {
    let row = state.objects.get(object)?;
    let needs_copy = match call.kind {
        CallKind::Get => true,
        CallKind::Wait { fetch_local, .. } => fetch_local,
        CallKind::Next => false,
    };
    let node = match call.caller {
        Caller::Driver => Some(rayscope::base::NodeId::new(0)),
        Caller::Task(task) => state.task_node(task),
    };
    match row.status {
        ObjectStatus::Failed(_) => None,
        ObjectStatus::Ready if !needs_copy || node.is_some_and(|node| row.is_on(node)) => None,
        ObjectStatus::Ready => Some(Mark::Arriving),
        ObjectStatus::Freed | ObjectStatus::Lost => Some(Mark::Gone),
        ObjectStatus::Pending => Some(match row.creator {
            Creator::Task(task) => mark::of_task(state, task),
            Creator::Put(_) | Creator::Group(_) | Creator::Input => Mark::Absent,
        }),
    }
}

fn mark_of_ready(state: &State, object: ObjectId) -> Mark {
    match mark::of_object(state, object) {
        Mark::Failed => Mark::Failed,
        _ => Mark::Done,
    }
}

/// The calls to show at the cursor: one that returned in this step, then those that wait, the driver's first.
pub fn calls(history: &History, playback: &Playback) -> (Vec<Trays>, usize) {
    let state = playback.state();
    let mut shown: Vec<Trays> = returned_now(history, playback).into_iter().collect();
    let open = state.calls.len();
    let room = MOST_CALLS - shown.len();
    shown.extend(state.calls.values().take(room).map(|call| Trays::open(state, call)));
    (shown, open.saturating_sub(room))
}

/// The last call that returned in what this step tells.
fn returned_now(history: &History, playback: &Playback) -> Option<Trays> {
    /// A stop of a story tells more records than this only where none of them is a call's.
    const MOST_TOLD: usize = 64;
    let to = playback.step();
    let from = match playback.stop(history) {
        Some(stop) => history.story().get(stop)?.from as usize,
        None => to.checked_sub(1)?,
    };
    let from = from.max(to.saturating_sub(MOST_TOLD)).min(to);
    let told = history.records()[from..to].iter().enumerate().rev();
    let (index, caller, result) = told.into_iter().find_map(|(n, record)| match &record.event {
        Event::CallReturned { caller, result } => Some((from + n, *caller, result)),
        _ => None,
    })?;
    let before = history.state_at(index);
    let call = before.calls.get(&caller)?;
    Some(Trays::returned(&before, call, result, history.records()[index].at))
}

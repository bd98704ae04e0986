//! Which records a story stops at: those that a teacher would draw.

use crate::base::{Instant, TaskId};
use crate::state::Event;
use crate::trace::Record;
use std::collections::BTreeMap;

/// Whether an event is worth a stop of its own, as each of the lesson's drawings is.
pub fn is_story(event: &Event) -> bool {
    match event {
        Event::TaskSubmitted(_)
        | Event::TaskPlaced { .. }
        | Event::TaskStalled { .. }
        | Event::TaskStarted { .. }
        | Event::TaskFinished { .. }
        | Event::TaskFailed { .. }
        | Event::TaskReturned { .. }
        | Event::TaskResubmitted { .. }
        | Event::ActorCreated { .. }
        | Event::ActorStarted { .. }
        | Event::ActorDied { .. }
        | Event::ObjectPut { .. }
        | Event::TransferStarted { .. }
        | Event::TransferFinished { .. }
        | Event::ObjectLost { .. }
        | Event::CallBlocked { .. }
        | Event::CallReturned { .. }
        | Event::WaitRefused(_)
        | Event::LinePrinted(_)
        | Event::WorkerDied { .. }
        | Event::NodeDied { .. }
        | Event::NodeAdded(_)
        | Event::RunEnded(_) => true,
        // What is told with another event, or is bookkeeping.
        Event::InputLoaded { .. }
        | Event::ResourceNamed { .. }
        | Event::TaskReady { .. }
        | Event::RoomFound { .. }
        | Event::ObjectCreated { .. }
        | Event::ObjectFailed { .. }
        | Event::TransferCancelled { .. }
        | Event::CopyEvicted { .. }
        | Event::ReferenceReleased { .. }
        | Event::ReferenceAdded { .. }
        | Event::ObjectFreed { .. }
        | Event::CallMade(_)
        | Event::Slept { .. }
        | Event::WorkerStarted { .. } => false,
    }
}

/// Whether `next` belongs to the same burst as `record`: one caller submits at one instant.
fn same_burst(record: &Record, next: &Record) -> bool {
    match (&record.event, &next.event) {
        (Event::TaskSubmitted(one), Event::TaskSubmitted(other)) => {
            record.at == next.at && one.owner == other.owner
        }
        _ => false,
    }
}

/// The indices of all stops. Of a burst the last record is the stop: then all of it is there. A body that
/// starts at the instant of its placement is no stop of its own: "picks a worker" has told it.
pub fn stops(records: &[Record]) -> Vec<u32> {
    let mut stops: Vec<u32> = Vec::new();
    let mut placed: BTreeMap<TaskId, Instant> = BTreeMap::new();
    for (index, record) in records.iter().enumerate().filter(|(_, r)| is_story(&r.event)) {
        if let Event::TaskPlaced { task, .. } = &record.event {
            placed.insert(*task, record.at);
        } else if let Event::TaskStarted { task } = &record.event
            && placed.remove(task) == Some(record.at)
        {
            continue;
        }
        match stops.last_mut() {
            Some(last) if same_burst(&records[*last as usize], record) => *last = index as u32,
            _ => stops.push(index as u32),
        }
    }
    stops
}

/// How many submissions the burst holds whose last record has that index.
pub fn burst_size(records: &[Record], index: usize) -> usize {
    let mut size = 1;
    for earlier in records[..index].iter().rev().filter(|record| is_story(&record.event)) {
        if !same_burst(earlier, &records[index]) {
            break;
        }
        size += 1;
    }
    size
}

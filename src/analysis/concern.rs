//! Which records an explanation of a task is made from.

use crate::base::TaskId;
use crate::replay::{Entity, History};
use crate::state::Event;

/// The indices of the records that an explanation is made from, ascending: those of the task itself, and of its
/// arguments while it waits for them. A run of a million tasks is not read for one.
pub(super) fn records_about(history: &History, task: TaskId, limit: usize) -> Vec<u32> {
    let own = history.records_of(Entity::Task(task));
    let own = &own[..own.partition_point(|index| (*index as usize) < limit)];
    let mut args = history.last_state().tasks[task].spec.args.to_vec();
    args.sort_unstable();
    args.dedup();
    let mut found = own.to_vec();
    let mut waits_since = None;
    let ends = own.iter().copied().chain([limit as u32]);
    for index in ends {
        if let Some(since) = waits_since {
            for arg in &args {
                let records = history.records_of(Entity::Object(*arg));
                let from = records.partition_point(|record| *record < since);
                let during = records[from..].iter().take_while(|record| **record < index);
                let told = |record: &&u32| {
                    matches!(
                        history.records()[**record as usize].event,
                        Event::ObjectCreated { .. }
                            | Event::ObjectFailed { .. }
                            | Event::TransferFinished { .. }
                    )
                };
                found.extend(during.filter(told));
            }
        }
        waits_since = match history.records().get(index as usize).map(|record| &record.event) {
            Some(
                Event::TaskSubmitted(_)
                | Event::TaskReturned { .. }
                | Event::TaskResubmitted { .. }
                | Event::TaskPlaced { .. }
                | Event::RoomFound { .. },
            ) => Some(index),
            Some(
                Event::TaskReady { .. }
                | Event::TaskStalled { .. }
                | Event::TaskStarted { .. }
                | Event::TaskFinished { .. }
                | Event::TaskFailed { .. },
            )
            | None => None,
            // Its calls, and the actor that it makes, leave it where it is.
            Some(_) => waits_since.map(|_| index),
        };
    }
    found.sort_unstable();
    found.dedup();
    found
}

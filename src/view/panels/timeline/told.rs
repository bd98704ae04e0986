//! What the pointer on a bar tells.

use crate::view::look::Look;
use rayscope::base::units::show_bytes;
use rayscope::base::{Instant, Span, TaskId};
use rayscope::chart::timeline::{Bar, Doing, Ending, NodeLanes, What, phases_of};

/// Name, what it does and how long, what came before.
pub fn bar(look: &Look, bar: &Bar) -> String {
    let names = look.run.history.names();
    let when = format!("{} to {} ({})", bar.from, bar.to, bar.to.since(bar.from));
    let ending = match bar.ending {
        Ending::Next | Ending::Done => "",
        Ending::Failed => ", failed",
        Ending::Cut => ", not over when the run ended",
    };
    match bar.what {
        What::Driver(doing) => format!("the driver {}\n{when}{ending}", is(doing)),
        What::Copy { object, from } => {
            let size = look.run.history.last_state().objects.get(object).map_or(0, |row| row.size);
            let (name, from) = (names.object(object), names.node(from));
            format!("copy of {name}\n{} from {from}\n{when}{ending}", show_bytes(size))
        }
        What::Task { task, doing, .. } => {
            let waits = waited(look, task, bar.from);
            format!("{} {}\n{when}{ending}{waits}", names.task(task), is(doing))
        }
    }
}

/// `is blocked in ray.get`, but `runs`.
fn is(doing: Doing) -> String {
    match doing.is_blocked() {
        true => format!("is {}", doing.words()),
        false => doing.words().to_owned(),
    }
}

/// How long a task waited before `until`, by what for; a line each.
fn waited(look: &Look, task: TaskId, until: Instant) -> String {
    let mut sums: Vec<(Doing, Span)> = Vec::new();
    for phase in phases_of(&look.run.history, task) {
        if phase.from >= until || phase.doing == Doing::Running {
            continue;
        }
        let span = phase.to.min(until).since(phase.from);
        match sums.iter_mut().find(|(doing, _)| *doing == phase.doing) {
            Some((_, sum)) => *sum = *sum + span,
            None => sums.push((phase.doing, span)),
        }
    }
    let line = |(doing, span): (Doing, Span)| match doing {
        Doing::WaitsForArguments => format!("\nwaited {span} for its arguments"),
        Doing::WaitsForSlot => format!("\nwaited {span} for a slot"),
        Doing::WaitsForLease => format!("\nwaited {span} for a lease"),
        Doing::WaitsForRetry => format!("\nwaited {span} to be tried again"),
        Doing::Starting => format!("\nwas on its way to its worker for {span}"),
        Doing::Fetching => format!("\nfetched its arguments for {span}"),
        Doing::WaitsForStore => format!("\nwaited {span} for room in the store"),
        Doing::InGet | Doing::InWait => format!("\nwas {} for {span}", doing.words()),
        Doing::Running | Doing::Sleeping => String::new(),
    };
    sums.into_iter().map(line).collect()
}

/// How busy a node is at a time.
pub fn node(look: &Look, lanes: &NodeLanes, at: Instant) -> String {
    let name = look.run.history.names().node(lanes.node);
    format!("{name}\n{} of {} slots busy at {at}", lanes.busy.at(at), lanes.slots)
}

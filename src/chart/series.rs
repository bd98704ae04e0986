//! The run as curves over time: tasks by what they do, how much of the CPUs is used, bytes in stores and under way.

use crate::base::id::Id;
use crate::base::{Amount, Instant, NodeId, ObjectId};
use crate::chart::curve::{Builder, Curve};
use crate::chart::timeline::{Doing, Life, change};
use crate::model::Caller;
use crate::model::cluster::CPU;
use crate::replay::History;
use crate::state::{Event, State};
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// Curves over the whole run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Series {
    /// Tasks whose code runs, those that are blocked in a call left out.
    pub running: Curve,
    /// Tasks that are ready and have no worker.
    pub queued: Curve,
    /// Tasks that wait for arguments.
    pub waiting: Curve,
    /// CPUs that tasks hold, as a share of those of all living nodes. May pass 1: a task that was blocked takes its CPU
    /// back at once.
    pub utilisation: Curve,
    /// Bytes in each node's store, arriving copies included.
    pub stores: Vec<Curve>,
    /// Bytes in all stores.
    pub stored: Curve,
    /// Bytes of the copies under way.
    pub in_flight: Curve,
}

impl Series {
    /// One pass over the records.
    pub fn of(history: &History) -> Series {
        let mut pass = Pass::new(history);
        for record in history.records() {
            pass.tasks(record.at, &record.event);
            pass.bytes(record.at, &record.event);
        }
        pass.finish()
    }
}

struct Pass<'a> {
    last: &'a State,
    lives: Vec<Life>,
    running: Builder,
    queued: Builder,
    waiting: Builder,
    utilisation: Builder,
    /// CPUs of living nodes, and how much of them tasks hold, in units.
    cpus: i64,
    held: i64,
    node_cpus: Vec<Amount>,
    objects: Vec<Stored>,
    transfers: Vec<(ObjectId, NodeId)>,
    /// Copies that are in files instead.
    in_files: BTreeSet<(ObjectId, NodeId)>,
    alive: Vec<bool>,
    used: Vec<u64>,
    stores: Vec<Builder>,
    stored: Builder,
    in_flight: Builder,
}

/// An object's size, and where it has copies. A node that died is not taken out: nothing comes back to it.
#[derive(Clone, Default)]
struct Stored {
    size: u64,
    copies: SmallVec<[NodeId; 2]>,
}

impl<'a> Pass<'a> {
    fn new(history: &'a History) -> Pass<'a> {
        let last = history.last_state();
        let nodes = history.trace().header.cluster.nodes.iter();
        let node_cpus: Vec<Amount> = nodes.map(|node| node.resources.get(CPU)).collect();
        Pass {
            last,
            lives: vec![Life::default(); last.tasks.len()],
            running: Builder::default(),
            queued: Builder::default(),
            waiting: Builder::default(),
            utilisation: Builder::default(),
            cpus: node_cpus.iter().map(|cpus| cpus.units()).fold(0, i64::saturating_add),
            held: 0,
            node_cpus,
            objects: vec![Stored::default(); last.objects.len()],
            transfers: vec![(ObjectId::new(0), NodeId::new(0)); last.transfers.len()],
            in_files: BTreeSet::new(),
            alive: vec![true; last.nodes.len()],
            used: vec![0; last.nodes.len()],
            stores: vec![Builder::default(); last.nodes.len()],
            stored: Builder::default(),
            in_flight: Builder::default(),
        }
    }

    fn tasks(&mut self, at: Instant, event: &Event) {
        if let Event::NodeAdded(node) = event {
            let cpus = node.resources.get(CPU);
            self.node_cpus.push(cpus);
            self.cpus = self.cpus.saturating_add(cpus.units());
        } else if let Event::NodeDied { node } = event {
            self.cpus -= self.node_cpus[node.index()].units();
        } else if let Some((task, change)) = change(event) {
            let life = &mut self.lives[task.index()];
            let before = *life;
            life.follow(at, change);
            let after = *life;
            let count = |doing: Doing| {
                f64::from(u8::from(after.doing() == Some(doing)))
                    - f64::from(u8::from(before.doing() == Some(doing)))
            };
            let curves = [
                (&mut self.running, Doing::Running),
                (&mut self.queued, Doing::WaitsForSlot),
                (&mut self.waiting, Doing::WaitsForArguments),
            ];
            for (curve, doing) in curves {
                curve.add(at, count(doing));
            }
            let more = i64::from(after.works()) - i64::from(before.works());
            let units = self.last.cpus(self.last.takes(task)).units();
            self.held = self.held.saturating_add(more * units);
        } else {
            return;
        }
        let share = if self.cpus > 0 { self.held as f64 / self.cpus as f64 } else { 0.0 };
        self.utilisation.set(at, share);
    }

    fn bytes(&mut self, at: Instant, event: &Event) {
        match event {
            Event::InputLoaded { object, node, size }
            | Event::ObjectCreated { object, node, size } => {
                self.comes(at, *object, *node, *size);
            }
            Event::ObjectPut { object, owner, size } => {
                let node = self.node_of(*owner);
                self.comes(at, *object, node, *size);
            }
            Event::TransferStarted { transfer, object, to, .. } => {
                self.transfers[transfer.index()] = (*object, *to);
                let size = self.size(*object);
                self.in_flight.add(at, size as f64);
                self.comes(at, *object, *to, size);
            }
            Event::TransferFinished { transfer } => {
                let (object, _) = self.transfers[transfer.index()];
                self.in_flight.add(at, -(self.size(object) as f64));
            }
            Event::TransferCancelled { transfer } => {
                let (object, to) = self.transfers[transfer.index()];
                self.in_flight.add(at, -(self.size(object) as f64));
                self.goes(at, object, to);
            }
            Event::CopyEvicted { object, node } => self.goes(at, *object, *node),
            Event::ObjectFreed { object } => {
                for node in std::mem::take(&mut self.objects[object.index()].copies) {
                    self.leaves(at, *object, node);
                }
            }
            Event::FallbackAllocated { object, node } => {
                self.in_files.insert((*object, *node));
            }
            Event::NodeDied { node } => {
                self.shrinks(at, *node, self.used[node.index()]);
                self.alive[node.index()] = false;
            }
            // Nothing else moves bytes.
            _ => {}
        }
    }

    fn size(&self, object: ObjectId) -> u64 {
        self.objects[object.index()].size
    }

    /// The node on which a caller's code runs; the driver's is the first.
    fn node_of(&self, caller: Caller) -> NodeId {
        let worker = match caller {
            Caller::Driver => None,
            Caller::Task(task) => self.lives[task.index()].worker(),
        };
        worker.map_or(NodeId::new(0), |worker| self.last.node_of(worker))
    }

    fn comes(&mut self, at: Instant, object: ObjectId, node: NodeId, size: u64) {
        let stored = &mut self.objects[object.index()];
        stored.size = size;
        stored.copies.push(node);
        if self.in_files.contains(&(object, node)) {
            return;
        }
        let used = self.used[node.index()].saturating_add(size);
        self.note(at, node, used);
    }

    fn goes(&mut self, at: Instant, object: ObjectId, node: NodeId) {
        let copies = &mut self.objects[object.index()].copies;
        if let Some(place) = copies.iter().position(|copy| *copy == node) {
            copies.swap_remove(place);
            self.leaves(at, object, node);
        }
    }

    fn leaves(&mut self, at: Instant, object: ObjectId, node: NodeId) {
        if !self.in_files.remove(&(object, node)) {
            self.shrinks(at, node, self.size(object));
        }
    }

    fn shrinks(&mut self, at: Instant, node: NodeId, size: u64) {
        if self.alive[node.index()] {
            let used = self.used[node.index()].saturating_sub(size);
            self.note(at, node, used);
        }
    }

    fn note(&mut self, at: Instant, node: NodeId, used: u64) {
        let before = std::mem::replace(&mut self.used[node.index()], used);
        self.stores[node.index()].set(at, used as f64);
        self.stored.add(at, used as f64 - before as f64);
    }

    fn finish(self) -> Series {
        Series {
            running: self.running.finish(),
            queued: self.queued.finish(),
            waiting: self.waiting.finish(),
            utilisation: self.utilisation.finish(),
            stores: self.stores.into_iter().map(Builder::finish).collect(),
            stored: self.stored.finish(),
            in_flight: self.in_flight.finish(),
        }
    }
}

/// How much happens where, for a scrub bar.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Density {
    /// Records, or stops, in each stretch.
    pub counts: Vec<u32>,
    /// The largest of them.
    pub most: u32,
}

impl Density {
    /// Records in stretches of equal time; the last one includes the end. Found by halving, not by counting.
    pub fn of(history: &History, buckets: usize) -> Density {
        let end = u128::from(history.end().as_nanos());
        let edge =
            |n: usize| Instant::from_nanos((end * n as u128 / buckets.max(1) as u128) as u64);
        let step = |n: usize| match n == buckets {
            true => history.len(),
            false => history.step_before(edge(n)),
        };
        Density::new((0..buckets).map(|n| (step(n + 1) - step(n)) as u32).collect())
    }

    /// Stops of the story, in stretches of equally many steps; the last one includes the end.
    pub fn of_story(history: &History, buckets: usize) -> Density {
        let mut counts = vec![0u32; buckets];
        for stop in history.story() {
            let bucket = stop.step as usize * buckets / history.len().max(1);
            // There may be no bucket at all.
            if let Some(count) = counts.get_mut(bucket.min(buckets.saturating_sub(1))) {
                *count += 1;
            }
        }
        Density::new(counts)
    }

    fn new(counts: Vec<u32>) -> Density {
        let most = counts.iter().copied().max().unwrap_or(0);
        Density { counts, most }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::TaskStatus;
    use crate::trace::fixture::{lesson, walk};
    use proptest::prelude::*;

    fn told(curve: &Curve) -> Vec<(f64, f64)> {
        curve.steps().map(|(at, value)| (at.as_secs(), value)).collect()
    }

    #[test]
    fn the_lesson_in_curves() {
        let series = Series::of(&History::new(lesson()));
        assert_eq!(told(&series.running), [(0.0, 2.0), (2.0, 0.0), (2.5, 1.0), (4.5, 0.0)]);
        assert_eq!(told(&series.waiting), [(0.0, 1.0), (2.0, 0.0)]);
        assert_eq!(told(&series.in_flight), [(2.0, 1e6), (2.5, 0.0)]);
        let sixths: Vec<f64> = told(&series.utilisation).iter().map(|step| step.1 * 6.0).collect();
        assert_eq!(sixths, [2.0, 1.0, 0.0]);
        assert_eq!(told(&series.stores[0]), [(2.0, 2e6), (4.5, 3e6)]);
        assert_eq!(told(&series.stores[1]), [(2.0, 1e6)]);
        assert_eq!(told(&series.stored), [(2.0, 3e6), (4.5, 4e6)]);
    }

    #[test]
    fn every_record_is_in_one_stretch() {
        let history = History::new(lesson());
        for buckets in [1, 3, 10, 1_000] {
            let density = Density::of(&history, buckets);
            assert_eq!(density.counts.iter().sum::<u32>() as usize, history.len());
            let told = Density::of_story(&history, buckets).counts.iter().sum::<u32>() as usize;
            assert_eq!(told, history.story().len());
        }
        assert_eq!(Density::of(&history, 9).most, Density::of(&history, 9).counts[0]);
        assert_eq!(Density::of(&history, 0), Density::default());
        assert_eq!(Density::of_story(&history, 0), Density::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn curves_are_what_the_states_say(seed: u64) {
            let history = History::new(walk(seed, 500));
            let series = Series::of(&history);
            let mut step = 0;
            while step < history.len() {
                let at = history.records()[step].at;
                step = history.step_at(at);
                let state = history.state_at(step);
                let count = |wanted: fn(TaskStatus) -> bool| {
                    state.tasks.iter().filter(|row| wanted(row.status)).count() as f64
                };
                let running = |s| matches!(s, TaskStatus::Running { .. });
                prop_assert_eq!(series.running.at(at), count(running));
                let queued = |s| matches!(s, TaskStatus::PendingNodeAssignment { .. });
                prop_assert_eq!(series.queued.at(at), count(queued));
                let waiting = |s| matches!(s, TaskStatus::PendingArgsAvail);
                prop_assert_eq!(series.waiting.at(at), count(waiting));
                for (node, row) in state.nodes.enumerate() {
                    let stored = series.stores[node.index()].at(at);
                    prop_assert_eq!(stored, row.store_used as f64, "{} at {}", node, at);
                }
                let flying = state.transfers.iter().flatten();
                let bytes: u64 = flying.map(|copy| state.objects[copy.object].size).sum();
                prop_assert_eq!(series.in_flight.at(at), bytes as f64);
            }
        }
    }
}

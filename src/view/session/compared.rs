//! Two runs at one cursor: where they part, and what differs at this moment.

use crate::view::look::Look;
use crate::view::session::cursor::follow;
use crate::view::session::{Session, Shown};
use rayscope::analysis::{Comparison, compare};
use rayscope::base::id::Id;
use rayscope::base::{NodeId, ObjectId, TaskId, WorkerId};
use rayscope::chart::scene::{Key, mark};
use rayscope::replay::{History, Playback, PlaybackCommand};
use rayscope::state::{Event, State};

/// The run beside the one that is shown.
pub struct Compared {
    /// The run, with its cursor: it stands where that of the other stands.
    pub shown: Shown,
    /// Where the two part, in words.
    pub comparison: Comparison,
    /// The steps of the shown run at which they differ: the first record that does, and every task that went
    /// to another node.
    steps: Vec<usize>,
}

impl Compared {
    fn new(here: &History, there: &History, run: usize) -> Compared {
        let comparison = compare(here.trace(), there.trace());
        let mut steps: Vec<usize> = moved(here, there);
        steps.extend(comparison.divergence.as_ref().map(|parting| parting.index + 1));
        steps.sort_unstable();
        steps.dedup();
        Compared { shown: Shown { run, playback: Playback::new(there) }, comparison, steps }
    }

    /// The index of the first record that differs.
    pub fn parts_at(&self) -> Option<usize> {
        self.comparison.divergence.as_ref().map(|parting| parting.index)
    }
}

/// The steps of `here` at which a task goes to another node than in `there`.
fn moved(here: &History, there: &History) -> Vec<usize> {
    let (ours, theirs) = (first_nodes(here), first_nodes(there));
    let pairs = ours.iter().zip(&theirs).filter_map(|(ours, theirs)| ours.zip(*theirs));
    pairs.filter(|((_, one), (_, other))| one != other).map(|((step, _), _)| step).collect()
}

/// The step and the node of each task's first placement.
fn first_nodes(history: &History) -> Vec<Option<(usize, NodeId)>> {
    let last = history.last_state();
    let mut found = vec![None; last.tasks.len()];
    for (index, record) in history.records().iter().enumerate() {
        if let Event::TaskPlaced { task, worker, .. } = &record.event
            && let Some(place) = found.get_mut(task.index())
        {
            // Workers never change their node, so the last state knows where each was.
            place.get_or_insert((index + 1, last.node_of(*worker)));
        }
    }
    found
}

impl Session {
    pub(super) fn compare(&mut self) {
        if self.compared.is_some() {
            return self.compare_with(None);
        }
        let Some(shown) = &self.shown else { return };
        let other = shown.run.checked_sub(1).unwrap_or(shown.run + 1);
        if other >= self.runs.len() {
            return self.say(
                "There is only this run. Change it and run it again (Ctrl+E), or open another (Ctrl+O), \
                 then compare.",
            );
        }
        self.compare_with(Some(other));
    }

    pub(super) fn compare_with(&mut self, run: Option<usize>) {
        self.compared = None;
        let (Some(shown), Some(run)) = (&self.shown, run) else { return };
        if run == shown.run || run >= self.runs.len() {
            return;
        }
        let (here, there) = (&self.runs[shown.run].history, &self.runs[run].history);
        let mut compared = Compared::new(here, there, run);
        let part = compared.parts_at();
        follow(&mut compared.shown.playback, there, &shown.playback, here, part);
        self.compared = Some(compared);
    }

    pub(super) fn next_divergence(&mut self) {
        let (Some(shown), Some(compared)) = (&self.shown, &self.compared) else {
            return self.say("Nothing is compared: C compares this run with the one before it.");
        };
        let now = shown.playback.step();
        let next = compared.steps.iter().find(|step| **step > now).or(compared.steps.first());
        match next.copied() {
            Some(step) => self.play(PlaybackCommand::JumpToStep(step)),
            None => self.say("The two runs are equal in every event."),
        }
    }
}

impl Look<'_> {
    /// Whether the thing stands otherwise in the run that this one is compared with.
    pub fn differs(&self, key: Key) -> bool {
        self.other.is_some_and(|other| differs(self.playback.state(), other, key))
    }
}

fn differs(here: &State, there: &State, key: Key) -> bool {
    let task = |task: TaskId| {
        mark::of_task(here, task) != mark::of_task(there, task)
            || node(here, task) != node(there, task)
    };
    let object = |object: ObjectId| mark::of_object(here, object) != mark::of_object(there, object);
    let worker = |worker: WorkerId| {
        let on = |state: &State| state.workers.get(worker).map(|row| (row.alive, row.task));
        on(here) != on(there)
    };
    match key {
        Key::GraphTask(id) | Key::GcsTask(id) | Key::Task(id) | Key::Ghost(id) => task(id),
        Key::GraphObject(id) | Key::GcsObject(id) => object(id),
        Key::Copy(id, on) => mark::of_copy(here, id, on) != mark::of_copy(there, id, on),
        Key::Worker(id) => worker(id),
        Key::Node(id) => alive(here, id) != alive(there, id),
        Key::Code => here.driver_line != there.driver_line,
        Key::Store(_)
        | Key::Scheduler(_)
        | Key::Sheet(_)
        | Key::GraphFunction(_)
        | Key::Queue(_)
        | Key::Heap(_)
        | Key::Rows
        | Key::Wire(_) => false,
    }
}

fn node(state: &State, task: TaskId) -> Option<NodeId> {
    let row = state.tasks.get(task)?;
    row.status.worker().map(|worker| state.node_of(worker))
}

fn alive(state: &State, node: NodeId) -> Option<bool> {
    state.nodes.get(node).map(|row| row.alive)
}

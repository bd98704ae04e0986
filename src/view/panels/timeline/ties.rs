//! What is selected as the timeline sees it: its phases, and what it is tied to. Made once a selection.

use rayscope::base::{Instant, TaskId};
use rayscope::chart::timeline::{Doing, Phase, Place, Timeline, phases_of};
use rayscope::replay::{Entity, History};
use rayscope::state::Creator;

/// So many arguments and so many readers are tied at most.
const MOST: usize = 60;

/// The selection.
#[derive(Default)]
pub struct Ties {
    /// Whose they are.
    of: Option<((usize, usize), Option<Entity>)>,
    /// The phases of a task, with the lane of each; waiting has the lane to which it led.
    pub phases: Vec<(usize, Phase)>,
    /// From the end of what was made to the beginning of what needs it: lane and time of both.
    pub links: Vec<(End, End)>,
}

/// A lane and a time.
pub type End = (usize, Instant);

impl Ties {
    /// Makes them again if the selection or the run is another one.
    pub fn follow(
        &mut self,
        run: (usize, usize),
        history: &History,
        timeline: &Timeline,
        selection: Option<Entity>,
    ) {
        if self.of == Some((run, selection)) {
            return;
        }
        *self = Ties { of: Some((run, selection)), ..Ties::default() };
        let maker = Maker { history, timeline };
        match selection {
            Some(Entity::Task(task)) => {
                self.phases = maker.phases(task);
                self.links = maker.links(task);
            }
            Some(Entity::Object(object)) => {
                let last = history.last_state();
                let row = last.objects.get(object);
                let made = row.and_then(|row| match row.creator {
                    Creator::Task(task) => maker.end(task),
                    Creator::Put(_) | Creator::Group(_) | Creator::Input => None,
                });
                let readers =
                    last.tasks.enumerate().filter(|(_, row)| row.spec.args.contains(&object));
                let starts = readers.filter_map(|(task, _)| maker.start(task)).take(MOST);
                self.links = made.map_or(Vec::new(), |end| starts.map(|s| (end, s)).collect());
            }
            Some(Entity::Worker(_) | Entity::Node(_) | Entity::Link(_)) | None => {}
        }
    }

    /// The stretch of time that a selected task takes, waiting included.
    pub fn span(&self) -> Option<(Instant, Instant)> {
        let (first, last) = (self.phases.first()?, self.phases.last()?);
        Some((first.1.from, last.1.to))
    }
}

struct Maker<'a> {
    history: &'a History,
    timeline: &'a Timeline,
}

impl Maker<'_> {
    /// The phases of a task on lanes. What was waited for before a worker was found is told on that worker's.
    fn phases(&self, task: TaskId) -> Vec<(usize, Phase)> {
        let phases = phases_of(self.history, task);
        let lane = |at: usize| phases[at..].iter().find_map(|phase| phase.worker);
        let place = |at: usize| self.timeline.lane_of(Place::Worker(lane(at)?));
        (0..phases.len()).filter_map(|at| Some((place(at)?, phases[at]))).collect()
    }

    /// Where its last body began.
    fn start(&self, task: TaskId) -> Option<End> {
        let phases = phases_of(self.history, task);
        let begun = phases.iter().rev().find(|phase| phase.worker.is_some() && phase.begins)?;
        Some((self.timeline.lane_of(Place::Worker(begun.worker?))?, begun.from))
    }

    /// Where it ended.
    fn end(&self, task: TaskId) -> Option<End> {
        let phases = phases_of(self.history, task);
        let ended = phases.iter().rev().find(|phase| phase.doing == Doing::Running)?;
        Some((self.timeline.lane_of(Place::Worker(ended.worker?))?, ended.to))
    }

    fn links(&self, task: TaskId) -> Vec<(End, End)> {
        let last = self.history.last_state();
        let Some(row) = last.tasks.get(task) else { return Vec::new() };
        let mut links = Vec::new();
        if let Some(start) = self.start(task) {
            let makers = row.spec.args.iter().filter_map(|arg| match last.objects[*arg].creator {
                Creator::Task(maker) => Some(maker),
                Creator::Put(_) | Creator::Group(_) | Creator::Input => None,
            });
            links.extend(makers.take(MOST).filter_map(|maker| Some((self.end(maker)?, start))));
        }
        if let Some(end) = self.end(task) {
            let first = row.spec.first_return.number();
            let results = first..first + row.spec.returns.len() as u32;
            let reads = |task: TaskId| {
                last.tasks[task].spec.args.iter().any(|arg| results.contains(&arg.number()))
            };
            let readers = last.tasks.enumerate().map(|(reader, _)| reader).filter(|t| reads(*t));
            let starts = readers.take(MOST).filter_map(|reader| self.start(reader));
            links.extend(starts.map(|start| (end, start)));
        }
        links
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::harness::scenario_run;
    use rayscope::base::ObjectId;

    fn ties(selection: Entity) -> (Timeline, Ties) {
        let run = scenario_run("lesson/add_arrays");
        let timeline = Timeline::of(&run.history);
        let mut ties = Ties::default();
        ties.follow(run.key(), &run.history, &timeline, Some(selection));
        (timeline, ties)
    }

    #[test]
    fn a_task_is_tied_to_its_arguments_and_its_readers() {
        let (timeline, sum) = ties(Entity::Task(TaskId::new(2)));
        assert_eq!(sum.links.len(), 2);
        let (from, to) = sum.links[0];
        assert!(from.1 <= to.1 && to.1.as_secs() >= 2.0);
        assert_eq!(sum.span(), Some((Instant::ZERO, timeline.end)));
        let (_, make) = ties(Entity::Task(TaskId::new(0)));
        assert_eq!(make.links.len(), 1);
        assert_eq!(make.links[0].1, to);
    }

    #[test]
    fn an_object_ties_its_maker_to_its_readers() {
        let (_, object) = ties(Entity::Object(ObjectId::new(1)));
        assert_eq!((object.links.len(), object.phases.len()), (1, 0));
        let (_, unknown) = ties(Entity::Task(TaskId::new(77)));
        assert!(unknown.links.is_empty() && unknown.span().is_none());
    }
}

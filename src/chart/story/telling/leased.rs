//! The sentences of stops under a control plane: owners queue tasks, send them to workers on lease, and hear of their
//! results.

use super::{Telling, has};
use crate::base::{NodeId, ObjectId, TaskId, WorkerId};
use crate::chart::captions::{MOST_NAMED, capital, counted};
use crate::chart::story::Caption;
use crate::state::{Choice, Event, LeaseStep, Rule};
use crate::trace::Names;

impl Telling<'_> {
    pub(super) fn is_leased(&self) -> bool {
        self.history.trace().header.parameters.control_plane
    }

    /// Tasks queue at their owner, which asks for workers.
    pub(super) fn submitted_to_owner(&self) -> Caption {
        let tasks = self.all_submitted();
        let Some(first) = tasks.first() else { return self.last_record() };
        let before = self.before(self.stop.from as usize);
        let (who, node) = self.who_and_where(first.owner, &before);
        let what = match tasks.len() {
            1 => self.names.task(first.id),
            count => format!("{} tasks", counted(count)),
        };
        let exists = |object| before.objects.get(object).is_some_and(|row| row.is_available());
        let waiting = tasks.iter().filter(|spec| spec.args.iter().any(|arg| !exists(*arg)));
        let asked = self.all(|event| match event {
            Event::Lease { step: LeaseStep::Requested { node, .. }, .. } => Some(*node),
            _ => None,
        });
        let why = match (waiting.count(), tasks.len(), asked.as_slice()) {
            (1, 1, _) => {
                format!("nobody is asked for a worker before {} exists", self.tokens(&first.args))
            }
            (waits, count, _) if waits == count => {
                "nobody is asked for workers before their arguments exist".to_owned()
            }
            (_, _, []) => "enough requests for workers are out".to_owned(),
            (_, _, [one]) => {
                format!("it asks the scheduler of {} for a worker", self.names.node(*one))
            }
            (_, _, [one, ..]) => format!(
                "it asks for {} workers, first at the scheduler of {}",
                counted(asked.len()),
                self.names.node(*one)
            ),
        };
        Caption::new(format!("{who} is on {node}, submits {what}, and queues what is ready"), why)
    }

    /// Tasks go to workers that their owners have on lease.
    pub(super) fn placed_by_owner(&self) -> Caption {
        let placed = self.placements();
        let Some((index, (task, ..))) = placed.first() else { return self.last_record() };
        if placed.len() == 1 {
            let caption = self.record(*index);
            let told = self.history.last_state().tasks.get(*task);
            return match told.is_some_and(|row| !row.spec.args.is_empty()) {
                true => Caption { short: format!("Now {}", uncapital(&caption.short)), ..caption },
                false => caption,
            };
        }
        let before = self.before(*index);
        let mut nodes: Vec<NodeId> = placed
            .iter()
            .filter_map(|(_, (_, worker, _))| before.workers.get(*worker).map(|row| row.node))
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        let on = Names::list(MOST_NAMED, nodes.len(), |n| self.names.node(nodes[n]).into_owned());
        Caption::new(
            format!("{} tasks go to workers, on {on}", capital(&counted(placed.len()))),
            format!("{}: {}", self.names.task(*task), self.why_of(*index)),
        )
    }

    fn placements(&self) -> Vec<(usize, (TaskId, WorkerId, Choice))> {
        let told = self.told.iter().enumerate();
        told.filter_map(|(n, record)| match record.event {
            Event::TaskPlaced { task, worker, choice } => {
                Some((self.stop.from as usize + n, (task, worker, choice)))
            }
            _ => None,
        })
        .collect()
    }

    /// Results reach their owner; workers go on under the same lease.
    pub(super) fn finished_at_owner(&self) -> Caption {
        let tasks = self.all(|event| match event {
            Event::TaskFinished { task } => Some(*task),
            _ => None,
        });
        let inlined: Vec<ObjectId> = self.all(|event| match event {
            Event::ObjectInlined { object, .. } => Some(*object),
            _ => None,
        });
        let last = self.history.last_state();
        let results = tasks.iter().filter_map(|task| last.tasks.get(*task));
        let stored: Vec<ObjectId> = results
            .flat_map(|row| row.spec.return_ids())
            .filter(|object| {
                last.objects.get(*object).is_some_and(|row| !row.inline && row.size > 0)
            })
            .collect();
        let (list, tasks_have) = (self.tasks(&tasks), has(tasks.len()));
        let short = match (inlined.is_empty(), stored.is_empty()) {
            (_, false) => {
                let node = self.before(self.stop.step as usize).task_node(tasks[0]);
                let node = node.map_or("its node".into(), |node| self.names.node(node));
                match tasks.len() {
                    1 => format!(
                        "{list} {tasks_have} finished; {} is in the store of {node}",
                        self.tokens(&stored)
                    ),
                    _ => format!(
                        "{list} {tasks_have} finished; {} are in stores",
                        self.tokens(&stored)
                    ),
                }
            }
            (false, true) => {
                let (came, reply) = match inlined.len() {
                    1 => ("came", "reply"),
                    _ => ("came", "replies"),
                };
                format!(
                    "{list} {tasks_have} finished; {} {came} with the {reply}",
                    self.tokens(&inlined)
                )
            }
            (true, true) => format!("{list} {tasks_have} finished"),
        };
        let reused = self.placements().into_iter();
        let next: Vec<TaskId> = reused
            .filter(|(_, (_, _, choice))| choice.rule == Rule::LeaseReused)
            .map(|(_, (task, ..))| task)
            .collect();
        let why = match next.len() {
            0 => String::new(),
            1 => format!("its worker is still on lease, and gets {}", self.tasks(&next)),
            _ => format!("their workers are still on lease, and get {}", self.tasks(&next)),
        };
        Caption::new(short, why)
    }

    /// A record in its own words.
    fn record(&self, index: usize) -> Caption {
        let event = &self.history.records()[index].event;
        let short = crate::chart::captions::short(&self.before(index), event, self.names);
        Caption::new(short, capital(&self.why_of(index)))
    }
}

/// `The driver` in the middle of a sentence.
fn uncapital(text: &str) -> String {
    match text.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => text.to_owned(),
    }
}

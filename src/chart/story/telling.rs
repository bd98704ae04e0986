//! The sentence of each kind of stop.

mod leased;

use crate::base::{NodeId, ObjectId, TaskId};
use crate::chart::captions::{self, MOST_NAMED, capital, counted};
use crate::chart::story::{Caption, cluster};
use crate::chart::why::why;
use crate::model::{Caller, TaskSpec};
use crate::replay::{Beat, History, Stop};
use crate::state::{Event, State, TaskStatus};
use crate::trace::{Names, Record};
use std::borrow::Cow;
use std::sync::Arc;

/// A stop with all that its sentence may need.
pub(super) struct Telling<'h> {
    history: &'h History,
    number: usize,
    stop: Stop,
    told: &'h [Record],
    names: &'h Names,
}

impl<'h> Telling<'h> {
    pub(super) fn new(history: &'h History, number: usize, stop: Stop) -> Telling<'h> {
        let told = &history.records()[stop.from as usize..stop.step as usize];
        Telling { history, number, stop, told, names: history.names() }
    }

    pub(super) fn caption(&self) -> Caption {
        match self.stop.beat {
            Beat::Program => self.program(),
            Beat::Cluster => Caption::new(
                format!("{}: how does this work?", cluster(self.history)),
                "Each node has workers, an object store and a scheduler; the Global Control Store knows them all",
            ),
            Beat::Submitted if self.is_leased() => self.submitted_to_owner(),
            Beat::Submitted => self.submitted(),
            Beat::IdsReturned => self.ids_returned(),
            Beat::Placed if self.is_leased() => self.placed_by_owner(),
            Beat::Placed => self.placed(),
            Beat::Reads(task) => self.reads(task),
            Beat::Copies => self.copies(),
            Beat::Arrived => self.arrived(),
            Beat::Finished if self.is_leased() => self.finished_at_owner(),
            Beat::Finished => self.finished(),
            Beat::Returned => self.returned(),
            Beat::Turn(caller) => self.turn(caller),
            Beat::Told => self.last_record(),
        }
    }

    fn before(&self, index: usize) -> State {
        self.history.state_at(index)
    }

    /// The first told record of a kind, with its index.
    fn first<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Option<(usize, T)> {
        let mut told = self.told.iter().enumerate();
        told.find_map(|(n, record)| Some((self.stop.from as usize + n, pick(&record.event)?)))
    }

    fn all<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.told.iter().filter_map(|record| pick(&record.event)).collect()
    }

    fn why_of(&self, index: usize) -> String {
        why(&self.before(index), &self.history.records()[index].event, self.names)
    }

    fn tokens(&self, objects: &[ObjectId]) -> String {
        Names::list(MOST_NAMED, objects.len(), |n| self.names.token(objects[n]))
    }

    fn tasks(&self, tasks: &[TaskId]) -> String {
        Names::list(MOST_NAMED, tasks.len(), |n| self.names.task(tasks[n]))
    }

    fn program(&self) -> Caption {
        let last = self.history.last_state();
        let mut functions: Vec<(&str, usize)> = Vec::new();
        // Functions in the order of their first task; a program of very many is told by the first of them.
        for row in last.tasks.iter() {
            match functions.iter().position(|(name, _)| *name == &*row.spec.function) {
                Some(at) => functions[at].1 += 1,
                None if functions.len() < 64 => functions.push((&row.spec.function, 1)),
                None => {}
            }
        }
        let list = Names::list(MOST_NAMED, functions.len(), |n| match functions[n] {
            (name, 1) => name.to_owned(),
            (name, 2) => format!("{name} twice"),
            (name, count) => format!("{name} {} times", counted(count)),
        });
        let reads = last.tasks.iter().any(|row| !row.spec.args.is_empty());
        let why = if reads { "An arrow into a task is a result that it reads" } else { "" };
        match functions.is_empty() {
            true => Caption::new("The program submits no task", ""),
            false => Caption::new(format!("This is what will run: {list}"), why),
        }
    }

    fn all_submitted(&self) -> Vec<Arc<TaskSpec>> {
        self.all(|event| match event {
            Event::TaskSubmitted(spec) => Some(spec.clone()),
            _ => None,
        })
    }

    /// Who submits, and on which node that is.
    fn who_and_where(&self, owner: Caller, before: &State) -> (String, Cow<'_, str>) {
        let node = match owner {
            Caller::Driver => NodeId::new(0),
            Caller::Task(task) => before.task_node(task).unwrap_or(NodeId::new(0)),
        };
        (capital(&self.names.caller(owner)), self.names.node(node))
    }

    fn submitted(&self) -> Caption {
        let tasks = self.all_submitted();
        let Some(first) = tasks.first() else { return self.last_record() };
        let before = self.before(self.stop.from as usize);
        let (who, node) = self.who_and_where(first.owner, &before);
        let what = match tasks.len() {
            1 => format!("{} is", self.names.task(first.id)),
            count => format!("{} tasks are", capital(&counted(count))),
        };
        let waiting = tasks.iter().filter(|spec| {
            let exists = |object| before.objects.get(object).is_some_and(|row| row.is_available());
            spec.args.iter().any(|object| !exists(*object))
        });
        let why = match (waiting.count(), tasks.len()) {
            (0, _) => "all their arguments exist already: only workers are needed".to_owned(),
            (1, 1) => format!("it waits for {}", self.tokens(&first.args)),
            (all, count) if all == count => "they wait for arguments that do not exist yet".into(),
            (some, _) => match some {
                1 => "one of them must wait for its arguments".to_owned(),
                _ => format!("{} of them must wait for their arguments", counted(some)),
            },
        };
        Caption::new(
            format!("{who} is on {node}. {what} sent to the local scheduler"),
            capital(&why),
        )
    }

    fn ids_returned(&self) -> Caption {
        let call = self.first(|event| match event {
            Event::CallMade(call) => Some(call.clone()),
            _ => None,
        });
        let why = call
            .map_or("The program goes on without waiting for a task".into(), |(_, call)| {
                captions::called(&call, self.names, "goes on, and waits in")
            });
        let ids =
            match self.all(|event| matches!(event, Event::TaskSubmitted(_)).then_some(())).len() {
                1 => "The id is returned",
                _ => "The ids are returned",
            };
        Caption::new(format!("{ids} immediately"), why).aside("The GCS tracks everything")
    }

    fn placed(&self) -> Caption {
        let placed = self.all(|event| match event {
            Event::TaskPlaced { task, worker, .. } => Some((*task, *worker)),
            _ => None,
        });
        let Some((index, _)) = self.first(|e| matches!(e, Event::TaskPlaced { .. }).then_some(()))
        else {
            return self.last_record();
        };
        let before = self.before(index);
        if placed.len() > 1 {
            let mut nodes: Vec<NodeId> = placed
                .iter()
                .filter_map(|(_, worker)| before.workers.get(*worker).map(|row| row.node))
                .collect();
            nodes.sort_unstable();
            nodes.dedup();
            let on =
                Names::list(MOST_NAMED, nodes.len(), |n| self.names.node(nodes[n]).into_owned());
            return Caption::new(
                format!("{} tasks get workers, on {on}", capital(&counted(placed.len()))),
                format!("The first of them: {}", self.why_of(index)),
            );
        }
        let short = captions::short(&before, &self.history.records()[index].event, self.names);
        let (task, _) = placed[0];
        let waited = before.tasks.get(task).is_some_and(|row| {
            !row.spec.args.is_empty()
                && matches!(row.status, TaskStatus::PendingNodeAssignment { .. })
        });
        let node = before.workers.get(placed[0].1).map(|row| self.names.node(row.node));
        let short = match node.filter(|_| waited) {
            Some(node) => {
                format!("Now {} can be scheduled, in a worker on {node}", self.names.task(task))
            }
            None => short,
        };
        Caption::new(short, self.why_of(index))
    }

    fn reads(&self, task: TaskId) -> Caption {
        let state = self.before(self.stop.step as usize);
        let (Some(row), Some(node)) = (state.tasks.get(task), state.task_node(task)) else {
            return self.last_record();
        };
        let here: Vec<ObjectId> = row
            .spec
            .args
            .iter()
            .copied()
            .filter(|object| state.objects.get(*object).is_some_and(|row| row.is_on(node)))
            .collect();
        let why = format!("The store of {} holds {}", self.names.node(node), it(here.len()));
        Caption::new(
            format!("{} can read {} from shared memory", self.names.task(task), self.tokens(&here)),
            why,
        )
        .aside("No need to copy to the worker's memory!")
    }

    fn copies(&self) -> Caption {
        let copies = self.all(|event| match event {
            Event::TransferStarted { object, to, .. } => Some((*object, *to)),
            _ => None,
        });
        let Some((_, to)) = copies.first() else { return self.last_record() };
        let objects: Vec<ObjectId> = copies.iter().map(|(object, _)| *object).collect();
        let index = self.stop.step as usize - 1;
        let first_of_task = self.number.checked_sub(1).map(|n| self.history.story()[n].beat);
        let but = if matches!(first_of_task, Some(Beat::Reads(_))) { "But " } else { "" };
        Caption::new(
            format!("{but}{} must be copied to {}", self.tokens(&objects), self.names.node(*to)),
            self.why_of(index),
        )
    }

    fn arrived(&self) -> Caption {
        let before = self.before(self.stop.from as usize);
        let arrived = self.all(|event| match event {
            Event::TransferFinished { transfer } => {
                before.transfers.get(*transfer).copied().flatten()
            }
            _ => None,
        });
        let started = self.all(|event| match event {
            Event::TaskStarted { task } => Some(*task),
            _ => None,
        });
        let Some(first) = arrived.first() else { return self.last_record() };
        let objects: Vec<ObjectId> = arrived.iter().map(|copy| copy.object).collect();
        let (node, objects) = (self.names.node(first.to), self.tokens(&objects));
        let has = if arrived.len() == 1 { "has" } else { "have" };
        let since = self.why_of(self.stop.from as usize);
        match started.len() {
            0 => Caption::new(format!("{objects} {has} arrived on {node}"), since),
            1 => Caption::new(
                format!("Now {objects} {} also read from shared memory", is(arrived.len())),
                format!("{} runs on {node}. {since}", self.tasks(&started)),
            ),
            _ => Caption::new(
                format!("{objects} {has} arrived on {node}, and {} start", self.tasks(&started)),
                since,
            ),
        }
    }

    fn finished(&self) -> Caption {
        let tasks = self.all(|event| match event {
            Event::TaskFinished { task } => Some(*task),
            _ => None,
        });
        let made = self.all(|event| match event {
            Event::ObjectCreated { object, node, .. } => Some((*object, *node)),
            _ => None,
        });
        let objects: Vec<ObjectId> = made.iter().map(|(object, _)| *object).collect();
        let ready = self.all(|event| match event {
            Event::TaskReady { task, .. } => Some(*task),
            _ => None,
        });
        let why = match ready.len() {
            0 => String::new(),
            _ => format!("{} now {} all arguments", self.tasks(&ready), has(ready.len())),
        };
        let short = match (tasks.as_slice(), made.as_slice()) {
            (_, []) => format!("{} {} finished", self.tasks(&tasks), has(tasks.len())),
            ([task], [(_, node), ..]) => {
                let (task, node) = (self.names.task(*task), self.names.node(*node));
                format!("{task} writes {} to the object store of {node}", self.tokens(&objects))
            }
            _ if tasks.len() <= MOST_NAMED => {
                format!(
                    "Each task writes its objects to the object store: {}",
                    self.tokens(&objects)
                )
            }
            _ => format!(
                "{} tasks finish and write {} objects to the object stores",
                capital(&counted(tasks.len())),
                counted(objects.len())
            ),
        };
        let earlier = &self.history.story()[..self.number];
        let first = !earlier.iter().any(|stop| stop.beat == Beat::Finished);
        let caption = Caption::new(short, capital(&why));
        match (first, tasks.len()) {
            (false, _) => caption,
            (true, 1) => caption.aside("The task can now be deleted from the worker"),
            (true, _) => caption.aside("The tasks can now be deleted from the workers"),
        }
    }

    fn returned(&self) -> Caption {
        let index = self.stop.from as usize;
        let before = self.before(index);
        let short = captions::short(&before, &self.history.records()[index].event, self.names);
        let caption = Caption::new(short, self.why_of(index));
        match self.ending() {
            Some(ending) => caption.aside(ending),
            None => caption,
        }
    }

    fn ending(&self) -> Option<String> {
        let ended = |event: &Event| match event {
            Event::RunEnded(outcome) => Some(captions::ending(outcome, self.names)),
            _ => None,
        };
        self.first(ended).map(|(_, text)| text)
    }

    /// What a program did until it blocked: the lines that it printed, then what it waits for.
    fn turn(&self, caller: Caller) -> Caption {
        let printed = self.all(|event| match event {
            Event::LinePrinted(printed) => printed.text.lines().next().map(str::to_owned),
            _ => None,
        });
        let blocked = self.first(|event| matches!(event, Event::CallBlocked { .. }).then_some(()));
        let who = capital(&self.names.caller(caller));
        let waits = blocked.and_then(|(index, ())| {
            let before = self.before(index);
            Some(captions::called(before.calls.get(&caller)?, self.names, "waits in"))
        });
        let prints = match printed.as_slice() {
            [] => None,
            [one] => Some(format!("{who} prints: {one}")),
            [one, ..] => Some(format!("{who} prints {} lines: {one}", counted(printed.len()))),
        };
        let caption = match (prints, waits) {
            (Some(prints), Some(waits)) => Caption::new(waits, prints),
            (Some(prints), None) => Caption::new(prints, ""),
            (None, Some(waits)) => Caption::new(waits, self.why_of(self.stop.step as usize - 1)),
            (None, None) => self.last_record(),
        };
        match self.ending() {
            Some(ending) => caption.aside(ending),
            None => caption,
        }
    }

    /// The last record told, in its own words.
    fn last_record(&self) -> Caption {
        let Some(index) = (self.stop.step as usize).checked_sub(1) else {
            return Caption::default();
        };
        let (before, event) = (self.before(index), &self.history.records()[index].event);
        let short = captions::short(&before, event, self.names);
        Caption::new(short, capital(&why(&before, event, self.names)))
    }
}

fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn has(count: usize) -> &'static str {
    if count == 1 { "has" } else { "have" }
}

fn it(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}

//! What people call things: `make_array#2`, `obj2`, `node 1`. The one place that makes names up.

use crate::base::id::Id;
use crate::base::units::show_bytes;
use crate::base::{GroupId, NodeId, ObjectId, TaskId};
use crate::model::{Caller, GroupSpec};
use crate::state::{Creator, Event, State};
use crate::trace::record::Trace;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Beyond this number no object is named after its placement group.
const MOST_OBJECTS: usize = 1 << 24;

/// Names for everything in one trace. One pass over the records makes it: 16 bytes for each task.
#[derive(Clone, Debug, Default)]
pub struct Names {
    labels: Vec<Arc<str>>,
    /// How many tasks share each label.
    counts: Vec<u32>,
    tasks: Vec<TaskName>,
    objects: Vec<Option<Arc<str>>>,
    /// Items of generators, each with its place among them, from 1.
    items: BTreeMap<ObjectId, (TaskId, u32)>,
    nodes: Vec<Arc<str>>,
    groups: Vec<Arc<str>>,
    spread_threshold: u32,
    control_plane: bool,
}

#[derive(Clone, Copy, Debug)]
struct TaskName {
    label: u32,
    /// Its place among the tasks of that label, from 1.
    ordinal: u32,
    first_return: u32,
    returns: u32,
}

impl Names {
    /// The names of everything that occurs in `trace`.
    pub fn of(trace: &Trace) -> Names {
        let mut names = Names {
            objects: trace.header.object_names.clone(),
            nodes: trace.header.cluster.nodes.iter().map(|node| node.name.clone()).collect(),
            spread_threshold: trace.header.parameters.scheduler_spread_threshold,
            control_plane: trace.header.parameters.control_plane,
            ..Names::default()
        };
        let mut known: BTreeMap<Arc<str>, u32> = BTreeMap::new();
        let mut promised: BTreeMap<TaskId, u32> = BTreeMap::new();
        for record in &trace.records {
            // Everything else has no name of its own.
            if let Event::TaskSubmitted(spec) = &record.event {
                let text = spec.name.as_ref().unwrap_or(&spec.function);
                let label = names.label(text, &mut known);
                names.counts[label as usize] += 1;
                let returns = spec.returns.len() as u32;
                // In order, so that an object's maker is found by halving.
                let before = names.tasks.last().map_or(0, |task| task.first_return);
                let first_return = if returns == 0 { before } else { spec.first_return.number() };
                let ordinal = names.counts[label as usize];
                names.tasks.push(TaskName { label, ordinal, first_return, returns });
            } else if let Event::NodeAdded(node) = &record.event {
                names.nodes.push(node.name.clone());
            } else if let Event::GroupCreated(spec) = &record.event {
                names.name_group(spec);
            } else if let Event::ItemPromised { task, object } = record.event {
                // A lost item is promised again under its old number.
                names.items.entry(object).or_insert_with(|| {
                    let count = promised.entry(task).or_insert(0);
                    *count += 1;
                    (task, *count)
                });
            }
        }
        names
    }

    fn name_group(&mut self, spec: &GroupSpec) {
        let name = spec.name.as_deref().filter(|name| !name.is_empty());
        let name = name.map_or_else(|| format!("group {}", spec.id.number() + 1), str::to_owned);
        // A trace from a file may claim any number; nothing is named that cannot be.
        if self.objects.len() <= spec.ready.index() && spec.ready.index() < MOST_OBJECTS {
            self.objects.resize(spec.ready.index() + 1, None);
        }
        if let Some(object) = self.objects.get_mut(spec.ready.index()) {
            *object = Some(format!("{name}.ready()").into());
        }
        self.groups.push(name.into());
    }

    /// A placement group: its own name, or `group 1` for the first one.
    pub fn group(&self, group: GroupId) -> String {
        match self.groups.get(group.index()) {
            Some(name) => name.to_string(),
            None => format!("group {}", u64::from(group.number()) + 1),
        }
    }

    fn label(&mut self, text: &Arc<str>, known: &mut BTreeMap<Arc<str>, u32>) -> u32 {
        // Tasks come in bursts of one function, whose text is shared: most often no search is needed.
        if let Some(last) = self.tasks.last()
            && Arc::ptr_eq(&self.labels[last.label as usize], text)
        {
            return last.label;
        }
        *known.entry(text.clone()).or_insert_with(|| {
            self.labels.push(text.clone());
            self.counts.push(0);
            self.labels.len() as u32 - 1
        })
    }

    /// A task: `add_arrays`, or `make_array#2` when several share the name.
    pub fn task(&self, task: TaskId) -> String {
        match self.tasks.get(task.index()) {
            Some(name) if self.counts[name.label as usize] > 1 => {
                format!("{}#{}", self.labels[name.label as usize], name.ordinal)
            }
            Some(name) => self.labels[name.label as usize].to_string(),
            None => format!("task {task}"),
        }
    }

    /// A task's label without its number: its own name or its function's.
    pub fn label_of(&self, task: TaskId) -> &str {
        self.tasks.get(task.index()).map_or("task", |name| &self.labels[name.label as usize])
    }

    /// An object: its own name, `make_array#2's result`, or `object 7`.
    pub fn object(&self, object: ObjectId) -> String {
        if let Some(Some(name)) = self.objects.get(object.index()) {
            return name.to_string();
        }
        if let Some((task, place)) = self.items.get(&object) {
            return format!("{}'s item {place}", self.task(*task));
        }
        let number = object.number();
        let after = self.tasks.partition_point(|task| task.first_return <= number);
        let makers = self.tasks[..after].iter().enumerate().rev();
        let mut makers = makers.skip_while(|(_, task)| task.returns == 0);
        let maker = makers.next().filter(|(_, task)| number - task.first_return < task.returns);
        let Some((index, name)) = maker else {
            return format!("object {object}");
        };
        let maker = self.task(TaskId::from_index(index));
        match name.returns {
            1 => format!("{maker}'s result"),
            _ => format!("{maker}'s result {}", number - name.first_return + 1),
        }
    }

    /// What stands on an object's token in a picture: its own name, or `obj3` for the third one.
    pub fn token(&self, object: ObjectId) -> String {
        match self.objects.get(object.index()) {
            Some(Some(name)) => name.to_string(),
            _ => format!("obj{}", u64::from(object.number()) + 1),
        }
    }

    /// What stands on the reference to an object, before it exists and after: its own name, or `id3`.
    pub fn id_token(&self, object: ObjectId) -> String {
        match self.objects.get(object.index()) {
            Some(Some(name)) => name.to_string(),
            _ => format!("id{}", u64::from(object.number()) + 1),
        }
    }

    /// Whether an object has a name of its own, not one made of its maker's.
    pub fn has_own_name(&self, object: ObjectId) -> bool {
        matches!(self.objects.get(object.index()), Some(Some(_)))
    }

    /// The threshold below which a node counts as empty, in millionths: sentences quote it.
    pub fn spread_threshold(&self) -> u32 {
        self.spread_threshold
    }

    /// Whether owners, raylets and leases place tasks: sentences say so.
    pub fn has_control_plane(&self) -> bool {
        self.control_plane
    }

    /// The task that makes an object, by the state's tables.
    pub fn maker(&self, state: &State, object: ObjectId) -> Option<TaskId> {
        match state.objects.get(object)?.creator {
            Creator::Task(task) => Some(task),
            Creator::Put(_) | Creator::Group(_) | Creator::Input => None,
        }
    }

    /// A node.
    pub fn node(&self, node: NodeId) -> Cow<'_, str> {
        match self.nodes.get(node.index()) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("node {node}")),
        }
    }

    /// Who called: `the driver` or the task's name.
    pub fn caller(&self, caller: Caller) -> String {
        match caller {
            Caller::Driver => "the driver".to_owned(),
            Caller::Task(task) => self.task(task),
        }
    }

    /// So many objects, and their bytes.
    pub fn batch(objects: u32, bytes: u64) -> String {
        let bytes = show_bytes(bytes);
        match objects {
            1 => format!("one object ({bytes})"),
            more => format!("{more} objects ({bytes})"),
        }
    }

    /// At most `most` names in a row, then how many more there are: `a, b and 3 more`.
    pub fn list(most: usize, count: usize, name: impl Fn(usize) -> String) -> String {
        let shown: Vec<String> = (0..count.min(most)).map(&name).collect();
        match (count, shown.split_last()) {
            (_, None) => "nothing".to_owned(),
            (1, Some((only, _))) => only.clone(),
            _ if count > most => format!("{} and {} more", shown.join(", "), count - most),
            (_, Some((last, before))) => format!("{} and {last}", before.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::fixture::{Run, lesson};

    #[test]
    fn a_number_only_where_a_name_is_shared() {
        let names = Names::of(&lesson());
        let tasks: Vec<String> = (0..3).map(|n| names.task(TaskId::new(n))).collect();
        assert_eq!(tasks, ["make_array#1", "make_array#2", "add_arrays"]);
        assert_eq!(names.object(ObjectId::new(0)), "obj1");
        assert_eq!(names.object(ObjectId::new(2)), "add_arrays's result");
        assert_eq!(names.node(NodeId::new(1)), "node 1");
        assert_eq!(names.task(TaskId::new(99)), "task 99");
        assert_eq!(names.object(ObjectId::new(99)), "object 99");
        assert_eq!(names.node(NodeId::new(99)), "node 99");
    }

    #[test]
    fn results_are_told_apart_and_tasks_without_any_do_not_confuse() {
        let mut run = Run::new(1, 1);
        run.submit("split", &[], 2);
        run.submit("quiet", &[], 0);
        run.submit("join", &[0, 1], 1);
        let names = Names::of(&run.trace());
        let objects: Vec<String> = (0..4).map(|n| names.object(ObjectId::new(n))).collect();
        assert_eq!(objects[..3], ["split's result 1", "split's result 2", "join's result"]);
        assert_eq!(objects[3], "object 3");
    }

    #[test]
    fn lists_are_cut() {
        let name = |n: usize| format!("t{n}");
        let texts = [0, 1, 2, 3, 5].map(|count| Names::list(3, count, name));
        assert_eq!(texts, ["nothing", "t0", "t0 and t1", "t0, t1 and t2", "t0, t1, t2 and 2 more"]);
    }
}

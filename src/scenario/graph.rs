//! From a draft to the graph that a run uses: order, ids, drawn durations and sizes.

use crate::base::id::Id;
use crate::base::rng::Stream;
use crate::base::{Instant, ObjectId, ShapeId, Span, TaskId};
use crate::model::cluster::Resources;
use crate::model::task::{Caller, Shape, Strategy, TaskKind, TaskSpec, Work};
use crate::model::workload::Graph;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::draft::{Draft, DraftTask};
use crate::scenario::quantity::{Measure, Quantity};
use crate::scenario::resolve::{Maker, Read, Resolved, Which, resolve};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use smallvec::SmallVec;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

/// More reads than this need more memory than a run should take.
const MOST_READS: u64 = 50_000_000;
/// The same for objects.
const MOST_OBJECTS: u64 = 100_000_000;

/// Where the tasks and objects of each entry come to lie.
struct Layout {
    /// Entries in the order of submission.
    order: Vec<usize>,
    /// By entry: when its tasks are submitted at the earliest.
    submit_at: Vec<Instant>,
    /// By entry: number of its first task in the file, which chooses its random numbers.
    place: Vec<u64>,
    /// By entry: its first object.
    first_object: Vec<u32>,
    /// By entry: how many objects each of its tasks makes.
    makes: Vec<u32>,
    /// How many tasks there are.
    tasks: u64,
    /// How many objects there are.
    objects: u64,
}

/// Makes the graph of a draft; `None` if something in it was wrong.
pub fn lower(r: &mut Reporter, draft: Draft, seed: u64, most_tasks: u64) -> Option<Graph> {
    let before = r.errors();
    let resolved = resolve(r, &draft);
    let order = submission_order(r, &draft, &resolved);
    if r.errors() > before {
        return None;
    }
    let layout = lay_out(r, &draft, &resolved, order?, most_tasks)?;
    let read = mark_read(&draft, &resolved, &layout);
    Some(Builder { draft: &draft, resolved: &resolved, layout: &layout, read, seed }.build())
}

/// Entries that read one of another entry, by pairs: producer, consumer.
fn edges(resolved: &Resolved) -> impl Iterator<Item = (usize, usize)> {
    resolved.reads.iter().enumerate().flat_map(|(reader, reads)| {
        reads.iter().filter_map(move |(maker, _)| match maker {
            Maker::Output { entry, .. } => Some((*entry, reader)),
            Maker::Object(_) => None,
        })
    })
}

/// The file's order as far as producers allow it.
///
/// Entries are enough, whatever their counts: all copies read alike, so a circle of entries can be
/// followed from copy to copy until one comes again, which is a circle of tasks.
fn submission_order(r: &mut Reporter, draft: &Draft, resolved: &Resolved) -> Option<Vec<usize>> {
    let count = draft.tasks.len();
    if edges(resolved).all(|(producer, consumer)| producer < consumer) {
        return Some((0..count).collect());
    }
    let mut missing = vec![0usize; count];
    let mut consumers: Vec<SmallVec<[u32; 2]>> = vec![SmallVec::new(); count];
    for (producer, consumer) in edges(resolved) {
        missing[consumer] += 1;
        consumers[producer].push(consumer as u32);
    }
    let mut ready: BinaryHeap<_> = (0..count).filter(|e| missing[*e] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(Reverse(entry)) = ready.pop() {
        order.push(entry);
        for consumer in &consumers[entry] {
            let consumer = *consumer as usize;
            missing[consumer] -= 1;
            if missing[consumer] == 0 {
                ready.push(Reverse(consumer));
            }
        }
    }
    if order.len() < count {
        report_cycles(r, draft, resolved, &missing);
        return None;
    }
    Some(order)
}

/// Names each circle once, with all its tasks.
fn report_cycles(r: &mut Reporter, draft: &Draft, resolved: &Resolved, missing: &[usize]) {
    let mut graph: DiGraph<usize, ()> = DiGraph::new();
    let nodes: Vec<_> = (0..missing.len()).map(|entry| graph.add_node(entry)).collect();
    let stuck = edges(resolved).filter(|(from, to)| missing[*from] > 0 && missing[*to] > 0);
    for (producer, consumer) in stuck {
        graph.add_edge(nodes[producer], nodes[consumer], ());
    }
    let mut parts: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .map(|part| part.into_iter().map(|node| graph[node]).collect())
        .collect();
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts.sort_unstable();
    for part in parts {
        let circle = walk_circle(resolved, &part);
        let Some(first) = circle.first() else { continue };
        let name = |entry: &usize| format!("`{}`", draft.tasks[*entry].name.name);
        let shown: Vec<String> = circle.iter().take(20).map(name).collect();
        let rest = if circle.len() > shown.len() { " ..." } else { "" };
        let message = format!(
            "tasks wait for each other in a circle: {}{rest} -> {}",
            shown.join(" -> "),
            name(first)
        );
        r.say(Code::Cycle, draft.tasks[*first].name.range.clone(), message);
    }
}

/// A circle inside a strongly connected part, in the direction of the data; empty if there is none.
fn walk_circle(resolved: &Resolved, part: &[usize]) -> Vec<usize> {
    let inside: BTreeSet<usize> = part.iter().copied().collect();
    let Some(mut at) = part.first().copied() else { return Vec::new() };
    let (mut path, mut seen) = (Vec::new(), BTreeSet::new());
    while seen.insert(at) {
        path.push(at);
        let producer = resolved.reads[at].iter().find_map(|(maker, _)| match maker {
            Maker::Output { entry, .. } if inside.contains(entry) => Some(*entry),
            _ => None,
        });
        match producer {
            Some(producer) => at = producer,
            None => return Vec::new(),
        }
    }
    let start = path.iter().position(|entry| *entry == at).unwrap_or(0);
    let mut circle = path.split_off(start);
    // Followed from reader to producer; people read it the other way, from the first in the file.
    circle.reverse();
    let least = circle.iter().enumerate().min_by_key(|(_, entry)| **entry).map_or(0, |(at, _)| at);
    circle.rotate_left(least);
    circle
}

fn lay_out(
    r: &mut Reporter,
    draft: &Draft,
    resolved: &Resolved,
    mut order: Vec<usize>,
    most_tasks: u64,
) -> Option<Layout> {
    let mut submit_at: Vec<Instant> = draft.tasks.iter().map(|task| task.submit_at).collect();
    for &entry in &order {
        // A reference exists only after the task that makes it was submitted.
        for (maker, _) in &resolved.reads[entry] {
            if let Maker::Output { entry: producer, .. } = maker {
                submit_at[entry] = submit_at[entry].max(submit_at[*producer]);
            }
        }
    }
    order.sort_by_key(|entry| submit_at[*entry]);
    let makes: Vec<u32> = draft
        .tasks
        .iter()
        .zip(&resolved.control)
        .map(|(task, control)| {
            let outputs = task.outputs.len();
            outputs.max(control.map_or(0, |output| output + 1)) as u32
        })
        .collect();
    let (mut tasks, mut reads, mut place) = (0u64, 0u64, Vec::with_capacity(draft.tasks.len()));
    for (task, list) in draft.tasks.iter().zip(&resolved.reads) {
        place.push(tasks);
        tasks += u64::from(task.copies());
        let each: u64 = list.iter().map(|read| u64::from(bundle(draft, read))).sum();
        reads = reads.saturating_add(each.saturating_mul(u64::from(task.copies())));
    }
    let mut objects = draft.objects.len() as u64;
    let mut first_object = vec![0u32; draft.tasks.len()];
    for &entry in &order {
        first_object[entry] = u32::try_from(objects).unwrap_or(u32::MAX);
        objects += u64::from(draft.tasks[entry].copies()) * u64::from(makes[entry]);
    }
    for (what, number, most) in [
        ("tasks", tasks, most_tasks),
        ("objects", objects, MOST_OBJECTS),
        ("inputs of tasks", reads, MOST_READS),
    ] {
        if number > most {
            let last = draft.tasks.last().map_or(0..0, |task| task.name.range.clone());
            let message = format!("{number} {what} are more than the {most} that are allowed");
            r.say(Code::TooManyTasks, last, message);
            return None;
        }
    }
    Some(Layout { order, submit_at, place, first_object, makes, tasks, objects })
}

/// How many objects one read stands for.
fn bundle(draft: &Draft, (maker, which): &Read) -> u32 {
    match (maker, which) {
        (Maker::Output { entry, .. }, Which::All) => draft.tasks[*entry].copies(),
        _ => 1,
    }
}

impl Layout {
    fn object(&self, entry: usize, copy: u32, output: usize) -> ObjectId {
        ObjectId::new(self.first_object[entry] + copy * self.makes[entry] + output as u32)
    }

    /// The objects that one copy of a reader reads, in order.
    fn arguments(&self, draft: &Draft, reads: &[Read], copy: u32) -> SmallVec<[ObjectId; 4]> {
        let mut args = SmallVec::new();
        for (maker, which) in reads {
            match (maker, which) {
                (Maker::Object(at), _) => args.push(ObjectId::from_index(*at)),
                (Maker::Output { entry, output }, Which::All) => {
                    let copies = 0..draft.tasks[*entry].copies();
                    args.extend(copies.map(|copy| self.object(*entry, copy, *output)));
                }
                (Maker::Output { entry, output }, Which::One(number)) => {
                    args.push(self.object(*entry, *number, *output));
                }
                (Maker::Output { entry, output }, Which::Same) => {
                    args.push(self.object(*entry, copy, *output));
                }
            }
        }
        // `x` and `x[3]` in one list name the same object twice.
        if reads.iter().any(|(_, which)| *which == Which::All) && reads.len() > 1 {
            let mut seen = BTreeSet::new();
            args.retain(|object| seen.insert(*object));
        }
        args
    }
}

/// Which objects some task reads.
fn mark_read(draft: &Draft, resolved: &Resolved, layout: &Layout) -> Vec<bool> {
    let mut read = vec![false; layout.objects as usize];
    for (maker, which) in resolved.reads.iter().flatten() {
        match (maker, which) {
            (Maker::Object(at), _) => read[*at] = true,
            (Maker::Output { entry, output }, Which::One(number)) => {
                read[layout.object(*entry, *number, *output).index()] = true;
            }
            (Maker::Output { entry, output }, Which::All | Which::Same) => {
                for copy in 0..draft.tasks[*entry].copies() {
                    read[layout.object(*entry, copy, *output).index()] = true;
                }
            }
        }
    }
    read
}

struct Builder<'d> {
    draft: &'d Draft,
    resolved: &'d Resolved,
    layout: &'d Layout,
    read: Vec<bool>,
    seed: u64,
}

impl Builder<'_> {
    fn build(&self) -> Graph {
        let mut graph = Graph {
            inputs: self.draft.objects.iter().map(|(object, _)| object.clone()).collect(),
            tasks: Vec::with_capacity(self.layout.tasks as usize),
            submit_at: Vec::new(),
            shapes: Vec::new(),
            object_names: Vec::with_capacity(self.layout.objects as usize),
            driver: self.draft.driver.clone(),
        };
        let inputs = self.draft.objects.iter().map(|(object, _)| Some(Arc::clone(&object.name)));
        graph.object_names.extend(inputs);
        let mut shapes: BTreeMap<(Resources, Strategy), Arc<Shape>> = BTreeMap::new();
        let mut functions: BTreeSet<Arc<str>> = BTreeSet::new();
        for &entry in &self.layout.order {
            let task = &self.draft.tasks[entry];
            let key = (task.demand.clone(), task.strategy);
            let shape = shapes.entry(key).or_insert_with(|| {
                let id = ShapeId::from_index(graph.shapes.len());
                let shape = Shape { id, demand: task.demand.clone(), strategy: task.strategy };
                graph.shapes.push(Arc::new(shape));
                Arc::clone(&graph.shapes[id.index()])
            });
            let shape = Arc::clone(shape);
            let function = task.function.as_ref().unwrap_or(&task.name.name);
            let function = match functions.get(function) {
                Some(known) => Arc::clone(known),
                None => {
                    functions.insert(Arc::clone(function));
                    Arc::clone(function)
                }
            };
            for copy in 0..task.copies() {
                self.add_copy(&mut graph, entry, copy, &function, &shape);
            }
        }
        if self.layout.submit_at.iter().any(|at| *at > Instant::ZERO) {
            let times = self.layout.order.iter().map(|e| (*e, self.layout.submit_at[*e]));
            let each = times.flat_map(|(e, at)| (0..self.draft.tasks[e].copies()).map(move |_| at));
            graph.submit_at = each.collect();
        }
        graph
    }

    fn add_copy(
        &self,
        graph: &mut Graph,
        entry: usize,
        copy: u32,
        function: &Arc<str>,
        shape: &Arc<Shape>,
    ) {
        let task = &self.draft.tasks[entry];
        let place = self.layout.place[entry] + u64::from(copy);
        let name = copy_name(task, copy);
        let makes = self.layout.makes[entry] as usize;
        let mut sizes = Stream::new(self.seed, "size", place);
        let mut returns = SmallVec::with_capacity(makes);
        for output in 0..makes {
            let (size, object) = match task.outputs.get(output) {
                Some((named, size)) if named.name == task.name.name => {
                    (size.draw(Measure::Size, &mut sizes), Arc::clone(&name))
                }
                Some((named, size)) => {
                    let object = match task.count {
                        Some(_) => format!("{}[{copy}]", named.name).into(),
                        None => Arc::clone(&named.name),
                    };
                    (size.draw(Measure::Size, &mut sizes), object)
                }
                None => (0, format!("{name} done").into()),
            };
            returns.push(size);
            graph.object_names.push(Some(object));
        }
        let first_return = self.layout.object(entry, copy, 0);
        // What a later task reads has to be kept until that one is submitted.
        let later = self.layout.submit_at.iter().any(|at| *at > Instant::ZERO);
        let held = later || (0..makes).any(|output| !self.read[first_return.index() + output]);
        graph.tasks.push(Arc::new(TaskSpec {
            id: TaskId::from_index(graph.tasks.len()),
            owner: Caller::Driver,
            line: 0,
            function: Arc::clone(function),
            name: (*name != **function).then_some(name),
            kind: TaskKind::Normal,
            shape: Arc::clone(shape),
            args: self.layout.arguments(self.draft, &self.resolved.reads[entry], copy),
            first_return,
            returns,
            work: self.work(task, place),
            max_retries: task.max_retries,
            retry_exceptions: false,
            results_held: held,
        }));
    }

    fn work(&self, task: &DraftTask, place: u64) -> Work {
        match (&task.duration_on, &task.duration) {
            (Some(spans), _) => Work::ComputeOn(Arc::clone(spans)),
            (None, Quantity::Exact(nanos)) => Work::Compute(Span::from_nanos(*nanos)),
            (None, drawn) => {
                let mut stream = Stream::new(self.seed, "duration", place);
                Work::Compute(Span::from_nanos(drawn.draw(Measure::Time, &mut stream)))
            }
        }
    }
}

fn copy_name(task: &DraftTask, copy: u32) -> Arc<str> {
    match task.count {
        Some(_) => format!("{}[{copy}]", task.name.name).into(),
        None => Arc::clone(&task.name.name),
    }
}

//! Finds what the names in a draft mean: who makes which object, who waits for whom.

use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::draft::{Draft, Named};
use crate::scenario::quantity::Quantity;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Who makes an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Maker {
    /// An object that is there at the start, by position.
    Object(usize),
    /// An output of an entry of the list of tasks.
    Output {
        /// The entry.
        entry: usize,
        /// Which of its outputs.
        output: usize,
    },
}

/// Which of the copies that an entry stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Which {
    /// All of them.
    All,
    /// That one.
    One(u32),
    /// The one with the reader's own number.
    Same,
}

/// One edge of the graph, or a bundle of alike ones.
pub type Read = (Maker, Which);

/// What every name means.
pub struct Resolved {
    /// For each entry, what it reads, without repetitions.
    pub reads: Vec<Vec<Read>>,
    /// For each entry, its control output, if tasks wait for it without reading anything.
    pub control: Vec<Option<usize>>,
}

struct Names<'d> {
    draft: &'d Draft,
    tasks: BTreeMap<&'d str, usize>,
    makers: BTreeMap<&'d str, Maker>,
}

/// Resolves all names, and reports those that mean nothing or two things.
pub fn resolve(r: &mut Reporter, draft: &Draft) -> Resolved {
    let names = Names::collect(r, draft);
    let mut control = vec![None; draft.tasks.len()];
    let mut reads = Vec::with_capacity(draft.tasks.len());
    for (reader, task) in draft.tasks.iter().enumerate() {
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        for input in &task.inputs {
            let Some(read) = names.object(r, reader, input) else { continue };
            if seen.insert(read) {
                list.push(read);
            }
        }
        for name in &task.after {
            let Some((entry, which)) = names.task(r, reader, name) else { continue };
            let data = |(maker, copies): &Read| {
                matches!(maker, Maker::Output { entry: e, .. } if *e == entry) && *copies == which
            };
            if seen.iter().any(data) {
                continue;
            }
            let output = *control[entry].get_or_insert_with(|| control_output(draft, entry));
            let read = (Maker::Output { entry, output }, which);
            seen.insert(read);
            list.push(read);
        }
        reads.push(list);
    }
    Resolved { reads, control }
}

/// An output of no size serves as well as one made only to be waited for.
fn control_output(draft: &Draft, entry: usize) -> usize {
    let outputs = &draft.tasks[entry].outputs;
    let empty = outputs.iter().position(|(_, size)| *size == Quantity::Exact(0));
    empty.unwrap_or(outputs.len())
}

impl<'d> Names<'d> {
    fn collect(r: &mut Reporter, draft: &'d Draft) -> Names<'d> {
        let mut names = Names { draft, tasks: BTreeMap::new(), makers: BTreeMap::new() };
        for (position, (object, range)) in draft.objects.iter().enumerate() {
            names.add_maker(r, &object.name, range, Maker::Object(position));
        }
        for (entry, task) in draft.tasks.iter().enumerate() {
            if names.tasks.insert(&task.name.name, entry).is_some() {
                let message = format!("two tasks are named `{}`", task.name.name);
                r.say(Code::DuplicateTask, task.name.range.clone(), message);
            }
            for (output, (name, _)) in task.outputs.iter().enumerate() {
                names.add_maker(r, &name.name, &name.range, Maker::Output { entry, output });
            }
        }
        names.check_numbered(r);
        names
    }

    fn add_maker(&mut self, r: &mut Reporter, name: &'d str, range: &Range<usize>, maker: Maker) {
        let Some(first) = self.makers.insert(name, maker) else { return };
        self.makers.insert(name, first);
        let message = format!("the object `{name}` is made twice");
        r.say(Code::DuplicateObject, range.clone(), message);
    }

    /// A task that is named `a[3]` by hand beside one named `a` with a count of four or more.
    fn check_numbered(&self, r: &mut Reporter) {
        for task in &self.draft.tasks {
            let Some((base, number)) = numbered(&task.name.name) else { continue };
            let Some(entry) = self.tasks.get(base) else { continue };
            if self.draft.tasks[*entry].count.is_some_and(|count| number < count) {
                let message = format!("two tasks are named `{}`", task.name.name);
                r.say(Code::DuplicateTask, task.name.range.clone(), message);
            }
        }
        let outputs = self.draft.tasks.iter().flat_map(|task| &task.outputs);
        let objects = outputs.map(|(name, _)| (&*name.name, &name.range));
        for (name, range) in objects.chain(self.draft.objects.iter().map(|(o, at)| (&*o.name, at)))
        {
            let Some((base, number)) = numbered(name) else { continue };
            let Some(Maker::Output { entry, .. }) = self.makers.get(base) else { continue };
            if self.draft.tasks[*entry].count.is_some_and(|count| number < count) {
                let message = format!("the object `{name}` is made twice");
                r.say(Code::DuplicateObject, range.clone(), message);
            }
        }
    }

    fn object(&self, r: &mut Reporter, reader: usize, input: &Named) -> Option<Read> {
        let copies = |maker: Maker| match maker {
            Maker::Object(_) => None,
            Maker::Output { entry, .. } => self.draft.tasks[entry].count,
        };
        let found = self.find(&input.name, &self.makers, copies, reader);
        if found.is_none() {
            let message = format!("there is no object `{}`", input.name);
            let names = self.object_names();
            r.suggest(Code::UnknownInput, input.range.clone(), message, &input.name, names);
        }
        found
    }

    fn task(&self, r: &mut Reporter, reader: usize, name: &Named) -> Option<(usize, Which)> {
        let found = self.find(&name.name, &self.tasks, |e| self.draft.tasks[e].count, reader);
        if found.is_none() {
            let message = format!("there is no task `{}`", name.name);
            let names = self.draft.tasks.iter().map(|task| &*task.name.name);
            r.suggest(Code::UnknownTask, name.range.clone(), message, &name.name, names);
        }
        found
    }

    fn object_names(&self) -> impl Iterator<Item = &str> {
        let outputs = self.draft.tasks.iter().flat_map(|task| &task.outputs);
        let objects = self.draft.objects.iter().map(|(object, _)| &*object.name);
        objects.chain(outputs.map(|(name, _)| &*name.name))
    }

    /// `a` is the task `a`, or all of them; `a[3]` is one, `a[i]` the one of the reader's number.
    fn find<T: Copy>(
        &self,
        name: &str,
        table: &BTreeMap<&str, T>,
        copies: impl Fn(T) -> Option<u32>,
        reader: usize,
    ) -> Option<(T, Which)> {
        if let Some(found) = table.get(name) {
            let which = if copies(*found).is_some() { Which::All } else { Which::One(0) };
            return Some((*found, which));
        }
        if let Some(base) = name.strip_suffix("[i]") {
            let found = *table.get(base)?;
            let alike = copies(found).is_some() && copies(found) == self.draft.tasks[reader].count;
            return alike.then_some((found, Which::Same));
        }
        let (base, number) = numbered(name)?;
        let found = *table.get(base)?;
        copies(found).is_some_and(|count| number < count).then_some((found, Which::One(number)))
    }
}

/// `a[3]` is copy 3 of `a`.
fn numbered(name: &str) -> Option<(&str, u32)> {
    let (base, number) = name.strip_suffix(']')?.rsplit_once('[')?;
    let plain = number == "0" || !number.starts_with(['0', '+']);
    Some((base, number.parse().ok().filter(|_| plain)?))
}

//! Workflows of other formats: WfFormat, DAX and DOT, by way of one common form.

pub mod dax;
pub mod dot;
mod dot_text;
pub mod wfformat;
pub mod write;

pub use write::to_scenario_json;

use crate::base::{Amount, NodeId, Span};
use crate::model::cluster::{CPU, Cluster, GPU, MEMORY, Node, Resources};
use crate::model::workload::{Driver, InputObject};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::{Diagnostics, Reporter, Source};
use crate::scenario::draft::{Draft, DraftTask, Named};
use crate::scenario::node_limits::NodeLimits;
use crate::scenario::nodes::Link;
use crate::scenario::quantity::{LONGEST, Quantity};
use crate::scenario::read::range_of;
use jsonc_parser::ast::Value;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// CPUs of a machine that does not say how many it has, and of the one node if there is no machine.
const DEFAULT_CORES: u64 = 4;
/// Keys of `import`.
pub const IMPORT_KEYS: &[&str] =
    &["wfformat", "dax", "dot", "runtime_scale", "inputs", "memory", "default_duration"];

/// A format that can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// WfCommons WfFormat, 1.4 and 1.5.
    WfFormat,
    /// Pegasus DAX 3.
    Dax,
    /// Graphviz DOT.
    Dot,
}

/// Formats by name.
pub const FORMATS: &[(&str, Format)] =
    &[("wfformat", Format::WfFormat), ("dax", Format::Dax), ("dot", Format::Dot)];

/// Where files are that no task makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum InputPlace {
    /// On the first node.
    #[default]
    Head,
    /// On every node.
    Everywhere,
    /// On the first node, and without size.
    Free,
}

/// How a workflow is taken over.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ImportOptions {
    /// Runtimes are multiplied by that.
    pub runtime_scale: f64,
    /// Where input files are.
    pub inputs: InputPlace,
    /// Whether the memory that tasks had counts as a demand.
    pub memory: bool,
    /// Runtime of tasks that have none; without it, nothing and a warning.
    pub default_duration: Option<Span>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        let inputs = InputPlace::Head;
        ImportOptions { runtime_scale: 1.0, inputs, memory: false, default_duration: None }
    }
}

/// A workflow, whatever it was written in.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it says about itself.
    pub description: Option<String>,
    /// Where it was read from.
    pub source: Arc<Source>,
    /// All files.
    pub files: Vec<ImportedFile>,
    /// All tasks.
    pub tasks: Vec<ImportedTask>,
    /// The machines that it ran on.
    pub machines: Vec<Machine>,
    /// How it is taken over.
    pub options: ImportOptions,
}

/// A file of a workflow: an object.
#[derive(Clone, Debug)]
pub struct ImportedFile {
    /// Its name.
    pub name: Named,
    /// Its bytes.
    pub size: u64,
    /// The task that makes it, by position.
    pub maker: Option<usize>,
}

/// A task of a workflow.
#[derive(Clone, Debug)]
pub struct ImportedTask {
    /// Its name.
    pub name: Named,
    /// Its function.
    pub function: Option<Arc<str>>,
    /// How long it ran, not yet scaled.
    pub runtime: Span,
    /// CPUs.
    pub cores: Amount,
    /// GPUs.
    pub gpus: Amount,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Positions of the files that it reads.
    pub inputs: Vec<usize>,
    /// Positions of the files that it makes.
    pub outputs: Vec<usize>,
    /// Positions of tasks that come before it without giving it a file.
    pub after: Vec<usize>,
}

/// A machine that a workflow ran on.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its name.
    pub name: Named,
    /// CPUs, if it says so.
    pub cores: Option<Amount>,
    /// Bytes of memory, if it says so.
    pub memory: Option<u64>,
}

/// What the key `import` says.
pub struct Plan<'v, 'a> {
    /// The format.
    pub format: Format,
    /// The value with the path.
    pub path: &'v Value<'a>,
    /// The rest.
    pub options: ImportOptions,
}

/// Reads the key `import`.
pub fn read_plan<'v, 'a>(r: &mut Reporter, value: &'v Value<'a>) -> Option<Plan<'v, 'a>> {
    let fields = r.fields(value, "import", IMPORT_KEYS)?;
    let mut given = FORMATS.iter().filter_map(|(key, format)| Some((*format, fields.get(key)?)));
    let (Some((format, path)), None) = (given.next(), given.next()) else {
        let message = "import names exactly one of wfformat, dax and dot";
        r.say(Code::MissingKey, range_of(value), message);
        return None;
    };
    let mut options = ImportOptions::default();
    if let Some(value) = fields.get("runtime_scale") {
        options.runtime_scale = r.real(value, "runtime_scale")?;
    }
    if let Some(value) = fields.get("inputs") {
        let choices = [
            ("head", InputPlace::Head),
            ("everywhere", InputPlace::Everywhere),
            ("free", InputPlace::Free),
        ];
        options.inputs = r.choice(value, "inputs", &choices)?;
    }
    if let Some(value) = fields.get("memory") {
        options.memory = r.flag(value, "memory")?;
    }
    if let Some(value) = fields.get("default_duration") {
        options.default_duration = Some(r.time(value, "default_duration")?);
    }
    Some(Plan { format, path, options })
}

/// Reads the workflow in the reporter's text.
pub fn read(r: &mut Reporter, format: Format, options: ImportOptions) -> Option<Imported> {
    let before = r.errors();
    let mut imported = match format {
        Format::WfFormat => wfformat::read(r, options),
        Format::Dax => dax::read(r, options),
        Format::Dot => dot::read(r, options),
    }?;
    imported.drop_covered();
    if imported.tasks.is_empty() && r.errors() == before {
        r.say(Code::NoTasks, 0..0, "the workflow has no tasks");
    }
    (r.errors() == before).then_some(imported)
}

/// Reads a workflow's text by itself, for `rayscope import`.
pub fn parse(
    format: Format,
    text: &str,
    file_name: &str,
    options: ImportOptions,
) -> (Option<Imported>, Diagnostics) {
    let mut r = Reporter::new(Source::new(file_name, text));
    let imported = read(&mut r, format, options);
    // What only shows when it is put to use: circles, a file made twice.
    if let Some(imported) = &imported {
        let limits = NodeLimits { nodes: 100_000, store: 0 };
        let link = crate::scenario::nodes::FREE;
        if let Some(cluster) = cluster(&mut r, imported, link, limits) {
            let draft = draft(&mut r, imported, &cluster, true);
            crate::scenario::graph::lower(&mut r, draft, 0, 10_000_000);
        }
    }
    let found = r.finish();
    (imported.filter(|_| !found.has_errors()), found)
}

impl Imported {
    /// A workflow without anything in it yet.
    pub fn new(source: Arc<Source>, options: ImportOptions) -> Imported {
        Imported {
            name: None,
            description: None,
            source,
            files: Vec::new(),
            tasks: Vec::new(),
            machines: Vec::new(),
            options,
        }
    }

    /// Adds a file that `task` makes; reports a second maker.
    pub fn add_output(&mut self, r: &mut Reporter, task: usize, file: usize, range: Range<usize>) {
        match self.files[file].maker {
            None => {
                self.files[file].maker = Some(task);
                self.tasks[task].outputs.push(file);
            }
            Some(maker) if maker == task => {}
            Some(_) => {
                let name = &self.files[file].name.name;
                let message = format!("the file `{name}` is made by two tasks");
                r.say(Code::ProducedTwice, range, message);
            }
        }
    }

    /// A file is read once; a parent that gives a file needs no control edge, nor does one twice.
    fn drop_covered(&mut self) {
        let files = &self.files;
        for task in &mut self.tasks {
            let mut read = BTreeSet::new();
            task.inputs.retain(|file| read.insert(*file));
            let mut seen: BTreeSet<usize> =
                task.inputs.iter().filter_map(|file| files[*file].maker).collect();
            task.after.retain(|parent| seen.insert(*parent));
        }
    }

    /// The runtime of a task as it is used.
    pub fn scaled(&self, runtime: Span) -> Span {
        if self.options.runtime_scale == 1.0 {
            return runtime.min(LONGEST);
        }
        Span::from_secs(runtime.as_secs() * self.options.runtime_scale).min(LONGEST)
    }

    /// What a task asks, if no node limits it.
    fn demand(&self, task: &ImportedTask) -> Resources {
        let demand = Resources::cpus(task.cores).with(GPU, task.gpus);
        match task.memory.filter(|_| self.options.memory) {
            Some(bytes) => demand.with(MEMORY, Amount::whole(bytes)),
            None => demand,
        }
    }
}

/// The cluster of the workflow's machines.
pub fn cluster(
    r: &mut Reporter,
    imported: &Imported,
    link: Link,
    limits: NodeLimits,
) -> Option<Cluster> {
    let mut cluster = Cluster::new();
    if imported.machines.len() > limits.nodes {
        let message = format!("a cluster has at most {} nodes", limits.nodes);
        r.say(Code::TooManyNodes, imported.machines[limits.nodes].name.range.clone(), message);
        return None;
    }
    let (latency, bandwidth) = link;
    let mut names = BTreeSet::new();
    let mut add = |name: Arc<str>, cores: Amount, memory: Option<u64>| {
        let memory = Amount::whole(memory.unwrap_or(0));
        cluster.nodes.push(Node {
            name,
            resources: Resources::cpus(cores).with(MEMORY, memory),
            object_store_memory: None,
            labels: Vec::new(),
            latency,
            bandwidth,
            cold: false,
        });
    };
    for machine in &imported.machines {
        if !names.insert(&machine.name.name) {
            let message = format!("two machines are named `{}`", machine.name.name);
            r.say(Code::DuplicateNode, machine.name.range.clone(), message);
            return None;
        }
        let cores = machine.cores.unwrap_or_else(|| {
            let message = format!(
                "machine `{}` has no core count: {DEFAULT_CORES} are taken",
                machine.name.name
            );
            r.say(Code::NoCoreCount, machine.name.range.clone(), message);
            Amount::whole(DEFAULT_CORES)
        });
        add(Arc::clone(&machine.name.name), cores, machine.memory);
    }
    if imported.machines.is_empty() {
        let message = format!("no cluster is named: one node of {DEFAULT_CORES} CPUs is taken");
        let help = "name one with `--cluster 3x2` or in the scenario";
        r.advise(Code::DefaultCluster, 0..0, message, help);
        add("node 0".into(), Amount::whole(DEFAULT_CORES), None);
    }
    Some(cluster)
}

/// The workflow as tasks by name, for that cluster.
pub fn draft(r: &mut Reporter, imported: &Imported, cluster: &Cluster, reliable: bool) -> Draft {
    let most = |resource| {
        let amounts = cluster.nodes.iter().map(|node| node.resources.get(resource));
        amounts.max().unwrap_or(Amount::ZERO)
    };
    let most = [CPU, MEMORY].map(|resource| (resource, most(resource)));
    let file_names: BTreeSet<&str> = imported.files.iter().map(|file| &*file.name.name).collect();
    let everywhere: Vec<NodeId> = match imported.options.inputs {
        InputPlace::Everywhere => cluster.nodes.ids().collect(),
        InputPlace::Head | InputPlace::Free => vec![cluster.head()],
    };
    let inputs = imported.files.iter().filter(|file| file.maker.is_none()).map(|file| {
        let size = if imported.options.inputs == InputPlace::Free { 0 } else { file.size };
        let object =
            InputObject { name: Arc::clone(&file.name.name), size, on: everywhere.clone() };
        (object, file.name.range.clone())
    });
    let objects = inputs.collect();
    let tasks = imported.tasks.iter().map(|task| {
        let mut draft = DraftTask::new(task.name.clone());
        draft.function = task.function.clone();
        draft.duration = Quantity::Exact(imported.scaled(task.runtime).as_nanos());
        draft.inputs = task.inputs.iter().map(|file| imported.files[*file].name.clone()).collect();
        draft.after = task.after.iter().map(|at| imported.tasks[*at].name.clone()).collect();
        draft.demand = imported.demand(task);
        if reliable {
            draft.demand = capped(r, task, draft.demand, &most);
        }
        if !task.outputs.is_empty() {
            let files = task.outputs.iter().map(|file| &imported.files[*file]);
            draft.outputs =
                files.map(|file| (file.name.clone(), Quantity::Exact(file.size))).collect();
        } else if file_names.contains(&*task.name.name) {
            let name = format!("{} done", task.name.name).into();
            draft.outputs = vec![(Named { name, ..task.name.clone() }, Quantity::Exact(0))];
        }
        draft
    });
    let tasks = tasks.collect();
    Draft { objects, tasks, driver: Driver::GetSinks }
}

/// No more of a resource than the best node has: the workflow ran somewhere, after all.
fn capped(
    r: &mut Reporter,
    task: &ImportedTask,
    mut demand: Resources,
    most: &[(crate::base::ResourceId, Amount)],
) -> Resources {
    for (resource, most) in most {
        let asked = demand.get(*resource);
        if asked > *most {
            let what = if *resource == CPU { "CPUs" } else { "bytes of memory" };
            let message = format!("`{}` asks for {asked} {what}: {most} are taken", task.name.name);
            r.say(Code::Capped, task.name.range.clone(), message);
            demand = demand.with(*resource, *most);
        }
    }
    demand
}

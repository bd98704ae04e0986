//! Reads a whole scenario: the keys of its outermost object, and what the command line says besides.

use crate::base::Span;
use crate::model::cluster::Cluster;
use crate::model::faults::{Fault, FaultKind};
use crate::model::workload::Workload;
use crate::model::{Model, Parameters, Program};
use crate::scenario::captions::read_captions;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::{Reporter, Source};
use crate::scenario::expect::{Expect, Outcome, read_expect};
use crate::scenario::feasible::check_fit;
use crate::scenario::import;
use crate::scenario::load::{Files, NoFiles};
use crate::scenario::node_limits::NodeLimits;
use crate::scenario::nodes::{FREE, NodeTable, read_cluster, read_faults, short_cluster};
use crate::scenario::program::cluster_line;
use crate::scenario::read::{Fields, parse_json, range_of};
use crate::scenario::settings::{read_parameters, read_policy, read_profile};
use crate::scenario::source::open;
use crate::scenario::tasks::{Surroundings, read_draft};
use crate::scenario::{Limits, LoadOptions, MOST_BYTES, Scenario, graph};
use jsonc_parser::ast::Value;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Keys of a scenario.
pub const ROOT_KEYS: &[&str] = &[
    "$schema",
    "version",
    "name",
    "description",
    "cluster",
    "profile",
    "policy",
    "seed",
    "parameters",
    "program",
    "tasks",
    "objects",
    "driver",
    "import",
    "faults",
    "limits",
    "captions",
    "expect",
];
/// The three kinds of workload.
pub const WORKLOADS: &[&str] = &["program", "tasks", "import"];
/// Keys of `limits`.
pub const LIMIT_KEYS: &[&str] = &["tasks", "events", "time"];

const DEFAULT_CLUSTER: &str = "1x4";

/// What stands in the file, and where.
struct Document<'f, 'v, 'a> {
    root: Fields<'v, 'a>,
    files: &'f dyn Files,
    options: &'f LoadOptions<'f>,
    limits: NodeLimits,
}

/// Reads the scenario in the reporter's text.
pub fn read_scenario(
    r: &mut Reporter,
    files: &dyn Files,
    options: &LoadOptions<'_>,
) -> Option<Scenario> {
    let source = Arc::clone(r.source());
    let value = parse_json(r, &source.text)?;
    let root = r.fields(&value, "a scenario", ROOT_KEYS)?;
    let profile = read_profile(r, root.get("profile"), files, options);
    let parameters = read_parameters(r, &profile, root.get("parameters"), options);
    let limits = NodeLimits::of(options, &parameters);
    Document { root, files, options, limits }.read(r, profile.name, parameters)
}

/// Makes a scenario of the program in the reporter's text.
pub fn program_scenario(r: &mut Reporter, options: &LoadOptions<'_>) -> Option<Scenario> {
    let source = Arc::clone(r.source());
    if source.text.trim().is_empty() {
        r.say(Code::FileEmpty, 0..0, "the program is empty");
    }
    let profile = read_profile(r, None, &NoFiles, options);
    let parameters = read_parameters(r, &profile, None, options);
    let limits = NodeLimits::of(options, &parameters);
    let line = cluster_line(r, &source, limits);
    let cluster = match given_cluster(r, options, limits) {
        Some(given) => given?,
        None => match line {
            Some(cluster) => cluster?,
            None => default_cluster(r, 0..0, limits),
        },
    };
    let policy = read_policy(r, None, options);
    let mut cluster = cluster;
    fit_to_profile(&mut cluster, &mut [], &parameters);
    let name = stem(&source.name);
    let workload = Workload::Program(to_program(&source));
    let seed = options.seed.unwrap_or(0);
    let (faults, captions) = (Vec::new(), Vec::new());
    let model = Model { name, cluster, workload, faults, parameters, policy, seed, captions };
    Some(Scenario {
        model,
        expect: Expect::default(),
        limits: Limits::default(),
        profile: profile.name,
        description: None,
        file: source.name.clone(),
        warnings: Default::default(),
    })
}

/// Nodes for which the scenario names no network get the profile's, and its worker processes. A node that joins later
/// has none: they start when they are needed.
fn fit_to_profile(cluster: &mut Cluster, faults: &mut [Fault], parameters: &Parameters) {
    let cold = parameters.control_plane && !parameters.prestart_worker_first_driver;
    cluster.nodes.iter_mut().for_each(|node| node.cold = cold);
    for fault in faults {
        if let FaultKind::AddNode(node) = &mut fault.kind {
            node.cold = parameters.control_plane;
        }
    }
    for node in cluster.nodes.iter_mut().filter(|node| (node.latency, node.bandwidth) == FREE) {
        node.latency = parameters.network_latency;
        node.bandwidth = parameters.network_bandwidth;
    }
}

impl Document<'_, '_, '_> {
    fn read(&self, r: &mut Reporter, profile: String, parameters: Parameters) -> Option<Scenario> {
        self.check_version(r);
        self.check_workload(r);
        let root = &self.root;
        let before = r.errors();
        let named = root.get("cluster").map(|v| read_cluster(r, v, self.limits));
        let link = named.as_ref().and_then(|read| read.as_ref()).map_or(FREE, |(_, link)| *link);
        let outside = root.get("import").and_then(|v| self.read_import(r, v));
        let program = root.get("program").and_then(|v| self.read_program(r, v));
        let cluster = match (given_cluster(r, self.options, self.limits), named) {
            (Some(given), _) => given,
            (None, Some(None)) => None,
            (None, Some(Some((cluster, _)))) if !cluster.nodes.is_empty() => Some(cluster),
            (None, named) => self.other_cluster(r, named.is_some(), &program, &outside, link),
        };
        let mut table = NodeTable::new(cluster.as_ref());
        let mut cluster = cluster.unwrap_or_default();
        let mut faults = root
            .get("faults")
            .and_then(|v| read_faults(r, v, &mut cluster, &mut table, self.limits))
            .unwrap_or_default();
        let expect = root.get("expect").and_then(|v| read_expect(r, v, &table)).unwrap_or_default();
        let policy = read_policy(r, root.get("policy"), self.options);
        fit_to_profile(&mut cluster, &mut faults, &parameters);
        let limits = self.read_limits(r);
        let seed = root.get("seed").and_then(|v| r.whole(v, "the seed", (0, u64::MAX)));
        let seed = self.options.seed.or(seed).unwrap_or(0);
        let name = root.get("name").and_then(|v| r.name(v, "the name")).map(str::to_owned);
        let description = root.get("description").and_then(|v| r.text(v, "the description"));
        let captions = root.get("captions").and_then(|v| read_captions(r, v)).unwrap_or_default();
        let workload = match (program, outside) {
            (Some(program), _) => Some(Workload::Program(to_program(&program))),
            (None, Some(outside)) => {
                let graph = r.within(&outside.source, |r| {
                    let draft = import::draft(r, &outside, &cluster, table.is_reliable());
                    graph::lower(r, draft, seed, self.options.most_tasks)
                });
                graph.map(Workload::Graph)
            }
            (None, None) => self.read_graph(r, &mut cluster, &table, &faults, &expect, seed),
        };
        if let Some(workload) = &workload {
            check_names(r, &expect, workload);
        }
        if r.errors() > before {
            return None;
        }
        let name = name.unwrap_or_else(|| stem(&r.source().name));
        let workload = workload?;
        let model = Model { name, cluster, workload, faults, parameters, policy, seed, captions };
        let description = description.map(str::to_owned);
        let (file, warnings) = (r.source().name.clone(), Default::default());
        Some(Scenario { model, expect, limits, profile, description, file, warnings })
    }

    fn check_version(&self, r: &mut Reporter) {
        let Some(value) = self.root.get("version") else {
            let help = "add \"version\": 1";
            r.advise(Code::Version, self.root.head(), "the scenario names no version", help);
            return;
        };
        if !matches!(value, Value::NumberLit(number) if number.value == "1") {
            let help = "this program reads version 1; a newer one may read this file";
            r.advise(Code::Version, range_of(value), "this version is not known", help);
        }
    }

    /// Exactly one workload, and no key that belongs to another.
    fn check_workload(&self, r: &mut Reporter) {
        let mut given: Vec<&str> =
            WORKLOADS.iter().copied().filter(|key| self.root.get(key).is_some()).collect();
        given.sort_by_key(|key| self.root.key_range(key).start);
        match given[..] {
            [] => {
                let message = "a scenario has a `program`, `tasks` or an `import`";
                r.say(Code::OneWorkload, self.root.head(), message);
            }
            [_] => {}
            [first, second, ..] => {
                let message = format!("a scenario has either `{first}` or `{second}`, not both");
                r.say(Code::OneWorkload, self.root.key_range(second), message);
            }
        }
        for key in ["objects", "driver"] {
            if self.root.get(key).is_some() && !given.contains(&"tasks") && !given.is_empty() {
                let message = format!("`{key}` goes only with `tasks`");
                r.say(Code::NotHere, self.root.key_range(key), message);
            }
        }
    }

    /// A cluster that the scenario's own key does not give.
    fn other_cluster(
        &self,
        r: &mut Reporter,
        network_only: bool,
        program: &Option<Arc<Source>>,
        outside: &Option<import::Imported>,
        link: (Span, Option<u64>),
    ) -> Option<Cluster> {
        if let Some(outside) = outside {
            let limits = self.limits;
            return r.within(&outside.source, |r| import::cluster(r, outside, link, limits));
        }
        let place = self.root.get("cluster").map_or(self.root.head(), range_of);
        if network_only {
            // `"nodes": []` was reported where it was read.
            let given = self.root.get("cluster");
            let listed = matches!(given, Some(Value::Object(o)) if o.get("nodes").is_some());
            if !listed {
                r.say(Code::NoNodes, place.start..place.start + 1, "the cluster names no nodes");
            }
            return None;
        }
        if self.root.get("import").is_some() {
            // The workflow could not be read, which was reported.
            return None;
        }
        let line = program.as_ref().and_then(|p| cluster_line(r, p, self.limits));
        line.unwrap_or_else(|| Some(default_cluster(r, place, self.limits)))
    }

    fn read_program(&self, r: &mut Reporter, value: &Value<'_>) -> Option<Arc<Source>> {
        let source = open(r, self.files, value, MOST_BYTES)?;
        if source.text.trim().is_empty() {
            r.say(Code::FileEmpty, range_of(value), format!("`{}` is empty", source.name));
            return None;
        }
        Some(source)
    }

    fn read_import(&self, r: &mut Reporter, value: &Value<'_>) -> Option<import::Imported> {
        let plan = import::read_plan(r, value)?;
        let source = open(r, self.files, plan.path, crate::scenario::MOST_WORKFLOW_BYTES)?;
        r.within(&source, |r| import::read(r, plan.format, plan.options))
    }

    fn read_graph(
        &self,
        r: &mut Reporter,
        cluster: &mut Cluster,
        table: &NodeTable,
        faults: &[Fault],
        expect: &Expect,
        seed: u64,
    ) -> Option<Workload> {
        let most_tasks = self.options.most_tasks;
        let draft = read_draft(r, &self.root, &mut Surroundings { cluster, table, most_tasks })?;
        // A scenario may be there to show what happens then.
        let wanted = expect.outcome.as_ref().is_some_and(|o| o.value == Outcome::Infeasible);
        if table.is_reliable() && !wanted {
            check_fit(r, &draft.tasks, cluster, faults);
        }
        graph::lower(r, draft, seed, most_tasks).map(Workload::Graph)
    }

    fn read_limits(&self, r: &mut Reporter) -> Limits {
        let value = self.root.get("limits");
        let Some(fields) = value.and_then(|v| r.fields(v, "limits", LIMIT_KEYS)) else {
            return Limits::default();
        };
        let mut count = |key: &'static str| r.whole(fields.get(key)?, key, (1, u64::MAX));
        let (tasks, events) = (count("tasks"), count("events"));
        Limits { tasks, events, time: fields.get("time").and_then(|v| r.time(v, "time")) }
    }
}

fn to_program(source: &Arc<Source>) -> Program {
    Program { file: source.name.as_str().into(), source: source.text.as_str().into() }
}

/// The cluster of `--cluster`; `Some(None)` if it was wrong.
fn given_cluster(
    r: &mut Reporter,
    options: &LoadOptions<'_>,
    limits: NodeLimits,
) -> Option<Option<Cluster>> {
    let text = options.cluster?;
    let source = Source::new("--cluster", text);
    Some(r.within(&source, |r| short_cluster(r, text, 0..text.len(), limits)))
}

fn default_cluster(r: &mut Reporter, place: Range<usize>, limits: NodeLimits) -> Cluster {
    let help =
        "name one with `--cluster 3x2`, in the scenario, or in a program's line `# cluster: {...}`";
    let message = format!("no cluster is named: {DEFAULT_CLUSTER} is taken, one node of four CPUs");
    r.advise(Code::DefaultCluster, place.start..place.start, message, help);
    short_cluster(r, DEFAULT_CLUSTER, place, limits).unwrap_or_default()
}

/// Tasks that expectations name must exist where all tasks are known beforehand.
fn check_names(r: &mut Reporter, expect: &Expect, workload: &Workload) {
    let Workload::Graph(graph) = workload else { return };
    if expect.order.is_empty() && expect.placement.is_empty() {
        return;
    }
    let names: BTreeSet<&str> =
        graph.tasks.iter().flat_map(|task| [task.label(), &*task.function]).collect();
    let order =
        expect.order.iter().flat_map(|o| [(&o.value.first, &o.range), (&o.value.then, &o.range)]);
    let placement = expect.placement.iter().map(|p| (&p.value.task, &p.range));
    for (name, range) in order.chain(placement) {
        if !names.contains(name.as_str()) {
            let message = format!("there is no task `{name}`");
            let known = graph.tasks.iter().map(|task| task.label());
            r.suggest(Code::UnknownTask, range.clone(), message, name, known);
        }
    }
}

/// The name of a file without folder and ending.
fn stem(name: &str) -> String {
    let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    stem.unwrap_or_else(|| name.to_owned())
}

//! Reads a whole scenario: the keys of its outermost object, and what the command line says besides.

use crate::base::Span;
use crate::model::cluster::Cluster;
use crate::model::faults::Fault;
use crate::model::parameters::{ParameterError, Parameters, TABLE};
use crate::model::workload::Workload;
use crate::model::{Model, Program};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::{Reporter, Source};
use crate::scenario::expect::{Expect, Outcome, read_expect};
use crate::scenario::feasible::check_fit;
use crate::scenario::import;
use crate::scenario::load::{FileProblem, Files};
use crate::scenario::nodes::{FREE, NodeLimits, NodeTable, read_cluster, read_faults, short_cluster};
use crate::scenario::program::cluster_line;
use crate::scenario::read::{Fields, parse_json, range_of};
use crate::scenario::tasks::{Surroundings, read_draft};
use crate::scenario::{Limits, LoadOptions, MOST_BYTES, Scenario, graph};
use jsonc_parser::ast::Value;
use std::collections::HashSet;
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
}

impl LoadOptions<'_> {
    fn node_limits(&self) -> NodeLimits {
        NodeLimits { nodes: self.most_nodes }
    }
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
    Document { root, files, options }.read(r)
}

/// Makes a scenario of the program in the reporter's text.
pub fn program_scenario(r: &mut Reporter, options: &LoadOptions<'_>) -> Option<Scenario> {
    let source = Arc::clone(r.source());
    if source.text.trim().is_empty() {
        r.say(Code::FileEmpty, 0..0, "the program is empty");
    }
    let line = cluster_line(r, &source, options.node_limits());
    let cluster = match given_cluster(r, options) {
        Some(given) => given?,
        None => match line {
            Some(cluster) => cluster?,
            None => default_cluster(r, 0..0, options),
        },
    };
    let policy = read_policy(r, None, options);
    let profile = read_profile(r, None, options);
    let mut parameters = Parameters::default();
    set_options(r, &mut parameters, options);
    let name = stem(&source.name);
    let workload = Workload::Program(to_program(&source));
    let seed = options.seed.unwrap_or(0);
    let model = Model { name, cluster, workload, faults: Vec::new(), parameters, policy, seed };
    Some(Scenario {
        model,
        expect: Expect::default(),
        limits: Limits::default(),
        profile,
        description: None,
        file: source.name.clone(),
        warnings: Default::default(),
    })
}

impl Document<'_, '_, '_> {
    fn read(&self, r: &mut Reporter) -> Option<Scenario> {
        self.check_version(r);
        self.check_workload(r);
        let root = &self.root;
        let before = r.errors();
        let named = root.get("cluster").map(|v| read_cluster(r, v, self.options.node_limits()));
        let link = named.as_ref().and_then(|read| read.as_ref()).map_or(FREE, |(_, link)| *link);
        let outside = root.get("import").and_then(|v| self.read_import(r, v));
        let program = root.get("program").and_then(|v| self.read_program(r, v));
        let cluster = match (given_cluster(r, self.options), named) {
            (Some(given), _) => given,
            (None, Some(None)) => None,
            (None, Some(Some((cluster, _)))) if !cluster.nodes.is_empty() => Some(cluster),
            (None, named) => self.other_cluster(r, named.is_some(), &program, &outside, link),
        };
        let mut table = NodeTable::new(cluster.as_ref());
        let mut cluster = cluster.unwrap_or_else(Cluster::new);
        let faults = root.get("faults").and_then(|v| read_faults(r, v, &mut cluster, &mut table));
        let faults = faults.unwrap_or_default();
        let expect = root.get("expect").and_then(|v| read_expect(r, v, &table)).unwrap_or_default();
        let policy = read_policy(r, root.get("policy"), self.options);
        let profile = read_profile(r, root.get("profile"), self.options);
        let parameters = self.read_parameters(r);
        let limits = self.read_limits(r);
        let seed = root.get("seed").and_then(|v| r.whole(v, "the seed", (0, u64::MAX)));
        let seed = self.options.seed.or(seed).unwrap_or(0);
        let name = root.get("name").and_then(|v| r.name(v, "the name")).map(str::to_owned);
        let description = root.get("description").and_then(|v| r.text(v, "the description"));
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
        let model = Model { name, cluster, workload, faults, parameters, policy, seed };
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
        if self.root.get("captions").is_some() {
            let message = "`captions` is kept for a later version";
            r.say(Code::NotHere, self.root.key_range("captions"), message);
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
            let limits = self.options.node_limits();
            return r.within(&outside.source, |r| import::cluster(r, outside, link, limits));
        }
        let place = self.root.get("cluster").map_or(self.root.head(), range_of);
        if network_only {
            // `"nodes": []` was reported where it was read.
            let listed = matches!(self.root.get("cluster"), Some(Value::Object(o)) if o.get("nodes").is_some());
            if !listed {
                r.say(Code::NoNodes, place.start..place.start + 1, "the cluster names no nodes");
            }
            return None;
        }
        if self.root.get("import").is_some() {
            // The workflow could not be read, which was reported.
            return None;
        }
        let line = program.as_ref().and_then(|p| cluster_line(r, p, self.options.node_limits()));
        line.unwrap_or_else(|| Some(default_cluster(r, place, self.options)))
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

    fn read_parameters(&self, r: &mut Reporter) -> Parameters {
        let mut parameters = Parameters::default();
        if let Some(value) = self.root.get("parameters") {
            for entry in r.entries(value, "parameters").unwrap_or_default() {
                let Some(text) = r.scalar(entry.value, "a parameter") else { continue };
                let place = range_of(entry.value);
                set_parameter(r, &mut parameters, (entry.key, entry.range), (&text, place));
            }
        }
        set_options(r, &mut parameters, self.options);
        parameters
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
fn given_cluster(r: &mut Reporter, options: &LoadOptions<'_>) -> Option<Option<Cluster>> {
    let text = options.cluster?;
    let source = Source::new("--cluster", text);
    let limits = options.node_limits();
    Some(r.within(&source, |r| short_cluster(r, text, 0..text.len(), limits)))
}

fn default_cluster(r: &mut Reporter, place: Range<usize>, options: &LoadOptions<'_>) -> Cluster {
    let help = "name one with `--cluster 3x2`, in the scenario, or in a program's line `# cluster: {...}`";
    let message = format!("no cluster is named: {DEFAULT_CLUSTER} is taken, one node of four CPUs");
    r.advise(Code::DefaultCluster, place.start..place.start, message, help);
    short_cluster(r, DEFAULT_CLUSTER, place, options.node_limits()).unwrap_or_else(Cluster::new)
}

/// A value from the command line, else from the file, with the text to point into.
fn chosen<T>(
    r: &mut Reporter,
    option: (&str, Option<&str>),
    value: Option<&Value<'_>>,
    check: impl FnOnce(&mut Reporter, &str, Range<usize>) -> Option<T>,
) -> Option<T> {
    if let (name, Some(text)) = option {
        let source = Source::new(name, text);
        return r.within(&source, |r| check(r, text, 0..text.len()));
    }
    let value = value?;
    let text = r.text(value, option.0.trim_start_matches('-'))?;
    check(r, text, range_of(value))
}

fn read_policy(r: &mut Reporter, value: Option<&Value<'_>>, options: &LoadOptions<'_>) -> String {
    let known = options.known_policies;
    let policy = chosen(r, ("--policy", options.policy), value, |r, text, range| {
        if !known.is_empty() && !known.contains(&text) {
            let message = format!("there is no policy `{text}`");
            match crate::scenario::diagnostic::nearest(text, known.iter().copied()) {
                Some(_) => r.suggest(Code::UnknownPolicy, range, message, text, known.iter().copied()),
                None => {
                    let help = format!("there are {}", known.join(", "));
                    r.advise(Code::UnknownPolicy, range, message, help);
                }
            }
        }
        Some(text.to_owned())
    });
    policy.unwrap_or_else(|| "hybrid".to_owned())
}

fn read_profile(r: &mut Reporter, value: Option<&Value<'_>>, options: &LoadOptions<'_>) -> String {
    let profile = chosen(r, ("--profile", options.profile), value, |r, text, range| {
        match text {
            "ideal" => {}
            "ray-2.60" => {
                let help = "use \"ideal\" and set single costs in `parameters`";
                r.advise(Code::ProfileNotBuilt, range, "the profile `ray-2.60` is not built yet", help);
            }
            _ => {
                let message = format!("there is no profile `{text}`");
                r.advise(Code::UnknownProfile, range, message, "there is \"ideal\"");
            }
        }
        Some(text.to_owned())
    });
    profile.unwrap_or_else(|| "ideal".to_owned())
}

fn set_options(r: &mut Reporter, parameters: &mut Parameters, options: &LoadOptions<'_>) {
    for text in options.set {
        let source = Source::new("--set", text);
        r.within(&source, |r| match text.split_once('=') {
            Some((key, value)) => {
                let (at, end) = (key.len(), text.len());
                set_parameter(r, parameters, (key.trim(), 0..at), (value.trim(), at + 1..end));
            }
            None => {
                let message = format!("`{text}` has no `=`");
                r.advise(Code::BadParameter, 0..text.len(), message, "write KEY=VALUE");
            }
        });
    }
}

fn set_parameter(
    r: &mut Reporter,
    parameters: &mut Parameters,
    (key, key_place): (&str, Range<usize>),
    (value, value_place): (&str, Range<usize>),
) {
    match parameters.set(key, value) {
        Ok(()) => {}
        Err(error @ ParameterError::Unknown(_)) => {
            let names = TABLE.iter().map(|info| info.name);
            r.suggest(Code::UnknownParameter, key_place, error.to_string(), key, names);
        }
        Err(error @ ParameterError::Value { .. }) => {
            r.say(Code::BadParameter, value_place, error.to_string());
        }
    }
}

/// Tasks that expectations name must exist where all tasks are known beforehand.
fn check_names(r: &mut Reporter, expect: &Expect, workload: &Workload) {
    let Workload::Graph(graph) = workload else { return };
    if expect.order.is_empty() && expect.placement.is_empty() {
        return;
    }
    let names: HashSet<&str> =
        graph.tasks.iter().flat_map(|task| [task.label(), &*task.function]).collect();
    let order = expect.order.iter().flat_map(|o| [(&o.value.first, &o.range), (&o.value.then, &o.range)]);
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

/// The file that a value names, which must lie in the scenario's folder.
fn open(r: &mut Reporter, files: &dyn Files, value: &Value<'_>, most: u64) -> Option<Arc<Source>> {
    let path = r.name(value, "a path")?;
    let range = range_of(value);
    let leaves = path.starts_with('/')
        || path.contains(['\\', ':', '\0'])
        || path.split('/').any(|part| part == "..");
    if leaves {
        let message = format!("`{path}` leads out of the scenario's folder");
        let help = "name a file beside the scenario or in a folder below, with `/` between";
        r.advise(Code::OutsideFolder, range, message, help);
        return None;
    }
    to_source(r, files.read(path, most), range, path)
}

/// Text from bytes; what is wrong with the file is reported at `range`, what is wrong in it inside.
pub fn to_source(
    r: &mut Reporter,
    bytes: Result<Vec<u8>, FileProblem>,
    range: Range<usize>,
    name: &str,
) -> Option<Arc<Source>> {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(problem) => {
            let (code, message) = match problem {
                FileProblem::Missing => (Code::FileMissing, format!("there is no file `{name}`")),
                FileProblem::Outside => {
                    let message = format!("`{name}` is a link that leads out of the scenario's folder");
                    (Code::OutsideFolder, message)
                }
                FileProblem::TooLarge(most) => {
                    (Code::FileTooLarge, format!("`{name}` has more than {most} bytes"))
                }
                FileProblem::Unreadable(why) => {
                    (Code::FileUnreadable, format!("`{name}` cannot be read: {why}"))
                }
            };
            r.say(code, range, message);
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source::new(name, &text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let help = match bytes[..] {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16: save it as UTF-8",
                _ => "save it as UTF-8",
            };
            let text = format!("{}\u{fffd}", String::from_utf8_lossy(&bytes[..good]));
            // The source loses its byte order mark, and so does the place.
            let source = Source::new(name, &text);
            let at = source.text.len() - '\u{fffd}'.len_utf8();
            let message = format!("`{name}` is not UTF-8 (byte {good})");
            let end = source.text.len();
            r.within(&source, |r| r.advise(Code::NotUtf8, at..end, message, help));
            None
        }
    }
}

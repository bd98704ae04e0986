//! WfCommons WfFormat 1.4 and 1.5: workflows that ran, with their files and times.
//!
//! 1.5 keeps structure (`specification`) and measurements (`execution`) apart; 1.4 has both in one
//! list of tasks. A foreign format is read loosely: what is not needed may be anything.

use crate::base::{Amount, Span};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::draft::Named;
use crate::scenario::import::{ImportOptions, Imported, ImportedFile, ImportedTask, Machine};
use crate::scenario::quantity::{LARGEST, LONGEST};
use crate::scenario::read::{Fields, parse_json, range_of};
use jsonc_parser::ast::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names to positions, and names of parents that are looked up at the end.
#[derive(Default)]
struct Names<'v> {
    files: BTreeMap<&'v str, usize>,
    tasks: BTreeMap<&'v str, usize>,
    /// In 1.4, parents may be named by name instead of id.
    titles: BTreeMap<&'v str, usize>,
    parents: Vec<(usize, &'v Value<'v>)>,
    children: Vec<(usize, &'v Value<'v>)>,
}

/// Reads the workflow in the reporter's text.
pub fn read(r: &mut Reporter, options: ImportOptions) -> Option<Imported> {
    let source = Arc::clone(r.source());
    let value = parse_json(r, &source.text)?;
    let mut imported = Imported::new(Arc::clone(&source), options);
    let root = r.loose(&value, "a workflow")?;
    imported.name = text_of(&root, "name").map(str::to_owned);
    imported.description = text_of(&root, "description").map(str::to_owned);
    check_version(r, &root)?;
    let Some(workflow) = root.get("workflow") else {
        r.say(Code::NotAWorkflow, root.head(), "there is no `workflow`: this is not WfFormat");
        return None;
    };
    let workflow = r.loose(workflow, "the workflow")?;
    let mut names = Names::default();
    match workflow.get("specification") {
        Some(specification) => {
            let specification = r.loose(specification, "the specification")?;
            read_split(r, &mut imported, &mut names, &specification, &workflow)?;
        }
        None => read_joined(r, &mut imported, &mut names, &workflow)?,
    }
    connect(r, &mut imported, &names);
    Some(imported)
}

fn text_of<'v>(fields: &Fields<'v, '_>, key: &str) -> Option<&'v str> {
    match fields.get(key)? {
        Value::StringLit(text) => Some(&text.value),
        _ => None,
    }
}

fn check_version(r: &mut Reporter, root: &Fields<'_, '_>) -> Option<()> {
    let Some(value) = root.get("schemaVersion") else {
        let message = "there is no `schemaVersion`: this is not WfFormat";
        r.say(Code::NotAWorkflow, root.head(), message);
        return None;
    };
    let text = r.text(value, "schemaVersion")?;
    let minor =
        text.strip_prefix("1.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    match minor {
        Some(4 | 5) => Some(()),
        Some(0..4) => {
            let message = format!("WfFormat {text} is too old");
            let help = "convert it with WfCommons to 1.5: sizes had other units before 1.4";
            r.advise(Code::OldWorkflow, range_of(value), message, help);
            None
        }
        Some(_) => {
            let message = format!("WfFormat {text} is newer than this program: read like 1.5");
            r.say(Code::NewWorkflow, range_of(value), message);
            Some(())
        }
        None => {
            r.say(Code::NotAWorkflow, range_of(value), format!("`{text}` is no WfFormat version"));
            None
        }
    }
}

/// 1.5: files, tasks, and apart from them what was measured.
fn read_split<'v>(
    r: &mut Reporter,
    imported: &mut Imported,
    names: &mut Names<'v>,
    specification: &Fields<'v, 'v>,
    workflow: &Fields<'v, 'v>,
) -> Option<()> {
    if let Some(value) = specification.get("files") {
        for value in r.list(value, "files")? {
            let Some(fields) = r.loose(value, "a file") else { continue };
            let Some(id) = fields.need(r, "id") else { continue };
            add_file(r, imported, names, id, &fields);
        }
    }
    let list = specification.need(r, "tasks")?;
    let list = r.list(list, "tasks")?;
    for value in list {
        let Some(fields) = r.loose(value, "a task") else { continue };
        let Some(task) = add_task(r, imported, names, &fields) else { continue };
        for (key, output) in [("inputFiles", false), ("outputFiles", true)] {
            let Some(value) = fields.get(key) else { continue };
            for value in r.list(value, key).unwrap_or_default() {
                let Some(name) = r.name(value, "a file's name") else { continue };
                let Some(file) = names.files.get(name).copied() else {
                    let message = format!("there is no file `{name}`");
                    let known = imported.files.iter().map(|file| &*file.name.name);
                    r.suggest(Code::UnknownFile, range_of(value), message, name, known);
                    continue;
                };
                use_file(r, imported, task, file, output, value);
            }
        }
    }
    let mut measured = vec![false; imported.tasks.len()];
    if let Some(value) = workflow.get("execution") {
        let execution = r.loose(value, "the execution")?;
        read_machines(r, imported, &execution);
        if let Some(value) = execution.get("tasks") {
            for value in r.list(value, "tasks").unwrap_or_default() {
                let Some(fields) = r.loose(value, "a task") else { continue };
                let Some(id) = fields.need(r, "id").and_then(|v| r.name(v, "a task's id")) else {
                    continue;
                };
                let Some(&task) = names.tasks.get(id) else {
                    let place = fields.get("id").map_or(fields.head(), range_of);
                    let known = imported.tasks.iter().map(|task| &*task.name.name);
                    r.suggest(
                        Code::UnknownParent,
                        place,
                        format!("there is no task `{id}`"),
                        id,
                        known,
                    );
                    continue;
                };
                measured[task] = read_measured(r, imported, task, &fields);
            }
        }
    }
    (0..measured.len()).filter(|at| !measured[*at]).for_each(|at| no_runtime(r, imported, at));
    Some(())
}

/// 1.4: one list of tasks with everything.
fn read_joined<'v>(
    r: &mut Reporter,
    imported: &mut Imported,
    names: &mut Names<'v>,
    workflow: &Fields<'v, 'v>,
) -> Option<()> {
    let list = workflow.need(r, "tasks")?;
    let list = r.list(list, "tasks")?;
    for value in list {
        let Some(fields) = r.loose(value, "a task") else { continue };
        let Some(task) = add_task(r, imported, names, &fields) else { continue };
        if let Some(value) = fields.get("files") {
            for value in r.list(value, "files").unwrap_or_default() {
                read_link(r, imported, names, task, value);
            }
        }
        if !read_measured(r, imported, task, &fields) {
            no_runtime(r, imported, task);
        }
    }
    read_machines(r, imported, workflow);
    Some(())
}

/// A file inside a task of 1.4, with its direction.
fn read_link<'v>(
    r: &mut Reporter,
    imported: &mut Imported,
    names: &mut Names<'v>,
    task: usize,
    value: &'v Value<'v>,
) -> Option<()> {
    let fields = r.loose(value, "a file")?;
    let output = match fields.need(r, "link").and_then(|v| r.text(v, "link"))? {
        "input" => false,
        "output" => true,
        _ => {
            let place = fields.get("link").map_or(fields.head(), range_of);
            r.say(Code::UnknownChoice, place, "a link is `input` or `output`");
            return None;
        }
    };
    let id = fields.get("id").or_else(|| fields.get("name"));
    let Some(id) = id else {
        r.say(Code::MissingKey, fields.head(), "a file needs `id` or `name`");
        return None;
    };
    let name = r.name(id, "a file's name")?;
    let file = match names.files.get(name) {
        Some(file) => *file,
        None => add_file(r, imported, names, id, &fields)?,
    };
    use_file(r, imported, task, file, output, id);
    Some(())
}

fn add_file<'v>(
    r: &mut Reporter,
    imported: &mut Imported,
    names: &mut Names<'v>,
    id: &'v Value<'v>,
    fields: &Fields<'v, 'v>,
) -> Option<usize> {
    let name = r.name(id, "a file's name")?;
    let size = match fields.get("sizeInBytes").or_else(|| fields.get("size")) {
        Some(value) => r.bytes(value, "a file's size").unwrap_or(0),
        None => {
            let message = format!("the file `{name}` has no size: 0 is taken");
            r.say(Code::UnknownSize, range_of(id), message);
            0
        }
    };
    let position = imported.files.len();
    if names.files.contains_key(name) {
        let message = format!("the file `{name}` is listed twice");
        r.say(Code::DuplicateObject, range_of(id), message);
        return None;
    }
    names.files.insert(name, position);
    let name = Named { name: name.into(), range: range_of(id) };
    imported.files.push(ImportedFile { name, size, maker: None });
    Some(position)
}

fn use_file(
    r: &mut Reporter,
    imported: &mut Imported,
    task: usize,
    file: usize,
    output: bool,
    value: &Value<'_>,
) {
    if output {
        imported.add_output(r, task, file, range_of(value));
    } else {
        imported.tasks[task].inputs.push(file);
    }
}

fn add_task<'v>(
    r: &mut Reporter,
    imported: &mut Imported,
    names: &mut Names<'v>,
    fields: &Fields<'v, 'v>,
) -> Option<usize> {
    let title = fields.get("name");
    let id = fields.get("id").or(title);
    let Some(id) = id else {
        r.say(Code::MissingKey, fields.head(), "a task needs `id` or `name`");
        return None;
    };
    let name = r.name(id, "a task's id")?;
    let position = imported.tasks.len();
    if names.tasks.contains_key(name) {
        let message = format!("two tasks have the id `{name}`");
        r.say(Code::DuplicateWorkflowTask, range_of(id), message);
        return None;
    }
    names.tasks.insert(name, position);
    let title = title.and_then(|v| r.name(v, "a task's name")).unwrap_or(name);
    names.titles.entry(title).or_insert(position);
    for (key, list) in [("parents", &mut names.parents), ("children", &mut names.children)] {
        let Some(value) = fields.get(key) else { continue };
        let items = r.list(value, key).unwrap_or_default();
        list.extend(items.iter().map(|value| (position, value)));
    }
    let function = function_of(title);
    imported.tasks.push(ImportedTask {
        name: Named { name: name.into(), range: range_of(id) },
        function: Some(function.into()),
        runtime: Span::ZERO,
        cores: Amount::ONE,
        gpus: Amount::ZERO,
        memory: None,
        inputs: Vec::new(),
        outputs: Vec::new(),
        after: Vec::new(),
    });
    Some(position)
}

/// `individuals_ID0000001` and `cpuhog_00000001` are calls of `individuals` and `cpuhog`.
pub fn function_of(name: &str) -> &str {
    let Some((function, number)) = name.rsplit_once('_') else { return name };
    let digits = number.strip_prefix("ID").unwrap_or(number);
    let numbered = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if numbered && !function.is_empty() { function } else { name }
}

/// Takes runtime, cores and memory; says whether there was a runtime.
fn read_measured(
    r: &mut Reporter,
    imported: &mut Imported,
    task: usize,
    fields: &Fields<'_, '_>,
) -> bool {
    let first = |keys: [&str; 2]| fields.get(keys[0]).or_else(|| fields.get(keys[1]));
    if let Some(value) = first(["coreCount", "cores"])
        && let Some(cores) = r.amount(value, "cores")
    {
        // Some logs write 0 where nothing was asked.
        imported.tasks[task].cores = if cores == Amount::ZERO { Amount::ONE } else { cores };
    }
    if let Some(value) = first(["memoryInBytes", "memory"]) {
        imported.tasks[task].memory = r.bytes(value, "memory");
    }
    // `map_map_HEP2_s_1_ID0000028` runs the program `map`, which names what it has in common.
    let command = fields.get("command").and_then(|v| match v {
        Value::Object(object) => object.get_string("program"),
        _ => None,
    });
    if let (Some(program), Some(function)) = (command, &imported.tasks[task].function) {
        let rest = function.strip_prefix(&*program.value);
        if !program.value.is_empty() && rest.is_some_and(|rest| rest.starts_with('_')) {
            imported.tasks[task].function = Some(program.value.as_ref().into());
        }
    }
    let Some(value) = first(["runtimeInSeconds", "runtime"]) else { return false };
    if let Some(seconds) = r.real(value, "the runtime") {
        if seconds > LONGEST.as_secs() {
            r.say(Code::TooLarge, range_of(value), format!("the runtime {seconds} s is too long"));
        }
        imported.tasks[task].runtime = Span::from_secs(seconds);
    }
    true
}

fn no_runtime(r: &mut Reporter, imported: &mut Imported, task: usize) {
    let default = imported.options.default_duration;
    imported.tasks[task].runtime = default.unwrap_or(Span::ZERO);
    if default.is_none() {
        let name = &imported.tasks[task].name;
        let message = format!("`{}` has no runtime: 0 s is taken", name.name);
        let help = "say what to take with `default_duration`";
        r.advise(Code::NoRuntime, name.range.clone(), message, help);
    }
}

fn read_machines(r: &mut Reporter, imported: &mut Imported, fields: &Fields<'_, '_>) {
    let Some(value) = fields.get("machines") else { return };
    for (number, value) in r.list(value, "machines").unwrap_or_default().iter().enumerate() {
        let Some(fields) = r.loose(value, "a machine") else { continue };
        let name = fields.get("nodeName").and_then(|v| r.name(v, "a machine's name"));
        let name = name.map_or_else(|| format!("machine {number}").into(), Arc::from);
        let range = fields.get("nodeName").map_or(fields.head(), range_of);
        let cpu = fields.get("cpu").and_then(|v| r.loose(v, "cpu"));
        let count = cpu.and_then(|cpu| cpu.get("coreCount").or_else(|| cpu.get("count")));
        let cores = count.and_then(|v| r.amount(v, "cores")).filter(|n| *n > Amount::ZERO);
        let memory = fields.get("memoryInBytes").or_else(|| fields.get("memory"));
        let memory = memory.and_then(|v| r.bytes(v, "memory"));
        imported.machines.push(Machine { name: Named { name, range }, cores, memory });
    }
}

/// Parents and children, now that all tasks are known.
fn connect(r: &mut Reporter, imported: &mut Imported, names: &Names<'_>) {
    let find = |r: &mut Reporter, imported: &Imported, value: &Value<'_>| {
        let name = r.name(value, "a task's id")?;
        let found = names.tasks.get(name).or_else(|| names.titles.get(name)).copied();
        if found.is_none() {
            let message = format!("there is no task `{name}`");
            let known = imported.tasks.iter().map(|task| &*task.name.name);
            r.suggest(Code::UnknownParent, range_of(value), message, name, known);
        }
        found
    };
    for (child, value) in &names.parents {
        if let Some(parent) = find(r, imported, value) {
            imported.tasks[*child].after.push(parent);
        }
    }
    for (parent, value) in &names.children {
        if let Some(child) = find(r, imported, value) {
            imported.tasks[child].after.push(*parent);
        }
    }
}

impl Reporter {
    /// A number of bytes; loggers write it with decimals now and then.
    fn bytes(&mut self, value: &Value<'_>, what: &str) -> Option<u64> {
        let bytes = self.real(value, what)?;
        if bytes > LARGEST as f64 {
            self.say(Code::TooLarge, range_of(value), format!("{what} is more than 1024 TiB"));
            return None;
        }
        Some(bytes.round() as u64)
    }
}

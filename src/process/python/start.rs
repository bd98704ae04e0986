//! Interpreters ready to go: one with the prelude fed, kept as bytes and thawed for each program.

use super::prepare::Prepared;
use super::process::{Machine, PythonProcess, Role};
use super::shared::Shared;
use super::{PythonLimits, PythonOptions};
use crate::model::Program;
use monty::MontyRepl;
use monty_types::{
    AssertMessageAnnotations, CompileOptions, MontyObject, PrintWriter, ResourceLimits,
    ResourceTracker,
};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

const PRELUDE: &str = include_str!("prelude.py");
const PRELUDE_LIBRARY: &str = include_str!("prelude_library.py");
const PRELUDE_NUMPY: &str = include_str!("prelude_numpy.py");

/// The driver's process.
pub(super) fn driver(
    program: &Program,
    prepared: Prepared,
    options: PythonOptions,
) -> PythonProcess {
    let shared = Shared::new(options, program.file.clone(), program.source.clone(), prepared);
    PythonProcess::new(Arc::new(shared), Role::Driver, Machine::Unborn)
}

/// An interpreter with the prelude and the program's names; the error says what the interpreter refused.
pub(super) fn interpreter(shared: &Shared) -> Result<MontyRepl, String> {
    static PLAIN: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    static NUMPY: OnceLock<Result<Vec<u8>, String>> = OnceLock::new();
    let frozen = if shared.prepared.numpy {
        NUMPY.get_or_init(|| feed_prelude(true))
    } else {
        PLAIN.get_or_init(|| feed_prelude(false))
    };
    let mut repl: MontyRepl =
        postcard::from_bytes(frozen.as_ref()?).map_err(|error| error.to_string())?;
    *repl.tracker_mut() = tracker(&shared.options.limits);
    let names = names_snippet(&shared.prepared);
    repl.feed_run(&names, Vec::new(), PrintWriter::Disabled).map_err(|error| error.to_string())?;
    Ok(repl)
}

fn tracker(limits: &PythonLimits) -> ResourceTracker {
    let limits = ResourceLimits::default()
        .max_memory(limits.allocation)
        .max_recursion_depth(limits.recursion);
    ResourceTracker::new(limits)
}

fn feed_prelude(numpy: bool) -> Result<Vec<u8>, String> {
    let options = CompileOptions { assert_message_annotations: AssertMessageAnnotations::Off };
    let mut repl = MontyRepl::new("prelude.py", tracker(&PythonLimits::default()), options);
    let feed = |repl: &mut MontyRepl, text: &str| {
        let functions = host_functions(text);
        repl.feed_run(text, functions, PrintWriter::Disabled).map_err(|error| error.to_string())
    };
    feed(&mut repl, PRELUDE)?;
    if numpy {
        feed(&mut repl, PRELUDE_NUMPY)?;
    } else {
        // Programs without NumPy meet no arrays, but the prelude names their class.
        feed(&mut repl, "_rs_array = None\n_rs_c_ndarray = None\n_rs_iter = lambda x: x")?;
    }
    postcard::to_allocvec(&repl).map_err(|error| error.to_string())
}

/// Every `_rs_host_*` name in the text, as functions of the host.
fn host_functions(text: &str) -> Vec<(String, MontyObject)> {
    let mut names: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("_rs_host_") && *word != "_rs_host_")
        .collect();
    names.sort_unstable();
    names.dedup();
    let function = |name: &str| MontyObject::Function { name: name.to_owned(), docstring: None };
    names.into_iter().map(|name| (name.to_owned(), function(name))).collect()
}

/// Tells the prelude the methods of the program's classes, which it cannot list by itself.
fn names_snippet(prepared: &Prepared) -> String {
    let library = if prepared.library { PRELUDE_LIBRARY } else { "" };
    let mut text = format!("{library}_rs_methods = {{");
    for (class, methods) in &prepared.methods {
        let _ = write!(text, "{class:?}: {methods:?}, ");
    }
    text.push_str("}\n_rs_generators = [");
    for name in &prepared.generators {
        let _ = write!(text, "{name:?}, ");
    }
    text.push_str("]\n");
    text
}

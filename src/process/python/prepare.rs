//! The pre-pass: reads the program's syntax tree, refuses what cannot work, and writes in what the interpreter needs.
//!
//! Nothing moves to another line, so lines in tracebacks are the user's. Written in are: `_line=` in calls that reach
//! the host, counters in loops and functions, and calls in place of what the interpreter lacks (imports of simulated
//! modules, `del`, operators of arrays, `'...' % x`, Ray's exception classes).

mod bindings;
mod clean;
mod numeric;
mod predicates;
mod refuse;
mod rewrite;
mod shape;

use super::Problem;
use bindings::Bindings;
use monty::MontyRun;
use monty_types::CompileOptions;
use ruff_python_ast::ModModule;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{TextRange, TextSize};
use std::collections::{BTreeMap, BTreeSet};

/// A program that is ready to be fed to the interpreter.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// The text to feed.
    pub(super) text: String,
    /// Whether it imports numpy.
    pub(super) numpy: bool,
    /// Whether it imports modules of `prelude_library.py`.
    pub(super) library: bool,
    /// Methods by class.
    pub(super) methods: BTreeMap<String, Vec<String>>,
    /// Functions that can change nothing that outlives their call.
    pub(super) clean: BTreeSet<String>,
    /// Functions and classes that can travel by name.
    pub(super) kept: BTreeSet<String>,
}

/// Longer programs are refused: nobody writes them, and parsers recurse.
const LONGEST: usize = 1 << 20;

/// Checks and prepares a program.
pub(super) fn prepare(source: &str) -> Result<Prepared, Vec<Problem>> {
    if source.len() > LONGEST {
        let message = "the program is longer than 1 MiB".to_owned();
        return Err(vec![Problem { line: 1, column: 1, message, help: "shorten it".to_owned() }]);
    }
    if let Some(problem) = shape::problem(source) {
        return Err(vec![problem]);
    }
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module));
    let mut problems: Vec<Problem> = parsed
        .errors()
        .iter()
        .map(|error| problem(source, error.location, &error.error.to_string(), ""))
        .collect();
    let Some(parsed) = parsed.try_into_module() else { return Err(problems) };
    let module = parsed.syntax();
    let bindings = Bindings::collect(module);
    // A broken tree has gaps; what is left of it is still worth a look.
    problems.extend(refuse::problems(module, source));
    problems.extend(bindings.problems(source));
    if problems.is_empty() {
        let prepared = write(module, source, &bindings);
        problems.extend(compile(&prepared.text));
        if problems.is_empty() {
            return Ok(prepared);
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.dedup();
    Err(problems)
}

fn write(module: &ModModule, source: &str, bindings: &Bindings) -> Prepared {
    let methods = clean::methods(module);
    let kept = clean::travelling(module);
    let clean = clean::clean_functions(module, bindings);
    let mut edits = Edits::default();
    rewrite::rewrite(module, source, bindings, &kept, &mut edits);
    Prepared {
        text: edits.apply(source),
        numpy: bindings.numpy(),
        library: bindings.library(),
        methods,
        clean,
        kept,
    }
}

/// What only the interpreter's own compiler notices.
fn compile(text: &str) -> Option<Problem> {
    let error = MontyRun::new(text.to_owned(), "program.py", Vec::new(), CompileOptions::default())
        .err()?;
    let place =
        error.traceback().last().map_or((1, 1), |frame| (frame.start.line, frame.start.column));
    let message = error.message().unwrap_or("this is not Python").to_owned();
    let message =
        message.replace("The monty syntax parser does not yet support ", "not supported: ");
    Some(Problem { line: place.0, column: place.1, message, help: String::new() })
}

/// A problem at a place of the text.
fn problem(source: &str, range: TextRange, message: &str, help: &str) -> Problem {
    let at = range.start().to_usize().min(source.len());
    let before = source.get(..at).unwrap_or(source);
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
    Problem { line, column, message: message.to_owned(), help: help.to_owned() }
}

/// Changes to the text, by position.
#[derive(Default)]
struct Edits {
    changes: Vec<(usize, usize, String)>,
}

impl Edits {
    /// Puts text before that position. At one position, what comes first stays first.
    fn insert(&mut self, at: TextSize, text: impl Into<String>) {
        self.changes.push((at.to_usize(), at.to_usize(), text.into()));
    }

    /// Puts other text in place of a range.
    fn replace(&mut self, from: usize, to: usize, text: impl Into<String>) {
        self.changes.push((from, to, text.into()));
    }

    fn apply(mut self, source: &str) -> String {
        self.changes.sort_by_key(|(from, to, _)| (*from, to > from));
        let mut text = String::with_capacity(source.len() * 2);
        let mut done = 0;
        for (from, to, change) in self.changes {
            // A change inside a range that was replaced already has no place any more.
            if from < done {
                continue;
            }
            text.push_str(&source[done..from]);
            text.push_str(&change);
            done = to;
        }
        text.push_str(&source[done..]);
        text
    }
}

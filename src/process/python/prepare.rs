//! The pre-pass: reads the program's syntax tree, refuses what cannot work, and writes in what the interpreter needs.
//!
//! Nothing moves to another line, except where loops go over generators; `Prepared::user_line` leads back from there,
//! so lines in tracebacks are the user's. Written in are: `_line=` in calls that reach the host, counters in loops and
//! functions, and calls in place of what the interpreter lacks (imports of simulated modules, `del`, operators of
//! arrays, `'...' % x`, Ray's exception classes).

mod bindings;
mod clean;
mod numeric;
mod predicates;
mod refuse;
mod rewrite;
mod shape;
mod streams;

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
    /// Remote functions and methods (`Class.method`) that yield.
    pub(super) generators: BTreeSet<String>,
    /// The user's line for each line of the text, where they differ.
    lines: Vec<u32>,
}

impl Prepared {
    /// The user's line that a line of the text comes from.
    pub(super) fn user_line(&self, line: u32) -> u32 {
        let at = (line as usize).checked_sub(1).and_then(|at| self.lines.get(at));
        at.copied().unwrap_or(line)
    }
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
    let generators = streams::generators(module, &bindings);
    problems.extend(refuse::problems(module, source, &generators));
    problems.extend(bindings.problems(source));
    if problems.is_empty() {
        let prepared = write(module, source, &bindings, generators);
        problems.extend(compile(&prepared));
        if problems.is_empty() {
            return Ok(prepared);
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.dedup();
    Err(problems)
}

fn write(
    module: &ModModule,
    source: &str,
    bindings: &Bindings,
    generators: BTreeSet<String>,
) -> Prepared {
    let methods = clean::methods(module);
    let kept = clean::travelling(module);
    let clean = clean::clean_functions(module, bindings);
    let mut edits = Edits::default();
    rewrite::rewrite(module, source, bindings, &kept, !generators.is_empty(), &mut edits);
    let (text, lines) = edits.apply(source);
    Prepared {
        text,
        numpy: bindings.numpy(),
        library: bindings.library(),
        methods,
        clean,
        kept,
        generators,
        lines,
    }
}

/// What only the interpreter's own compiler notices.
fn compile(prepared: &Prepared) -> Option<Problem> {
    let error =
        MontyRun::new(prepared.text.clone(), "program.py", Vec::new(), CompileOptions::default())
            .err()?;
    let place =
        error.traceback().last().map_or((1, 1), |frame| (frame.start.line, frame.start.column));
    let message = error.message().unwrap_or("this is not Python").to_owned();
    let message =
        message.replace("The monty syntax parser does not yet support ", "not supported: ");
    Some(Problem {
        line: prepared.user_line(place.0),
        column: place.1,
        message,
        help: String::new(),
    })
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

    /// The changed text, and for each of its lines the one that it comes from.
    fn apply(mut self, source: &str) -> (String, Vec<u32>) {
        self.changes.sort_by_key(|(from, to, _)| (*from, to > from));
        let mut written = Written { text: String::new(), lines: vec![1], line: 1 };
        let mut done = 0;
        for (from, to, change) in self.changes {
            // A change inside a range that was replaced already has no place any more.
            if from < done {
                continue;
            }
            written.copy(&source[done..from]);
            written.replace(&source[from..to], &change);
            done = to;
        }
        written.copy(&source[done..]);
        (written.text, written.lines)
    }
}

/// A text as it is written, with the line that each of its lines comes from.
struct Written {
    text: String,
    lines: Vec<u32>,
    line: u32,
}

impl Written {
    fn copy(&mut self, text: &str) {
        for _ in text.matches('\n') {
            self.line += 1;
            self.lines.push(self.line);
        }
        self.text.push_str(text);
    }

    fn replace(&mut self, old: &str, new: &str) {
        let last = self.line + old.matches('\n').count() as u32;
        for at in 1..=new.matches('\n').count() as u32 {
            self.lines.push((self.line + at).min(last));
        }
        self.line = last;
        self.text.push_str(new);
    }
}

//! What keeps a command from doing its work, for people and as JSON.

use crate::cli::output::Exit;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
};
use rayscope::model::Program;
use rayscope::process::python;
use rayscope::scenario::{Diagnostics, render};
use rayscope::trace::TraceProblem;
use serde_json::{Map, Value, json};

/// One or more mistakes.
pub struct Problem {
    /// How the program ends because of it.
    pub exit: Exit,
    /// Each mistake; the first is the one that is named.
    list: Vec<Value>,
    /// The text for people, with and without colours.
    plain: String,
    colored: String,
}

impl Problem {
    /// A mistake that is in no file.
    pub fn new(exit: Exit, code: &str, message: impl Into<String>) -> Problem {
        let message = message.into();
        let text = format!("error: {message}");
        let entry = json!({"code": code, "severity": "error", "message": message,
            "file": null, "line": null, "column": null, "help": null});
        Problem { exit, list: vec![entry], colored: text.clone(), plain: text }
    }

    /// With what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        let help = help.into();
        for text in [&mut self.plain, &mut self.colored] {
            text.push_str(&format!("\n  help: {help}"));
        }
        self.list[0]["help"] = help.into();
        self
    }

    /// What the reader of scenarios found.
    pub fn of_diagnostics(found: &Diagnostics) -> Problem {
        let list = render::to_json(found).as_array().cloned().unwrap_or_default();
        Problem {
            exit: Exit::Input,
            list,
            plain: render::render(found, &handler(false)),
            colored: render::render(found, &handler(true)),
        }
    }

    /// What is wrong with a program.
    pub fn of_program(program: &Program, problems: &[python::Problem]) -> Problem {
        let text = |colors: bool| {
            let each = problems.iter().map(|problem| program_text(program, problem, colors));
            each.collect::<Vec<_>>().join("\n")
        };
        let list = problems.iter().map(|problem| {
            json!({"code": "python", "severity": "error", "message": problem.message,
                "file": *program.file, "line": problem.line, "column": problem.column,
                "help": (!problem.help.is_empty()).then_some(&problem.help)})
        });
        Problem { exit: Exit::Input, list: list.collect(), plain: text(false), colored: text(true) }
    }

    /// What is wrong with a trace.
    pub fn of_trace(problems: &[TraceProblem]) -> Problem {
        let list = problems.iter().map(|problem| {
            json!({"code": "trace", "severity": "error", "message": problem.message,
                "file": *problem.file, "line": problem.line, "column": problem.column,
                "help": (!problem.hint.is_empty()).then_some(problem.hint)})
        });
        let text = problems.iter().map(|problem| format!("error: {problem}"));
        let text = text.collect::<Vec<_>>().join("\n");
        Problem { exit: Exit::Input, list: list.collect(), colored: text.clone(), plain: text }
    }

    /// For people.
    pub fn text(&self, colors: bool) -> &str {
        if colors { &self.colored } else { &self.plain }
    }

    /// Every mistake as JSON.
    pub fn list(&self) -> &[Value] {
        &self.list
    }

    /// The one JSON value that stands for the result.
    pub fn to_json(&self) -> Value {
        let first = self.list.iter().find(|entry| entry["severity"] == "error");
        let mut error: Map<String, Value> =
            first.or(self.list.first()).and_then(Value::as_object).cloned().unwrap_or_default();
        error.insert("exit".to_owned(), json!(self.exit as u8));
        if self.list.len() > 1 {
            error.insert("all".to_owned(), Value::Array(self.list.clone()));
        }
        json!({ "error": error })
    }
}

/// How diagnostics are drawn.
pub fn handler(colors: bool) -> GraphicalReportHandler {
    if colors {
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(100)
    } else {
        render::plain()
    }
}

fn program_text(program: &Program, problem: &python::Problem, colors: bool) -> String {
    let at = byte_of(&program.source, problem.line, problem.column);
    let mut diagnostic = MietteDiagnostic::new(problem.message.clone())
        .with_label(LabeledSpan::at_offset(at, "here"));
    if !problem.help.is_empty() {
        diagnostic = diagnostic.with_help(problem.help.clone());
    }
    let source = NamedSource::new(&*program.file, program.source.to_string());
    let report = Report::new(diagnostic).with_source_code(source);
    let mut text = String::new();
    if handler(colors).render_report(&mut text, report.as_ref()).is_err() {
        text = format!("{}:{}:{}: {}", program.file, problem.line, problem.column, problem.message);
    }
    text
}

/// The byte of a line and a column, both from 1; columns are characters.
fn byte_of(text: &str, line: u32, column: u32) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(more) => start += more + 1,
            None => return text.len(),
        }
    }
    let skip = column.saturating_sub(1) as usize;
    text[start..].char_indices().nth(skip).map_or(text.len(), |(byte, _)| start + byte)
}

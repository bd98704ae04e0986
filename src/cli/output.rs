//! Where results and messages go, and how they may look there.

use crate::cli::args::Color;
use crate::cli::problem::Problem;
use serde_json::Value;
use std::io::{self, BufWriter, IsTerminal, Write};

/// How the program ends. The numbers are a promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Ok = 0,
    /// An expectation failed, or runs differ.
    Differs = 1,
    /// Bad usage.
    Usage = 2,
    /// Bad input.
    Input = 3,
    /// Nothing matched.
    Nothing = 4,
    /// The simulated run could not finish.
    Unfinished = 5,
}

/// Results to stdout, everything else to stderr.
pub struct Output {
    out: BufWriter<Box<dyn Write>>,
    json: bool,
    out_colors: bool,
    err_colors: bool,
    /// Nobody reads on.
    closed: bool,
}

/// Says something when nothing else can be relied on.
pub fn say_to_stderr(text: &str) {
    // There is no one left to tell if this fails.
    let _ = writeln!(io::stderr(), "{text}");
}

impl Output {
    /// The real ones.
    pub fn new(json: bool, color: Color) -> Output {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let colors = |terminal: bool| match color {
            Color::Auto => terminal && !plain,
            Color::Always => true,
            Color::Never => false,
        };
        Output {
            out: BufWriter::new(Box::new(io::stdout())),
            json,
            out_colors: colors(io::stdout().is_terminal()),
            err_colors: colors(io::stderr().is_terminal()),
            closed: false,
        }
    }

    /// Whether exactly one JSON value is wanted.
    pub fn json(&self) -> bool {
        self.json
    }

    /// Whether stderr may be coloured.
    pub fn err_colors(&self) -> bool {
        self.err_colors
    }

    /// A line of the result.
    pub fn line(&mut self, text: &str) {
        self.write(text.as_bytes());
        self.write(b"\n");
    }

    /// A part of the result, as it is.
    pub fn write(&mut self, bytes: &[u8]) {
        if !self.closed && self.out.write_all(bytes).is_err() {
            // `| head` has what it wants.
            self.closed = true;
        }
    }

    /// The one JSON value.
    pub fn value(&mut self, value: &Value) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.line(&text);
    }

    /// Something besides the result.
    pub fn note(&mut self, text: &str) {
        self.flush();
        say_to_stderr(text);
    }

    /// Says what is wrong, in the form that is wanted, and how to exit.
    pub fn complain(&mut self, problem: &Problem) -> Exit {
        if self.json {
            self.value(&problem.to_json());
        } else {
            let text = problem.text(self.err_colors);
            self.note(text.trim_end());
        }
        problem.exit
    }

    /// All that was said is out.
    pub fn flush(&mut self) {
        if !self.closed && self.out.flush().is_err() {
            self.closed = true;
        }
    }

    /// `text` in bold where that is possible.
    pub fn bold(&self, text: &str) -> String {
        self.styled("1", text)
    }

    /// `text` in the background where that is possible.
    pub fn dim(&self, text: &str) -> String {
        self.styled("2", text)
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.out_colors { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

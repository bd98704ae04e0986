//! What can be typed: commands and their options.

use crate::cli::{
    calibrate, check, compare, completions, explain, import, list, render, run, schema, test, view,
};
use clap::{Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  rayscope run scenarios/lesson/wait_two.json          run it, and say where every task ran and why
  rayscope run program.py --cluster 4x8 --seed 7       a Python program on 4 nodes of 8 CPUs
  rayscope explain program.py 'make_array#2'           why it waited, and why it was placed there
";

const EXIT_CODES: &str = "\
Exit codes: 0 ok, 1 an expectation failed or runs differ, 2 bad usage, 3 bad input, 4 nothing matched,
5 the simulated run could not finish";

/// What would this Ray program do on that cluster, step by step, and why?
#[derive(Parser)]
#[command(name = "rayscope", version, before_help = EXAMPLES, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Print exactly one JSON value instead of text, also for an error
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Run a scenario or a program, and sum up where every task ran and why
    Run(run::Args),
    /// Say why a task waited, for what, and why it was placed where it is
    Explain(explain::Args),
    /// Run scenarios, and check what they expect and their golden records
    Test(test::Args),
    /// Hold two runs, or several policies, against each other
    Compare(compare::Args),
    /// Report what is wrong with scenarios and programs, without running them
    Check(check::Args),
    /// Turn a workflow of another format into a scenario
    Import(import::Args),
    /// Measure your own cluster, and take its costs for simulated runs
    Calibrate(calibrate::Args),
    /// List the policies, the parameters or the profiles that there are
    List(list::Args),
    /// Print the JSON Schema of the scenario format
    Schema(schema::Args),
    /// Open the window (only in a build with the feature `view`)
    View(view::Args),
    /// Draw the story of a run: pictures, or a page to step through
    Render(render::Args),
    /// Print completions for a shell
    Completions(completions::Args),
}

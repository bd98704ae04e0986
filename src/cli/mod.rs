//! The command line: one file a command. Results go to stdout, everything else to stderr.

mod args;
mod bare;
mod calibrate;
mod check;
mod compare;
mod completions;
pub mod draft;
mod explain;
mod import;
mod json;
mod list;
pub mod load;
pub mod output;
pub mod problem;
mod render;
mod repeat;
mod run;
mod schema;
mod summary;
mod table;
mod test;
mod view;

use args::{Cli, Command};
use clap::Parser;
use clap::error::ErrorKind;
use output::{Exit, Output};
use problem::Problem;
use std::process::ExitCode;

/// Does what the command line says.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        let place =
            info.location().map_or(String::new(), |at| format!(" ({}:{})", at.file(), at.line()));
        let message = info.payload_as_str().unwrap_or("no message");
        output::say_to_stderr(&format!(
            "this is a defect in rayscope {}, not in your file: {message}{place}\n\
             Please report it with the command line and the file that led to it.",
            env!("CARGO_PKG_VERSION")
        ));
    }));
    let code = match Cli::try_parse() {
        Ok(cli) => {
            let mut out = Output::new(cli.json, cli.color);
            let exit = dispatch(cli.command, &mut out);
            out.flush();
            exit
        }
        Err(error) => usage(&error),
    };
    ExitCode::from(code as u8)
}

fn dispatch(command: Option<Command>, out: &mut Output) -> Exit {
    match command {
        None => bare::run(out),
        Some(Command::Run(args)) => run::run(&args, out),
        Some(Command::Check(args)) => check::run(&args, out),
        Some(Command::Explain(args)) => explain::run(&args, out),
        Some(Command::Test(args)) => test::run(&args, out),
        Some(Command::Compare(args)) => compare::run(&args, out),
        Some(Command::Import(args)) => import::run(&args, out),
        Some(Command::Calibrate(args)) => calibrate::run(&args, out),
        Some(Command::List(args)) => list::run(&args, out),
        Some(Command::Schema(args)) => schema::run(&args, out),
        Some(Command::View(args)) => view::run(&args, out),
        Some(Command::Render(args)) => render::run(&args, out),
        Some(Command::Completions(args)) => completions::run(&args, out),
    }
}

/// What clap found wrong; help and version are no mistakes.
fn usage(error: &clap::Error) -> Exit {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked {
        // A closed pipe is no reason to complain.
        let _ = error.print();
        return Exit::Ok;
    }
    if !std::env::args_os().any(|arg| arg == "--json") {
        let _ = error.print();
        return Exit::Usage;
    }
    let text = error.render().to_string();
    let message = text.lines().next().unwrap_or("wrong usage").trim_start_matches("error: ");
    let mut out = Output::new(true, args::Color::Never);
    let exit =
        out.complain(&Problem::new(Exit::Usage, "usage", message).help("see `rayscope --help`"));
    out.flush();
    exit
}

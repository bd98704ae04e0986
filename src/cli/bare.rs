//! `rayscope` alone: the lesson, in the window if there is one. Without a window it is run, and what happened is
//! printed.

use crate::cli::draft::Draft;
use crate::cli::output::{Exit, Output};
use crate::cli::run::{Shown, show};

/// Opens the lesson, or runs it.
pub fn run(out: &mut Output) -> Exit {
    #[cfg(feature = "view")]
    {
        if out.json() {
            return run_lesson(out);
        }
        match crate::view::ready() {
            Ok(()) => return crate::view::open(crate::view::Start::lesson(), out),
            Err(why) => out.note(&format!(
                "{why}, so the lesson is run here. `rayscope --help` tells what else there is.\n"
            )),
        }
    }
    #[cfg(not(feature = "view"))]
    out.note(
        "This build has no window, so the lesson is run here. `rayscope --help` tells what else there is;\n\
         `cargo run --release --features view` opens the window.\n",
    );
    run_lesson(out)
}

fn run_lesson(out: &mut Output) -> Exit {
    match Draft::lesson().run() {
        Ok(ran) => show(&ran, Shown::default(), out),
        Err(problem) => out.complain(&problem),
    }
}

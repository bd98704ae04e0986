//! `rayscope view`: opens the window; a build without one says so.

use crate::cli::load::Choices;
use std::path::PathBuf;

/// What `view` is told.
#[derive(clap::Args)]
#[command(before_help = "\
Examples:
  rayscope view scenarios/lesson/add_arrays.json
  rayscope view program.py --cluster 3x2 --at 2.5s
  rayscope view scenarios/lesson/wait_two.json --compare scenarios/lesson/wait_one.json")]
pub struct Args {
    /// A scenario, a program or a trace
    pub file: PathBuf,
    #[command(flatten)]
    pub choices: Choices,
    /// Where to begin, such as 2.5s
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
    /// Another file to see beside it
    #[arg(long, value_name = "FILE2")]
    pub compare: Option<PathBuf>,
    /// The colours
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// How large everything is, from 0.5 to 3
    #[arg(long, value_name = "X")]
    pub ui_scale: Option<f32>,
    /// Things jump to their place instead of gliding
    #[arg(long)]
    pub reduced_motion: bool,
    /// The arrangement of the panels
    #[arg(long, value_name = "NAME", value_enum)]
    pub layout: Option<Layout>,
}

/// The arrangements of the panels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Layout {
    /// The cluster large, the program and the inspector beside it
    Lesson,
    /// The timeline large
    Timeline,
    /// Plots, tables and events
    Numbers,
}

#[cfg(feature = "view")]
pub use with_window::run;
#[cfg(not(feature = "view"))]
pub use without_window::run;

#[cfg(not(feature = "view"))]
mod without_window {
    use super::Args;
    use crate::cli::output::{Exit, Output};
    use crate::cli::problem::Problem;

    /// Says that there is no window, how to build it and what to use instead.
    pub fn run(args: &Args, out: &mut Output) -> Exit {
        let file = args.file.display();
        let message = "this build has no window";
        let help = format!(
            "`cargo run --release --features view -- view {file}` builds and opens it; \
             `rayscope run {file}` prints the same run, \
             `rayscope render {file} --story -o story.html -f html` draws it"
        );
        out.complain(&Problem::new(Exit::Usage, "no-window", message).help(help))
    }
}

#[cfg(feature = "view")]
mod with_window {
    use super::{Args, Layout};
    use crate::cli::output::{Exit, Output};
    use crate::cli::problem::Problem;
    use crate::view::{self, Preset, Source, Start};
    use rayscope::base::units::parse_time;
    use rayscope::base::{Instant, Span};
    use rayscope::chart::theme::THEMES;
    use std::path::Path;

    /// Opens the window, or says why it cannot be opened and what to use instead.
    pub fn run(args: &Args, out: &mut Output) -> Exit {
        let start = match start(args) {
            Ok(start) => start,
            Err(problem) => return out.complain(&problem),
        };
        if let Err(why) = view::ready() {
            let file = args.file.display();
            let help = format!(
                "`rayscope run {file}` prints the same run, `rayscope render {file} --story -o story.html -f html` \
                 draws it"
            );
            return out.complain(&Problem::new(Exit::Usage, "no-window", why).help(help));
        }
        view::open(start, out)
    }

    fn start(args: &Args) -> Result<Start, Problem> {
        let usage = |message: String| Problem::new(Exit::Usage, "usage", message);
        let at = args.at.as_deref().map(|text| {
            let span: Span = parse_time(text).map_err(|error| usage(format!("--at: {error}")))?;
            Ok(Instant::ZERO + span)
        });
        let theme = args.theme.as_deref().map(|name| {
            let found = THEMES.iter().find(|theme| theme.name == name);
            let names = THEMES.map(|theme| theme.name).join(", ");
            found.map(|theme| theme.name).ok_or_else(|| {
                usage(format!("there is no theme `{name}`")).help(format!("there are {names}"))
            })
        });
        if args.ui_scale.is_some_and(|scale| !(0.5..=3.0).contains(&scale)) {
            return Err(usage("--ui-scale is a number from 0.5 to 3".to_owned()));
        }
        for file in [Some(&args.file), args.compare.as_ref()].into_iter().flatten() {
            is_there(file)?;
        }
        Ok(Start {
            source: Source::File(args.file.clone(), args.choices.clone()),
            at: at.transpose()?,
            compare: args.compare.clone().map(|file| (file, args.choices.clone())),
            theme: theme.transpose()?,
            scale: args.ui_scale,
            reduced_motion: args.reduced_motion,
            layout: args.layout.map(|layout| match layout {
                Layout::Lesson => Preset::Lesson,
                Layout::Timeline => Preset::Timeline,
                Layout::Numbers => Preset::Numbers,
            }),
        })
    }

    /// A name that was mistyped is said here; what is wrong in a file is shown in the window.
    fn is_there(file: &Path) -> Result<(), Problem> {
        std::fs::metadata(file).map(drop).map_err(|error| {
            let message = format!("{} cannot be read: {error}", file.display());
            Problem::new(Exit::Input, "E0002", message)
        })
    }
}

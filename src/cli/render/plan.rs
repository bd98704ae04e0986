//! What is to be drawn, as what, and where it goes: the command line, understood before anything runs.

use crate::cli::load::ending;
use crate::cli::output::Exit;
use crate::cli::problem::Problem;
use crate::cli::render::Args;
use clap::ValueEnum;
use rayscope::base::Instant;
use rayscope::base::units::parse_time;
use rayscope::chart::theme::{THEMES, Theme};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Pixels a point of a PNG, unless it is said.
const SCALE: f32 = 2.0;

/// The kinds of pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Scalable, for documents
    Svg,
    /// Pixels, for slides
    Png,
    /// A page to step through
    Html,
}

/// What is drawn.
#[derive(Clone, PartialEq, Debug)]
pub enum Picture {
    /// These stops of the story, from 1; `None` is all.
    Story(Option<RangeInclusive<usize>>),
    /// A stop, from 1; `None` is the last.
    Stop(Option<usize>),
    /// An instant.
    At(Instant),
    /// The nodes over time.
    Gantt,
}

/// Where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// stdout.
    Stdout,
    /// A file.
    File(PathBuf),
    /// A folder with a file for each picture.
    Folder(PathBuf),
}

/// What is to be done.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// What is drawn.
    pub picture: Picture,
    /// As what.
    pub format: Format,
    /// Where it goes.
    pub target: Target,
    /// In which colours.
    pub theme: &'static Theme,
    /// Pixels a point of a PNG.
    pub scale: f32,
}

impl Plan {
    /// What the arguments ask for.
    pub fn of(args: &Args) -> Result<Plan, Problem> {
        let theme = theme(&args.theme)?;
        let named = args.output.as_deref().and_then(format_of);
        let picture = picture(args, named)?;
        let format = format(args, named, &picture)?;
        let target = target(args, format, &picture)?;
        let scale = match args.scale {
            Some(_) if format != Format::Png => {
                return Err(usage("--scale is for PNG; an SVG has no pixels", "add -f png"));
            }
            Some(scale) if !(scale.is_finite() && scale > 0.0) => {
                return Err(usage("--scale is a number above 0", "2 is twice as wide and high"));
            }
            scale => scale.unwrap_or(SCALE),
        };
        Ok(Plan { picture, format, target, theme, scale })
    }
}

fn usage(message: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem::new(Exit::Usage, "usage", message).help(help)
}

fn theme(name: &str) -> Result<&'static Theme, Problem> {
    let names = THEMES.map(|theme| theme.name).join(", ");
    let missing = || usage(format!("there is no theme `{name}`"), format!("themes: {names}"));
    Theme::named(name).ok_or_else(missing)
}

/// The format that a file's ending names.
fn format_of(file: &Path) -> Option<Format> {
    match ending(file).as_str() {
        "svg" => Some(Format::Svg),
        "png" => Some(Format::Png),
        "html" | "htm" => Some(Format::Html),
        _ => None,
    }
}

/// Without a word about it: a story where the output has room for one, else the last stop.
fn picture(args: &Args, named: Option<Format>) -> Result<Picture, Problem> {
    let steps = args.steps.as_deref().map(range).transpose()?;
    let what = &args.what;
    let room = args.format.or(named) == Some(Format::Html)
        || args.output.as_deref().is_some_and(|path| ending(path).is_empty());
    let story = what.story || steps.is_some();
    let picture = match (&what.at, what.step) {
        _ if what.gantt => Picture::Gantt,
        (Some(text), _) => {
            let wrong = |error| Problem::new(Exit::Usage, "usage", format!("--at: {error}"));
            Picture::At(Instant::ZERO + parse_time(text).map_err(wrong)?)
        }
        (None, Some(0)) => {
            return Err(usage("--step: there is no stop 0", "the first stop is 1"));
        }
        (None, Some(step)) => Picture::Stop(Some(step)),
        (None, None) if story || room => Picture::Story(steps.clone()),
        (None, None) => Picture::Stop(None),
    };
    match (steps, &picture) {
        (Some(_), Picture::Stop(_) | Picture::At(_) | Picture::Gantt) => {
            Err(usage("--steps says which stops of a story", "leave out --at, --step and --gantt"))
        }
        _ => Ok(picture),
    }
}

/// `3..7`, `3..`, `..7` or `3`, from 1, both ends included.
fn range(text: &str) -> Result<RangeInclusive<usize>, Problem> {
    let wrong = || {
        let message = format!("--steps: `{text}` is no range of stops");
        usage(message, "write 3..7, 3.., ..7 or 3; the first stop is 1")
    };
    let number = |part: &str, open: usize| match part {
        "" => Ok(open),
        part => part.parse::<usize>().map_err(|_| wrong()),
    };
    let (from, to) = match text.split_once("..") {
        Some((from, to)) => (number(from, 1)?, number(to, usize::MAX)?),
        None => (number(text, 0)?, number(text, 0)?),
    };
    if from == 0 || to < from { Err(wrong()) } else { Ok(from..=to) }
}

fn format(args: &Args, named: Option<Format>, picture: &Picture) -> Result<Format, Problem> {
    if let Some(format) = args.format.or(named) {
        return Ok(format);
    }
    match (&args.output, picture) {
        // A folder.
        (Some(path), Picture::Story(_)) if ending(path).is_empty() => Ok(Format::Svg),
        (None, Picture::Stop(_) | Picture::At(_) | Picture::Gantt) => Ok(Format::Svg),
        (None, Picture::Story(_)) => Err(nowhere()),
        (Some(path), _) => Err(usage(
            format!("the ending of {} does not say what to draw", path.display()),
            "end it in .svg, .png or .html, or add -f",
        )),
    }
}

fn nowhere() -> Problem {
    usage(
        "a story has many pictures",
        "say where they go: -o FOLDER or -o story.html; or -f html for a page on stdout",
    )
}

fn target(args: &Args, format: Format, picture: &Picture) -> Result<Target, Problem> {
    let many = matches!(picture, Picture::Story(_)) && format != Format::Html;
    match &args.output {
        _ if format == Format::Html && *picture == Picture::Gantt => {
            Err(usage("a page tells a story", "--gantt is a picture: .svg or .png"))
        }
        None if many => Err(nowhere()),
        None if format == Format::Png => {
            Err(usage("a PNG is no text", "say where it goes: -o FILE.png"))
        }
        None => Ok(Target::Stdout),
        Some(path) if many && format_of(path).is_some() => Err(usage(
            format!("a story has many pictures, and {} is one file", path.display()),
            "-o FOLDER takes them, or -o story.html; --step N draws one",
        )),
        Some(path) if many => Ok(Target::Folder(path.clone())),
        Some(path) => Ok(Target::File(path.clone())),
    }
}

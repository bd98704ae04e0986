//! `rayscope render`: the story as pictures or as a page, one stop of it, one instant, or all of it over time.

mod plan;

use crate::cli::load::{Choices, Ran, cannot_write, trace_of};
use crate::cli::output::{Exit, Output};
use crate::cli::problem::Problem;
use plan::{Format, Picture, Plan, Target};
use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayscope::chart::html::{self, Page};
use rayscope::chart::scene::Stage;
use rayscope::chart::svg::{self, Meta};
use rayscope::chart::timeline::Timeline;
use rayscope::chart::{Caption, caption_at, paint, png};
use rayscope::replay::History;
use serde_json::json;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// So many stops of a story are drawn if nobody says which.
const MOST_STOPS: usize = 400;

/// What `render` is told.
#[derive(clap::Args)]
#[command(
    before_help = "\
Examples:
  rayscope render scenarios/lesson/add_arrays.json -o story.html          a page to step through
  rayscope render scenarios/lesson/add_arrays.json --story -o pictures    01.svg, 02.svg, …
  rayscope render program.py --cluster 3x2 --at 2.5s --theme dark -o now.png",
    after_help = "\
Without --story, --step, --at or --gantt: the whole story if -o ends in .html or has no ending, else its last stop.
The ending of -o says the format, unless -f does. A single SVG or a page goes to stdout without -o."
)]
pub struct Args {
    /// A scenario (.json), a program (.py) or a trace (.jsonl)
    pub file: PathBuf,
    #[command(flatten)]
    pub what: What,
    /// The file, or the folder for many pictures; made if it is not there
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// The format, if the ending of OUT does not say it
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// The colours: lesson, dark or contrast
    #[arg(long, value_name = "NAME", default_value = "lesson")]
    pub theme: String,
    /// Pixels a point of a PNG [default: 2]
    #[arg(long, value_name = "X")]
    pub scale: Option<f32>,
    /// Only these stops of the story, such as 3..7
    #[arg(long, value_name = "A..B")]
    pub steps: Option<String>,
    #[command(flatten)]
    pub choices: Choices,
}

/// One of these, or none.
#[derive(clap::Args)]
#[group(multiple = false)]
pub struct What {
    /// Draw every stop of the story
    #[arg(long)]
    pub story: bool,
    /// Draw that instant, such as 2.5s
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
    /// Draw that stop of the story, from 1
    #[arg(long, value_name = "N")]
    pub step: Option<usize>,
    /// Draw the whole run as a chart of nodes over time
    #[arg(long)]
    pub gantt: bool,
}

/// Draws what is asked for.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    match drawn(args, out) {
        Ok(()) => Exit::Ok,
        Err(problem) => out.complain(&problem),
    }
}

fn drawn(args: &Args, out: &mut Output) -> Result<(), Problem> {
    let plan = Plan::of(args)?;
    if out.json() && plan.target == Target::Stdout {
        let message = "--json lists the files that were written";
        return Err(Problem::new(Exit::Usage, "usage", message).help("say where they go: -o OUT"));
    }
    let ran = trace_of(&args.file, &args.choices)?;
    if let Some(warnings) = ran.warnings.as_ref().filter(|_| !out.json()) {
        let text = warnings.text(out.err_colors()).trim_end().to_owned();
        out.note(&text);
    }
    let studio = Studio::new(ran, plan);
    let views = studio.views(out)?;
    studio.deliver(&views, out)
}

/// A picture to be drawn.
#[derive(Clone, Copy)]
enum View {
    /// A stop of the story, by its index.
    Stop(usize),
    /// The state at a step.
    Step(usize),
    /// The nodes over time.
    Gantt,
}

/// A run, and how it is drawn.
struct Studio {
    history: History,
    stage: Stage,
    plan: Plan,
    title: String,
}

impl Studio {
    fn new(ran: Ran, plan: Plan) -> Studio {
        let title = match ran.trace.header.name.as_str() {
            "" => ran.file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            name => name.to_owned(),
        };
        let history = History::new(ran.trace);
        Studio { stage: Stage::new(&history), history, plan, title }
    }

    /// What is drawn, in order.
    fn views(&self, out: &mut Output) -> Result<Vec<View>, Problem> {
        let count = self.history.story().len();
        match &self.plan.picture {
            Picture::At(at) => Ok(vec![View::Step(self.history.step_at(*at))]),
            Picture::Gantt => Ok(vec![View::Gantt]),
            Picture::Stop(None) if count == 0 => Ok(vec![View::Step(0)]),
            Picture::Stop(None) => self.stops(count..=count),
            Picture::Stop(Some(number)) => self.stops(*number..=*number),
            Picture::Story(Some(stops)) => self.stops(stops.clone()),
            Picture::Story(None) => {
                if count > MOST_STOPS && !out.json() {
                    out.note(&format!(
                        "the story has {count} stops; the first {MOST_STOPS} are drawn. --steps A..B draws others"
                    ));
                }
                self.stops(1..=count.clamp(1, MOST_STOPS))
            }
        }
    }

    /// The stops of those numbers, from 1.
    fn stops(&self, numbers: RangeInclusive<usize>) -> Result<Vec<View>, Problem> {
        let count = self.history.story().len();
        let (from, to) = (*numbers.start(), (*numbers.end()).min(count));
        if from > to {
            let problem =
                Problem::new(Exit::Nothing, "nothing", format!("the story has no stop {from}"));
            return Err(match count {
                0 => problem.help("nothing happens in this run"),
                last => problem.help(format!("its stops are 1 to {last}")),
            });
        }
        Ok((from - 1..to).map(View::Stop).collect())
    }

    fn deliver(&self, views: &[View], out: &mut Output) -> Result<(), Problem> {
        let files = match (&self.plan.target, self.plan.format) {
            (Target::Folder(folder), _) => self.write_each(views, folder)?,
            (Target::File(file), Format::Html) => self.write(file, self.page(views).as_bytes())?,
            (Target::File(file), _) => self.write(file, &self.picture(views[0])?)?,
            (Target::Stdout, Format::Html) => {
                out.write(self.page(views).as_bytes());
                return Ok(());
            }
            (Target::Stdout, Format::Svg | Format::Png) => {
                out.write(&self.picture(views[0])?);
                return Ok(());
            }
        };
        if out.json() {
            out.value(&json!({ "files": files, "stops": self.history.story().len() }));
        } else {
            match (&self.plan.target, files.len()) {
                (Target::Folder(folder), count) => {
                    out.note(&format!("{count} files written to {}", folder.display()));
                }
                _ => out.note(&format!("1 file written: {}", files[0].display())),
            }
        }
        Ok(())
    }

    /// A file for each, numbered as the story's stops are.
    fn write_each(&self, views: &[View], folder: &Path) -> Result<Vec<PathBuf>, Problem> {
        fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
        let digits = self.history.story().len().to_string().len().max(2);
        let ending = if self.plan.format == Format::Png { "png" } else { "svg" };
        let one = |(index, view): (usize, &View)| {
            let number = if let View::Stop(stop) = view { stop + 1 } else { index + 1 };
            let file = folder.join(format!("{number:0digits$}.{ending}"));
            fs::write(&file, self.picture(*view)?).map_err(|error| cannot_write(&file, &error))?;
            Ok(file)
        };
        let written: Vec<Result<PathBuf, Problem>> =
            views.par_iter().enumerate().map(one).collect();
        written.into_iter().collect()
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> Result<Vec<PathBuf>, Problem> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
        }
        fs::write(file, bytes).map_err(|error| cannot_write(file, &error))?;
        Ok(vec![file.to_owned()])
    }

    /// The picture of a moment as SVG or PNG.
    fn picture(&self, view: View) -> Result<Vec<u8>, Problem> {
        let svg = self.svg(view).0;
        match self.plan.format {
            Format::Svg | Format::Html => Ok(svg.into_bytes()),
            Format::Png => png::render(&svg, self.plan.scale).map_err(|why| {
                Problem::new(Exit::Usage, "usage", why).help("a smaller --scale, or -f svg")
            }),
        }
    }

    /// The picture as SVG, with what is said of it.
    fn svg(&self, view: View) -> (String, Caption) {
        let (step, stop) = match view {
            View::Stop(index) => (self.history.story()[index].step as usize, Some(index)),
            View::Step(step) => (step, None),
            View::Gantt => return (self.gantt(), Caption::default()),
        };
        let caption = caption_at(&self.history, step, stop);
        let state = self.history.state_at(step);
        let scene = self.stage.scene(&self.history, &state, step, stop);
        let meta = Meta { title: &caption.short, description: &caption.why };
        (svg::scene(&scene, self.plan.theme, meta), caption)
    }

    fn gantt(&self) -> String {
        let timeline = Timeline::of(&self.history);
        let picture = paint::gantt(&self.history, &timeline, self.plan.theme);
        let description = format!("Nodes over time. {}", picture.notes.join(". "));
        let meta = Meta { title: &self.title, description: description.trim_end() };
        svg::shapes(&picture.shapes, picture.size, self.plan.theme.paper, meta)
    }

    fn page(&self, views: &[View]) -> String {
        let drawn: Vec<(String, Caption)> = views.par_iter().map(|view| self.svg(*view)).collect();
        let pages: Vec<Page<'_>> =
            drawn.iter().map(|(svg, caption)| Page { svg, caption: caption.clone() }).collect();
        let header = &self.history.trace().header;
        let nodes = header.cluster.nodes.len();
        let plural = if nodes == 1 { "" } else { "s" };
        let description =
            format!("{nodes} node{plural}, policy {}, seed {}", header.policy, header.seed);
        html::story(&pages, Meta { title: &self.title, description: &description })
    }
}

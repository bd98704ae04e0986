//! A Gantt chart as text: a lane for each worker, a letter for each function, waits and copies marked.
//!
//! The first cell of a task is a capital, so that neighbours can be told apart. A cluster with too many workers
//! gets a line for each node instead, or for each group of nodes, that says how busy its slots were.

use crate::base::id::Id;
use crate::base::{NodeId, TaskId};
use crate::chart::axis::{round_step, time_label};
use crate::chart::timeline::{Bar, Doing, Lane, NodeLanes, Place, Timeline, What};
use crate::replay::History;
use crate::state::{Event, State};

/// Lanes before they are collapsed: more do not fit on a screen.
const MOST_LANES: usize = 24;
/// Cells that a chart has at least, however narrow the terminal says it is.
const LEAST_CELLS: usize = 20;

const IDLE: char = '.';
const FETCHING: char = '~';
const STALLED: char = '!';
const BLOCKED: char = '-';
const LEGEND_OF_WAITS: &str =
    "~ fetches its arguments   - blocked in get or wait   ! store is full";

/// The chart of a whole run, at most `width` columns wide. Ends with a newline.
pub fn gantt(history: &History, width: usize) -> String {
    let chart = Chart::of(history);
    let mut used: Vec<&Lane> = chart.used().collect();
    used.sort_by_key(|lane| lane.place);
    if used.is_empty() {
        return "Nothing ran.\n".to_owned();
    }
    if used.len() > MOST_LANES { chart.by_node(width) } else { chart.by_worker(&used, width) }
}

/// The lanes, and what the chart calls the functions.
struct Chart<'a> {
    state: &'a State,
    timeline: Timeline,
    /// Functions in the order in which they first got a worker, with their letters and how often their bodies began.
    functions: Vec<Function>,
}

struct Function {
    number: u32,
    letter: char,
    begun: usize,
}

impl Chart<'_> {
    fn of(history: &History) -> Chart<'_> {
        let timeline = Timeline::of(history);
        let mut begun = vec![0usize; timeline.functions.names.len()];
        let mut order: Vec<u32> = Vec::new();
        let mut seen = vec![false; begun.len()];
        for record in history.records() {
            if let Event::TaskPlaced { task, .. } = &record.event {
                let number = timeline.functions.number(*task);
                if !std::mem::replace(&mut seen[number as usize], true) {
                    order.push(number);
                }
            } else if let Event::TaskStarted { task } = &record.event {
                begun[timeline.functions.number(*task) as usize] += 1;
            }
        }
        let names: Vec<&str> =
            order.iter().map(|number| &*timeline.functions.names[*number as usize]).collect();
        let letters = letters(&names);
        let function =
            |(number, letter)| Function { number, letter, begun: begun[number as usize] };
        let functions = order.into_iter().zip(letters).map(function).collect();
        Chart { state: history.last_state(), timeline, functions }
    }

    /// The lanes of workers that ever had a task.
    fn used(&self) -> impl Iterator<Item = &Lane> {
        let lanes = self.timeline.lanes.iter();
        lanes.filter(|lane| {
            matches!(lane.place, Place::Worker(_)) && stretches(lane).next().is_some()
        })
    }

    fn end(&self) -> u64 {
        self.timeline.end.as_nanos()
    }
}

/// What the tasks do on the worker of a lane. A body is told even if it took no time.
fn stretches(lane: &Lane) -> impl Iterator<Item = Stretch> {
    let stretch = |bar: &Bar| match bar.what {
        What::Task { task, doing, begins } if doing.is_busy() && (begins || bar.to > bar.from) => {
            Some(Stretch { from: bar.from.as_nanos(), to: bar.to.as_nanos(), task, doing, begins })
        }
        What::Task { .. } | What::Driver(_) | What::Copy { .. } => None,
    };
    lane.bars().iter().filter_map(stretch)
}

struct Stretch {
    from: u64,
    to: u64,
    task: TaskId,
    doing: Doing,
    begins: bool,
}

/// A letter for each function: one of its own name if it is free, else the next free one, else `*`.
fn letters(functions: &[&str]) -> Vec<char> {
    let mut taken: Vec<char> = Vec::new();
    let free = |taken: &[char], c: &char| c.is_ascii_lowercase() && !taken.contains(c);
    for name in functions {
        let own = name.chars().map(|c| c.to_ascii_lowercase()).find(|c| free(&taken, c));
        let letter = own.or_else(|| ('a'..='z').find(|c| free(&taken, c)));
        taken.push(letter.unwrap_or('*'));
    }
    taken
}

/// Columns of the chart: which stretch of time each cell stands for.
#[derive(Clone, Copy)]
struct Scale {
    cells: usize,
    end: u64,
}

impl Scale {
    fn start_of(self, cell: usize) -> u64 {
        (u128::from(self.end) * cell as u128 / self.cells as u128) as u64
    }

    fn cell_of(self, at: u64) -> usize {
        if self.end == 0 {
            return 0;
        }
        let cell = u128::from(at) * self.cells as u128 / u128::from(self.end);
        (cell as usize).min(self.cells - 1)
    }

    /// The nanoseconds of `from..to` in a cell.
    fn overlap(self, cell: usize, from: u64, to: u64) -> u64 {
        to.min(self.start_of(cell + 1)).saturating_sub(from.max(self.start_of(cell)))
    }

    /// A line of times below the cells, at round steps.
    fn axis(self, margin: usize) -> String {
        let mut line = " ".repeat(margin);
        let most = (self.cells / 11).max(1) as u64;
        let step = round_step(self.end / most);
        let mut at = 0;
        while at <= self.end && at < u64::MAX - step {
            let text = time_label(at);
            let column = margin + self.cell_of(at);
            let room = line.len() < column || at == 0;
            if room && column + text.len() <= margin + self.cells + 1 {
                line.push_str(&" ".repeat(column.saturating_sub(line.len())));
                line.push_str(&text);
            }
            at += step;
        }
        line
    }
}

/// Labels of one length, cut where they would take more than a third, and the cells that are left.
fn layout(labels: &[String], width: usize, end: u64) -> (Vec<String>, Scale) {
    let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let room = longest.min(width / 3).max(1);
    let fitted = labels.iter().map(|label| {
        let cut: String = label.chars().take(room).collect();
        format!("{cut:<room$}")
    });
    let cells = width.saturating_sub(room + 3).max(LEAST_CELLS);
    (fitted.collect(), Scale { cells, end })
}

impl Chart<'_> {
    fn by_worker(&self, used: &[&Lane], width: usize) -> String {
        let labels: Vec<String> =
            used.iter().map(|lane| self.timeline.label(lane.place, self.state)).collect();
        let (labels, scale) = layout(&labels, width, self.end());
        let mut text = String::new();
        for (label, lane) in labels.iter().zip(used) {
            let cells: String = self.cells(lane, scale).into_iter().collect();
            text += &format!("{label} |{cells}|\n");
        }
        text += &scale.axis(labels[0].chars().count() + 2);
        text.push('\n');
        text + &self.legend(width)
    }

    /// The cells of a worker: in each, what took most of its time; idling counts for nothing.
    fn cells(&self, lane: &Lane, scale: Scale) -> Vec<char> {
        let mut cells = vec![(IDLE, 0u64); scale.cells];
        for stretch in stretches(lane) {
            let first = scale.cell_of(stretch.from);
            let last = scale.cell_of(stretch.to.max(stretch.from + 1) - 1);
            for (cell, slot) in cells.iter_mut().enumerate().take(last + 1).skip(first) {
                let weight = scale.overlap(cell, stretch.from, stretch.to).max(1);
                let starts = stretch.begins && cell == first;
                // A start is drawn even where it is short, or tasks that follow each other would melt together.
                let wins = weight > slot.1 || (starts && weight * 4 > slot.1);
                if wins {
                    *slot = (self.sign(&stretch, starts), weight);
                }
            }
        }
        cells.into_iter().map(|(sign, _)| sign).collect()
    }

    fn sign(&self, stretch: &Stretch, starts: bool) -> char {
        match stretch.doing {
            Doing::Fetching | Doing::Starting => FETCHING,
            Doing::WaitsForStore => STALLED,
            Doing::InGet | Doing::InWait => BLOCKED,
            Doing::WaitsForArguments
            | Doing::WaitsForSlot
            | Doing::WaitsForLease
            | Doing::WaitsForRetry => IDLE,
            Doing::Running | Doing::Sleeping => {
                let number = self.timeline.functions.number(stretch.task);
                let function = self.functions.iter().find(|function| function.number == number);
                let letter = function.map_or('*', |function| function.letter);
                if starts { letter.to_ascii_uppercase() } else { letter }
            }
        }
    }

    fn legend(&self, width: usize) -> String {
        let mut text = String::new();
        let mut column = 0;
        // More functions than letters share one sign; naming them all would bury the chart.
        for Function { number, letter, begun } in self.functions.iter().take(26) {
            let times = if *begun == 1 { String::new() } else { format!(" x{begun}") };
            let name = &self.timeline.functions.names[*number as usize];
            let entry = format!("{} {name}{times}", letter.to_ascii_uppercase());
            if column > 0 && column + 3 + entry.len() > width {
                text.push('\n');
                column = 0;
            }
            if column > 0 {
                text.push_str("   ");
                column += 3;
            }
            column += entry.chars().count();
            text += &entry;
        }
        text.push('\n');
        let waits = |lane: &Lane| stretches(lane).any(|stretch| stretch.doing != Doing::Running);
        if self.used().any(waits) { text + LEGEND_OF_WAITS + "\n" } else { text }
    }

    /// A line for each node, or group of nodes: how much of its slots' time was spent on tasks, in tenths.
    fn by_node(&self, width: usize) -> String {
        let nodes = self.timeline.nodes.len();
        let group = nodes.div_ceil(MOST_LANES);
        let rows = nodes.div_ceil(group);
        let label = |row: usize| {
            let (first, last) = (row * group, ((row + 1) * group).min(nodes) - 1);
            let name = |node: usize| self.state.node_name(NodeId::from_index(node));
            if first == last {
                name(first).to_owned()
            } else {
                format!("{} to {}", name(first), name(last))
            }
        };
        let labels: Vec<String> = (0..rows).map(label).collect();
        let (labels, scale) = layout(&labels, width, self.end());
        let mut text = String::new();
        for (label, nodes) in labels.iter().zip(self.timeline.nodes.chunks(group)) {
            let busy = self.busy(nodes, scale);
            let slots: u128 = nodes.iter().map(|node| u128::from(node.slots)).sum();
            let cells = busy.into_iter().enumerate().map(|(cell, sum)| {
                let whole = scale.start_of(cell + 1) - scale.start_of(cell);
                tenths(sum, u128::from(whole) * slots)
            });
            text += &format!("{label} |{}|\n", cells.collect::<String>());
        }
        text += &scale.axis(labels[0].chars().count() + 2);
        let each = if group == 1 { "node" } else { "group of nodes" };
        text + &format!("\nbusy slots of each {each}: . none, 1 to 9 tenths, # all\n")
    }

    /// The nanoseconds in each cell that workers of these nodes were at work.
    fn busy(&self, nodes: &[NodeLanes], scale: Scale) -> Vec<u128> {
        let mut busy = vec![0u128; scale.cells];
        let lanes = nodes.iter().flat_map(|node| &self.timeline.lanes[node.lanes.clone()]);
        for stretch in lanes.flat_map(stretches).filter(|stretch| !stretch.doing.is_blocked()) {
            let (first, last) = (scale.cell_of(stretch.from), scale.cell_of(stretch.to));
            for (cell, sum) in busy.iter_mut().enumerate().take(last + 1).skip(first) {
                *sum += u128::from(scale.overlap(cell, stretch.from, stretch.to));
            }
        }
        busy
    }
}

fn tenths(part: u128, whole: u128) -> char {
    if part == 0 || whole == 0 {
        return IDLE;
    }
    match (part * 20 / whole).div_ceil(2) {
        0 => '1',
        tenth @ 1..=9 => char::from(b'0' + tenth as u8),
        _ => '#',
    }
}

#[cfg(test)]
#[path = "ascii_tests.rs"]
mod tests;

//! A Gantt chart as text: a lane for each worker, a letter for each function, waits and copies marked.
//!
//! The first cell of a task is a capital, so that neighbours can be told apart. A cluster with too many workers
//! gets a line for each node instead, or for each group of nodes, that says how busy its slots were.

use crate::base::id::Id;
use crate::base::{NodeId, Span, WorkerId};
use crate::replay::History;
use crate::state::{Event, State};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    let bars = Bars::of(history);
    let used: Vec<WorkerId> = bars.used_workers();
    if used.is_empty() {
        return "Nothing ran.\n".to_owned();
    }
    if used.len() > MOST_LANES {
        by_node(history, &bars, width)
    } else {
        by_worker(history, &bars, &used, width)
    }
}

/// What a task does on its worker for a while.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Fetching,
    Stalled,
    Running,
    Blocked,
}

struct Bar {
    worker: WorkerId,
    from: u64,
    to: u64,
    phase: Phase,
    /// Index of the function's letter.
    function: usize,
    /// Whether the body begins here: the first cell is a capital.
    begins: bool,
}

struct Bars {
    bars: Vec<Bar>,
    letters: Vec<char>,
    functions: Vec<(Arc<str>, usize)>,
    end: u64,
}

impl Bars {
    /// One walk over the records. What a task does follows from its events alone; the tables of the last
    /// state tell what never changes.
    fn of(history: &History) -> Bars {
        let last = history.last_state();
        let mut bars = Bars {
            bars: Vec::new(),
            letters: Vec::new(),
            functions: Vec::new(),
            end: history.end().as_nanos(),
        };
        let mut known: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        let mut open: BTreeMap<u32, Bar> = BTreeMap::new();
        for record in history.records() {
            let (task, next) = match change(&record.event) {
                Some(change) => change,
                None => continue,
            };
            let at = record.at.as_nanos();
            let before = open.remove(&task);
            let worker = match (&record.event, &before) {
                (Event::TaskPlaced { worker, .. }, _) => Some(*worker),
                (_, Some(bar)) => Some(bar.worker),
                (_, None) => None,
            };
            if let Some(bar) = before {
                bars.close(bar, at);
            }
            let (Some(worker), Some(phase)) = (worker, next) else { continue };
            let spec = &last.tasks[crate::base::TaskId::new(task)].spec;
            let begins = matches!(record.event, Event::TaskStarted { .. });
            let function = bars.function(&spec.function, begins, &mut known);
            open.insert(task, Bar { worker, from: at, to: at, phase, function, begins });
        }
        let end = bars.end;
        open.into_values().for_each(|bar| bars.close(bar, end));
        bars.letters = letters(&bars.functions);
        bars
    }

    fn close(&mut self, bar: Bar, at: u64) {
        // A phase without length is not drawn, except a body: that something ran is worth a cell.
        if at > bar.from || bar.begins {
            self.bars.push(Bar { to: at, ..bar });
        }
    }

    fn function(
        &mut self,
        name: &Arc<str>,
        begins: bool,
        known: &mut BTreeMap<Arc<str>, usize>,
    ) -> usize {
        let functions = &mut self.functions;
        let at = *known.entry(name.clone()).or_insert_with(|| {
            functions.push((name.clone(), 0));
            functions.len() - 1
        });
        functions[at].1 += usize::from(begins);
        at
    }

    fn used_workers(&self) -> Vec<WorkerId> {
        let mut workers: Vec<WorkerId> = self.bars.iter().map(|bar| bar.worker).collect();
        workers.sort_unstable();
        workers.dedup();
        workers
    }
}

/// Which task the event moves, and to what on its worker (`None`: off it).
fn change(event: &Event) -> Option<(u32, Option<Phase>)> {
    let (task, phase) = match event {
        Event::TaskPlaced { task, .. } | Event::RoomFound { task } => (task, Some(Phase::Fetching)),
        Event::TaskStalled { task, .. } => (task, Some(Phase::Stalled)),
        Event::TaskStarted { task } => (task, Some(Phase::Running)),
        Event::TaskFinished { task }
        | Event::TaskFailed { task, .. }
        | Event::TaskReturned { task } => (task, None),
        Event::CallBlocked { caller: crate::model::Caller::Task(task) } => {
            (task, Some(Phase::Blocked))
        }
        Event::CallReturned { caller: crate::model::Caller::Task(task), .. } => {
            (task, Some(Phase::Running))
        }
        _ => return None,
    };
    Some((task.number(), phase))
}

/// A letter for each function: one of its own name if it is free, else the next free one, else `*`.
fn letters(functions: &[(Arc<str>, usize)]) -> Vec<char> {
    let mut taken: Vec<char> = Vec::new();
    let free = |taken: &[char], c: &char| c.is_ascii_lowercase() && !taken.contains(c);
    for (name, _) in functions {
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

/// The least of 1, 2, 5, 10, 20, ... nanoseconds that is not below `least`.
fn round_step(least: u64) -> u64 {
    let mut power = 1u64;
    loop {
        for factor in [1, 2, 5] {
            match power.checked_mul(factor) {
                Some(step) if step >= least.max(1) => return step,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        let Some(next) = power.checked_mul(10) else { return u64::MAX };
        power = next;
    }
}

/// A time without the zeros that say nothing: `2.5 s`, `500 ms`.
fn time_label(nanos: u64) -> String {
    let text = Span::from_nanos(nanos).to_string();
    match text.strip_suffix(" s") {
        Some(number) if number.contains('.') => {
            format!("{} s", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

fn by_worker(history: &History, bars: &Bars, used: &[WorkerId], width: usize) -> String {
    let state = history.last_state();
    let label = |worker: &WorkerId| {
        let row = &state.workers[*worker];
        format!("{} worker {}", state.node_name(row.node), row.number)
    };
    let labels: Vec<String> = used.iter().map(label).collect();
    let (labels, scale) = layout(&labels, width, bars.end);
    let mut text = String::new();
    for (label, worker) in labels.iter().zip(used) {
        let lane: String = lane(bars, *worker, scale).into_iter().collect();
        text += &format!("{label} |{lane}|\n");
    }
    text += &scale.axis(labels[0].chars().count() + 2);
    text.push('\n');
    text + &legend(bars, width)
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

/// The cells of a worker: in each, what took most of its time; idling counts for nothing.
fn lane(bars: &Bars, worker: WorkerId, scale: Scale) -> Vec<char> {
    let mut cells = vec![(IDLE, 0u64); scale.cells];
    for bar in bars.bars.iter().filter(|bar| bar.worker == worker) {
        let first = scale.cell_of(bar.from);
        let last = scale.cell_of(bar.to.max(bar.from + 1) - 1);
        for (cell, slot) in cells.iter_mut().enumerate().take(last + 1).skip(first) {
            let weight = scale.overlap(cell, bar.from, bar.to).max(1);
            let starts = bar.begins && cell == first;
            // A start is drawn even where it is short, or tasks that follow each other would melt together.
            let wins = weight > slot.1 || (starts && weight * 4 > slot.1);
            if wins {
                *slot = (bars.sign(bar, starts), weight);
            }
        }
    }
    cells.into_iter().map(|(sign, _)| sign).collect()
}

impl Bars {
    fn sign(&self, bar: &Bar, starts: bool) -> char {
        let letter = self.letters[bar.function];
        match bar.phase {
            Phase::Fetching => FETCHING,
            Phase::Stalled => STALLED,
            Phase::Blocked => BLOCKED,
            Phase::Running if starts => letter.to_ascii_uppercase(),
            Phase::Running => letter,
        }
    }
}

fn legend(bars: &Bars, width: usize) -> String {
    let mut text = String::new();
    let mut column = 0;
    let functions = bars.functions.iter().zip(&bars.letters);
    let entries = functions.map(|((name, count), letter)| {
        let times = if *count == 1 { String::new() } else { format!(" x{count}") };
        format!("{} {name}{times}", letter.to_ascii_uppercase())
    });
    // More functions than letters share one sign; naming them all would bury the chart.
    let shown: Vec<String> = entries.take(26).collect();
    for entry in shown {
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
    let waits = bars.bars.iter().any(|bar| bar.phase != Phase::Running);
    if waits { text + LEGEND_OF_WAITS + "\n" } else { text }
}

/// A line for each node, or group of nodes: how much of its slots' time was spent on tasks, in tenths.
fn by_node(history: &History, bars: &Bars, width: usize) -> String {
    let state = history.last_state();
    let nodes = state.nodes.len();
    let group = nodes.div_ceil(MOST_LANES);
    let rows = nodes.div_ceil(group);
    let label = |row: usize| {
        let (first, last) = (row * group, ((row + 1) * group).min(nodes) - 1);
        let name = |node: usize| state.node_name(NodeId::from_index(node));
        if first == last {
            name(first).to_owned()
        } else {
            format!("{} to {}", name(first), name(last))
        }
    };
    let labels: Vec<String> = (0..rows).map(label).collect();
    let (labels, scale) = layout(&labels, width, bars.end);
    let mut busy = vec![vec![0u128; scale.cells]; rows];
    for bar in bars.bars.iter().filter(|bar| bar.phase != Phase::Blocked) {
        let row = &mut busy[state.node_of(bar.worker).index() / group];
        let (first, last) = (scale.cell_of(bar.from), scale.cell_of(bar.to));
        for (cell, sum) in row.iter_mut().enumerate().take(last + 1).skip(first) {
            *sum += u128::from(scale.overlap(cell, bar.from, bar.to));
        }
    }
    let slots = slots_by_row(state, group, rows);
    let mut text = String::new();
    for ((label, row), slots) in labels.iter().zip(&busy).zip(slots) {
        let cells = row.iter().enumerate().map(|(cell, sum)| {
            let whole = u128::from(scale.start_of(cell + 1) - scale.start_of(cell)) * slots as u128;
            tenths(*sum, whole)
        });
        text += &format!("{label} |{}|\n", cells.collect::<String>());
    }
    text += &scale.axis(labels[0].chars().count() + 2);
    let each = if group == 1 { "node" } else { "group of nodes" };
    text + &format!("\nbusy slots of each {each}: . none, 1 to 9 tenths, # all\n")
}

fn slots_by_row(state: &State, group: usize, rows: usize) -> Vec<usize> {
    let mut slots = vec![0usize; rows];
    for (node, row) in state.nodes.enumerate() {
        // Workers that were started beyond the CPUs stand in for blocked ones, which are not counted.
        let cpus = state.ledger.total(node, crate::model::cluster::CPU).floor() as usize;
        let count = if row.alive && cpus > 0 { cpus } else { row.workers as usize };
        slots[node.index() / group] += count;
    }
    slots
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

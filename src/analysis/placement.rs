//! Why a task was placed where it is: every node as the policy saw it, the rule, and what broke a tie.

use crate::analysis::words::{self, percent};
use crate::base::units::show_bytes;
use crate::base::{Instant, NodeId, TaskId, WorkerId};
use crate::model::{Caller, Parameters, Strategy};
use crate::policy::{Candidate, Verdict, candidates};
use crate::state::{Choice, Rule, State, TaskStatus};
use crate::trace::Names;

/// A decision with all that it rested on.
#[derive(Clone, Debug)]
pub struct Placement {
    /// When.
    pub at: Instant,
    /// The chosen node.
    pub node: NodeId,
    /// Its worker's number on the node.
    pub worker: u32,
    /// The record of the decision.
    pub choice: Choice,
    /// What the raylet that decided knew of the other nodes, if it decided on a view of its own.
    pub view: Option<View>,
    /// Who was asked, and why; empty if nobody was.
    pub home: String,
    /// The rule, with its numbers.
    pub rule: String,
    /// What chose among equals, if there were any.
    pub tie: Option<String>,
    /// Every node as the policy saw it.
    pub candidates: Vec<Candidate>,
    /// The names of the nodes, in the same order.
    pub names: Vec<String>,
    /// Utilisation from which on a node's score counts, in millionths.
    pub threshold: u32,
}

impl Placement {
    /// What there was to say of a node, and what the raylet thought where it was wrong.
    pub fn verdict(&self, row: &Candidate) -> String {
        let truth = words::verdict(&row.verdict);
        let looked = self.view.and_then(|view| view.looked_free(row.node));
        match (looked, &row.verdict) {
            (Some(false), Verdict::Available) => format!("{truth}, but looked full"),
            (Some(true), Verdict::Busy { .. }) => format!("looked free, but is {truth}"),
            _ => truth,
        }
    }
}

/// What a raylet knew when it decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct View {
    /// The node of the raylet.
    pub raylet: NodeId,
    /// When it decided.
    pub at: Instant,
    /// The nodes that looked to have room, a bit each; 0 if that is not known.
    pub seen: u32,
}

impl View {
    /// Whether the node looked to have room; `None` if that is not known.
    pub fn looked_free(&self, node: NodeId) -> Option<bool> {
        let known = self.seen > 0 && node.number() < 32;
        known.then(|| self.seen >> node.number() & 1 == 1)
    }
}

/// The decision that puts `task` on `worker`, from the state before it.
pub fn placement(
    before: &State,
    parameters: &Parameters,
    names: &Names,
    task: TaskId,
    worker: WorkerId,
    choice: Choice,
) -> Placement {
    let home = match before.tasks[task].status {
        TaskStatus::PendingNodeAssignment { home, by_locality } => Some((home, by_locality)),
        _ => None,
    };
    let place = (before.workers[worker].node, before.workers[worker].number);
    decided(before, parameters, names, Decided { task, place, choice, home, view: None })
}

/// A decision: for which task, where, by whom.
pub(super) struct Decided {
    pub task: TaskId,
    /// The node, and the worker's number there: its process may start after the decision.
    pub place: (NodeId, u32),
    pub choice: Choice,
    /// The raylet, and whether the bytes of the arguments chose it.
    pub home: Option<(NodeId, bool)>,
    pub view: Option<View>,
}

pub(super) fn decided(
    before: &State,
    parameters: &Parameters,
    names: &Names,
    decided: Decided,
) -> Placement {
    let Decided { task, place: (node, number), choice, home, view } = decided;
    let asked = Asked {
        before,
        names,
        task,
        node,
        choice,
        home,
        view,
        candidates: &candidates(before, parameters, task),
        threshold: parameters.scheduler_spread_threshold,
    };
    Placement {
        at: before.now,
        node,
        worker: number,
        choice,
        view,
        home: asked.home(),
        rule: asked.rule(parameters),
        tie: asked.tie(parameters),
        candidates: asked.candidates.to_vec(),
        names: before.nodes.ids().map(|node| names.node(node).into_owned()).collect(),
        threshold: asked.threshold,
    }
}

struct Asked<'a> {
    before: &'a State,
    names: &'a Names,
    task: TaskId,
    node: NodeId,
    choice: Choice,
    home: Option<(NodeId, bool)>,
    view: Option<View>,
    candidates: &'a [Candidate],
    threshold: u32,
}

impl Asked<'_> {
    /// Whether the node could be chosen, as far as whoever decided knew.
    fn had_room(&self, row: &Candidate) -> bool {
        let seen = self.view.and_then(|view| view.looked_free(row.node));
        seen.unwrap_or(row.verdict == Verdict::Available)
    }

    fn all_bytes(&self) -> u64 {
        let args = &self.before.tasks[self.task].spec.args;
        args.iter().map(|arg| self.before.objects[*arg].size).fold(0, u64::saturating_add)
    }

    fn home(&self) -> String {
        let Some((home, by_locality)) = self.home else { return String::new() };
        let name = self.names.node(home);
        let spec = &self.before.tasks[self.task].spec;
        if by_locality {
            let here = show_bytes(crate::policy::local_bytes(self.before, spec, home));
            let all = show_bytes(self.all_bytes());
            return format!(
                "it asked the raylet of {name}, which holds {here} of the {all} of its arguments"
            );
        }
        let whose = match spec.owner {
            Caller::Driver => "the driver".to_owned(),
            Caller::Task(owner) => self.names.task(owner),
        };
        match spec.shape.strategy {
            Strategy::NodeAffinity { .. } => {
                format!("it asked the raylet of {name}, the node that it names")
            }
            Strategy::Default | Strategy::Spread | Strategy::PlacementGroup { .. } => {
                format!("it asked the raylet of {name}, where {whose} runs")
            }
        }
    }

    fn score_of(&self, node: NodeId) -> String {
        let Some(row) = self.candidates.iter().find(|row| row.node == node) else {
            return "?".to_owned();
        };
        if self.view.is_some() && node == self.node {
            return match self.choice.score {
                0 => format!("0 (below the threshold of {})", percent(self.threshold)),
                score => percent(score),
            };
        }
        if row.utilization < self.threshold {
            let (used, half) = (percent(row.utilization), percent(self.threshold));
            format!("0 (it is {used} used, below the threshold of {half})")
        } else {
            percent(row.score)
        }
    }

    fn rule(&self, parameters: &Parameters) -> String {
        let node = self.names.node(self.node);
        let Choice { rule, available, .. } = self.choice;
        match rule {
            Rule::Locality => {
                format!("{node} holds most bytes of its arguments and has room, so it goes there")
            }
            Rule::LocalPreferred => format!(
                "{node} is the raylet's own and has room, and no node scores lower than its {}",
                self.score_of(self.node)
            ),
            Rule::LowestScore => format!(
                "{}; {node} has the lowest score of those with room: {}",
                self.why_not_home(),
                self.score_of(self.node)
            ),
            Rule::TopK => format!(
                "{}; {node} was drawn among the best {} of {} with room",
                self.why_not_home(),
                top_k(self.before, parameters).min(u32::from(available)),
                available
            ),
            Rule::Spread => {
                format!("round robin: {node} is the first with room from where the last turn ended")
            }
            Rule::NodeAffinity => format!("its scheduling strategy names {node}"),
            Rule::LeaseReused => {
                format!("its owner had a worker on {node} on lease, and it was free")
            }
            Rule::ActorHome => format!("its actor lives on {node}, in a worker of its own"),
            Rule::Fullest => {
                format!("{node} is the fullest that has room: {} used", self.used(self.node))
            }
            Rule::Emptiest => format!("{node} is the least used: {}", self.used(self.node)),
            Rule::Random => format!("{node} was drawn among {available} with room"),
            Rule::EarliestFinish => {
                format!("on {node} its arguments' copies and its body would be done first")
            }
        }
    }

    fn used(&self, node: NodeId) -> String {
        percent(self.before.ledger.utilization(node))
    }

    fn why_not_home(&self) -> String {
        let Some((home, _)) = self.home else {
            return "the raylet looked further".to_owned();
        };
        let name = self.names.node(home);
        match self.candidates.iter().find(|row| row.node == home).map(|row| &row.verdict) {
            Some(Verdict::Available) | None => {
                format!("the raylet's own {name} has room, but scores {}", self.score_of(home))
            }
            Some(verdict) => {
                format!("the raylet's own {name} is ruled out ({})", words::verdict(verdict))
            }
        }
    }

    /// Those that were as good as the chosen one by the rule's own measure.
    fn tie(&self, parameters: &Parameters) -> Option<String> {
        let own = self.candidates.iter().find(|row| row.node == self.node)?;
        let room = self.candidates.iter().filter(|row| self.had_room(row));
        let equal = room.filter(|row| row.node != self.node).filter(|row| match self.choice.rule {
            Rule::Locality => row.local_bytes == own.local_bytes,
            Rule::LocalPreferred | Rule::LowestScore => row.score == own.score,
            Rule::Fullest | Rule::Emptiest => row.utilization == own.utilization,
            Rule::TopK
            | Rule::Spread
            | Rule::NodeAffinity
            | Rule::ActorHome
            | Rule::LeaseReused
            | Rule::Random
            | Rule::EarliestFinish => false,
        });
        let equal: Vec<NodeId> = equal.map(|row| row.node).collect();
        let list = || Names::list(3, equal.len(), |n| self.names.node(equal[n]).into_owned());
        let name = self.names.node(self.node);
        match self.choice.rule {
            Rule::TopK => {
                let k = top_k(self.before, parameters);
                Some(format!("the run's seed chose among the {k} best"))
            }
            Rule::Random => Some("the run's seed chose".to_owned()),
            _ if equal.is_empty() => None,
            Rule::LocalPreferred => {
                Some(format!("{} scored the same; the raylet's own node comes first", list()))
            }
            Rule::Locality => Some(format!("{} held as much; {name} got it first", list())),
            _ if self.view.is_some() => Some(format!(
                "{} scored the same; the nodes' ids decide, which are drawn for each run",
                list()
            )),
            _ => Some(format!("{} scored the same; the lower number wins", list())),
        }
    }
}

/// How many of the best nodes the default policy draws among.
fn top_k(state: &State, parameters: &Parameters) -> u32 {
    let share =
        state.nodes.len() as u64 * u64::from(parameters.scheduler_top_k_fraction) / 1_000_000;
    (share as u32).max(parameters.scheduler_top_k_absolute).max(1)
}

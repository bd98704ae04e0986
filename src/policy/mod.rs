//! Placement policies: given the state and one task, on which node?
//!
//! A policy is pure. It keeps no facts about the cluster between calls: what it needs (SPREAD's cursor too) is in the
//! state. The engine asks once all that happened at an instant is known, and applies each answer before it asks
//! for the next task, so every decision sees the one before it.

pub mod groups;
mod hybrid;
mod others;

use crate::base::id::Id;
use crate::base::rng::Stream;
use crate::base::{NodeId, TaskId};
use crate::model::{Parameters, Shape, Strategy, TaskSpec};
use crate::state::{Choice, GroupStatus, Ledger, Rule, State};

/// Where a task goes, or why it stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// To that node, for that reason.
    Place(NodeId, Choice),
    /// It waits: nodes could hold it, but none has room now.
    Wait,
    /// No node could ever hold it.
    Infeasible,
    /// It can never run, and fails: it insists on a node that is gone, or on a placement group that was removed.
    Unschedulable,
}

/// What is asked of a policy.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The task.
    pub task: &'a TaskSpec,
    /// What it asks of a node.
    pub shape: &'a Shape,
    /// The raylet that decides.
    pub home: NodeId,
    /// Whether the bytes of its arguments chose that raylet.
    pub by_locality: bool,
    /// How many nodes could ever hold it: `Ledger::count_feasible`, which changes only with the nodes.
    pub feasible: u32,
    /// What is free, as far as whoever decides knows.
    pub ledger: &'a Ledger,
    /// Where SPREAD looks first.
    pub cursor: u32,
    /// The place of each node in the order in which ties are broken; empty is the order of the scenario.
    pub ranks: &'a [u32],
    /// The other way round.
    pub by_rank: &'a [u32],
}

/// A node's place in the order in which ties are broken; without `ranks` it is the order of the scenario.
fn rank(ranks: &[u32], index: usize) -> usize {
    ranks.get(index).map_or(index, |rank| *rank as usize)
}

impl Request<'_> {
    /// The node's place in the order of ids.
    fn rank(&self, index: usize) -> usize {
        rank(self.ranks, index)
    }

    /// The node at that place.
    fn ranked(&self, rank: usize) -> NodeId {
        NodeId::from_index(self.by_rank.get(rank).map_or(rank, |node| *node as usize))
    }
}

/// One way to place tasks whose strategy is DEFAULT.
pub trait Policy: Send {
    /// The node for this task. `stream` is the run's stream for placement; `scratch` is room to sort in.
    fn place(
        &self,
        state: &State,
        request: &Request,
        parameters: &Parameters,
        stream: &mut Stream,
        scratch: &mut Vec<u64>,
    ) -> Decision;

    /// Whether a task is first offered to the node with most bytes of its arguments.
    fn follows_locality(&self) -> bool {
        false
    }
}

/// A policy by its name, with what it does.
pub struct PolicyInfo {
    /// The name in scenarios and on the command line.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    make: fn() -> Box<dyn Policy>,
}

/// All policies. The first is the default.
pub const REGISTRY: &[PolicyInfo] = &[
    PolicyInfo {
        name: "hybrid",
        meaning: "Ray's default: the node of the arguments, else local until half full, then the least used",
        make: || Box::new(hybrid::Hybrid { locality: true }),
    },
    PolicyInfo {
        name: "hybrid-no-locality",
        meaning: "Ray's default without regard to where the arguments are",
        make: || Box::new(hybrid::Hybrid { locality: false }),
    },
    PolicyInfo {
        name: "spread",
        meaning: "round robin over the nodes, as SPREAD does for single tasks",
        make: || Box::new(others::Spread),
    },
    PolicyInfo {
        name: "pack",
        meaning: "the fullest node that has room",
        make: || Box::new(others::Pack),
    },
    PolicyInfo {
        name: "balance",
        meaning: "the least used node, wherever the task comes from",
        make: || Box::new(others::Balance),
    },
    PolicyInfo {
        name: "earliest-finish",
        meaning: "the node with room on which it would finish first, copies of its arguments included",
        make: || Box::new(others::EarliestFinish),
    },
    PolicyInfo {
        name: "random",
        meaning: "any node that has room, each equally likely",
        make: || Box::new(others::Random),
    },
];

/// The names of all policies.
pub fn names() -> Vec<&'static str> {
    REGISTRY.iter().map(|info| info.name).collect()
}

/// The policy of that name.
pub fn by_name(name: &str) -> Option<Box<dyn Policy>> {
    REGISTRY.iter().find(|info| info.name == name).map(|info| (info.make)())
}

/// Decides for one task: its own strategy first, the run's policy where that is DEFAULT.
pub fn decide(
    policy: &dyn Policy,
    state: &State,
    request: &Request,
    parameters: &Parameters,
    stream: &mut Stream,
    scratch: &mut Vec<u64>,
) -> Decision {
    match request.shape.strategy {
        Strategy::Default => policy.place(state, request, parameters, stream, scratch),
        Strategy::Spread => others::spread(request),
        Strategy::PlacementGroup { group, .. } => {
            let row = state.groups.get(group);
            if row.is_none_or(|row| row.status == GroupStatus::Removed) {
                return Decision::Unschedulable;
            }
            policy.place(state, request, parameters, stream, scratch)
        }
        Strategy::NodeAffinity { node, soft } => {
            match node.filter(|node| is_feasible(*node, request)) {
                Some(node) if request.ledger.is_available(node, &request.shape.demand) => {
                    let count = count(request);
                    Decision::Place(
                        node,
                        count.choice(Rule::NodeAffinity, score(request.ledger, node, 0)),
                    )
                }
                Some(_) => Decision::Wait,
                None if soft => policy.place(state, request, parameters, stream, scratch),
                None => Decision::Unschedulable,
            }
        }
    }
}

/// The raylet that a ready task is sent to (`LocalityAwareLeasePolicy`, lease_policy.cc): the one of the node with
/// most bytes of the arguments, the first of them on a tie; else the caller's own.
pub fn home(
    policy: &dyn Policy,
    parameters: &Parameters,
    state: &State,
    task: &TaskSpec,
    own: NodeId,
) -> (NodeId, bool) {
    match task.shape.strategy {
        Strategy::Spread => return (own, false),
        Strategy::NodeAffinity { node: Some(node), .. } if state.ledger.is_alive(node) => {
            return (node, false);
        }
        Strategy::NodeAffinity { .. } | Strategy::PlacementGroup { .. } | Strategy::Default => {}
    }
    if !parameters.locality_aware_leasing_enabled || !policy.follows_locality() {
        return (own, false);
    }
    let mut best: Option<(u64, NodeId)> = None;
    for arg in &task.args {
        for node in state.objects[*arg].locations() {
            let bytes = local_bytes(state, task, node);
            if bytes > 0 && best.is_none_or(|(most, _)| bytes > most) {
                best = Some((bytes, node));
            }
        }
    }
    best.map_or((own, false), |(_, node)| (node, true))
}

/// Bytes of the task's arguments in the store of `node`.
pub fn local_bytes(state: &State, task: &TaskSpec, node: NodeId) -> u64 {
    let objects = task.args.iter().map(|arg| &state.objects[*arg]);
    objects.filter(|object| object.is_on(node)).map(|object| object.size).sum()
}

fn is_feasible(node: NodeId, request: &Request) -> bool {
    node.number() < request.ledger.len() as u32
        && request.ledger.is_feasible(node, &request.shape.demand)
}

/// The score of a node (`ComputeNodeScoreImpl`, hybrid_scheduling_policy.cc): nothing below the threshold.
fn score(ledger: &Ledger, node: NodeId, threshold: u32) -> u32 {
    let utilization = ledger.utilization(node);
    if utilization < threshold { 0 } else { utilization }
}

/// How many nodes could hold a task, and how many have room.
#[derive(Clone, Copy, Default)]
struct Count {
    feasible: u32,
    available: u32,
}

impl Count {
    fn choice(self, rule: Rule, score: u32) -> Choice {
        // A cluster has at most 65,000 nodes at the start; more than can be counted are as many as can.
        let short = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
        let (feasible, available) = (short(self.feasible), short(self.available));
        Choice { rule, score, feasible, available }
    }

    /// What to say when no node was chosen.
    fn nothing(self) -> Decision {
        if self.feasible == 0 { Decision::Infeasible } else { Decision::Wait }
    }
}

fn count(request: &Request) -> Count {
    let available = request.ledger.count_available(&request.shape.demand);
    Count { feasible: request.feasible, available }
}

/// What ruled a node out, if anything did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It could be chosen.
    Available,
    /// It is gone.
    Dead,
    /// It never had enough of a resource.
    Infeasible {
        /// The resource's name.
        resource: String,
        /// What was asked.
        asked: crate::base::Amount,
        /// What the node has in all.
        total: crate::base::Amount,
    },
    /// It has not enough of a resource now.
    Busy {
        /// The resource's name.
        resource: String,
        /// What was asked.
        asked: crate::base::Amount,
        /// What is free.
        free: crate::base::Amount,
    },
    /// The task insists on another node.
    NotAsked,
}

/// A node as a policy saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The node.
    pub node: NodeId,
    /// Whether it could be chosen.
    pub verdict: Verdict,
    /// Its utilisation in millionths.
    pub utilization: u32,
    /// What of that counts under the threshold.
    pub score: u32,
    /// Bytes of the task's arguments in its store.
    pub local_bytes: u64,
}

/// Every node as the policy sees it for `task` in `state`: the full table behind a decision.
pub fn candidates(state: &State, parameters: &Parameters, task: TaskId) -> Vec<Candidate> {
    let spec = &state.tasks[task].spec;
    let asked_node = match spec.shape.strategy {
        Strategy::NodeAffinity { node: Some(node), soft: false } => Some(node),
        Strategy::NodeAffinity { .. }
        | Strategy::PlacementGroup { .. }
        | Strategy::Default
        | Strategy::Spread => None,
    };
    let threshold = parameters.scheduler_spread_threshold;
    let of = |node: NodeId| Candidate {
        node,
        verdict: verdict(state, spec, node, asked_node),
        utilization: state.ledger.utilization(node),
        score: score(&state.ledger, node, threshold),
        local_bytes: local_bytes(state, spec, node),
    };
    state.nodes.ids().map(of).collect()
}

fn verdict(state: &State, spec: &TaskSpec, node: NodeId, asked_node: Option<NodeId>) -> Verdict {
    if !state.ledger.is_alive(node) {
        return Verdict::Dead;
    }
    if asked_node.is_some_and(|asked| asked != node) {
        return Verdict::NotAsked;
    }
    let name = |id| state.resource_names.get(id).map_or("?".to_owned(), |name| name.to_string());
    for (id, asked) in spec.shape.demand.iter() {
        let total = state.ledger.total(node, id);
        if asked > total {
            return Verdict::Infeasible { resource: name(id), asked, total };
        }
    }
    for (id, asked) in spec.shape.demand.iter() {
        let free = state.ledger.free(node, id);
        if asked > free {
            return Verdict::Busy { resource: name(id), asked, free };
        }
    }
    Verdict::Available
}

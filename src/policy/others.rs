//! The policies besides Ray's default: SPREAD, and some to compare with.

use crate::base::rng::Stream;
use crate::base::{NodeId, Span};
use crate::model::Parameters;
use crate::policy::{Decision, Policy, Request, count, score};
use crate::state::{Rule, State};

/// SPREAD (spread_scheduling_policy.cc): the first node with room from the raylet's cursor on.
pub(super) fn spread(request: &Request) -> Decision {
    let count = count(request);
    let nodes = request.ledger.len();
    let start = request.cursor as usize;
    for offset in 0..nodes {
        let node = request.ranked((start + offset) % nodes);
        if request.ledger.is_available(node, &request.shape.demand) {
            let score = score(request.ledger, node, 0);
            return Decision::Place(node, count.choice(Rule::Spread, score));
        }
    }
    count.nothing()
}

/// The node with room that has the smallest `cost`, the lowest id on a tie.
fn cheapest<C: Ord>(
    state: &State,
    request: &Request,
    rule: Rule,
    cost: impl Fn(NodeId) -> C,
) -> Decision {
    let with_room = state.nodes.ids().filter(|node| {
        request.ledger.is_alive(*node) && request.ledger.is_available(*node, &request.shape.demand)
    });
    let count = count(request);
    match with_room.min_by_key(|node| cost(*node)) {
        Some(node) => Decision::Place(node, count.choice(rule, score(request.ledger, node, 0))),
        None => count.nothing(),
    }
}

/// SPREAD for every task.
pub(super) struct Spread;

impl Policy for Spread {
    fn place(
        &self,
        _: &State,
        request: &Request,
        _: &Parameters,
        _: &mut Stream,
        _: &mut Vec<u64>,
    ) -> Decision {
        spread(request)
    }
}

/// The fullest node with room.
pub(super) struct Pack;

impl Policy for Pack {
    fn place(
        &self,
        state: &State,
        request: &Request,
        _: &Parameters,
        _: &mut Stream,
        _: &mut Vec<u64>,
    ) -> Decision {
        let emptiness = |node| u32::MAX - request.ledger.utilization(node);
        cheapest(state, request, Rule::Fullest, emptiness)
    }
}

/// The least used node.
pub(super) struct Balance;

impl Policy for Balance {
    fn place(
        &self,
        state: &State,
        request: &Request,
        _: &Parameters,
        _: &mut Stream,
        _: &mut Vec<u64>,
    ) -> Decision {
        cheapest(state, request, Rule::Emptiest, |node| request.ledger.utilization(node))
    }
}

/// The node on which the task would finish first: copies of what is not there, then its body. A greedy
/// heuristic for unrelated machines; it sees the links as if they were idle.
pub(super) struct EarliestFinish;

impl Policy for EarliestFinish {
    fn place(
        &self,
        state: &State,
        request: &Request,
        _: &Parameters,
        _: &mut Stream,
        _: &mut Vec<u64>,
    ) -> Decision {
        let finish = |node: NodeId| {
            let missing = request.task.args.iter().map(|arg| &state.objects[*arg]);
            let bytes: u64 =
                missing.filter(|object| !object.is_on(node)).map(|object| object.size).sum();
            let body = request.task.duration_on(node).unwrap_or(Span::ZERO);
            (state.nodes[node].time_to_receive(bytes) + body, node)
        };
        cheapest(state, request, Rule::EarliestFinish, finish)
    }
}

/// Any node with room.
pub(super) struct Random;

impl Policy for Random {
    fn place(
        &self,
        state: &State,
        request: &Request,
        _: &Parameters,
        stream: &mut Stream,
        scratch: &mut Vec<u64>,
    ) -> Decision {
        scratch.clear();
        let demand = &request.shape.demand;
        let with_room = state.nodes.ids().filter(|node| request.ledger.is_available(*node, demand));
        scratch.extend(with_room.map(|node| u64::from(node.number())));
        let count = count(request);
        if scratch.is_empty() {
            return count.nothing();
        }
        let node = NodeId::new(scratch[stream.below(scratch.len() as u64) as usize] as u32);
        Decision::Place(node, count.choice(Rule::Random, score(request.ledger, node, 0)))
    }
}

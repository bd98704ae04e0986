//! Ray's default policy (hybrid_scheduling_policy.cc, cluster_resource_scheduler.cc of 2.60).

use crate::base::rng::Stream;
use crate::model::Parameters;
use crate::policy::{Count, Decision, Policy, Request, count, score};
use crate::state::{Rule, State};

/// Local until half full, then the least used node; ties by id, drawn among the top k on larger clusters.
pub(super) struct Hybrid {
    /// Whether a task goes first to the node of its arguments.
    pub locality: bool,
}

impl Policy for Hybrid {
    fn place(
        &self,
        _: &State,
        request: &Request,
        parameters: &Parameters,
        stream: &mut Stream,
        scratch: &mut Vec<u64>,
    ) -> Decision {
        let threshold = parameters.scheduler_spread_threshold;
        let home_available = request.ledger.is_available(request.home, &request.shape.demand);
        if home_available && request.by_locality {
            let home_score = score(request.ledger, request.home, threshold);
            let choice = count(request).choice(Rule::Locality, home_score);
            return Decision::Place(request.home, choice);
        }
        let survey = Survey::of(request, threshold, scratch);
        let count = survey.count;
        if count.available == 0 {
            return count.nothing();
        }
        let home_score = score(request.ledger, request.home, threshold);
        if home_available && home_score <= survey.best {
            return Decision::Place(request.home, count.choice(Rule::LocalPreferred, home_score));
        }
        let k = top_k(request.ledger.len(), parameters).min(count.available);
        let draw = if k > 1 { stream.below(u64::from(k)) as usize } else { 0 };
        let (_, chosen, _) = scratch.select_nth_unstable(draw);
        let node = request.ranked((*chosen & u64::from(u32::MAX)) as usize);
        let rule = if k > 1 { Rule::TopK } else { Rule::LowestScore };
        Decision::Place(node, count.choice(rule, score(request.ledger, node, threshold)))
    }

    fn follows_locality(&self) -> bool {
        self.locality
    }
}

/// `max(top_k_absolute, fraction of all nodes)`, but at least one.
fn top_k(nodes: usize, parameters: &Parameters) -> u32 {
    let share = nodes as u64 * u64::from(parameters.scheduler_top_k_fraction) / 1_000_000;
    (share as u32).max(parameters.scheduler_top_k_absolute).max(1)
}

/// One walk over all nodes.
struct Survey {
    count: Count,
    /// The lowest score among the nodes with room.
    best: u32,
}

impl Survey {
    /// Leaves the nodes with room in `scratch`, as score and id in one number, so that sorting numbers sorts by
    /// score and then by id.
    fn of(request: &Request, threshold: u32, scratch: &mut Vec<u64>) -> Survey {
        scratch.clear();
        let mut survey = Survey { count: Count::default(), best: u32::MAX };
        survey.count.feasible = request.feasible;
        let utilizations = request.ledger.utilizations();
        request.ledger.each_available(&request.shape.demand, |index| {
            let score = if utilizations[index] < threshold { 0 } else { utilizations[index] };
            survey.best = survey.best.min(score);
            scratch.push(u64::from(score) << 32 | request.rank(index) as u64);
        });
        survey.count.available = scratch.len() as u32;
        survey
    }
}

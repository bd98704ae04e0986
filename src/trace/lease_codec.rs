//! Leases as lines and back, and the rules by which nodes are chosen.

use crate::base::LeaseId;
use crate::state::{Event, Ghost, LeaseEnd, LeaseStep, Return, Rule};
use crate::trace::decode::{need, node, task, worker};
use crate::trace::encode::of;
use crate::trace::mirror::{Kind, LeaseWord, Line, RuleWord};

/// The line for a step of a lease.
pub(super) fn line(lease: LeaseId, step: &LeaseStep) -> Line {
    let line = match step {
        LeaseStep::Requested { task, node } => {
            of(Kind::LeaseRequested).task(task.number()).node(node.number())
        }
        LeaseStep::Queued { ghost } => Line {
            node: ghost.map(|ghost| ghost.node.number()),
            age: ghost.map(|ghost| ghost.age_ms),
            ..of(Kind::LeaseQueued)
        },
        LeaseStep::Redirected { to, rule, score, age_ms, seen } => Line {
            to: Some(to.number()),
            rule: Some(rule_word(*rule)),
            score: Some(*score),
            age: (*age_ms > 0).then_some(u32::from(*age_ms)),
            seen: (*seen > 0).then_some(*seen),
            ..of(Kind::LeaseRedirected)
        },
        LeaseStep::Granted { worker } => of(Kind::LeaseGranted).worker(worker.number()),
        LeaseStep::Ended(end) => of(Kind::LeaseEnded).why(match end {
            LeaseEnd::Rejected => LeaseWord::Rejected,
            LeaseEnd::NotNeeded => LeaseWord::NotNeeded,
            LeaseEnd::Cancelled => LeaseWord::Cancelled,
            LeaseEnd::NodeGone => LeaseWord::NodeGone,
        }),
        LeaseStep::Returned { worker, why } => {
            let (word, age) = match why {
                Return::NoTask => (LeaseWord::NoTask, None),
                Return::Expired { age_ms } => (LeaseWord::Expired, Some(*age_ms)),
            };
            of(Kind::LeaseReturned).worker(worker.number()).why(word).age(age)
        }
    };
    line.lease(lease.number())
}

/// The step that a line tells.
pub(super) fn read(l: &mut Line) -> Result<Event, String> {
    let lease = LeaseId::new(need(l.lease.take(), "lease")?);
    let step = match l.e {
        Kind::LeaseRequested => LeaseStep::Requested { task: task(l)?, node: node(l)? },
        Kind::LeaseQueued if l.node.is_none() => LeaseStep::Queued { ghost: None },
        Kind::LeaseQueued => {
            let ghost = Ghost { node: node(l)?, age_ms: need(l.age.take(), "age")? };
            LeaseStep::Queued { ghost: Some(ghost) }
        }
        Kind::LeaseRedirected => LeaseStep::Redirected {
            to: crate::base::NodeId::new(need(l.to.take(), "to")?),
            rule: rule_of(need(l.rule.take(), "rule")?),
            score: need(l.score.take(), "score")?,
            age_ms: u16::try_from(l.age.take().unwrap_or(0))
                .map_err(|_| format!("`age` is at most {} here", u16::MAX))?,
            seen: l.seen.take().unwrap_or(0),
        },
        Kind::LeaseGranted => LeaseStep::Granted { worker: worker(l)? },
        Kind::LeaseEnded => LeaseStep::Ended(match need(l.why.take(), "why")? {
            LeaseWord::Rejected => LeaseEnd::Rejected,
            LeaseWord::NotNeeded => LeaseEnd::NotNeeded,
            LeaseWord::Cancelled => LeaseEnd::Cancelled,
            LeaseWord::NodeGone => LeaseEnd::NodeGone,
            word => return Err(format!("a request for a lease does not end with {word:?}")),
        }),
        _ => {
            let why = match need(l.why.take(), "why")? {
                LeaseWord::NoTask => Return::NoTask,
                LeaseWord::Expired => Return::Expired { age_ms: need(l.age.take(), "age")? },
                word => return Err(format!("a worker is not given back for {word:?}")),
            };
            LeaseStep::Returned { worker: worker(l)?, why }
        }
    };
    Ok(Event::Lease { lease, step })
}

/// The word for a rule.
pub(super) fn rule_word(rule: Rule) -> RuleWord {
    match rule {
        Rule::Locality => RuleWord::Locality,
        Rule::LocalPreferred => RuleWord::LocalPreferred,
        Rule::LowestScore => RuleWord::LowestScore,
        Rule::TopK => RuleWord::TopK,
        Rule::Spread => RuleWord::Spread,
        Rule::NodeAffinity => RuleWord::NodeAffinity,
        Rule::ActorHome => RuleWord::ActorHome,
        Rule::LeaseReused => RuleWord::LeaseReused,
        Rule::Fullest => RuleWord::Fullest,
        Rule::Emptiest => RuleWord::Emptiest,
        Rule::Random => RuleWord::Random,
        Rule::EarliestFinish => RuleWord::EarliestFinish,
    }
}

/// The rule of a word.
pub(super) fn rule_of(word: RuleWord) -> Rule {
    match word {
        RuleWord::Locality => Rule::Locality,
        RuleWord::LocalPreferred => Rule::LocalPreferred,
        RuleWord::LowestScore => Rule::LowestScore,
        RuleWord::TopK => Rule::TopK,
        RuleWord::Spread => Rule::Spread,
        RuleWord::NodeAffinity => Rule::NodeAffinity,
        RuleWord::ActorHome => Rule::ActorHome,
        RuleWord::LeaseReused => Rule::LeaseReused,
        RuleWord::Fullest => Rule::Fullest,
        RuleWord::Emptiest => Rule::Emptiest,
        RuleWord::Random => Rule::Random,
        RuleWord::EarliestFinish => Rule::EarliestFinish,
    }
}

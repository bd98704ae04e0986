//! Why a run cannot go on: infeasible tasks, deadlocks, and loops in which no time passes.

use crate::base::{Amount, TaskId};
use crate::engine::core::Engine;
use crate::engine::stores::Stalled;
use crate::model::labels::selector_text;
use crate::model::{Caller, Strategy};
use crate::policy::{self, Decision, Request};
use crate::process::{Effect, Step};
use crate::state::{Call, CallKind, Outcome, TaskStatus};
use std::sync::Arc;

/// After so many equal answers in a row, at one instant and with nothing new in between, a loop is called endless.
const SAME_ANSWERS: u32 = 100;
/// The same where each call costs time.
const SAME_ANSWERS_AT_A_COST: u32 = 1_000;
/// After so many requests at one instant that change nothing, too.
const EMPTY_STEPS: u32 = 100_000;

/// Watches one process at a time for loops that make no progress.
#[derive(Default)]
pub(super) struct IdleWatch {
    caller: Option<Caller>,
    at: crate::base::Instant,
    answer: Option<(Arc<Call>, Box<[u32]>)>,
    same: u32,
    empty: u32,
}

impl Engine<'_> {
    /// Looks at every request: only those that change nothing count.
    pub fn watch(&mut self, caller: Caller, step: &Step) {
        let watch = &mut self.idle_watch;
        if watch.caller != Some(caller) || watch.at != self.now {
            // Where calls cost time, so much of it passes without anything having happened.
            let cost = self.model.parameters.get_cost.as_nanos().saturating_mul(4);
            let soon = self.now.since(watch.at).as_nanos() <= cost;
            let (answer, same) = match watch.caller == Some(caller) && soon {
                true => (watch.answer.take(), watch.same),
                false => (None, 0),
            };
            *watch = IdleWatch { caller: Some(caller), at: self.now, answer, same, empty: 0 };
        }
        match &step.effect {
            Effect::Get { .. }
            | Effect::Wait { .. }
            | Effect::WaitRefused { .. }
            | Effect::Print(_)
            | Effect::Now
            | Effect::ClusterResources { .. }
            | Effect::Nodes
            | Effect::GroupReady { .. }
            | Effect::NextItem { .. }
            | Effect::PeekItem { .. }
            | Effect::Context => watch.empty += 1,
            Effect::Sleep(span) if *span == crate::base::Span::ZERO => watch.empty += 1,
            Effect::Init { .. }
            | Effect::SubmitPrepared(_)
            | Effect::Submit(_)
            | Effect::CreateActor(_)
            | Effect::CallActor(_)
            | Effect::Put(_)
            | Effect::Yield(_)
            | Effect::Cancel { .. }
            | Effect::Kill { .. }
            | Effect::CreateGroup(_)
            | Effect::RemoveGroup { .. }
            | Effect::Release(_)
            | Effect::Sleep(_)
            | Effect::Return(_)
            | Effect::Raise(_)
            | Effect::Exit
            | Effect::Abort(_) => *watch = IdleWatch::default(),
        }
        if watch.empty >= EMPTY_STEPS {
            let message = "it asks for the time or the state of the cluster again and again, but virtual time \
                           passes only in time.sleep, ray.get and ray.wait";
            let (message, line) = (message.to_owned(), step.line);
            self.outcome.get_or_insert(Outcome::Livelock { message, line });
        }
    }

    /// Looks at every answer of `ray.wait`: the same one again and again is the lesson's endless loop.
    pub fn watch_answer(&mut self, caller: Caller, call: &Arc<Call>, ready: &[u32]) {
        // Where calls cost time, asking until more is ready is no mistake; getting all that was asked for is.
        let costs = self.model.parameters.get_cost > crate::base::Span::ZERO;
        let CallKind::Wait { num_returns, .. } = call.kind else { return };
        let full = ready.len() >= num_returns as usize;
        let most = if costs { SAME_ANSWERS_AT_A_COST } else { SAME_ANSWERS };
        let watch = &mut self.idle_watch;
        let same = watch.caller == Some(caller)
            && (watch.at == self.now || costs && full && call.at == self.now)
            && watch.answer.as_ref().is_some_and(|(before, answer)| {
                before.line == call.line && before.refs == call.refs && **answer == *ready
            });
        watch.same = if same { watch.same + 1 } else { 1 };
        watch.answer = Some((call.clone(), ready.into()));
        if watch.same >= most {
            let passed =
                if costs { "without having to wait" } else { "while no virtual time passed" };
            let message = format!(
                "ray.wait was called {} times with the same list of {} and gave the same {} ready each time, \
                 {passed}; take the ready ids out of the list, for example `ids = remaining_ids`",
                watch.same,
                call.refs.len(),
                ready.len()
            );
            self.outcome.get_or_insert(Outcome::Livelock { message, line: call.line });
        }
    }

    /// Nothing is planned any more, but the driver has not ended: says who waits for what.
    pub fn diagnose_stall(&mut self) -> Outcome {
        if let Some((task, message)) = self.first_infeasible() {
            return Outcome::Infeasible { task, message };
        }
        let message = self
            .full_store()
            .or_else(|| {
                let group = self.homeless_group()?;
                Some(format!("{group} while {}", self.who_waits()))
            })
            .or_else(|| self.starved_task())
            .unwrap_or_else(|| format!("nothing can happen any more, but {}", self.who_waits()));
        Outcome::Deadlock { message }
    }

    /// The first queued task that no node could ever hold.
    fn first_infeasible(&mut self) -> Option<(TaskId, String)> {
        let mut queued = Vec::new();
        for (task, row) in self.state.tasks.enumerate() {
            if let TaskStatus::PendingNodeAssignment { home, by_locality } = row.status {
                queued.push((task, home, by_locality));
            }
        }
        queued.into_iter().find_map(|(task, home, by_locality)| {
            let spec = self.state.tasks[task].spec.clone();
            let feasible = self.state.ledger.count_feasible(&spec.shape.demand);
            let request = Request {
                task: &spec,
                shape: &spec.shape,
                home,
                by_locality,
                feasible,
                ledger: &self.state.ledger,
                cursor: self.state.nodes[home].spread_cursor,
                ranks: &[],
                by_rank: &[],
            };
            let decision = policy::decide(
                &*self.policy,
                &self.state,
                &request,
                &self.model.parameters,
                &mut self.placement,
                &mut self.scratch,
            );
            (decision == Decision::Infeasible).then(|| {
                if let Strategy::PlacementGroup { .. } = spec.shape.strategy
                    && let Some(group) = self.homeless_group()
                {
                    return (task, format!("{} waits, and {group}", spec.label()));
                }
                (
                    task,
                    format!(
                        "no node can ever hold {}, which asks for {}",
                        spec.label(),
                        self.wish(task)
                    ),
                )
            })
        })
    }

    /// What a task asks for, in words.
    fn wish(&self, task: TaskId) -> String {
        let demand = &self.state.tasks[task].spec.shape.demand;
        let name = |id| self.state.resource_names[id].clone();
        let one = |name: &str, amount: Amount| match selector_text(name) {
            Some(selector) => format!("a node with the labels {selector}"),
            None => format!("{amount} {name}"),
        };
        let parts: Vec<String> = demand.iter().map(|(id, amount)| one(&name(id), amount)).collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }

    fn full_store(&self) -> Option<String> {
        let node = self.state.nodes.ids().find(|n| self.stores[*n].stalled().next().is_some())?;
        let row = &self.state.nodes[node];
        let stalled = self.stores[node].stalled().next()?;
        let who = match stalled {
            Stalled::Results { task, .. } => {
                format!("the results of {}", self.state.tasks[*task].spec.label())
            }
            Stalled::Fetch { waiter: crate::engine::core::Waiter::Task(task, _), .. } => {
                format!("the arguments of {}", self.state.tasks[*task].spec.label())
            }
            Stalled::Fetch { .. } => "the objects that ray.get asks for".to_owned(),
            Stalled::Item { task, .. } => {
                format!("an item of {}", self.state.tasks[*task].spec.label())
            }
            Stalled::Put { .. } => "a ray.put".to_owned(),
        };
        use crate::base::units::show_bytes;
        Some(format!(
            "the object store of {} is full: {} of its {} are primary copies that are still referred to, and {who} \
             ({}) do not fit",
            row.name,
            show_bytes(row.store_primary),
            show_bytes(row.store_capacity.unwrap_or(0)),
            show_bytes(stalled.bytes())
        ))
    }

    /// A queued task that would fit on a node if those who hold its resources ever ended.
    fn starved_task(&self) -> Option<String> {
        let (task, row) = self
            .state
            .tasks
            .enumerate()
            .find(|(_, row)| matches!(row.status, TaskStatus::PendingNodeAssignment { .. }))?;
        let wish = self.wish(task);
        Some(format!(
            "{} waits for {wish}, which is held by tasks or actors that never end while {}",
            row.spec.label(),
            self.who_waits()
        ))
    }

    fn who_waits(&self) -> String {
        let mut parts = Vec::new();
        for (caller, call) in &self.state.calls {
            let who = match caller {
                Caller::Driver => "the driver".to_owned(),
                Caller::Task(task) => self.state.tasks[*task].spec.label().to_owned(),
            };
            let what = call.kind.name();
            let line =
                if call.line > 0 { format!(" in line {}", call.line) } else { String::new() };
            parts.push(format!("{who} waits in {what}{line}"));
            if parts.len() == 3 {
                break;
            }
        }
        if parts.is_empty() { "the driver has not ended".to_owned() } else { parts.join(", ") }
    }
}

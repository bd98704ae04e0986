//! Processes: what a program asks for, and when it goes on.

use crate::base::{GroupId, Span, TaskId};
use crate::engine::core::{Code, Engine};
use crate::engine::timers::Timer;
use crate::model::labels::selector_text;
use crate::model::{Caller, TaskKind};
use crate::process::{Abort, Effect, NodeReport, Process, Reply, Step, Value};
use crate::state::call::Refusal;
use crate::state::{ActorStatus, CallKind, Event, Failure, FailureKind, Outcome, Printed};
use crate::trace::Record;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What became of a process that was resumed.
pub(super) enum After {
    /// It goes on at once with this answer.
    Continue(Reply),
    /// It waits; the answer comes through `resumes`.
    Suspended,
    /// It ended.
    Ended,
}

impl Engine<'_> {
    /// Lets a process run until it has to wait.
    pub fn resume(&mut self, caller: Caller, reply: Reply) {
        let Some(mut process) = self.take_process(caller, &reply) else { return };
        if let Caller::Task(task) = caller
            && self.tasks[task].cancelled
        {
            return self.interrupt(task, process);
        }
        let mut reply = match reply {
            Reply::Start => self.first_reply(caller),
            other => other,
        };
        loop {
            let step = process.resume(reply);
            match self.effect(caller, step) {
                After::Continue(next) => reply = next,
                After::Suspended => return self.keep_process(caller, process),
                After::Ended => return self.process_ended(caller, process),
            }
            if self.outcome.is_some() {
                return;
            }
        }
    }

    /// The process of a caller; that of a task that starts is made here.
    fn take_process(&mut self, caller: Caller, reply: &Reply) -> Option<Box<dyn Process>> {
        let Caller::Task(task) = caller else { return self.driver.take() };
        if self.state.tasks[task].status.is_done() {
            return None;
        }
        match self.state.tasks[task].spec.kind {
            TaskKind::ActorCall(actor) => self.actors[actor].process.take(),
            TaskKind::Normal | TaskKind::ActorCreation(_) if matches!(reply, Reply::Start) => {
                let args = self.argument_values(task);
                match self.code.get(&task)? {
                    Code::Body(body) => Some(body.start(args)),
                    Code::Method(_) => None,
                }
            }
            TaskKind::Normal | TaskKind::ActorCreation(_) => self.bodies.remove(&task),
        }
    }

    fn first_reply(&mut self, caller: Caller) -> Reply {
        let Caller::Task(task) = caller else { return Reply::Start };
        let args = match self.state.tasks[task].spec.kind {
            TaskKind::ActorCall(_) => self.argument_values(task),
            TaskKind::Normal | TaskKind::ActorCreation(_) => return Reply::Start,
        };
        match self.code.get(&task) {
            Some(Code::Method(call)) => {
                let (method, payload) = (call.method.clone(), call.payload.clone());
                Reply::Call { method, payload, args }
            }
            Some(Code::Body(_)) | None => Reply::Start,
        }
    }

    fn argument_values(&self, task: TaskId) -> Vec<Value> {
        let args = &self.state.tasks[task].spec.args;
        let value = |object: &crate::base::ObjectId| {
            let size = self.state.objects[*object].size;
            self.values.get(object).cloned().unwrap_or_else(|| Value::sized(size))
        };
        args.iter().map(value).collect()
    }

    fn keep_process(&mut self, caller: Caller, process: Box<dyn Process>) {
        match caller {
            Caller::Driver => self.driver = Some(process),
            Caller::Task(task) => match self.state.tasks[task].spec.kind {
                TaskKind::Normal | TaskKind::ActorCreation(_) => {
                    self.bodies.insert(task, process);
                }
                TaskKind::ActorCall(actor) => self.actors[actor].process = Some(process),
            },
        }
    }

    /// An actor's process outlives its constructor and its calls; the others are done.
    fn process_ended(&mut self, caller: Caller, process: Box<dyn Process>) {
        let Caller::Task(task) = caller else { return };
        match self.state.tasks[task].spec.kind {
            TaskKind::Normal => {}
            TaskKind::ActorCreation(actor) | TaskKind::ActorCall(actor) => {
                let coming = self.leasing.on
                    && !matches!(self.state.actors[actor].status, ActorStatus::Dead);
                if coming || self.actor_lives(actor) {
                    self.actors[actor].process = Some(process);
                }
                self.pump_actor(actor);
            }
        }
    }

    /// A cancelled task is interrupted as soon as its process would go on.
    fn interrupt(&mut self, task: TaskId, process: Box<dyn Process>) {
        let message = "This task or its dependency was cancelled".to_owned();
        // Python raises it where it stands, as any exception of the body.
        let class = FailureKind::TaskCancelled.ray_class().to_owned();
        let failure = self.raised_by(task, class, message);
        if let TaskKind::ActorCall(actor) = self.state.tasks[task].spec.kind {
            self.actors[actor].process = Some(process);
        }
        self.fail_for_good(task, Arc::new(failure));
    }

    fn effect(&mut self, caller: Caller, step: Step) -> After {
        let line = step.line;
        self.watch(caller, &step);
        match step.effect {
            Effect::SubmitPrepared(spec) => {
                self.submit(spec);
                return self.charge_submit(caller, Reply::Done);
            }
            Effect::Submit(request) => {
                let reply = self.submit_request(caller, request, line);
                return self.charge_submit(caller, reply);
            }
            Effect::CreateActor(request) => {
                let actor = self.create_actor(caller, request, line);
                return self.charge_submit(caller, Reply::Actor(actor));
            }
            Effect::CallActor(request) => {
                let reply = self.call_actor(caller, request, line);
                return self.charge_submit(caller, reply);
            }
            Effect::Yield(value) => self.yield_item(caller, value),
            Effect::NextItem { task } => return self.next_item(caller, task, line),
            Effect::PeekItem { task } => return self.peek_item(task),
            Effect::Put(value) => self.put(caller, value),
            Effect::Get { refs, timeout } => self.call(caller, CallKind::Get, refs, timeout, line),
            Effect::Wait { refs, num_returns, timeout, fetch_local } => {
                let kind = CallKind::Wait { num_returns: num_returns as u32, fetch_local };
                self.call(caller, kind, refs, timeout, line)
            }
            Effect::WaitRefused { refs, class, message } => {
                let (refs, class) = (refs as u32, class.to_owned());
                return self.wait_refused(Refusal { caller, line, refs, class, message });
            }
            Effect::Cancel { object, force, recursive } => {
                return After::Continue(self.cancel(object, force, recursive));
            }
            Effect::Kill { actor, no_restart } => {
                self.kill_actor(actor, no_restart);
                return After::Continue(Reply::Done);
            }
            Effect::CreateGroup(request) => {
                let reply = self.create_group(caller, request, line);
                return self.charge(caller, self.gcs_cost(), reply);
            }
            Effect::GroupReady { group, value, waits } => {
                return After::Continue(self.group_ready(group, value, waits));
            }
            Effect::RemoveGroup { group } => return self.group_removed(caller, group),
            Effect::Release(objects) => {
                objects.into_iter().for_each(|object| self.release(object));
                return After::Continue(Reply::Done);
            }
            // The cluster is the scenario's; what the program says was looked at before the run.
            Effect::Init { .. } => return After::Continue(Reply::Done),
            Effect::Sleep(span) => return self.sleep(caller, span, line),
            Effect::Print(text) => return self.print(caller, text, line),
            Effect::Now => return After::Continue(Reply::Time(self.now)),
            Effect::ClusterResources { available } => {
                return After::Continue(Reply::Resources(self.cluster_resources(available)));
            }
            Effect::Nodes => return After::Continue(Reply::Nodes(self.node_reports())),
            Effect::Context => return After::Continue(self.context(caller)),
            Effect::Return(values) => return self.returned(caller, values),
            Effect::Raise(failure) => return self.raised(caller, failure, line),
            Effect::Exit => return self.exited(caller),
            Effect::Abort(abort) => return self.aborted(abort, line),
        }
        After::Suspended
    }

    /// A program that runs in the group that it removes ends with it.
    fn group_removed(&mut self, caller: Caller, group: GroupId) -> After {
        let cost = self.gcs_cost();
        if cost > Span::ZERO {
            // It reaches the raylets of the bundles when the GCS has answered.
            let at = self.now + cost + self.model.parameters.rpc_latency;
            self.timers.plan(at, Timer::GroupGone(group));
            return self.charge(caller, cost, Reply::Done);
        }
        self.remove_group(group);
        if self.goes_on(caller) { After::Continue(Reply::Done) } else { After::Ended }
    }

    fn wait_refused(&mut self, refusal: Refusal) -> After {
        self.record(Event::WaitRefused(Arc::new(refusal)));
        After::Continue(Reply::Done)
    }

    fn aborted(&mut self, abort: Abort, line: u32) -> After {
        self.outcome.get_or_insert(match abort {
            Abort::Limit(message) => {
                Outcome::LimitReached { message: format!("line {line}: {message}") }
            }
            Abort::Unsupported { message, help } => Outcome::Unsupported { message, help, line },
        });
        After::Ended
    }

    fn context(&self, caller: Caller) -> Reply {
        let task = match caller {
            Caller::Driver => None,
            Caller::Task(task) => Some(task.number()),
        };
        Reply::Context { node: self.state.caller_node(caller), task }
    }

    /// Goes on with `reply` after the cost of a submission, or at once if there is none.
    fn charge_submit(&mut self, caller: Caller, reply: Reply) -> After {
        let cost = self.model.parameters.submit_cost;
        let cost = if self.leasing.on { self.submit_time(caller) } else { cost };
        self.charge(caller, cost, reply)
    }

    /// Goes on with `reply` after that cost.
    fn charge(&mut self, caller: Caller, cost: Span, reply: Reply) -> After {
        if cost == Span::ZERO {
            return After::Continue(reply);
        }
        self.answer(caller, cost, reply, Record::NO_CAUSE);
        After::Suspended
    }

    /// A process that waits goes on with `reply` after that cost; without one, because of the record `cause`.
    pub fn answer(&mut self, caller: Caller, cost: Span, reply: Reply, cause: u32) {
        if cost == Span::ZERO {
            self.resumes.push_back((caller, reply, cause));
        } else {
            self.pending_replies.insert(caller, reply);
            self.nap(caller, cost);
        }
    }

    fn sleep(&mut self, caller: Caller, span: Span, line: u32) -> After {
        if span == Span::ZERO {
            return After::Continue(Reply::Done);
        }
        let until = self.now + span;
        self.cause = Record::NO_CAUSE;
        self.record(Event::Slept { caller, line, until });
        self.nap(caller, span);
        After::Suspended
    }

    /// The process goes on after `span`.
    pub fn nap(&mut self, caller: Caller, span: Span) {
        // Never the same number twice: a timer of an earlier attempt must not wake a later one.
        self.nap_number += 1;
        let nap = self.nap_number;
        self.naps.insert(caller, nap);
        self.timers.plan(self.now + span, Timer::NapOver { caller, nap });
    }

    /// A process has slept, or a cost was paid.
    pub fn nap_over(&mut self, caller: Caller, nap: u64) {
        if self.naps.get(&caller) != Some(&nap) {
            return;
        }
        let reply = self.pending_replies.remove(&caller).unwrap_or(Reply::Done);
        self.resumes.push_back((caller, reply, Record::NO_CAUSE));
    }

    fn print(&mut self, caller: Caller, text: String, line: u32) -> After {
        self.printed = self.printed.saturating_add(text.len() as u64 + 1);
        if self.printed > self.options.limits.output {
            self.stop_at_limit("output");
            return After::Ended;
        }
        let printed = Printed { caller, line, at: self.now, text };
        self.record(Event::LinePrinted(Arc::new(printed)));
        After::Continue(Reply::Done)
    }

    fn returned(&mut self, caller: Caller, values: Vec<Value>) -> After {
        match caller {
            Caller::Driver => {
                self.outcome.get_or_insert(Outcome::Finished);
            }
            Caller::Task(task) => {
                self.cause = self.tasks[task].record;
                self.end_body(task, Some(values));
            }
        }
        After::Ended
    }

    fn raised(&mut self, caller: Caller, failure: Failure, line: u32) -> After {
        match caller {
            Caller::Driver => {
                let failure = Arc::new(failure);
                self.outcome.get_or_insert(Outcome::ProgramFailed { failure, line });
            }
            Caller::Task(task) => {
                self.cause = self.tasks[task].record;
                let failure = Arc::new(failure.in_task(task));
                if self.leasing.on {
                    self.tell_failure(task, failure);
                } else {
                    self.fail_attempt(task, failure);
                }
            }
        }
        After::Ended
    }

    fn cluster_resources(&self, available: bool) -> BTreeMap<String, crate::base::Amount> {
        let mut sums: BTreeMap<String, crate::base::Amount> = BTreeMap::new();
        for node in self.state.nodes.ids() {
            for (name, amount) in self.node_resources(node, available) {
                let sum = sums.entry(name).or_default();
                *sum = sum.plus(amount);
            }
        }
        sums
    }

    fn node_resources(
        &self,
        node: crate::base::NodeId,
        available: bool,
    ) -> Vec<(String, crate::base::Amount)> {
        let ledger = &self.state.ledger;
        let names = self.state.resource_names.enumerate().take(ledger.resources());
        let names = names.filter(|(_, name)| selector_text(name).is_none());
        let amount = |id| if available { ledger.free(node, id) } else { ledger.total(node, id) };
        let all = names.map(|(id, name)| (name.to_string(), amount(id), ledger.total(node, id)));
        all.filter(|(_, _, total)| total.units() > 0).map(|(name, n, _)| (name, n)).collect()
    }

    fn node_reports(&self) -> Vec<NodeReport> {
        let labels = |node: crate::base::NodeId| {
            self.model.cluster.nodes.get(node).map(|n| n.labels.clone()).unwrap_or_default()
        };
        let report = |node| NodeReport {
            node,
            alive: self.state.ledger.is_alive(node),
            resources: self.node_resources(node, false).into_iter().collect(),
            labels: labels(node),
        };
        self.state.nodes.ids().map(report).collect()
    }
}

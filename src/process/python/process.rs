//! A running program: drives the interpreter from one suspension to the next.

use super::body::{Arguments, Template};
use super::convert;
use super::failure;
use super::host::{self, Answer};
use super::shared::Shared;
use super::start;
use crate::base::rng::Stream;
use crate::process::{Abort, Effect, Process, Reply, Step, Value};
use monty::{MontyRepl, ReplFunctionCall, ReplProgress, ReplStartError};
use monty_types::{
    ExcType, ExtFunctionResult, MontyException, MontyObject, NameLookupResult, PrintWriter,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What kind of process it is.
pub(super) enum Role {
    /// The program itself.
    Driver,
    /// The body of a task.
    Task {
        /// What it was started from.
        template: Arc<Template>,
        /// How many values it has to return.
        num_returns: u32,
    },
    /// An actor.
    Actor {
        /// What it was started from.
        template: Arc<Template>,
    },
}

/// Where the interpreter is.
pub(super) enum Machine {
    /// The driver before its first line.
    Unborn,
    /// A task or an actor before its first line.
    Worker {
        /// Gives it its interpreter.
        template: Arc<Template>,
        /// Its arguments.
        given: MontyObject,
    },
    /// Suspended in a call of the host.
    Paused(Box<ReplFunctionCall>),
    /// An actor after an exception: nothing on its stack, its state kept.
    Idle(Box<MontyRepl>),
    /// At its end.
    Over,
}

/// How the engine's reply becomes the suspended call's result.
pub(super) enum Pending {
    /// `None`, whatever it is.
    Done,
    /// Numbers of objects.
    Refs,
    /// The first number only.
    Ref,
    /// What `_rs_host_get` gives.
    Values,
    /// Known already; the effect only took time.
    Ready(MontyObject),
    /// Everything else is told by the reply itself.
    Plain,
}

/// A process of a Python program.
pub(super) struct PythonProcess {
    pub(super) shared: Arc<Shared>,
    pub(super) role: Role,
    machine: Machine,
    pending: Pending,
    pub(super) random: Stream,
    pub(super) number: u64,
    pub(super) line: u32,
    pub(super) usage: Usage,
    /// How many results the actor's present call has.
    pub(super) call_returns: u32,
}

/// What it used of its limits.
#[derive(Default)]
pub(super) struct Usage {
    pub(super) suspensions: u64,
    pub(super) steps: u64,
    pub(super) output: u64,
    /// Steps at which memory is looked at next.
    pub(super) next_look: u64,
    /// Elements made at once since the last look.
    pub(super) weight: u64,
    /// Bytes held at the last look.
    pub(super) held: u64,
}

type Progress = Result<ReplProgress, Box<ReplStartError>>;

impl PythonProcess {
    pub(super) fn new(shared: Arc<Shared>, role: Role, machine: Machine) -> PythonProcess {
        let number = shared.next_process();
        let random = Stream::new(shared.options.seed, "python", number);
        let (pending, usage) = (Pending::Done, Usage::default());
        PythonProcess {
            shared,
            role,
            machine,
            pending,
            random,
            number,
            line: 0,
            usage,
            call_returns: 1,
        }
    }

    fn go_on(&mut self, reply: Reply) -> Step {
        let progress = match std::mem::replace(&mut self.machine, Machine::Over) {
            Machine::Unborn => match start::interpreter(&self.shared) {
                Ok(repl) => {
                    let program = self.shared.prepared.text.clone();
                    repl.feed_start(&program, Vec::new(), PrintWriter::Disabled)
                }
                Err(error) => return self.defect(&error),
            },
            Machine::Worker { template, given } => match template.worker() {
                Ok(call) => call.resume(given, PrintWriter::Disabled),
                Err(error) => return self.defect(&error),
            },
            Machine::Paused(call) => {
                let result = self.result(reply);
                call.resume(result, PrintWriter::Disabled)
            }
            Machine::Idle(repl) => return self.wake(*repl, reply),
            Machine::Over => return self.defect("a process was resumed after its end"),
        };
        self.drive(progress)
    }

    /// An actor whose last call raised gets its next one.
    fn wake(&mut self, repl: MontyRepl, reply: Reply) -> Step {
        let result = self.result(reply);
        match repl.feed_start("_rs_methods_loop(None)", Vec::new(), PrintWriter::Disabled) {
            // It reports the end of a call that never was, and then takes the new one.
            Ok(ReplProgress::FunctionCall(call)) => {
                self.drive(call.resume(result, PrintWriter::Disabled))
            }
            other => self.drive(other),
        }
    }

    /// Runs until there is something to ask of the engine.
    fn drive(&mut self, mut progress: Progress) -> Step {
        loop {
            let call = match progress {
                Ok(ReplProgress::FunctionCall(call)) => call,
                Ok(ReplProgress::NameLookup(lookup)) => {
                    progress = lookup.resume(NameLookupResult::Undefined, PrintWriter::Disabled);
                    continue;
                }
                Ok(ReplProgress::OsCall(call)) => {
                    let name = call.function_call.name();
                    return self.unsupported(
                        name,
                        "a simulated program reaches no file and no clock but time's",
                    );
                }
                Ok(ReplProgress::ResolveFutures(_)) => {
                    return self.unsupported("await", "call ray.get or ray.wait instead");
                }
                Ok(ReplProgress::Complete { .. }) => {
                    return Effect::Return(Vec::new()).at(self.line);
                }
                Err(error) => return self.raised(*error),
            };
            self.usage.suspensions += 1;
            if self.usage.suspensions > self.shared.options.limits.suspensions {
                let limit = self.shared.options.limits.suspensions;
                return self
                    .limit(format!("it called ray, time, print or numpy more than {limit} times"));
            }
            match host::answer(self, &call) {
                Answer::Now(result) => progress = call.resume(result, PrintWriter::Disabled),
                Answer::Ask(effect, pending) => return self.ask(effect, pending, call),
            }
        }
    }

    fn ask(&mut self, effect: Effect, pending: Pending, call: ReplFunctionCall) -> Step {
        self.pending = pending;
        match (&effect, &self.role) {
            (Effect::Return(_), Role::Task { template, .. }) => template.give_back(call),
            (Effect::Raise(_), Role::Driver | Role::Task { .. }) | (Effect::Exit, _) => {}
            (Effect::Abort(_), _) => self.find_line(call),
            _ => self.machine = Machine::Paused(Box::new(call)),
        }
        effect.at(self.line)
    }

    /// The program stops here for good; its traceback tells where that is.
    fn find_line(&mut self, call: ReplFunctionCall) {
        let stop = MontyException::new(ExcType::RuntimeError, None);
        if let Err(error) = call.abort(stop, PrintWriter::Disabled) {
            let (_, line) = failure::from_exception(&error.error, "", &self.shared);
            if line > 0 {
                self.line = line;
            }
        }
    }

    /// The result of the suspended call.
    fn result(&mut self, reply: Reply) -> ExtFunctionResult {
        let pending = std::mem::replace(&mut self.pending, Pending::Done);
        let int = |n: u64| MontyObject::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let object = match (pending, reply) {
            (_, Reply::Failed(failed)) => {
                return ExtFunctionResult::Error(failure::to_exception(&failed, &self.shared));
            }
            (Pending::Ready(object), _) => object,
            (Pending::Ref, Reply::Refs(refs)) => {
                refs.first().map_or(MontyObject::None, |id| int(u64::from(id.number())))
            }
            (Pending::Refs, Reply::Refs(refs)) => {
                MontyObject::List(refs.iter().map(|id| int(u64::from(id.number()))).collect())
            }
            (Pending::Values, Reply::Values(values)) => values_object(&values),
            (_, Reply::Actor(id)) => int(u64::from(id.number())),
            (_, Reply::Stream(id)) => int(u64::from(id.number())),
            (_, Reply::Group(id)) => int(u64::from(id.number())),
            (_, Reply::Waited { ready, remaining }) => {
                let list = |positions: Vec<usize>| {
                    MontyObject::List(positions.into_iter().map(|at| int(at as u64)).collect())
                };
                MontyObject::Tuple(vec![list(ready), list(remaining)])
            }
            (_, Reply::Time(now)) => MontyObject::Float(now.as_secs()),
            (_, Reply::Resources(amounts)) => super::requests::resources_object(&amounts),
            (_, Reply::Nodes(nodes)) => super::requests::nodes_object(&nodes),
            (_, Reply::Context { node, task }) => super::requests::context_object(node, task),
            (_, Reply::Call { method, payload, args }) => {
                let arguments = payload.as_ref().and_then(|p| p.downcast_ref::<Arguments>());
                let arguments = arguments.cloned().unwrap_or_default();
                self.call_returns = arguments.num_returns;
                arguments.fill(&args, &method)
            }
            _ => MontyObject::None,
        };
        ExtFunctionResult::Return(object)
    }

    /// The program raised, and nothing in it caught that.
    fn raised(&mut self, error: ReplStartError) -> Step {
        let ReplStartError { repl, error } = error;
        if let Some(abort) = self.limit_of(&error) {
            return abort;
        }
        let function = match &self.role {
            Role::Driver => "",
            Role::Task { template, .. } | Role::Actor { template } => template.name.as_str(),
        };
        let (failed, line) = failure::from_exception(&error, function, &self.shared);
        let line = if line == 0 { self.line } else { line };
        if matches!(self.role, Role::Driver) && error.exc_type() == ExcType::SystemExit {
            return Effect::Return(Vec::new()).at(line);
        }
        if matches!(self.role, Role::Actor { .. }) {
            self.machine = Machine::Idle(Box::new(repl));
        }
        Effect::Raise(failed).at(line)
    }

    fn limit_of(&mut self, error: &MontyException) -> Option<Step> {
        let message = error.message().unwrap_or("");
        let (_, line) = failure::from_exception(error, "", &self.shared);
        if line > 0 {
            self.line = line;
        }
        match error.exc_type() {
            ExcType::MemoryError if message.starts_with("memory limit") => {
                let limit = self.shared.options.limits.allocation;
                Some(self.limit(format!("one operation would need more than {} MiB", limit >> 20)))
            }
            ExcType::NotImplementedError if message.starts_with("The monty syntax parser") => {
                let what = message.rsplit("support ").next().unwrap_or(message).to_owned();
                Some(self.unsupported(&what, ""))
            }
            _ => None,
        }
    }

    /// Ends the run because of a limit.
    pub(super) fn limit(&self, what: String) -> Step {
        Effect::Abort(Abort::Limit(what)).at(self.line)
    }

    fn unsupported(&self, what: &str, help: &str) -> Step {
        let message = format!("{what} is not supported");
        Effect::Abort(Abort::Unsupported { message, help: help.to_owned() }).at(self.line)
    }

    fn defect(&self, what: &str) -> Step {
        let message = format!("this is a defect of the interpreter, not of the program: {what}");
        Effect::Abort(Abort::Unsupported { message, help: String::new() }).at(self.line)
    }
}

/// What `_rs_host_get` gives: whether something is special, and the values.
fn values_object(values: &[Value]) -> MontyObject {
    let mut special = false;
    let mut objects = Vec::with_capacity(values.len());
    for value in values {
        let (object, marked) = convert::unwrap(value);
        special |= marked;
        objects.push(object);
    }
    MontyObject::Tuple(vec![MontyObject::Bool(special), MontyObject::List(objects)])
}

impl Process for PythonProcess {
    fn resume(&mut self, reply: Reply) -> Step {
        // Monty is young. A panic of its must not take the whole run with it; the process is over then, so no
        // half-changed state is looked at again.
        match catch_unwind(AssertUnwindSafe(|| self.go_on(reply))) {
            Ok(step) => step,
            Err(_) => {
                self.machine = Machine::Over;
                self.defect("it panicked")
            }
        }
    }
}

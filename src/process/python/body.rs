//! Bodies of tasks and actors: copies of the interpreter as it was at the first `.remote()`.
//!
//! Like `fork`, and like Ray, which pickles a function once, at its first call. Copying means to write the paused
//! interpreter as bytes and to read them again, some 100 microseconds. A function that the pre-pass found clean (it
//! can change nothing that outlives its call) gives its interpreter back when it is done, and the next task of that
//! function takes it: then a task costs what two suspensions cost.

use super::convert::{self, Portable};
use super::process::{Machine, PythonProcess, Role};
use super::shared::Shared;
use crate::process::{Body, Process, Value};
use monty::{MontyRepl, ReplFunctionCall, ReplProgress};
use monty_types::{MontyObject, PrintWriter};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What the tasks of one remote function start from.
pub(super) struct Template {
    pub(super) name: String,
    /// The program, paused in the first `.remote()`.
    frozen: Vec<u8>,
    is_actor: bool,
    /// A worker waiting for its arguments, made from `frozen` when the first task starts.
    worker: OnceLock<Result<Vec<u8>, String>>,
    /// Workers that are waiting already.
    idle: Mutex<Vec<ReplFunctionCall>>,
    pub(super) clean: bool,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({})", self.name)
    }
}

impl Template {
    /// From the program as it is paused now.
    pub(super) fn new(
        name: String,
        call: &ReplFunctionCall,
        shared: &Shared,
    ) -> Result<Template, String> {
        let frozen = postcard::to_allocvec(call).map_err(|error| error.to_string())?;
        let is_actor = shared.prepared.methods.contains_key(&name);
        let clean = !is_actor && shared.prepared.clean.contains(&name);
        let (worker, idle) = (OnceLock::new(), Mutex::default());
        Ok(Template { name, frozen, is_actor, worker, idle, clean })
    }

    /// A worker that waits for its arguments.
    pub(super) fn worker(&self) -> Result<ReplFunctionCall, String> {
        if let Some(call) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok(call);
        }
        let bytes = self.worker.get_or_init(|| self.make_worker()).as_ref()?;
        postcard::from_bytes(bytes).map_err(|error| error.to_string())
    }

    /// Takes a worker back that finished a task and waits for the next.
    pub(super) fn give_back(&self, call: ReplFunctionCall) {
        if self.clean {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        }
    }

    fn make_worker(&self) -> Result<Vec<u8>, String> {
        let call: ReplFunctionCall =
            postcard::from_bytes(&self.frozen).map_err(|error| error.to_string())?;
        // The driver's own frames go: an exception of the task must not meet the driver's `except`.
        let repl: MontyRepl = call.into_repl();
        let entry = if self.is_actor { "_rs_act(_rs_exported)" } else { "_rs_serve(_rs_exported)" };
        match repl.feed_start(entry, Vec::new(), PrintWriter::Disabled) {
            Ok(ReplProgress::FunctionCall(call)) => {
                postcard::to_allocvec(&call).map_err(|error| error.to_string())
            }
            Ok(_) => Err("the worker did not ask for its arguments".to_owned()),
            Err(error) => Err(error.error.to_string()),
        }
    }
}

/// One argument.
#[derive(Clone)]
pub(super) enum Argument {
    /// Given by value.
    Value(Portable),
    /// The value of the object at that position among the task's object arguments.
    Object(usize),
}

/// All arguments of a call.
#[derive(Clone, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Argument>,
    pub(super) keyword: Vec<(String, Argument)>,
    /// How many results the caller of an actor's method wants.
    pub(super) num_returns: u32,
}

impl Arguments {
    /// What the prelude's `_rs_arguments` takes: positional, keyword, whether something in them is special, method.
    pub(super) fn fill(&self, values: &[Value], method: &str) -> MontyObject {
        let mut special = false;
        let mut take = |argument: &Argument| {
            let (object, marked) = match argument {
                Argument::Value(portable) => (portable.object.clone(), portable.special),
                Argument::Object(at) => {
                    values.get(*at).map_or((MontyObject::None, false), convert::unwrap)
                }
            };
            special |= marked;
            object
        };
        let positional = self.positional.iter().map(&mut take).collect();
        let keyword: Vec<_> = self
            .keyword
            .iter()
            .map(|(name, argument)| (MontyObject::String(name.clone()), take(argument)))
            .collect();
        MontyObject::Tuple(vec![
            MontyObject::List(positional),
            MontyObject::dict(keyword),
            MontyObject::Bool(special),
            MontyObject::String(method.to_owned()),
        ])
    }
}

/// The body of one task or actor.
pub(super) struct PythonBody {
    pub(super) shared: Arc<Shared>,
    pub(super) template: Arc<Template>,
    pub(super) arguments: Arguments,
    pub(super) num_returns: u32,
    pub(super) line: u32,
}

impl Body for PythonBody {
    fn start(&self, args: Vec<Value>) -> Box<dyn Process> {
        let given = self.arguments.fill(&args, "");
        let template = self.template.clone();
        let role = if template.is_actor {
            Role::Actor { template: template.clone() }
        } else {
            Role::Task { template: template.clone(), num_returns: self.num_returns }
        };
        let mut process =
            PythonProcess::new(self.shared.clone(), role, Machine::Worker { template, given });
        process.line = self.line;
        Box::new(process)
    }
}

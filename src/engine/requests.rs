//! From what a program asked for to what is submitted: tasks, actors, calls, with Ray's defaults.

use crate::base::id::Id;
use crate::base::{ActorId, Amount, ObjectId, TaskId};
use crate::engine::actors::ActorSide;
use crate::engine::core::{Code, Engine};
use crate::engine::streams::StreamSide;
use crate::model::{ActorSpec, Caller, Resources, Shape, TaskKind, TaskSpec, Work};
use crate::process::{ActorRequest, CallRequest, Options, Reply, TaskRequest};
use crate::state::Event;
use std::sync::Arc;

/// `DEFAULT_TASK_MAX_RETRIES`, python/ray/_private/ray_constants.py.
const DEFAULT_MAX_RETRIES: i32 = 3;

/// What is different between the three kinds of tasks that a program submits.
struct Draft {
    function: Arc<str>,
    name: Option<Arc<str>>,
    kind: TaskKind,
    shape: Arc<Shape>,
    args: Vec<ObjectId>,
    num_returns: u32,
    streams: bool,
    max_retries: i32,
    retry_exceptions: bool,
}

impl Engine<'_> {
    /// `f.remote(...)`.
    pub fn submit_request(&mut self, caller: Caller, mut request: TaskRequest, line: u32) -> Reply {
        self.capture_group(caller, &mut request.options);
        let shape = self.intern_shape(&request.options, 1);
        let draft = Draft {
            function: request.function,
            name: request.options.name,
            kind: TaskKind::Normal,
            shape,
            args: request.args,
            num_returns: request.num_returns,
            streams: request.streams,
            max_retries: request.options.max_retries.unwrap_or(DEFAULT_MAX_RETRIES),
            retry_exceptions: request.options.retry_exceptions,
        };
        self.submit_draft(caller, draft, Code::Body(request.body), line)
    }

    fn submit_draft(&mut self, caller: Caller, draft: Draft, code: Code, line: u32) -> Reply {
        let id = TaskId::from_index(self.state.tasks.len());
        let spec = Arc::new(TaskSpec {
            id,
            owner: caller,
            line,
            function: draft.function,
            name: draft.name,
            kind: draft.kind,
            shape: draft.shape,
            args: draft.args.into(),
            first_return: self.next_object(),
            returns: smallvec::smallvec![0; draft.num_returns as usize],
            work: Work::Program,
            max_retries: draft.max_retries,
            retry_exceptions: draft.retry_exceptions,
            results_held: true,
        });
        self.code.insert(id, code);
        if draft.streams {
            self.streams.insert(id, StreamSide::default());
            self.submit(spec);
            return Reply::Stream(id);
        }
        let refs: Vec<ObjectId> = spec.return_ids().collect();
        self.submit(spec);
        Reply::Refs(refs)
    }

    /// `Class.remote(...)`: the constructor is a task; its process then serves the calls.
    pub fn create_actor(&mut self, caller: Caller, request: ActorRequest, line: u32) -> ActorId {
        let actor = self.actors.next_id();
        let mut options = request.options;
        self.capture_group(caller, &mut options);
        let (placement, lifetime) = self.actor_resources(&options);
        let shape = self.intern_shape(&placement, 1);
        let spec = Arc::new(ActorSpec {
            id: actor,
            class: request.class.clone(),
            name: options.name.clone(),
            lifetime,
            max_restarts: options.max_restarts.unwrap_or(0),
            max_task_retries: options.max_retries.unwrap_or(0),
        });
        self.actors.push(ActorSide::default());
        let creation = TaskId::from_index(self.state.tasks.len());
        self.record(Event::ActorCreated { actor: spec, creation });
        let draft = Draft {
            function: format!("{}.__init__", request.class).into(),
            name: None,
            kind: TaskKind::ActorCreation(actor),
            shape,
            args: request.args,
            num_returns: 0,
            streams: false,
            max_retries: options.max_restarts.unwrap_or(0),
            retry_exceptions: false,
        };
        self.submit_draft(caller, draft, Code::Body(request.body), line);
        actor
    }

    /// What an actor needs to start, and what it keeps (actor.py of 2.60): without any resource named it needs a
    /// CPU to start and keeps none; with one named it keeps what it needs, one CPU among it by default.
    fn actor_resources(&mut self, options: &Options) -> (Options, Resources) {
        let named = options.num_cpus.is_some()
            || options.num_gpus.is_some()
            || !options.resources.is_empty();
        let mut lifetime = options.clone();
        if !named {
            lifetime.num_cpus = Some(Amount::ZERO);
        }
        let lifetime = self.demand(&lifetime, 1);
        (options.clone(), lifetime)
    }

    /// `actor.method.remote(...)`: queued behind the calls before it.
    pub fn call_actor(&mut self, caller: Caller, request: CallRequest, line: u32) -> Reply {
        let row = &self.state.actors[request.actor];
        let function = format!("{}.{}", row.spec.class, request.method).into();
        let max_retries = row.spec.max_task_retries;
        let nothing = Options { num_cpus: Some(Amount::ZERO), ..Options::default() };
        let shape = self.intern_shape(&nothing, 0);
        let draft = Draft {
            function,
            name: None,
            kind: TaskKind::ActorCall(request.actor),
            shape,
            args: request.args.clone(),
            num_returns: request.num_returns,
            streams: request.streams,
            max_retries,
            retry_exceptions: false,
        };
        let task = TaskId::from_index(self.state.tasks.len());
        self.actors[request.actor].queue.push_back(task);
        let actor = request.actor;
        let reply = self.submit_draft(caller, draft, Code::Method(request), line);
        self.refuse_calls_of_dead(actor);
        reply
    }
}

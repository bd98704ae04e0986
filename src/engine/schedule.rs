//! Queues of ready tasks, one per shape, and the pass that places them.

use crate::base::id::Id;
use crate::base::{Amount, NodeId, ShapeId, TaskId};
use crate::engine::core::Engine;
use crate::model::cluster::{GPU, MEMORY};
use crate::model::{Caller, Resources, Selector, Shape, Strategy, TaskKind};
use crate::policy::{self, Decision, Request};
use crate::process::{Options, StrategyRequest};
use crate::state::{Choice, Event, Failure, FailureKind, TaskStatus};
use crate::trace::Record;
use std::collections::VecDeque;
use std::sync::Arc;

/// Ready tasks that wait for a node. First come, first served within a shape; a task that asks for less may overtake
/// one of another shape that does not fit.
#[derive(Default)]
pub(super) struct Queues {
    by_shape: Vec<VecDeque<Queued>>,
    /// Counts all that ever queued: the order among shapes.
    arrivals: u64,
    /// Shapes with queued tasks; kept as a list because there are few.
    active: Vec<ShapeId>,
    blocked: Vec<bool>,
    /// How many nodes could ever hold each shape, as far as it was asked since the nodes changed.
    feasible: Vec<Option<u32>>,
}

#[derive(Clone, Copy)]
struct Queued {
    task: TaskId,
    arrival: u64,
    turn: u32,
}

impl Queues {
    pub fn add_shape(&mut self) {
        self.by_shape.push(VecDeque::new());
        self.blocked.push(false);
        self.feasible.push(None);
    }

    pub fn push(&mut self, shape: ShapeId, task: TaskId, turn: u32) {
        let queue = &mut self.by_shape[shape.index()];
        if queue.is_empty() {
            self.active.push(shape);
        }
        queue.push_back(Queued { task, arrival: self.arrivals, turn });
        self.arrivals += 1;
    }

    /// The unblocked shape whose first task has waited longest.
    fn oldest(&self) -> Option<(ShapeId, Queued)> {
        let open = self.active.iter().filter(|shape| !self.blocked[shape.index()]);
        let heads = open.filter_map(|shape| Some((*shape, *self.by_shape[shape.index()].front()?)));
        heads.min_by_key(|(_, head)| head.arrival)
    }

    fn pop(&mut self, shape: ShapeId) {
        let queue = &mut self.by_shape[shape.index()];
        queue.pop_front();
        if queue.is_empty() {
            self.active.retain(|active| *active != shape);
        }
    }

    fn feasible(&mut self, shape: ShapeId, count: impl FnOnce() -> u32) -> u32 {
        *self.feasible[shape.index()].get_or_insert_with(count)
    }

    /// A node came or went.
    pub fn nodes_changed(&mut self) {
        self.feasible.fill(None);
    }

    fn unblock_all(&mut self) {
        self.blocked.fill(false);
    }
}

impl Engine<'_> {
    /// All arguments of the task exist: it queues at its raylet.
    pub fn ready(&mut self, task: TaskId) {
        let spec = self.state.tasks[task].spec.clone();
        let own = self.owner_node(spec.owner);
        let (home, by_locality) =
            policy::home(&*self.policy, &self.model.parameters, &self.state, &spec, own);
        let record = self.record(Event::TaskReady { task, home, by_locality });
        self.tasks[task].record = record;
        match spec.kind {
            TaskKind::ActorCall(actor) => self.pump_actor(actor),
            TaskKind::Normal | TaskKind::ActorCreation(_) if self.leasing.on => {
                self.queue_at_owner(task);
            }
            TaskKind::Normal | TaskKind::ActorCreation(_) => {
                self.queues.push(spec.shape.id, task, self.tasks[task].turn);
                self.dirty = true;
            }
        }
    }

    /// The node of the raylet that an owner talks to; the head node's if its own is gone.
    pub fn owner_node(&self, owner: Caller) -> NodeId {
        let head = self.model.cluster.head();
        match owner {
            Caller::Driver => head,
            Caller::Task(task) => self
                .state
                .task_node(task)
                .filter(|node| self.state.ledger.is_alive(*node))
                .unwrap_or(head),
        }
    }

    /// Asks the policy for every queued task that might find room.
    pub fn place_tasks(&mut self) {
        while let Some((shape, head)) = self.queues.oldest() {
            let row = &self.state.tasks[head.task];
            let TaskStatus::PendingNodeAssignment { home, by_locality } = row.status else {
                // Cancelled while it was queued.
                self.queues.pop(shape);
                continue;
            };
            if self.tasks[head.task].turn != head.turn {
                self.queues.pop(shape);
                continue;
            }
            let ledger = &self.state.ledger;
            let feasible =
                self.queues.feasible(shape, || ledger.count_feasible(&row.spec.shape.demand));
            let request = Request {
                task: &row.spec,
                shape: &row.spec.shape,
                home,
                by_locality,
                feasible,
                ledger,
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
            match decision {
                Decision::Place(node, choice) => {
                    self.queues.pop(shape);
                    self.place(head.task, node, choice);
                }
                Decision::Wait | Decision::Infeasible => self.queues.blocked[shape.index()] = true,
                Decision::Unschedulable => {
                    self.queues.pop(shape);
                    self.refuse_unschedulable(head.task);
                }
            }
        }
        self.queues.unblock_all();
    }

    fn place(&mut self, task: TaskId, node: NodeId, choice: Choice) {
        // A task that had to queue was placed because something gave resources back; another because it was ready.
        let ready = self.tasks[task].record;
        let queued = self.records[ready as usize].at < self.now;
        let freed = self.freed_record;
        self.cause = if queued && freed != Record::NO_CAUSE { freed.max(ready) } else { ready };
        let worker = match self.state.nodes[node].idle.front() {
            Some(worker) => *worker,
            None => {
                self.record(Event::WorkerStarted { node });
                *self.state.nodes[node].idle.back().expect("a worker was just started")
            }
        };
        let record = self.record(Event::TaskPlaced { task, worker, choice });
        self.tasks[task].record = record;
        self.cause = record;
        self.fetch_arguments(task, node);
    }

    pub fn refuse_unschedulable(&mut self, task: TaskId) {
        if let Strategy::PlacementGroup { .. } = self.state.tasks[task].spec.shape.strategy {
            return self.refuse_in_removed_group(task);
        }
        let message = "The node specified via NodeAffinitySchedulingStrategy doesn't exist any more \
                       or is infeasible, and soft=False was specified.";
        let kind = match self.state.tasks[task].spec.kind {
            TaskKind::ActorCreation(_) => FailureKind::ActorUnschedulable,
            TaskKind::Normal | TaskKind::ActorCall(_) => FailureKind::TaskUnschedulable,
        };
        let failure = Failure::new(kind, message).in_task(task);
        self.fail_for_good(task, Arc::new(failure));
    }

    /// The shape of a program's task, the same one for the same wishes.
    pub fn intern_shape(&mut self, options: &Options, default_cpus: u64) -> Arc<Shape> {
        let demand = self.demand(options, default_cpus);
        let strategy = match options.strategy {
            StrategyRequest::Default => Strategy::Default,
            StrategyRequest::Spread => Strategy::Spread,
            StrategyRequest::NodeAffinity { node, soft } => Strategy::NodeAffinity { node, soft },
            StrategyRequest::PlacementGroup { group, bundle, capture } => {
                Strategy::PlacementGroup { group, bundle, capture }
            }
        };
        let known = self.shapes.iter().find(|s| s.demand == demand && s.strategy == strategy);
        if let Some(shape) = known {
            return shape.clone();
        }
        let shape =
            Arc::new(Shape { id: ShapeId::from_index(self.shapes.len()), demand, strategy });
        self.shapes.push(shape.clone());
        self.queues.add_shape();
        shape
    }

    /// The resources that options ask for. Names that no node has get a number too; nothing will ever hold them.
    pub fn demand(&mut self, options: &Options, default_cpus: u64) -> Resources {
        let cpus = options.num_cpus.unwrap_or(Amount::whole(default_cpus));
        let mut demand = Resources::cpus(cpus)
            .with(GPU, options.num_gpus.unwrap_or(Amount::ZERO))
            .with(MEMORY, options.memory.unwrap_or(Amount::ZERO));
        for (name, amount) in &options.resources {
            let id = self.resource_id(name);
            demand = demand.with(id, *amount);
        }
        if let StrategyRequest::PlacementGroup { group, bundle, .. } = options.strategy {
            demand = self.demand_in_group(&demand, group, bundle);
        }
        if let Some(selector) = options.selector.as_ref().filter(|one| !one.is_empty()) {
            let id = self.resource_id(&selector.resource_name());
            demand = demand.with(id, Selector::share());
        }
        demand
    }
}

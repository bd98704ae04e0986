//! Traces made by hand, for tests: the lesson's, a large one, and random walks through what is legal.

use crate::base::id::Id;
use crate::base::rng::Stream;
use crate::base::{Amount, Instant, NodeId, ObjectId, ShapeId, Span, TaskId, TransferId};
use crate::model::cluster::CPU;
use crate::model::{
    Caller, Cluster, Node, Parameters, Resources, Shape, Strategy, TaskKind, TaskSpec, Work,
};
use crate::state::State;
use crate::state::{Call, CallKind, CallResult, Choice, Event, Outcome, Printed, Rule};
use crate::trace::fixture_draw::draw;
use crate::trace::record::{Header, Record, Trace};
use std::sync::Arc;

/// A run that grows by legal events only.
pub struct Run {
    pub header: Header,
    pub records: Vec<Record>,
    pub state: State,
    pub now: u64,
    shape: Arc<Shape>,
}

pub const CHOICE: Choice =
    Choice { rule: Rule::LocalPreferred, score: 0, feasible: 3, available: 2 };

impl Run {
    pub fn new(nodes: usize, cpus: u64) -> Run {
        Run::on(Cluster::uniform(nodes, cpus))
    }

    pub fn on(cluster: Cluster) -> Run {
        let demand = Resources::cpus(Amount::ONE);
        Run {
            state: State::initial(&cluster),
            header: Header {
                name: "by hand".into(),
                cluster,
                policy: "hybrid".into(),
                seed: 7,
                parameters: Parameters::default(),
                program: None,
                object_names: Vec::new(),
                captions: Vec::new(),
            },
            records: Vec::new(),
            now: 0,
            shape: Arc::new(Shape { id: ShapeId::new(0), demand, strategy: Strategy::Default }),
        }
    }

    /// Adds the event if it is legal.
    pub fn offer(&mut self, event: Event) -> Result<(), String> {
        let at = Instant::from_nanos(self.now);
        self.state.admits(at, &event)?;
        self.state.apply(at, &event);
        let cause = self.records.len().checked_sub(1).map_or(Record::NO_CAUSE, |n| n as u32);
        self.records.push(Record { at, event, cause });
        Ok(())
    }

    pub fn add(&mut self, event: Event) {
        self.offer(event).expect("tests add legal events");
    }

    pub fn spec(&self, function: &str, args: &[u32], returns: usize) -> TaskSpec {
        TaskSpec {
            id: TaskId::from_index(self.state.tasks.len()),
            owner: Caller::Driver,
            line: 1,
            function: function.into(),
            name: None,
            kind: TaskKind::Normal,
            shape: self.shape.clone(),
            args: args.iter().map(|n| ObjectId::new(*n)).collect(),
            first_return: ObjectId::from_index(self.state.objects.len()),
            returns: std::iter::repeat_n(8, returns).collect(),
            work: Work::Compute(Span::from_millis(2_000)),
            max_retries: 3,
            retry_exceptions: false,
            results_held: true,
        }
    }

    pub fn submit(&mut self, function: &str, args: &[u32], returns: usize) -> TaskId {
        let spec = self.spec(function, args, returns);
        let id = spec.id;
        self.add(Event::TaskSubmitted(Arc::new(spec)));
        id
    }

    pub fn ready(&mut self, task: TaskId) {
        let home = NodeId::new(0);
        self.add(Event::TaskReady { task, home, by_locality: false });
    }

    pub fn place(&mut self, task: TaskId, node: u32) {
        let worker = self.state.nodes[NodeId::new(node)].idle[0];
        self.add(Event::TaskPlaced { task, worker, choice: CHOICE });
    }

    pub fn finish(&mut self, task: TaskId) {
        let node = self.state.task_node(task).expect("it is on a node");
        for object in self.state.tasks[task].spec.return_ids() {
            self.add(Event::ObjectCreated { object, node, size: 1_000_000 });
        }
        self.add(Event::TaskFinished { task });
    }

    pub fn copy(&mut self, object: u32, from: u32, to: u32) -> TransferId {
        let transfer = self.state.transfers.next_id();
        let (from, to) = (NodeId::new(from), NodeId::new(to));
        self.add(Event::TransferStarted { transfer, object: ObjectId::new(object), from, to });
        transfer
    }

    pub fn call(&mut self, kind: CallKind, refs: &[u32]) {
        let refs = refs.iter().map(|n| ObjectId::new(*n)).collect();
        let (at, deadline) = (Instant::from_nanos(self.now), None);
        let call = Call { caller: Caller::Driver, kind, refs, deadline, line: 9, at };
        self.add(Event::CallMade(Arc::new(call)));
        self.add(Event::CallBlocked { caller: Caller::Driver });
    }

    pub fn returned(&mut self, result: CallResult) {
        let result = Arc::new(result);
        self.add(Event::CallReturned { caller: Caller::Driver, result });
    }

    pub fn print(&mut self, text: &str) {
        let (at, text) = (Instant::from_nanos(self.now), text.to_owned());
        let printed = Printed { caller: Caller::Driver, line: 12, at, text };
        self.add(Event::LinePrinted(Arc::new(printed)));
    }

    pub fn end(mut self) -> Trace {
        self.add(Event::RunEnded(Arc::new(Outcome::Finished)));
        self.trace()
    }

    pub fn trace(self) -> Trace {
        Trace { header: self.header, records: self.records }
    }
}

/// The lesson's run: two arrays on two nodes, then their sum on node 1.
pub fn lesson() -> Trace {
    let mut run = Run::new(3, 2);
    run.header.object_names = vec![Some("obj1".into()), Some("obj2".into())];
    let makers = [run.submit("make_array", &[], 1), run.submit("make_array", &[], 1)];
    let sum = run.submit("add_arrays", &[0, 1], 1);
    run.call(CallKind::Get, &[2]);
    for (task, node) in makers.into_iter().zip([0, 1]) {
        run.ready(task);
        run.place(task, node);
        run.add(Event::TaskStarted { task });
    }
    run.now = 2_000_000_000;
    makers.into_iter().for_each(|task| run.finish(task));
    run.ready(sum);
    run.place(sum, 0);
    let transfer = run.copy(1, 1, 0);
    run.now = 2_500_000_000;
    run.add(Event::TransferFinished { transfer });
    run.add(Event::TaskStarted { task: sum });
    run.now = 4_500_000_000;
    run.finish(sum);
    run.returned(CallResult::Got);
    run.print("done");
    run.end()
}

/// `tasks` tasks in a burst, then run in waves: eleven records a task.
pub fn large(tasks: usize, nodes: usize, cpus: u64) -> Trace {
    let mut run = Run::new(nodes, cpus);
    for n in 0..tasks {
        let args: Vec<u32> = if n > 1_000 { vec![n as u32 - 1_000] } else { Vec::new() };
        run.submit("work", &args, 1);
    }
    let slots = nodes * cpus as usize;
    let mut first = 0;
    while first < tasks {
        let wave = first..(first + slots.min(1_000)).min(tasks);
        for n in wave.clone() {
            let (task, node) = (TaskId::from_index(n), (n % nodes) as u32);
            run.ready(task);
            run.place(task, node);
            for arg in run.state.tasks[task].spec.args.clone() {
                let from = run.state.objects[arg].locations().next().expect("it was made");
                if from.number() != node {
                    let transfer = run.copy(arg.number(), from.number(), node);
                    run.add(Event::TransferFinished { transfer });
                }
            }
            run.add(Event::TaskStarted { task });
        }
        run.now += 1_000_000;
        for n in wave.clone() {
            let task = TaskId::from_index(n);
            let object = ObjectId::from_index(n);
            run.finish(task);
            run.add(Event::ReferenceAdded { object });
            run.add(Event::ReferenceReleased { object });
        }
        first = wave.end;
    }
    run.end()
}

/// A walk: events drawn at random, those that are legal are kept.
pub fn walk(seed: u64, draws: usize) -> Trace {
    let mut cluster = Cluster::uniform(2, 2);
    let small = Node { object_store_memory: Some(20), ..cluster.nodes[NodeId::new(0)].clone() };
    cluster.nodes.push(small);
    let mut run = Run::on(cluster);
    let mut stream = Stream::new(seed, "walk", 0);
    for _ in 0..draws {
        let event = draw(&run, &mut stream);
        run.now += u64::from(stream.below(8) == 0);
        // A refused draw is no failure of the walk.
        let _ = run.offer(event);
    }
    run.end()
}

/// The node that most tests add.
pub fn one_more_node() -> Arc<Node> {
    let resources = Resources::none().with(CPU, Amount::from_units(15_000));
    Arc::new(Node {
        name: "late".into(),
        resources,
        object_store_memory: Some(100),
        labels: vec![("zone".into(), "b".into())],
        latency: Span::from_micros(50),
        bandwidth: Some(1_000),
        cold: false,
    })
}

//! Events drawn at random for the walks of `fixture`: most are illegal, which is the point.

use crate::base::id::Id;
use crate::base::rng::Stream;
use crate::base::{
    ActorId, Amount, GroupId, Instant, LeaseId, NodeId, ObjectId, ResourceId, TaskId, TransferId,
    WorkerId,
};
use crate::model::{
    ActorSpec, Bundle, Caller, GroupSpec, GroupStrategy, Resources, Shape, Strategy, TaskKind,
};
use crate::state::{Call, CallKind, CallResult, Choice, Event, Printed, Refusal, Rule};
use crate::state::{Failure, FailureKind, Ghost, LeaseEnd, LeaseStep, Return};
use crate::trace::fixture::{CHOICE, Run, one_more_node};
use std::sync::Arc;

/// A number up to and including `len`: one beyond the end is drawn too.
fn any<I: Id>(stream: &mut Stream, len: usize) -> I {
    // The youngest are the ones that something can still happen to.
    let recent = stream.below(12).min(len as u64) as usize;
    match stream.below(3) {
        0 => I::from_index(stream.below(len as u64 + 1) as usize),
        _ => I::from_index(len - recent),
    }
}

fn node(run: &Run, stream: &mut Stream) -> NodeId {
    any(stream, run.state.nodes.len())
}

fn object(run: &Run, stream: &mut Stream) -> ObjectId {
    any(stream, run.state.objects.len())
}

fn task(run: &Run, stream: &mut Stream) -> TaskId {
    any(stream, run.state.tasks.len())
}

fn worker(run: &Run, stream: &mut Stream) -> WorkerId {
    let idle = run.state.nodes.get(node(run, stream)).and_then(|node| node.idle.front());
    idle.copied().unwrap_or_else(|| any(stream, run.state.workers.len()))
}

fn caller(run: &Run, stream: &mut Stream) -> Caller {
    match stream.below(2) {
        0 => Caller::Driver,
        _ => Caller::Task(task(run, stream)),
    }
}

fn failure(stream: &mut Stream) -> Arc<Failure> {
    let raised = FailureKind::Exception { class: "ValueError".into(), traceback: vec!["x".into()] };
    let root = Failure::new(raised, "bad \"value\"\n").in_task(TaskId::new(0));
    let mut outer = Failure::new(FailureKind::WorkerCrashed, "crashed");
    outer.cause = (stream.below(2) == 0).then(|| Arc::new(root));
    Arc::new(outer)
}

/// Any event, often one that is legal now.
pub fn draw(run: &Run, stream: &mut Stream) -> Event {
    match stream.below(4) {
        0 => draw_task(run, stream),
        1 => draw_object(run, stream),
        2 => draw_call(run, stream),
        _ if stream.below(4) == 0 => match stream.below(4) {
            0 => draw_group(run, stream),
            _ => draw_rare(run, stream),
        },
        _ => draw_task(run, stream),
    }
}

fn draw_task(run: &Run, stream: &mut Stream) -> Event {
    let id = task(run, stream);
    match stream.below(8) {
        0 | 1 => submission(run, stream),
        2 => Event::TaskReady { task: id, home: node(run, stream), by_locality: true },
        3 | 4 => {
            let rule = if stream.below(2) == 0 { Rule::Spread } else { Rule::LowestScore };
            let choice = Choice { rule, ..CHOICE };
            Event::TaskPlaced { task: id, worker: worker(run, stream), choice }
        }
        5 => Event::TaskStarted { task: id },
        6 => Event::TaskFinished { task: id },
        _ => match stream.below(6) {
            4 => Event::RoomFound { task: id },
            5 => Event::TaskReturned { task: id },
            0 => Event::TaskStalled { task: id, bytes: 5 },
            1 => Event::TaskFailed { task: id, failure: failure(stream) },
            _ => Event::TaskResubmitted { task: id, to_rebuild: stream.below(2) == 0 },
        },
    }
}

fn submission(run: &Run, stream: &mut Stream) -> Event {
    let args: Vec<u32> = (0..stream.below(3)).map(|_| object(run, stream).number()).collect();
    let mut spec = run.spec("walk", &args, stream.below(3) as usize);
    spec.owner = caller(run, stream);
    spec.results_held = stream.below(2) == 0;
    if stream.below(4) == 0 {
        spec.name = Some("own name".into());
        let (strategy, id) = match stream.below(2) {
            0 => (Strategy::NodeAffinity { node: Some(NodeId::new(1)), soft: true }, 5),
            _ => {
                let (group, bundle) = (GroupId::new(0), Some(1));
                (Strategy::PlacementGroup { group, bundle, capture: true }, 6)
            }
        };
        let id = crate::base::ShapeId::new(id);
        spec.shape = Arc::new(Shape { id, demand: Resources::none(), strategy });
    }
    let actor: ActorId = any(stream, run.state.actors.len());
    spec.kind = match stream.below(8) {
        0 => TaskKind::ActorCreation(actor),
        1 => TaskKind::ActorCall(actor),
        _ => TaskKind::Normal,
    };
    Event::TaskSubmitted(Arc::new(spec))
}

fn draw_object(run: &Run, stream: &mut Stream) -> Event {
    let (object, node) = (object(run, stream), node(run, stream));
    let transfer: TransferId = any(stream, run.state.transfers.len());
    let size = stream.below(9);
    match stream.below(17) {
        16 => Event::ItemPromised { task: any(stream, run.state.tasks.len()), object },
        13 => Event::ObjectSpilled { object, node },
        14 => Event::FallbackAllocated { object, node },
        15 => {
            // Most often from a disk.
            let from = run.state.objects.get(object).and_then(|row| row.spilled).unwrap_or(node);
            let to = if stream.below(2) == 0 { from } else { node };
            match stream.below(4) {
                0 => Event::SpillStarted { node, objects: 3, bytes: size },
                _ => Event::TransferStarted { transfer, object, from, to },
            }
        }
        0 => Event::InputLoaded { object, node, size },
        1 | 2 => Event::ObjectPut { object, owner: caller(run, stream), size },
        3 | 4 => Event::ObjectCreated { object, node, size },
        5 | 6 => {
            let to = any(stream, run.state.nodes.len());
            Event::TransferStarted { transfer, object, from: node, to }
        }
        7 => Event::TransferFinished { transfer },
        8 => Event::TransferCancelled { transfer },
        9 => Event::CopyEvicted { object, node },
        10 => Event::ReferenceReleased { object },
        11 => Event::ReferenceAdded { object },
        _ => match stream.below(3) {
            0 => Event::ObjectFreed { object },
            1 => Event::ObjectLost { object },
            _ => Event::ObjectFailed { object, failure: failure(stream) },
        },
    }
}

fn draw_call(run: &Run, stream: &mut Stream) -> Event {
    let caller = caller(run, stream);
    let (line, at) = (stream.below(9) as u32, Instant::from_nanos(run.now));
    match stream.below(6) {
        0 | 1 => {
            let kind = match stream.below(3) {
                0 => CallKind::Get,
                1 => CallKind::Next,
                _ => CallKind::Wait { num_returns: 1, fetch_local: stream.below(2) == 0 },
            };
            let refs = (0..stream.below(3)).map(|_| object(run, stream)).collect();
            let deadline = (stream.below(2) == 0).then_some(Instant::NEVER);
            Event::CallMade(Arc::new(Call { caller, kind, refs, deadline, line, at }))
        }
        2 => Event::CallBlocked { caller },
        3 => {
            let result = match stream.below(3) {
                0 => CallResult::Got,
                1 => CallResult::Waited(Box::new([0])),
                _ => CallResult::Raised(failure(stream)),
            };
            Event::CallReturned { caller, result: Arc::new(result) }
        }
        4 => {
            let until = Instant::from_nanos(run.now + stream.below(3));
            Event::Slept { caller, line, until }
        }
        _ => {
            let text = "a line\n\u{1F980}".to_owned();
            Event::LinePrinted(Arc::new(Printed { caller, line, at: Instant::ZERO, text }))
        }
    }
}

fn draw_group(run: &Run, stream: &mut Stream) -> Event {
    let group: GroupId = any(stream, run.state.groups.len());
    match stream.below(6) {
        0 | 1 => {
            let half = Resources::cpus(Amount::from_units(5_000));
            let offers = match run.state.resource_names.len() as u32 {
                3 => Resources::none(),
                known => Resources::none().with(ResourceId::new(known - 1), Amount::ONE),
            };
            let bundle = Bundle { demand: half, offers };
            let strategy = GroupStrategy::Spread;
            let spec = GroupSpec {
                id: group,
                name: (stream.below(2) == 0).then(|| "pg".into()),
                owner: caller(run, stream),
                line: stream.below(3) as u32,
                strategy,
                bundles: vec![bundle; stream.below(3) as usize],
                ready: ObjectId::from_index(run.state.objects.len()),
            };
            Event::GroupCreated(Arc::new(spec))
        }
        2..=4 => {
            let count = run.state.groups.get(group).map_or(1, |row| row.nodes.len());
            let before = |n: usize| run.state.groups.get(group).and_then(|row| row.nodes[n]);
            let nodes = (0..count).map(|n| before(n).unwrap_or_else(|| node(run, stream)));
            Event::GroupPlaced { group, nodes: nodes.collect() }
        }
        _ => Event::GroupRemoved { group },
    }
}

fn draw_rare(run: &Run, stream: &mut Stream) -> Event {
    let actor: ActorId = any(stream, run.state.actors.len());
    match stream.below(13) {
        10 => Event::ObjectInlined { object: object(run, stream), size: stream.below(100) },
        11 => Event::WorkerStarting { node: node(run, stream) },
        12 => draw_lease(run, stream),
        0 => match stream.below(3) {
            0 => Event::ResourceNamed { name: "labels(zone=!in(a,b))".into() },
            _ => Event::ResourceNamed { name: format!("odd{}", stream.below(3)).into() },
        },
        1 | 2 => {
            let spec = ActorSpec {
                id: actor,
                class: "Counter".into(),
                name: None,
                lifetime: Resources::none(),
                max_restarts: -1,
                max_task_retries: 0,
            };
            Event::ActorCreated { actor: Arc::new(spec), creation: task(run, stream) }
        }
        3 | 4 => Event::ActorStarted { actor },
        5 => Event::ActorDied { actor, restarts: stream.below(2) == 0 },
        6 => Event::WorkerStarted { node: node(run, stream) },
        7 => Event::WorkerDied { worker: any(stream, run.state.workers.len()) },
        8 => match stream.below(8) {
            0 => Event::NodeDied { node: node(run, stream) },
            _ => Event::NodeAdded(one_more_node()),
        },
        _ => {
            let class = "ValueError".to_owned();
            let (caller, message) = (caller(run, stream), "no".to_owned());
            Event::WaitRefused(Arc::new(Refusal { caller, line: 3, refs: 2, class, message }))
        }
    }
}

fn draw_lease(run: &Run, stream: &mut Stream) -> Event {
    let lease = LeaseId::new(stream.below(run.state.totals.leases + 1) as u32);
    let worker: WorkerId = any(stream, run.state.workers.len());
    let step = match stream.below(7) {
        0 | 1 => LeaseStep::Requested { task: task(run, stream), node: node(run, stream) },
        2 => {
            let ghost = Ghost { node: node(run, stream), age_ms: 80 };
            LeaseStep::Queued { ghost: (stream.below(2) == 0).then_some(ghost) }
        }
        3 => {
            let (to, seen) = (node(run, stream), stream.below(8) as u32);
            LeaseStep::Redirected { to, rule: Rule::LowestScore, score: 7, age_ms: 80, seen }
        }
        4 => LeaseStep::Granted { worker },
        5 => LeaseStep::Ended(LeaseEnd::NotNeeded),
        _ => LeaseStep::Returned { worker, why: Return::Expired { age_ms: 512 } },
    };
    Event::Lease { lease, step }
}

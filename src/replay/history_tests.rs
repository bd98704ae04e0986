//! Seeking gives what folding gives; the lists name what they should.

use super::*;
use crate::base::{NodeId, ObjectId, TaskId, WorkerId};
use crate::trace::fixture::{Run, lesson, walk};
use proptest::prelude::*;

fn folded(trace: &Trace, step: usize) -> State {
    let mut state = trace.initial_state();
    trace.records[..step].iter().for_each(|record| state.apply(record.at, &record.event));
    state
}

fn kinds(history: &History, entity: Entity) -> Vec<String> {
    let records = history.records_of(entity).iter();
    let texts = records.map(|index| format!("{:?}", history.records()[*index as usize].event));
    texts.map(|text| text.split([' ', '(']).next().unwrap_or("").to_owned()).collect()
}

#[test]
fn an_empty_trace_has_one_state() {
    let history = History::new(Run::new(1, 1).trace());
    assert!(history.is_empty());
    assert_eq!(history.state_at(0), history.state_at(9));
    assert_eq!(history.story(), []);
}

#[test]
fn times_and_steps_belong_together() {
    let history = History::new(lesson());
    assert_eq!(history.instant_of(0), Instant::ZERO);
    let at = Instant::from_nanos(2_000_000_000);
    let (before, after) = (history.step_before(at), history.step_at(at));
    assert!(history.records()[before].at == at && history.records()[after].at > at);
    assert_eq!(history.instant_of(after), at);
    assert_eq!(history.step_at(Instant::NEVER), history.len());
}

#[test]
fn each_thing_has_the_records_that_concern_it() {
    let history = History::new(lesson());
    let sum = ["TaskSubmitted", "TaskReady", "TaskPlaced", "TaskStarted", "TaskFinished"];
    assert_eq!(kinds(&history, Entity::Task(TaskId::new(2))), sum);
    let worker = ["TaskPlaced", "TaskStarted", "TaskFinished"];
    assert_eq!(kinds(&history, Entity::Worker(WorkerId::new(2))), worker);
    let object = ["TaskSubmitted", "ObjectCreated", "TransferStarted", "TransferFinished"];
    assert_eq!(kinds(&history, Entity::Object(ObjectId::new(1))), object);
    let node = [
        "TaskPlaced",
        "TaskStarted",
        "ObjectCreated",
        "TaskFinished",
        "TransferStarted",
        "TransferFinished",
    ];
    assert_eq!(kinds(&history, Entity::Node(NodeId::new(1))), node);
    let link = ["TransferStarted", "TransferFinished"];
    assert_eq!(kinds(&history, Entity::Link(NodeId::new(0))), link);
    assert!(kinds(&history, Entity::Link(NodeId::new(1))).is_empty());
    assert!(kinds(&history, Entity::Link(NodeId::new(77))).is_empty());
    assert!(kinds(&history, Entity::Node(NodeId::new(2))).is_empty());
    assert!(kinds(&history, Entity::Node(NodeId::new(77))).is_empty());
}

proptest! {
    #[test]
    fn any_step_in_any_order_is_the_folded_state(
        seed: u64,
        stride in 1..40usize,
        steps in prop::collection::vec(any::<prop::sample::Index>(), 1..12),
    ) {
        let trace = walk(seed, 500);
        let history = History::with_stride(trace.clone(), stride);
        for step in steps.iter().map(|step| step.index(trace.records.len() + 1)) {
            prop_assert_eq!(history.state_at(step), folded(&trace, step));
        }
    }

    #[test]
    fn lists_are_in_order_and_never_double(seed: u64) {
        let history = History::new(walk(seed, 500));
        let last = history.last_state();
        let tasks = (0..last.tasks.len() as u32).map(|n| Entity::Task(TaskId::new(n)));
        let nodes = last.nodes.ids().flat_map(|node| [Entity::Node(node), Entity::Link(node)]);
        let workers = last.workers.ids().map(Entity::Worker);
        let objects = (0..last.objects.len() as u32).map(|n| Entity::Object(ObjectId::new(n)));
        for entity in tasks.chain(nodes).chain(workers).chain(objects) {
            prop_assert!(history.records_of(entity).is_sorted_by(|a, b| a < b));
        }
    }
}

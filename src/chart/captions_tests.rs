//! The lesson told in sentences; every event has one.

use super::*;
use crate::chart::why::why;
use crate::trace::fixture::{Run, lesson, walk};
use proptest::prelude::*;

#[test]
fn the_lesson_is_told() {
    let history = History::new(lesson());
    let told: Vec<String> =
        history.story().iter().map(|index| story(&history, *index as usize + 1)).collect();
    let expected = [
        "Three tasks were submitted; their ids came back at once",
        "The driver waits in ray.get for add_arrays's result",
        "Node 0's scheduler picks a local worker for make_array#1",
        "Node 0's scheduler picks a worker on node 1 for make_array#2",
        "make_array#1 has finished; obj1 is stored on node 0",
        "make_array#2 has finished; obj2 is stored on node 1",
        "Node 0's scheduler picks a local worker for add_arrays",
        "obj2 is copied from node 1 to node 0",
        "obj2 has arrived on node 0",
        "add_arrays runs on node 0",
        "add_arrays has finished; its result is stored on node 0",
        "ray.get returns add_arrays's result",
        "The driver prints: done",
        "And we're done!",
    ];
    assert_eq!(told, expected);
}

#[test]
fn reasons_have_numbers() {
    let history = History::new(lesson());
    let reasons: Vec<String> = history
        .story()
        .iter()
        .map(|index| *index as usize)
        .map(|n| why(&history.state_at(n), &history.records()[n].event, history.names()))
        .collect();
    let place = |node| {
        format!(
            "2 of 3 nodes have room; node {node} is below the 50 % threshold, so the local node is preferred"
        )
    };
    assert_eq!(reasons[0], "it waits for obj1 and obj2");
    assert_eq!(reasons[2..4], [place(0), place(1)]);
    assert_eq!(reasons[7], "add_arrays needs it; 1 MB, over the link of node 1");
    assert_eq!(reasons[9], "its 2 arguments are in the store of node 0; they are read in place");
}

#[test]
fn capitals_spare_identifiers() {
    let texts = ["node 1", "the driver", "make_array", "add", "two"].map(capital);
    assert_eq!(texts, ["Node 1", "The driver", "make_array", "add", "Two"]);
}

#[test]
fn a_call_with_many_objects_is_cut_short() {
    let mut run = Run::new(1, 1);
    for _ in 0..6 {
        run.submit("f", &[], 1);
    }
    run.call(CallKind::Wait { num_returns: 2, fetch_local: true }, &[0, 1, 2, 3, 4, 5]);
    let history = History::new(run.trace());
    let text = story(&history, history.len());
    assert_eq!(
        text,
        "The driver waits in ray.wait for 2 of 6 objects: f#1's result, f#2's result, f#3's result and 3 more"
    );
}

proptest! {
    #[test]
    fn every_event_has_a_sentence(seed: u64) {
        let trace = walk(seed, 400);
        let names = Names::of(&trace);
        let mut state = trace.initial_state();
        for record in &trace.records {
            let text = short(&state, &record.event, &names);
            prop_assert!(!text.is_empty() && !text.ends_with('.'), "{}", text);
            why(&state, &record.event, &names);
            state.apply(record.at, &record.event);
        }
    }
}

//! Every event has a sentence.

use super::*;
use crate::chart::why::why;
use crate::replay::History;
use crate::trace::fixture::{Run, walk};
use proptest::prelude::*;

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
    let last = history.len() - 1;
    let event = &history.records()[last].event;
    assert_eq!(
        short(&history.state_at(last), event, history.names()),
        "The driver waits in ray.wait for 2 of 6 objects: obj1, obj2, obj3 and 3 more"
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

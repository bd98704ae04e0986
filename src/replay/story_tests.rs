//! The lesson's thirteen pictures; what is one picture and what is two.

use super::*;
use crate::trace::fixture::{Run, lesson, walk};
use proptest::prelude::*;

fn beats(history: &History) -> Vec<Beat> {
    history.story().iter().map(|stop| stop.beat).collect()
}

#[test]
fn the_lesson_has_thirteen_pictures() {
    let history = History::new(lesson());
    let expected = [
        Beat::Program,
        Beat::Cluster,
        Beat::Submitted,
        Beat::IdsReturned,
        Beat::Placed,
        Beat::Placed,
        Beat::Finished,
        Beat::Placed,
        Beat::Reads(TaskId::new(2)),
        Beat::Copies,
        Beat::Arrived,
        Beat::Finished,
        Beat::Returned,
    ];
    assert_eq!(beats(&history), expected);
}

#[test]
fn many_placements_at_one_instant_are_one_picture() {
    let mut run = Run::new(1, 8);
    let tasks: Vec<TaskId> = (0..7).map(|_| run.submit("f", &[], 1)).collect();
    tasks.iter().for_each(|task| run.ready(*task));
    tasks.iter().for_each(|task| run.place(*task, 0));
    let placed = |history: &History| beats(history).iter().filter(|b| **b == Beat::Placed).count();
    assert_eq!(placed(&History::new(run.trace())), 1);
}

proptest! {
    #[test]
    fn stops_rise_and_tell_what_is_before_them(seed: u64) {
        let history = History::new(walk(seed, 400));
        let story = history.story();
        prop_assert!(story.is_sorted_by_key(|stop| stop.step));
        prop_assert!(story.iter().all(|stop| stop.from <= stop.step));
        prop_assert!(story.iter().all(|stop| stop.step as usize <= history.len()));
    }
}

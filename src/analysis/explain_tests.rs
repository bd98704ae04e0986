//! An explanation made from the records about a task is that made from all records.

use super::*;
use crate::trace::fixture::walk;
use proptest::prelude::*;

fn from_all(history: &History, task: TaskId, limit: usize) -> Option<Explanation> {
    let all: Vec<u32> = (0..limit as u32).collect();
    Teller::new(history, task, limit)?.tell(&all, Some(history.instant_of(limit)))
}

proptest! {
    #[test]
    fn nothing_is_missed(seed: u64, at: prop::sample::Index) {
        let history = History::with_stride(walk(seed, 400), 30);
        let step = at.index(history.len() + 1);
        for task in (0..history.last_state().tasks.len() as u32).map(TaskId::new) {
            let found = explain_at(&history, task, step);
            let whole = from_all(&history, task, step);
            prop_assert_eq!(format!("{:?}", found), format!("{:?}", whole));
        }
    }
}

#[test]
fn there_are_no_explanations_of_what_is_not_there() {
    let history = History::new(walk(1, 50));
    let none = TaskId::new(9_999);
    assert!(explain(&history, none, None).is_none() && explain_at(&history, none, 9).is_none());
    assert!(explain_at(&history, TaskId::new(0), 0).is_none());
}

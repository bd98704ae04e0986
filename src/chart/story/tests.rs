//! The lesson told in thirteen sentences, as its drawings tell it; every stop of any run has one.

use super::*;
use crate::trace::fixture::{lesson, walk};
use proptest::prelude::*;

fn told(history: &History) -> String {
    let mut lines = vec![line(0, &at(history, 0, None))];
    for (number, stop) in history.story().iter().enumerate() {
        lines.push(line(number + 1, &at(history, stop.step as usize, Some(number))));
    }
    lines.join("\n")
}

fn line(number: usize, caption: &Caption) -> String {
    let aside = caption.aside.as_ref().map_or(String::new(), |aside| format!(" [{aside}]"));
    format!("{number:>2}  {}{aside}\n    {}", caption.short, caption.why)
}

#[test]
fn the_lesson_is_told() {
    insta::assert_snapshot!(told(&History::new(lesson())));
}

proptest! {
    #[test]
    fn every_stop_and_every_step_has_a_sentence(seed: u64) {
        let history = History::new(walk(seed, 200));
        for (number, stop) in history.story().iter().enumerate() {
            let caption = at(&history, stop.step as usize, Some(number));
            prop_assert!(!caption.short.is_empty(), "{:?}", stop);
        }
        for step in 0..=history.len() {
            prop_assert!(!at(&history, step, None).short.is_empty(), "{}", step);
        }
    }
}

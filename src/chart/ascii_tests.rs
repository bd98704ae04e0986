//! Charts as they are printed.

use super::*;
use crate::trace::fixture::{Run, large, lesson, walk};
use proptest::prelude::*;

#[test]
fn the_lesson_as_a_chart() {
    let chart = gantt(&History::new(lesson()), 60);
    let expected = "\
node 0 worker 0 |Mmmmmmmmmmmmmmmmmmm.......................|
node 0 worker 1 |..................~~~~~Aaaaaaaaaaaaaaaaaaa|
node 1 worker 0 |Mmmmmmmmmmmmmmmmmmm.......................|
                 0 s               2 s                4 s
M make_array x2   A add_arrays
~ fetches its arguments   - blocked in get or wait   ! store is full
";
    assert_eq!(chart, expected);
}

#[test]
fn a_run_without_tasks_says_so() {
    assert_eq!(gantt(&History::new(Run::new(1, 1).end()), 80), "Nothing ran.\n");
}

#[test]
fn many_workers_become_lines_of_nodes() {
    let chart = gantt(&History::new(large(900, 40, 4)), 80);
    assert!(chart.contains("node 0 to node 1"), "{chart}");
    assert_eq!(chart.lines().count(), 22, "{chart}");
    assert!(chart.lines().all(|line| line.chars().count() <= 80), "{chart}");
}

#[test]
fn letters_are_given_out_once() {
    let names = ["make", "mean", "m", "1", "zip"];
    assert_eq!(letters(&names), ['m', 'e', 'a', 'b', 'z']);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_run_at_any_width_fits(seed: u64, width in 0..200usize) {
        let chart = gantt(&History::new(walk(seed, 400)), width);
        let most = width.max(100);
        prop_assert!(chart.lines().all(|line| line.chars().count() <= most), "{}", chart);
    }
}

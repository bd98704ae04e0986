//! The lesson's cells, and the programs that were run on a real cluster.

use super::host::{printed, run, run_with};
use crate::process::python::{PythonOptions, check};

const LESSON: &str = include_str!("../testdata/lesson.py");

#[test]
fn the_lesson_runs_as_it_stands() {
    let ran = run(LESSON);
    assert!(ran.failure.is_none() && ran.abort.is_none(), "{:?} {:?}", ran.failure, ran.abort);
    let text = ran.printed.join("\n");
    assert!(text.contains("Total time: duration:  4.000 seconds"), "{text}");
    assert!(text.contains("Returned   1 completed tasks. (elapsed time:  2.000)\n10: ["), "{text}");
    assert!(text.contains("Returned   2 completed tasks. (elapsed time:  6.000)\n20: ["), "{text}");
    assert!(text.contains("all arrays: [array([], dtype=float64), array(["), "{text}");
    assert!(text.contains("The Ray times are faster starting at n = 100"), "{text}");
    // Twenty numbers, eight digits each, in lines of at most 75 characters.
    let array = &ran.printed[0];
    let numbers = array.trim_matches(['[', ']']).split_whitespace().count();
    assert_eq!(numbers, 20, "{array}");
    assert!(array.lines().all(|line| line.len() <= 75) && array.lines().count() >= 3, "{array}");
}

#[test]
fn the_lessons_exercise_fails_as_it_should() {
    let ran = run(include_str!("../testdata/lesson_exercise.py"));
    let (failure, line) = ran.failure.expect("it asserts");
    assert_eq!(
        failure.to_string(),
        "AssertionError: Did you use Ray to parallelize the work? duration = 6.0"
    );
    assert_eq!(line, 10);
}

#[test]
fn equal_seeds_give_equal_runs() {
    let with = |seed| run_with(LESSON, &PythonOptions { seed, ..PythonOptions::default() }).printed;
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
}

macro_rules! truth {
    ($($name:ident => $expected:expr;)*) => {$(
        #[test]
        fn $name() {
            let source = include_str!(concat!("../../../../tests/ray/programs/", stringify!($name), ".py"));
            let program = crate::model::Program { file: "p.py".into(), source: source.into() };
            assert_eq!(check(&program), Vec::new());
            let printed = printed(source).join("\n");
            assert!(printed.contains($expected), "{printed}");
        }
    )*};
}

truth! {
    actor_queue => "[0, 1, 3, 6, 10, 15, 21, 28]\nserial  0.800\n[0, 1, 2, 3, 5, 7, 9, 12, 15, 18, 22, 26]\npool  0.400";
    broadcast => "[12500000, 12500000, 12500000, 12500000, 12500000]";
    chain => "20\ntotal  2.000";
    exercise3 => "[0, 1, 4, 9] after  3.000";
    fork_join => "round 0: 45 after  0.950";
    lesson_add => "size 20 after  4.000";
    lesson_get_all => "0 after  8.000\n10 after  8.000";
    lesson_wait_n1_t10_c8 => "Returned   1 completed tasks. (elapsed time:  2.000)";
    lesson_wait_n2_t10_c8 => "Returned   2 completed tasks. (elapsed time:  2.000)";
    lesson_wait_n2_t2_c222 => "Returned   1 completed tasks. (elapsed time:  4.500)";
    lesson_wait_n2_t2_c8 => "Returned   1 completed tasks. (elapsed time:  4.500)";
    locality => "[6250000, 6250000]";
    map_reduce => "[66, 660, 6600]";
    nested => "[1, 21]\ntotal  0.500";
    noop_throughput => "done  0.000";
    random_layers => "1128\ntotal";
    spread => "[0, 1, 2, 3, 4, 5, 6, 7]\nspread  0.500";
    stragglers => "3 ready 9 left at  0.300: [0, 2, 11]";
    sync_calls => "done  0.000";
    task_error => "1 0 at  0.200\nerror\ntotal  0.200";
    wait_errors => "too many ValueError\nzero ValueError\nduplicate ValueError\nempty 0 0\nnot a list TypeError\n\
                    all done, two asked: 2 1\ntimeout 0: 3 0";
    waves => "780\ntotal  0.250";
}

/// Not a test of speed, because machines differ: prints what things cost here.
#[test]
fn figures() {
    let clock = |what: &str, source: &str| {
        let _ = run(source);
        #[allow(clippy::disallowed_methods)]
        let start = std::time::Instant::now();
        let ran = run(source);
        println!("{what}: {:?} ({} tasks, {:?})", start.elapsed(), ran.tasks, ran.abort);
    };
    clock("empty program", "x = 1");
    clock("empty program with numpy", "import numpy as np");
    clock("2,000 no-op tasks", include_str!("../../../../tests/ray/programs/noop_throughput.py"));
    let unclean = include_str!("../../../../tests/ray/programs/noop_throughput.py")
        .replace("return i", "global x; x = i; return i")
        .replace("2000", "200");
    clock("200 no-op tasks that set a global", &unclean);
    clock("the whole lesson", LESSON);
    let cells = LESSON.find("# In [12]").expect("the cell is there");
    let granularity =
        format!("import ray, time, sys\nimport numpy as np\nray.init()\n{}", &LESSON[cells..]);
    clock("the lesson's granularity cells", &granularity);
    clock("a million turns", "x = 0\nfor i in range(1000000):\n    x += i\nprint(x)");
}

//! Programs that never end, or want too much.

use super::host::{run, run_with};
use crate::process::python::{PythonLimits, PythonOptions};

fn aborts(source: &str, expected: &str) {
    let limits = PythonLimits {
        steps: 200_000,
        suspensions: 20_000,
        output: 1 << 20,
        ..PythonLimits::default()
    };
    let ran = run_with(source, &PythonOptions { limits, ..PythonOptions::default() });
    let text = format!("{:?} {:?}", ran.abort, ran.failure);
    assert!(text.contains(expected), "{source}: {text}");
}

#[test]
fn loops_that_never_end() {
    aborts("while True:\n    pass\n", "steps; does a loop never end");
    aborts("i = 0\nwhile True:\n    i += 1\n", "steps; does a loop never end");
    aborts("x = [1]\nfor i in x:\n    x.append(i)\n", "Limit");
    aborts("def f(n):\n    return f(n - 1) + f(n - 1) if n else 1\nf(60)\n", "steps");
    aborts("f = lambda n: f(n - 1) + f(n - 1) if n else 1\nf(60)\n", "steps");
    aborts("[0 for a in range(100000) for b in range(100000)]", "Limit");
    aborts("import time\nwhile time.time() < 2e9:\n    pass\n", "more than");
}

#[test]
fn the_line_is_named() {
    let limits = PythonLimits { steps: 50_000, ..PythonLimits::default() };
    let options = PythonOptions { limits, ..PythonOptions::default() };
    let ran = run_with("x = 1\nprint(x)\nwhile True:\n    y = 2\n", &options);
    assert!(matches!(ran.abort, Some((_, 3))), "{:?}", ran.abort);
    let ran = run_with("def f():\n    x = [0]\n    return x * 10**12\n\nf()\n", &options);
    assert!(matches!(ran.abort, Some((_, 3))), "{:?}", ran.abort);
}

#[test]
fn too_much_memory() {
    aborts("x = [0] * 10**12", "Limit");
    aborts("x = 'x' * 10**12", "Limit");
    aborts("n = 10**12\ny = [0]\nx = y * n", "Limit");
    aborts("x = 10**10**10", "Limit");
    aborts("x = list(range(10**12))", "Limit");
    aborts("x = 'x'\nwhile True:\n    x += x\n", "Limit");
    aborts("x = []\nwhile True:\n    x.append('x' * 100000)\n", "Limit");
    aborts("import numpy as np\nx = np.zeros(10**9).tolist()\n", "elements at once");
}

#[test]
fn too_deep_and_too_much_output() {
    aborts("def f(n):\n    return f(n + 1)\nf(0)\n", "RecursionError");
    aborts("while True:\n    print('x' * 100000)\n", "printed more than");
    aborts(
        "import numpy as np\na = np.zeros(10)\nfor i in range(5000):\n    a = a + 1\nprint(a)\nraise ValueError(a)",
        "5000.",
    );
}

#[test]
fn odd_values_are_refused() {
    let text =
        |source: &str| format!("{:?}", run(source).failure.map(|(failure, _)| failure.message));
    let lambda =
        "import ray\n@ray.remote\ndef f(g):\n    return g(1)\nray.get(f.remote(lambda x: x))\n";
    assert!(text(lambda).contains("a lambda cannot travel"), "{}", text(lambda));
    let wrong = "import ray\n@ray.remote(num_returns=2)\ndef f():\n    return 1, 2, 3\nray.get(f.remote())\n";
    assert!(text(wrong).contains("Task returned 3 objects, but num_returns=2."), "{}", text(wrong));
    let option = "import ray\n@ray.remote(cpus=2)\ndef f():\n    return 1\n";
    assert!(
        text(option).contains("Invalid option keyword cpus for remote functions."),
        "{}",
        text(option)
    );
}

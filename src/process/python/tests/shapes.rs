//! Programs and values of odd shapes: nothing may overflow the stack.

use super::host::run;
use crate::model::Program;
use crate::process::python::check;

fn survives(source: &str) -> String {
    let program = Program { file: "p.py".into(), source: source.into() };
    let problems = check(&program);
    if problems.is_empty() {
        let ran = run(source);
        return format!(
            "{:?} {:?} {:?}",
            ran.abort,
            ran.failure.map(|f| f.0.to_string()),
            ran.printed.len()
        );
    }
    problems[0].message.clone()
}

fn probe(name: &str, source: &str) {
    let text = survives(source);
    assert!(!text.contains("defect"), "{name}: {text}");
}

#[test]
fn parentheses() {
    probe("parens", &format!("x = {}1{}", "(".repeat(50_000), ")".repeat(50_000)));
}
#[test]
fn brackets() {
    probe("brackets", &"[".repeat(50_000));
}
#[test]
fn minus() {
    probe("minus", &format!("x = {}1", "-".repeat(50_000)));
}
#[test]
fn nots() {
    probe("nots", &format!("x = {}1", "not ".repeat(50_000)));
}
#[test]
fn plus() {
    probe("plus", &format!("x = 1{}", "+1".repeat(50_000)));
}
#[test]
fn dots() {
    probe("dots", &format!("x = a{}", ".b".repeat(50_000)));
}
#[test]
fn calls() {
    probe("calls", &format!("x = a{}", "()".repeat(50_000)));
}
#[test]
fn lambdas() {
    probe("lambdas", &format!("x = {}1", "lambda: ".repeat(50_000)));
}
#[test]
fn ternaries() {
    probe("ternaries", &format!("x = {}1", "1 if 1 else ".repeat(50_000)));
}
#[test]
fn elifs() {
    probe(
        "elifs",
        &format!("x = 1\nif x == 0:\n    pass\n{}", "elif x == 2:\n    pass\n".repeat(5_000)),
    );
}
#[test]
fn indents() {
    let text: String = (0..2_000).map(|n| format!("{}if 1:\n", " ".repeat(n))).collect();
    probe("indents", &format!("{text}{}pass\n", " ".repeat(2_000)));
}
#[test]
fn powers() {
    probe("powers", &format!("x = 1{}", "**1".repeat(50_000)));
}
#[test]
fn comparisons() {
    probe("comparisons", &format!("x = 1{}", " < 1".repeat(50_000)));
}
#[test]
fn fstrings() {
    let text = (0..200).fold("1".to_owned(), |text, _| format!("f'{{{text}}}'"));
    probe("fstrings", &format!("x = {text}"));
}
#[test]
fn deep_list() {
    for n in [90, 150, 250, 390] {
        probe(
            "deep",
            &format!(
                "import ray\nray.init()\nx = []\nfor i in range({n}):\n    x = [x]\nr = ray.put(x)\ny = ray.get(r)\n"
            ),
        );
    }
    probe(
        "deep list",
        "import ray\nray.init()\nx = []\nfor i in range(100000):\n    x = [x]\nr = ray.put(x)\ny = ray.get(r)\n",
    );
}
#[test]
fn deep_text() {
    probe("deep repr", "x = []\nfor i in range(100000):\n    x = [x]\nprint(x)\n");
}
#[test]
fn own_end() {
    probe("cycle", "import ray\nx = []\nx.append(x)\nr = ray.put(x)\nprint(ray.get(r))\n");
}
#[test]
fn empty() {
    probe("empty", "");
    probe("nul", "x = '\0'\n");
    probe("bom", "\u{feff}x = 1\nprint(x)\n");
    probe("crlf", "x = 1\r\nprint(x)\r\n");
    probe("tabs", "if 1:\n\tprint(2)\n");
    probe("unicode", "é = 'ü'\nprint(é)\n");
    probe("only comment", "# x");
    probe("async", "import asyncio\n");
    probe("global", "_rs_steps = 3\nfor i in range(3): pass\n");
    probe("shadow", "print = 3\nrange = 4\n");
    probe("semi", "import time; x = 1; del x; print(2)\n");
    probe("deco", "import ray\n@ray.remote()\ndef f(): return 1\nprint(ray.get(f.remote()))");
    probe(
        "local def",
        "import ray\ndef main():\n    @ray.remote\n    def f(x): return x\n    print(ray.get(f.remote(2)))\nmain()\n",
    );
    probe(
        "fresh line",
        "import ray\nfrom ray import remote, get\n@remote\ndef f(): return 1\nprint(get(f.remote()))",
    );
    probe("exit", "import sys\nprint(1)\nsys.exit(1)\nprint(2)");
    probe("raise", "class A:\n    pass\nraise A()\n");
    probe(
        "kw",
        "import ray\n@ray.remote\ndef f(**k): return k\nkw = {'a': 1}\nprint(ray.get(f.remote(**kw)), ray.get(f.remote(**{'b': 2}, c=3)))",
    );
    probe(
        "star",
        "a, *b = [1, 2, 3]\nprint(a, b)\nfor i, (x, y) in enumerate([(1, 2)]): print(i, x, y)",
    );
    probe(
        "walrus",
        "while (n := 3) > 5: pass\nprint(n, sorted([3, 1], key=lambda v: -v), '%d items' % 3)",
    );
    probe("with", "import ray\nwith ray.init() as c:\n    print(1)\n");
    probe("doc", "def f():\n    \"\"\"Doc.\"\"\"\n    return 1\nprint(f())");
    probe(
        "typed",
        "from typing import List\ndef f(x: List[int]) -> int:\n    return sum(x)\nprint(f([1]))",
    );
    probe(
        "dataclass",
        "from dataclasses import dataclass\nimport ray\n@dataclass\nclass P:\n    x: int\n    y: int = 2\nray.init()\np = ray.get(ray.put(P(1)))\nprint(p.x, p.y, p)",
    );
    probe(
        "actor arg",
        "import ray\n@ray.remote\nclass A:\n    def f(self): return 1\n@ray.remote\ndef g(a): return ray.get(a.f.remote())\nprint(ray.get(g.remote(A.remote())))",
    );
    probe(
        "lambda default",
        "fs = [lambda x, i=i: x + i for i in range(3)]\nprint([f(1) for f in fs])",
    );
    probe(
        "try",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(e)\nelse:\n    print('no')\nfinally:\n    print('done')",
    );
    probe(
        "np loop",
        "import numpy as np\nfor row in np.zeros((2, 2)):\n    print(row)\nx = np.random.rand(3, 2)\nprint(x[0, 1] >= 0, x.shape, x.T if False else 1, np.sqrt(4), np.pi)\nd = {}\nd['a'] = 1\nd['a'] += 2\nprint(d, -d['a'], [1, 2][1:], 'abc'[::-1])",
    );
}

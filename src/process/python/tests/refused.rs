//! Python that is not supported is named with its place and with what to write instead.

use crate::model::Program;
use crate::process::python::check;

fn problems(source: &str) -> Vec<(u32, u32, String)> {
    let program = Program { file: "p.py".into(), source: source.into() };
    check(&program).into_iter().map(|p| (p.line, p.column, p.message)).collect()
}

fn refused(source: &str, line: u32, expected: &str) {
    let found = problems(source);
    let hit = found.iter().any(|(at, _, message)| *at == line && message.contains(expected));
    assert!(hit, "{source}: {found:?}");
}

#[test]
fn each_construct() {
    refused("def f():\n    yield 1\n", 2, "yield is not supported here");
    refused("x = 1\nmatch x:\n    case 1:\n        pass\n", 2, "match is not supported");
    refused("async def f():\n    pass\n", 1, "async functions");
    refused("from ray import *\n", 1, "import * is not supported");
    refused("class A(B):\n    pass\n", 1, "inheritance");
    refused("class MyError(Exception):\n    pass\n", 1, "inheritance");
    refused(
        "class A:\n    @staticmethod\n    def f():\n        pass\n",
        2,
        "decorators on methods",
    );
    refused("class A:\n    def __add__(self, o):\n        return o\n", 2, "__add__");
    refused("import ray\nf = open('x')\n", 2, "open() is not supported");
    refused("import pandas as pd\n", 1, "the module pandas is not simulated");
    refused(
        "def f():\n    from bokeh.plotting import figure\n",
        2,
        "the module bokeh.plotting is not simulated",
    );
    refused("import itertools\nfor i in itertools.count():\n    pass\n", 2, "endless iterators");
    refused("x = 1 +\n", 1, "xpected");
    refused("del x[1:2]\n", 1, "del");
    refused("x = 3j\n", 1, "complex");
    refused("try:\n    pass\nexcept* ValueError:\n    pass\n", 1, "except*");
}

#[test]
fn all_problems_at_once_in_order() {
    let found = problems("import pandas\ndef f():\n    yield 1\nx = (1 +\ny = open('a')\n");
    assert!(found.len() >= 3, "{found:?}");
    assert!(found.is_sorted_by_key(|(line, column, _)| (*line, *column)));
}

#[test]
fn problems_say_what_to_write() {
    let program = Program { file: "p.py".into(), source: "open('x')\n".into() };
    assert!(check(&program)[0].help.contains("keep the data in the program"));
}

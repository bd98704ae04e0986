//! Generators: what becomes of loops over them, and that lines are still the user's.

use super::host::{printed, run};

const HEAD: &str = "import ray, time
@ray.remote
def gen(n):
    for i in range(n):
        time.sleep(0.5)
        x = (yield i * 10)  # a comment: with a colon
        assert x is None
    yield
";

fn prints(body: &str, lines: &[&str]) {
    assert_eq!(printed(&format!("{HEAD}{body}")), lines, "{body}");
}

#[test]
fn loops_of_every_shape() {
    prints("for ref in gen.remote(2): print(ray.get(ref))\n", &["0", "10", "None"]);
    prints(
        "for ref in (gen  # what: this
      .remote(1)):
    # a comment
    if ray.get(ref) is None:
        continue
    print(ray.get(ref))
else:
    print('else')
",
        &["0", "else"],
    );
    prints(
        "def walk(g):
    for i, ref in enumerate(g, 5):
        for d in [i, ray.get(ref)]:
            if d == 6:
                return d
print(walk(gen.remote(3)))
for (a, b), c in [((1, 2), 3)]: print(a, b, c)
for k, v in {'a': 1}.items():
    print(k, v)
words = 'one two'
for word in words.split():
    print(word)
for letter in words[:2]: print(letter)
",
        &["6", "1 2 3", "a 1", "one", "two", "o", "n"],
    );
    prints(
        "print(ray.get(list(gen.remote(1))), sum(len(x) for x in ['ab', 'c']))\n",
        &["[0, None] 3"],
    );
    prints("it = iter([4, 5])\nprint(next(it), next(it), next(it, 'no'))\n", &["4 5 no"]);
}

#[test]
fn lines_are_the_users() {
    let source =
        format!("{HEAD}for ref in gen.remote(2):\n    print(ray.get(ref))\n\nprint(1 / 0)\n");
    let ran = run(&source);
    let (failure, line) = ran.failure.unwrap();
    assert_eq!((line, failure.message.as_str()), (12, "division by zero"));
    let at = |name: &str| -> Vec<u32> {
        let of = ran.lines.iter().filter(|(effect, _)| *effect == name);
        of.map(|(_, line)| *line).collect()
    };
    assert_eq!(at("yield"), [6, 6, 8]);
    assert_eq!(at("next"), [9; 4]);
    assert_eq!(at("get"), [10; 3]);
}

#[test]
fn numpy_programs_too() {
    prints(
        "import numpy as np
for ref in gen.remote(1): print(ray.get(ref))
for row in np.array([[1, 2], [3, 4]]):
    print(row.sum())
a = np.arange(3)
for i, x in enumerate(a):
    print(i + x)
print(max(a), [int(v) for v in a])
",
        &["0", "None", "3", "7", "0", "2", "4", "2 [0, 1, 2]"],
    );
}

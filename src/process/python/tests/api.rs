//! What ray, time, numpy and random do for a program.

use super::host::{printed, run, run_with};
use crate::base::{Instant, Span};
use crate::process::python::PythonOptions;

fn lines(source: &str) -> String {
    printed(source).join("\n")
}

#[test]
fn wait_checks_in_rays_order_with_rays_texts() {
    let source = "import ray
ray.init()
@ray.remote
def f(x):
    return x
a, b = f.remote(1), f.remote(2)
for args, kw in [((a,), {}), (((a, b),), {}), (({1},), {}), (([a, 3],), {'timeout': -1}), (([a, 3],), {}),
                 (([a, a],), {'num_returns': 9}), (([a],), {'num_returns': 0}), (([a],), {'num_returns': -1}),
                 (([a],), {'num_returns': 2})]:
    try:
        ray.wait(*args, **kw)
    except Exception as e:
        print(type(e).__name__, e)
print(ray.wait([], num_returns=0))
";
    let ran = run(source);
    let expected = [
        "TypeError: wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, got a single ray.ObjectRef or \
         ray.ObjectRefGenerator ObjectRef(00000000000000000000000000000000000000000000000101000000)",
        "TypeError: wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, got <class 'tuple'>",
        "TypeError: wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, got <class 'set'>",
        "ValueError: The 'timeout' argument must be nonnegative. Received -1",
        "TypeError: wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, got list containing <class 'int'>",
        "ValueError: Wait requires a list of unique ray_waitables.",
        "ValueError: Invalid number of objects to return 0.",
        "ValueError: Invalid number of objects to return -1.",
        "ValueError: num_returns cannot be greater than the number of ray_waitables provided to ray.wait.",
    ];
    assert_eq!(ran.refused, expected);
    assert_eq!(ran.printed[9], "([], [])");
}

#[test]
fn get_refuses_with_rays_texts() {
    let text = lines(
        "import ray
ray.init()
@ray.remote
def slp():
    return 1
for bad in [3, (1, 2), [3]]:
    try:
        ray.get(bad)
    except Exception as e:
        print(type(e).__name__, e)
try:
    slp()
except TypeError as e:
    print(e)
",
    );
    assert_eq!(
        text,
        "ValueError Invalid type of object refs, <class 'int'>, is given. 'object_refs' must either be an ObjectRef or a list of ObjectRefs. \n\
        ValueError Invalid type of object refs, <class 'tuple'>, is given. 'object_refs' must either be an ObjectRef or a list of ObjectRefs. \n\
        TypeError Attempting to call `get` on the value 3, which is not an ray.ObjectRef.\n\
        Remote functions cannot be called directly. Instead of running '__main__.slp()', try '__main__.slp.remote()'."
    );
}

#[test]
fn exceptions_of_tasks_are_caught_as_in_ray() {
    let text = lines(
        "import ray, time
from ray.exceptions import RayTaskError, GetTimeoutError
ray.init()
@ray.remote
def boom():
    raise ValueError('boom')
@ray.remote
def slow():
    time.sleep(2)
@ray.remote
def after(x):
    return x
r = boom.remote()
try:
    ray.get(r)
except ValueError as e:
    print('value', type(e).__name__)
try:
    ray.get(r)
except ray.exceptions.GetTimeoutError:
    print('wrong')
except (RayTaskError, KeyError) as e:
    print('task', isinstance(e, RayTaskError), isinstance(e, GetTimeoutError))
    print(e)
try:
    raise ValueError('mine')
except ray.exceptions.RayTaskError:
    print('wrong')
except ValueError as e:
    print('own', e)
try:
    ray.get(slow.remote(), timeout=0.5)
except GetTimeoutError as e:
    print(type(e).__name__, e)
try:
    ray.get(slow.remote(), timeout=0.5)
except TimeoutError as e:
    print('builtin', e)
try:
    ray.get(after.remote(r))
except ray.exceptions.RayTaskError as e:
    print(e)
",
    );
    assert_eq!(
        text,
        "value RayTaskError(ValueError)\ntask True False\nray::boom()\n  File \"lesson.py\", line 6, in boom\n    raise ValueError('boom')\nValueError: boom\nown mine\nGetTimeoutError Get timed out: some object(s) not ready.\nbuiltin Get timed out: some object(s) not ready.\nray::boom()\n  At least one of the input arguments for this task could not be computed:\nray.exceptions.RayTaskError: ray::boom()\n  File \"lesson.py\", line 6, in boom\n    raise ValueError('boom')\nValueError: boom"
    );
}

#[test]
fn uncaught_exceptions_name_the_users_lines() {
    let ran = run("import ray\n\ndef inner(x):\n    return 1 / x\n\nprint('before')\ninner(0)\n");
    let (failure, line) = ran.failure.expect("it divides by zero");
    assert_eq!(line, 4);
    assert_eq!(
        format!("{:?}", failure.kind),
        "Exception { class: \"ZeroDivisionError\", traceback: [\"  File \\\"lesson.py\\\", line 7, in <module>\", \"    inner(0)\", \"  File \\\"lesson.py\\\", line 4, in inner\", \"    return 1 / x\"] }"
    );
}

#[test]
fn effects_carry_the_users_lines_in_tasks_too() {
    let ran = run(
        "import ray, time\nray.init()\n@ray.remote\ndef f(x):\n    time.sleep(1)\n    print('in')\n    return x\nr = f.remote(\n    1,  # one\n)\nprint(ray.get(r))\n",
    );
    let lines: Vec<_> =
        ran.lines.into_iter().filter(|(name, _)| *name != "other" && *name != "return").collect();
    assert_eq!(lines, [("submit", 8), ("sleep", 5), ("print", 6), ("get", 11), ("print", 11)]);
}

#[test]
fn actors_keep_their_state_and_survive_exceptions() {
    let text = lines(
        "import ray
ray.init()
@ray.remote(num_cpus=0)
class Counter:
    def __init__(self, start, step=1):
        self.n = start
        self.step = step
    def add(self, k):
        if k < 0:
            raise ValueError('negative')
        self.n += k * self.step
        return self.n
    def pair(self, k):
        return k, k + 1
    def call(self, other):
        return ray.get(other.add.remote(100))
c = Counter.remote(10, step=2)
d = Counter.options(name='d').remote(0)
print(ray.get([c.add.remote(1), c.add.remote(2)]))
try:
    ray.get(c.add.remote(-1))
except ValueError as e:
    print('caught')
print(ray.get(c.add.remote(3)), ray.get(d.add.remote(1)))
print(ray.get(c.call.remote(d)))
",
    );
    assert_eq!(text, "[12, 16]\ncaught\n22 1\n101");
}

#[test]
fn values_travel() {
    let text = lines(
        "import ray
import numpy as np
class Point:
    def __init__(self, x):
        self.x = x
def helper(x):
    return x * 2
@ray.remote
def f(a, b=None, *rest, **kw):
    return a, b, rest, kw
@ray.remote
def nested(refs):
    return ray.get(refs[0]) + 1
@ray.remote
def use(p, g):
    p.x = g(p.x)
    return p
@ray.remote(num_returns=3)
def three():
    return 1, [2], {'k': np.zeros(3)}
ray.init(num_cpus=4, resources={'x': 2}, object_store_memory=10**9)
one = ray.put(1)
print(ray.get(f.remote(one, b=one, k=one)))
print(ray.get(nested.remote([one])))
p = ray.get(use.remote(Point(4), helper))
print(p.x, type(p).__name__)
a, b, c = three.remote()
print(ray.get([a, b, c]))
print(ray.get(ray.put({'r': [one]})) == {'r': [one]}, {one: 1}[one])
",
    );
    assert_eq!(
        text,
        "(1, 1, (), {'k': 1})\n2\n8 Point\n[1, [2], {'k': array([0., 0., 0.])}]\nTrue 1"
    );
}

#[test]
fn globals_are_those_of_the_first_call() {
    let text = lines(
        "import ray
ray.init()
n = 1
@ray.remote
def f():
    global n
    n += 10
    return n
print(ray.get([f.remote(), f.remote()]))
n = 5
print(ray.get(f.remote()), n)
",
    );
    assert_eq!(text, "[11, 11]\n11 5");
}

#[test]
fn recursion_over_tasks_and_pools() {
    let text = lines(
        "import ray
from ray.util import ActorPool
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
ray.init()
@ray.remote
def fib(n):
    if n < 2:
        return n
    return sum(ray.get([fib.remote(n - 1), fib.remote(n - 2)]))
@ray.remote
class W:
    def f(self, x):
        return x * x
print(ray.get(fib.remote(7)))
pool = ActorPool([W.remote(), W.remote()])
print(list(pool.map(lambda a, v: a.f.remote(v), [1, 2, 3, 4])))
node = ray.nodes()[0]['NodeID']
s = NodeAffinitySchedulingStrategy(node_id=node, soft=False)
print(ray.get(fib.options(scheduling_strategy=s, num_cpus=0.5, max_retries=2).remote(3)))
print(ray.get_runtime_context().get_node_id() == node, ray.cluster_resources())
",
    );
    assert_eq!(text, "13\n[1, 4, 9, 16]\n2\nTrue {'CPU': 4.0}");
}

#[test]
fn numpy_prints_like_numpy() {
    let text = lines(
        "import numpy as np
print(np.arange(5), np.zeros(3), np.array([1.5, 2, -3.25]))
print(np.array([[1, 2], [3, 4]]))
print(np.arange(2000), repr(np.ones(2)))
print(np.array([1e-5, 1.0]), np.array([True, False]))
a = np.arange(6)
print(a + 1, a * 2.0, a[2], a[1:4], a[::-1], -a, a > 2, len(a), a.sum(), a.mean(), sum(a))
print(a.dtype, a.shape, np.zeros((2, 3)).nbytes, np.zeros(100000000 // 8).nbytes)
a[0] = 7
a += 1
print(a, [x for x in a], a.reshape(2, 3).shape, np.dot(a, a))
big = np.random.standard_normal(1000000)
print(big.size, abs(big.mean()) < 0.01, abs(big.std() - 1) < 0.01)
",
    );
    assert_eq!(
        text,
        "[0 1 2 3 4] [0. 0. 0.] [ 1.5   2.   -3.25]\n[[1 2]\n [3 4]]\n[   0    1    2 ... 1997 1998 1999] array([1., 1.])\n[1.e-05 1.e+00] [ True False]\n[1 2 3 4 5 6] [ 0.  2.  4.  6.  8. 10.] 2 [1 2 3] [5 4 3 2 1 0] [ 0 -1 -2 -3 -4 -5] [False False False  True  True  True] 6 15 2.5 15\nint64 (6,) 48 100000000\n[8 2 3 4 5 6] [8, 2, 3, 4, 5, 6] (2, 3) 154\n1000000 True True"
    );
}

#[test]
fn small_things_of_python_work() {
    let text = lines("import random, math
d = {'a': 1, 'b': 2}
del d['a']
x = 3
del x
print('%5.2f|%d|%-4s|%%' % (3.14159, 7, 'ab'), '%s' % 5, d)
print('a', 'b', sep='-', end='!\\n')
def f(): return 1
print(f.__name__, math.floor(2.7), 'x' * 3, [0] * 3)
random.seed(3)
r = [random.randint(1, 6) for _ in range(5)]
random.seed(3)
print(r == [random.randint(1, 6) for _ in range(5)], 0 <= random.random() < 1)
if __name__ == \"__main__\":
    print('main')
with_default = lambda v=2: v
print(with_default(), [n for n in range(3) if n], {k: v for k, v in d.items()}, (i for i in [1]) is None)
");
    assert_eq!(
        text,
        " 3.14|7|ab  |% 5 {'b': 2}\na-b!\nf 2 xxx [0, 0, 0]\nTrue True\nmain\n2 [1, 2] {'b': 2} False"
    );
}

#[test]
fn modules_of_pythons_library_do_what_they_do_there() {
    let expected = [
        "[0, 1, 2]",
        "True",
        "[0, 1, 2] [0, 1]",
        "2 2 [1, 2, 3, 4]",
        "1 3 4",
        "[1, 3, 3, 5, 7]",
        "3 1.5 4 2.5",
        "1.527525 1.555556",
        "[(1, 'b'), (0, 'c')] 5",
        "{'a': [1, [2]]} {'a': [1, [2, 3]]} [1]",
        "0123456789 ABC",
    ];
    assert_eq!(printed(include_str!("../testdata/library.py")), expected);
}

#[test]
fn programs_may_take_the_names_of_builtins() {
    let text = lines("import ray, time, sys
import numpy as np
from util.printing import pd
list = set = max = str = int = tuple = dict = repr = float = round = min = next = iter = sum = len = type = 0
dtype = ndarray = ObjectRef = RemoteFunction = ActorHandle = hash = 3
ray.init()
@ray.remote
def f(x):
    time.sleep(1)
    return x
start = time.time()
ready, rest = ray.wait([f.remote(1), f.remote(np.ones(2))], num_returns=2)
print(ray.get(ready), np.arange(3))
pd(time.time() - start, prefix='Total time:')
print = 7
");
    assert_eq!(text, "[1, array([1., 1.])] [0 1 2]\nTotal time: duration:  1.000 seconds");
}

#[test]
fn numpy_costs_what_the_options_say() {
    let options = PythonOptions {
        numpy_call_cost: Span::from_micros(10),
        numpy_element_cost: Span::from_nanos(5),
        ..PythonOptions::default()
    };
    let ran = run_with("import numpy as np\na = np.zeros(1000)\nb = a + 1\n", &options);
    assert_eq!(ran.now, Instant::from_nanos(2 * (10_000 + 5_000)));
}

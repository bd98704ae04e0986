# The Python side of the simulated modules. It is fed to the interpreter before the user's program, once.
# Every name here begins with _rs_ unless the user is to see it. The functions _rs_host_* belong to the host:
# calling one suspends the program. `_line` is put into the calls by the pre-pass.

# A comprehension's target that is named like a builtin would resolve to the builtin; bound names are safe.
abs = abs; all = all; any = any; id = id; sum = sum; max = max; min = min; len = len; list = list; dict = dict
set = set; tuple = tuple; str = str; int = int; float = float; type = type; map = map; filter = filter; zip = zip
next = next; iter = iter; hash = hash; round = round; sorted = sorted; bytes = bytes; bool = bool; pow = pow
object = object; repr = repr; hex = hex; ord = ord; chr = chr; bin = bin; divmod = divmod; enumerate = enumerate
reversed = reversed; slice = slice

# The program may give these names to things of its own; what is written here must not notice.
_rs_b_list = list
_rs_b_set = set
_rs_b_max = max
_rs_b_str = str
_rs_b_int = int
_rs_b_tuple = tuple
_rs_b_dict = dict
_rs_b_repr = repr
_rs_b_hash = hash
_rs_b_float = float
_rs_b_round = round
_rs_b_type = type
_rs_b_isinstance = isinstance
_rs_b_setattr = setattr
_rs_b_getattr = getattr
_rs_b_min = min
_rs_b_next = next
_rs_b_iter = iter
_rs_b_sum = sum
_rs_b_len = len
_rs_b_bool = bool
_rs_b_OverflowError = OverflowError
_rs_b_AttributeError = AttributeError
_rs_b_TypeError = TypeError
_rs_b_ValueError = ValueError
_rs_b_RuntimeError = RuntimeError
_rs_b_StopIteration = StopIteration
_rs_b_TimeoutError = TimeoutError
_rs_b_Exception = Exception
_rs_b_BaseException = BaseException
_rs_b_MemoryError = MemoryError
_rs_b_IndexError = IndexError
_rs_b_SystemExit = SystemExit
_rs_len = len
_rs_range = range
_rs_steps = iter(range(1, 1000))
_rs_exported = None
_rs_methods = {}
_rs_generators = []
_rs_classes = {}
_rs_class_functions = {}


def _rs_refill():
    # Every block of steps is counted by the host, which ends the program when there were too many.
    global _rs_steps
    _rs_steps = _rs_b_iter(_rs_range(1, _rs_host_tick()))
    return 1


def range(*args):
    if _rs_len(args) == 1 and _rs_b_type(args[0]) is _rs_b_int and args[0] <= 1000000:
        return _rs_range(args[0])
    r = _rs_range(*args)
    if args and _rs_long(r):
        _rs_host_limit('a range of more than 20,000,000 numbers')
    return r


def _rs_long(r):
    try:
        return _rs_len(r) > 20000000
    except _rs_b_OverflowError:
        return True


def print(*args, sep=' ', end='\n', file=None, flush=False, _line=0):
    if sep is None:
        sep = ' '
    if end is None:
        end = '\n'
    _rs_host_print(_line, sep.join([_rs_b_str(a) for a in args]) + end)


_rs_print = print


def open(*args, **kwargs):
    _rs_host_unsupported('files', 'a simulated program has no files: keep the data in the program')


def input(*args, **kwargs):
    _rs_host_unsupported('input()', 'a simulated program has no keyboard: write the value into the program')


def callable(x):
    return _rs_b_type(x) is _rs_b_type(callable) or _rs_b_type(x) is _rs_b_type(_rs_b_int) or _rs_b_repr(x)[:10] == '<built-in ' or _rs_b_repr(x)[:7] == '<bound '


def _rs_name(x):
    if _rs_b_type(x) is _rs_b_type(_rs_name):
        return _rs_b_repr(x).split("'")[1].split('.')[-1]
    if _rs_b_type(x) is _rs_b_type(_rs_b_int):
        return _rs_b_repr(x).split("'")[1].split('.')[-1]
    return x.__name__


def _rs_type_name(x):
    if _rs_b_isinstance(x, _rs_b_BaseException):
        return _rs_host_class(_rs_b_str(x), _rs_b_type(x).__name__)
    return _rs_b_type(x).__name__


def _rs_is(x, name):
    return _rs_b_isinstance(x, _rs_b_BaseException) and _rs_host_match(name, _rs_b_str(x), _rs_b_type(x).__name__)


def _rs_exc(name):
    # In an `except` clause: the class to compare with, made for the exception that is being handled.
    try:
        raise
    except _rs_b_BaseException as e:
        return _rs_b_BaseException if _rs_host_match(name, _rs_b_str(e), _rs_b_type(e).__name__) else _rs_b_MemoryError


def _rs_percent(text, values):
    return _rs_host_percent(text, values if _rs_b_type(values) is _rs_b_tuple else (values,))


def _rs_direct(name):
    raise _rs_b_TypeError("Remote functions cannot be called directly. Instead of running '__main__." + name + "()', try '__main__." + name + ".remote()'.")


def _rs_direct_class(name):
    raise _rs_b_TypeError("Actors cannot be instantiated directly. Instead of '" + name + "()', use '" + name + ".remote()'.")


# References, functions, actors.

class ObjectRef:
    def __init__(self, n):
        self._n = n

    def __repr__(self):
        return 'ObjectRef(' + self.hex() + ')'

    def __eq__(self, other):
        return _rs_b_type(other) is _rs_c_ObjectRef and other._n == self._n

    def __hash__(self):
        return _rs_b_hash(self._n)

    def hex(self):
        return '{:048x}'.format(self._n + 1) + '01000000'


_rs_c_ObjectRef = ObjectRef


class ObjectRefGenerator:
    def __init__(self, n):
        self._n = n

    def __repr__(self):
        return 'ObjectRefGenerator(' + '{:040x}'.format(self._n + 1) + '01000000)'


_rs_c_ObjectRefGenerator = ObjectRefGenerator


class _rs_Loop:
    # A loop over anything. The interpreter cannot suspend inside an iterator, so loops that may go over a generator
    # ask this one for each item.
    def __init__(self, x, count):
        self.generator = x if _rs_b_type(x) is _rs_c_ObjectRefGenerator else None
        self.rest = _rs_b_iter(_rs_iter(x)) if self.generator is None else None
        self.count = count
        self.item = None


_rs_c_Loop = _rs_Loop


def _rs_each(x):
    return x if _rs_b_type(x) is _rs_c_Loop else _rs_c_Loop(x, None)


def _rs_enumerate(x, start=0):
    return _rs_c_Loop(x, start)


def _rs_more(line, loop):
    if loop.generator is None:
        item = _rs_b_next(loop.rest, _rs_c_Loop)
        if item is _rs_c_Loop:
            return False
    else:
        n = _rs_host_next(line, loop.generator._n)
        if n is None:
            return False
        item = _rs_c_ObjectRef(n)
    if loop.count is not None:
        item = (loop.count, item)
        loop.count += 1
    loop.item = item
    return True


def _rs_all(line, x):
    # What takes all items at once.
    if _rs_b_type(x) is not _rs_c_ObjectRefGenerator:
        return x
    items = []
    n = _rs_host_next(line, x._n)
    while n is not None:
        items.append(_rs_c_ObjectRef(n))
        n = _rs_host_next(line, x._n)
    return items


def _rs_next_item(x, *default, _line=0):
    if _rs_b_type(x) is not _rs_c_ObjectRefGenerator:
        return _rs_b_next(x, *default)
    n = _rs_host_next(_line, x._n)
    if n is not None:
        return _rs_c_ObjectRef(n)
    if default:
        return default[0]
    raise _rs_b_StopIteration()


def _rs_yield_from(line, x):
    loop = _rs_each(x)
    while _rs_more(line, loop):
        _rs_host_yield(line, loop.item)


def _rs_count(name, options):
    # How many results a function has. A generator streams its items, whatever their number.
    count = options.get('num_returns')
    if name in _rs_generators:
        if count is not None and count != 'streaming':
            _rs_host_unsupported('num_returns=' + _rs_b_repr(count) + ' of a generator', 'leave num_returns out: the items of a generator stream to the caller one by one')
        return 'streaming'
    if count == 'streaming' or count == 'dynamic':
        _rs_host_unsupported('num_returns=' + _rs_b_repr(count) + ' of a function without yield', 'yield the items, or give the number of results')
    return options.get('num_returns', 1)


def _rs_blank(self, *args, **kwargs):
    pass


def _rs_open(x):
    t = _rs_b_type(x)
    if t is _rs_b_tuple:
        if _rs_len(x) == 3 and x[0] == '\x00rayscope':
            return _rs_special(x[1], x[2])
        return _rs_b_tuple([_rs_open(v) for v in x])
    if t is _rs_b_list:
        return [_rs_open(v) for v in x]
    if t is _rs_b_dict:
        return {_rs_open(k): _rs_open(v) for k, v in x.items()}
    if t is _rs_b_set:
        return {_rs_open(v) for v in x}
    return x


def _rs_special(kind, data):
    if kind == 'ref':
        return _rs_c_ObjectRef(data)
    if kind == 'array':
        return _rs_array(data)
    if kind == 'actor':
        return _rs_c_ActorHandle(data[0], data[1])
    if kind == 'global':
        return _rs_lookup(data)
    if kind == 'strategy':
        return _rs_c_NodeAffinitySchedulingStrategy(data[0], data[1])
    if kind == 'group':
        return _rs_c_PlacementGroup(data[0], data[1])
    if kind == 'group strategy':
        return _rs_c_PlacementGroupSchedulingStrategy(_rs_open(data[0]), data[1], data[2])
    cls = _rs_classes[kind]
    saved = _rs_class_functions.get(kind)
    cls.__init__ = _rs_blank
    new = cls()
    if saved is not None:
        cls.__init__ = saved
    for name, value in data:
        _rs_b_setattr(new, name, _rs_open(value))
    return new


def _rs_keep(name, value):
    # Functions and classes of the program by name, so that they can travel as their names.
    _rs_classes[name] = value
    if _rs_b_type(value) is _rs_b_type(_rs_b_int):
        try:
            _rs_class_functions[name] = value.__init__
        except _rs_b_AttributeError:
            _rs_class_functions[name] = None
    return value


def _rs_lookup(name):
    return _rs_classes[name]


def _rs_refs(numbers, count):
    if count == 'streaming':
        return _rs_c_ObjectRefGenerator(numbers)
    if count == 1:
        return _rs_c_ObjectRef(numbers[0])
    if count == 0:
        return None
    return [_rs_c_ObjectRef(n) for n in numbers]


class RemoteFunction:
    def __init__(self, fn, options):
        self._fn = fn
        self._name = _rs_name(fn)
        self._options = options
        self._count = _rs_count(self._name, options)
        self._key = _rs_host_key()
        self._parent = self
        self._sent = False

    def remote(self, *args, _line=0, **kwargs):
        global _rs_exported
        if not self._parent._sent:
            # The host keeps a copy of the whole program as it is now: the worker's starting point. As in Ray,
            # this happens at the first call; what the program changes later does not reach the workers.
            self._parent._sent = True
            _rs_exported = self._fn
            _rs_host_export(self._key, self._name)
            _rs_exported = None
        return _rs_refs(_rs_host_submit(_line, self._key, self._name, args, kwargs, self._options), self._count)

    def options(self, _line=0, **options):
        return _rs_with(_rs_c_RemoteFunction, self, options)


_rs_c_RemoteFunction = RemoteFunction


def _rs_with(cls, base, options):
    merged = _rs_b_dict(base._options)
    merged.update(options)
    _rs_host_options(merged, cls is _rs_c_RemoteClass)
    new = cls(base._fn, merged)
    new._key = base._key
    new._parent = base._parent
    return new


class RemoteClass:
    def __init__(self, cls, options):
        self._fn = cls
        self._name = _rs_name(cls)
        self._options = options
        self._key = _rs_host_key()
        self._parent = self
        self._sent = False

    def remote(self, *args, _line=0, **kwargs):
        global _rs_exported
        if not self._parent._sent:
            self._parent._sent = True
            _rs_exported = self._fn
            _rs_host_export(self._key, self._name)
            _rs_exported = None
        n = _rs_host_actor(_line, self._key, self._name, args, kwargs, self._options)
        return _rs_c_ActorHandle(n, self._name)

    def options(self, _line=0, **options):
        return _rs_with(_rs_c_RemoteClass, self, options)


_rs_c_RemoteClass = RemoteClass


class ActorHandle:
    def __init__(self, n, name):
        self._n = n
        self._name = name
        for method in _rs_methods[name]:
            count = 'streaming' if name + '.' + method in _rs_generators else 1
            _rs_b_setattr(self, method, _rs_c_ActorMethod(n, method, name, count))

    def __repr__(self):
        return 'Actor(' + self._name + ', ' + '{:032x}'.format(self._n + 1) + ')'

    def __eq__(self, other):
        return _rs_b_type(other) is _rs_c_ActorHandle and other._n == self._n

    def __hash__(self):
        return _rs_b_hash(self._n)


_rs_c_ActorHandle = ActorHandle


class ActorMethod:
    def __init__(self, n, method, name, count):
        self._n = n
        self._method = method
        self._name = name
        self._count = count

    def remote(self, *args, _line=0, **kwargs):
        return _rs_refs(_rs_host_call(_line, self._n, self._method, args, kwargs, self._count, self._name), self._count)

    def options(self, num_returns=None, _line=0, **options):
        options = {} if num_returns is None else {'num_returns': num_returns}
        count = _rs_count(self._name + '.' + self._method, options)
        return _rs_c_ActorMethod(self._n, self._method, self._name, count)


_rs_c_ActorMethod = ActorMethod


def _rs_is_function(x):
    return _rs_b_type(x) is _rs_b_type(_rs_is_function)


def _rs_decorate(target, options):
    if _rs_is_function(target):
        _rs_host_options(options, False)
        return _rs_c_RemoteFunction(target, options)
    if _rs_b_type(target) is not _rs_b_type(_rs_c_ObjectRef):
        raise _rs_b_TypeError('The @ray.remote decorator must be applied to either a function or a class.')
    _rs_host_options(options, True)
    return _rs_c_RemoteClass(target, options)


def _rs_serve(fn):
    # A worker: the host gives the arguments and takes the result, again and again.
    args, kwargs = _rs_arguments(_rs_host_task())
    while True:
        args, kwargs = _rs_arguments(_rs_host_return(fn(*args, **kwargs)))


def _rs_arguments(given):
    if given[2]:
        return _rs_open(given[0]), _rs_open(given[1])
    return given[0], given[1]


def _rs_found(self, method):
    if self is None:
        raise _rs_b_RuntimeError('the actor has no instance')
    return _rs_b_getattr(self, method)


_rs_self = None


def _rs_act(cls):
    global _rs_self
    args, kwargs = _rs_arguments(_rs_host_task())
    _rs_self = cls(*args, **kwargs)
    _rs_methods_loop(None)


def _rs_methods_loop(result):
    while True:
        given = _rs_host_return(result)
        args, kwargs = _rs_arguments(given)
        result = _rs_found(_rs_self, given[3])(*args, **kwargs)


# ray

class _rs_Context:
    def get_node_id(self, _line=0):
        return _rs_host_context(_line)[0]

    def get_task_id(self, _line=0):
        return _rs_host_context(_line)[1]

    def get_job_id(self, _line=0):
        return '01000000'

    def get_worker_id(self, _line=0):
        return _rs_host_context(_line)[0]


class NodeAffinitySchedulingStrategy:
    def __init__(self, node_id, soft, **options):
        self.node_id = node_id
        self.soft = soft


_rs_c_NodeAffinitySchedulingStrategy = NodeAffinitySchedulingStrategy


class PlacementGroupSchedulingStrategy:
    def __init__(self, placement_group, placement_group_bundle_index=-1, placement_group_capture_child_tasks=None):
        self.placement_group = placement_group
        self.placement_group_bundle_index = placement_group_bundle_index
        self.placement_group_capture_child_tasks = placement_group_capture_child_tasks


_rs_c_PlacementGroupSchedulingStrategy = PlacementGroupSchedulingStrategy


class NodeLabelSchedulingStrategy:
    def __init__(self, hard, *, soft=None):
        self.hard = hard
        self.soft = soft


class In:
    def __init__(self, *values):
        self.values = _rs_b_list(values)


class NotIn:
    def __init__(self, *values):
        self.values = _rs_b_list(values)


class Exists:
    pass


class DoesNotExist:
    pass


class PlacementGroup:
    def __init__(self, n, bundles):
        self._n = n
        self.id = 'PlacementGroupID(' + '{:028x}'.format(n + 1) + '01000000)'
        self.bundle_specs = bundles
        self.bundle_count = _rs_len(bundles)

    def __eq__(self, other):
        return _rs_b_type(other) is _rs_c_PlacementGroup and other._n == self._n

    def __hash__(self):
        return _rs_b_hash(self._n)

    def ready(self, _line=0):
        return _rs_c_ObjectRef(_rs_host_ready(_line, self._n, self, False))

    def wait(self, timeout_seconds=30, _line=0):
        n = _rs_host_ready(_line, self._n, self, True)
        if n is None:
            raise _rs_b_Exception('Placement group ' + self.id + ' does not exist.')
        return _rs_len(_rs_host_wait(_line, [n], 1, timeout_seconds, True)[0]) == 1


_rs_c_PlacementGroup = PlacementGroup


class _rs_Groups:
    def __init__(self):
        self.PlacementGroup = _rs_c_PlacementGroup

    def placement_group(self, bundles, strategy=None, name='', lifetime=None, bundle_label_selector=None, _line=0):
        if _rs_b_type(bundles) is not _rs_b_list:
            raise _rs_b_ValueError('Placement group bundles must be a list, got ' + _rs_b_str(_rs_b_type(bundles)) + '.')
        n = _rs_host_group(_line, bundles, strategy, name, lifetime, bundle_label_selector)
        return _rs_c_PlacementGroup(n, [{k: _rs_b_float(v) for k, v in b.items()} for b in bundles])

    def remove_placement_group(self, placement_group, _line=0):
        _rs_host_ungroup(_line, placement_group._n)


_rs_m_groups = _rs_Groups()


class ActorPool:
    def __init__(self, actors):
        self._idle = _rs_b_list(actors)
        self._running = {}
        self._order = {}
        self._pending = []
        self._next_submit = 0
        self._next_return = 0

    def submit(self, fn, value, _line=0):
        if self._idle:
            actor = self._idle.pop()
            ref = fn(actor, value)
            self._running[ref] = (self._next_submit, actor)
            self._order[self._next_submit] = ref
            self._next_submit += 1
        else:
            self._pending.append((fn, value))

    def has_next(self):
        return _rs_b_bool(self._running) or _rs_b_bool(self._pending)

    def has_free(self):
        return _rs_len(self._idle) > 0 and not self._pending

    def pop_idle(self):
        return self._idle.pop() if self.has_free() else None

    def push(self, actor):
        self._give(actor)

    def _give(self, actor):
        self._idle.append(actor)
        if self._pending:
            fn, value = self._pending.pop(0)
            self.submit(fn, value)

    def get_next(self, timeout=None, _line=0):
        if not self.has_next():
            raise _rs_b_StopIteration('No more results to get')
        ref = self._order[self._next_return]
        if timeout is not None:
            ready, _ = _rs_m_ray.wait([ref], timeout=timeout, _line=_line)
            if not ready:
                raise _rs_b_TimeoutError('Timed out waiting for result')
        self._order.pop(self._next_return)
        self._next_return += 1
        index, actor = self._running.pop(ref)
        self._give(actor)
        return _rs_m_ray.get(ref, _line=_line)

    def get_next_unordered(self, timeout=None, _line=0):
        if not self.has_next():
            raise _rs_b_StopIteration('No more results to get')
        ready, _ = _rs_m_ray.wait(_rs_b_list(self._running), num_returns=1, timeout=timeout, _line=_line)
        if not ready:
            raise _rs_b_TimeoutError('Timed out waiting for result')
        ref = ready[0]
        index, actor = self._running.pop(ref)
        self._give(actor)
        self._order.pop(index)
        self._next_return = _rs_b_max(self._next_return, index + 1)
        return _rs_m_ray.get(ref, _line=_line)

    def map(self, fn, values, _line=0):
        for v in values:
            self.submit(fn, v)
        # All at once: the interpreter cannot suspend inside an iterator's __next__.
        results = []
        while self.has_next():
            results.append(self.get_next(_line=_line))
        return results

    def map_unordered(self, fn, values, _line=0):
        for v in values:
            self.submit(fn, v)
        results = []
        while self.has_next():
            results.append(self.get_next_unordered(_line=_line))
        return results


_rs_c_ActorPool = ActorPool


class _rs_Util:
    def __init__(self):
        self.ActorPool = _rs_c_ActorPool
        self.placement_group = _rs_m_groups.placement_group
        self.remove_placement_group = _rs_m_groups.remove_placement_group


class _rs_Ray:
    def __init__(self):
        self._on = False
        self.__version__ = '2.60.0'
        self.util = _rs_Util()
        self.ObjectRef = _rs_c_ObjectRef
        self.ObjectRefGenerator = _rs_c_ObjectRefGenerator

    def init(self, *args, _line=0, **options):
        if self._on and not options.get('ignore_reinit_error'):
            raise _rs_b_RuntimeError("Maybe you called ray.init twice by accident? This error can be suppressed by passing in 'ignore_reinit_error=True' or by calling 'ray.shutdown()' prior to 'ray.init()'.")
        if not self._on:
            _rs_host_init(_line, options)
        self._on = True
        return {'node_ip_address': '127.0.0.1', 'node_id': '{:056x}'.format(1)}

    def shutdown(self, _line=0, **options):
        self._on = False

    def is_initialized(self, _line=0):
        return self._on

    def remote(self, *args, _line=0, **options):
        if args:
            return _rs_decorate(args[0], options)
        return lambda target: _rs_decorate(target, options)

    def method(self, *args, _line=0, **options):
        return lambda f: f

    def put(self, value, _line=0, **options):
        if _rs_b_type(value) is _rs_c_ObjectRef:
            raise _rs_b_TypeError('Calling `put` on an ray.ObjectRef is not allowed. If you really want to do this, you can wrap the ray.ObjectRef in a list and call `put` on it.')
        return _rs_c_ObjectRef(_rs_host_put(_line, value))

    def get(self, object_refs, timeout=None, _line=0):
        if _rs_b_type(object_refs) is _rs_c_ObjectRef:
            special, values = _rs_host_get(_line, [object_refs._n], timeout)
            return _rs_open(values[0]) if special else values[0]
        if _rs_b_type(object_refs) is not _rs_b_list:
            raise _rs_b_ValueError('Invalid type of object refs, ' + _rs_b_str(_rs_b_type(object_refs)) + ", is given. 'object_refs' must either be an ObjectRef or a list of ObjectRefs. ")
        for r in object_refs:
            if _rs_b_type(r) is not _rs_c_ObjectRef:
                raise _rs_b_TypeError('Attempting to call `get` on the value ' + _rs_b_str(r) + ', which is not an ray.ObjectRef.')
        special, values = _rs_host_get(_line, [r._n for r in object_refs], timeout)
        return _rs_open(values) if special else values

    def wait(self, ray_waitables, num_returns=1, timeout=None, fetch_local=True, _line=0):
        what = 'wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, got '
        kinds = (_rs_c_ObjectRef, _rs_c_ObjectRefGenerator)
        if _rs_b_type(ray_waitables) in kinds:
            _rs_refuse(_line, 0, _rs_b_TypeError, what + 'a single ray.ObjectRef or ray.ObjectRefGenerator ' + _rs_b_repr(ray_waitables))
        if _rs_b_type(ray_waitables) is not _rs_b_list:
            _rs_refuse(_line, 0, _rs_b_TypeError, what + _rs_b_str(_rs_b_type(ray_waitables)))
        count = _rs_len(ray_waitables)
        if timeout is not None and timeout < 0:
            _rs_refuse(_line, count, _rs_b_ValueError, "The 'timeout' argument must be nonnegative. Received " + _rs_b_str(timeout))
        for r in ray_waitables:
            if _rs_b_type(r) not in kinds:
                _rs_refuse(_line, count, _rs_b_TypeError, what + 'list containing ' + _rs_b_str(_rs_b_type(r)))
        if count == 0:
            # Ray asks nobody either; the call is recorded all the same.
            _rs_host_wait(_line, [], 0, timeout, fetch_local)
            return [], []
        # Of a generator the next item is waited for.
        numbers = [r._n if _rs_b_type(r) is _rs_c_ObjectRef else _rs_host_peek(_line, r._n) for r in ray_waitables]
        if _rs_len(_rs_b_set(numbers)) != count:
            _rs_refuse(_line, count, _rs_b_ValueError, 'Wait requires a list of unique ray_waitables.')
        if num_returns <= 0:
            _rs_refuse(_line, count, _rs_b_ValueError, 'Invalid number of objects to return ' + _rs_b_str(num_returns) + '.')
        if num_returns > count:
            _rs_refuse(_line, count, _rs_b_ValueError, 'num_returns cannot be greater than the number of ray_waitables provided to ray.wait.')
        ready, remaining = _rs_host_wait(_line, numbers, num_returns, timeout, fetch_local)
        return [ray_waitables[i] for i in ready], [ray_waitables[i] for i in remaining]

    def cancel(self, ref, force=False, recursive=True, _line=0):
        if _rs_b_type(ref) is _rs_c_ObjectRefGenerator:
            return _rs_host_cancel(_line, _rs_host_peek(_line, ref._n), force, recursive)
        if _rs_b_type(ref) is not _rs_c_ObjectRef:
            raise _rs_b_TypeError('ray.cancel() only supported for object refs. For actors, try ray.kill(). Got: ' + _rs_b_str(_rs_b_type(ref)) + '.')
        _rs_host_cancel(_line, ref._n, force, recursive)

    def kill(self, actor, no_restart=True, _line=0):
        if _rs_b_type(actor) is not _rs_c_ActorHandle:
            raise _rs_b_ValueError('ray.kill() only supported for actors. For tasks, try ray.cancel(). Got: ' + _rs_b_str(_rs_b_type(actor)) + '.')
        _rs_host_kill(_line, actor._n, no_restart)

    def cluster_resources(self, _line=0):
        return _rs_host_resources(_line, False)

    def available_resources(self, _line=0):
        return _rs_host_resources(_line, True)

    def nodes(self, _line=0):
        return _rs_host_nodes(_line)

    def get_runtime_context(self, _line=0):
        return _rs_Context()


def _rs_refuse(line, count, cls, text):
    _rs_host_refused(line, count, 'TypeError' if cls is _rs_b_TypeError else 'ValueError', text)
    raise cls(text)


ray = _rs_Ray()
_rs_m_ray = ray
_rs_m_ray_util = ray.util


# time, sys, os, random, util.printing

class _rs_Time:
    def time(self, _line=0):
        return 1600000000.0 + _rs_host_now(_line)

    def time_ns(self, _line=0):
        return 1600000000000000000 + _rs_b_round(_rs_host_now(_line) * 1000000000)

    def perf_counter(self, _line=0):
        return _rs_host_now(_line)

    def monotonic(self, _line=0):
        return _rs_host_now(_line)

    def process_time(self, _line=0):
        return _rs_host_now(_line)

    def sleep(self, seconds, _line=0):
        if seconds < 0:
            raise _rs_b_ValueError('sleep length must be non-negative')
        _rs_host_sleep(_line, _rs_b_float(seconds))


class _rs_Sys:
    def __init__(self):
        self.path = ['']
        self.argv = ['program.py']
        self.version = '3.12 (simulated)'
        self.maxsize = 9223372036854775807
        self.platform = 'linux'

    def getsizeof(self, x, _line=0):
        return _rs_host_size(x)

    def exit(self, code=0, _line=0):
        raise _rs_b_SystemExit(_rs_b_str(code))


class _rs_Os:
    def __init__(self):
        self.environ = {}

    def getpid(self, _line=0):
        return _rs_host_pid()

    def cpu_count(self, _line=0):
        return _rs_b_int(_rs_host_resources(_line, False).get('CPU', 1))

    def _exit(self, status=0, _line=0):
        _rs_host_exit(_line)

    def abort(self, _line=0):
        _rs_host_exit(_line)

    def kill(self, pid, sig, _line=0):
        if pid != _rs_host_pid():
            _rs_host_unsupported('os.kill of another process', 'a process can end only itself: use ray.kill or ray.cancel')
        if sig:
            _rs_host_exit(_line)

    def getenv(self, key, default=None, _line=0):
        return self.environ.get(key, default)


class _rs_Random:
    def seed(self, a=None, _line=0):
        _rs_host_seed(0 if a is None else a)

    def random(self, _line=0):
        return _rs_host_unit()

    def uniform(self, a, b, _line=0):
        return a + (b - a) * _rs_host_unit()

    def randint(self, a, b, _line=0):
        if b < a:
            raise _rs_b_ValueError('empty range for randrange() (' + _rs_b_str(a) + ', ' + _rs_b_str(b + 1) + ', ' + _rs_b_str(b + 1 - a) + ')')
        return a + _rs_host_below(b - a + 1)

    def randrange(self, a, b=None, step=1, _line=0):
        r = _rs_range(a) if b is None else _rs_range(a, b, step)
        if _rs_len(r) == 0:
            raise _rs_b_ValueError('empty range for randrange()')
        return r[_rs_host_below(_rs_len(r))]

    def gauss(self, mu=0.0, sigma=1.0, _line=0):
        return mu + sigma * _rs_host_normal()

    def normalvariate(self, mu=0.0, sigma=1.0, _line=0):
        return mu + sigma * _rs_host_normal()

    def expovariate(self, lambd=1.0, _line=0):
        return _rs_host_exponential() / lambd

    def choice(self, seq, _line=0):
        if _rs_len(seq) == 0:
            raise _rs_b_IndexError('Cannot choose from an empty sequence')
        return seq[_rs_host_below(_rs_len(seq))]

    def choices(self, population, k=1, _line=0):
        return [population[_rs_host_below(_rs_len(population))] for _ in _rs_range(k)]

    def shuffle(self, x, _line=0):
        i = _rs_len(x) - 1
        while i > 0:
            j = _rs_host_below(i + 1)
            other = x[j]
            x[j] = x[i]
            x[i] = other
            i -= 1

    def sample(self, population, k, _line=0):
        rest = _rs_b_list(population)
        if k > _rs_len(rest):
            raise _rs_b_ValueError('Sample larger than population or is negative')
        return [rest.pop(_rs_host_below(_rs_len(rest))) for _ in _rs_range(k)]


class _rs_Printing:
    def pd(self, duration, prefix='', _line=0):
        prefix2 = prefix if _rs_len(prefix) == 0 else prefix + ' '
        _rs_print('{:s}duration: {:6.3f} seconds'.format(prefix2, duration), _line=_line)

    def pnd(self, n, duration, prefix='', _line=0):
        prefix2 = prefix if _rs_len(prefix) == 0 else prefix + ' '
        _rs_print('{:s}n: {:2d}, duration: {:6.3f} seconds'.format(prefix2, n, duration), _line=_line)


_rs_m_time = _rs_Time()
_rs_m_sys = _rs_Sys()
_rs_m_os = _rs_Os()
_rs_m_random = _rs_Random()
_rs_m_util_printing = _rs_Printing()


_rs_next = next


def _rs_repeat(a, b):
    # A list or a text repeated: what it makes counts as steps, and the host looks at memory now and then.
    n = b if _rs_b_type(b) is _rs_b_int else a
    if _rs_b_type(n) is _rs_b_int and n > 10000:
        _rs_host_weigh(n)
    return a * b

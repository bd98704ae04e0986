# NumPy's side of the prelude: fed only to programs that import numpy. The pre-pass turns operators and
# subscripts of such programs into calls of _rs_op and its like, because instances cannot overload them.

class ndarray:
    def __init__(self, data):
        self._h = data[0]
        self.size = data[1]
        self.shape = data[2]
        self.ndim = _rs_b_len(data[2])
        self.nbytes = data[3]
        self.dtype = _rs_c_dtype(data[4], data[5])
        self.itemsize = data[5]

    # The text is long: the host puts it in where it is printed.
    def __str__(self):
        return '\ue000s' + _rs_b_str(self._h) + '\ue001'

    def __repr__(self):
        return '\ue000r' + _rs_b_str(self._h) + '\ue001'

    def __contains__(self, x):
        return x in self.tolist()

    def _call(self, name, args, kwargs, line):
        return _rs_wrap(_rs_host_np(line, name, (self,) + args, kwargs))

    def sum(self, *args, _line=0, **kwargs):
        return self._call('sum', args, kwargs, _line)

    def mean(self, *args, _line=0, **kwargs):
        return self._call('mean', args, kwargs, _line)

    def max(self, *args, _line=0, **kwargs):
        return self._call('max', args, kwargs, _line)

    def min(self, *args, _line=0, **kwargs):
        return self._call('min', args, kwargs, _line)

    def std(self, *args, _line=0, **kwargs):
        return self._call('std', args, kwargs, _line)

    def var(self, *args, _line=0, **kwargs):
        return self._call('var', args, kwargs, _line)

    def prod(self, *args, _line=0, **kwargs):
        return self._call('prod', args, kwargs, _line)

    def all(self, *args, _line=0, **kwargs):
        return self._call('all', args, kwargs, _line)

    def any(self, *args, _line=0, **kwargs):
        return self._call('any', args, kwargs, _line)

    def argmax(self, *args, _line=0, **kwargs):
        return self._call('argmax', args, kwargs, _line)

    def argmin(self, *args, _line=0, **kwargs):
        return self._call('argmin', args, kwargs, _line)

    def dot(self, *args, _line=0, **kwargs):
        return self._call('dot', args, kwargs, _line)

    def reshape(self, *args, _line=0, **kwargs):
        return self._call('reshape', args, kwargs, _line)

    def flatten(self, *args, _line=0, **kwargs):
        return self._call('reshape', (-1,), kwargs, _line)

    def ravel(self, *args, _line=0, **kwargs):
        return self._call('reshape', (-1,), kwargs, _line)

    def transpose(self, *args, _line=0, **kwargs):
        return self._call('transpose', args, kwargs, _line)

    def astype(self, *args, _line=0, **kwargs):
        return self._call('astype', args, kwargs, _line)

    def copy(self, *args, _line=0, **kwargs):
        return self._call('copy', args, kwargs, _line)

    def tolist(self, _line=0):
        return _rs_host_np(_line, 'tolist', (self,), {})

    def item(self, *args, _line=0):
        return _rs_host_np(_line, 'item', (self,) + args, {})


_rs_c_ndarray = ndarray


class dtype:
    def __init__(self, name, itemsize):
        self.name = name
        self.itemsize = itemsize

    def __str__(self):
        return self.name

    def __repr__(self):
        return "dtype('" + self.name + "')"

    def __eq__(self, other):
        return _rs_b_str(other) == self.name or (_rs_b_type(other) is _rs_b_type and _rs_name(other) == self.name)

    def __hash__(self):
        return _rs_b_hash(self.name)


_rs_c_dtype = dtype


def _rs_array(data):
    return _rs_c_ndarray(data)


def _rs_wrap(x):
    if _rs_b_type(x) is _rs_b_tuple and _rs_len(x) == 3 and x[0] == '\x00rayscope':
        return _rs_c_ndarray(x[2])
    return x


def _rs_op(op, a, b):
    if _rs_b_type(a) is _rs_c_ndarray or _rs_b_type(b) is _rs_c_ndarray:
        return _rs_wrap(_rs_host_np(0, 'op', (op, a, b), {}))
    if op == 0:
        return a + b
    if op == 1:
        return a - b
    if op == 2:
        return a * b
    if op == 3:
        return a / b
    if op == 4:
        return a // b
    if op == 5:
        return a % b
    if op == 6:
        return a ** b
    if op == 7:
        return a < b
    if op == 8:
        return a <= b
    if op == 9:
        return a > b
    if op == 10:
        return a >= b
    if op == 11:
        return a == b
    if op == 12:
        return a != b
    return _rs_wrap(_rs_host_np(0, 'dot', (a, b), {}))


def _rs_iop(op, a, b):
    if op == 0 and _rs_b_type(a) is _rs_b_list:
        a += b
        return a
    return _rs_op(op, a, b)


def _rs_neg(a):
    if _rs_b_type(a) is _rs_c_ndarray:
        return _rs_wrap(_rs_host_np(0, 'op', (1, 0, a), {}))
    return -a


def _rs_item(a, i):
    if _rs_b_type(a) is _rs_c_ndarray:
        return _rs_wrap(_rs_host_np(0, 'index', (a, i), {}))
    return a[i]


def _rs_slice(a, lower, upper, step):
    if _rs_b_type(a) is _rs_c_ndarray:
        return _rs_wrap(_rs_host_np(0, 'slice', (a, lower, upper, step), {}))
    return a[lower:upper:step]


def _rs_store(a, i, value):
    if _rs_b_type(a) is _rs_c_ndarray:
        a._h = _rs_host_np(0, 'store', (a, i, value), {})[2][0]
    else:
        a[i] = value


def _rs_iter(x):
    return x.tolist() if _rs_b_type(x) is _rs_c_ndarray and x.ndim == 1 else _rs_rows(x)


def _rs_rows(x):
    if _rs_b_type(x) is _rs_c_ndarray:
        return [_rs_item(x, i) for i in _rs_range(x.shape[0])]
    return x


def _rs_scalar(x):
    return x.item() if _rs_b_type(x) is _rs_c_ndarray else x


def _rs_len_of(x):
    return x.shape[0] if _rs_b_type(x) is _rs_c_ndarray else _rs_len(x)


def _rs_np_function(name):
    def call(*args, _line=0, **kwargs):
        return _rs_wrap(_rs_host_np(_line, name, args, kwargs))
    return call


class _rs_Numpy:
    def __init__(self, names):
        for name in names:
            _rs_b_setattr(self, name, _rs_np_function(name))


_rs_m_numpy = _rs_Numpy((
    'zeros', 'ones', 'empty', 'full', 'arange', 'linspace', 'array', 'asarray', 'zeros_like', 'ones_like', 'eye',
    'add', 'subtract', 'multiply', 'divide', 'power', 'maximum', 'minimum', 'sum', 'mean', 'max', 'min', 'std',
    'var', 'prod', 'all', 'any', 'argmax', 'argmin', 'amax', 'amin', 'dot', 'matmul', 'reshape', 'transpose',
    'sqrt', 'exp', 'log', 'sin', 'cos', 'abs', 'absolute', 'square', 'floor', 'ceil', 'round', 'sort', 'cumsum',
    'concatenate', 'median', 'allclose', 'array_equal', 'copy',
))
_rs_m_numpy.random = _rs_Numpy((
    'standard_normal', 'randn', 'rand', 'random', 'randint', 'seed', 'normal', 'uniform', 'exponential', 'default_rng',
    'integers', 'random_sample',
))
_rs_m_numpy.random.default_rng = lambda seed=None, _line=0: _rs_m_numpy.random
_rs_m_numpy.ndarray = _rs_c_ndarray
_rs_m_numpy.pi = 3.141592653589793
_rs_m_numpy.e = 2.718281828459045
_rs_m_numpy.inf = _rs_b_float('inf')
_rs_m_numpy.nan = _rs_b_float('nan')
_rs_m_numpy.newaxis = None
for _rs_pair in (('float64', 8), ('float32', 4), ('float16', 2), ('int64', 8), ('int32', 4), ('int16', 2), ('int8', 1), ('uint8', 1), ('bool_', 1)):
    _rs_b_setattr(_rs_m_numpy, _rs_pair[0], _rs_c_dtype(_rs_pair[0], _rs_pair[1]))
_rs_m_numpy_random = _rs_m_numpy.random

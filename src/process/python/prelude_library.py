# Small modules of Python's library that the interpreter has not: only programs that import one of them pay for it.
# What heapq, bisect and statistics promise is kept; only what programs use is there.


def _rs_key_of(key):
    return (lambda x: x) if key is None else key


class _rs_Heapq:
    def heappush(self, heap, item):
        heap.append(item)
        self._sift_up(heap, _rs_len(heap) - 1)

    def heappop(self, heap):
        last = heap.pop()
        if not heap:
            return last
        first = heap[0]
        heap[0] = last
        self._sift_down(heap, 0)
        return first

    def heapreplace(self, heap, item):
        first = heap[0]
        heap[0] = item
        self._sift_down(heap, 0)
        return first

    def heappushpop(self, heap, item):
        if heap and heap[0] < item:
            return self.heapreplace(heap, item)
        return item

    def heapify(self, heap):
        at = _rs_len(heap) // 2
        while at > 0:
            at -= 1
            self._sift_down(heap, at)

    def nsmallest(self, n, iterable, key=None):
        return sorted(iterable, key=_rs_key_of(key))[:_rs_b_max(n, 0)]

    def nlargest(self, n, iterable, key=None):
        return sorted(iterable, key=_rs_key_of(key), reverse=True)[:_rs_b_max(n, 0)]

    def merge(self, *iterables, key=None, reverse=False):
        return sorted([x for it in iterables for x in it], key=_rs_key_of(key), reverse=reverse)

    def _sift_up(self, heap, at):
        item = heap[at]
        while at > 0:
            parent = (at - 1) // 2
            if not item < heap[parent]:
                break
            heap[at] = heap[parent]
            at = parent
        heap[at] = item

    def _sift_down(self, heap, at):
        item = heap[at]
        count = _rs_len(heap)
        while 2 * at + 1 < count:
            child = 2 * at + 1
            if child + 1 < count and heap[child + 1] < heap[child]:
                child += 1
            if not heap[child] < item:
                break
            heap[at] = heap[child]
            at = child
        heap[at] = item


class _rs_Bisect:
    def bisect_left(self, a, x, lo=0, hi=None, key=None):
        key = _rs_key_of(key)
        hi = _rs_len(a) if hi is None else hi
        while lo < hi:
            middle = (lo + hi) // 2
            if key(a[middle]) < x:
                lo = middle + 1
            else:
                hi = middle
        return lo

    def bisect_right(self, a, x, lo=0, hi=None, key=None):
        key = _rs_key_of(key)
        hi = _rs_len(a) if hi is None else hi
        while lo < hi:
            middle = (lo + hi) // 2
            if x < key(a[middle]):
                hi = middle
            else:
                lo = middle + 1
        return lo

    def bisect(self, a, x, lo=0, hi=None, key=None):
        return self.bisect_right(a, x, lo, hi, key)

    def insort(self, a, x, lo=0, hi=None, key=None):
        a.insert(self.bisect_right(a, _rs_key_of(key)(x), lo, hi, key), x)

    def insort_right(self, a, x, lo=0, hi=None, key=None):
        self.insort(a, x, lo, hi, key)

    def insort_left(self, a, x, lo=0, hi=None, key=None):
        a.insert(self.bisect_left(a, _rs_key_of(key)(x), lo, hi, key), x)


class _rs_Statistics:
    def mean(self, data):
        data = _rs_b_list(data)
        if not data:
            raise _rs_b_ValueError('mean requires at least one data point')
        total = _rs_b_sum(data)
        whole = _rs_b_type(total) is _rs_b_int and total % _rs_len(data) == 0
        return total // _rs_len(data) if whole else total / _rs_len(data)

    def fmean(self, data):
        return _rs_b_float(self.mean(data))

    def median(self, data):
        data = sorted(data)
        count = _rs_len(data)
        if count == 0:
            raise _rs_b_ValueError('no median for empty data')
        if count % 2 == 1:
            return data[count // 2]
        return (data[count // 2 - 1] + data[count // 2]) / 2

    def median_low(self, data):
        data = sorted(data)
        return data[(_rs_len(data) - 1) // 2]

    def median_high(self, data):
        data = sorted(data)
        return data[_rs_len(data) // 2]

    def pvariance(self, data):
        data = _rs_b_list(data)
        middle = self.mean(data)
        return _rs_b_sum([(x - middle) ** 2 for x in data]) / _rs_len(data)

    def variance(self, data):
        data = _rs_b_list(data)
        if _rs_len(data) < 2:
            raise _rs_b_ValueError('variance requires at least two data points')
        return self.pvariance(data) * _rs_len(data) / (_rs_len(data) - 1)

    def pstdev(self, data):
        return self.pvariance(data) ** 0.5

    def stdev(self, data):
        return self.variance(data) ** 0.5


class _rs_Operator:
    def add(self, a, b):
        return a + b

    def sub(self, a, b):
        return a - b

    def mul(self, a, b):
        return a * b

    def truediv(self, a, b):
        return a / b

    def floordiv(self, a, b):
        return a // b

    def mod(self, a, b):
        return a % b

    def neg(self, a):
        return -a

    def itemgetter(self, *keys):
        if _rs_len(keys) == 1:
            return lambda x: x[keys[0]]
        return lambda x: _rs_b_tuple([x[key] for key in keys])

    def attrgetter(self, name):
        return lambda x: _rs_b_getattr(x, name)


class _rs_Copy:
    def copy(self, x):
        t = _rs_b_type(x)
        if t is _rs_b_list or t is _rs_b_dict or t is _rs_b_set:
            return x.copy()
        return x

    def deepcopy(self, x):
        t = _rs_b_type(x)
        if t is _rs_b_list:
            return [self.deepcopy(v) for v in x]
        if t is _rs_b_tuple:
            return _rs_b_tuple([self.deepcopy(v) for v in x])
        if t is _rs_b_dict:
            return {key: self.deepcopy(v) for key, v in x.items()}
        return self.copy(x)


class _rs_String:
    def __init__(self):
        self.ascii_lowercase = 'abcdefghijklmnopqrstuvwxyz'
        self.ascii_uppercase = self.ascii_lowercase.upper()
        self.ascii_letters = self.ascii_lowercase + self.ascii_uppercase
        self.digits = '0123456789'
        self.hexdigits = '0123456789abcdefABCDEF'
        self.punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
        self.whitespace = ' \t\n\r\x0b\x0c'


class _rs_Signal:
    def __init__(self):
        self.SIGINT = 2
        self.SIGKILL = 9
        self.SIGTERM = 15


_rs_m_heapq = _rs_Heapq()
_rs_m_bisect = _rs_Bisect()
_rs_m_statistics = _rs_Statistics()
_rs_m_operator = _rs_Operator()
_rs_m_copy = _rs_Copy()
_rs_m_string = _rs_String()
_rs_m_signal = _rs_Signal()

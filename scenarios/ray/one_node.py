import numpy as np
import ray
import time

ray.init()


@ray.remote
def take(*args):
    return len(args)


@ray.remote(num_returns=3000)
def make():
    return tuple([np.arange(10000) for _ in range(3000)])


def args():
    arrays = [np.ones(10000, dtype=np.int64) for _ in range(10000)]
    assert ray.get(take.remote(*[ray.put(array) for array in arrays])) == 10000


def returns():
    for ref in make.remote():
        assert len(ray.get(ref)) == 10000


def gets():
    for _ in range(2):
        refs = [ray.put(np.arange(10000)) for _ in range(10000)]
        assert len(ray.get(refs)) == 10000


def large():
    again = ray.get(ray.put(hundred))
    assert again[0] == 0 and again[-1] == 0


def timed(name, what):
    start = time.time()
    what()
    print(f"{name}: {time.time() - start:.2f} s")


# Before the clock: NumPy takes pages of zeros only when they are read.
hundred = np.zeros(100 * 2**30, dtype=np.int8)
timed("10000 arguments", args)
timed("3000 results", returns)
timed("10000 objects, put and got, twice", gets)
timed("100 GiB, put and got", large)

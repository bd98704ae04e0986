import numpy as np
import ray
import time

ray.init()
value = ray.put(0)
array = np.zeros(100 * 1024 * 1024, dtype=np.int64)


@ray.remote
def do_put_small():
    for _ in range(100):
        ray.put(0)


def rate(name, ask, times, each, unit):
    ask()
    start = time.time()
    for _ in range(times):
        ask()
    print(f"{name}: {times * each / (time.time() - start):.2f} {unit} per second")


def get_small():
    ray.get(value)


def put_small():
    ray.put(0)


def put_many():
    ray.get([do_put_small.remote() for _ in range(10)])


def put_large():
    # Ray frees it when the reference is dropped; the next one takes the same pages.
    ref = ray.put(array)
    del ref


rate("ray.get", get_small, 100, 1, "calls")
rate("ray.put", put_small, 100, 1, "calls")
rate("ray.put by ten tasks", put_many, 2, 1000, "calls")
# As the benchmark counts: 0.8 for each 839 MB.
rate("ray.put of 839 MB", put_large, 5, 0.8, "gigabytes")

import time

import ray

ray.init()


@ray.remote
def make_array(n):
    time.sleep(2.0)
    return [1] * n


@ray.remote
def add_arrays(a, b):
    time.sleep(2.0)
    return [x + y for x, y in zip(a, b)]


start = time.time()
id1 = make_array.remote(20)
id2 = make_array.remote(20)
id3 = add_arrays.remote(id1, id2)
result = ray.get(id3)
print(f"added {len(result)} numbers in {time.time() - start:6.3f} s")

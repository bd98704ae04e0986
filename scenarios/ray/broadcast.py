import numpy as np
import ray
import time

NODES = 50
SIZE = 2**30

ray.init()


@ray.remote(num_cpus=1, resources={"node": 1})
class Actor:
    def foo(self):
        pass

    def sum(self, array):
        return np.sum(array)


array = np.ones(SIZE, dtype=np.uint8)
start = time.time()
actors = [Actor.remote() for _ in range(NODES)]
ref = ray.put(array)
for actor in actors:
    ray.get(actor.foo.remote())
print(f"actors and object there after {time.time() - start:.2f} s")
results = ray.get([actor.sum.remote(ref) for actor in actors])
for result in results:
    assert result == SIZE
print(f"1 GiB to 50 nodes: {time.time() - start:.2f} s")

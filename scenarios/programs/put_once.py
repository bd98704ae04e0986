import ray, time
import numpy as np
ray.init()

@ray.remote
def total(a):
    time.sleep(1)
    return int(a.sum())

data = ray.put(np.ones(1000))
print(ray.get([total.remote(data) for _ in range(4)]))

import ray, time
import numpy as np
ray.init()

@ray.remote(resources={"b": 0.5})
def make(mb):
    time.sleep(0.2)
    return np.zeros(mb * 1000000 // 8)

@ray.remote
def use(a):
    time.sleep(0.3)
    return a.size

big = make.remote(50)
ray.wait([big], fetch_local=False)
print(ray.get([use.remote(big) for _ in range(2)]))

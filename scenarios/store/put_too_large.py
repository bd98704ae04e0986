import ray
import numpy as np
ray.init()

ref = ray.put(np.zeros(1000))
print(ray.get(ref).size)

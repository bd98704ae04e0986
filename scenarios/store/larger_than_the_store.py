import ray
import numpy as np
ray.init()

ref = ray.put(np.zeros(14_999_993))
print(ray.get(ref).size)

# In [1]:
# Imports and initialize Ray. We're adding NumPy for the examples and the tutorial `util` library:

import ray, time, sys    # New notebook, so new process
import numpy as np       # Used for examples
sys.path.append('..')    # Import our own libraries starting in the project root directory

from util.printing import pnd, pd

# In [2]:
ray.init(ignore_reinit_error=True)

# In [3]:
@ray.remote
def make_array(n):
    time.sleep(n/10.0)
    return np.random.standard_normal(n)

# In [4]:
@ray.remote
def add_arrays(a1, a2):
    time.sleep(a1.size/10.0)
    return np.add(a1, a2)

# In [6], with the timeout that ray.get() can have:
start = time.time()
array_ids = [make_array.remote(n*10) for n in range(5)]
added_array_ids = [add_arrays.remote(id, id) for id in array_ids]
try:
    ray.get(added_array_ids, timeout=2.5)
except ray.exceptions.GetTimeoutError as error:
    print(f'{type(error).__name__}: {error}')
pd(time.time() - start, prefix="Gave up after:")

arrays = ray.get(added_array_ids)
print(f'{len(arrays)} arrays')
pd(time.time() - start, prefix="Total time:")

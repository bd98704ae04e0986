import ray, time
import numpy as np
ray.init()

refs, puts, gets = [], [], []
for i in range(12):
    array = np.zeros(1_874_993)
    start = time.time()
    refs.append(ray.put(array))
    puts.append(time.time() - start)
    time.sleep(0.3)
for ref in refs:
    start = time.time()
    ray.get(ref)
    gets.append(time.time() - start)

print("slowest put:", 1 + puts.index(max(puts)))
print("slowest get:", 1 + gets.index(max(gets)))

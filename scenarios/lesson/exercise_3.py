import ray, time

ray.init(ignore_reinit_error=True)

# In [10], solved:
@ray.remote
def slow_square(n):
    time.sleep(n)
    return n*n

start = time.time()
ids = [slow_square.remote(n) for n in range(4)]
squares = []
waiting_ids = list(ids)
while len(waiting_ids) > 0:
    ready_ids, waiting_ids = ray.wait(waiting_ids)
    squares.extend(ray.get(ready_ids))
duration = time.time() - start

# In [11]:
assert squares == [0, 1, 4, 9], f'Did you use ray.get() to retrieve the values? squares = {squares}'
assert duration < 4.1, f'Did you use Ray to parallelize the work? duration = {duration}' 

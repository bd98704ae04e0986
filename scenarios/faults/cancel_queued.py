import ray, time
ray.init()

@ray.remote
def work(name, seconds):
    time.sleep(seconds)
    return name

start = time.time()
a = work.remote('a', 3)
b = work.remote('b', 3)
c = work.remote('c', 1)
ray.cancel(b)
try:
    ray.get(b)
except ray.exceptions.TaskCancelledError:
    print(f'b was cancelled at {time.time() - start:6.3f}')
print(ray.get([a, c]), f'at {time.time() - start:6.3f}')

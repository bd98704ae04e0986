import ray, time
ray.init()

@ray.remote
def work(i):
    time.sleep(1)
    return i

running, results = [], []
for i in range(10):
    if len(running) == 3:
        ready, running = ray.wait(running)
        results += ray.get(ready)
    running.append(work.remote(i))
results += ray.get(running)
print(sorted(results))

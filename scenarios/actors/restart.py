import ray, time
ray.init()

@ray.remote(resources={"serve": 1}, max_restarts=1, max_task_retries=1)
class Counter:
    def __init__(self):
        self.n = 0

    def count(self):
        time.sleep(1)
        self.n += 1
        return self.n

counter = Counter.remote()
print(ray.get([counter.count.remote() for _ in range(4)]))

import ray, time
ray.init()

@ray.remote(resources={"serve": 1})
class Counter:
    def __init__(self):
        self.n = 0

    def count(self):
        time.sleep(1)
        self.n += 1
        return self.n

counter = Counter.remote()
start = time.time()
for ref in [counter.count.remote() for _ in range(3)]:
    try:
        print(ray.get(ref))
    except ray.exceptions.ActorDiedError:
        print(f'dead at {time.time() - start:6.3f}')

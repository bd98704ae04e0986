import ray, time
ray.init()

@ray.remote
class Counter:
    def __init__(self):
        self.n = 0

    def add(self, k):
        time.sleep(1)
        self.n += k
        return self.n

counter = Counter.remote()
print(ray.get(counter.add.remote(1)))
running = counter.add.remote(1)
ray.kill(counter)
for ref in [running, counter.add.remote(1)]:
    try:
        print(ray.get(ref))
    except ray.exceptions.RayActorError as error:
        print(type(error).__name__)

import ray, time
ray.init()

@ray.remote
class Counter:
    def __init__(self):
        self.n = 0

    def add(self, k):
        time.sleep(0.1)
        self.n += k
        return self.n

counter = Counter.remote()
print(ray.get([counter.add.remote(i) for i in range(8)]))

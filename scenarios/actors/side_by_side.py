import ray, time
ray.init()

@ray.remote
class Worker:
    def work(self, x):
        time.sleep(1)
        return x * 10

workers = [Worker.remote() for _ in range(3)]
start = time.time()
refs = [workers[i % 3].work.remote(i) for i in range(6)]
print(ray.get(refs), f'after {time.time() - start:6.3f}')

import ray, time
ray.init()

@ray.remote
class Worker:
    def work(self):
        time.sleep(1)

start = time.time()
workers = [Worker.remote() for _ in range(3)]
ray.get([worker.work.remote() for worker in workers])
print(f'three of the default kind: {time.time() - start:6.3f}')

keeper = Worker.options(num_cpus=1).remote()
second = Worker.options(num_cpus=1).remote()
ray.get(keeper.work.remote())
try:
    ray.get(second.work.remote(), timeout=2)
except ray.exceptions.GetTimeoutError:
    print(f'the second with num_cpus=1 has no place: {time.time() - start:6.3f}')

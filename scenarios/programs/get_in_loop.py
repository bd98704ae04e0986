import ray, time
ray.init()

@ray.remote
def work(n):
    time.sleep(0.5)
    return n

start = time.time()
results = [ray.get(work.remote(n)) for n in range(5)]
print(f'ray.get inside the loop: {time.time() - start:6.3f}')

start = time.time()
results = ray.get([work.remote(n) for n in range(5)])
print(f'ray.get after the loop:  {time.time() - start:6.3f}')

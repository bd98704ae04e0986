import ray, time
ray.init()

@ray.remote(resources={"b": 1})
def work():
    time.sleep(3)
    time.sleep(1)
    return 'done'

start = time.time()
print(ray.get(work.remote()), f'after {time.time() - start:6.3f}')

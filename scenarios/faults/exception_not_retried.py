import ray, time
ray.init()

@ray.remote
def fails():
    time.sleep(1)
    raise RuntimeError('once is enough')

ray.get(fails.remote())

import ray, time
ray.init()

@ray.remote
def work():
    for _ in range(2):
        time.sleep(3)

start = time.time()
for force in (False, True):
    ref = work.remote()
    ray.wait([ref], timeout=1)
    ray.cancel(ref, force=force)
    try:
        ray.get(ref)
    except ray.exceptions.RayError as error:
        print(type(error).__name__, f'at {time.time() - start:6.3f}')

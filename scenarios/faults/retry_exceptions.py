import ray, time
ray.init()

@ray.remote
class Attempts:
    def __init__(self):
        self.n = 0

    def next(self):
        self.n += 1
        return self.n

@ray.remote(max_retries=3, retry_exceptions=True)
def flaky(attempts):
    time.sleep(1)
    n = ray.get(attempts.next.remote())
    if n < 3:
        raise RuntimeError(f'attempt {n} failed')
    return n

start = time.time()
attempts = Attempts.remote()
print(ray.get(flaky.remote(attempts)), f'after {time.time() - start:6.3f}')

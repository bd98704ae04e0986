import ray, time
ray.init()

@ray.remote
def work(i, d):
    time.sleep(d)
    return i

delays = [0.3, 1.9, 0.2, 0.9, 0.35, 1.2, 0.55, 2.6, 0.75, 0.4, 1.55, 0.25]
start = time.time()
left = [work.remote(i, d) for i, d in enumerate(delays)]
while left:
    n = min(3, len(left))
    ready, left = ray.wait(left, num_returns=n, timeout=0.4)
    print(f'{len(ready)} ready {len(left)} left at {time.time() - start:6.3f}: {ray.get(ready)}')

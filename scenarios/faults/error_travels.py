import ray, time
ray.init()

@ray.remote
def bad():
    time.sleep(1)
    raise ValueError('bad input')

@ray.remote
def after(x):
    time.sleep(1)
    return x

start = time.time()
a = bad.remote()
b = after.remote(a)
c = after.remote(b)
ready, rest = ray.wait([c], timeout=5.0)
print(len(ready), len(rest), f'at {time.time() - start:6.3f}')
try:
    ray.get(c)
except ValueError as error:
    print(type(error).__name__)

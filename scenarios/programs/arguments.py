import ray, time
ray.init()

@ray.remote
def make(n):
    time.sleep(1)
    return n

@ray.remote
def combine(a, b=10, *, scale=1):
    return (a + b) * scale

@ray.remote
def inside(refs):
    # References inside a list are not resolved: the task starts at once and gets them itself.
    return [ray.get(ref) for ref in refs]

x, y = make.remote(1), make.remote(2)
print(ray.get(combine.remote(x)))
print(ray.get(combine.remote(x, b=y, scale=3)))
print(ray.get(inside.remote([x, y])))

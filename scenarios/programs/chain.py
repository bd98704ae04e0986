import ray, time
ray.init()

@ray.remote
def step(x):
    time.sleep(0.1)
    return x + 1

ref = step.remote(0)
for _ in range(19):
    ref = step.remote(ref)
print(ray.get(ref))

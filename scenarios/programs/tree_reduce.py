import ray, time
ray.init()

@ray.remote
def leaf(n):
    time.sleep(1)
    return n

@ray.remote
def add(a, b):
    time.sleep(1)
    return a + b

refs = [leaf.remote(n) for n in range(8)]
while len(refs) > 1:
    refs = [add.remote(refs[i], refs[i + 1]) for i in range(0, len(refs), 2)]
print(ray.get(refs[0]))

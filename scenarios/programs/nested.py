import ray, time
ray.init()

@ray.remote
def child(i):
    time.sleep(0.3)
    return i

@ray.remote
def parent(k):
    time.sleep(0.1)
    parts = ray.get([child.remote(k * 10 + j) for j in range(2)])
    time.sleep(0.1)
    return sum(parts)

print(ray.get([parent.remote(k) for k in range(2)]))

import ray, time
ray.init()

@ray.remote
def work(i):
    time.sleep(0.5)
    return i

@ray.remote(scheduling_strategy="SPREAD")
def spread(i):
    time.sleep(0.5)
    return i

print(ray.get([spread.remote(i) for i in range(8)]))
print(ray.get([work.remote(i) for i in range(4)]))

import ray, time
ray.init()

@ray.remote
def work(i):
    time.sleep(0.25)
    return i

print(sum(ray.get([work.remote(i) for i in range(40)])))

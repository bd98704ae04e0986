import ray, time
ray.init()

@ray.remote(num_returns=3)
def mapper(i):
    time.sleep(0.2 + 0.02 * i)
    return i, i * 10, i * 100

@ray.remote
def reducer(*parts):
    time.sleep(0.3)
    return sum(parts)

outs = [mapper.remote(i) for i in range(12)]
reds = [reducer.remote(*[out[k] for out in outs]) for k in range(3)]
print(ray.get(reds))

import ray, time
ray.init()

@ray.remote
def measure(n):
    for i in range(n):
        time.sleep(1)
        yield i

@ray.remote
def square(x):
    time.sleep(0.5)
    return x * x

for ref in measure.remote(3):
    print(ray.get(square.remote(ref)), f'{time.time() - 1600000000:.1f}')
print('end')

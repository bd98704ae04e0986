import ray
import time

ray.init()
TASKS = 1_000 if len(ray.nodes()) == 250 else 10_000
SLEEP = 300


@ray.remote(num_cpus=0.25)
def task():
    time.sleep(SLEEP)


start = time.time()
refs = [task.remote() for _ in range(TASKS)]
submitted = time.time()
total = ray.cluster_resources()["CPU"]
least = total
while time.time() - submitted < SLEEP:
    time.sleep(0.1)
    least = min(least, ray.available_resources().get("CPU", 0))
print(f"CPUs used at once: {total - least:.0f}")
ray.get(refs)
print(f"tasks: {TASKS / (time.time() - start - SLEEP):.1f} per second")

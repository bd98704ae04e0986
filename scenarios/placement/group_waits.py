import ray
import time
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

ray.init()


@ray.remote
def work(seconds):
    time.sleep(seconds)
    return round(time.time() - start)


start = time.time()
before = [work.remote(1), work.remote(2), work.remote(2), work.remote(3)]
pg = ray.util.placement_group([{"CPU": 1}, {"CPU": 1}], strategy="STRICT_SPREAD")
inside = PlacementGroupSchedulingStrategy(placement_group=pg)
# Four tasks on two bundles: two at a time, though there are more CPUs.
tasks = [work.options(scheduling_strategy=inside).remote(1) for _ in range(4)]
ray.get(pg.ready())
print("placed at", round(time.time() - start))
print(ray.get(before), ray.get(tasks))

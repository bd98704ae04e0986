import ray
import time
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

ray.init()


@ray.remote
def where(seconds):
    time.sleep(seconds)
    return int(ray.get_runtime_context().get_node_id(), 16) - 1


pg = ray.util.placement_group([{"CPU": 2}, {"CPU": 2}], strategy="STRICT_SPREAD")
ray.get(pg.ready())
second = PlacementGroupSchedulingStrategy(pg, placement_group_bundle_index=1)
print(ray.get(where.options(scheduling_strategy=second).remote(0)))
# Node 1 dies at 2 s: its bundle is placed again, and the task runs once more there.
print(ray.get(where.options(scheduling_strategy=second).remote(3)))
print(time.time() - 1600000000)

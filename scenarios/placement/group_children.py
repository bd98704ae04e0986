import ray
import time
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

ray.init()


@ray.remote
def child():
    time.sleep(1)
    return int(ray.get_runtime_context().get_node_id(), 16) - 1


@ray.remote
def parent(explicitly):
    one = child.options(scheduling_strategy="DEFAULT") if explicitly else child
    return ray.get([one.remote() for _ in range(4)])


# The group has node 2 for itself; the driver's node is empty.
pg = ray.util.placement_group([{"CPU": 2, "far": 1}])
captured = PlacementGroupSchedulingStrategy(pg, placement_group_capture_child_tasks=True)
print(ray.get(parent.options(scheduling_strategy=captured).remote(False)))
print(ray.get(parent.options(scheduling_strategy=captured).remote(True)))
free = PlacementGroupSchedulingStrategy(pg)
print(ray.get(parent.options(scheduling_strategy=free).remote(False)))

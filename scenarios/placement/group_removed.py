import ray
import time
from ray.util.placement_group import placement_group, remove_placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

ray.init()


@ray.remote
def work(seconds):
    time.sleep(seconds)
    return "done"


@ray.remote(num_cpus=1)
class Keeper:
    def ping(self):
        return "alive"


pg = placement_group([{"CPU": 1}] * 4, strategy="SPREAD")
inside = PlacementGroupSchedulingStrategy(placement_group=pg)
keeper = Keeper.options(scheduling_strategy=inside).remote()
print(ray.get(keeper.ping.remote()))
once = work.options(scheduling_strategy=inside, max_retries=0).remote(10)
again = work.options(scheduling_strategy=inside).remote(10)
time.sleep(1)
remove_placement_group(pg)
late = work.options(scheduling_strategy=inside).remote(1)
late_keeper = Keeper.options(scheduling_strategy=inside).remote()
for what in [once, again, late, keeper.ping.remote(), late_keeper.ping.remote()]:
    try:
        print(ray.get(what))
    except ray.exceptions.RayError as e:
        print(type(e).__name__)
# Everything was given back to the nodes.
print(ray.available_resources())

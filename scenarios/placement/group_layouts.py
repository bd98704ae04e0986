import ray
from ray.util.placement_group import placement_group
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

ray.init()


@ray.remote
def where():
    return int(ray.get_runtime_context().get_node_id(), 16) - 1


def nodes_of(strategy, count):
    pg = placement_group([{"CPU": 1}] * count, strategy=strategy)
    ray.get(pg.ready())
    inside = [PlacementGroupSchedulingStrategy(pg, n) for n in range(count)]
    nodes = ray.get([where.options(scheduling_strategy=one).remote() for one in inside])
    ray.util.remove_placement_group(pg)
    return nodes


print("PACK", nodes_of("PACK", 3))
print("SPREAD", nodes_of("SPREAD", 3))
print("SPREAD of 5", nodes_of("SPREAD", 5))
print("STRICT_SPREAD", nodes_of("STRICT_SPREAD", 3))
print("STRICT_PACK", nodes_of("STRICT_PACK", 2))

import ray
from ray.util.placement_group import placement_group

ray.init()
strict = placement_group([{"CPU": 1}] * 3, strategy="STRICT_PACK")
apart = placement_group([{"CPU": 1}] * 4, strategy="STRICT_SPREAD")
ready, waiting = ray.wait([strict.ready(), apart.ready()], num_returns=2, timeout=5)
print(len(ready), "ready,", len(waiting), "not ready")
print(strict.wait(timeout_seconds=2))
# What was not placed holds nothing.
print(ray.available_resources())

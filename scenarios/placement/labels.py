import ray
import time
from ray.util.scheduling_strategies import Exists, In, NodeLabelSchedulingStrategy

ray.init()


@ray.remote
def where():
    time.sleep(1)
    return int(ray.get_runtime_context().get_node_id(), 16) - 1


def run(count=2, **options):
    return sorted(ray.get([where.options(**options).remote() for _ in range(count)]))


print("a", run(label_selector={"zone": "a"}))
print("not a", run(label_selector={"zone": "!a"}, count=4))
print("b or c", run(label_selector={"zone": "in(b, c)"}))
print("neither", run(label_selector={"zone": "!in(a, b)"}))
print("two labels", run(label_selector={"zone": "!a", "disk": "ssd"}))
print("its id", run(label_selector={"ray.io/node-id": ray.nodes()[2]["NodeID"]}))
hard = NodeLabelSchedulingStrategy(hard={"disk": Exists(), "zone": In("a", "b")})
print("strategy", run(scheduling_strategy=hard))
done, waits = ray.wait([where.options(label_selector={"zone": "d"}).remote()], timeout=2)
print(len(done), "in zone d")

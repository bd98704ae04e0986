import ray
import time

ray.init()


def create_and_remove(count):
    groups = [ray.util.placement_group(bundles=[{"custom": 0.001}]) for _ in range(count)]
    for group in groups:
        group.wait(timeout_seconds=30)
    for group in groups:
        ray.util.remove_placement_group(group)


create_and_remove(100)
start = time.time()
create_and_remove(100)
print(f"groups: {100 / (time.time() - start):.1f} per second")

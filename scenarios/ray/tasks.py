import ray
import time

ray.init()


@ray.remote
def small_value():
    return b"ok"


@ray.remote(num_cpus=0)
class Actor:
    def small_value_batch(self, n):
        ray.get([small_value.remote() for _ in range(n)])


def rate(name, ask, times, each):
    ask()
    start = time.time()
    for _ in range(times):
        ask()
    print(f"{name}: {times * each / (time.time() - start):.1f} per second")


def one_task():
    ray.get(small_value.remote())


def batch():
    ray.get([small_value.remote() for _ in range(1000)])


def waits():
    not_ready = [small_value.remote() for _ in range(1000)]
    # The copies are asked for once.
    fetch_local = True
    for _ in range(1000):
        ready, not_ready = ray.wait(not_ready, fetch_local=fetch_local)
        fetch_local = False


def by_actors():
    ray.get([actor.small_value_batch.remote(1000) for actor in actors])


actors = [Actor.remote() for _ in range(4)]
rate("tasks, one at a time", one_task, 100, 1)
rate("tasks, 1000 at once", batch, 3, 1000)
rate("1000 tasks and 1000 waits", waits, 1, 1)
rate("tasks of 4 actors", by_actors, 1, 4000)

import ray
import time

QUEUED = 20_000

ray.init()


@ray.remote(num_cpus=0)
class Gate:
    def __init__(self):
        self.free = 0

    def open(self, count):
        self.free += count

    def enter(self):
        if self.free == 0:
            return False
        self.free -= 1
        return True


@ray.remote(num_cpus=1)
def block(gate):
    while not ray.get(gate.enter.remote()):
        time.sleep(1)


@ray.remote(num_cpus=1)
def f():
    pass


start = time.time()
cpus = int(ray.cluster_resources()["CPU"])
gate = Gate.remote()
blocked = [block.remote(gate) for _ in range(cpus)]
pending = [f.remote() for _ in range(QUEUED)]
gate.open.remote(cpus)
ray.get(pending)
print(f"{QUEUED} queued tasks: {time.time() - start:.2f} s")

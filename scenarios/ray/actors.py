import ray
import time

ray.init()


@ray.remote(num_cpus=0)
class Actor:
    def small_value(self):
        return b"ok"

    def small_value_arg(self, x):
        return b"ok"


@ray.remote(num_cpus=0)
class Client:
    def __init__(self, servers):
        self.servers = servers

    def small_value_batch(self, n):
        results = []
        for s in self.servers:
            results.extend([s.small_value.remote() for _ in range(n)])
        ray.get(results)

    def small_value_batch_arg(self, n):
        x = ray.put(0)
        results = []
        for s in self.servers:
            results.extend([s.small_value_arg.remote(x) for _ in range(n)])
        ray.get(results)


@ray.remote
def work(actors, n):
    ray.get([actors[i % len(actors)].small_value.remote() for i in range(n)])


def rate(name, ask, times, each):
    ask()
    start = time.time()
    for _ in range(times):
        ask()
    print(f"{name}: {times * each / (time.time() - start):.1f} per second")


one = Actor.remote()
servers = [Actor.remote() for _ in range(32)]
client = Client.remote(servers)
clients = [Client.remote([server]) for server in servers]


def sync():
    ray.get(one.small_value.remote())


def batch():
    ray.get([one.small_value.remote() for _ in range(1000)])


def by_one_client():
    ray.get(client.small_value_batch.remote(100))


def by_four_tasks():
    ray.get([work.remote(servers, 1000) for _ in range(4)])


def by_all_clients():
    ray.get([c.small_value_batch_arg.remote(100) for c in clients])


rate("calls, one at a time", sync, 100, 1)
rate("calls, 1000 at once", batch, 2, 1000)
rate("calls of one client to 32 actors", by_one_client, 1, 3200)
rate("calls of 4 tasks to 32 actors", by_four_tasks, 1, 4000)
rate("calls of 32 clients to 32 actors", by_all_clients, 1, 3200)

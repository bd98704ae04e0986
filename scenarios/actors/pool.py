import ray, time
from ray.util import ActorPool
ray.init()

@ray.remote
class Doubler:
    def double(self, x):
        time.sleep(1)
        return 2 * x

pool = ActorPool([Doubler.remote() for _ in range(3)])
print(list(pool.map(lambda actor, value: actor.double.remote(value), range(6))))

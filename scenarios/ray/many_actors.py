import ray
import time

ACTORS = 500

ray.init()


@ray.remote(num_cpus=0.25)
class Actor:
    def foo(self):
        pass


start = time.time()
actors = [Actor.remote() for _ in range(ACTORS)]
ray.get([actor.foo.remote() for actor in actors])
print(f"{ACTORS} actors: {time.time() - start:.2f} s")

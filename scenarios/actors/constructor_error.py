import ray, time
ray.init()

@ray.remote
class Broken:
    def __init__(self):
        time.sleep(1)
        raise RuntimeError('no such file')

    def work(self):
        return 1

broken = Broken.remote()
try:
    ray.get(broken.work.remote())
except ray.exceptions.ActorDiedError as error:
    print(type(error).__name__)

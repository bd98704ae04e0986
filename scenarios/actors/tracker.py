import ray, time
ray.init()

@ray.remote
class Tracker:
    def __init__(self):
        self.done = []

    def finished(self, i):
        self.done.append(i)

    def report(self):
        return self.done

@ray.remote
def work(i, tracker):
    time.sleep(1)
    ray.get(tracker.finished.remote(i))
    return i

tracker = Tracker.remote()
refs = [work.remote(i, tracker) for i in range(4)]
ray.get(refs[:2])
print(ray.get(tracker.report.remote()))
ray.get(refs)
print(ray.get(tracker.report.remote()))

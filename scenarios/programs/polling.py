import ray, time
ray.init()

@ray.remote
def work():
    time.sleep(1)
    return 'done'

ref = work.remote()
polls = 0
while True:
    ready, _ = ray.wait([ref], timeout=0)
    if ready:
        break
    polls += 1
    time.sleep(0.3)
print(ray.get(ref), f'after {polls} polls')

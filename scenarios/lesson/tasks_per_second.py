import ray, time

ray.init(ignore_reinit_error=True)

# The lesson: "TODO: add an exploration of tasks/second limits?"
@ray.remote
def noop(n):
    return n

trials = 400
for num_cpus in [4, 2, 1, 0.5]:
    start = time.time()
    ray.get([noop.options(num_cpus=num_cpus).remote(n) for n in range(trials)])
    duration = time.time() - start
    print('{:3.0f} workers: {:5.0f} tasks per second'.format(4 / num_cpus, trials / duration))

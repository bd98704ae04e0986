import ray, time
ray.init()

@ray.remote
def f(x):
    time.sleep(0.1)
    return x

refs = [f.remote(i) for i in range(3)]
for label, args, options in [
    ('too many', (refs,), {'num_returns': 4}),
    ('zero', (refs,), {'num_returns': 0}),
    ('duplicate', ([refs[0], refs[0]],), {}),
    ('empty', ([],), {}),
    ('not a list', (refs[0],), {}),
]:
    try:
        ready, rest = ray.wait(*args, **options)
        print(label, len(ready), len(rest))
    except Exception as error:
        print(label, type(error).__name__)
ray.get(refs)
ready, rest = ray.wait(refs, num_returns=2)
print('all done, two asked:', len(ready), len(rest))
ready, rest = ray.wait(refs, num_returns=3, timeout=0)
print('timeout 0:', len(ready), len(rest))

import ray

ray.init()


@ray.remote(label_selector={"zone": "in(c, d)"})
def far():
    return 1


ray.get(far.remote())

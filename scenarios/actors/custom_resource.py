import ray, time
ray.init()

@ray.remote(resources={"accelerator": 1})
class Model:
    def predict(self, x):
        time.sleep(0.5)
        return x + 1

model = Model.remote()
print(ray.get([model.predict.remote(i) for i in range(4)]))

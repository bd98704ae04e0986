import ray, time
ray.init()

@ray.remote
class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        time.sleep(0.1)
        if amount > self.balance:
            raise ValueError(f'only {self.balance} left')
        self.balance -= amount
        return self.balance

account = Account.remote(100)
for ref in [account.withdraw.remote(amount) for amount in (30, 80, 50)]:
    try:
        print('left:', ray.get(ref))
    except ValueError:
        print('refused')

import ray, heapq, bisect, statistics, operator, copy, string
from heapq import heappush, heappop as take
from collections import deque, defaultdict, Counter
ray.init()

@ray.remote
def smallest(numbers):
    heapq.heapify(numbers)
    return [heapq.heappop(numbers) for _ in range(3)]

numbers = [(i * 37) % 23 for i in range(23)]
print(ray.get(smallest.remote(numbers)))
heap = []
for n in numbers:
    heappush(heap, (n, str(n)))
print([take(heap)[0] for _ in range(len(heap))] == sorted(numbers))
print(heapq.nsmallest(3, numbers), heapq.nlargest(2, numbers, key=lambda x: -x))
print(heapq.heappushpop([2, 5, 3], 4), heapq.heapreplace([2, 5, 3], 1), list(heapq.merge([1, 4], [2, 3])))
a = [1, 3, 3, 7]
print(bisect.bisect_left(a, 3), bisect.bisect_right(a, 3), bisect.bisect(a, 9))
bisect.insort(a, 5)
print(a)
print(statistics.mean([1, 2, 3, 6]), statistics.mean([1, 2]), statistics.median([5, 1, 4]), statistics.median([4, 1]))
print(round(statistics.stdev([1, 2, 4]), 6), round(statistics.pvariance([1, 2, 4]), 6))
print(sorted([(1, 'b'), (0, 'c')], key=operator.itemgetter(1)), operator.add(2, 3))
nested = {'a': [1, [2]]}
other = copy.deepcopy(nested)
other['a'][1].append(3)
print(nested, other, copy.copy([1]))
print(string.digits, string.ascii_uppercase[:3])

#!/usr/bin/env python3
"""Measures what Ray's control plane costs on your cluster, and prints a profile for Rayscope.

    python calibrate.py > mine.json                  a running cluster, else one that is started here
    python calibrate.py --virtual-nodes 2 > mine.json
    rayscope calibrate --measurements mine.json      look at it
    rayscope run program.py --profile mine.json      use it

It needs Ray and NumPy, and runs for about half a minute. Nothing else should run meanwhile.
Every number is a median. docs/calibrate.md says how each is measured, and which are not.
"""
import argparse
import json
import os
import statistics
import sys
import time

US, MS = 1e-6, 1e-3
# Shares of a round trip that no clock outside of Ray can tell apart, as the profile ray-2.60 has them.
RPC, LEASE, WORKER = 200, 150, 200
# An object that is in a store, and hardly takes longer than an empty one.
FEW = 200_000


def say(text):
    print(text, file=sys.stderr, flush=True)


def stop(text):
    say(f"calibrate.py: {text}")
    sys.exit(1)


def arguments():
    parser = argparse.ArgumentParser(
        description="Measures what Ray costs on a cluster and prints a profile for `rayscope run --profile`.",
        epilog="Without --address, --num-cpus and --virtual-nodes it takes the cluster that runs, else starts one.",
    )
    parser.add_argument("--address", help="the cluster to measure, such as auto or 10.0.0.1:6379")
    parser.add_argument("--num-cpus", type=int, metavar="N", help="start a cluster here, of nodes with N CPUs")
    parser.add_argument("--virtual-nodes", type=int, metavar="N", help="start a cluster here, of N nodes")
    parser.add_argument("--name", default="calibrated", help="the profile's name (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=1, metavar="K", help="K times as many samples (default: 1)")
    args = parser.parse_args()
    own = args.num_cpus is not None or args.virtual_nodes is not None
    if args.address and own:
        parser.error("--address is a cluster that runs; --num-cpus and --virtual-nodes start one")
    for name in ("num_cpus", "virtual_nodes", "repeat"):
        value = getattr(args, name)
        if value is not None and not 1 <= value <= 1000:
            parser.error(f"--{name.replace('_', '-')} is a number from 1 to 1000")
    if not args.name.strip() or not args.name.isprintable() or len(args.name) > 60:
        parser.error("--name is one line of at most 60 characters")
    return args


def import_ray(args):
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if args.address is None and args.virtual_nodes is not None:
        # Virtual nodes are all on the loopback; without this Ray looks for them at the machine's own address.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import numpy
        import ray
    except ImportError as error:
        stop(f"{error.name} is missing: pip install ray numpy, in the Python that runs your programs")
    return ray, numpy


def connect(ray, args):
    """Connects, and returns what has to be shut down at the end."""
    quiet = dict(log_to_driver=False, logging_level="ERROR")
    if args.virtual_nodes is not None:
        from ray.cluster_utils import Cluster

        node = dict(node_ip_address="127.0.0.1", num_cpus=args.num_cpus or 2, object_store_memory=600 * 2**20)
        cluster = Cluster(initialize_head=True, head_node_args=dict(node, include_dashboard=False))
        for _ in range(args.virtual_nodes - 1):
            cluster.add_node(**node)
        cluster.wait_for_nodes()
        ray.init(address=cluster.address, _node_ip_address="127.0.0.1", **quiet)
        return cluster
    if args.num_cpus is not None:
        ray.init(address="local", num_cpus=args.num_cpus, include_dashboard=False, **quiet)
        return None
    if args.address:
        say(f"connecting to {args.address}")
    try:
        ray.init(address=args.address or "auto", **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        if args.address:
            stop(f"no cluster at {args.address}: {error}")
        say("no cluster runs here: one is started")
        ray.init(address="local", include_dashboard=False, **quiet)
    return None


def timed(act):
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def several(count, act):
    return [timed(act) for _ in range(count)]


class Measuring:
    """The measurements, one method each; they go from cheap to dear."""

    def __init__(self, ray, numpy, repeat):
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as Affinity

        self.ray, self.numpy, self.repeat = ray, numpy, repeat
        self.raw, self.values = {}, {}
        self.here = ray.get_runtime_context().get_node_id()
        nodes = [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) >= 1]
        if not nodes:
            stop("no node of the cluster has a CPU")
        with_cpu = [node["NodeID"] for node in nodes]
        # A driver on a node without CPUs measures another one.
        self.near = self.here if self.here in with_cpu else with_cpu[0]
        self.far = next((node for node in with_cpu if node not in (self.near, self.here)), None)
        own = next(node for node in nodes if node["NodeID"] == self.near)
        self.store = own["Resources"].get("object_store_memory", 0)
        self.shape = [node["Resources"]["CPU"] for node in nodes]
        self.on = lambda node: dict(scheduling_strategy=Affinity(node, soft=False))

    def keep(self, name, seconds):
        """A time for the profile; none is shorter than 10 us, which is what a clock can tell."""
        self.values[name] = f"{max(10, round(seconds / US))}us"

    def median(self, name, samples, scale=US):
        middle = statistics.median(samples)
        self.raw[name] = f"{middle / scale:.4g}{' us' if scale == US else ' ms'}"
        return middle

    def warm(self):
        say("warming up")

        @self.ray.remote
        def noop(x=None):
            return x

        self.plain = noop
        self.noop = noop.options(**self.on(self.near))
        for task in (self.noop, self.plain):
            self.ray.get([task.remote() for _ in range(200)], timeout=120)

    def round_trips(self):
        say("round trips")
        get, noop = self.ray.get, self.noop
        trips = several(150 * self.repeat, lambda: get(noop.remote()))
        self.trip = self.median("round_trip", trips)
        stored = self.numpy.zeros(FEW, "uint8")
        gets = []
        for _ in range(30 * self.repeat):
            ref = self.ray.put(stored)
            gets.append(timed(lambda: get(ref)))
        self.get = self.median("get_of_200kB", gets)
        idle = []
        for _ in range(5 * self.repeat):
            time.sleep(0.5)
            idle.append(timed(lambda: get(noop.remote())))
        self.idle_trip = self.median("round_trip_after_0.5s_idle", idle)
        # Even between 1 - jitter and 1 + jitter; the costs of a round trip are long or short together, as on a busy
        # machine. The middle half of the samples says it, for a few are far out.
        low, _, high = statistics.quantiles(trips, n=4)
        spread = (high - low) / 1.349 / self.trip
        self.raw["round_trip_spread"] = f"{spread:.3f} of it, a standard deviation"
        self.values["cost_jitter"] = f"{min(0.5, spread * 3**0.5):.3f}"

    def throughput(self):
        say("throughput")
        rates, submits = [], []
        for _ in range(5 * self.repeat):
            start = time.perf_counter()
            refs = [self.plain.remote() for _ in range(1000)]
            submits.append((time.perf_counter() - start) / len(refs))
            self.ray.get(refs)
            rates.append((time.perf_counter() - start) / len(refs))
        self.submit = self.median("submit", submits)
        each = self.median("one_of_1000_at_once", rates)
        self.raw["throughput"] = f"{1 / each:.0f} tasks a second"
        # The owner handles two messages a task: the reply of the last one, and the next one on its way.
        self.owner = each / 2

    def split(self):
        """One number becomes many: what the parts that are known leave of a round trip goes by fixed shares.

        A simulated round trip is four messages, the raylet twice, the worker before and after the body, the owner three
        times and the `ray.get`; the caller's own `.remote()` goes on beside it.
        """
        self.keep("submit_cost", self.submit)
        self.keep("get_cost", self.get)
        self.keep("owner_message_cost", self.owner)
        rest = self.trip - self.get - 3 * self.owner
        share = max(rest, 0.1 * self.trip) / (4 * RPC + 2 * LEASE + 2 * WORKER)
        self.rpc = share * RPC
        self.keep("rpc_latency", self.rpc)
        self.keep("raylet_lease_cost", share * LEASE)
        self.keep("task_overhead", share * WORKER)
        self.keep("task_return_cost", share * WORKER)
        # The raylet and the owner wake up.
        self.keep("wake_cost", (self.idle_trip - self.trip) / 2)

    def new_functions(self):
        say("new functions")
        exports, firsts = [], []
        for number in range(15 * self.repeat):
            fresh = self.ray.remote(lambda number=number: number).options(**self.on(self.near))
            start = time.perf_counter()
            ref = fresh.remote()
            exports.append(time.perf_counter() - start)
            self.ray.get(ref)
            firsts.append(time.perf_counter() - start)
        export = self.median("first_submit_of_a_function", exports) - self.submit
        first = self.median("first_round_trip_of_a_function", firsts)
        self.keep("function_export_cost", export)
        self.keep("function_import_cost", first - self.trip - max(export, 0))

    def timeouts(self):
        say("timeouts")

        @self.ray.remote
        def sleep(seconds):
            time.sleep(seconds)

        ref = sleep.options(**self.on(self.near)).remote(1.0)
        late = [timed(lambda: self.ray.wait([ref], timeout=0.05)) - 0.05 for _ in range(12)]
        over = self.median("wait_of_50ms_too_long", late)
        self.keep("timeout_overshoot", over - self.get)
        self.ray.get(ref)

    def stores(self):
        size = int(min(32e6, self.store / 20))
        if size < 3e6:
            say("the store is too small to be measured")
            return
        say("object store")
        put = self.ray.put
        small, large = self.numpy.zeros(FEW, "uint8"), self.numpy.zeros(size, "uint8")
        held = []
        # As long as all are held, each gets pages that were never used.
        fresh = several(6, lambda: held.append(put(large)))
        held.clear()
        time.sleep(0.5)
        used = []
        for _ in range(9 * self.repeat):
            used.append(timed(lambda: held.append(put(large))))
            held.clear()
            time.sleep(0.1)
        few = self.median("put_of_200kB", several(30 * self.repeat, lambda: put(small)))
        first = self.median(f"put_of_{size / 1e6:.0f}MB_fresh_pages", fresh, MS)
        # The first few still get pages from between those that were freed.
        again = self.median(f"put_of_{size / 1e6:.0f}MB_used_pages", sorted(used)[: len(used) // 2 + 1], MS)
        rate = (size - small.size) / max(again - few, 1 * US)
        self.keep("put_cost", few - small.size / rate)
        self.values["store_bandwidth"] = f"{rate / 1e9:.3g}GB/s"
        if first > 1.1 * again:
            self.values["fresh_page_bandwidth"] = f"{size / (first - again) / 1e9:.3g}GB/s"
        else:
            say("the store's pages were all used before: fresh_page_bandwidth is not measured")

    def network(self):
        if self.far is None or self.near != self.here:
            say("one node: the network is not measured")
            return
        say("network")
        size = int(min(64e6, self.store / 10))

        @self.ray.remote
        def make(size):
            import numpy

            return numpy.zeros(size, "uint8")

        make = make.options(**self.on(self.far))

        def copies(size, count):
            """Each after a pause in which the last one's pages are freed: pages that were used before are copied to."""
            for _ in range(count):
                ref = make.remote(size)
                self.ray.wait([ref], fetch_local=False)
                yield timed(lambda: self.ray.get(ref))
                del ref
                time.sleep(0.2)

        count = 5 * self.repeat
        times = [list(copies(length, count + 2))[2:] for length in (FEW, size)]
        small = self.median("copy_of_200kB", times[0], MS)
        large = self.median(f"copy_of_{size / 1e6:.0f}MB", times[1], MS)
        rate = (size - FEW) / max(large - small, 1 * US)
        self.values["network_bandwidth"] = f"{rate / 1e9:.3g}GB/s"
        self.keep("transfer_cost", small - FEW / rate - self.get)

    def processes(self):
        say("worker processes")

        @self.ray.remote(num_cpus=0)
        class Clock:
            def __init__(self):
                self.born = time.time()

            def birth(self):
                return self.born

        Clock = Clock.options(**self.on(self.near))

        def start(count):
            """Seconds until __init__ and until the first answer, for each of so many at once."""
            begin = time.time()
            actors = [Clock.remote() for _ in range(count)]
            births, replies, left = [], [], [actor.birth.remote() for actor in actors]
            while left:
                done, left = self.ray.wait(left)
                replies.append(time.time() - begin)
                births.append(self.ray.get(done[0]) - begin)
            for actor in actors:
                self.ray.kill(actor)
            return births, replies

        singles = [start(1) for _ in range(4 * self.repeat)]
        # A process that was started in advance is there at once; it says nothing about how long starting takes.
        slow = [single for single in singles if single[1][0] > 0.1] or singles
        born = self.median("actor_to_init", [births[0] for births, _ in slow], MS)
        answer = self.median("actor_to_first_answer", [replies[0] for _, replies in slow], MS)
        three = self.median("three_actors_to_init_mean", [statistics.mean(start(3)[0])], MS)
        if not 0 < born <= answer:
            say("the clocks of driver and worker differ: worker_start_time is measured to the first answer")
            born = answer
        else:
            self.keep("actor_start_cost", answer - born)
        self.keep("worker_start_time", born)
        # Of three at once the second has one beside it, and the third two.
        self.values["worker_start_slowdown"] = f"{min(1.0, max(0.0, three / born - 1)):.2f}"

    def gcs(self):
        say("GCS")

        @self.ray.remote(num_cpus=0, resources={"rayscope-nowhere": 1})
        class Nowhere:
            """Fits on no node: registered, and never started. A name makes the caller wait until it is registered."""

        actors = []

        def register():
            name = f"rayscope-calibrate-{os.getpid()}-{len(actors)}"
            actors.append(Nowhere.options(name=name).remote())

        # The first one exports the class.
        times = several(15 * self.repeat, register)[1:]
        for actor in actors:
            self.ray.kill(actor)
        self.keep("gcs_service_cost", self.median("named_actor", times) - self.submit - 2 * self.rpc)

    def all(self):
        for step in (self.warm, self.round_trips, self.throughput, self.split, self.new_functions, self.timeouts):
            step()
        for step in (self.stores, self.network, self.processes, self.gcs):
            step()


def main():
    args = arguments()
    ray, numpy = import_ray(args)
    # Whatever prints something: stdout is for the profile alone.
    result, sys.stdout = sys.stdout, sys.stderr
    started = time.time()
    cluster = connect(ray, args)
    try:
        measuring = Measuring(ray, numpy, args.repeat)
        say(f"Ray {ray.__version__}, nodes with {', '.join(f'{cpus:g}' for cpus in measuring.shape)} CPUs")
        measuring.all()
    except ray.exceptions.RayError as error:
        stop(f"the cluster did not do what was asked: {type(error).__name__}: {error}")
    finally:
        ray.shutdown()
        if cluster is not None:
            cluster.shutdown()
    profile = {
        "rayscope_profile": 1,
        "name": args.name,
        "based_on": "ray-2.60",
        "ray": ray.__version__,
        "measured": {"nodes": f"CPUs: {', '.join(f'{cpus:g}' for cpus in measuring.shape)}", **measuring.raw},
        "parameters": dict(sorted(measuring.values.items())),
    }
    print(json.dumps(profile, indent=2), file=result)
    say(f"done in {time.time() - started:.0f} s; `rayscope calibrate --measurements FILE` shows what was found")


if __name__ == "__main__":
    main()

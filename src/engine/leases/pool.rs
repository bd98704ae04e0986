//! Worker processes (worker_pool.cc): how they start, and when idle ones are stopped. And what a store's bytes cost.

use crate::base::{LeaseId, NodeId, Span, WorkerId};
use crate::engine::core::Engine;
use crate::engine::leases::For;
use crate::engine::spilling::at_rate;
use crate::engine::timers::Timer;
use crate::model::cluster::CPU;
use crate::state::Event;

impl Engine<'_> {
    fn cpus_of(&self, node: NodeId) -> u32 {
        let units = self.state.ledger.total(node, CPU).units().max(0) as u64;
        u32::try_from(units / 10_000).unwrap_or(u32::MAX)
    }

    /// A request reaches the node: besides the process that it may need itself, the raylet starts as many as its free
    /// CPUs could use for the tasks that queue behind it (`PrestartWorkers`).
    pub fn prestart(&mut self, lease: LeaseId, node: NodeId) {
        let For::Key(key) = self.leasing.leases[lease].whose else { return };
        let backlog = self.leasing.keys[key as usize].queue.len() as u64;
        let free = self.state.ledger.free(node, CPU).units().max(0) as u64 / 10_000;
        let side = &mut self.leasing.raylets[node];
        let coming = side.processes_wanted().max(side.starting as usize);
        let usable = (self.state.nodes[node].idle.len() + coming) as u64;
        let missing = free.min(backlog).saturating_sub(usable);
        if missing > 0 {
            side.spare = side.spare.saturating_add(missing as u32);
            self.start_workers(node);
        }
    }

    /// A process that was started in advance and has run nothing yet: an actor may have it.
    pub fn unused_worker(&self, node: NodeId) -> Option<WorkerId> {
        let unused =
            |worker: &WorkerId| self.leasing.workers.get(*worker).is_some_and(|side| side.unused);
        self.state.nodes[node].idle.iter().copied().find(unused)
    }

    /// Starts processes for the requests that wait for one, as many at once as the node may.
    pub fn start_workers(&mut self, node: NodeId) {
        let parameters = &self.model.parameters;
        let (base, slowdown) = (parameters.worker_start_time, parameters.worker_start_slowdown);
        let most = match parameters.worker_maximum_startup_concurrency {
            0 => self.cpus_of(node).max(1),
            most => most,
        };
        loop {
            let side = &self.leasing.raylets[node];
            if side.starting >= most || side.starting as usize >= side.processes_wanted() {
                return;
            }
            let others: u32 = self.leasing.raylets.iter().map(|raylet| raylet.starting).sum();
            self.leasing.raylets[node].starting += 1;
            self.record(Event::WorkerStarting { node });
            let extra = u64::from(others) * u64::from(slowdown);
            let nanos = base.as_nanos().saturating_add(base.as_nanos() / 1_000_000 * extra);
            let time = self.cost(Span::from_nanos(nanos));
            self.timers.plan(self.now + time, Timer::WorkerUp(node));
        }
    }

    /// A process is up: the first request that waits for one gets it.
    pub fn worker_up(&mut self, node: NodeId) {
        if !self.state.nodes[node].raylet {
            return;
        }
        let side = &mut self.leasing.raylets[node];
        side.starting -= 1;
        side.spare = side.spare.saturating_sub(1);
        self.record(Event::WorkerStarted { node });
        let worker = *self.state.nodes[node].idle.back().expect("a worker was just started");
        loop {
            match self.leasing.raylets[node].awaiting.pop_front() {
                Some(lease) if self.leasing.leases[lease].done => {}
                Some(lease) => {
                    let task = self.leasing.leases[lease].task;
                    let demand = self.state.takes(task).clone();
                    if self.state.ledger.is_available(node, &demand) {
                        self.grant(lease, node, worker);
                    } else {
                        self.leasing.raylets[node].queue.push_front(lease);
                        self.worker_is_idle(node, worker);
                    }
                    break;
                }
                None => {
                    self.leasing.worker(worker).unused = true;
                    self.worker_is_idle(node, worker);
                    break;
                }
            }
        }
        self.start_workers(node);
        self.dispatch(node);
    }

    /// A worker is idle from now on; if there are too many of them, one is stopped later.
    pub fn worker_is_idle(&mut self, node: NodeId, worker: WorkerId) {
        self.leasing.worker(worker).idle_since = self.now;
        let parameters = &self.model.parameters;
        let limit = self.cpus_of(node) as usize;
        if self.state.nodes[node].idle.len() > limit {
            let (after, period) = (
                parameters.idle_worker_killing_time_threshold_ms,
                parameters.kill_idle_workers_interval_ms,
            );
            let at = crate::engine::leases::views::next_beat(
                self.now + after,
                self.leasing.raylets[node].phase,
                period,
            );
            self.timers.plan(at, Timer::IdleCheck(node));
        }
    }

    /// Stops workers that have been idle for too long, down to one for each CPU.
    pub fn stop_idle_workers(&mut self, node: NodeId) {
        let after = self.model.parameters.idle_worker_killing_time_threshold_ms;
        while self.state.nodes[node].idle.len() > self.cpus_of(node) as usize {
            let Some(worker) = self.state.nodes[node].idle.front().copied() else { return };
            let since = self.leasing.worker(worker).idle_since;
            if self.now.since(since) < after {
                return;
            }
            self.record(Event::WorkerDied { worker });
        }
    }

    /// How long it takes to write so many bytes into a node's store.
    pub fn store_time(&mut self, node: NodeId, bytes: u64) -> Span {
        let parameters = &self.model.parameters;
        let written = at_rate(parameters.store_bandwidth, bytes);
        let put = parameters.put_cost;
        let fresh = self.fresh_time(node, bytes);
        self.cost(put) + written + fresh
    }

    /// How long the pages take that the store never had before.
    pub fn fresh_time(&mut self, node: NodeId, bytes: u64) -> Span {
        let held = self.state.nodes[node].store_used.saturating_add(bytes);
        let touched = &mut self.leasing.touched[node];
        let fresh = held.saturating_sub(*touched).min(bytes);
        *touched = held.max(*touched);
        at_rate(self.model.parameters.fresh_page_bandwidth, fresh)
    }
}

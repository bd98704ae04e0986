//! Links shared max-min fairly: how fast each copy goes, and when its last byte leaves.
//!
//! Every node has one link with the same bandwidth each way. A flow uses the sender's way out and the receiver's
//! way in. Rates follow from progressive filling: the link with the smallest fair share fixes its flows, and so on.
//! A change touches only the flows that are connected with it through shared links.

use crate::base::id::Id;
use crate::base::{Instant, NodeId, Span, TransferId};

/// A copy on its way.
#[derive(Clone, Copy, Debug)]
struct Flow {
    out: u32,
    into: u32,
    /// Bytes that have not left at `settled`.
    left: f64,
    /// Bytes a nanosecond.
    rate: f64,
    settled: Instant,
    /// When the last byte leaves at this rate.
    due: Instant,
    /// The earliest timer that is out for it.
    timer: Instant,
    /// Its place in the two links' lists.
    place: [u32; 2],
    /// How often this number was used: tells late timers apart.
    use_number: u32,
    active: bool,
    /// The recomputation in which its rate was last fixed.
    fixed: u32,
}

/// One way of one node's link.
#[derive(Clone, Debug)]
struct Link {
    /// Bytes a nanosecond; infinite if unlimited.
    capacity: f64,
    flows: Vec<u32>,
    /// What is left to share while rates are computed.
    spare: f64,
    unfixed: u32,
    visited: u32,
    dirty: bool,
}

/// All links and flows.
#[derive(Default)]
pub(super) struct Network {
    links: Vec<Link>,
    flows: Vec<Flow>,
    dirty: Vec<u32>,
    component: Vec<u32>,
    affected: Vec<u32>,
    round: u32,
}

/// A timer that the network wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub at: Instant,
    pub transfer: TransferId,
    pub use_number: u32,
}

/// What a timer of a flow means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drained {
    /// All bytes have left.
    Yes,
    /// Not yet: ask again then.
    Later(Due),
    /// The timer is of no flow any more.
    Stale,
}

impl Network {
    /// Appends a node; `bandwidth` in bytes a second.
    pub fn add_node(&mut self, bandwidth: Option<u64>) {
        let capacity = bandwidth.map_or(f64::INFINITY, |rate| rate as f64 / 1e9);
        for _ in 0..2 {
            self.links.push(Link {
                capacity,
                flows: Vec::new(),
                spare: 0.0,
                unfixed: 0,
                visited: 0,
                dirty: false,
            });
        }
    }

    /// Starts a flow; its rate comes with the next [`Network::settle`].
    pub fn start(
        &mut self,
        now: Instant,
        transfer: TransferId,
        from: NodeId,
        to: NodeId,
        bytes: u64,
    ) {
        let index = transfer.index();
        while index >= self.flows.len() {
            self.flows.push(Flow::unused());
        }
        let (out, into) = (from.number() * 2, to.number() * 2 + 1);
        let place = [self.links[out as usize].flows.len(), self.links[into as usize].flows.len()];
        let use_number = self.flows[index].use_number + 1;
        self.flows[index] = Flow {
            out,
            into,
            left: bytes as f64,
            rate: 0.0,
            settled: now,
            due: Instant::NEVER,
            timer: Instant::NEVER,
            place: place.map(|at| at as u32),
            use_number,
            active: true,
            fixed: 0,
        };
        for link in [out, into] {
            self.links[link as usize].flows.push(index as u32);
            self.touch(link);
        }
    }

    /// Ends a flow: its last byte left, or it was cancelled.
    pub fn stop(&mut self, transfer: TransferId) {
        let index = transfer.index();
        let Some(flow) = self.flows.get(index).copied() else { return };
        if !flow.active {
            return;
        }
        self.flows[index].active = false;
        for (way, link) in [flow.out, flow.into].into_iter().enumerate() {
            let list = &mut self.links[link as usize].flows;
            let at = flow.place[way] as usize;
            list.swap_remove(at);
            if let Some(moved) = list.get(at) {
                self.flows[*moved as usize].place[way] = at as u32;
            }
            self.touch(link);
        }
    }

    /// Whatever was planned for this use of the transfer's slot is of no interest any more.
    pub fn retire(&mut self, transfer: TransferId) {
        self.stop(transfer);
        if let Some(flow) = self.flows.get_mut(transfer.index()) {
            flow.use_number += 1;
        }
    }

    /// How many flows leave a node now.
    pub fn sending(&self, node: NodeId) -> usize {
        self.links[node.index() * 2].flows.len()
    }

    /// The number that tells this use of the transfer's slot from others.
    pub fn use_number(&self, transfer: TransferId) -> u32 {
        self.flows[transfer.index()].use_number
    }

    /// What a [`Due`] that was handed out means at `now`.
    pub fn drained(&mut self, now: Instant, transfer: TransferId, use_number: u32) -> Drained {
        let flow = &mut self.flows[transfer.index()];
        if !flow.active || flow.use_number != use_number {
            return Drained::Stale;
        }
        if flow.due <= now {
            return Drained::Yes;
        }
        if flow.timer < flow.due && flow.timer <= now {
            flow.timer = flow.due;
            return Drained::Later(Due { at: flow.due, transfer, use_number });
        }
        Drained::Stale
    }

    fn touch(&mut self, link: u32) {
        let row = &mut self.links[link as usize];
        if !row.dirty {
            row.dirty = true;
            self.dirty.push(link);
        }
    }

    /// Computes the rates that changed since the last time, and hands out the timers that are needed for them.
    pub fn settle(&mut self, now: Instant, mut plan: impl FnMut(Due)) {
        while let Some(link) = self.dirty.pop() {
            if !self.links[link as usize].dirty {
                continue;
            }
            self.collect_component(link);
            self.share(now);
            for at in 0..self.affected.len() {
                let index = self.affected[at] as usize;
                let flow = &mut self.flows[index];
                if flow.due < flow.timer {
                    flow.timer = flow.due;
                    let transfer = TransferId::from_index(index);
                    plan(Due { at: flow.due, transfer, use_number: flow.use_number });
                }
            }
        }
    }

    /// Every link and flow that `link` is connected with through flows; their dirt is wiped.
    fn collect_component(&mut self, link: u32) {
        self.round += 1;
        self.component.clear();
        self.affected.clear();
        self.component.push(link);
        self.links[link as usize].visited = self.round;
        let mut next = 0;
        while next < self.component.len() {
            let row = &mut self.links[self.component[next] as usize];
            next += 1;
            row.dirty = false;
            row.spare = row.capacity;
            row.unfixed = row.flows.len() as u32;
            for at in 0..row.flows.len() {
                let link = self.component[next - 1] as usize;
                let index = self.links[link].flows[at];
                let flow = &mut self.flows[index as usize];
                if flow.fixed == self.round {
                    continue;
                }
                flow.fixed = self.round;
                self.affected.push(index);
                for other in [flow.out, flow.into] {
                    let row = &mut self.links[other as usize];
                    if row.visited != self.round {
                        row.visited = self.round;
                        self.component.push(other);
                    }
                }
            }
        }
    }

    /// Progressive filling over the component.
    fn share(&mut self, now: Instant) {
        // `fixed` held the round while collecting; from here on a flow without a rate has `fixed` = 0.
        for index in &self.affected {
            self.flows[*index as usize].fixed = 0;
        }
        let mut open = self.affected.len();
        while open > 0 {
            let fair = |link: &Link| link.spare / f64::from(link.unfixed);
            let with_flows =
                self.component.iter().filter(|link| self.links[**link as usize].unfixed > 0);
            let tightest = with_flows.copied().min_by(|a, b| {
                let (a_fair, b_fair) =
                    (fair(&self.links[*a as usize]), fair(&self.links[*b as usize]));
                a_fair.total_cmp(&b_fair).then(a.cmp(b))
            });
            let Some(tightest) = tightest else { break };
            let rate = fair(&self.links[tightest as usize]);
            for at in 0..self.links[tightest as usize].flows.len() {
                let index = self.links[tightest as usize].flows[at] as usize;
                if self.flows[index].fixed == self.round {
                    continue;
                }
                let flow = &mut self.flows[index];
                flow.fixed = self.round;
                flow.set_rate(now, rate);
                open -= 1;
                for link in [flow.out, flow.into] {
                    let row = &mut self.links[link as usize];
                    row.unfixed -= 1;
                    row.spare = (row.spare - rate).max(0.0);
                }
            }
        }
    }
}

impl Flow {
    fn unused() -> Flow {
        Flow {
            out: 0,
            into: 0,
            left: 0.0,
            rate: 0.0,
            settled: Instant::ZERO,
            due: Instant::NEVER,
            timer: Instant::NEVER,
            place: [0; 2],
            use_number: 0,
            active: false,
            fixed: 0,
        }
    }

    /// Takes a new rate at `now`.
    fn set_rate(&mut self, now: Instant, rate: f64) {
        let elapsed = now.since(self.settled).as_nanos() as f64;
        if elapsed > 0.0 {
            self.left = (self.left - self.rate * elapsed).max(0.0);
        }
        self.settled = now;
        self.rate = rate;
        self.due = if self.left <= 0.0 || rate.is_infinite() {
            now
        } else {
            now + Span::from_nanos((self.left / rate).ceil() as u64)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rates in bytes a second of flows between nodes with those bandwidths.
    fn rates(bandwidths: &[f64], flows: &[(u32, u32)]) -> Vec<f64> {
        let mut network = Network::default();
        for bandwidth in bandwidths {
            network.add_node(Some((bandwidth * 1e9) as u64));
        }
        for (index, (from, to)) in flows.iter().enumerate() {
            let transfer = TransferId::from_index(index);
            network.start(Instant::ZERO, transfer, NodeId::new(*from), NodeId::new(*to), 1 << 30);
        }
        network.settle(Instant::ZERO, |_| {});
        network.flows.iter().map(|flow| flow.rate).collect()
    }

    fn close(found: &[f64], expected: &[f64]) {
        let equal = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(equal && found.len() == expected.len(), "{found:?} is not {expected:?}");
    }

    #[test]
    fn a_link_is_shared_equally_and_what_one_cannot_use_goes_to_others() {
        close(&rates(&[1.0, 1.0, 1.0], &[(0, 1), (0, 2)]), &[0.5, 0.5]);
        // Node 1 takes 0.25 only, so the flow to node 2 gets the rest of node 0's link.
        close(&rates(&[1.0, 0.25, 1.0], &[(0, 1), (0, 2)]), &[0.25, 0.75]);
        // Two ways of a link do not disturb each other.
        close(&rates(&[1.0, 1.0], &[(0, 1), (1, 0)]), &[1.0, 1.0]);
        // A flow held up elsewhere: 0->1 and 2->1 share node 1; 0->3 takes what 0->1 leaves.
        close(&rates(&[1.0, 0.5, 1.0, 1.0], &[(0, 1), (2, 1), (0, 3)]), &[0.25, 0.25, 0.75]);
    }

    #[test]
    fn rates_follow_when_flows_come_and_go() {
        let mut network = Network::default();
        for _ in 0..3 {
            network.add_node(Some(1_000_000_000));
        }
        let (a, b) = (TransferId::new(0), TransferId::new(1));
        let second = 1_000_000_000;
        let mut due = Vec::new();
        network.start(Instant::ZERO, a, NodeId::new(0), NodeId::new(1), 2 * second);
        network.settle(Instant::ZERO, |d| due.push(d));
        assert_eq!(due[0].at, Instant::from_nanos(2 * second));
        let later = Instant::from_nanos(second);
        network.start(later, b, NodeId::new(0), NodeId::new(2), second);
        network.settle(later, |d| due.push(d));
        // Both have one second of bytes left and half the link: they end at 3 s.
        let end = Instant::from_nanos(3 * second);
        assert_eq!(due[1], Due { at: end, transfer: b, use_number: 1 });
        assert_eq!(
            network.drained(due[0].at, a, 1),
            Drained::Later(Due { at: end, transfer: a, use_number: 1 })
        );
        assert_eq!(network.drained(end, a, 1), Drained::Yes);
        network.stop(a);
        assert_eq!(network.drained(end, a, 1), Drained::Stale);
    }
}

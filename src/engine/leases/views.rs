//! What raylets know of each other (ray_syncer): each says what it has when that changed, at its own beat; in between
//! a raylet subtracts what it sends to others, whether it is used or not.

use crate::base::id::Id;
use crate::base::{Instant, NodeId, Span};
use crate::engine::core::Engine;
use crate::engine::timers::Timer;
use crate::model::Resources;
use crate::state::{Ghost, Ledger};

impl Engine<'_> {
    /// The resources of a node changed: it says so at its next beat.
    pub fn resources_changed(&mut self, node: NodeId) {
        if !self.leasing.on || self.leasing.raylets[node].report_planned {
            return;
        }
        let period = self.model.parameters.raylet_report_resources_period_milliseconds;
        let at = next_beat(self.now, self.leasing.raylets[node].phase, period);
        self.leasing.raylets[node].report_planned = true;
        self.timers.plan(at, Timer::Report(node));
    }

    /// The node's beat: it tells all others what it has.
    pub fn report(&mut self, node: NodeId) {
        self.leasing.raylets[node].report_planned = false;
        if self.state.nodes[node].raylet {
            self.say_resources(node);
        }
    }

    fn say_resources(&mut self, node: NodeId) {
        let now = self.now;
        self.leasing.said.copy_row(&self.state.ledger, node);
        self.node_told(node);
        self.leasing.reports += 1;
        let number = self.leasing.reports;
        let side = &mut self.leasing.raylets[node];
        (side.said_at, side.said_number, side.deducted) = (now, number, false);
        for other in self.state.nodes.ids().filter(|other| *other != node) {
            if !self.leasing.raylets[other].queue.is_empty() {
                self.dispatch(other);
            }
        }
    }

    /// Nothing was heard of a node for so long that it says again what it has.
    pub fn refresh_view(&mut self, node: NodeId) {
        self.leasing.raylets[node].refresh_planned = false;
        if !self.leasing.raylets[node].deducted || !self.state.nodes[node].raylet {
            return;
        }
        let due = self.refresh_due(node);
        if due <= self.now { self.say_resources(node) } else { self.plan_refresh(node, due) }
    }

    fn refresh_due(&self, node: NodeId) -> Instant {
        self.leasing.raylets[node].said_at
            + self.model.parameters.ray_syncer_message_refresh_interval_ms
    }

    fn plan_refresh(&mut self, node: NodeId, at: Instant) {
        self.leasing.raylets[node].refresh_planned = true;
        self.timers.plan(at, Timer::Refresh(node));
    }

    /// The view of `node`'s raylet, its own row as it is.
    pub fn view_of(&mut self, node: NodeId) -> &Ledger {
        let mut view = match self.leasing.raylets[node].view.take() {
            Some(view) => view,
            None => self.leasing.said.clone(),
        };
        // A view is brought up to date when somebody looks at it.
        let (seen, reports) = (self.leasing.raylets[node].seen_reports, self.leasing.reports);
        if seen < reports {
            for (other, side) in self.leasing.raylets.enumerate() {
                if side.said_number > seen {
                    view.copy_row(&self.leasing.said, other);
                }
            }
            self.leasing.raylets[node].seen_reports = reports;
        }
        view.copy_row(&self.state.ledger, node);
        for lease in &self.leasing.raylets[node].awaiting {
            let task = self.leasing.leases[*lease].task;
            view.take(node, self.state.takes(task));
        }
        self.leasing.raylets[node].view.insert(view)
    }

    /// Whether the node itself has room, those counted that wait for a process only.
    pub fn has_room(&mut self, node: NodeId, demand: &Resources) -> bool {
        match self.leasing.raylets[node].awaiting.is_empty() {
            true => self.state.ledger.is_available(node, demand),
            false => self.view_of(node).is_available(node, demand),
        }
    }

    /// `node`'s raylet sends somebody to `to`, and counts the room there as taken.
    pub fn deduct(&mut self, node: NodeId, to: NodeId, demand: &Resources) {
        if let Some(view) = &mut self.leasing.raylets[node].view {
            view.take(to, demand);
        }
        self.leasing.raylets[to].deducted = true;
        let refreshes = self.model.parameters.ray_syncer_message_refresh_interval_ms > Span::ZERO;
        if refreshes && !self.leasing.raylets[to].refresh_planned {
            let at = self.refresh_due(to).max(self.now);
            self.plan_refresh(to, at);
        }
    }

    /// A node that has room for `demand`, but not in the view of `node`'s raylet.
    pub fn ghost(&self, node: NodeId, demand: &Resources) -> Option<Ghost> {
        let view = self.leasing.raylets[node].view.as_ref()?;
        let hidden = |other: &NodeId| {
            *other != node
                && self.state.ledger.is_available(*other, demand)
                && !view.is_available(*other, demand)
        };
        let found = self.state.nodes.ids().find(hidden)?;
        Some(Ghost { node: found, age_ms: self.view_age(found) })
    }

    /// How long ago a node said what it has, in milliseconds.
    pub fn view_age(&self, node: NodeId) -> u32 {
        let age = self.now.since(self.leasing.raylets[node].said_at);
        u32::try_from(age.as_nanos() / 1_000_000).unwrap_or(u32::MAX)
    }

    /// The nodes that look to have room from `node`, a bit each; of large clusters nobody wants to know.
    pub fn looked_free(&self, node: NodeId, demand: &Resources) -> u32 {
        let nodes = self.state.nodes.ids();
        match &self.leasing.raylets[node].view {
            Some(view) if self.state.nodes.len() <= 32 => nodes
                .filter(|other| view.is_available(*other, demand))
                .fold(0, |bits, other| bits | 1 << other.index()),
            Some(_) | None => 0,
        }
    }

    /// A node joined: every raylet hears of it.
    pub fn raylet_joined(&mut self, node: NodeId) {
        let period = self.model.parameters.raylet_report_resources_period_milliseconds;
        self.leasing.add_node(period);
        self.leasing.said = self.leasing.said.grown(&self.state.ledger);
        for other in self.state.nodes.ids() {
            self.leasing.raylets[other].view = None;
        }
        if self.leasing.on {
            self.resources_changed(node);
            for other in self.state.nodes.ids() {
                self.dispatch(other);
            }
        }
    }
}

/// The first beat after `now`.
pub(in crate::engine) fn next_beat(now: Instant, phase: Instant, period: Span) -> Instant {
    if period == Span::ZERO {
        return now;
    }
    if now < phase {
        return phase;
    }
    let (since, length) = (now.since(phase).as_nanos(), period.as_nanos());
    phase + Span::from_nanos((since / length + 1) * length)
}

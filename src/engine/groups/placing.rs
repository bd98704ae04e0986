//! When the GCS tries to place groups, and where (gcs_placement_group_manager.cc): without a control plane whenever
//! something came free; with it when a group was created, when nodes came or went, and at its own beat.

use crate::base::rng::Stream;
use crate::base::{GroupId, Instant, NodeId, Span};
use crate::engine::core::Engine;
use crate::engine::leases::next_beat;
use crate::engine::timers::Timer;
use crate::policy;
use crate::state::{Event, GroupStatus, ObjectStatus};

impl Engine<'_> {
    /// The GCS can place the group from now on.
    pub fn group_due(&mut self, group: GroupId) {
        if self.state.groups[group].status == GroupStatus::Pending {
            self.groups.pending.push(group);
            self.wake_groups();
        }
    }

    /// The GCS tries the pending groups: one was created, a node came or went, or its period is over
    /// (gcs_placement_group_manager.cc, `Tick`). That room came free somewhere does not wake it.
    pub fn wake_groups(&mut self) {
        self.groups.awake = true;
        self.dirty = true;
    }

    /// The GCS's period is over.
    pub fn group_tick(&mut self) {
        self.groups.tick_planned = false;
        self.wake_groups();
    }

    fn plan_group_tick(&mut self) {
        let period = self.model.parameters.placement_group_tick;
        if self.groups.tick_planned || self.groups.pending.is_empty() || period == Span::ZERO {
            return;
        }
        let seed = self.options.seed;
        let draw = || {
            let nanos = Stream::new(seed, "groups", 0).below(period.as_nanos());
            Instant::from_nanos(nanos)
        };
        let phase = *self.groups.phase.get_or_insert_with(draw);
        self.groups.tick_planned = true;
        self.timers.plan(next_beat(self.now, phase, period), Timer::GroupTick);
    }

    /// A node said what it has: the GCS knows now what removed groups gave back there.
    pub fn node_told(&mut self, node: NodeId) {
        self.groups.untold.retain(|(other, _)| *other != node);
    }

    /// The node of a bundle died: such groups are tried before all others.
    pub fn reschedule_groups(&mut self) {
        let uprooted = self.state.groups.enumerate().filter(|(group, row)| {
            row.status == GroupStatus::Rescheduling && !self.groups.pending.contains(group)
        });
        let uprooted: Vec<GroupId> = uprooted.map(|(group, _)| group).collect();
        self.groups.pending.splice(0..0, uprooted);
        self.queues.nodes_changed();
        self.wake_groups();
    }

    /// Places every group whose bundles all fit now. Queued tasks come first: a raylet gives what became free away
    /// before the GCS hears of it.
    pub fn place_groups(&mut self) {
        while let Some(group) = self.groups.doomed.pop() {
            self.remove_group(group);
        }
        let on = self.leasing.on;
        if self.groups.pending.is_empty() || on && !std::mem::take(&mut self.groups.awake) {
            return;
        }
        let mut at = 0;
        while let Some(group) = self.groups.pending.get(at).copied() {
            match self.layout(group) {
                Some(nodes) => {
                    self.groups.pending.remove(at);
                    self.place_group(group, nodes);
                }
                None => at += 1,
            }
        }
        if on {
            self.plan_group_tick();
        }
    }

    /// Where the GCS would put the group, as far as it knows what is free.
    fn layout(&self, group: GroupId) -> Option<Vec<NodeId>> {
        let (state, row) = (&self.state, &self.state.groups[group]);
        if !self.leasing.on {
            return policy::groups::layout(state, &state.ledger, &[], row);
        }
        let mut known = state.ledger.clone();
        for (node, demand) in &self.groups.untold {
            known.take(*node, demand);
        }
        policy::groups::layout(state, &known, self.leasing.ranks(), row)
    }

    fn place_group(&mut self, group: GroupId, nodes: Vec<NodeId>) {
        let created = self.groups.records[group.number() as usize];
        let waited = self.records[created as usize].at < self.now;
        let freed = self.freed_record;
        let late = waited && freed != crate::trace::Record::NO_CAUSE;
        self.cause = if late { freed.max(created) } else { created };
        let record = self.record(Event::GroupPlaced { group, nodes: nodes.into() });
        self.cause = record;
        self.freed_record = record;
        self.dirty = true;
        self.queues.nodes_changed();
        self.bundles_changed(group);
        let (ready, owner) = {
            let spec = &self.state.groups[group].spec;
            (spec.ready, spec.owner)
        };
        if self.state.objects[ready].status == ObjectStatus::Pending {
            let node = self.owner_node(owner);
            let record = self.record(Event::ObjectCreated { object: ready, node, size: 0 });
            self.news.push_back((ready, record));
        }
    }
}

//! Placement groups at the GCS: created, tried in the order of creation whenever something is free, removed.

mod placing;

use crate::base::{ActorId, Amount, GroupId, Instant, NodeId, ResourceId, Span, TaskId};
use crate::engine::core::Engine;
use crate::engine::timers::Timer;
use crate::model::group::{BUNDLE, BUNDLE_SHARE, BUNDLE_TOTAL, offered_name};
use crate::model::labels::selector_text;
use crate::model::{Bundle, Caller, GroupSpec, Resources, Selector, Strategy, TaskKind};
use crate::process::{GroupRequest, Options, Reply, StrategyRequest, Value};
use crate::state::{ActorStatus, Event, Failure, FailureKind, GroupStatus, TaskStatus};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bundles of all groups together: each makes names of resources, which everything else looks up.
pub(super) const MOST_BUNDLES: usize = 4_096;

/// What the engine knows of placement groups besides their rows.
#[derive(Default)]
pub(super) struct Groups {
    /// Groups without a place, those tried first in front.
    pending: Vec<GroupId>,
    /// Groups whose creator is gone.
    doomed: Vec<GroupId>,
    /// The record that created each.
    records: Vec<u32>,
    bundles: usize,
    /// Whether the GCS is to try the pending groups.
    awake: bool,
    /// When in each period it tries those again that found no room.
    phase: Option<Instant>,
    tick_planned: bool,
    /// What removed groups gave back and their nodes have not told of.
    untold: Vec<(NodeId, Resources)>,
    /// Numbers of offered resources, so that their names are made once.
    offered: BTreeMap<(Option<ResourceId>, GroupId, Option<u32>), ResourceId>,
}

impl Engine<'_> {
    /// `ray.util.placement_group(...)`: the group is known at once, and placed as soon as its bundles fit.
    pub fn create_group(&mut self, caller: Caller, request: GroupRequest, line: u32) -> Reply {
        self.groups.bundles += request.bundles.len();
        if self.groups.bundles > MOST_BUNDLES {
            self.stop_at_limit("bundles");
            return Reply::Done;
        }
        let group = self.state.groups.next_id();
        let mut bundles = Vec::with_capacity(request.bundles.len());
        for (number, wishes) in request.bundles.iter().enumerate() {
            let mut demand = Resources::none();
            // Stores have room for bundles that ask for it, as Ray says when it warns of such bundles.
            for (name, amount) in wishes.iter().filter(|(name, _)| *name != "object_store_memory") {
                demand = demand.with(self.resource_id(name), *amount);
            }
            let selector = request.selectors.get(number).filter(|selector| !selector.is_empty());
            let offers = self.offers(group, number as u32, &demand);
            if let Some(selector) = selector {
                let id = self.resource_id(&selector.resource_name());
                demand = demand.with(id, Selector::share());
            }
            bundles.push(Bundle { demand, offers });
        }
        let ready = self.next_object();
        let (name, strategy) = (request.name, request.strategy);
        let spec = GroupSpec { id: group, name, owner: caller, line, strategy, bundles, ready };
        self.waits.add_object();
        let record = self.record(Event::GroupCreated(Arc::new(spec)));
        self.groups.records.push(record);
        // One round trip to prepare the bundles at their raylets and one to commit them.
        let parameters = &self.model.parameters;
        let hop = parameters.rpc_latency + parameters.wake_cost;
        let delay = hop + hop + hop + hop + parameters.gcs_service_cost;
        if delay == Span::ZERO {
            self.group_due(group);
        } else {
            self.timers.plan(self.now + delay, Timer::GroupDue(group));
        }
        Reply::Group(group)
    }

    /// What a request to the GCS costs its caller.
    pub fn gcs_cost(&self) -> Span {
        let parameters = &self.model.parameters;
        parameters.rpc_latency + parameters.rpc_latency + parameters.gcs_service_cost
    }

    /// The nodes of the group's bundles have other resources than before: they say so.
    fn bundles_changed(&mut self, group: GroupId) {
        let nodes: Vec<NodeId> = self.state.groups[group].placed().map(|(_, node)| node).collect();
        nodes.into_iter().for_each(|node| self.resources_changed(node));
    }

    /// `pg.ready()`, whose value is `value`; asked by `pg.wait`, nothing for a group that was removed.
    pub fn group_ready(&mut self, group: GroupId, value: Value, waits: bool) -> Reply {
        let Some(row) = self.state.groups.get(group) else { return Reply::Refs(Vec::new()) };
        if waits && row.status == GroupStatus::Removed {
            return Reply::Refs(Vec::new());
        }
        let ready = row.spec.ready;
        self.values.entry(ready).or_insert(value);
        Reply::Refs(vec![ready])
    }

    /// `remove_placement_group`: workers of the group are killed, its bundles go back to their nodes.
    pub fn remove_group(&mut self, group: GroupId) {
        let known = self.state.groups.get(group);
        if known.is_none_or(|row| row.status == GroupStatus::Removed) {
            return;
        }
        self.cause = self.groups.records[group.number() as usize];
        self.groups.pending.retain(|pending| *pending != group);
        for actor in self.actors_of(group) {
            if let ActorStatus::Alive { .. } = self.state.actors[actor].status {
                self.actor_worker_died(
                    actor,
                    "The actor died because its placement group was removed.",
                );
            }
        }
        let mut again = Vec::new();
        for task in self.tasks_of(group) {
            let Some(worker) = self.state.tasks[task].status.worker() else { continue };
            let message = "The worker was killed because its placement group was removed.";
            again.extend(self.crash(task, message));
            self.record(Event::WorkerDied { worker });
        }
        // Workers on lease for the group hold a part of its bundles, even those that have no task now.
        for worker in self.state.workers.ids() {
            let row = &self.state.workers[worker];
            let of_group = row.lease.as_ref().is_some_and(|held| {
                matches!(held.shape.strategy, Strategy::PlacementGroup { group: other, .. } if other == group)
            });
            if row.alive && of_group {
                self.record(Event::WorkerDied { worker });
            }
        }
        self.bundles_changed(group);
        if self.leasing.on {
            let row = &self.state.groups[group];
            let held =
                row.placed().map(|(bundle, node)| (node, row.spec.bundles[bundle].demand.clone()));
            let held: Vec<_> = held.collect();
            self.groups.untold.extend(held);
        }
        let record = self.record(Event::GroupRemoved { group });
        self.cause = record;
        self.freed_record = record;
        self.dirty = true;
        self.queues.nodes_changed();
        let ready = self.state.groups[group].spec.ready;
        self.fail_pending(ready, &Arc::new(removed(FailureKind::TaskGroupRemoved)));
        for task in again {
            self.resubmit(task, false);
        }
    }

    /// An actor is gone for good, and the groups that it created with it.
    pub fn doom_groups_of(&mut self, actor: ActorId) {
        let own = |owner: Caller| match owner {
            Caller::Driver => false,
            Caller::Task(task) => match self.state.tasks[task].spec.kind {
                TaskKind::ActorCreation(one) | TaskKind::ActorCall(one) => one == actor,
                TaskKind::Normal => false,
            },
        };
        let groups = self.state.groups.enumerate().filter(|(_, row)| own(row.spec.owner));
        let groups: Vec<GroupId> = groups.map(|(group, _)| group).collect();
        self.dirty |= !groups.is_empty();
        self.groups.doomed.extend(groups);
    }

    fn actors_of(&self, group: GroupId) -> Vec<ActorId> {
        let inside = |creation: TaskId| self.group_of(creation) == Some(group);
        let rows = self.state.actors.enumerate();
        rows.filter(|(_, row)| inside(row.creation)).map(|(actor, _)| actor).collect()
    }

    fn tasks_of(&self, group: GroupId) -> Vec<TaskId> {
        let ids = self.state.tasks.enumerate().filter(|(_, row)| row.status.worker().is_some());
        let ids: Vec<TaskId> = ids.map(|(task, _)| task).collect();
        ids.into_iter().filter(|task| self.group_of(*task) == Some(group)).collect()
    }

    fn group_of(&self, task: TaskId) -> Option<GroupId> {
        match self.state.tasks.get(task)?.spec.shape.strategy {
            Strategy::PlacementGroup { group, .. } => Some(group),
            Strategy::Default | Strategy::Spread | Strategy::NodeAffinity { .. } => None,
        }
    }

    /// A task or an actor that is to run in a group that was removed.
    pub fn refuse_in_removed_group(&mut self, task: TaskId) {
        let kind = match self.state.tasks[task].spec.kind {
            TaskKind::ActorCreation(_) => FailureKind::ActorGroupRemoved,
            TaskKind::Normal | TaskKind::ActorCall(_) => FailureKind::TaskGroupRemoved,
        };
        self.fail_for_good(task, Arc::new(removed(kind).in_task(task)));
    }

    /// Whether a process goes on after what it asked for: it may have ended itself.
    pub fn goes_on(&self, caller: Caller) -> bool {
        match caller {
            Caller::Driver => true,
            Caller::Task(task) => {
                matches!(self.state.tasks[task].status, TaskStatus::Running { .. })
            }
        }
    }

    /// A task that names no strategy belongs to the group of the task that submits it, if that one captures its own.
    pub fn capture_group(&self, caller: Caller, options: &mut Options) {
        let Caller::Task(task) = caller else { return };
        if options.strategy_given {
            return;
        }
        let by = match self.state.tasks[task].spec.kind {
            TaskKind::ActorCall(actor) => self.state.actors[actor].creation,
            TaskKind::Normal | TaskKind::ActorCreation(_) => task,
        };
        let strategy = self.state.tasks[by].spec.shape.strategy;
        if let Strategy::PlacementGroup { group, capture: true, .. } = strategy {
            options.strategy =
                StrategyRequest::PlacementGroup { group, bundle: None, capture: true };
        }
    }

    /// What a task in a group asks for: the group's own resources under their names
    /// (`AddPlacementGroupConstraint`, placement_group_util.h).
    pub fn demand_in_group(
        &mut self,
        demand: &Resources,
        group: GroupId,
        bundle: Option<u32>,
    ) -> Resources {
        let mut inside = Resources::none();
        let wishes = demand.iter().map(|(id, amount)| (Some(id), amount));
        for (id, amount) in wishes.chain([(None, BUNDLE_SHARE)]) {
            inside = inside.with(self.offered(id, group, None), amount);
            if bundle.is_some() {
                inside = inside.with(self.offered(id, group, bundle), amount);
            }
        }
        inside
    }

    /// What a node offers for a bundle.
    fn offers(&mut self, group: GroupId, bundle: u32, demand: &Resources) -> Resources {
        let mut offers = Resources::none();
        let parts = demand.iter().map(|(id, amount)| (Some(id), amount));
        for (id, amount) in parts.chain([(None, Amount::whole(BUNDLE_TOTAL))]) {
            offers = offers.with(self.offered(id, group, Some(bundle)), amount);
            offers = offers.with(self.offered(id, group, None), amount);
        }
        offers
    }

    /// The group's name for a resource, or for the bundle itself.
    fn offered(
        &mut self,
        id: Option<ResourceId>,
        group: GroupId,
        bundle: Option<u32>,
    ) -> ResourceId {
        if let Some(known) = self.groups.offered.get(&(id, group, bundle)) {
            return *known;
        }
        let resource = id.map_or(BUNDLE, |id| &*self.state.resource_names[id]);
        let name = offered_name(resource, group, bundle.map(|n| n as usize));
        let offered = self.resource_id(&name);
        self.groups.offered.insert((id, group, bundle), offered);
        offered
    }

    /// The number of a resource's name. Names that no node has get one too; nothing will ever hold them.
    pub fn resource_id(&mut self, name: &str) -> ResourceId {
        let known = self.state.resource_names.enumerate().find(|(_, known)| &***known == name);
        match known.map(|(id, _)| id) {
            Some(id) => id,
            None => {
                let id = self.state.resource_names.next_id();
                self.record(Event::ResourceNamed { name: name.into() });
                // Nodes may have it at once, if it stands for a selector.
                self.queues.nodes_changed();
                id
            }
        }
    }

    /// A group that has no place, for the report of a run that cannot go on.
    pub fn homeless_group(&self) -> Option<String> {
        let group = *self.groups.pending.first()?;
        let spec = &self.state.groups[group].spec;
        let name = |id| self.state.resource_names[id].clone();
        let bundle = |bundle: &Bundle| {
            let wish = |(id, amount): (ResourceId, Amount)| match selector_text(&name(id)) {
                Some(selector) => format!("a node with {selector}"),
                None => format!("{amount} {}", name(id)),
            };
            let wishes: Vec<String> = bundle.demand.iter().map(wish).collect();
            format!("{{{}}}", wishes.join(", "))
        };
        let bundles: Vec<String> = spec.bundles.iter().take(4).map(bundle).collect();
        let more = if spec.bundles.len() > 4 { ", ..." } else { "" };
        let layout = spec.strategy.ray_name();
        Some(format!(
            "the placement group of line {} ({layout}: {}{more}) has no place",
            spec.line,
            bundles.join(", ")
        ))
    }
}

/// The failure that Ray raises, in its own words (python/ray/exceptions.py).
fn removed(kind: FailureKind) -> Failure {
    let whom = if kind == FailureKind::ActorGroupRemoved { "Actor" } else { "task" };
    let message = format!("The placement group corresponding to this {whom} has been removed.");
    Failure::new(kind, message)
}

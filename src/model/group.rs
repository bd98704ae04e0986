//! Placement groups: bundles of resources that are reserved together, and the names that a reserved bundle goes by.
//!
//! As in Ray, a bundle that was placed becomes resources of its node: `CPU_group_0_<id>` is the CPU of bundle 0 and
//! `CPU_group_<id>` the CPU of all bundles of the group on that node. A task in the group asks for those names.

use crate::base::{Amount, GroupId, ObjectId};
use crate::model::cluster::Resources;
use crate::model::task::Caller;
use std::sync::Arc;

/// The resource that every bundle has a thousand of, so that a task that asks for nothing is bound to it too.
pub const BUNDLE: &str = "bundle";
/// How much of it a bundle has.
pub const BUNDLE_TOTAL: u64 = 1_000;
/// How much of it a task takes.
pub const BUNDLE_SHARE: Amount = Amount::from_units(10);

/// How the bundles of a group are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupStrategy {
    /// As few nodes as possible.
    Pack,
    /// As many nodes as possible.
    Spread,
    /// One node, or none.
    StrictPack,
    /// A node for each bundle, or none.
    StrictSpread,
}

impl GroupStrategy {
    /// Ray's name for it.
    pub fn ray_name(self) -> &'static str {
        match self {
            GroupStrategy::Pack => "PACK",
            GroupStrategy::Spread => "SPREAD",
            GroupStrategy::StrictPack => "STRICT_PACK",
            GroupStrategy::StrictSpread => "STRICT_SPREAD",
        }
    }

    /// The strategy of that name.
    pub fn from_ray_name(name: &str) -> Option<GroupStrategy> {
        use GroupStrategy::{Pack, Spread, StrictPack, StrictSpread};
        [Pack, Spread, StrictPack, StrictSpread].into_iter().find(|known| known.ray_name() == name)
    }
}

/// One bundle.
#[derive(Clone, PartialEq, Debug)]
pub struct Bundle {
    /// What it takes from its node.
    pub demand: Resources,
    /// What the node offers instead, under the group's own names.
    pub offers: Resources,
}

/// A placement group as it was created.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupSpec {
    /// Its number.
    pub id: GroupId,
    /// Its name, if it was given one.
    pub name: Option<Arc<str>>,
    /// Who created it.
    pub owner: Caller,
    /// The line of the program that did.
    pub line: u32,
    /// How its bundles are laid out.
    pub strategy: GroupStrategy,
    /// Its bundles.
    pub bundles: Vec<Bundle>,
    /// The object that exists once all bundles have their place: `pg.ready()`.
    pub ready: ObjectId,
}

/// The 36 hex digits by which a program names a group: its number and the job's, as in Ray.
pub fn group_hex(group: GroupId) -> String {
    format!("{:028x}01000000", u64::from(group.number()) + 1)
}

/// The name of a resource of one bundle, or of all bundles on a node.
pub fn offered_name(resource: &str, group: GroupId, bundle: Option<usize>) -> String {
    match bundle {
        Some(bundle) => format!("{resource}_group_{bundle}_{}", group_hex(group)),
        None => format!("{resource}_group_{}", group_hex(group)),
    }
}

/// Whether the name is that of a group's CPU. Like CPU itself it is lent to others while a worker is blocked
/// (`IsCPUOrPlacementGroupCPUResource`, local_lease_manager.cc).
pub fn is_group_cpu(name: &str) -> bool {
    name.starts_with("CPU_group_")
}

/// Whether the name is that of the CPU of all bundles of a group, which every task of the group takes once.
pub fn is_whole_group_cpu(name: &str) -> bool {
    name.strip_prefix("CPU_group_").is_some_and(|rest| !rest.contains('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rays() {
        let group = GroupId::new(0);
        assert_eq!(group_hex(group).len(), 36);
        let hex = "000000000000000000000000000101000000";
        assert_eq!(offered_name("CPU", group, Some(2)), format!("CPU_group_2_{hex}"));
        assert_eq!(offered_name("CPU", group, None), format!("CPU_group_{hex}"));
        assert!(is_group_cpu(&offered_name("CPU", group, None)));
        assert!(!is_group_cpu("CPU"));
        assert_eq!(GroupStrategy::from_ray_name("STRICT_PACK"), Some(GroupStrategy::StrictPack));
        assert_eq!(GroupStrategy::from_ray_name("pack"), None);
    }
}

//! Which rows there are: a lane each, or a node each where there are too many lanes, with the lanes of the nodes
//! that were opened.

use rayscope::base::NodeId;
use rayscope::chart::timeline::Timeline;
use std::collections::BTreeSet;

/// More lanes than these are told by node at first.
pub const MOST_LANES: usize = 64;

/// A row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Row {
    /// The lane with that index.
    Lane(u32),
    /// The node with that number: how many of its slots are busy.
    Node(u32),
}

/// The rows from top to bottom, made again only when a node is opened or closed.
#[derive(Default)]
pub struct Rows {
    list: Vec<Row>,
    /// Nodes whose lanes are shown.
    open: BTreeSet<NodeId>,
    by_node: bool,
}

impl Rows {
    /// The rows of another run.
    pub fn of(timeline: &Timeline) -> Rows {
        let by_node = timeline.lanes.len() > MOST_LANES;
        let mut rows = Rows { by_node, ..Rows::default() };
        rows.fill(timeline);
        rows
    }

    fn fill(&mut self, timeline: &Timeline) {
        self.list.clear();
        self.list.push(Row::Lane(0));
        for (number, node) in timeline.nodes.iter().enumerate() {
            if self.by_node {
                self.list.push(Row::Node(number as u32));
            }
            if !self.by_node || self.open.contains(&node.node) {
                self.list.extend(node.lanes.clone().map(|lane| Row::Lane(lane as u32)));
            }
        }
    }

    /// Whether nodes have rows of their own.
    pub fn by_node(&self) -> bool {
        self.by_node
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The row with that number from above.
    pub fn get(&self, number: usize) -> Option<Row> {
        self.list.get(number).copied()
    }

    /// Whether the lanes of a node are shown.
    pub fn is_open(&self, node: NodeId) -> bool {
        self.open.contains(&node)
    }

    /// Shows the lanes of a node, or no longer.
    pub fn toggle(&mut self, timeline: &Timeline, node: NodeId) {
        if !self.open.remove(&node) {
            self.open.insert(node);
        }
        self.fill(timeline);
    }

    /// The number of the row of a lane; opens its node if it must.
    pub fn reveal(&mut self, timeline: &Timeline, lane: usize) -> Option<usize> {
        let owner = timeline.nodes.iter().find(|node| node.lanes.contains(&lane));
        if let Some(node) = owner.filter(|node| self.by_node && !self.is_open(node.node)) {
            self.toggle(timeline, node.node);
        }
        self.find(Row::Lane(lane as u32))
    }

    /// The number of a row.
    pub fn find(&self, row: Row) -> Option<usize> {
        self.list.iter().position(|known| *known == row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::tests::harness::scenario_run;

    #[test]
    fn a_few_lanes_are_all_rows() {
        let timeline = Timeline::of(&scenario_run("lesson/add_arrays").history);
        let rows = Rows::of(&timeline);
        assert!(!rows.by_node() && rows.len() == timeline.lanes.len());
    }

    #[test]
    fn many_lanes_open_by_node() {
        let timeline = Timeline::of(&scenario_run("workflows/thousand").history);
        let mut rows = Rows::of(&timeline);
        assert!(rows.by_node());
        assert_eq!(rows.len(), 1 + timeline.nodes.len());
        let lane = timeline.nodes[2].lanes.start + 1;
        assert_eq!(rows.reveal(&timeline, lane), Some(5));
        assert_eq!(
            (rows.get(3), rows.get(4)),
            (Some(Row::Node(2)), Some(Row::Lane(lane as u32 - 1)))
        );
        assert!(rows.is_open(NodeId::new(2)));
        rows.toggle(&timeline, NodeId::new(2));
        assert_eq!(rows.len(), 1 + timeline.nodes.len());
    }
}

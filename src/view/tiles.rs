//! How the panels are arranged: tiles that can be dragged and resized, and three arrangements to begin from.

use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tiles};
use serde::{Deserialize, Serialize};

/// A panel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Pane {
    /// The cluster.
    Scene,
    /// Lanes of workers and links over time.
    Timeline,
    /// The task graph.
    Graph,
    /// The program and its output.
    Program,
    /// What blocked calls wait for.
    Trays,
    /// The tables of the Global Control Store.
    Tables,
    /// All events.
    Events,
    /// All about the selection.
    Inspector,
    /// Numbers over time.
    Plots,
}

impl Pane {
    /// Every panel.
    pub const ALL: [Pane; 9] = [
        Pane::Scene,
        Pane::Timeline,
        Pane::Graph,
        Pane::Program,
        Pane::Trays,
        Pane::Tables,
        Pane::Events,
        Pane::Inspector,
        Pane::Plots,
    ];

    /// What stands on its tab.
    pub fn name(self) -> &'static str {
        match self {
            Pane::Scene => "Cluster",
            Pane::Timeline => "Timeline",
            Pane::Graph => "Task graph",
            Pane::Program => "Program",
            Pane::Trays => "Waiting",
            Pane::Tables => "Tables",
            Pane::Events => "Events",
            Pane::Inspector => "Inspector",
            Pane::Plots => "Plots",
        }
    }
}

/// An arrangement to begin from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Preset {
    /// The cluster large, the program and the inspector beside it.
    #[default]
    Lesson,
    /// The timeline large.
    Timeline,
    /// Plots, tables and events.
    Numbers,
}

/// The panels in their places.
pub type Tree = egui_tiles::Tree<Pane>;

/// The arrangement as it comes.
pub fn preset(preset: Preset) -> Tree {
    let mut tiles = Tiles::default();
    let root = match preset {
        Preset::Lesson => {
            // The scene is as wide as it is high twice: beside it there is room, below it there is none.
            let seen = [Pane::Scene, Pane::Graph, Pane::Timeline, Pane::Plots];
            let scene = tabs(&mut tiles, &seen);
            let program = tabs(&mut tiles, &[Pane::Program, Pane::Trays]);
            let facts = tabs(&mut tiles, &[Pane::Inspector, Pane::Events, Pane::Tables]);
            let parts = [(program, 1.0), (facts, 1.1)];
            let right = split(&mut tiles, LinearDir::Vertical, &parts);
            split(&mut tiles, LinearDir::Horizontal, &[(scene, 2.75), (right, 1.0)])
        }
        Preset::Timeline => {
            let lanes = tabs(&mut tiles, &[Pane::Timeline]);
            let scene = tabs(&mut tiles, &[Pane::Scene, Pane::Program, Pane::Trays]);
            let graph = tabs(&mut tiles, &[Pane::Graph, Pane::Plots]);
            let below = split(&mut tiles, LinearDir::Horizontal, &[(scene, 1.0), (graph, 1.0)]);
            let left = split(&mut tiles, LinearDir::Vertical, &[(lanes, 1.2), (below, 1.0)]);
            let right = tabs(&mut tiles, &[Pane::Inspector, Pane::Events, Pane::Tables]);
            split(&mut tiles, LinearDir::Horizontal, &[(left, 2.8), (right, 1.0)])
        }
        Preset::Numbers => {
            let plots = tabs(&mut tiles, &[Pane::Plots, Pane::Timeline]);
            let tables = tabs(&mut tiles, &[Pane::Tables]);
            let left = split(&mut tiles, LinearDir::Vertical, &[(plots, 1.0), (tables, 1.0)]);
            let events = tabs(&mut tiles, &[Pane::Events, Pane::Scene, Pane::Graph]);
            let others = [Pane::Inspector, Pane::Program, Pane::Trays];
            let inspector = tabs(&mut tiles, &others);
            let right = split(&mut tiles, LinearDir::Vertical, &[(events, 1.0), (inspector, 1.0)]);
            split(&mut tiles, LinearDir::Horizontal, &[(left, 1.2), (right, 1.0)])
        }
    };
    Tree::new("tiles", root, tiles)
}

/// All panels as tabs, for windows too small to be split.
pub fn narrow() -> Tree {
    Tree::new_tabs("narrow tiles", Pane::ALL.to_vec())
}

fn tabs(tiles: &mut Tiles<Pane>, panes: &[Pane]) -> TileId {
    let children = panes.iter().map(|pane| tiles.insert_pane(*pane)).collect();
    tiles.insert_tab_tile(children)
}

fn split(tiles: &mut Tiles<Pane>, dir: LinearDir, parts: &[(TileId, f32)]) -> TileId {
    let mut linear = Linear::new(dir, parts.iter().map(|(tile, _)| *tile).collect());
    for (tile, share) in parts {
        linear.shares.set_share(*tile, *share);
    }
    tiles.insert_container(Container::Linear(linear))
}

/// Whether the tree holds every panel exactly once: a file on disk can say anything.
pub fn is_whole(tree: &Tree) -> bool {
    let mut found: Vec<Pane> = tree
        .tiles
        .tiles()
        .filter_map(|tile| match tile {
            Tile::Pane(pane) => Some(*pane),
            Tile::Container(_) => None,
        })
        .collect();
    found.sort();
    tree.root().is_some() && found == Pane::ALL
}

/// Whether the panel can be seen: its tab is in front, and it was not taken away.
pub fn is_open(tree: &Tree, pane: Pane) -> bool {
    tree.tiles.find_pane(&pane).is_some_and(|tile| tree.active_tiles().contains(&tile))
}

/// Brings the panel to the front.
pub fn reveal(tree: &mut Tree, pane: Pane) {
    if let Some(tile) = tree.tiles.find_pane(&pane) {
        tree.set_visible(tile, true);
        tree.make_active(|id, _| id == tile);
    }
}

/// Takes an open panel away, or brings it to the front.
pub fn toggle(tree: &mut Tree, pane: Pane) {
    match tree.tiles.find_pane(&pane) {
        Some(tile) if is_open(tree, pane) => tree.set_visible(tile, false),
        Some(_) | None => reveal(tree, pane),
    }
}

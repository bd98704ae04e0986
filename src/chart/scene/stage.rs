//! Makes scenes: the furniture and the task graph are laid out once a run, the rest at each moment.

use crate::base::TaskId;
use crate::chart::functions::Functions;
use crate::chart::geometry::{Point, Rect};
use crate::chart::graph::Graph;
use crate::chart::scene::furniture::{Detail, Furniture};
use crate::chart::scene::moment::Moment;
use crate::chart::scene::{Arrow, ArrowKind, Bubble, Cell, Figure, Key, Scene};
use crate::chart::scene::{arrows, cells, gcs, program, say, tokens};
use crate::replay::History;
use crate::state::State;
use std::collections::BTreeMap;

/// What all scenes of one run share.
pub struct Stage {
    pub(super) furniture: Furniture,
    pub(super) graph: Graph,
    functions: Functions,
}

impl Stage {
    /// Lays out the furniture and the graph of a run.
    pub fn new(history: &History) -> Stage {
        let furniture = Furniture::of(history);
        let aspect = furniture.graph.w / furniture.graph.h;
        let graph = Graph::small(history, program::MOST_BOXES, aspect);
        Stage { furniture, graph, functions: Functions::of(history) }
    }

    /// The picture at a step: of the story's stop of that number, or of the last record before it.
    /// `state` is the state at that step.
    pub fn scene(
        &self,
        history: &History,
        state: &State,
        step: usize,
        stop: Option<usize>,
    ) -> Scene {
        let moment = Moment::new(history, state, step, stop);
        let mut drawing = Drawing::new();
        if moment.is_program_alone() {
            program::graph_alone(self, &moment, &mut drawing);
        } else {
            self.furnished(&moment, &mut drawing);
        }
        say::bubbles(self, &moment, &mut drawing);
        Scene { size: self.furniture.size, ..drawing.scene }
    }

    fn furnished(&self, moment: &Moment, drawing: &mut Drawing) {
        match self.furniture.detail {
            Detail::Roomy | Detail::Dense => {
                tokens::nodes(self, moment, drawing);
                gcs::sheets(self, moment, drawing);
                program::graph(self, moment, drawing);
                program::code(self, moment, drawing);
                tokens::contents(self, moment, drawing);
                arrows::furniture(self, drawing);
            }
            Detail::Cells | Detail::Strips => {
                cells::nodes(self, moment, drawing);
                gcs::sheets(self, moment, drawing);
                program::graph(self, moment, drawing);
                program::code(self, moment, drawing);
            }
        }
        arrows::told(self, moment, drawing);
    }

    /// The number of a task's function.
    pub fn function_of(&self, task: TaskId) -> u32 {
        self.functions.number(task)
    }

    /// Where the furniture stands.
    pub fn furniture(&self) -> &Furniture {
        &self.furniture
    }
}

/// A scene that is being made, with its figures by key.
pub(super) struct Drawing {
    scene: Scene,
    places: BTreeMap<Key, usize>,
}

impl Drawing {
    fn new() -> Drawing {
        Drawing { scene: Scene::default(), places: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, figure: Figure) {
        self.places.insert(figure.key, self.scene.figures.len());
        self.scene.figures.push(figure);
    }

    /// Where the figure with that key is.
    pub(super) fn rect(&self, key: Key) -> Option<Rect> {
        self.places.get(&key).map(|at| self.scene.figures[*at].rect)
    }

    pub(super) fn freshen(&mut self, key: Key) {
        if let Some(at) = self.places.get(&key) {
            self.scene.figures[*at].fresh = true;
        }
    }

    pub(super) fn cell(&mut self, cell: Cell) {
        self.scene.cells.push(cell);
    }

    pub(super) fn arrow(&mut self, arrow: Arrow) {
        self.scene.arrows.push(arrow);
    }

    /// An arrow from box to box, from edge to edge.
    pub(super) fn join(&mut self, kind: ArrowKind, from: Rect, to: Rect, carries: Option<Key>) {
        let points = vec![from.edge_toward(to.center()), to.edge_toward(from.center())];
        let fresh = !matches!(kind, ArrowKind::Edge | ArrowKind::Report | ArrowKind::Wire);
        self.arrow(Arrow { kind, points, fresh, carries });
    }

    pub(super) fn line(&mut self, kind: ArrowKind, points: Vec<Point>) {
        self.arrow(Arrow { kind, points, fresh: false, carries: None });
    }

    pub(super) fn bubble(&mut self, bubble: Bubble) {
        self.scene.bubbles.push(bubble);
    }

    pub(super) fn note(&mut self, note: String) {
        self.scene.notes.push(note);
    }
}

//! Places for the boxes of a layered graph, and ways for its edges.
//!
//! Sugiyama's plan: layers are given; an edge over several layers gets a bend in each; within a layer, boxes are
//! ordered by the mean place of their neighbours (barycentre), and moved as near to it as the others let them.
//! "As near" is in least squares with the order kept, which pooling adjacent violators solves exactly.
//! Unconnected parts are laid out for themselves and put together like lines of text.

use crate::chart::geometry::{Point, Rect, Size};

const GAP_X: f32 = 22.0;
const GAP_Y: f32 = 36.0;
const GAP_PARTS: f32 = 30.0;
const MARGIN: f32 = 10.0;
/// The width that is kept free for an edge on its way through a layer.
const BEND: f32 = 4.0;
/// With more bends than these, edges are drawn straight: nobody follows them, and they would cost the most.
const MOST_BENDS: usize = 10_000;
/// Sweeps that change the order, then sweeps that only move. The last one goes down: an object stands below its task.
const ORDERING: usize = 12;
const MOVING: usize = 9;

/// A graph without places. Every edge leads to a later layer.
pub(super) struct Plan<'a> {
    pub sizes: &'a [Size],
    pub layers: &'a [u32],
    pub edges: &'a [(u32, u32)],
}

/// Where everything is.
pub(super) struct Places {
    pub rects: Vec<Rect>,
    /// One for each edge.
    pub routes: Vec<Vec<Point>>,
    pub size: Size,
}

/// Finds the places of all, in a picture of about that width to height.
pub(super) fn arrange(plan: &Plan, aspect: f32) -> Places {
    let span = |(from, to): &(u32, u32)| {
        plan.layers[*to as usize].saturating_sub(plan.layers[*from as usize]) as usize
    };
    let bends = plan.edges.iter().map(span).fold(0, usize::saturating_add) <= MOST_BENDS;
    let mut places = Places {
        rects: vec![Rect::default(); plan.sizes.len()],
        routes: vec![Vec::new(); plan.edges.len()],
        size: Size::default(),
    };
    let mut sheets: Vec<Sheet> =
        parts(plan).into_iter().map(|part| Sheet::of(plan, part, bends)).collect();
    sheets.iter_mut().for_each(Sheet::lay);
    let sizes: Vec<Size> = sheets.iter().map(|sheet| sheet.size).collect();
    let (corners, size) = pack(&sizes, aspect);
    for (sheet, corner) in sheets.iter().zip(corners) {
        sheet.copy_to(&mut places, corner);
    }
    places.size = size;
    places
}

/// The vertices and edges of a connected part.
#[derive(Default)]
struct Part {
    vertices: Vec<u32>,
    edges: Vec<u32>,
}

/// The connected parts, in the order of their first vertices.
fn parts(plan: &Plan) -> Vec<Part> {
    let mut root: Vec<u32> = (0..plan.sizes.len() as u32).collect();
    for (from, to) in plan.edges {
        let (a, b) = (root_of(&mut root, *from), root_of(&mut root, *to));
        root[a.max(b) as usize] = a.min(b);
    }
    let mut number = vec![u32::MAX; root.len()];
    let mut parts: Vec<Part> = Vec::new();
    for vertex in 0..root.len() as u32 {
        let root = root_of(&mut root, vertex) as usize;
        if number[root] == u32::MAX {
            number[root] = parts.len() as u32;
            parts.push(Part::default());
        }
        parts[number[root] as usize].vertices.push(vertex);
    }
    for (edge, (from, _)) in plan.edges.iter().enumerate() {
        let root = root_of(&mut root, *from) as usize;
        parts[number[root] as usize].edges.push(edge as u32);
    }
    parts
}

fn root_of(root: &mut [u32], vertex: u32) -> u32 {
    let mut at = vertex;
    while root[at as usize] != at {
        root[at as usize] = root[root[at as usize] as usize];
        at = root[at as usize];
    }
    at
}

/// A connected part while it is laid out.
struct Sheet {
    vertices: Vec<Vertex>,
    /// From top to bottom, each from left to right.
    rows: Vec<Vec<u32>>,
    /// Upper and lower edge of each row.
    bands: Vec<(f32, f32)>,
    /// For each edge of the plan its way through the vertices here.
    ways: Vec<(u32, Vec<u32>)>,
    size: Size,
}

/// A box, or the bend of an edge.
struct Vertex {
    /// Its number in the plan, if it is a box.
    number: Option<u32>,
    size: Size,
    row: usize,
    /// Its middle.
    x: f32,
    up: Vec<u32>,
    down: Vec<u32>,
}

impl Sheet {
    fn of(plan: &Plan, part: Part, bends: bool) -> Sheet {
        let mut layers: Vec<u32> =
            part.vertices.iter().map(|vertex| plan.layers[*vertex as usize]).collect();
        layers.sort_unstable();
        layers.dedup();
        let mut sheet = Sheet {
            vertices: Vec::with_capacity(part.vertices.len()),
            rows: vec![Vec::new(); layers.len()],
            bands: Vec::new(),
            ways: Vec::with_capacity(part.edges.len()),
            size: Size::default(),
        };
        for number in &part.vertices {
            let layer = plan.layers[*number as usize];
            let row = layers.partition_point(|known| *known < layer);
            sheet.add(Some(*number), plan.sizes[*number as usize], row);
        }
        // The numbers of a part ascend.
        let local = |number: u32| part.vertices.partition_point(|known| *known < number) as u32;
        for edge in &part.edges {
            let (from, to) = plan.edges[*edge as usize];
            sheet.connect(*edge, local(from), local(to), bends);
        }
        sheet
    }

    fn add(&mut self, number: Option<u32>, size: Size, row: usize) -> u32 {
        let at = self.vertices.len() as u32;
        // At first side by side, in the order in which they come.
        let last = self.rows[row].last().map(|last| &self.vertices[*last as usize]);
        let x = last.map_or(0.0, |last| last.x + apart(last.size.w, size.w));
        self.rows[row].push(at);
        self.vertices.push(Vertex { number, size, row, x, up: Vec::new(), down: Vec::new() });
        at
    }

    fn connect(&mut self, edge: u32, from: u32, to: u32, bends: bool) {
        let rows = (self.vertices[from as usize].row + 1)..self.vertices[to as usize].row;
        let mut way = vec![from];
        if bends {
            way.extend(rows.map(|row| self.add(None, Size { w: BEND, h: 0.0 }, row)));
        }
        way.push(to);
        for pair in way.windows(2) {
            self.vertices[pair[0] as usize].down.push(pair[1]);
            self.vertices[pair[1] as usize].up.push(pair[0]);
        }
        self.ways.push((edge, way));
    }

    fn lay(&mut self) {
        for sweep in 0..ORDERING + MOVING {
            let downward = sweep % 2 == 0;
            for at in 0..self.rows.len() {
                let row = if downward { at } else { self.rows.len() - 1 - at };
                self.settle(row, downward, sweep < ORDERING);
            }
        }
        self.close_up();
    }

    /// Moves the boxes of a row to where their neighbours in the row before want them.
    fn settle(&mut self, row: usize, downward: bool, reorder: bool) {
        let mut line = std::mem::take(&mut self.rows[row]);
        let mut wished: Vec<(f32, u32)> =
            line.iter().map(|vertex| (self.wish(*vertex, downward), *vertex)).collect();
        if reorder {
            wished.sort_by(|a, b| a.0.total_cmp(&b.0));
            line.clear();
            line.extend(wished.iter().map(|(_, vertex)| *vertex));
        }
        let mut offset = 0.0;
        let mut pools: Vec<Pool> = Vec::new();
        let mut offsets = Vec::with_capacity(line.len());
        for (at, (wish, vertex)) in wished.iter().enumerate() {
            if at > 0 {
                let before = &self.vertices[wished[at - 1].1 as usize];
                offset += apart(before.size.w, self.vertices[*vertex as usize].size.w);
            }
            offsets.push(offset);
            // Bends pull harder, so that long edges become straight.
            let weight = if self.vertices[*vertex as usize].number.is_some() { 1.0 } else { 2.0 };
            let mut pool = Pool { weight, sum: (wish - offset) * weight, count: 1 };
            while let Some(last) = pools.last()
                && last.mean() > pool.mean()
            {
                pool = pool.with(last);
                pools.pop();
            }
            pools.push(pool);
        }
        let means = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.mean(), pool.count));
        for ((mean, offset), vertex) in means.zip(offsets).zip(&line) {
            self.vertices[*vertex as usize].x = mean + offset;
        }
        self.rows[row] = line;
    }

    /// The mean place of a vertex's neighbours on the side that is settled; its own, if it has none there.
    fn wish(&self, vertex: u32, downward: bool) -> f32 {
        let own = &self.vertices[vertex as usize];
        let others = if downward { &own.up } else { &own.down };
        if others.is_empty() {
            return own.x;
        }
        let places = others.iter().map(|other| self.vertices[*other as usize].x);
        places.sum::<f32>() / others.len() as f32
    }

    /// Moves all to the upper left corner, and measures.
    fn close_up(&mut self) {
        let edge = |side: f32| move |v: &Vertex| v.x + side * v.size.w / 2.0;
        let left = self.vertices.iter().map(edge(-1.0)).fold(f32::INFINITY, f32::min);
        self.vertices.iter_mut().for_each(|vertex| vertex.x -= left);
        let right = self.vertices.iter().map(edge(1.0)).fold(0.0, f32::max);
        let mut y = 0.0;
        for row in &self.rows {
            let heights = row.iter().map(|vertex| self.vertices[*vertex as usize].size.h);
            let height = heights.fold(0.0, f32::max);
            self.bands.push((y, y + height));
            y += height + GAP_Y;
        }
        self.size = Size { w: right, h: (y - GAP_Y).max(0.0) };
    }

    fn rect(&self, vertex: &Vertex) -> Rect {
        let (top, bottom) = self.bands[vertex.row];
        Rect::around(Point::new(vertex.x, (top + bottom) / 2.0), vertex.size.w, vertex.size.h)
    }

    fn copy_to(&self, places: &mut Places, corner: Point) {
        let moved = |rect: Rect| Rect { x: rect.x + corner.x, y: rect.y + corner.y, ..rect };
        for vertex in &self.vertices {
            if let Some(number) = vertex.number {
                places.rects[number as usize] = moved(self.rect(vertex));
            }
        }
        for (edge, way) in &self.ways {
            let route = self.route(way).into_iter();
            places.routes[*edge as usize] =
                route.map(|point| Point::new(point.x + corner.x, point.y + corner.y)).collect();
        }
    }

    /// From the lower edge of the first box to the upper edge of the last, straight down through the rows between.
    fn route(&self, way: &[u32]) -> Vec<Point> {
        let vertices: Vec<&Vertex> = way.iter().map(|at| &self.vertices[*at as usize]).collect();
        let last = vertices.len() - 1;
        let mut points = Vec::with_capacity(2 * vertices.len());
        for (at, vertex) in vertices.iter().enumerate() {
            let rect = self.rect(vertex);
            let (top, bottom) = self.bands[vertex.row];
            if at == 0 {
                points.push(Point::new(lean(vertex, vertices[1]), rect.bottom()));
            } else if at == last {
                points.push(Point::new(lean(vertex, vertices[at - 1]), rect.y));
            } else {
                points.push(Point::new(vertex.x, top));
                points.push(Point::new(vertex.x, bottom));
            }
        }
        points
    }
}

/// Boxes that push each other: they share how far they are from where they want to be.
struct Pool {
    weight: f32,
    sum: f32,
    count: usize,
}

impl Pool {
    fn mean(&self) -> f32 {
        self.sum / self.weight
    }

    fn with(&self, other: &Pool) -> Pool {
        Pool {
            weight: self.weight + other.weight,
            sum: self.sum + other.sum,
            count: self.count + other.count,
        }
    }
}

/// How far apart the middles of two neighbours are at least.
fn apart(left: f32, right: f32) -> f32 {
    let gap = if left <= BEND && right <= BEND { GAP_X / 2.0 } else { GAP_X };
    (left + right) / 2.0 + gap
}

/// Where an edge meets a box: off the middle, toward where it comes from.
fn lean(own: &Vertex, other: &Vertex) -> f32 {
    let most = own.size.w * 0.32;
    own.x + ((other.x - own.x) * 0.2).clamp(-most, most)
}

/// Puts parts into lines from left to right, and says where each begins and how large the whole is.
fn pack(sizes: &[Size], aspect: f32) -> (Vec<Point>, Size) {
    let area: f32 = sizes.iter().map(|size| (size.w + GAP_PARTS) * (size.h + GAP_PARTS)).sum();
    let widest = sizes.iter().map(|size| size.w).fold(0.0, f32::max);
    let width = (area * aspect.clamp(0.1, 10.0)).sqrt().max(widest);
    let mut corners = Vec::with_capacity(sizes.len());
    let (mut x, mut y, mut line, mut right) = (MARGIN, MARGIN, 0.0f32, MARGIN);
    for size in sizes {
        if x > MARGIN && x + size.w > MARGIN + width {
            y += line + GAP_PARTS;
            (x, line) = (MARGIN, 0.0);
        }
        corners.push(Point::new(x, y));
        right = right.max(x + size.w);
        line = line.max(size.h);
        x += size.w + GAP_PARTS;
    }
    (corners, Size { w: right + MARGIN, h: y + line + MARGIN })
}

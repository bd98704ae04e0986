//! Arrows: those that belong to the furniture, and the new ones of what is told.

use crate::base::{NodeId, ObjectId, TaskId};
use crate::chart::geometry::{Point, Rect};
use crate::chart::scene::moment::Moment;
use crate::chart::scene::stage::{Drawing, Stage};
use crate::chart::scene::{Arrow, ArrowKind, Key};
use crate::model::Caller;
use crate::replay::Beat;
use crate::state::{Event, TaskStatus};

/// New arrows in one picture; more would only be a tangle.
const MOST_NEW: usize = 12;

/// Schedulers talk to their neighbours, nodes report to the GCS.
pub(super) fn furniture(stage: &Stage, drawing: &mut Drawing) {
    let places = &stage.furniture;
    let gcs = places.gcs;
    let nodes: Vec<_> = places.nodes.iter().collect();
    for pair in nodes.windows(2) {
        let (one, next) = (pair[0].scheduler, pair[1].scheduler);
        if one.y == next.y {
            let y = one.y + 13.0;
            let from = Point::new(one.right() - 14.0, y);
            drawing.line(ArrowKind::Wire, vec![from, Point::new(next.x + 14.0, y)]);
        }
    }
    let lowest = nodes.iter().map(|place| place.frame.bottom()).fold(0.0, f32::max);
    let above = nodes.iter().filter(|place| place.frame.bottom() == lowest);
    for place in above {
        let from = Point::new(place.frame.center().x, lowest);
        let reach = gcs.w / 2.0 - 30.0;
        let x = gcs.center().x + (from.x - gcs.center().x).clamp(-reach, reach);
        drawing.line(ArrowKind::Report, vec![from, Point::new(x, gcs.y - 22.0)]);
    }
}

/// The arrows of what is told.
pub(super) fn told(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    match moment.beat {
        Some(Beat::Submitted) => submissions(moment, drawing),
        Some(Beat::Placed) => placements(stage, moment, drawing),
        Some(Beat::Reads(task)) => reads(moment, drawing, task, true),
        Some(Beat::Copies) => {
            if let Some(task) = waiting_for_copy(moment) {
                reads(moment, drawing, task, false);
            }
            copies(stage, moment, drawing);
        }
        Some(Beat::Arrived) => arrivals(moment, drawing),
        Some(Beat::Finished) => writes(moment, drawing),
        Some(Beat::Returned) => values(moment, drawing),
        Some(Beat::Turn(caller)) => puts(moment, drawing, caller),
        Some(Beat::Program | Beat::Cluster | Beat::IdsReturned | Beat::Told) | None => {}
    }
}

fn submissions(moment: &Moment, drawing: &mut Drawing) {
    for task in moment.submitted().into_iter().take(MOST_NEW) {
        let owner = moment.state.tasks.get(task).map(|row| row.spec.owner);
        let from = match owner {
            Some(Caller::Task(owner)) => drawing.rect(Key::Task(owner)),
            _ => drawing.rect(Key::GraphTask(task)).or_else(|| drawing.rect(Key::Code)),
        };
        if let (Some(from), Some(to)) = (from, drawing.rect(Key::Task(task))) {
            let carries = Some(Key::Task(task));
            drawing.join(ArrowKind::Handoff, from, to, carries);
        }
    }
}

/// From the scheduler that decided to the worker, by way of the other node's scheduler.
fn placements(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let homes = moment.homes();
    for (task, home) in homes.into_iter().take(MOST_NEW) {
        let Some(node) = moment.state.task_node(task) else { continue };
        let places = &stage.furniture.nodes;
        let (Some(home), Some(there)) = (places.get(home), places.get(node)) else { continue };
        let Some(to) = drawing.rect(Key::Task(task)) else {
            wide(drawing, home.scheduler, there.frame);
            continue;
        };
        let from = drawing.rect(Key::Ghost(task)).unwrap_or(home.scheduler);
        let mut points = vec![from.edge_toward(to.center())];
        if home.scheduler != there.scheduler && home.scheduler.y == there.scheduler.y {
            points = vec![from.edge_toward(there.scheduler.center())];
            points.push(Point::new(to.center().x, from.center().y));
        }
        let last = points[points.len() - 1];
        points.push(to.edge_toward(last));
        let carries = Some(Key::Task(task));
        drawing.arrow(Arrow { kind: ArrowKind::Handoff, points, fresh: true, carries });
    }
}

/// From the objects in the node's store to the task that reads them.
fn reads(moment: &Moment, drawing: &mut Drawing, task: TaskId, fresh: bool) {
    let Some(row) = moment.state.tasks.get(task) else { return };
    let Some(node) = moment.state.task_node(task) else { return };
    let here = |object: &ObjectId| {
        moment.state.objects.get(*object).is_some_and(|row| row.is_on(node) && row.size > 0)
    };
    let objects: Vec<ObjectId> = row.spec.args.iter().copied().filter(here).collect();
    for object in objects.into_iter().take(MOST_NEW) {
        read(drawing, object, node, task, fresh);
    }
}

fn read(drawing: &mut Drawing, object: ObjectId, node: NodeId, task: TaskId, fresh: bool) {
    let from = drawing.rect(Key::Copy(object, node));
    if let (Some(from), Some(to)) = (from, drawing.rect(Key::Task(task))) {
        let points = vec![from.edge_toward(to.center()), to.edge_toward(from.center())];
        drawing.arrow(Arrow { kind: ArrowKind::Read, points, fresh, carries: None });
    }
}

/// The task for which the told copies are made.
fn waiting_for_copy(moment: &Moment) -> Option<TaskId> {
    let (object, to) = moment
        .all(|event| match event {
            Event::TransferStarted { object, to, .. } => Some((*object, *to)),
            _ => None,
        })
        .first()
        .copied()?;
    let workers = moment.state.workers.iter().filter(|row| row.node == to);
    workers.filter_map(|row| row.task).find(|task| {
        let row = moment.state.tasks.get(*task);
        row.is_some_and(|row| {
            matches!(row.status, TaskStatus::PendingArgsFetch { .. })
                && row.spec.args.contains(&object)
        })
    })
}

fn copies(stage: &Stage, moment: &Moment, drawing: &mut Drawing) {
    let copies = moment.all(|event| match event {
        Event::TransferStarted { object, from, to, .. } => Some((*object, *from, *to)),
        _ => None,
    });
    let copies = copies.into_iter().filter(|(_, from, to)| from != to);
    for (object, from, to) in copies.take(MOST_NEW) {
        let key = Key::Copy(object, to);
        match (drawing.rect(Key::Copy(object, from)), drawing.rect(key)) {
            (Some(source), Some(target)) => {
                drawing.freshen(key);
                drawing.join(ArrowKind::Copy, source, target, Some(key));
            }
            _ => {
                let places = &stage.furniture.nodes;
                if let (Some(source), Some(target)) = (places.get(from), places.get(to)) {
                    drawing.join(ArrowKind::Copy, source.store, target.store, None);
                }
            }
        }
    }
}

/// What waited for the copies starts, and reads them.
fn arrivals(moment: &Moment, drawing: &mut Drawing) {
    let started = moment.all(|event| match event {
        Event::TaskStarted { task } => Some(*task),
        _ => None,
    });
    let before = moment.history.state_at(moment.from);
    let arrived = moment.all(|event| match event {
        Event::TransferFinished { transfer } => {
            before.transfers.get(*transfer).copied().flatten().map(|copy| copy.object)
        }
        _ => None,
    });
    for task in started.into_iter().take(MOST_NEW) {
        let Some(node) = moment.state.task_node(task) else { continue };
        let args = moment.state.tasks.get(task).map(|row| row.spec.args.to_vec());
        for object in args.unwrap_or_default().into_iter().take(MOST_NEW) {
            read(drawing, object, node, task, arrived.contains(&object));
        }
    }
}

/// From a task that ends to what it wrote.
fn writes(moment: &Moment, drawing: &mut Drawing) {
    let created = moment.all(|event| match event {
        Event::ObjectCreated { object, node, .. } => Some((*object, *node)),
        _ => None,
    });
    for (object, node) in created.into_iter().take(MOST_NEW) {
        let maker = moment.names.maker(moment.state, object);
        let from = maker.and_then(|task| drawing.rect(Key::Task(task)));
        let key = Key::Copy(object, node);
        if let (Some(from), Some(to)) = (from, drawing.rect(key)) {
            drawing.freshen(key);
            drawing.join(ArrowKind::Write, from, to, Some(key));
        }
    }
}

/// What the driver's call returned, and the program that has it now.
fn values(moment: &Moment, drawing: &mut Drawing) {
    drawing.freshen(Key::Code);
    let before = moment.history.state_at(moment.from);
    let Some(call) = before.calls.get(&Caller::Driver) else { return };
    for object in call.refs.iter().copied().take(MOST_NEW) {
        let Some(row) = moment.state.objects.get(object) else { continue };
        row.locations().for_each(|node| drawing.freshen(Key::Copy(object, node)));
    }
}

fn puts(moment: &Moment, drawing: &mut Drawing, caller: Caller) {
    let put = moment.all(|event| match event {
        Event::ObjectPut { object, .. } => Some(*object),
        _ => None,
    });
    let node = match caller {
        Caller::Driver => NodeId::new(0),
        Caller::Task(task) => moment.state.task_node(task).unwrap_or(NodeId::new(0)),
    };
    let from = match caller {
        Caller::Driver => drawing.rect(Key::Code),
        Caller::Task(task) => drawing.rect(Key::Task(task)),
    };
    let Some(from) = from else { return };
    for object in put.into_iter().take(MOST_NEW) {
        let key = Key::Copy(object, node);
        if let Some(to) = drawing.rect(key) {
            drawing.freshen(key);
            drawing.join(ArrowKind::Write, from, to, Some(key));
        }
    }
}

/// Where there is no token, from node to node.
fn wide(drawing: &mut Drawing, from: Rect, to: Rect) {
    if from.center() != to.center() {
        drawing.join(ArrowKind::Handoff, from, to, None);
    }
}

//! The driver of a static graph: submits its tasks in order, then gets the results or waits for them in a loop.

use crate::base::{Instant, ObjectId};
use crate::model::{Driver, Graph, TaskSpec};
use crate::process::{Effect, Process, Reply, Step};
use std::sync::Arc;

/// Where the driver is.
enum Stage {
    /// Submitting; the next task is that one.
    Submitting(usize),
    /// Asked for the time, to sleep until the next task is due.
    AskedTime(usize),
    /// In `ray.get` for everything.
    Getting,
    /// In `ray.wait` for those.
    Waiting(Vec<ObjectId>),
    /// Asked for the time after a wait, to print it; those are left.
    Printing { ready: usize, left: Vec<ObjectId> },
    /// Printed; those are left.
    Printed(Vec<ObjectId>),
}

/// The driver of a static graph.
pub struct GraphDriver {
    tasks: Vec<Arc<TaskSpec>>,
    submit_at: Vec<Instant>,
    sinks: Vec<ObjectId>,
    driver: Driver,
    stage: Stage,
}

impl GraphDriver {
    /// The driver of `graph`.
    pub fn new(graph: &Graph) -> GraphDriver {
        GraphDriver {
            tasks: graph.tasks.clone(),
            submit_at: graph.submit_at.clone(),
            sinks: graph.sinks(),
            driver: graph.driver.clone(),
            stage: Stage::Submitting(0),
        }
    }

    fn submit(&mut self, next: usize) -> Effect {
        if next < self.tasks.len() {
            self.stage = Stage::Submitting(next + 1);
            return Effect::SubmitPrepared(self.tasks[next].clone());
        }
        let sinks = std::mem::take(&mut self.sinks);
        match self.driver {
            Driver::GetSinks => {
                self.stage = Stage::Getting;
                Effect::Get { refs: sinks, timeout: None }
            }
            Driver::Wait { .. } => self.wait(sinks),
        }
    }

    fn wait(&mut self, left: Vec<ObjectId>) -> Effect {
        let Driver::Wait { num_returns, timeout } = self.driver else {
            return Effect::Return(Vec::new());
        };
        if left.is_empty() {
            return Effect::Return(Vec::new());
        }
        let num_returns = (num_returns as usize).clamp(1, left.len());
        self.stage = Stage::Waiting(left.clone());
        Effect::Wait { refs: left, num_returns, timeout, fetch_local: true }
    }

    fn after_wait(&mut self, refs: &[ObjectId], ready: &[usize], remaining: &[usize]) -> Effect {
        let left = remaining.iter().map(|at| refs[*at]).collect();
        self.stage = Stage::Printing { ready: ready.len(), left };
        Effect::Now
    }

    fn next(&mut self, reply: Reply) -> Effect {
        let stage = std::mem::replace(&mut self.stage, Stage::Getting);
        match (stage, reply) {
            (_, Reply::Failed(failure)) => Effect::Raise((*failure).clone()),
            (Stage::Submitting(next), _) => match self.submit_at.get(next) {
                Some(at) if *at > Instant::ZERO => {
                    self.stage = Stage::AskedTime(next);
                    Effect::Now
                }
                _ => self.submit(next),
            },
            (Stage::AskedTime(next), Reply::Time(now)) if now < self.submit_at[next] => {
                self.stage = Stage::Submitting(next);
                Effect::Sleep(self.submit_at[next].since(now))
            }
            (Stage::AskedTime(next), _) => self.submit(next),
            (Stage::Waiting(refs), Reply::Waited { ready, remaining }) => {
                self.after_wait(&refs, &ready, &remaining)
            }
            (Stage::Printing { ready, left }, Reply::Time(now)) => {
                self.stage = Stage::Printed(left);
                Effect::Print(format!(
                    "Returned {ready:3} completed tasks. (elapsed time: {:6.3})",
                    now.as_secs()
                ))
            }
            (Stage::Printed(left), _) => self.wait(left),
            (Stage::Getting | Stage::Waiting(_) | Stage::Printing { .. }, _) => {
                Effect::Return(Vec::new())
            }
        }
    }
}

impl Process for GraphDriver {
    fn resume(&mut self, reply: Reply) -> Step {
        self.next(reply).at(0)
    }
}

//! The functions of a run, numbered in the order of their first submission: tasks of one function share a colour.

use crate::base::TaskId;
use crate::base::id::Id;
use crate::replay::History;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every function, and which one each task is of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Functions {
    /// By number.
    pub names: Vec<Arc<str>>,
    /// The number of each task's function.
    of: Vec<u32>,
}

impl Functions {
    /// The functions of everything that was ever submitted: four bytes a task.
    pub fn of(history: &History) -> Functions {
        let mut known: BTreeMap<Arc<str>, u32> = BTreeMap::new();
        let mut functions = Functions::default();
        let mut last = 0;
        for row in history.last_state().tasks.iter() {
            let name = &row.spec.function;
            // Tasks come in bursts of one function, whose text is shared: most often no search is needed.
            let same = functions.names.get(last as usize).is_some_and(|n| Arc::ptr_eq(n, name));
            if !same {
                last = *known.entry(name.clone()).or_insert_with(|| {
                    functions.names.push(name.clone());
                    functions.names.len() as u32 - 1
                });
            }
            functions.of.push(last);
        }
        functions
    }

    /// The number of a task's function; of an unknown task the first.
    pub fn number(&self, task: TaskId) -> u32 {
        self.of.get(task.index()).copied().unwrap_or(0)
    }

    /// The name of a task's function.
    pub fn name(&self, task: TaskId) -> &str {
        self.names.get(self.number(task) as usize).map_or("task", |name| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::fixture::lesson;

    #[test]
    fn functions_are_numbered_as_they_come() {
        let functions = Functions::of(&History::new(lesson()));
        assert_eq!(functions.names, [Arc::from("make_array"), Arc::from("add_arrays")]);
        let numbers: Vec<u32> = (0..3).map(|n| functions.number(TaskId::new(n))).collect();
        assert_eq!(numbers, [0, 0, 1]);
        assert_eq!(functions.name(TaskId::new(2)), "add_arrays");
    }
}

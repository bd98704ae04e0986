//! What a program says about its cluster in `ray.init`, found by running it up to there.

use crate::base::{Amount, Instant};
use crate::model::Program;
use crate::process::python::{PythonOptions, driver};
use crate::process::{Effect, Reply};
use std::collections::BTreeMap;

/// After so many requests without a `ray.init` there is none to be expected.
const MOST_REQUESTS: usize = 10_000;

/// The cluster that a program starts for itself: one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Init {
    /// `num_cpus`, if it was given.
    pub num_cpus: Option<Amount>,
    /// `resources`, and `num_gpus` as `GPU`.
    pub resources: BTreeMap<String, Amount>,
    /// `object_store_memory` in bytes, if it was given.
    pub object_store_memory: Option<u64>,
    /// The line of the call, from 1.
    pub line: u32,
}

impl Init {
    /// Whether it says anything about the cluster.
    pub fn names_something(&self) -> bool {
        self.num_cpus.is_some() || !self.resources.is_empty() || self.object_store_memory.is_some()
    }
}

/// What the program's first `ray.init` asks for. `None` if it uses the cluster before, or never comes there.
pub fn init_of(program: &Program) -> Option<Init> {
    let mut process = driver(program, &PythonOptions::default()).ok()?;
    let mut reply = Reply::Start;
    for _ in 0..MOST_REQUESTS {
        let step = process.resume(reply);
        reply = match step.effect {
            Effect::Init { num_cpus, resources, object_store_memory } => {
                return Some(Init { num_cpus, resources, object_store_memory, line: step.line });
            }
            // What a program may do before it has a cluster.
            Effect::Print(_) | Effect::Sleep(_) => Reply::Done,
            Effect::Now => Reply::Time(Instant::ZERO),
            _ => return None,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn init(source: &str) -> Option<Init> {
        init_of(&Program { file: "p.py".into(), source: source.into() })
    }

    #[test]
    fn the_first_init_counts() {
        let text = "import ray, time\nprint(time.time())\nn = 2 * 4\n\
                    ray.init(num_cpus=n, resources={'b': 1.5}, object_store_memory=10**8)\n";
        let found = init(text).unwrap();
        assert_eq!(found.num_cpus, Some(Amount::whole(8)));
        assert_eq!(found.resources["b"], Amount::parse("1.5").unwrap());
        assert_eq!(found.object_store_memory, Some(100_000_000));
        assert_eq!(found.line, 4);
        let plain = Init { line: 2, ..Init::default() };
        assert_eq!(init("import ray\nray.init()\n"), Some(plain));
    }

    #[test]
    fn a_program_may_have_none() {
        assert_eq!(init("x = 1\n"), None);
        assert_eq!(init("import time\nwhile True:\n    time.sleep(1)\n"), None);
        assert_eq!(init("import ray\nray.put(1)\nray.init(num_cpus=2)\n"), None);
    }
}

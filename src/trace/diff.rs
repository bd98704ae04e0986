//! Where two runs part: the first record that differs.

use crate::trace::record::{Header, Record, Trace};

/// Records shown before the one that differs.
const CONTEXT: usize = 3;

/// The first place at which two traces differ. Nothing is ignored: not the cause, not the time.
#[derive(Clone, PartialEq, Debug)]
pub struct Divergence {
    /// The index of the record.
    pub index: usize,
    /// The record of the first trace; `None` if it ended before.
    pub left: Option<Record>,
    /// The record of the second trace; `None` if it ended before.
    pub right: Option<Record>,
    /// The few records before it, which both have; the last one is at `index - 1`.
    pub context: Vec<Record>,
}

/// The first divergence of two traces' records; `None` if they are equal.
pub fn first_divergence(left: &Trace, right: &Trace) -> Option<Divergence> {
    let (a, b) = (&left.records, &right.records);
    let shared = a.len().min(b.len());
    let index = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(shared);
    if index == a.len() && index == b.len() {
        return None;
    }
    Some(Divergence {
        index,
        left: a.get(index).cloned(),
        right: b.get(index).cloned(),
        context: a[index.saturating_sub(CONTEXT)..index].to_vec(),
    })
}

/// The fields of the headers that differ, by name: what was changed between the two runs.
pub fn header_differences(left: &Header, right: &Header) -> Vec<&'static str> {
    let Header { name, cluster, policy, seed, parameters, program, object_names, captions } = left;
    let differs = [
        ("name", *name != right.name),
        ("cluster", *cluster != right.cluster),
        ("policy", *policy != right.policy),
        ("seed", *seed != right.seed),
        ("parameters", *parameters != right.parameters),
        ("program", *program != right.program),
        ("object names", *object_names != right.object_names),
        ("captions", *captions != right.captions),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;
    use crate::trace::fixture::lesson;

    #[test]
    fn equal_traces_do_not_diverge() {
        assert_eq!(first_divergence(&lesson(), &lesson()), None);
        assert!(header_differences(&lesson().header, &lesson().header).is_empty());
    }

    #[test]
    fn the_first_difference_is_found_with_what_came_before() {
        let (left, mut right) = (lesson(), lesson());
        right.records[5].at = Instant::from_nanos(1);
        right.records[9].at = Instant::from_nanos(2);
        let found = first_divergence(&left, &right).unwrap();
        assert_eq!((found.index, found.context.len()), (5, 3));
        assert_eq!(found.left.as_ref(), Some(&left.records[5]));
        assert_eq!(found.right.as_ref(), Some(&right.records[5]));
        right.header.seed += 1;
        assert_eq!(header_differences(&left.header, &right.header), ["seed"]);
    }

    #[test]
    fn a_trace_that_ends_early_diverges_at_its_end() {
        let (left, mut right) = (lesson(), lesson());
        right.records.truncate(2);
        let found = first_divergence(&left, &right).unwrap();
        assert_eq!((found.index, found.right), (2, None));
    }
}

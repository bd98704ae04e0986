//! A growing table whose copy costs next to nothing: copies share chunks until one of them writes.
//!
//! A checkpoint of a run with a million tasks is a copy of the state. A plain vector would copy every
//! row; this one copies a list of chunks, and a chunk only when a row in it changes afterwards.

use crate::base::id::Id;
use std::marker::PhantomData;
use std::ops::Index;
use std::sync::Arc;

/// Rows in a chunk: small enough to copy within microseconds, large enough to keep the list short.
const CHUNK: usize = 256;

/// An append-only table indexed by `I`, cheap to clone.
#[derive(Clone, Debug)]
pub struct CowVec<I, T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
    id: PhantomData<I>,
}

impl<I: Id, T: Clone> CowVec<I, T> {
    /// Empty.
    pub const fn new() -> Self {
        CowVec { chunks: Vec::new(), len: 0, id: PhantomData }
    }

    /// Appends, and says under which id.
    pub fn push(&mut self, item: T) -> I {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK)));
        }
        let last = self.chunks.last_mut().expect("a chunk was just made if there was none");
        Arc::make_mut(last).push(item);
        self.len += 1;
        I::from_index(self.len - 1)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row, if the id is in range.
    pub fn get(&self, id: I) -> Option<&T> {
        self.chunks.get(id.index() / CHUNK)?.get(id.index() % CHUNK)
    }

    /// The row, to change; a chunk that a copy shares is copied first.
    pub fn get_mut(&mut self, id: I) -> &mut T {
        let chunk = Arc::make_mut(&mut self.chunks[id.index() / CHUNK]);
        &mut chunk[id.index() % CHUNK]
    }

    /// All rows in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// Ids with their rows.
    pub fn enumerate(&self) -> impl Iterator<Item = (I, &T)> {
        self.iter().enumerate().map(|(index, row)| (I::from_index(index), row))
    }
}

impl<I: Id, T: Clone> Default for CowVec<I, T> {
    fn default() -> Self {
        CowVec::new()
    }
}

impl<I: Id, T> Index<I> for CowVec<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.chunks[id.index() / CHUNK][id.index() % CHUNK]
    }
}

impl<I: Id, T: Clone + PartialEq> PartialEq for CowVec<I, T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len
            && self.chunks.iter().zip(&other.chunks).all(|(a, b)| Arc::ptr_eq(a, b) || a == b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::TaskId;

    #[test]
    fn a_copy_does_not_see_later_writes() {
        let mut table: CowVec<TaskId, u32> = CowVec::new();
        for n in 0..1000 {
            assert_eq!(table.push(n).number(), n);
        }
        let before = table.clone();
        *table.get_mut(TaskId::new(300)) = 7;
        table.push(1000);
        assert_eq!((before[TaskId::new(300)], table[TaskId::new(300)]), (300, 7));
        assert_eq!((before.len(), table.len()), (1000, 1001));
        assert!(before != table);
        assert_eq!(table.iter().count(), 1001);
        assert_eq!(table.get(TaskId::new(2000)), None);
    }
}

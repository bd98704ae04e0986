//! Ids are dense numbers with a type of their own, and tables that take no other id.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense index with a type.
pub trait Id: Copy + Ord {
    /// The id with that position.
    fn from_index(index: usize) -> Self;
    /// The position that the id stands for.
    fn index(self) -> usize;
}

macro_rules! define_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl $name {
            /// The id with that number.
            pub const fn new(number: u32) -> Self {
                $name(number)
            }

            /// The number itself.
            pub const fn number(self) -> u32 {
                self.0
            }
        }

        impl Id for $name {
            fn from_index(index: usize) -> Self {
                $name(u32::try_from(index).expect("limits keep every table below 2^32 rows"))
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

define_id! {
    /// A node of the cluster, in the order of the scenario.
    NodeId
}
define_id! {
    /// A worker process, counted over the whole cluster.
    WorkerId
}
define_id! {
    /// A task, in the order of submission.
    TaskId
}
define_id! {
    /// An object: a return value or a `ray.put`, in the order of creation of its reference.
    ObjectId
}
define_id! {
    /// An actor, in the order of creation.
    ActorId
}
define_id! {
    /// A placement group, in the order of creation.
    GroupId
}
define_id! {
    /// A running copy of an object; numbers are used again once a copy ended.
    TransferId
}
define_id! {
    /// A request for a worker lease, in the order in which owners made them.
    LeaseId
}
define_id! {
    /// A resource name (`CPU`, `GPU`, `memory`, custom ones).
    ResourceId
}
define_id! {
    /// What a task asks of a node: resources and strategy, shared by all tasks that ask the same.
    ShapeId
}

/// A vector that is indexed by its own id type only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdVec<I, T> {
    items: Vec<T>,
    id: PhantomData<I>,
}

impl<I: Id, T> IdVec<I, T> {
    /// Empty.
    pub const fn new() -> Self {
        IdVec { items: Vec::new(), id: PhantomData }
    }

    /// `count` times the same.
    pub fn filled(value: T, count: usize) -> Self
    where
        T: Clone,
    {
        IdVec { items: vec![value; count], id: PhantomData }
    }

    /// Appends, and says under which id.
    pub fn push(&mut self, item: T) -> I {
        let id = I::from_index(self.items.len());
        self.items.push(item);
        id
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item, if the id is in range.
    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())
    }

    /// The id that the next push will give.
    pub fn next_id(&self) -> I {
        I::from_index(self.items.len())
    }

    /// All items in the order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// All items, to change.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// Ids with their items.
    pub fn enumerate(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.items.iter().enumerate().map(|(index, item)| (I::from_index(index), item))
    }

    /// All ids.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }

    /// As a plain slice.
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// Room for `extra` more.
    pub fn reserve(&mut self, extra: usize) {
        self.items.reserve(extra);
    }
}

impl<I: Id, T> Default for IdVec<I, T> {
    fn default() -> Self {
        IdVec::new()
    }
}

impl<I: Id, T> Index<I> for IdVec<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for IdVec<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
}

impl<I: Id, T> FromIterator<T> for IdVec<I, T> {
    fn from_iter<C: IntoIterator<Item = T>>(items: C) -> Self {
        IdVec { items: items.into_iter().collect(), id: PhantomData }
    }
}

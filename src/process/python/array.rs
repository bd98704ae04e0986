//! NumPy arrays as recipes: shape and type are known at once, values only when somebody asks.
//!
//! Programs about scheduling make arrays to have something large to move, and print a few of them. So an array of
//! 100 MB costs nothing here until it is summed, and a random one computes its i-th element from a key and i.

use crate::base::rng::Stream;
use std::sync::Arc;

/// More elements than this are never computed at once.
pub(super) const MOST_ELEMENTS: usize = 20_000_000;
/// Arrays up to this size keep their values once an operation made them.
const SMALL: usize = 4_096;
/// Operations on operations beyond this depth are computed, so that evaluation cannot recurse far.
const DEEP: u32 = 16;

/// The element's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DType {
    /// `bool`.
    Bool,
    /// `int8` to `int64`, by their size in bytes.
    Int(u8),
    /// `uint8`.
    Byte,
    /// `float16` to `float64`, by their size in bytes.
    Float(u8),
}

impl DType {
    /// The type that NumPy's name stands for.
    pub(super) fn parse(name: &str) -> Option<DType> {
        Some(match name {
            "bool" | "bool_" => DType::Bool,
            "int8" => DType::Int(1),
            "int16" => DType::Int(2),
            "int32" => DType::Int(4),
            "int" | "int64" => DType::Int(8),
            "uint8" => DType::Byte,
            "float16" => DType::Float(2),
            "float32" => DType::Float(4),
            "float" | "float64" | "double" => DType::Float(8),
            _ => return None,
        })
    }

    /// NumPy's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::Int(1) => "int8",
            DType::Int(2) => "int16",
            DType::Int(4) => "int32",
            DType::Int(_) => "int64",
            DType::Byte => "uint8",
            DType::Float(2) => "float16",
            DType::Float(4) => "float32",
            DType::Float(_) => "float64",
        }
    }

    /// Bytes of one element.
    pub(super) fn bytes(self) -> usize {
        match self {
            DType::Bool | DType::Byte => 1,
            DType::Int(bytes) | DType::Float(bytes) => usize::from(bytes),
        }
    }
}

/// An operation on two numbers, numbered as the prelude's `_rs_op` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    Maximum,
    Minimum,
}

/// How the elements come about.
#[derive(Clone, Debug)]
pub(super) enum Recipe {
    /// All the same.
    Fill(f64),
    /// `start + i * step`.
    Steps { start: f64, step: f64 },
    /// Even on `[low, low + width)`.
    Uniform { key: u64, low: f64, width: f64 },
    /// Whole numbers, even on `[low, low + count)`.
    Whole { key: u64, low: i64, count: u64 },
    /// Normal.
    Normal { key: u64, mean: f64, deviation: f64 },
    /// Exponential.
    Exponential { key: u64, scale: f64 },
    /// Written out.
    Values(Arc<[f64]>),
    /// Two arrays, element by element; one of size 1 goes with every element.
    Binary(Operation, Arc<Array>, Arc<Array>),
    /// One array through a function.
    Unary(fn(f64) -> f64, Arc<Array>),
    /// Every `step`-th element from `start`.
    Part { of: Arc<Array>, start: usize, step: isize },
}

/// An array.
#[derive(Clone, Debug)]
pub(super) struct Array {
    pub(super) recipe: Recipe,
    pub(super) shape: Vec<usize>,
    pub(super) dtype: DType,
    depth: u32,
}

impl Array {
    /// From a recipe without operands.
    pub(super) fn new(recipe: Recipe, shape: Vec<usize>, dtype: DType) -> Array {
        Array { recipe, shape, dtype, depth: 0 }
    }

    /// One dimension, written out.
    pub(super) fn from_values(values: Vec<f64>, dtype: DType) -> Array {
        let shape = vec![values.len()];
        Array::new(Recipe::Values(values.into()), shape, dtype)
    }

    /// From a recipe over `operands`: computed now if it is small or deep.
    pub(super) fn over(
        recipe: Recipe,
        shape: Vec<usize>,
        dtype: DType,
        operand_depth: u32,
    ) -> Result<Array, String> {
        let array = Array { recipe, shape, dtype, depth: operand_depth + 1 };
        if array.depth < DEEP && (array.size() > SMALL || array.depth < 3) {
            return Ok(array);
        }
        let values = array.values()?;
        Ok(Array::new(Recipe::Values(values.into()), array.shape, dtype))
    }

    /// How deep its recipe is.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// How many elements.
    pub(super) fn size(&self) -> usize {
        self.shape.iter().fold(1usize, |size, n| size.saturating_mul(*n))
    }

    /// Bytes in the object store.
    pub(super) fn bytes(&self) -> u64 {
        (self.size() as u64).saturating_mul(self.dtype.bytes() as u64)
    }

    /// The element at that flat position.
    pub(super) fn at(&self, i: usize) -> f64 {
        let value = match &self.recipe {
            Recipe::Fill(value) => *value,
            Recipe::Steps { start, step } => start + i as f64 * step,
            Recipe::Uniform { key, low, width } => low + width * unit(*key, i),
            Recipe::Whole { key, low, count } => {
                let wide = u128::from(mix(*key, i as u64)) * u128::from(*count);
                low.wrapping_add((wide >> 64) as i64) as f64
            }
            Recipe::Normal { key, mean, deviation } => mean + deviation * normal(*key, i),
            Recipe::Exponential { key, scale } => -scale * libm::log(unit(*key, i)),
            Recipe::Values(values) => values.get(i).copied().unwrap_or(0.0),
            Recipe::Binary(operation, a, b) => {
                let left = a.at(if a.size() == 1 { 0 } else { i });
                operation.apply(left, b.at(if b.size() == 1 { 0 } else { i }))
            }
            Recipe::Unary(function, a) => function(a.at(i)),
            Recipe::Part { of, start, step } => {
                of.at((*start as isize + i as isize * step).max(0) as usize)
            }
        };
        match self.dtype {
            DType::Float(4) => f64::from(value as f32),
            DType::Float(_) => value,
            DType::Bool => f64::from(u8::from(value != 0.0)),
            DType::Int(_) | DType::Byte => libm::trunc(value),
        }
    }

    /// All elements; an error if they are too many.
    pub(super) fn values(&self) -> Result<Vec<f64>, String> {
        self.check_size()?;
        Ok((0..self.size()).map(|i| self.at(i)).collect())
    }

    /// Refuses to compute too many elements.
    pub(super) fn check_size(&self) -> Result<(), String> {
        if self.size() <= MOST_ELEMENTS {
            return Ok(());
        }
        Err(format!("{} elements at once; at most {MOST_ELEMENTS} are computed", self.size()))
    }

    /// The sum of all elements, by pairs as NumPy does it, so that rounding stays small.
    pub(super) fn sum(&self) -> Result<f64, String> {
        if let Recipe::Fill(value) = &self.recipe {
            return Ok(value * self.size() as f64);
        }
        self.check_size()?;
        Ok(self.sum_between(0, self.size()))
    }

    fn sum_between(&self, from: usize, to: usize) -> f64 {
        if to - from <= 128 {
            return (from..to).map(|i| self.at(i)).sum();
        }
        let middle = from + (to - from) / 2;
        self.sum_between(from, middle) + self.sum_between(middle, to)
    }
}

impl Operation {
    /// By the number that the prelude uses.
    pub(super) fn from_number(number: i64) -> Option<Operation> {
        use Operation::{
            Add, Divide, Equal, FloorDivide, Greater, GreaterEqual, Less, LessEqual, Modulo,
            Multiply, NotEqual, Power, Subtract,
        };
        const BY_NUMBER: [Operation; 13] = [
            Add,
            Subtract,
            Multiply,
            Divide,
            FloorDivide,
            Modulo,
            Power,
            Less,
            LessEqual,
            Greater,
            GreaterEqual,
            Equal,
            NotEqual,
        ];
        usize::try_from(number).ok().and_then(|number| BY_NUMBER.get(number).copied())
    }

    /// The result's type for operands of those types.
    pub(super) fn dtype(self, a: DType, b: DType) -> DType {
        match self {
            Operation::Divide if !matches!(a.max(b), DType::Float(_)) => DType::Float(8),
            Operation::Less
            | Operation::LessEqual
            | Operation::Greater
            | Operation::GreaterEqual
            | Operation::Equal
            | Operation::NotEqual => DType::Bool,
            _ if a.max(b) == DType::Bool => DType::Int(8),
            _ => a.max(b),
        }
    }

    /// The operation on two numbers.
    pub(super) fn apply(self, a: f64, b: f64) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Operation::Add => a + b,
            Operation::Subtract => a - b,
            Operation::Multiply => a * b,
            Operation::Divide => a / b,
            Operation::FloorDivide => libm::floor(a / b),
            Operation::Modulo => a - b * libm::floor(a / b),
            Operation::Power => libm::pow(a, b),
            Operation::Less => truth(a < b),
            Operation::LessEqual => truth(a <= b),
            Operation::Greater => truth(a > b),
            Operation::GreaterEqual => truth(a >= b),
            Operation::Equal => truth(a == b),
            Operation::NotEqual => truth(a != b),
            Operation::Maximum => a.max(b),
            Operation::Minimum => a.min(b),
        }
    }
}

/// 64 bits for position `i` of the random array `key` (SplitMix64's finish).
fn mix(key: u64, i: u64) -> u64 {
    let mut z = key.wrapping_add(i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Strictly between 0 and 1.
fn unit(key: u64, i: usize) -> f64 {
    ((mix(key, i as u64) >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

/// Box and Muller's way, one of the two numbers.
fn normal(key: u64, i: usize) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(unit(key, 2 * i)));
    radius * libm::cos(std::f64::consts::TAU * unit(key, 2 * i + 1))
}

/// A single draw of the standard normal distribution.
pub(super) fn draw_normal(stream: &mut Stream) -> f64 {
    normal(stream.bits(), 0)
}

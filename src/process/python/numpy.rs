//! NumPy's functions, as far as programs about scheduling use them: arguments and results.

mod compute;
mod make;
mod reduce;

use super::array::{Array, DType, Recipe};
use super::convert::{self, attribute, integer, number, text};
use super::host::{Answer, Raise};
use super::process::{Pending, PythonProcess};
use super::shared::Shared;
use crate::base::rng::Stream;
use crate::process::Effect;
use monty::ReplFunctionCall;
use monty_types::{ExcType, MontyObject};
use std::sync::Arc;

/// What a function gives back.
pub(super) enum Output {
    Array(Array),
    Plain(MontyObject),
}

/// A call of NumPy with its arguments.
pub(super) struct Call<'a> {
    pub(super) args: &'a [MontyObject],
    kwargs: &'a [(MontyObject, MontyObject)],
    pub(super) shared: &'a Shared,
    pub(super) random: &'a mut Stream,
}

pub(super) type Outcome<T> = Result<T, Raise>;

/// Answers `_rs_host_np(line, name, args, kwargs)`.
pub(super) fn answer(
    process: &mut PythonProcess,
    call: &ReplFunctionCall,
) -> Result<Answer, Raise> {
    if let Some(line) = call.args.first().and_then(integer).filter(|line| *line > 0) {
        process.line = line as u32;
    }
    let name = call.args.get(1).and_then(text).unwrap_or("").to_owned();
    let args = match call.args.get(2) {
        Some(MontyObject::Tuple(items)) => items.clone(),
        _ => Vec::new(),
    };
    let kwargs: Vec<_> = match call.args.get(3) {
        Some(MontyObject::Dict(pairs)) => pairs.into_iter().cloned().collect(),
        _ => Vec::new(),
    };
    let shared = process.shared.clone();
    let call = Call { args: &args, kwargs: &kwargs, shared: &shared, random: &mut process.random };
    let output = run(call, &name)?;
    let array = match output {
        Output::Plain(object) => return Ok(Answer::value(object)),
        Output::Array(array) => array,
    };
    let elements = array.size() as u64;
    let handle = process.shared.keep(array);
    let data = convert::array_data(&process.shared, handle).unwrap_or(MontyObject::None);
    let object = convert::marked("array", data);
    let options = &process.shared.options;
    let cost = options.numpy_call_cost + options.numpy_element_cost.times(elements);
    if cost == crate::base::Span::ZERO {
        return Ok(Answer::value(object));
    }
    Ok(Answer::Ask(Effect::Sleep(cost), Pending::Ready(object)))
}

pub(super) fn fail<T>(class: ExcType, text: impl Into<String>) -> Outcome<T> {
    Err(Raise(class, text.into()))
}

pub(super) fn too_large(text: String) -> Raise {
    Raise(ExcType::MemoryError, text)
}

fn run(mut call: Call<'_>, name: &str) -> Outcome<Output> {
    if let Some(array) = make::create(&call, name)? {
        return Ok(Output::Array(array));
    }
    if let Some(output) = make::draw(&mut call, name)? {
        return Ok(output);
    }
    compute::run(&call, name)
}

impl Call<'_> {
    pub(super) fn argument(&self, at: usize, name: &str) -> Option<&MontyObject> {
        let named =
            self.kwargs.iter().find(|(key, _)| text(key) == Some(name)).map(|(_, value)| value);
        self.args.get(at).or(named).filter(|object| !matches!(object, MontyObject::None))
    }

    pub(super) fn integer(&self, at: usize) -> Option<i64> {
        self.args.get(at).and_then(integer)
    }

    pub(super) fn number(&self, at: usize, name: &str, otherwise: f64) -> f64 {
        self.argument(at, name).and_then(number).unwrap_or(otherwise)
    }

    pub(super) fn dtype(&self, at: usize, otherwise: DType) -> Outcome<DType> {
        let Some(given) = self.argument(at, "dtype") else { return Ok(otherwise) };
        let name = match given {
            MontyObject::String(name) => name.clone(),
            MontyObject::ClassInstance(instance) => {
                attribute(instance, "name").and_then(text).unwrap_or("").to_owned()
            }
            other => other.to_string().split('\'').nth(1).unwrap_or("").to_owned(),
        };
        DType::parse(&name)
            .ok_or_else(|| Raise(ExcType::TypeError, format!("data type '{name}' not understood")))
    }

    pub(super) fn shape(&self, object: Option<&MontyObject>) -> Outcome<Vec<usize>> {
        let one = |object: &MontyObject| match integer(object) {
            Some(n) if n >= 0 => Ok(n as usize),
            Some(_) => fail(ExcType::ValueError, "negative dimensions are not allowed"),
            None => fail(
                ExcType::TypeError,
                format!(
                    "expected a sequence of integers or a single integer, got '{}'",
                    object.py_repr()
                ),
            ),
        };
        let shape: Vec<usize> = match object {
            None => Vec::new(),
            Some(MontyObject::Tuple(items) | MontyObject::List(items)) => {
                items.iter().map(one).collect::<Outcome<_>>()?
            }
            Some(object) => vec![one(object)?],
        };
        let size = shape.iter().try_fold(1usize, |size, n| size.checked_mul(*n));
        match size {
            Some(size) if size < 1 << 50 => Ok(shape),
            _ => fail(
                ExcType::MemoryError,
                format!("Unable to allocate an array with shape {shape:?}"),
            ),
        }
    }

    /// An argument as an array: one that exists, a list, or a number.
    pub(super) fn operand(&self, at: usize) -> Outcome<Arc<Array>> {
        let Some(object) = self.args.get(at) else {
            return fail(ExcType::TypeError, "missing required argument");
        };
        as_array(self.shared, object)
    }
}

/// An object as an array: one that exists, a list, or a number.
pub(super) fn as_array(shared: &Shared, object: &MontyObject) -> Outcome<Arc<Array>> {
    if let MontyObject::ClassInstance(instance) = object
        && let Some(handle) = attribute(instance, "_h").and_then(integer)
        && let Some(array) = shared.array(handle.max(0) as u64)
    {
        return Ok(array);
    }
    let mut values = Vec::new();
    let mut shape = Vec::new();
    let dtype = flatten(shared, object, 0, &mut shape, &mut values)?;
    if shape.is_empty() {
        let value = values.first().copied().unwrap_or(0.0);
        return Ok(Arc::new(Array::new(Recipe::Fill(value), shape, dtype)));
    }
    Ok(Arc::new(Array::new(Recipe::Values(values.into()), shape, dtype)))
}

/// Writes the numbers of nested lists out, and learns their shape.
fn flatten(
    shared: &Shared,
    object: &MontyObject,
    depth: usize,
    shape: &mut Vec<usize>,
    values: &mut Vec<f64>,
) -> Outcome<DType> {
    match object {
        MontyObject::List(items) | MontyObject::Tuple(items) => {
            if shape.len() == depth {
                shape.push(items.len());
            } else if shape.get(depth) != Some(&items.len()) {
                return fail(
                    ExcType::ValueError,
                    "setting an array element with a sequence. The requested array has an inhomogeneous shape",
                );
            }
            let mut dtype = if items.is_empty() { DType::Float(8) } else { DType::Bool };
            for item in items {
                dtype = dtype.max(flatten(shared, item, depth + 1, shape, values)?);
            }
            Ok(dtype)
        }
        MontyObject::ClassInstance(_) => {
            let array = as_array(shared, object)?;
            if shape.len() == depth {
                shape.extend(&array.shape);
            }
            values.extend(array.values().map_err(too_large)?);
            Ok(array.dtype)
        }
        MontyObject::Bool(flag) => {
            values.push(f64::from(u8::from(*flag)));
            Ok(DType::Bool)
        }
        MontyObject::Int(n) => {
            values.push(*n as f64);
            Ok(DType::Int(8))
        }
        MontyObject::Float(n) => {
            values.push(*n);
            Ok(DType::Float(8))
        }
        other => {
            let text = format!("an array of {} is not supported: use numbers", other.py_repr());
            fail(ExcType::TypeError, text)
        }
    }
}

/// A single number of that type.
pub(super) fn scalar(value: f64, dtype: DType) -> Output {
    Output::Plain(match dtype {
        DType::Bool => MontyObject::Bool(value != 0.0),
        DType::Int(_) | DType::Byte => MontyObject::Int(value as i64),
        DType::Float(_) => MontyObject::Float(value),
    })
}

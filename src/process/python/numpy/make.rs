//! NumPy's functions that make arrays: written out, even, and random.

use super::{Call, Outcome, Output, as_array, fail, too_large};
use crate::process::python::array::{Array, DType, Recipe};
use crate::process::python::convert::{integer, number};
use crate::process::python::host::Raise;
use monty_types::{ExcType, MontyObject};

/// `zeros` and its like; `None` for other names.
pub(super) fn create(call: &Call<'_>, name: &str) -> Outcome<Option<Array>> {
    let float = DType::Float(8);
    let filled =
        |value: f64, shape: Vec<usize>, dtype: DType| Array::new(Recipe::Fill(value), shape, dtype);
    let shape = || call.shape(call.argument(0, "shape"));
    Ok(Some(match name {
        "zeros" | "empty" => filled(0.0, shape()?, call.dtype(1, float)?),
        "ones" => filled(1.0, shape()?, call.dtype(1, float)?),
        "full" => {
            let value = call.argument(1, "fill_value");
            let kind =
                if matches!(value, Some(MontyObject::Int(_))) { DType::Int(8) } else { float };
            filled(call.number(1, "fill_value", 0.0), shape()?, call.dtype(2, kind)?)
        }
        "zeros_like" | "ones_like" => {
            let like = call.operand(0)?;
            let value = f64::from(u8::from(name == "ones_like"));
            filled(value, like.shape.clone(), call.dtype(1, like.dtype)?)
        }
        "arange" => arange(call)?,
        "linspace" => {
            let (start, stop) = (call.number(0, "start", 0.0), call.number(1, "stop", 1.0));
            let shape = call.shape(call.argument(2, "num").or(Some(&MontyObject::Int(50))))?;
            let count = shape.first().copied().unwrap_or(50);
            let step = (stop - start) / (count.max(2) - 1) as f64;
            Array::new(Recipe::Steps { start, step }, shape, float)
        }
        "array" | "asarray" => {
            let array = call.operand(0)?;
            let dtype = call.dtype(1, array.dtype)?;
            let mut array = (*array).clone();
            array.dtype = dtype;
            array
        }
        "eye" => {
            let n = call.shape(call.argument(0, "N"))?.first().copied().unwrap_or(0);
            let array = Array::new(Recipe::Fill(0.0), vec![n, n], float);
            array.check_size().map_err(too_large)?;
            let mut values = vec![0.0; n * n];
            (0..n).for_each(|i| values[i * n + i] = 1.0);
            Array::new(Recipe::Values(values.into()), vec![n, n], float)
        }
        _ => return Ok(None),
    }))
}

fn arange(call: &Call<'_>) -> Outcome<Array> {
    let whole = call.args.iter().all(|object| integer(object).is_some());
    let (start, stop, step) = match call.args {
        [stop] => (0.0, number(stop).unwrap_or(0.0), 1.0),
        [start, stop] => (number(start).unwrap_or(0.0), number(stop).unwrap_or(0.0), 1.0),
        _ => {
            (call.number(0, "start", 0.0), call.number(1, "stop", 0.0), call.number(2, "step", 1.0))
        }
    };
    if step == 0.0 {
        return fail(ExcType::ZeroDivisionError, "division by zero");
    }
    let count = ((stop - start) / step).ceil().max(0.0);
    if count > 1e12 {
        return fail(ExcType::MemoryError, "Unable to allocate such an array");
    }
    let dtype = call.dtype(3, if whole { DType::Int(8) } else { DType::Float(8) })?;
    Ok(Array::new(Recipe::Steps { start, step }, vec![count as usize], dtype))
}

/// `np.random`'s functions; `None` for other names.
pub(super) fn draw(call: &mut Call<'_>, name: &str) -> Outcome<Option<Output>> {
    let key = call.random.bits();
    let float = DType::Float(8);
    let (recipe, size, dtype) = match name {
        "standard_normal" => {
            (Recipe::Normal { key, mean: 0.0, deviation: 1.0 }, call.argument(0, "size"), float)
        }
        "randn" | "rand" => {
            let shape = call.shape(Some(&MontyObject::Tuple(call.args.to_vec())))?;
            let recipe = match name {
                "rand" => Recipe::Uniform { key, low: 0.0, width: 1.0 },
                _ => Recipe::Normal { key, mean: 0.0, deviation: 1.0 },
            };
            return Ok(Some(finish(recipe, shape, float)));
        }
        "random" | "random_sample" => {
            (Recipe::Uniform { key, low: 0.0, width: 1.0 }, call.argument(0, "size"), float)
        }
        "normal" => {
            let (mean, deviation) = (call.number(0, "loc", 0.0), call.number(1, "scale", 1.0));
            (Recipe::Normal { key, mean, deviation }, call.argument(2, "size"), float)
        }
        "uniform" => {
            let (low, high) = (call.number(0, "low", 0.0), call.number(1, "high", 1.0));
            (Recipe::Uniform { key, low, width: high - low }, call.argument(2, "size"), float)
        }
        "exponential" => {
            let scale = call.number(0, "scale", 1.0);
            (Recipe::Exponential { key, scale }, call.argument(1, "size"), float)
        }
        "randint" | "integers" => {
            let first = call.number(0, "low", 0.0) as i64;
            let (low, high) =
                call.argument(1, "high").and_then(integer).map_or((0, first), |high| (first, high));
            let count = u64::try_from(high.saturating_sub(low)).ok().filter(|count| *count > 0);
            let count =
                count.ok_or_else(|| Raise(ExcType::ValueError, "low >= high".to_owned()))?;
            (Recipe::Whole { key, low, count }, call.argument(2, "size"), DType::Int(8))
        }
        "seed" => {
            let seed = call.number(0, "seed", 0.0) as u64;
            *call.random = crate::base::rng::Stream::new(seed, "numpy seed", 0);
            return Ok(Some(Output::Plain(MontyObject::None)));
        }
        _ => return Ok(None),
    };
    let shape = call.shape(size)?;
    Ok(Some(finish(recipe, shape, dtype)))
}

/// Without a size it is one number.
fn finish(recipe: Recipe, shape: Vec<usize>, dtype: DType) -> Output {
    let array = Array::new(recipe, shape, dtype);
    if array.shape.is_empty() {
        return super::scalar(array.at(0), dtype);
    }
    Output::Array(array)
}

/// `concatenate`: one dimension, or along the first.
pub(super) fn concatenate(call: &Call<'_>) -> Outcome<Output> {
    let Some(MontyObject::List(parts) | MontyObject::Tuple(parts)) = call.args.first() else {
        return fail(ExcType::TypeError, "concatenate() takes a list of arrays");
    };
    let (mut values, mut dtype, mut rows) = (Vec::new(), DType::Bool, 0);
    let mut tail: Option<Vec<usize>> = None;
    for part in parts {
        let array = as_array(call.shared, part)?;
        let own = array.shape.get(1..).unwrap_or(&[]).to_vec();
        if tail.get_or_insert_with(|| own.clone()) != &own {
            let text = "all the input array dimensions except for the concatenation axis must match exactly";
            return fail(ExcType::ValueError, text);
        }
        rows += array.shape.first().copied().unwrap_or(1);
        dtype = dtype.max(array.dtype);
        values.extend(array.values().map_err(too_large)?);
    }
    let mut shape = vec![rows];
    shape.extend(tail.unwrap_or_default());
    Ok(Output::Array(Array::new(Recipe::Values(values.into()), shape, dtype)))
}

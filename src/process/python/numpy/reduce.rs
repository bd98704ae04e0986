//! NumPy's functions that make one number, or one number a row, of an array.

use super::{Call, Outcome, Output, fail, scalar, too_large};
use crate::process::python::array::{Array, DType, MOST_ELEMENTS, Recipe};
use crate::process::python::convert::integer;
use monty_types::ExcType;

/// `sum` and everything like it.
pub(super) fn run(call: &Call<'_>, name: &str) -> Outcome<Output> {
    let of = call.operand(0)?;
    let axis = call.argument(1, "axis").and_then(integer);
    if let (Some(axis), [rows, columns]) = (axis, of.shape.as_slice()) {
        return reduce_axis(&of, name, axis, *rows, *columns);
    }
    let (value, dtype) = reduce_all(&of, name)?;
    Ok(scalar(value, dtype))
}

fn reduce_axis(of: &Array, name: &str, axis: i64, rows: usize, columns: usize) -> Outcome<Output> {
    let values = of.values().map_err(too_large)?;
    let down = axis == 0 || axis == -2;
    let (count, inner) = if down { (columns, rows) } else { (rows, columns) };
    let mut results = Vec::with_capacity(count);
    let mut dtype = of.dtype;
    for k in 0..count {
        let at = |i: usize| if down { i * columns + k } else { k * columns + i };
        let line: Vec<f64> = (0..inner).map(|i| values[at(i)]).collect();
        let (value, kind) = reduce_all(&Array::from_values(line, of.dtype), name)?;
        dtype = kind;
        results.push(value);
    }
    Ok(Output::Array(Array::from_values(results, dtype)))
}

fn reduce_all(of: &Array, name: &str) -> Outcome<(f64, DType)> {
    let count = of.size() as f64;
    let float = DType::Float(8);
    if of.size() == 0 && !matches!(name, "sum" | "prod" | "all" | "any") {
        let text = format!("zero-size array to reduction operation {name} which has no identity");
        return fail(ExcType::ValueError, text);
    }
    let whole = if of.dtype == DType::Bool { DType::Int(8) } else { of.dtype };
    let sum = |array: &Array| array.sum().map_err(too_large);
    of.check_size()
        .or_else(|e| if matches!(of.recipe, Recipe::Fill(_)) { Ok(()) } else { Err(e) })
        .map_err(too_large)?;
    let indices = || 0..of.size().min(MOST_ELEMENTS);
    let best = |better: fn(f64, f64) -> bool| {
        indices().fold(0, |best, i| if better(of.at(i), of.at(best)) { i } else { best })
    };
    Ok(match name {
        "sum" => (sum(of)?, whole),
        "mean" => (sum(of)? / count, float),
        "var" | "std" => {
            let mean = sum(of)? / count;
            let var = indices().map(|i| (of.at(i) - mean) * (of.at(i) - mean)).sum::<f64>() / count;
            (if name == "std" { libm::sqrt(var) } else { var }, float)
        }
        "max" | "amax" => (of.at(best(|a, b| a > b)), of.dtype),
        "min" | "amin" => (of.at(best(|a, b| a < b)), of.dtype),
        "argmax" => (best(|a, b| a > b) as f64, DType::Int(8)),
        "argmin" => (best(|a, b| a < b) as f64, DType::Int(8)),
        "prod" => (indices().map(|i| of.at(i)).product(), whole),
        "all" => (f64::from(u8::from(indices().all(|i| of.at(i) != 0.0))), DType::Bool),
        "any" => (f64::from(u8::from(indices().any(|i| of.at(i) != 0.0))), DType::Bool),
        "median" => {
            let mut values = of.values().map_err(too_large)?;
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            let upper = values[middle];
            (if values.len() % 2 == 1 { upper } else { (upper + values[middle - 1]) / 2.0 }, float)
        }
        _ => {
            let text = format!("module 'numpy' has no attribute '{name}'");
            return fail(ExcType::AttributeError, text);
        }
    })
}

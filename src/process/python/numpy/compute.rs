//! NumPy's functions that compute with arrays.

use super::{Call, Outcome, Output, fail, make, reduce, scalar, too_large};
use crate::process::python::array::{Array, DType, MOST_ELEMENTS, Operation, Recipe};
use crate::process::python::convert::{integer, number};
use monty_types::{ExcType, MontyObject};
use std::sync::Arc;

/// Everything but making arrays.
pub(super) fn run(call: &Call<'_>, name: &str) -> Outcome<Output> {
    if let Some(operation) = binary(name) {
        return combine(operation, call.operand(0)?, call.operand(1)?);
    }
    if let Some(function) = unary(name) {
        return map(function, name, call.operand(0)?);
    }
    match name {
        "op" => match Operation::from_number(call.integer(0).unwrap_or(-1)) {
            Some(operation) => combine(operation, call.operand(1)?, call.operand(2)?),
            None => fail(ExcType::TypeError, "unsupported operand"),
        },
        "index" => index(call),
        "slice" => slice(call),
        "store" => store(call),
        "dot" | "matmul" => dot(&*call.operand(0)?, &*call.operand(1)?),
        "tolist" => Ok(Output::Plain(to_list(&*call.operand(0)?)?)),
        "item" => {
            let of = call.operand(0)?;
            Ok(scalar(of.at(call.integer(1).unwrap_or(0).max(0) as usize), of.dtype))
        }
        "concatenate" => make::concatenate(call),
        "allclose" | "array_equal" => same(call, name),
        "reshape" | "transpose" | "astype" | "copy" | "sort" | "cumsum" | "round" => {
            reform(call, name)
        }
        _ => reduce::run(call, name),
    }
}

fn binary(name: &str) -> Option<Operation> {
    Some(match name {
        "add" => Operation::Add,
        "subtract" => Operation::Subtract,
        "multiply" => Operation::Multiply,
        "divide" => Operation::Divide,
        "power" => Operation::Power,
        "maximum" => Operation::Maximum,
        "minimum" => Operation::Minimum,
        _ => return None,
    })
}

fn unary(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "sqrt" => libm::sqrt,
        "exp" => libm::exp,
        "log" => libm::log,
        "sin" => libm::sin,
        "cos" => libm::cos,
        "abs" | "absolute" => libm::fabs,
        "square" => |x| x * x,
        "floor" => libm::floor,
        "ceil" => libm::ceil,
        _ => return None,
    })
}

fn map(function: fn(f64) -> f64, name: &str, of: Arc<Array>) -> Outcome<Output> {
    let dtype =
        if matches!(name, "abs" | "absolute" | "square") { of.dtype } else { DType::Float(8) };
    if of.shape.is_empty() {
        return Ok(scalar(function(of.at(0)), dtype));
    }
    let (shape, depth) = (of.shape.clone(), of.depth());
    let array = Array::over(Recipe::Unary(function, of), shape, dtype, depth);
    array.map(Output::Array).map_err(too_large)
}

fn combine(operation: Operation, a: Arc<Array>, b: Arc<Array>) -> Outcome<Output> {
    let dtype = operation.dtype(a.dtype, b.dtype);
    let depth = a.depth().max(b.depth());
    let shape = if a.shape == b.shape || b.size() == 1 && b.shape.len() <= a.shape.len() {
        a.shape.clone()
    } else if a.size() == 1 && a.shape.len() <= b.shape.len() {
        b.shape.clone()
    } else {
        return broadcast(operation, &a, &b, dtype);
    };
    let scalars = shape.is_empty();
    let array =
        Array::over(Recipe::Binary(operation, a, b), shape, dtype, depth).map_err(too_large)?;
    Ok(if scalars { scalar(array.at(0), dtype) } else { Output::Array(array) })
}

/// Shapes that only fit after repeating an axis of length 1: computed at once.
fn broadcast(operation: Operation, a: &Array, b: &Array, dtype: DType) -> Outcome<Output> {
    let rank = a.shape.len().max(b.shape.len());
    let padded = |shape: &[usize]| {
        let mut padded = vec![1; rank - shape.len()];
        padded.extend(shape);
        padded
    };
    let (left, right) = (padded(&a.shape), padded(&b.shape));
    let fits = left.iter().zip(&right).all(|(m, n)| m == n || *m == 1 || *n == 1);
    if !fits {
        let tuple = |shape: &[usize]| {
            let items: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("({}{})", items.join(","), if items.len() == 1 { "," } else { "" })
        };
        let text = format!(
            "operands could not be broadcast together with shapes {} {} ",
            tuple(&a.shape),
            tuple(&b.shape)
        );
        return fail(ExcType::ValueError, text);
    }
    let shape: Vec<usize> =
        left.iter().zip(&right).map(|(m, n)| if *m == 1 { *n } else { *m }).collect();
    let result = Array::new(Recipe::Fill(0.0), shape.clone(), dtype);
    result.check_size().map_err(too_large)?;
    let position = |of: &[usize], mut flat: usize| {
        let (mut at, mut stride) = (0, 1);
        for axis in (0..rank).rev() {
            let i = flat % shape[axis];
            flat /= shape[axis];
            at += if of[axis] == 1 { 0 } else { i * stride };
            stride *= of[axis];
        }
        at
    };
    let values = (0..result.size())
        .map(|flat| operation.apply(a.at(position(&left, flat)), b.at(position(&right, flat))))
        .collect::<Vec<f64>>();
    Ok(Output::Array(Array::new(Recipe::Values(values.into()), shape, dtype)))
}

fn position(index: i64, count: usize) -> Outcome<usize> {
    let wrapped = if index < 0 { index + count as i64 } else { index };
    match usize::try_from(wrapped) {
        Ok(at) if at < count => Ok(at),
        _ => {
            let text = format!("index {index} is out of bounds for axis 0 with size {count}");
            fail(ExcType::IndexError, text)
        }
    }
}

fn index(call: &Call<'_>) -> Outcome<Output> {
    let of = call.operand(0)?;
    let indices: Vec<i64> = match call.args.get(1) {
        Some(MontyObject::Tuple(items)) => items.iter().filter_map(integer).collect(),
        Some(object) => integer(object).into_iter().collect(),
        None => Vec::new(),
    };
    if let Some(MontyObject::ClassInstance(_) | MontyObject::List(_)) = call.args.get(1) {
        return choose(&of, &*call.operand(1)?);
    }
    if indices.is_empty() || indices.len() > of.shape.len() {
        return fail(
            ExcType::IndexError,
            "only integers, slices and arrays are valid indices here",
        );
    }
    let (mut start, mut rest) = (0, of.size());
    for (axis, i) in indices.iter().enumerate() {
        let count = of.shape[axis];
        rest /= count.max(1);
        start += position(*i, count)? * rest;
    }
    let shape = of.shape[indices.len()..].to_vec();
    if shape.is_empty() {
        return Ok(scalar(of.at(start), of.dtype));
    }
    part(of, start, 1, shape)
}

/// `a[mask]` and `a[[1, 2]]`.
fn choose(of: &Array, by: &Array) -> Outcome<Output> {
    let count = of.shape.first().copied().unwrap_or(0);
    let by_values = by.values().map_err(too_large)?;
    let mut values = Vec::new();
    for (at, value) in by_values.iter().enumerate() {
        if by.dtype == DType::Bool {
            if *value != 0.0 {
                values.push(of.at(position(at as i64, count)?));
            }
        } else {
            values.push(of.at(position(*value as i64, count)?));
        }
    }
    Ok(Output::Array(Array::from_values(values, of.dtype)))
}

fn part(of: Arc<Array>, start: usize, step: isize, shape: Vec<usize>) -> Outcome<Output> {
    let (dtype, depth) = (of.dtype, of.depth());
    let array = Array::over(Recipe::Part { of, start, step }, shape, dtype, depth);
    array.map(Output::Array).map_err(too_large)
}

fn slice(call: &Call<'_>) -> Outcome<Output> {
    let of = call.operand(0)?;
    let count = of.shape.first().copied().unwrap_or(0) as i64;
    let bound = |at: usize| call.args.get(at).and_then(integer);
    let step = bound(3).unwrap_or(1);
    if step == 0 {
        return fail(ExcType::ValueError, "slice step cannot be zero");
    }
    let (least, most) = if step > 0 { (0, count) } else { (-1, count - 1) };
    let clamp = |given: Option<i64>, otherwise: i64| {
        given.map_or(otherwise, |i| (if i < 0 { i + count } else { i }).clamp(least, most))
    };
    let from = clamp(bound(1), if step > 0 { 0 } else { count - 1 });
    let to = clamp(bound(2), if step > 0 { count } else { -1 });
    let span = if step > 0 { to - from } else { from - to };
    let len = (span.max(0) as u64).div_ceil(step.unsigned_abs()) as usize;
    let mut shape = of.shape.clone();
    if let Some(first) = shape.first_mut() {
        *first = len;
    }
    let row: usize = of.shape.get(1..).unwrap_or(&[]).iter().product();
    if row != 1 && step != 1 {
        return fail(
            ExcType::TypeError,
            "a slice with a step works on arrays of one dimension only",
        );
    }
    part(of, from.max(0) as usize * row, step as isize, shape)
}

fn store(call: &Call<'_>) -> Outcome<Output> {
    let of = call.operand(0)?;
    let value = call.args.get(2).and_then(number);
    let (Some(index), Some(value)) = (call.integer(1), value) else {
        return fail(ExcType::TypeError, "only array[i] = number is supported on arrays");
    };
    let at = position(index, of.shape.first().copied().unwrap_or(0))?;
    let row: usize = of.shape.get(1..).unwrap_or(&[]).iter().product();
    let mut values = of.values().map_err(too_large)?;
    values[at * row..(at + 1) * row].fill(value);
    Ok(Output::Array(Array::new(Recipe::Values(values.into()), of.shape.clone(), of.dtype)))
}

fn dot(a: &Array, b: &Array) -> Outcome<Output> {
    let (rows, inner) = match *a.shape.as_slice() {
        [n] => (1, n),
        [m, n] => (m, n),
        _ => return fail(ExcType::ValueError, "dot takes arrays of one or two dimensions"),
    };
    let (inner_b, columns) = match *b.shape.as_slice() {
        [n] => (n, 1),
        [m, n] => (m, n),
        _ => return fail(ExcType::ValueError, "dot takes arrays of one or two dimensions"),
    };
    if inner != inner_b {
        let text =
            format!("shapes {:?} and {:?} not aligned: {inner} != {inner_b}", a.shape, b.shape);
        return fail(ExcType::ValueError, text);
    }
    if rows.saturating_mul(columns).saturating_mul(inner) > 10 * MOST_ELEMENTS {
        // The values of a product of large matrices are of no interest here; its size is.
        let array = Array::new(Recipe::Fill(0.0), vec![rows, columns], DType::Float(8));
        return Ok(Output::Array(array));
    }
    let (left, right) = (a.values().map_err(too_large)?, b.values().map_err(too_large)?);
    let mut values = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            values.push(
                (0..inner).map(|k| left[row * inner + k] * right[k * columns + column]).sum(),
            );
        }
    }
    let dtype = a.dtype.max(b.dtype);
    let shape = match (a.shape.len(), b.shape.len()) {
        (1, 1) => return Ok(scalar(values[0], dtype)),
        (2, 1) => vec![rows],
        (1, _) => vec![columns],
        _ => vec![rows, columns],
    };
    Ok(Output::Array(Array::new(Recipe::Values(values.into()), shape, dtype)))
}

/// `tolist()`.
fn to_list(of: &Array) -> Outcome<MontyObject> {
    let plain = |value: f64| match scalar(value, of.dtype) {
        Output::Plain(object) => object,
        Output::Array(_) => MontyObject::None,
    };
    let mut items: Vec<MontyObject> =
        of.values().map_err(too_large)?.into_iter().map(plain).collect();
    for count in of.shape.iter().skip(1).rev() {
        let mut rows = Vec::new();
        let mut rest = items.into_iter().peekable();
        while rest.peek().is_some() {
            rows.push(MontyObject::List(rest.by_ref().take((*count).max(1)).collect()));
        }
        items = rows;
    }
    Ok(MontyObject::List(items))
}

fn same(call: &Call<'_>, name: &str) -> Outcome<Output> {
    let (a, b) = (call.operand(0)?, call.operand(1)?);
    let tolerance = |y: f64| if name == "allclose" { 1e-8 + 1e-5 * y.abs() } else { 0.0 };
    let one = b.size() == 1;
    let same = (a.shape == b.shape || one && name == "allclose")
        && a.check_size().is_ok()
        && (0..a.size()).all(|i| {
            let (x, y) = (a.at(i), b.at(if one { 0 } else { i }));
            (x - y).abs() <= tolerance(y)
        });
    Ok(Output::Plain(MontyObject::Bool(same)))
}

fn reform(call: &Call<'_>, name: &str) -> Outcome<Output> {
    let of = call.operand(0)?;
    let mut array = (*of).clone();
    match name {
        "reshape" => {
            let given = match call.args.get(1) {
                Some(MontyObject::Tuple(items) | MontyObject::List(items)) => items.clone(),
                _ => call.args[1..].to_vec(),
            };
            let known: i64 = given.iter().filter_map(integer).filter(|n| *n >= 0).product();
            let open = (of.size() as i64).checked_div(known).unwrap_or(0);
            let sizes =
                given.iter().filter_map(integer).map(|n| if n < 0 { open } else { n } as usize);
            array.shape = sizes.collect();
            if array.size() != of.size() {
                let text = format!(
                    "cannot reshape array of size {} into shape {:?}",
                    of.size(),
                    array.shape
                );
                return fail(ExcType::ValueError, text);
            }
        }
        "astype" => array.dtype = call.dtype(1, of.dtype)?,
        "copy" => {}
        "transpose" => {
            if let [rows, columns] = *of.shape.as_slice() {
                let values = of.values().map_err(too_large)?;
                let turned: Vec<f64> =
                    (0..values.len()).map(|i| values[(i % rows) * columns + i / rows]).collect();
                array = Array::new(Recipe::Values(turned.into()), vec![columns, rows], of.dtype);
            }
        }
        _ => {
            let mut values = of.values().map_err(too_large)?;
            match name {
                "sort" => values.sort_by(f64::total_cmp),
                "cumsum" => {
                    let mut sum = 0.0;
                    for value in &mut values {
                        sum += *value;
                        *value = sum;
                    }
                }
                _ => {
                    let scale = libm::pow(10.0, call.number(1, "decimals", 0.0));
                    values.iter_mut().for_each(|value| *value = libm::rint(*value * scale) / scale);
                }
            }
            array = Array::new(Recipe::Values(values.into()), of.shape.clone(), of.dtype);
        }
    }
    Ok(Output::Array(array))
}

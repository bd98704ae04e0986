//! Arrays as NumPy prints them: equal widths, eight digits, lines of 75 characters, `...` beyond 1,000 elements.

use super::array::{Array, DType};

const LINE: usize = 75;
const THRESHOLD: usize = 1_000;
const EDGE: usize = 3;

/// `str(array)`.
pub(super) fn as_str(array: &Array) -> String {
    Layout::new(array, " ", 0, LINE).text()
}

/// `repr(array)`.
pub(super) fn as_repr(array: &Array) -> String {
    let body = Layout::new(array, ", ", "array(".len(), LINE - 1).text();
    let ordinary = matches!(array.dtype, DType::Float(8) | DType::Int(8) | DType::Bool);
    if ordinary && array.size() > 0 {
        format!("array({body})")
    } else {
        format!("array({body}, dtype={})", array.dtype.name())
    }
}

struct Layout<'a> {
    array: &'a Array,
    separator: &'static str,
    indent: usize,
    width: usize,
    summarize: bool,
    format: Format,
}

/// How one element is written.
enum Format {
    Plain { width: usize },
    Fixed { left: usize, right: usize },
    Scientific { digits: usize, width: usize },
}

impl<'a> Layout<'a> {
    fn new(array: &'a Array, separator: &'static str, prefix: usize, width: usize) -> Layout<'a> {
        let summarize = array.size() > THRESHOLD;
        let mut shown = Vec::new();
        collect(array, summarize, 0, 0, &mut shown);
        let format = Format::for_values(&shown, array.dtype);
        Layout { array, separator, indent: prefix + 1, width, summarize, format }
    }

    fn text(&self) -> String {
        if self.array.shape.is_empty() {
            return self.format.write(self.array.at(0), self.array.dtype).trim().to_owned();
        }
        if self.array.size() == 0 {
            return "[]".to_owned();
        }
        self.axis(0, 0, self.indent, self.width)
    }

    fn axis(&self, axis: usize, offset: usize, indent: usize, width: usize) -> String {
        let count = self.array.shape[axis];
        let stride: usize = self.array.shape[axis + 1..].iter().product();
        let last_axis = axis + 1 == self.array.shape.len();
        let positions = shown_positions(count, self.summarize);
        let pad = " ".repeat(indent);
        let mut text = String::new();
        let mut line = pad.clone();
        let room = width - self.separator.trim_end().len().max(1);
        for (place, position) in positions.iter().enumerate() {
            let last = place + 1 == positions.len();
            let word = match position {
                None => "...".to_owned(),
                Some(i) if last_axis => {
                    self.format.write(self.array.at(offset + i), self.array.dtype)
                }
                Some(i) => self.axis(axis + 1, offset + i * stride, indent + 1, width - 1),
            };
            if last_axis {
                if line.len() + word.len() > room && line.len() > pad.len() {
                    text.push_str(line.trim_end());
                    text.push('\n');
                    line.clone_from(&pad);
                }
                line.push_str(&word);
                line.push_str(if last { "" } else { self.separator });
            } else {
                text.push_str(&pad);
                text.push_str(&word);
                if !last {
                    text.push_str(self.separator.trim_end());
                    text.push_str(&"\n".repeat(self.array.shape.len() - axis - 1));
                }
            }
        }
        if last_axis {
            text.push_str(&line);
        }
        format!("[{}]", &text[indent..])
    }
}

/// Positions along an axis; `None` is the ellipsis.
fn shown_positions(count: usize, summarize: bool) -> Vec<Option<usize>> {
    if !summarize || count <= 2 * EDGE {
        return (0..count).map(Some).collect();
    }
    let tail = (count - EDGE..count).map(Some);
    (0..EDGE).map(Some).chain([None]).chain(tail).collect()
}

fn collect(array: &Array, summarize: bool, axis: usize, offset: usize, into: &mut Vec<f64>) {
    let Some(count) = array.shape.get(axis) else {
        into.push(array.at(offset));
        return;
    };
    let stride: usize = array.shape[axis + 1..].iter().product();
    for position in shown_positions(*count, summarize).into_iter().flatten() {
        collect(array, summarize, axis + 1, offset + position * stride, into);
    }
}

impl Format {
    fn for_values(values: &[f64], dtype: DType) -> Format {
        if !matches!(dtype, DType::Float(_)) {
            let plain = Format::Plain { width: 0 };
            let width = values.iter().map(|v| plain.write(*v, dtype).len()).max().unwrap_or(0);
            return Format::Plain { width };
        }
        let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        let sizes: Vec<f64> = finite.iter().map(|v| v.abs()).filter(|v| *v != 0.0).collect();
        let largest = sizes.iter().copied().fold(0.0, f64::max);
        let smallest = sizes.iter().copied().fold(f64::INFINITY, f64::min);
        if !sizes.is_empty() && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000.0) {
            let digits = finite.iter().map(|v| significant(*v)).max().unwrap_or(0);
            let probe = Format::Scientific { digits, width: 0 };
            let width = values.iter().map(|v| probe.write(*v, dtype).len()).max().unwrap_or(0);
            return Format::Scientific { digits, width };
        }
        let (mut left, mut right) = (0, 0);
        for value in &finite {
            let (whole, fraction) = split(*value);
            left = left.max(whole.len());
            right = right.max(fraction.len());
        }
        let odd = values.iter().filter(|v| !v.is_finite()).map(|v| name(*v).len()).max();
        left = left.max(odd.unwrap_or(0).saturating_sub(right + 1));
        Format::Fixed { left, right }
    }

    fn write(&self, value: f64, dtype: DType) -> String {
        match self {
            Format::Plain { width } => {
                let text = match dtype {
                    DType::Bool if value != 0.0 => "True".to_owned(),
                    DType::Bool => "False".to_owned(),
                    _ => format!("{value}"),
                };
                format!("{text:>width$}")
            }
            Format::Fixed { left, right } if value.is_finite() => {
                let (whole, fraction) = split(value);
                format!("{whole:>left$}.{fraction:<right$}")
            }
            Format::Fixed { left, right } => {
                format!("{:>width$}", name(value), width = left + right + 1)
            }
            Format::Scientific { digits, width } => {
                format!("{:>width$}", scientific(value, *digits))
            }
        }
    }
}

fn name(value: f64) -> &'static str {
    match value {
        v if v.is_nan() => "nan",
        v if v > 0.0 => "inf",
        _ => "-inf",
    }
}

/// Whole part and fraction without zeros at its end.
fn split(value: f64) -> (String, String) {
    let text = format!("{value:.8}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    (whole.to_owned(), fraction.trim_end_matches('0').to_owned())
}

fn significant(value: f64) -> usize {
    let text = format!("{value:.8e}");
    let mantissa = text.split('e').next().unwrap_or("");
    mantissa.split_once('.').map_or(0, |(_, digits)| digits.trim_end_matches('0').len())
}

fn scientific(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return name(value).to_owned();
    }
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let dot = if digits == 0 { "." } else { "" };
    let (sign, number) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    format!("{mantissa}{dot}e{sign}{number:0>2}")
}

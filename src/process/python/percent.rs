//! `'...' % values`, which the interpreter does not have.

use super::convert::{integer, number};
use super::host::Raise;
use monty_types::{ExcType, MontyObject};

/// The text: `args` are the format and the tuple of values.
pub(super) fn format(args: &[MontyObject]) -> Result<String, Raise> {
    let (Some(MontyObject::String(format)), Some(MontyObject::Tuple(values))) =
        (args.first(), args.get(1))
    else {
        return Err(Raise(ExcType::TypeError, "not a format".to_owned()));
    };
    let mut values = values.iter();
    let mut text = String::new();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        if letters.next_if_eq(&'%').is_some() {
            text.push('%');
            continue;
        }
        let mut spec = String::new();
        while let Some(letter) = letters.next_if(|c| "0123456789.-+ #".contains(*c)) {
            spec.push(letter);
        }
        let kind = letters.next().unwrap_or(' ');
        let Some(value) = values.next() else {
            return Err(Raise(
                ExcType::TypeError,
                "not enough arguments for format string".to_owned(),
            ));
        };
        text.push_str(&one(&spec, kind, value)?);
    }
    if values.next().is_some() {
        let message = "not all arguments converted during string formatting";
        return Err(Raise(ExcType::TypeError, message.to_owned()));
    }
    Ok(text)
}

fn one(spec: &str, kind: char, value: &MontyObject) -> Result<String, Raise> {
    let flags = spec.trim_start_matches(['-', '+', ' ', '#', '0']);
    let flag = |c: char| spec[..spec.len() - flags.len()].contains(c);
    let (width, precision) = flags.split_once('.').map_or((flags, None), |(w, p)| (w, Some(p)));
    // A program cannot make the host write without bounds.
    let width = width.parse::<usize>().unwrap_or(0).min(10_000);
    let precision = precision.map(|p| p.parse::<usize>().unwrap_or(0).min(100));
    let wrong = |needs: &str| {
        Raise(
            ExcType::TypeError,
            format!("%{kind} format: {needs} is required, not {}", value.py_repr()),
        )
    };
    let digits = precision.unwrap_or(6);
    let mut body = match kind {
        'd' | 'i' | 'u' => match (integer(value), number(value)) {
            (Some(n), _) => n.to_string(),
            (None, Some(n)) => format!("{}", n.trunc()),
            _ => value_text(value, 'd', wrong)?,
        },
        'f' | 'F' => format!("{:.digits$}", number(value).ok_or_else(|| wrong("a real number"))?),
        'e' => scientific(number(value).ok_or_else(|| wrong("a real number"))?, digits),
        'g' => general(number(value).ok_or_else(|| wrong("a real number"))?, digits.max(1)),
        'x' => format!("{:x}", integer(value).ok_or_else(|| wrong("an integer"))?),
        's' => value.to_string().chars().take(precision.unwrap_or(usize::MAX)).collect(),
        'r' => value.py_repr(),
        other => {
            let text = format!("unsupported format character '{other}'");
            return Err(Raise(ExcType::ValueError, text));
        }
    };
    if flag('+') && !body.starts_with('-') && !matches!(kind, 's' | 'r') {
        body.insert(0, '+');
    }
    Ok(if flag('-') {
        format!("{body:<width$}")
    } else if flag('0') && !matches!(kind, 's' | 'r') {
        let (sign, number) = body.strip_prefix('-').map_or(("", body.as_str()), |rest| ("-", rest));
        format!("{sign}{number:0>w$}", w = width.saturating_sub(sign.len()))
    } else {
        format!("{body:>width$}")
    })
}

fn value_text(
    value: &MontyObject,
    _kind: char,
    wrong: impl Fn(&str) -> Raise,
) -> Result<String, Raise> {
    match value {
        MontyObject::BigInt(number) => Ok(number.to_string()),
        _ => Err(wrong("a real number")),
    }
}

fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, number) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    format!("{mantissa}e{sign}{number:0>2}")
}

fn general(value: f64, digits: usize) -> String {
    let exponent = if value == 0.0 { 0 } else { libm::floor(libm::log10(value.abs())) as i64 };
    let trim = |text: String| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    };
    if exponent < -4 || exponent >= digits as i64 {
        let text = scientific(value, digits - 1);
        let (mantissa, rest) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{rest}", trim(mantissa.to_owned()));
    }
    let decimals = (digits as i64 - 1 - exponent).max(0) as usize;
    trim(format!("{value:.decimals$}"))
}

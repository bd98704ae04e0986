//! The functions that the prelude calls: answered here at once, or passed on to the engine as an effect.

use super::convert::{self, integer, number, text};
use super::process::{Pending, PythonProcess};
use super::{array, body, failure, numpy, percent, requests};
use crate::base::Span;
use crate::process::{Abort, Effect};
use monty::ReplFunctionCall;
use monty_types::{ExcType, ExtFunctionResult, MontyException, MontyObject};

/// Turns of loops between two looks of the host.
const BLOCK: i64 = 1_000;

/// Elements that are made without a look at memory.
const HEAVY: u64 = 4_000_000;

/// What comes of a call.
#[allow(clippy::large_enum_variant, reason = "it lives for one call and is never kept")]
pub(super) enum Answer {
    /// The program goes on with this.
    Now(ExtFunctionResult),
    /// The engine is asked first.
    Ask(Effect, Pending),
}

/// An exception to raise: class and text.
pub(super) struct Raise(pub(super) ExcType, pub(super) String);

impl Answer {
    pub(super) fn value(object: MontyObject) -> Answer {
        Answer::Now(ExtFunctionResult::Return(object))
    }

    pub(super) fn limit(what: impl Into<String>) -> Answer {
        Answer::Ask(Effect::Abort(Abort::Limit(what.into())), Pending::Done)
    }
}

/// Answers the call in which the program is suspended.
pub(super) fn answer(process: &mut PythonProcess, call: &ReplFunctionCall) -> Answer {
    let name = call.function_name.strip_prefix("_rs_host_").unwrap_or(&call.function_name);
    let result = match name {
        "tick" => Ok(tick(process, call)),
        "weigh" => Ok(weigh(process, call)),
        "limit" => Ok(Answer::limit(first_text(call))),
        "unsupported" => Ok(unsupported(call)),
        "key" => Ok(Answer::value(MontyObject::Int(process.shared.next_key() as i64))),
        "pid" => Ok(Answer::value(MontyObject::Int(10_000 + process.number as i64))),
        "class" => Ok(class(process, call)),
        "match" => Ok(matches(process, call)),
        "percent" => {
            percent::format(&call.args).map(|text| Answer::value(MontyObject::String(text)))
        }
        "export" => export(process, call),
        "seed" | "unit" | "below" | "normal" | "exponential" => Ok(chance(process, name, call)),
        "np" => numpy::answer(process, call),
        "size" => Ok(size(process, call)),
        "task" => Ok(Answer::limit("a worker asked for its arguments twice")),
        _ => requests::answer(process, name, call),
    };
    result.unwrap_or_else(|Raise(class, text)| {
        Answer::Now(ExtFunctionResult::Error(MontyException::new(class, Some(text))))
    })
}

fn first_text(call: &ReplFunctionCall) -> String {
    call.args.first().and_then(text).unwrap_or("").to_owned()
}

/// A block of steps is over: counts them, and now and then how much the program holds.
fn tick(process: &mut PythonProcess, call: &ReplFunctionCall) -> Answer {
    // Ticks are no requests: loops are limited by steps alone.
    process.usage.suspensions -= 1;
    process.usage.steps += BLOCK as u64;
    let limits = process.shared.options.limits;
    if process.usage.steps > limits.steps {
        return Answer::limit(format!(
            "it took more than {} steps; does a loop never end?",
            limits.steps
        ));
    }
    if let Some(answer) = look_at_memory(process, call) {
        return answer;
    }
    Answer::value(MontyObject::Int(BLOCK))
}

/// The program makes something large: the same as many steps.
fn weigh(process: &mut PythonProcess, call: &ReplFunctionCall) -> Answer {
    let elements = call.args.first().and_then(integer).unwrap_or(0).max(0) as u64;
    process.usage.steps += elements / 16;
    process.usage.weight = process.usage.weight.saturating_add(elements);
    // Looking costs as much as is held, so it waits until that may have grown by half.
    if process.usage.weight > HEAVY + process.usage.held / 2 {
        process.usage.weight = 0;
        process.usage.next_look = 0;
    }
    tick(process, call)
}

fn look_at_memory(process: &mut PythonProcess, call: &ReplFunctionCall) -> Option<Answer> {
    if process.usage.steps < process.usage.next_look {
        return None;
    }
    let limit = process.shared.options.limits.memory;
    let mut counter = Counter { bytes: 0, limit };
    let fits = postcard::to_io(call, &mut counter).is_ok();
    // A look costs about as much as a fifth of the steps until the next.
    process.usage.held = counter.bytes as u64;
    process.usage.next_look = process.usage.steps + 20_000 + counter.bytes as u64 / 20;
    (!fits).then(|| Answer::limit(format!("it holds more than {} MiB", limit >> 20)))
}

/// Counts what is written to it, and refuses beyond the limit.
struct Counter {
    bytes: usize,
    limit: usize,
}

impl std::io::Write for Counter {
    fn write(&mut self, written: &[u8]) -> std::io::Result<usize> {
        self.bytes += written.len();
        if self.bytes > self.limit {
            return Err(std::io::ErrorKind::OutOfMemory.into());
        }
        Ok(written.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn unsupported(call: &ReplFunctionCall) -> Answer {
    let help = call.args.get(1).and_then(text).unwrap_or("").to_owned();
    let message = format!("{} is not supported", first_text(call));
    Answer::Ask(Effect::Abort(Abort::Unsupported { message, help }), Pending::Done)
}

fn class(process: &PythonProcess, call: &ReplFunctionCall) -> Answer {
    let class = call.args.get(1).and_then(text).unwrap_or("");
    Answer::value(MontyObject::String(failure::class_name(
        &first_text(call),
        class,
        &process.shared,
    )))
}

fn matches(process: &PythonProcess, call: &ReplFunctionCall) -> Answer {
    let argument = |at: usize| call.args.get(at).and_then(text).unwrap_or("");
    let holds = failure::matches(argument(0), argument(1), argument(2), &process.shared);
    Answer::value(MontyObject::Bool(holds))
}

fn export(process: &PythonProcess, call: &ReplFunctionCall) -> Result<Answer, Raise> {
    let key = call.args.first().and_then(integer).unwrap_or(0) as u64;
    let name = call.args.get(1).and_then(text).unwrap_or("").to_owned();
    let template = body::Template::new(name, call, &process.shared)
        .map_err(|error| Raise(ExcType::RuntimeError, error))?;
    process.shared.put_template(key, template);
    Ok(Answer::value(MontyObject::None))
}

fn size(process: &PythonProcess, call: &ReplFunctionCall) -> Answer {
    let object = call.args.first().cloned().unwrap_or(MontyObject::None);
    let bytes = convert::portable(object, &process.shared).map_or(56, |portable| portable.bytes);
    Answer::value(MontyObject::Int(i64::try_from(bytes).unwrap_or(i64::MAX)))
}

fn chance(process: &mut PythonProcess, name: &str, call: &ReplFunctionCall) -> Answer {
    let argument = call.args.first();
    let stream = &mut process.random;
    Answer::value(match name {
        "seed" => {
            let seed = argument.map_or(0, |object| {
                object
                    .py_repr()
                    .bytes()
                    .fold(0u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
            });
            *stream = crate::base::rng::Stream::new(seed, "python seed", 0);
            MontyObject::None
        }
        "below" => {
            let bound = argument.and_then(integer).and_then(|n| u64::try_from(n).ok()).unwrap_or(1);
            MontyObject::Int(stream.below(bound.max(1)) as i64)
        }
        "normal" => MontyObject::Float(array::draw_normal(stream)),
        "exponential" => MontyObject::Float(-libm::log(stream.unit())),
        _ => MontyObject::Float(stream.unit()),
    })
}

/// A length of time given in seconds.
pub(super) fn span(object: &MontyObject) -> Option<Span> {
    number(object).map(Span::from_secs)
}

//! Exceptions on their way in and out: Ray's failures as Python exceptions, and what a program raised as a failure.

use super::shared::Shared;
use crate::state::failure::{Failure, FailureKind};
use monty_types::{ExcType, MontyException};

/// The interpreter's name of the snippet that is the user's program: two parts of the prelude and the program's names
/// come before it.
const USER_SCRIPT: &str = "<python-input-3>";

/// The exception that a call raises for a failure. Ray's own classes do not exist in the interpreter; which one it
/// is, is remembered by the text.
pub(super) fn to_exception(failure: &Failure, shared: &Shared) -> MontyException {
    let text = text(failure);
    let (exc_type, class) = match &failure.kind {
        FailureKind::Exception { .. } => {
            let root = match &failure.root().kind {
                FailureKind::Exception { class, .. } => class.as_str(),
                other => other.ray_class(),
            };
            // A task that only passed on what it got from another is an instance of that one's class.
            let inner =
                root.strip_prefix("RayTaskError(").map_or(root, |rest| rest.trim_end_matches(')'));
            let exc_type = inner.parse().unwrap_or(ExcType::Exception);
            (exc_type, format!("RayTaskError({inner})"))
        }
        FailureKind::GetTimeout => (ExcType::TimeoutError, "GetTimeoutError".to_owned()),
        other => (ExcType::Exception, other.ray_class().to_owned()),
    };
    shared.put_class(&text, class);
    MontyException::new(exc_type, Some(text))
}

/// The text that Ray gives the exception.
fn text(failure: &Failure) -> String {
    let FailureKind::Exception { class, traceback } = &failure.kind else {
        return failure.message.clone();
    };
    let head = traceback.first().map_or("ray::task()", String::as_str);
    if let Some(cause) = &failure.cause {
        let inner = text(cause);
        return format!(
            "{head}\n  At least one of the input arguments for this task could not be computed:\n\
             ray.exceptions.{}: {inner}",
            cause.kind.ray_class()
        );
    }
    let mut lines = traceback.join("\n");
    lines.push('\n');
    lines.push_str(class);
    if !failure.message.is_empty() {
        lines.push_str(": ");
        lines.push_str(&failure.message);
    }
    lines
}

/// Whether an exception with that text and class is caught by `ray.exceptions.<name>`.
pub(super) fn matches(name: &str, text: &str, class: &str, shared: &Shared) -> bool {
    let Some(known) = shared.class_of(text) else {
        return name == "GetTimeoutError" && class == "TimeoutError";
    };
    match name {
        "RayError" => true,
        "RayTaskError" => known.starts_with("RayTaskError"),
        "RayActorError" => known == "ActorDiedError" || known == "ActorUnavailableError",
        "ObjectLostError" => known == "ObjectLostError" || known == "OwnerDiedError",
        "RayCancelledError" => known == "TaskCancelledError",
        _ => known == name || known == format!("RayTaskError({name})"),
    }
}

/// The class's name as the user is to see it.
pub(super) fn class_name(text: &str, class: &str, shared: &Shared) -> String {
    shared.class_of(text).unwrap_or_else(|| class.to_owned())
}

/// What the program raised, with the line; `function` is the task's, or empty for the driver.
pub(super) fn from_exception(
    error: &MontyException,
    function: &str,
    shared: &Shared,
) -> (Failure, u32) {
    let message = shared.fill_in(error.message().unwrap_or(""));
    let class = class_name(&message, &error.exc_type().to_string(), shared);
    let mut traceback =
        if function.is_empty() { Vec::new() } else { vec![format!("ray::{function}()")] };
    let mut last = 0;
    for frame in error.traceback().iter().filter(|frame| frame.filename == USER_SCRIPT) {
        let line = shared.prepared.user_line(frame.start.line);
        let name = frame.frame_name.as_deref().unwrap_or("<module>");
        traceback.push(format!("  File \"{}\", line {line}, in {name}", shared.file));
        traceback.push(format!("    {}", shared.source_line(line).trim()));
        last = line;
    }
    (Failure::new(FailureKind::Exception { class, traceback }, message), last)
}

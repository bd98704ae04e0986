//! Policy, profile and parameters: from the scenario, and from the command line, which goes first.

use crate::model::parameters::{self, PROFILES, ParameterError, Parameters, TABLE};
use crate::scenario::LoadOptions;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::{Reporter, Source, nearest};
use crate::scenario::load::{FileProblem, Files};
use crate::scenario::profile_file::{MOST_PROFILE_BYTES, read_profile_file};
use crate::scenario::read::range_of;
use crate::scenario::source::{leaves, to_source};
use jsonc_parser::ast::Value;
use std::ops::Range;

/// A value from the command line, else from the file, with the text to point into.
fn chosen<T>(
    r: &mut Reporter,
    option: (&str, Option<&str>),
    value: Option<&Value<'_>>,
    check: impl FnOnce(&mut Reporter, &str, Range<usize>) -> Option<T>,
) -> Option<T> {
    if let (name, Some(text)) = option {
        let source = Source::new(name, text);
        return r.within(&source, |r| check(r, text, 0..text.len()));
    }
    let value = value?;
    let text = r.text(value, option.0.trim_start_matches('-'))?;
    check(r, text, range_of(value))
}

/// The policy's name.
pub fn read_policy(
    r: &mut Reporter,
    value: Option<&Value<'_>>,
    options: &LoadOptions<'_>,
) -> String {
    let known = options.known_policies;
    let policy = chosen(r, ("--policy", options.policy), value, |r, text, range| {
        if !known.is_empty() && !known.contains(&text) {
            let message = format!("there is no policy `{text}`");
            match nearest(text, known.iter().copied()) {
                Some(_) => {
                    r.suggest(Code::UnknownPolicy, range, message, text, known.iter().copied())
                }
                None => {
                    let help = format!("there are {}", known.join(", "));
                    r.advise(Code::UnknownPolicy, range, message, help);
                }
            }
        }
        Some(text.to_owned())
    });
    policy.unwrap_or_else(|| "hybrid".to_owned())
}

/// A profile that was chosen: the values that `parameters` and `--set` start from.
pub struct Chosen {
    /// Its name: a built-in one, or what its file says.
    pub name: String,
    /// Its values.
    pub values: Parameters,
}

/// The profile: a built-in one by its name, else a file. A scenario's lies beside it, the command line's anywhere.
pub fn read_profile(
    r: &mut Reporter,
    value: Option<&Value<'_>>,
    beside: &dyn Files,
    options: &LoadOptions<'_>,
) -> Chosen {
    let chosen = chosen(r, ("--profile", options.profile), value, |r, text, range| {
        if let Some(profile) = parameters::profile(text) {
            return Some(Chosen { name: profile.name.to_owned(), values: (profile.values)() });
        }
        let anywhere = options.profile.is_some();
        if !anywhere && leaves(r, text, range.clone()) {
            return None;
        }
        let files = if anywhere { options.files } else { beside };
        let read = files.read(text, MOST_PROFILE_BYTES);
        if text.trim().is_empty() || read == Err(FileProblem::Missing) {
            unknown_profile(r, text, range);
            return None;
        }
        let source = to_source(r, read, range, text)?;
        let file = r.within(&source, read_profile_file)?;
        Some(Chosen { name: file.name, values: file.values })
    });
    let default = &PROFILES[0];
    chosen.unwrap_or_else(|| Chosen { name: default.name.to_owned(), values: (default.values)() })
}

/// Neither a built-in profile nor a file.
fn unknown_profile(r: &mut Reporter, text: &str, range: Range<usize>) {
    let names = || PROFILES.iter().map(|profile| profile.name);
    let message = format!("there is no profile `{text}`, and no such file");
    let help = match nearest(text, names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let names: Vec<_> = names().collect();
            let names = names.join(" and ");
            format!("there are {names}; `rayscope calibrate` tells how to make a file of your own")
        }
    };
    r.advise(Code::UnknownProfile, range, message, help);
}

/// The profile's values, with what the key `parameters` says, and what `--set` says after it.
pub fn read_parameters(
    r: &mut Reporter,
    profile: &Chosen,
    value: Option<&Value<'_>>,
    options: &LoadOptions<'_>,
) -> Parameters {
    let mut parameters = profile.values.clone();
    if let Some(value) = value {
        for entry in r.entries(value, "parameters").unwrap_or_default() {
            let Some(text) = r.scalar(entry.value, "a parameter") else { continue };
            let place = range_of(entry.value);
            set_parameter(r, &mut parameters, (entry.key, entry.range), (&text, place));
        }
    }
    set_options(r, &mut parameters, options);
    parameters
}

fn set_options(r: &mut Reporter, parameters: &mut Parameters, options: &LoadOptions<'_>) {
    for text in options.set {
        let source = Source::new("--set", text);
        r.within(&source, |r| match text.split_once('=') {
            Some((key, value)) => {
                let (at, end) = (key.len(), text.len());
                set_parameter(r, parameters, (key.trim(), 0..at), (value.trim(), at + 1..end));
            }
            None => no_value(r, text.trim(), 0..text.len()),
        });
    }
}

/// `--set submit_cost`: the key alone, or something else without `=`.
fn no_value(r: &mut Reporter, text: &str, range: Range<usize>) {
    match TABLE.iter().find(|info| info.name == text) {
        Some(info) => {
            let message = format!("`{text}` is given no value");
            let help =
                format!("write `{text}=VALUE`, such as {text}={}", Parameters::ray().show(info));
            r.advise(Code::BadParameter, range, message, help);
        }
        None => {
            let message = format!("`{text}` has no `=`");
            r.advise(Code::BadParameter, range, message, "write KEY=VALUE");
        }
    }
}

/// Sets one parameter, and reports what is wrong with its name or its value.
pub fn set_parameter(
    r: &mut Reporter,
    parameters: &mut Parameters,
    (key, key_place): (&str, Range<usize>),
    (value, value_place): (&str, Range<usize>),
) {
    match parameters.set(key, value) {
        Ok(()) => {}
        Err(error @ ParameterError::Unknown(_)) => {
            let names = TABLE.iter().map(|info| info.name);
            r.suggest(Code::UnknownParameter, key_place, error.to_string(), key, names);
        }
        Err(error @ ParameterError::Value { .. }) => {
            r.say(Code::BadParameter, value_place, error.to_string());
        }
    }
}

//! Policy, profile and parameters: from the scenario, and from the command line, which goes first.

use crate::model::parameters::{PROFILES, ParameterError, Parameters, Profile, TABLE};
use crate::scenario::LoadOptions;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::{Reporter, Source, nearest};
use crate::scenario::read::range_of;
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

/// The profile, by its name.
pub fn read_profile(
    r: &mut Reporter,
    value: Option<&Value<'_>>,
    options: &LoadOptions<'_>,
) -> &'static Profile {
    let profile = chosen(r, ("--profile", options.profile), value, |r, text, range| {
        let found = PROFILES.iter().find(|profile| profile.name == text);
        if found.is_none() {
            let message = format!("there is no profile `{text}`");
            let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
            let help = format!("there are {}", names.join(", "));
            r.advise(Code::UnknownProfile, range, message, help);
        }
        found
    });
    profile.unwrap_or(&PROFILES[0])
}

/// The profile's values, with what the key `parameters` says, and what `--set` says after it.
pub fn read_parameters(
    r: &mut Reporter,
    profile: &Profile,
    value: Option<&Value<'_>>,
    options: &LoadOptions<'_>,
) -> Parameters {
    let mut parameters = (profile.values)();
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
            None => {
                let message = format!("`{text}` has no `=`");
                r.advise(Code::BadParameter, 0..text.len(), message, "write KEY=VALUE");
            }
        });
    }
}

fn set_parameter(
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

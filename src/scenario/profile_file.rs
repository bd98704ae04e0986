//! Profile files: parameters as they were measured on a cluster, and the built-in profile that the others are of.

use crate::model::parameters::{self, PROFILES, ParameterInfo, Parameters, TABLE};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Reporter;
use crate::scenario::read::{Fields, parse_json, range_of};
use crate::scenario::settings::set_parameter;
use jsonc_parser::ast::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A profile file has at most so many bytes.
pub const MOST_PROFILE_BYTES: u64 = 1 << 20;
/// More letters of a name or a measurement are not shown.
const MOST_SHOWN: usize = 60;
/// Keys of a profile file.
const KEYS: &[&str] = &[MARK, "name", "based_on", "ray", "measured", "parameters"];
/// The key by which a profile file is known; its value is the version.
const MARK: &str = "rayscope_profile";

/// What a profile file says.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileFile {
    /// Its name, for people.
    pub name: String,
    /// The built-in profile that all other parameters are of.
    pub based_on: &'static str,
    /// That profile's values.
    pub base: Parameters,
    /// The version of Ray that was measured.
    pub ray: Option<String>,
    /// What was measured, in words.
    pub measured: Vec<(String, String)>,
    /// All values.
    pub values: Parameters,
    /// The parameters that the file names.
    named: BTreeSet<String>,
}

impl ProfileFile {
    /// The parameters that the file names, in the order of the documentation.
    pub fn named(&self) -> impl Iterator<Item = &'static ParameterInfo> {
        TABLE.iter().filter(|info| self.named.contains(info.name))
    }
}

/// Reads the profile in the reporter's text.
pub fn read_profile_file(r: &mut Reporter) -> Option<ProfileFile> {
    let source = Arc::clone(r.source());
    let value = parse_json(r, &source.text)?;
    let before = r.errors();
    if let Value::Object(object) = &value
        && object.get(MARK).is_none()
    {
        // Any other JSON would only make a list of keys that are not known here.
        let head = object.range.start..object.range.start + 1;
        let message = format!("`{}` is not a profile", source.name);
        let help = "`rayscope calibrate` tells how a profile is measured";
        r.advise(Code::NotAProfile, head, message, help);
        return None;
    }
    let root = r.fields(&value, "a profile", KEYS)?;
    check_version(r, &root);
    let name = read_name(r, &root);
    let ray = root.get("ray").and_then(|v| r.text(v, "the version of Ray")).map(shown);
    let measured = root.get("measured").map_or(Vec::new(), |v| read_measured(r, v));
    let based_on = read_base(r, &root);
    let base = based_on.map_or_else(Parameters::default, |profile| (profile.values)());
    let (mut values, mut named) = (base.clone(), BTreeSet::new());
    if let Some(list) = root.need(r, "parameters") {
        for entry in r.entries(list, "parameters").unwrap_or_default() {
            let Some(text) = r.scalar(entry.value, "a parameter") else { continue };
            let place = range_of(entry.value);
            set_parameter(r, &mut values, (entry.key, entry.range), (&text, place));
            named.insert(entry.key.to_owned());
        }
    }
    if r.errors() > before {
        return None;
    }
    let (name, based_on) = (name?, based_on?.name);
    Some(ProfileFile { name, based_on, base, ray, measured, values, named })
}

fn check_version(r: &mut Reporter, root: &Fields<'_, '_>) {
    let Some(value) = root.get(MARK) else { return };
    if !matches!(value, Value::NumberLit(number) if number.value == "1") {
        let help = "this program reads version 1; a newer one may read this file";
        r.advise(Code::Version, range_of(value), "this version of a profile is not known", help);
    }
}

/// A name of its own, so that nobody takes the run for one with a built-in profile.
fn read_name(r: &mut Reporter, root: &Fields<'_, '_>) -> Option<String> {
    let value = root.need(r, "name")?;
    let name = r.name(value, "the profile's name")?;
    if parameters::profile(name).is_some() {
        let message = format!("`{name}` is the name of a built-in profile");
        r.advise(Code::ProfileName, range_of(value), message, "give it a name of its own");
        return None;
    }
    Some(shown(name))
}

fn read_base(r: &mut Reporter, root: &Fields<'_, '_>) -> Option<&'static parameters::Profile> {
    let value = root.need(r, "based_on")?;
    let text = r.text(value, "based_on")?;
    let found = parameters::profile(text);
    if found.is_none() {
        let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
        let message = format!("there is no built-in profile `{}`", shown(text));
        let help = format!("a profile file is based on one of {}", names.join(", "));
        r.advise(Code::UnknownProfile, range_of(value), message, help);
    }
    found
}

/// What was measured is for people: any names, and texts or numbers.
fn read_measured(r: &mut Reporter, value: &Value<'_>) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for entry in r.entries(value, "measured").unwrap_or_default() {
        if let Some(text) = r.scalar(entry.value, "a measurement") {
            list.push((shown(entry.key), shown(&text)));
        }
    }
    list
}

/// One line, and not a long one: it may come from anywhere, and goes to a terminal.
fn shown(text: &str) -> String {
    text.chars().take(MOST_SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

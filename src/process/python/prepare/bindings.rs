//! What the program imports, and what stands in for it.

use super::super::Problem;
use super::problem;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, ModModule, Stmt};
use ruff_text_size::{Ranged, TextRange};
use std::collections::BTreeMap;

/// Modules that the prelude simulates, with the name it has for each.
const SIMULATED: [(&str, &str); 13] = [
    ("ray", "_rs_m_ray"),
    ("ray.util", "_rs_m_ray_util"),
    ("ray.exceptions", "None"),
    ("ray.util.scheduling_strategies", "None"),
    ("ray.util.placement_group", "_rs_m_groups"),
    ("ray.util.actor_pool", "_rs_m_ray_util"),
    ("time", "_rs_m_time"),
    ("sys", "_rs_m_sys"),
    ("os", "_rs_m_os"),
    ("random", "_rs_m_random"),
    ("numpy", "_rs_m_numpy"),
    ("numpy.random", "_rs_m_numpy_random"),
    ("util.printing", "_rs_m_util_printing"),
];

/// Modules of Python's library that the prelude has an own version of.
const LIBRARY: [(&str, &str); 7] = [
    ("heapq", "_rs_m_heapq"),
    ("bisect", "_rs_m_bisect"),
    ("statistics", "_rs_m_statistics"),
    ("operator", "_rs_m_operator"),
    ("copy", "_rs_m_copy"),
    ("string", "_rs_m_string"),
    ("signal", "_rs_m_signal"),
];

/// Modules that the interpreter has itself.
const NATIVE: [&str; 10] = [
    "math",
    "json",
    "re",
    "collections",
    "functools",
    "itertools",
    "typing",
    "dataclasses",
    "datetime",
    "__future__",
];

/// Names of modules and of things imported from them.
#[derive(Default)]
pub(super) struct Bindings {
    /// Dotted path by the name that the program uses.
    names: BTreeMap<String, String>,
    unknown: Vec<(TextRange, String)>,
}

impl Bindings {
    /// All imports, wherever they are.
    pub(super) fn collect(module: &ModModule) -> Bindings {
        let mut bindings = Bindings::default();
        module.body.iter().for_each(|stmt| bindings.visit_stmt(stmt));
        bindings
    }

    /// Imports of modules that are not there.
    pub(super) fn problems(&self, source: &str) -> Vec<Problem> {
        let help = "only ray, numpy, time, random, sys, os, math, json, re, collections, functools, itertools, \
                    typing, dataclasses, datetime, heapq, bisect, statistics, operator, copy, string and signal are \
                    there: leave out what needs another module";
        let report = |(range, name): &(TextRange, String)| {
            problem(source, *range, &format!("the module {name} is not simulated"), help)
        };
        self.unknown.iter().map(report).collect()
    }

    /// Whether numpy is among them.
    pub(super) fn numpy(&self) -> bool {
        self.names.values().any(|path| path == "numpy" || path.starts_with("numpy."))
    }

    /// Whether something of the library that the prelude has is among them.
    pub(super) fn library(&self) -> bool {
        let root = |path: &String| path.split('.').next().unwrap_or("").to_owned();
        self.names.values().any(|path| LIBRARY.iter().any(|(known, _)| *known == root(path)))
    }

    /// Whether the name is that of a module whose calls change nothing in the interpreter.
    pub(super) fn is_harmless(&self, name: &str) -> bool {
        self.names.get(name).is_some_and(|path| {
            let root = path.split('.').next().unwrap_or("");
            matches!(root, "ray" | "time" | "numpy" | "random" | "math")
        })
    }

    /// The dotted path that an expression stands for, if it begins with something imported.
    pub(super) fn path(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Name(name) => self.names.get(name.id.as_str()).cloned(),
            Expr::Attribute(attribute) => {
                let base = self.path(&attribute.value)?;
                Some(format!("{base}.{}", attribute.attr.as_str()))
            }
            _ => None,
        }
    }

    /// The class of `ray.exceptions` that the expression names.
    pub(super) fn exception(&self, expr: &Expr) -> Option<String> {
        let path = self.path(expr)?;
        path.strip_prefix("ray.exceptions.").filter(|name| !name.contains('.')).map(str::to_owned)
    }

    /// The statement that stands in for an import; `None` if it can stay.
    pub(super) fn replacement(&self, stmt: &Stmt) -> Option<String> {
        let mut parts = Vec::new();
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let path = alias.name.as_str();
                    let root = path.split('.').next().unwrap_or(path);
                    match &alias.asname {
                        Some(name) => parts.push(bind(name.as_str(), path)),
                        None => parts
                            .push(bind(root, if path == "util.printing" { path } else { root })),
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref()?.as_str();
                if NATIVE.contains(&module) {
                    return None;
                }
                for alias in &import.names {
                    let (name, own) = (alias.name.as_str(), alias.asname.as_ref());
                    let own = own.map_or(name, |own| own.as_str());
                    parts.push(bind_from(module, name, own));
                }
            }
            _ => return None,
        }
        parts.retain(|part| !part.is_empty());
        Some(if parts.is_empty() { "pass".to_owned() } else { parts.join("; ") })
    }
}

fn bind(name: &str, path: &str) -> String {
    match stand_in(path) {
        Some(value) => format!("{name} = {value}"),
        None if name == path => format!("import {path}"),
        None => format!("import {path} as {name}"),
    }
}

fn bind_from(module: &str, name: &str, own: &str) -> String {
    let whole = format!("{module}.{name}");
    match (module, stand_in(&whole)) {
        // These are replaced where they are used.
        ("ray.exceptions", _) | (_, Some("None")) => String::new(),
        // The module has its function's name, and `ray.util` gives the function.
        ("ray.util", Some("_rs_m_groups")) => format!("{own} = _rs_m_ray_util.{name}"),
        ("ray.util.scheduling_strategies", _) if own == name => String::new(),
        ("ray.util.scheduling_strategies", _) => format!("{own} = {name}"),
        (_, Some(value)) => format!("{own} = {value}"),
        _ => format!("{own} = {}.{name}", stand_in(module).unwrap_or("None")),
    }
}

fn stand_in(path: &str) -> Option<&'static str> {
    let mut all = SIMULATED.iter().chain(&LIBRARY);
    all.find(|(known, _)| *known == path).map(|(_, value)| *value)
}

fn is_known(path: &str) -> bool {
    NATIVE.contains(&path) || stand_in(path).is_some()
}

impl<'a> Visitor<'a> for Bindings {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let path = alias.name.as_str();
                    if !is_known(path) {
                        self.unknown.push((alias.range(), path.to_owned()));
                        continue;
                    }
                    let root = path.split('.').next().unwrap_or(path);
                    let (name, bound) = match &alias.asname {
                        Some(name) => (name.as_str(), path),
                        None => (root, root),
                    };
                    self.names.insert(name.to_owned(), bound.to_owned());
                }
            }
            Stmt::ImportFrom(import) => {
                let path = import.module.as_ref().map_or(".", |module| module.as_str());
                if !is_known(path) || import.level > 0 {
                    self.unknown.push((import.range(), path.to_owned()));
                    return;
                }
                for alias in &import.names {
                    let own = alias.asname.as_ref().unwrap_or(&alias.name);
                    let whole = format!("{path}.{}", alias.name.as_str());
                    self.names.insert(own.as_str().to_owned(), whole);
                }
            }
            other => walk_stmt(self, other),
        }
    }
}

//! What can be said of a program's functions and classes without running them.

use super::bindings::Bindings;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, ModModule, Stmt, StmtFunctionDef};
use std::collections::{BTreeMap, BTreeSet};

/// Methods of each class at the top of the program.
pub(super) fn methods(module: &ModModule) -> BTreeMap<String, Vec<String>> {
    let mut classes = BTreeMap::new();
    for stmt in &module.body {
        if let Stmt::ClassDef(class) = stmt {
            let method = |stmt: &Stmt| match stmt {
                Stmt::FunctionDef(def) if !def.name.as_str().starts_with("__") => {
                    Some(def.name.as_str().to_owned())
                }
                _ => None,
            };
            classes.insert(
                class.name.as_str().to_owned(),
                class.body.iter().filter_map(method).collect(),
            );
        }
    }
    classes
}

/// Functions and classes at the top of the program: they can travel as their names.
pub(super) fn travelling(module: &ModModule) -> BTreeSet<String> {
    let name = |stmt: &Stmt| match stmt {
        Stmt::FunctionDef(def) => Some(def.name.as_str().to_owned()),
        Stmt::ClassDef(class) => Some(class.name.as_str().to_owned()),
        _ => None,
    };
    module.body.iter().filter_map(name).collect()
}

/// Functions at the top that can change nothing that outlives their call: they read only their own variables,
/// constants, harmless modules, builtins, and other such functions.
pub(super) fn clean_functions(module: &ModModule, bindings: &Bindings) -> BTreeSet<String> {
    let mut functions: BTreeMap<&str, Names> = BTreeMap::new();
    let mut constants: BTreeMap<&str, bool> = BTreeMap::new();
    let mut outer = Names::default();
    for stmt in &module.body {
        match stmt {
            Stmt::FunctionDef(def) => {
                let mut names = Names::default();
                names.function(def);
                // A function that is defined twice is not looked into.
                if functions.insert(def.name.as_str(), names).is_some() {
                    outer.stored.insert(def.name.as_str().to_owned());
                }
            }
            Stmt::Assign(assign) => {
                let constant = is_constant(&assign.value);
                for target in &assign.targets {
                    match target {
                        Expr::Name(name) => {
                            *constants.entry(name.id.as_str()).or_insert(true) &= constant
                        }
                        other => outer.visit_expr(other),
                    }
                }
            }
            other => outer.visit_stmt(other),
        }
    }
    let is_fixed = |name: &str| {
        constants.get(name) == Some(&true) && !outer.stored.contains(name)
            || !constants.contains_key(name) && !outer.stored.contains(name) && is_builtin(name)
            || bindings.is_harmless(name)
    };
    let mut clean: BTreeSet<&str> =
        functions.keys().copied().filter(|f| !outer.stored.contains(*f)).collect();
    // Whoever reads something else is not clean, nor is who calls one that is not: until nothing changes.
    loop {
        let still = clean.iter().copied().filter(|function| {
            let names = &functions[function];
            let fine = |name: &String| {
                names.stored.contains(name) || clean.contains(name.as_str()) || is_fixed(name)
            };
            !names.dirty && names.loaded.iter().all(fine)
        });
        let still: BTreeSet<&str> = still.collect();
        if still.len() == clean.len() {
            return clean.into_iter().map(str::to_owned).collect();
        }
        clean = still;
    }
}

fn is_constant(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
    )
}

fn is_builtin(name: &str) -> bool {
    const NAMES: [&str; 42] = [
        "abs",
        "all",
        "any",
        "bool",
        "bytes",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "hash",
        "hex",
        "id",
        "int",
        "isinstance",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
        "ValueError",
        "RuntimeError",
        "Exception",
        "TypeError",
    ];
    NAMES.contains(&name)
}

/// Names that a piece of the program reads and binds.
#[derive(Default)]
struct Names {
    loaded: BTreeSet<String>,
    stored: BTreeSet<String>,
    dirty: bool,
}

impl Names {
    fn function(&mut self, def: &StmtFunctionDef) {
        for parameter in &*def.parameters {
            self.stored.insert(parameter.name().as_str().to_owned());
            self.dirty |= parameter.default().is_some_and(|default| !is_constant(default));
        }
        def.body.iter().for_each(|stmt| self.visit_stmt(stmt));
    }
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::ClassDef(_) => self.dirty = true,
            Stmt::FunctionDef(def) => {
                self.stored.insert(def.name.as_str().to_owned());
                self.function(def);
                return;
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => return,
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            let set =
                if name.ctx == ExprContext::Load { &mut self.loaded } else { &mut self.stored };
            set.insert(name.id.as_str().to_owned());
        }
        if let Expr::Lambda(lambda) = expr {
            for parameter in lambda.parameters.iter().flat_map(|parameters| parameters.iter()) {
                self.stored.insert(parameter.name().as_str().to_owned());
            }
        }
        walk_expr(self, expr);
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.stored.insert(name.as_str().to_owned());
        }
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }
}

//! Python that the interpreter does not have: every place of it, with what to write instead.

use super::super::Problem;
use super::problem;
use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{Comprehension, Expr, ModModule, Number, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextRange};
use std::collections::BTreeSet;

/// Everything that is refused.
pub(super) fn problems(
    module: &ModModule,
    source: &str,
    generators: &BTreeSet<String>,
) -> Vec<Problem> {
    let (problems, defined) = (Vec::new(), BTreeSet::new());
    let mut finder = Finder { source, problems, defined, generators, inside: Vec::new() };
    for stmt in &module.body {
        match stmt {
            Stmt::FunctionDef(def) => finder.defined.insert(def.name.as_str().to_owned()),
            Stmt::ClassDef(class) => finder.defined.insert(class.name.as_str().to_owned()),
            _ => false,
        };
    }
    module.body.iter().for_each(|stmt| finder.visit_stmt(stmt));
    finder.problems
}

struct Finder<'a> {
    source: &'a str,
    problems: Vec<Problem>,
    defined: BTreeSet<String>,
    /// Remote functions that may yield.
    generators: &'a BTreeSet<String>,
    /// The functions and classes around, from the outermost on.
    inside: Vec<&'a str>,
}

/// Functions that are not there, with what to write instead.
const ABSENT: [(&str, &str); 15] = [
    ("open", "a simulated program has no files: keep the data in the program"),
    ("input", "a simulated program has no keyboard: write the value into the program"),
    ("exec", "write the statements out"),
    ("eval", "write the expression out"),
    ("compile", "write the code out"),
    ("__import__", "use an import statement"),
    ("globals", "keep the values in a dict of your own"),
    ("locals", "keep the values in a dict of your own"),
    ("vars", "keep the values in a dict of your own"),
    ("dir", "name the attributes"),
    ("super", "there is no inheritance: call the function by its name"),
    ("property", "write an ordinary method"),
    ("staticmethod", "write a function outside the class"),
    ("classmethod", "write a function outside the class"),
    ("breakpoint", "use print"),
];

/// Special methods that the interpreter never calls.
const UNCALLED: [&str; 22] = [
    "__add__",
    "__sub__",
    "__mul__",
    "__truediv__",
    "__floordiv__",
    "__mod__",
    "__pow__",
    "__radd__",
    "__rsub__",
    "__rmul__",
    "__iadd__",
    "__neg__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__getitem__",
    "__setitem__",
    "__len__",
    "__call__",
    "__getattr__",
    "__del__",
];

impl<'a> Finder<'a> {
    fn refuse(&mut self, range: TextRange, message: &str, help: &str) {
        self.problems.push(problem(self.source, range, message, help));
    }

    fn class(&mut self, class: &StmtClassDef) {
        if let Some(arguments) = &class.arguments
            && !(arguments.args.is_empty() && arguments.keywords.is_empty())
        {
            let only_object = arguments.keywords.is_empty()
                && arguments
                    .args
                    .iter()
                    .all(|base| matches!(base, Expr::Name(name) if name.id.as_str() == "object"));
            if !only_object {
                let help = "write the class without bases; for an exception of your own raise RuntimeError with a text";
                self.refuse(arguments.range(), "inheritance is not supported", help);
            }
        }
        for stmt in &class.body {
            let Stmt::FunctionDef(def) = stmt else { continue };
            if let Some(decorator) = def.decorator_list.first() {
                let help = "leave the decorator out; use .options(num_returns=...) at the call instead of @ray.method, \
                            and a function outside the class instead of a static method";
                self.refuse(decorator.range(), "decorators on methods are not supported", help);
            }
            if UNCALLED.contains(&def.name.as_str()) {
                let message = format!("the special method {} is not supported", def.name.as_str());
                self.refuse(
                    def.name.range(),
                    &message,
                    "write an ordinary method and call it by its name",
                );
            }
        }
    }

    /// `a[0], b.c = 1, 2`: only names can be unpacked into.
    fn target(&mut self, target: &Expr) {
        let (Expr::Tuple(ruff_python_ast::ExprTuple { elts, .. })
        | Expr::List(ruff_python_ast::ExprList { elts, .. })) = target
        else {
            return;
        };
        for part in elts {
            if let Expr::Subscript(_) | Expr::Attribute(_) = part {
                let help =
                    "assign to names first, then one by one: t = a[i]; a[i] = a[j]; a[j] = t";
                self.refuse(
                    part.range(),
                    "unpacking into something else than names is not supported",
                    help,
                );
            }
            self.target(part);
        }
    }

    fn delete(&mut self, targets: &[Expr]) {
        for target in targets {
            let fine = match target {
                Expr::Name(_) | Expr::Attribute(_) => true,
                Expr::Subscript(subscript) => {
                    !matches!(*subscript.slice, Expr::Slice(_)) && targets.len() == 1
                }
                _ => false,
            };
            if !fine {
                self.refuse(
                    target.range(),
                    "this form of del is not supported",
                    "delete one thing at a time",
                );
            }
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let range = stmt.range();
        match stmt {
            Stmt::Match(_) => self.refuse(range, "match is not supported", "use if and elif"),
            Stmt::FunctionDef(def) if def.is_async => {
                self.refuse(
                    range,
                    "async functions are not supported",
                    "write def, and use ray.get and ray.wait",
                );
            }
            Stmt::For(stmt) if stmt.is_async => {
                self.refuse(range, "async for is not supported", "write for")
            }
            Stmt::With(stmt) if stmt.is_async => {
                self.refuse(range, "async with is not supported", "write with")
            }
            Stmt::Try(stmt) if stmt.is_star => {
                self.refuse(range, "except* is not supported", "write except")
            }
            Stmt::TypeAlias(_) => {
                self.refuse(range, "type aliases are not supported", "leave it out")
            }
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.target(target)),
            Stmt::Delete(delete) => self.delete(&delete.targets),
            Stmt::ImportFrom(import)
                if import.names.iter().any(|alias| alias.name.as_str() == "*") =>
            {
                self.refuse(range, "import * is not supported", "name what you import");
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                for alias in &import.names {
                    let endless = matches!(alias.name.as_str(), "count" | "cycle" | "repeat");
                    if module == "itertools" && endless {
                        self.refuse(
                            alias.range(),
                            "endless iterators are not supported",
                            "write a while loop",
                        );
                    }
                }
            }
            Stmt::ClassDef(class) => self.class(class),
            _ => {}
        }
        let name = match stmt {
            Stmt::FunctionDef(def) => Some(def.name.as_str()),
            Stmt::ClassDef(class) => Some(class.name.as_str()),
            _ => None,
        };
        self.inside.extend(name);
        walk_stmt(self, stmt);
        self.inside.truncate(self.inside.len() - usize::from(name.is_some()));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let range = expr.range();
        match expr {
            Expr::Yield(_) | Expr::YieldFrom(_)
                if !self.generators.contains(&self.inside.join(".")) =>
            {
                let help = "append to a list and return it; only functions and methods of classes under @ray.remote \
                            at the top of the program can yield: their items stream to the caller";
                self.refuse(range, "yield is not supported here", help);
            }
            Expr::Lambda(_) => {
                self.inside.push("<lambda>");
                walk_expr(self, expr);
                self.inside.pop();
                return;
            }
            Expr::Name(name) if name.id.as_str().starts_with("_rs_") => {
                self.refuse(
                    range,
                    "names that begin with _rs_ are the simulator's own",
                    "take another name",
                );
            }
            Expr::Await(_) => {
                self.refuse(range, "await is not supported", "call ray.get or ray.wait")
            }
            Expr::TString(_) => {
                self.refuse(range, "template strings are not supported", "use an f-string")
            }
            Expr::NumberLiteral(number) if matches!(number.value, Number::Complex { .. }) => {
                self.refuse(range, "complex numbers are not supported", "use two floats");
            }
            Expr::Call(call) => {
                if let Expr::Name(name) = &*call.func {
                    let name = name.id.as_str();
                    let absent = ABSENT.iter().find(|(absent, _)| *absent == name);
                    if let Some((_, help)) = absent.filter(|_| !self.defined.contains(name)) {
                        self.refuse(range, &format!("{name}() is not supported"), help);
                    }
                    if name == "iter" && call.arguments.args.len() == 2 {
                        self.refuse(
                            range,
                            "iter() with two arguments is not supported",
                            "write a while loop",
                        );
                    }
                }
                if let Expr::Attribute(attribute) = &*call.func
                    && matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "itertools")
                    && matches!(attribute.attr.as_str(), "count" | "cycle" | "repeat")
                {
                    self.refuse(range, "endless iterators are not supported", "write a while loop");
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        if comprehension.is_async {
            self.refuse(
                comprehension.range(),
                "async comprehensions are not supported",
                "write for",
            );
        }
        walk_comprehension(self, comprehension);
    }
}

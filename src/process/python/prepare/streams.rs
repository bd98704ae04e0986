//! Generators: who may yield, and loops over what they give.
//!
//! The interpreter has no `yield`, and cannot suspend inside an iterator. `yield x` becomes a call of the host, and a
//! loop that may go over a generator becomes one that asks for each item where it can suspend:
//! `for ref in gen.remote():` becomes `_rs_l7 = _rs_each(gen.remote())` and `while _rs_more(_rs_l7, 1):`.

use super::bindings::Bindings;
use super::numeric;
use super::rewrite::Writer;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Decorator, Expr, ExprCall, ModModule, Stmt, StmtFor, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::collections::BTreeSet;

/// Remote functions, and methods of remote classes, at the top of the program that yield.
pub(super) fn generators(module: &ModModule, bindings: &Bindings) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for stmt in &module.body {
        match stmt {
            Stmt::FunctionDef(def) if is_remote(&def.decorator_list, bindings) && yields(def) => {
                found.insert(def.name.as_str().to_owned());
            }
            Stmt::ClassDef(class) if is_remote(&class.decorator_list, bindings) => {
                for stmt in &class.body {
                    if let Stmt::FunctionDef(def) = stmt
                        && yields(def)
                    {
                        found.insert(format!("{}.{}", class.name, def.name));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn is_remote(decorators: &[Decorator], bindings: &Bindings) -> bool {
    decorators.iter().any(|decorator| {
        let named = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        bindings.path(named).as_deref() == Some("ray.remote")
    })
}

/// Whether a function itself yields, not one inside it.
fn yields(def: &StmtFunctionDef) -> bool {
    struct Search(bool);
    impl<'a> Visitor<'a> for Search {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            if !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, stmt);
            }
        }

        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
                Expr::Lambda(_) => {}
                _ => walk_expr(self, expr),
            }
        }
    }
    let mut search = Search(false);
    search.visit_body(&def.body);
    search.0
}

/// Builtins that take all items of what they are given.
const TAKES_ALL: [&str; 14] = [
    "list",
    "tuple",
    "set",
    "sorted",
    "zip",
    "enumerate",
    "map",
    "filter",
    "sum",
    "min",
    "max",
    "any",
    "all",
    "dict",
];

/// Whether an expression may be a generator's handle.
fn may_stream(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) | Expr::Subscript(_) | Expr::If(_) | Expr::BoolOp(_) | Expr::Named(_) => true,
        Expr::Attribute(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => {
                let name = name.id.as_str();
                !TAKES_ALL.contains(&name) && !matches!(name, "range" | "reversed")
            }
            Expr::Attribute(attribute) => {
                !matches!(attribute.attr.as_str(), "items" | "keys" | "values" | "split")
            }
            _ => true,
        },
        _ => false,
    }
}

/// `enumerate(x)` of something that may be a generator.
fn enumerates(expr: &Expr) -> Option<&ExprCall> {
    let Expr::Call(call) = expr else { return None };
    let named = matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "enumerate");
    (named && call.arguments.args.first().is_some_and(may_stream)).then_some(call)
}

/// Makes the header of a loop that may go over a generator; false if it cannot be one.
pub(super) fn walked(writer: &mut Writer<'_>, stmt: &StmtFor) -> bool {
    let enumerated = enumerates(&stmt.iter);
    let Some(first) = stmt.body.first() else { return false };
    let before = writer.text(stmt.target.end(), stmt.iter.start());
    let keyword = before.find("in").map(|at| stmt.target.end().to_usize() + at + 2);
    let colon = colon(writer.text(stmt.iter.end(), first.start()));
    let (Some(keyword), Some(colon)) = (keyword, colon) else { return false };
    if !may_stream(&stmt.iter) && enumerated.is_none() {
        return false;
    }
    let colon = stmt.iter.end() + TextSize::new(colon as u32);
    let (line, name) = (writer.line(stmt.start()), format!("_rs_l{}", stmt.start().to_u32()));
    let from = stmt.start().to_usize();
    writer.edits.replace(from, keyword, format!("{name} = _rs_each("));
    match enumerated {
        Some(call) => {
            let (from, to) = (call.func.start().to_usize(), call.func.end().to_usize());
            writer.edits.replace(from, to, "_rs_enumerate");
            writer.visit_arguments(&call.arguments);
        }
        None if writer.numpy => numeric::walked(writer, &stmt.iter),
        None => writer.visit_expr(&stmt.iter),
    }
    let around = indent(writer, stmt.start());
    let header = format!(")\n{around}while _rs_more({line}, {name})");
    let target = writer.text(stmt.target.start(), stmt.target.end());
    let then = match writer.text(colon, first.start()).contains('\n') {
        true => format!("\n{}", indent(writer, first.start())),
        false => "; ".to_owned(),
    };
    let item = format!("{target} = {name}.item{then}");
    writer.edits.insert(colon, header);
    writer.edits.insert(first.start(), item);
    true
}

/// What stands before a statement on its line.
fn indent(writer: &Writer<'_>, at: TextSize) -> String {
    let before = writer.text(TextSize::new(0), at);
    before.rsplit('\n').next().unwrap_or("").to_owned()
}

/// Where the colon is that ends a loop's header: comments may hold any number of them.
fn colon(text: &str) -> Option<usize> {
    let mut comment = false;
    text.char_indices().find_map(|(at, letter)| {
        comment = letter == '#' || comment && letter != '\n';
        (letter == ':' && !comment).then_some(at)
    })
}

/// `yield`, `next()`, and what takes all items at once; true if the parts are done too.
pub(super) fn expression(writer: &mut Writer<'_>, expr: &Expr) -> bool {
    let from = expr.start().to_usize();
    match expr {
        Expr::Yield(inner) => {
            let Some(value) = &inner.value else {
                let text = format!("_rs_host_yield({}, None)", writer.line(expr.start()));
                writer.edits.replace(from, expr.end().to_usize(), text);
                return true;
            };
            call(writer, expr.range(), "yield", "_rs_host_yield");
            writer.visit_expr(value);
            true
        }
        Expr::YieldFrom(inner) => {
            call(writer, expr.range(), "from", "_rs_yield_from");
            writer.visit_expr(&inner.value);
            true
        }
        Expr::Call(call) => {
            let Expr::Name(name) = &*call.func else { return false };
            if name.id.as_str() == "next" {
                writer.edits.replace(from, name.end().to_usize(), "_rs_next_item");
            } else if TAKES_ALL.contains(&name.id.as_str()) {
                call.arguments.args.iter().for_each(|argument| all_of(writer, argument));
            }
            false
        }
        _ => false,
    }
}

/// Something that takes all items of what may be a generator.
pub(super) fn all_of(writer: &mut Writer<'_>, expr: &Expr) {
    if may_stream(expr) {
        let head = format!("_rs_all({}, ", writer.line(expr.start()));
        writer.edits.insert(expr.start(), head);
        writer.edits.insert(expr.end(), ")");
    }
}

/// Everything up to the keyword's end becomes a call with the line; the value that follows is its argument.
fn call(writer: &mut Writer<'_>, range: TextRange, keyword: &str, function: &str) {
    let text = writer.text(range.start(), range.end());
    let end = text.find(keyword).map_or(0, |at| at + keyword.len());
    let (from, line) = (range.start().to_usize(), writer.line(range.start()));
    writer.edits.replace(from, from + end, format!("{function}({line}, ("));
    writer.edits.insert(range.end(), "))");
}

//! Writes into the program what the interpreter needs.

use super::bindings::Bindings;
use super::predicates::{has_comma, is_exception, is_sequence, is_text};
use super::{Edits, numeric, streams};
use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{
    Comprehension, Expr, ExprAttribute, ExprCall, ExprContext, ModModule, Operator, Stmt,
    StmtDelete,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::collections::BTreeSet;

/// Counts one step; always true.
const STEP: &str = "(_rs_next(_rs_steps, 0) or _rs_refill())";

/// Collects all changes.
pub(super) fn rewrite(
    module: &ModModule,
    source: &str,
    bindings: &Bindings,
    kept: &BTreeSet<String>,
    streams: bool,
    edits: &mut Edits,
) {
    let mut remote = BTreeSet::new();
    let mut own_remote = false;
    for stmt in &module.body {
        match stmt {
            Stmt::FunctionDef(def) if !def.decorator_list.is_empty() => {
                remote.insert(def.name.as_str().to_owned());
            }
            Stmt::ClassDef(class) => {
                let defines = |stmt: &Stmt| matches!(stmt, Stmt::FunctionDef(def) if def.name.as_str() == "remote");
                own_remote |= class.body.iter().any(defines);
            }
            _ => {}
        }
    }
    let numpy = bindings.numpy();
    let mut writer = Writer { source, bindings, edits, remote, own_remote, numpy, streams };
    writer.keep(&module.body, kept);
    module.body.iter().for_each(|stmt| writer.visit_stmt(stmt));
}

pub(super) struct Writer<'a> {
    pub(super) source: &'a str,
    bindings: &'a Bindings,
    pub(super) edits: &'a mut Edits,
    /// Decorated functions at the top.
    remote: BTreeSet<String>,
    /// Whether a class of the program has a method of that name: then `.remote` says nothing.
    own_remote: bool,
    pub(super) numpy: bool,
    /// Whether anything in the program is a generator.
    streams: bool,
}

impl Writer<'_> {
    /// Tells the prelude each function and class at the top, in the next statement that can say it.
    fn keep(&mut self, body: &[Stmt], kept: &BTreeSet<String>) {
        let mut waiting = String::new();
        for stmt in body {
            if !waiting.is_empty() && self.prefix(stmt, &waiting) {
                waiting.clear();
            }
            let name = match stmt {
                Stmt::FunctionDef(def) => def.name.as_str(),
                Stmt::ClassDef(class) => class.name.as_str(),
                _ => continue,
            };
            if kept.contains(name) {
                let and = if waiting.is_empty() { "" } else { " and " };
                waiting.push_str(&format!("{and}_rs_keep({name:?}, {name})"));
            }
        }
    }

    /// Has an expression computed before the statement runs; false if the statement has no place for it.
    fn prefix(&mut self, stmt: &Stmt, expression: &str) -> bool {
        match stmt {
            Stmt::FunctionDef(def) => match def.decorator_list.first() {
                Some(decorator) => self.wrap_and(decorator.expression.range(), expression),
                None => return false,
            },
            Stmt::ClassDef(class) => match class.decorator_list.first() {
                Some(decorator) => self.wrap_and(decorator.expression.range(), expression),
                None => return false,
            },
            Stmt::If(stmt) => self.wrap_and(stmt.test.range(), expression),
            Stmt::While(stmt) => self.wrap_and(stmt.test.range(), expression),
            Stmt::For(stmt) => self.wrap_and(stmt.iter.range(), expression),
            Stmt::With(stmt) => match stmt.items.first() {
                Some(item) => self.wrap_and(item.context_expr.range(), expression),
                None => return false,
            },
            Stmt::Try(stmt) => {
                return stmt.body.first().is_some_and(|first| self.prefix(first, expression));
            }
            Stmt::Match(_) => return false,
            simple => self.edits.insert(simple.start(), format!("{expression}; ")),
        }
        true
    }

    fn wrap_and(&mut self, range: TextRange, expression: &str) {
        self.edits.insert(range.start(), format!("{expression} and ("));
        self.edits.insert(range.end(), ")");
    }

    /// Counts a step for each run of the body.
    fn count(&mut self, body: &[Stmt]) {
        let _ = body.iter().any(|stmt| self.prefix(stmt, STEP));
    }

    pub(super) fn text(&self, from: TextSize, to: TextSize) -> &str {
        self.source.get(from.to_usize()..to.to_usize()).unwrap_or("")
    }

    pub(super) fn line(&self, at: TextSize) -> usize {
        self.text(TextSize::new(0), at).matches('\n').count() + 1
    }

    fn statement(&mut self, stmt: &Stmt) -> bool {
        if let Some(text) = self.bindings.replacement(stmt) {
            let (from, to) = (stmt.start(), stmt.end());
            // The lines after it must stay where they are.
            let lines = "\n".repeat(self.text(from, to).matches('\n').count());
            self.edits.replace(from.to_usize(), to.to_usize(), text + &lines);
            return true;
        }
        match stmt {
            Stmt::While(stmt) => {
                self.wrap_and(stmt.test.range(), STEP);
            }
            Stmt::For(stmt) => {
                let looped = self.streams && streams::walked(self, stmt);
                self.count(&stmt.body);
                if looped || self.numpy {
                    if !looped {
                        numeric::walked(self, &stmt.iter);
                    }
                    self.visit_body(&stmt.body);
                    self.visit_body(&stmt.orelse);
                    return true;
                }
            }
            Stmt::FunctionDef(def) => self.count(&def.body),
            Stmt::ClassDef(class) => {
                if let Some(arguments) = &class.arguments {
                    self.edits.replace(
                        arguments.start().to_usize(),
                        arguments.end().to_usize(),
                        "",
                    );
                }
            }
            Stmt::Delete(delete) => return self.delete(delete),
            _ if self.numpy => return numeric::statement(self, stmt),
            _ => {}
        }
        false
    }

    /// `del x` becomes `x = None`, `del d[k]` becomes `d.pop(k)`.
    fn delete(&mut self, delete: &StmtDelete) -> bool {
        let from = delete.range.start();
        match delete.targets.as_slice() {
            [Expr::Subscript(subscript)] => {
                self.edits.replace(from.to_usize(), subscript.value.start().to_usize(), "");
                self.bracket(subscript.value.end(), subscript.slice.start(), ".pop(");
                self.edits.replace(subscript.end().to_usize() - 1, subscript.end().to_usize(), ")");
                self.visit_expr(&subscript.value);
                self.visit_expr(&subscript.slice);
                return true;
            }
            targets => {
                let names: Vec<&str> =
                    targets.iter().map(|t| self.text(t.start(), t.end())).collect();
                let text = format!("{} = None", names.join(" = "));
                self.edits.replace(from.to_usize(), delete.range.end().to_usize(), text);
            }
        }
        true
    }

    /// Replaces the `[` between two positions.
    pub(super) fn bracket(&mut self, from: TextSize, to: TextSize, text: &str) {
        if let Some(at) = self.text(from, to).find('[') {
            let at = from.to_usize() + at;
            self.edits.replace(at, at + 1, text);
        }
    }

    /// Changes to an expression itself; true if its parts are done too.
    fn expression(&mut self, expr: &Expr) -> bool {
        if let Some(class) = self.bindings.exception(expr) {
            let text = format!("_rs_exc({class:?})");
            self.edits.replace(expr.start().to_usize(), expr.end().to_usize(), text);
            return true;
        }
        if self.streams && streams::expression(self, expr) {
            return true;
        }
        match expr {
            Expr::Call(call) => return self.call(call),
            Expr::Attribute(attribute) if attribute.attr.as_str() == "__name__" => {
                return self.name(attribute);
            }
            Expr::ListComp(list) => self.wrap_and(list.elt.range(), STEP),
            Expr::SetComp(set) => self.wrap_and(set.elt.range(), STEP),
            Expr::Generator(generator) => self.wrap_and(generator.elt.range(), STEP),
            Expr::Lambda(lambda) => self.wrap_and(lambda.body.range(), STEP),
            Expr::BinOp(operation) if operation.op == Operator::Mod && is_text(&operation.left) => {
                self.call_of("_rs_percent(", expr, &operation.left, &operation.right, "%");
                return true;
            }
            Expr::BinOp(operation)
                if operation.op == Operator::Mult
                    && (is_sequence(&operation.left) || is_sequence(&operation.right)) =>
            {
                self.call_of("_rs_repeat(", expr, &operation.left, &operation.right, "*");
                return true;
            }
            other if self.numpy => return numeric::expression(self, other),
            _ => {}
        }
        false
    }

    /// `a + b` becomes `f(a , b)`.
    pub(super) fn call_of(
        &mut self,
        function: &str,
        whole: &Expr,
        a: &Expr,
        b: &Expr,
        operator: &str,
    ) {
        self.edits.insert(whole.start(), function);
        self.visit_expr(a);
        let between = self.text(a.end(), b.start());
        // A comment between the two may hold anything.
        let code = between.split('#').next().unwrap_or(between);
        let found = code.find(operator).or_else(|| between.rfind(operator));
        if let Some(at) = found {
            let at = a.end().to_usize() + at;
            self.edits.replace(at, at + operator.len(), ",");
        }
        self.visit_expr(b);
        self.edits.insert(whole.end(), ")");
    }

    fn name(&mut self, attribute: &ExprAttribute) -> bool {
        let (function, value) = match &*attribute.value {
            Expr::Call(call)
                if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "type")
                    && call.arguments.args.len() == 1 =>
            {
                // Everything around the argument goes.
                let value = &call.arguments.args[0];
                self.edits.replace(
                    attribute.range.start().to_usize(),
                    value.start().to_usize(),
                    "_rs_type_name(",
                );
                self.visit_expr(value);
                self.edits.replace(value.end().to_usize(), attribute.range.end().to_usize(), ")");
                return true;
            }
            value => ("_rs_name(", value),
        };
        self.edits.insert(attribute.range.start(), function);
        self.visit_expr(value);
        let gap = self.text(value.end(), attribute.attr.start());
        let dot = value.end().to_usize() + gap.rfind('.').unwrap_or(0);
        self.edits.replace(dot, attribute.range.end().to_usize(), ")");
        true
    }

    fn call(&mut self, call: &ExprCall) -> bool {
        let arguments = &call.arguments;
        if let Expr::Name(name) = &*call.func {
            if name.id.as_str() == "isinstance"
                && let [value, class] = &*arguments.args
                && let Some(class_name) = self.bindings.exception(class)
            {
                self.edits.replace(name.start().to_usize(), name.end().to_usize(), "_rs_is");
                self.visit_expr(value);
                let text = format!("{class_name:?}");
                self.edits.replace(class.start().to_usize(), class.end().to_usize(), text);
                return true;
            }
            if is_exception(name.id.as_str())
                && let [text] = &*arguments.args
                && !is_text(text)
                && !matches!(text, Expr::Starred(_))
            {
                // The interpreter's exceptions take a text and nothing else.
                self.edits.insert(text.start(), "_rs_b_str(");
                self.visit_expr(text);
                self.edits.insert(text.end(), ")");
                return true;
            }
            if self.remote.contains(name.id.as_str()) {
                let text = format!("_rs_direct({:?})", name.id.as_str());
                self.edits.replace(name.start().to_usize(), name.end().to_usize(), text);
                arguments.args.iter().for_each(|argument| self.visit_expr(argument));
                return true;
            }
        }
        if self.wants_line(call) {
            let line = self.line(call.func.start());
            let inside = self.text(arguments.start(), arguments.end());
            let last = arguments.iter_source_order().map(|argument| argument.end()).max();
            let (at, comma) = match last {
                None => (arguments.start() + TextSize::new(1), ""),
                // Behind the last argument there may be a closing bracket of its own, a comma or a comment; before
                // the call's closing bracket is always a place, unless a lone generator stands there.
                Some(end) => {
                    let tail = self.text(end, arguments.end());
                    let comma = if has_comma(tail) { "" } else { ", " };
                    (arguments.end() - TextSize::new(1), comma)
                }
            };
            let lone_generator =
                matches!(&*arguments.args, [Expr::Generator(g)] if !g.parenthesized);
            if inside.len() > 1 && !lone_generator {
                // After the arguments' own changes, which end at the same place.
                self.visit_expr(&call.func);
                self.visit_arguments(arguments);
                self.edits.insert(at, format!("{comma}_line={line}"));
                return true;
            }
        }
        if self.numpy {
            return numeric::call(self, call);
        }
        false
    }

    /// Whether the call reaches the host and can take `_line=`.
    fn wants_line(&self, call: &ExprCall) -> bool {
        if let Some(path) = self.bindings.path(&call.func) {
            let root = path.split('.').next().unwrap_or("");
            let last = path.rsplit('.').next().unwrap_or("");
            let ours = matches!(root, "ray" | "time" | "numpy" | "random" | "os" | "util")
                || path.starts_with("sys.exit")
                || path.starts_with("sys.getsizeof");
            let class = last.starts_with(|c: char| c.is_ascii_uppercase());
            let typed = ["float", "int", "uint", "bool"].iter().any(|t| last.starts_with(t));
            return ours
                && !class
                && !(root == "numpy" && typed)
                && path.contains('.')
                && !path.contains(".path.");
        }
        match &*call.func {
            Expr::Name(name) if self.streams && name.id.as_str() == "next" => true,
            Expr::Name(name) => name.id.as_str() == "print",
            Expr::Attribute(attribute) => attribute.attr.as_str() == "remote" && !self.own_remote,
            _ => false,
        }
    }
}

impl<'a> Visitor<'a> for Writer<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.statement(stmt) {
            return;
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.expression(expr) {
            walk_expr(self, expr);
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        if self.streams {
            streams::all_of(self, &comprehension.iter);
        }
        if self.numpy {
            numeric::walked(self, &comprehension.iter);
            comprehension.ifs.iter().for_each(|test| self.visit_expr(test));
        } else {
            walk_comprehension(self, comprehension);
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {
        // Annotations are never evaluated.
    }

    fn visit_expr_context(&mut self, _: &'a ExprContext) {}
}

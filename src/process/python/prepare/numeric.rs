//! Operators and subscripts of programs that use NumPy: instances cannot overload them, so they become calls.

use super::rewrite::Writer;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprContext, ExprSubscript, Operator, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextSize};

/// Builtins that walk through their argument.
const WALKERS: [&str; 12] = [
    "list",
    "tuple",
    "set",
    "sum",
    "max",
    "min",
    "sorted",
    "any",
    "all",
    "enumerate",
    "zip",
    "map",
];
/// Builtins that take one number.
const SCALARS: [&str; 4] = ["float", "int", "abs", "round"];

fn number_of(operator: Operator) -> Option<(u8, &'static str)> {
    Some(match operator {
        Operator::Add => (0, "+"),
        Operator::Sub => (1, "-"),
        Operator::Mult => (2, "*"),
        Operator::Div => (3, "/"),
        Operator::FloorDiv => (4, "//"),
        Operator::Mod => (5, "%"),
        Operator::Pow => (6, "**"),
        Operator::MatMult => (13, "@"),
        _ => return None,
    })
}

fn number_of_comparison(operator: CmpOp) -> Option<(u8, &'static str)> {
    Some(match operator {
        CmpOp::Lt => (7, "<"),
        CmpOp::LtE => (8, "<="),
        CmpOp::Gt => (9, ">"),
        CmpOp::GtE => (10, ">="),
        CmpOp::Eq => (11, "=="),
        CmpOp::NotEq => (12, "!="),
        _ => return None,
    })
}

/// Whether it certainly is no array.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::FString(_)
        | Expr::NoneLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::List(_)
        | Expr::ListComp(_)
        | Expr::Tuple(_)
        | Expr::Dict(_)
        | Expr::Compare(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => name.id.as_str() == "len",
            Expr::Attribute(attribute) => {
                let plain =
                    matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "time");
                plain
                    || matches!(
                        attribute.attr.as_str(),
                        "time" | "perf_counter" | "format" | "join"
                    )
            }
            _ => false,
        },
        Expr::BinOp(operation) => is_plain(&operation.left) && is_plain(&operation.right),
        _ => false,
    }
}

/// Changes to an expression; true if its parts are done too.
pub(super) fn expression(writer: &mut Writer<'_>, expr: &Expr) -> bool {
    match expr {
        Expr::BinOp(operation) => {
            let sides = (&*operation.left, &*operation.right);
            let Some((number, text)) = number_of(operation.op) else { return false };
            if is_plain(sides.0) && is_plain(sides.1) || is_text(sides.0) || is_text(sides.1) {
                return false;
            }
            writer.call_of(&format!("_rs_op({number}, "), expr, sides.0, sides.1, text);
            true
        }
        Expr::Compare(compare) => {
            let ([operator], [right]) = (&*compare.ops, &*compare.comparators) else {
                return false;
            };
            let Some((number, text)) = number_of_comparison(*operator) else { return false };
            let left = &*compare.left;
            if is_text(left) || is_text(right) || is_plain(left) && is_plain(right) {
                return false;
            }
            writer.call_of(&format!("_rs_op({number}, "), expr, left, right, text);
            true
        }
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub && !is_plain(&unary.operand) => {
            let at = expr.start().to_usize();
            writer.edits.replace(at, at + 1, "_rs_neg(");
            writer.visit_expr(&unary.operand);
            writer.edits.insert(expr.end(), ")");
            true
        }
        Expr::Subscript(subscript) if subscript.ctx == ExprContext::Load => load(writer, subscript),
        _ => false,
    }
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::StringLiteral(_) | Expr::FString(_) | Expr::NoneLiteral(_))
}

fn load(writer: &mut Writer<'_>, subscript: &ExprSubscript) -> bool {
    let (start, end) = (subscript.range.start(), subscript.range.end().to_usize());
    let value = &*subscript.value;
    if let Expr::Slice(slice) = &*subscript.slice {
        writer.edits.insert(start, "_rs_slice(");
        writer.visit_expr(value);
        writer.bracket(value.end(), subscript.range.end(), ", ");
        let mut at = value.end().to_usize()
            + writer.text(value.end(), subscript.range.end()).find('[').unwrap_or(0)
            + 1;
        for part in [&slice.lower, &slice.upper] {
            match part {
                Some(part) => {
                    writer.visit_expr(part);
                    at = part.end().to_usize();
                }
                None => writer.edits.insert(TextSize::new(at as u32), "None"),
            }
            match writer.source.get(at..end - 1).and_then(|rest| rest.find(':')) {
                Some(colon) => {
                    writer.edits.replace(at + colon, at + colon + 1, ", ");
                    at += colon + 1;
                }
                None => writer.edits.insert(TextSize::new(end as u32 - 1), ", "),
            }
        }
        match &slice.step {
            Some(step) => writer.visit_expr(step),
            None => writer.edits.insert(TextSize::new(end as u32 - 1), "None"),
        }
    } else {
        let bare_tuple = matches!(&*subscript.slice, Expr::Tuple(tuple) if !tuple.parenthesized);
        writer.edits.insert(start, "_rs_item(");
        writer.visit_expr(value);
        writer.bracket(value.end(), subscript.slice.start(), if bare_tuple { ", (" } else { ", " });
        writer.visit_expr(&subscript.slice);
        if bare_tuple {
            writer.edits.insert(TextSize::new(end as u32 - 1), ")");
        }
    }
    writer.edits.replace(end - 1, end, ")");
    true
}

/// Changes to a statement; true if its parts are done too.
pub(super) fn statement(writer: &mut Writer<'_>, stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Assign(assign) => {
            let [Expr::Subscript(target)] = &*assign.targets else { return false };
            if matches!(*target.slice, Expr::Slice(_) | Expr::Tuple(_)) {
                return false;
            }
            writer.edits.insert(stmt.start(), "_rs_store(");
            writer.visit_expr(&target.value);
            writer.bracket(target.value.end(), target.slice.start(), ", ");
            writer.visit_expr(&target.slice);
            let end = target.range.end();
            let equals = writer.text(end, assign.value.start()).find('=').unwrap_or(0);
            writer.edits.replace(end.to_usize() - 1, end.to_usize() + equals + 1, ",");
            writer.visit_expr(&assign.value);
            writer.edits.insert(stmt.end(), ")");
            true
        }
        Stmt::AugAssign(assign) => {
            let (Expr::Name(name), Some((number, _))) = (&*assign.target, number_of(assign.op))
            else {
                return false;
            };
            if is_plain(&assign.value) && !matches!(*assign.value, Expr::NumberLiteral(_)) {
                return false;
            }
            let name_text = name.id.as_str();
            let text = format!("{name_text} = _rs_iop({number}, {name_text}, ");
            writer.edits.replace(stmt.start().to_usize(), assign.value.start().to_usize(), text);
            writer.visit_expr(&assign.value);
            writer.edits.insert(stmt.end(), ")");
            true
        }
        _ => false,
    }
}

/// `for x in array`: arrays cannot be walked through, lists can.
pub(super) fn walked(writer: &mut Writer<'_>, iter: &Expr) {
    if !is_plain(iter) {
        writer.edits.insert(iter.start(), "_rs_iter(");
        writer.visit_expr(iter);
        writer.edits.insert(iter.end(), ")");
    } else {
        writer.visit_expr(iter);
    }
}

/// Changes to a call of a builtin; true if its parts are done too.
pub(super) fn call(writer: &mut Writer<'_>, call: &ExprCall) -> bool {
    let Expr::Name(name) = &*call.func else { return false };
    let name = name.id.as_str();
    let function = if WALKERS.contains(&name) {
        "_rs_iter("
    } else if SCALARS.contains(&name) {
        "_rs_scalar("
    } else if name == "len" {
        writer.edits.replace(
            call.func.start().to_usize(),
            call.func.end().to_usize(),
            "_rs_len_of",
        );
        ""
    } else {
        return false;
    };
    for argument in &call.arguments.args {
        let wrapped = !function.is_empty()
            && !matches!(argument, Expr::Starred(_) | Expr::Generator(_) | Expr::Lambda(_))
            && !is_plain(argument);
        if wrapped {
            writer.edits.insert(argument.start(), function);
        }
        writer.visit_expr(argument);
        if wrapped {
            writer.edits.insert(argument.end(), ")");
        }
    }
    call.arguments.keywords.iter().for_each(|keyword| writer.visit_expr(&keyword.value));
    true
}

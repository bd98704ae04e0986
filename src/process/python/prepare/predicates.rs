//! Small questions about the syntax tree.

use ruff_python_ast::Expr;

/// Whether a comma follows the last argument.
pub(super) fn has_comma(tail: &str) -> bool {
    tail.lines().any(|line| line.split('#').next().unwrap_or("").contains(','))
}

/// Whether it is one of the interpreter's exception classes.
pub(super) fn is_exception(name: &str) -> bool {
    const NAMES: [&str; 18] = [
        "Exception",
        "ValueError",
        "TypeError",
        "RuntimeError",
        "KeyError",
        "IndexError",
        "LookupError",
        "ArithmeticError",
        "ZeroDivisionError",
        "OverflowError",
        "AttributeError",
        "NameError",
        "AssertionError",
        "NotImplementedError",
        "TimeoutError",
        "OSError",
        "MemoryError",
        "StopIteration",
    ];
    NAMES.contains(&name)
}

/// Whether it certainly is a text.
pub(super) fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::StringLiteral(_) | Expr::FString(_))
}

/// Whether it is a literal that `*` repeats.
pub(super) fn is_sequence(expr: &Expr) -> bool {
    matches!(expr, Expr::StringLiteral(_) | Expr::List(_) | Expr::Tuple(_) | Expr::BytesLiteral(_))
}

//! A look at the bare text before it is parsed: expressions so long that their tree would be too deep for the stack.
//!
//! `1+1+...` and `a.b.c...` make one level of the tree for each operator, and everything that walks a tree recurses.

use super::super::Problem;

/// Operators and brackets that may be open at one place.
const DEEPEST: usize = 300;

/// The place where an expression becomes too long, if there is one.
pub(super) fn problem(source: &str) -> Option<Problem> {
    // Operators since the last comma, for each open bracket.
    let mut open = vec![0usize];
    let mut total = 0;
    let (mut line, mut column) = (1, 0);
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        column += 1;
        match letter {
            '\n' => {
                (line, column) = (line + 1, 0);
                if open.len() == 1 {
                    total -= std::mem::take(&mut open[0]);
                }
            }
            // A line that goes on.
            '\\' if letters.next() == Some('\n') => (line, column) = (line + 1, 0),
            '#' => while letters.next_if(|c| *c != '\n').is_some() {},
            '"' | '\'' => line += skip_text(letter, &mut letters),
            ',' | ':' | ';' => total -= open.last_mut().map_or(0, std::mem::take),
            ')' | ']' | '}' if open.len() > 1 => total -= open.pop().unwrap_or(0),
            '(' | '[' | '{' | '+' | '-' | '*' | '/' | '%' | '|' | '&' | '^' | '@' | '.' | '~' => {
                total += 1;
                if let Some(count) = open.last_mut() {
                    *count += 1;
                }
                if matches!(letter, '(' | '[' | '{') {
                    open.push(0);
                }
            }
            _ => {}
        }
        if total > DEEPEST {
            let message = "the expression is too long".to_owned();
            let help = "compute it in several statements".to_owned();
            return Some(Problem { line, column, message, help });
        }
    }
    None
}

/// Skips a text whose first quote is read already; says how many lines it has.
fn skip_text(quote: char, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> u32 {
    let mut lines = 0;
    let mut triple = false;
    if letters.next_if_eq(&quote).is_some() {
        if letters.next_if_eq(&quote).is_none() {
            return 0;
        }
        triple = true;
    }
    let mut run = 0;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => lines += u32::from(letters.next() == Some('\n')),
            '\n' if !triple => return lines + 1,
            '\n' => lines += 1,
            _ => {}
        }
        run = if letter == quote { run + 1 } else { 0 };
        if run == 3 || run == 1 && !triple {
            return lines;
        }
    }
    lines
}

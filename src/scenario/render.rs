//! Diagnostics for people, with the line and a mark under it, and for programs, as JSON.

use crate::scenario::diagnostic::{Diagnostic, Diagnostics, Position, Source};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents,
};
use serde_json::{Value, json};
use std::fmt;

/// Longer lines are not shown: a file without line breaks would fill the screen.
const LONGEST_LINE: usize = 400;

/// A diagnostic in the form that miette prints.
struct Report<'d> {
    diagnostic: &'d Diagnostic,
    source: Option<Text<'d>>,
    help: Option<String>,
}

/// A source with its name, as miette wants it.
struct Text<'d>(&'d Source);

impl SourceCode for Text<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.0.text.read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

impl<'d> Report<'d> {
    fn new(diagnostic: &'d Diagnostic) -> Report<'d> {
        let source = &diagnostic.source;
        let start = diagnostic.range.start;
        let short = source.line_at(start).len() <= LONGEST_LINE && !source.text.is_empty();
        let named = short.then_some(Text(source));
        let place = (!short).then(|| {
            let Position { line, column } = diagnostic.position();
            format!("at {}:{line}:{column}", source.name)
        });
        let parts: Vec<String> = place.into_iter().chain(diagnostic.help.clone()).collect();
        let help = (!parts.is_empty()).then(|| parts.join("; "));
        Report { diagnostic, source: named, help }
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code.text()))
    }

    fn severity(&self) -> Option<Severity> {
        Some(if self.diagnostic.code.is_error() { Severity::Error } else { Severity::Warning })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.source.as_ref()?;
        let source = &self.diagnostic.source;
        let start = self.diagnostic.range.start.min(source.text.len());
        // A mark stays within its line; what is longer is shown by its beginning.
        let line_end =
            source.text[start..].find('\n').map_or(source.text.len(), |more| start + more);
        let end = self.diagnostic.range.end.clamp(start, line_end);
        let label = Some(self.diagnostic.code.label().to_owned());
        Some(Box::new(std::iter::once(LabeledSpan::new(label, start, end - start))))
    }
}

/// The handler for a pipe or a file: no colours, plain frames.
pub fn plain() -> GraphicalReportHandler {
    GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_width(100).with_links(false)
}

/// All diagnostics as text, printed by the handler that the caller's terminal deserves.
pub fn render(diagnostics: &Diagnostics, handler: &GraphicalReportHandler) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter() {
        // Writing into a string cannot fail; should it, the short form is better than nothing.
        if handler.render_report(&mut text, &Report::new(diagnostic)).is_err() {
            text.push_str(&diagnostic.to_string());
        }
        text.push('\n');
    }
    if diagnostics.more() > 0 {
        text.push_str(&format!("and {} more\n", diagnostics.more()));
    }
    text
}

/// All diagnostics as a JSON list of `{code, severity, message, file, line, column, help}`.
pub fn to_json(diagnostics: &Diagnostics) -> Value {
    let each = diagnostics.iter().map(|diagnostic| {
        let Position { line, column } = diagnostic.position();
        json!({
            "code": diagnostic.code.text(),
            "severity": if diagnostic.code.is_error() { "error" } else { "warning" },
            "message": diagnostic.message,
            "file": diagnostic.source.name,
            "line": line,
            "column": column,
            "help": diagnostic.help,
        })
    });
    each.collect()
}

//! Arguments of calls.

use ruff_text_size::{TextRange, TextSize};

use super::context::{Context, Said, is_keyword};
use super::scan::Shape;

pub(super) const ASSIGNMENT: &str = "expression cannot contain assignment, perhaps you meant \"==\"?";

/// Arguments in the wrong order: CPython has read the whole list and points at its end.
pub(super) fn order(context: &Context<'_>, range: TextRange, message: &str) -> Said {
    let tokens = &context.scan.tokens;
    let first = tokens.partition_point(|token| token.start < range.start().to_usize());
    let level = tokens.get(first).map_or(0, |token| token.level);
    let close = tokens[first..].iter().find(|token| {
        token.level + 1 == level && token.shape == Shape::Operator && context.word(**token) == ")"
    });
    Said::syntax(close.map_or(range, |token| token.range()), message)
}

/// What stands before `=` in an argument is no name.
pub(super) fn keyword(context: &Context<'_>, range: TextRange) -> Said {
    let equals = context.at(range.end());
    let place = match equals {
        Some(token) if context.word(token) == "=" => TextRange::new(range.start(), token.range().end()),
        _ => range,
    };
    match &context.text[range] {
        word @ ("True" | "False" | "None") => Said::syntax(place, format!("cannot assign to {word}")),
        text if text.starts_with("**") => Said::syntax(range, "cannot assign to keyword argument unpacking"),
        text if text.starts_with('*') => Said::syntax(range, "cannot assign to iterable argument unpacking"),
        _ => Said::syntax(place, ASSIGNMENT),
    }
}

/// `f(a=)`, with the place of the missing value.
pub(super) fn no_value(context: &Context<'_>, at: TextSize) -> Option<Said> {
    let equals = context.before(at).filter(|token| context.word(*token) == "=")?;
    if equals.level > 0
        && matches!(context.statement_word(at), "def" | "async")
        && matches!(context.word_at(at), ")" | ",")
    {
        return Some(Said::syntax(equals.range(), "expected default value expression"));
    }
    let name = context.before(equals.range().start())?;
    let opener = context.before(name.range().start())?;
    let named = name.shape == Shape::Name && !is_keyword(context.word(name));
    let starts = matches!(context.word(opener), "(" | ",");
    let closes = matches!(context.word_at(at), ")" | ",");
    (named && starts && closes && equals.level > 0).then(|| {
        let place = TextRange::new(name.range().start(), equals.range().end());
        Said::syntax(place, "expected argument value expression")
    })
}

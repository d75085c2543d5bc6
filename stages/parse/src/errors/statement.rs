//! Statements that run into each other, and imports.

use ruff_text_size::{TextRange, TextSize};

use super::context::{Context, Said};
use super::expression;
use super::scan::Shape;

/// A second statement begins where the line should end.
pub(super) fn second_on_line(context: &Context<'_>, range: TextRange) -> Said {
    let here = context.token_range(range);
    let Some(previous) = context.before(here.start()) else { return Said::invalid(here) };
    if let Some(said) = legacy(context, here.start()) {
        return said;
    }
    if context.word_at(here.start()) == "from" && context.statement_word(here.start()) == "import" {
        let start =
            context.line_before(here.start()).first().map_or(here.start(), |token| token.range().start());
        let place = TextRange::new(start, context.line_end(start).end());
        return Said::syntax(place, "Did you mean to use 'from ... import ...' instead?");
    }
    if previous.shape == Shape::String
        && let Some(said) = expression::between_strings(context, here)
    {
        return said;
    }
    expression::generic(context, here)
}

/// `print x`, `exec x`: calls in Python 2.
pub(super) fn legacy(context: &Context<'_>, at: TextSize) -> Option<Said> {
    let previous = context.before(at)?;
    let word = context.word(previous);
    let next = context.at(at)?;
    if !matches!(word, "print" | "exec") || !context.begins_expression(next) || context.word(next) == "(" {
        return None;
    }
    let place = TextRange::new(previous.range().start(), next.range().end());
    Some(Said::syntax(place, format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?")))
}

/// `import` with nothing to import.
pub(super) fn no_names(context: &Context<'_>, range: TextRange) -> Said {
    match context.at(range.start()) {
        Some(token) if matches!(token.shape, Shape::Newline | Shape::End) => {
            Said::syntax(token.range(), "Expected one or more names after 'import'")
        }
        Some(token) => match context.at(token.range().end()) {
            Some(next)
                if context.line_before(range.start()).is_empty()
                    && matches!(next.shape, Shape::Newline | Shape::End) =>
            {
                Said::syntax(next.range(), "Expected one or more names after 'import'")
            }
            _ => Said::invalid(token.range()),
        },
        None => Said::invalid(range),
    }
}

pub(super) fn trailing_comma(context: &Context<'_>, range: TextRange) -> Said {
    let next = context.at(range.start() + TextSize::new(1)).map_or(range, |token| token.range());
    if context.statement_word(range.start()) == "from" {
        Said::syntax(next, "trailing comma not allowed without surrounding parentheses")
    } else {
        Said::invalid(next)
    }
}

/// `import a as b.c`, `except E as 1`.
pub(super) fn as_target(context: &Context<'_>, range: TextRange) -> Said {
    let here = context.token_range(range);
    let line_word = context.statement_word(here.start());
    match context.at(here.start()) {
        Some(token) if matches!(line_word, "import" | "from") && context.begins_expression(token) => {
            let what = match token.shape {
                Shape::Number | Shape::String => "literal",
                _ => match context.word(token) {
                    word @ ("None" | "True" | "False") => word,
                    "(" => "tuple",
                    "[" => "list",
                    "{" => "dict literal",
                    "lambda" => "lambda",
                    _ => return Said::invalid(here),
                },
            };
            Said::syntax(here, format!("cannot use {what} as import target"))
        }
        _ => Said::invalid(here),
    }
}

/// `case a + 1j`: parts of a complex number must be numbers, and CPython looks no further where they are names.
pub(super) fn number_in_pattern(context: &Context<'_>, range: TextRange, kind: &str) -> Said {
    let text = &context.text[range];
    let number = text.trim_start_matches(['-', '+', ' ']);
    if number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Said::syntax(range, format!("{kind} number required in complex literal"));
    }
    let from = if number.len() < text.len() { range.start() + TextSize::new(1) } else { range.end() };
    Said::invalid(context.at(from).map_or(range, |token| token.range()))
}

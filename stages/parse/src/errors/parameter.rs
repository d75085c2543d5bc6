//! Parameters of functions and lambdas.

use ruff_text_size::{TextRange, TextSize};

use super::context::{Context, Said};

/// `def f(*)`: something must follow a bare star.
pub(super) fn bare_star(context: &Context<'_>, range: TextRange) -> Said {
    let line = context.line_before(range.start());
    let star = match context.word_at(range.start()) {
        "*" => context.token_range(range),
        _ => {
            line.iter().rev().find(|token| context.word(**token) == "*").map_or(range, |token| token.range())
        }
    };
    let mut next = context.word_at(star.end());
    if next == "," {
        next = context.word_at(star.end() + TextSize::new(1));
    }
    match next {
        ")" | ":" | "**" => Said::syntax(star, "named arguments must follow bare *"),
        _ => {
            let after = context.at(star.end()).and_then(|comma| context.at(comma.range().end()));
            Said::invalid(after.map_or(range, |token| token.range()))
        }
    }
}

/// `*a=1`, `**a=1`.
pub(super) fn star_default(context: &Context<'_>, range: TextRange) -> Said {
    let tokens = &context.scan.tokens;
    let first = tokens.partition_point(|token| token.start < range.start().to_usize());
    let equals = tokens[first.min(tokens.len())..].iter().find(|token| context.word(**token) == "=");
    let stars =
        tokens[..first].iter().rev().map(|token| context.word(*token)).find(|word| word.starts_with('*'));
    let here = context.word_at(range.start());
    let double = here == "**" || (here != "*" && stars == Some("**"));
    let what = if double { "var-keyword" } else { "var-positional" };
    let place = equals.map_or(range, |token| token.range());
    Said::syntax(place, format!("{what} argument cannot have default value"))
}

/// Messages that stand for themselves.
pub(super) fn other(context: &Context<'_>, text: &str, range: TextRange) -> Option<Said> {
    let message = match text {
        "Only one '/' separator allowed" => "/ may appear only once",
        "'/' parameter must appear before '*' parameter" => "/ must be ahead of *",
        "Only one '*' parameter allowed" | "Only one '*' separator allowed" => {
            "* argument may appear only once"
        }
        "Only one '**' parameter allowed" => "arguments cannot follow var-keyword argument",
        "Position-only parameter separator not allowed as first parameter" => {
            return Some(first_slash(context, range));
        }
        _ => return None,
    };
    Some(Said::syntax(context.token_range(range), message))
}

fn first_slash(context: &Context<'_>, range: TextRange) -> Said {
    let slash = context.token_range(range);
    let star_before = context
        .line_before(slash.start())
        .iter()
        .rev()
        .map(|token| context.word(*token))
        .take_while(|word| *word != "(" && *word != "lambda")
        .any(|word| word == "*");
    match context.word_at(slash.end()) {
        _ if star_before => Said::syntax(slash, "/ must be ahead of *"),
        "," => Said::syntax(slash, "at least one argument must precede /"),
        _ => Said::invalid(slash),
    }
}

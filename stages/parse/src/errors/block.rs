//! Indentation: lines that are indented without reason, and bodies that are missing.

use ruff_text_size::{TextRange, TextSize};

use super::context::{Context, Said};
use crate::finding::{Exception, span};

pub(super) const UNEXPECTED: &str = "unexpected indent";

pub(super) fn unexpected_indent(context: &Context<'_>, range: TextRange) -> Said {
    // The place is the last character of the indentation.
    let start = range.start().to_usize();
    let line = context.text[..start].rfind('\n').map_or(0, |at| at + 1);
    let blanks =
        context.text[line..].len() - context.text[line..].trim_start_matches([' ', '\t', '\x0c']).len();
    let end = line + blanks;
    let range = span(end.saturating_sub(1).max(line), end);
    Said { exception: Exception::Indentation, range, message: UNEXPECTED.to_owned() }
}

/// No body after a header: CPython names the header and its line.
pub(super) fn missing(context: &Context<'_>, clause: &str, range: TextRange) -> Said {
    let keyword = clause.split('`').nth(1).unwrap_or(if clause.starts_with("function") { "def" } else { "" });
    let line = header_line(context, keyword.trim_end_matches('*'), range.start());
    let what = match keyword {
        "def" => "function definition".to_owned(),
        "class" => "class definition".to_owned(),
        "except" if is_star(context, range.start()) => "'except*' statement".to_owned(),
        _ => format!("'{keyword}' statement"),
    };
    let message = format!("expected an indented block after {what} on line {line}");
    Said { exception: Exception::Indentation, range: context.token_range(range), message }
}

fn is_star(context: &Context<'_>, offset: TextSize) -> bool {
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|token| token.start < offset.to_usize());
    tokens[..count]
        .iter()
        .rposition(|token| context.word(*token) == "except")
        .and_then(|at| tokens.get(at + 1))
        .is_some_and(|next| context.word(*next) == "*")
}

/// The line of the header's keyword, which is the last one before the place.
fn header_line(context: &Context<'_>, keyword: &str, offset: TextSize) -> usize {
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|token| token.start < offset.to_usize());
    let header =
        tokens[..count].iter().rev().find(|token| token.level == 0 && context.word(**token) == keyword);
    context.line(header.map_or(offset, |token| TextSize::new(token.start as u32)))
}

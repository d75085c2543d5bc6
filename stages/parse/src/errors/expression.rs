//! Expressions: what is missing, what stands where it cannot, what was perhaps meant.

use ruff_python_ast::Expr;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::context::{Context, Said, is_keyword};
use super::scan::{Shape, Token};
use super::{call, statement, target};

/// Whether an expression is an operand of `if`-`else` at most: CPython's `disjunction`.
pub(super) fn is_disjunction(expression: &Expr) -> bool {
    !matches!(
        expression,
        Expr::If(_)
            | Expr::Lambda(_)
            | Expr::Starred(_)
            | Expr::Named(_)
            | Expr::Yield(_)
            | Expr::YieldFrom(_)
            | Expr::Slice(_)
    )
}

/// No rule of its own: perhaps a comma is missing before the token, else it is just wrong.
pub(super) fn generic(context: &Context<'_>, range: TextRange) -> Said {
    let here = context.token_range(range);
    statement::legacy(context, here.start())
        .or_else(|| not_equal(context, here))
        .or_else(|| missing_comma(context, here))
        .unwrap_or_else(|| Said::invalid(here))
}

/// `a <> b`.
fn not_equal(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|token| token.start <= here.start().to_usize());
    let token = tokens[..count].last().filter(|token| context.word(**token) == "<>")?;
    Some(Said::syntax(token.range(), "invalid syntax.  Maybe you meant '!=' instead of '<>'?"))
}

/// In brackets, two expressions side by side.
fn missing_comma(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let next = context.at(here.start()).filter(|token| token.start == here.start().to_usize())?;
    let previous = context.before(here.start())?;
    if !context.begins_expression(next) || matches!(context.word(next), "-" | "+") || previous.level == 0 {
        return None;
    }
    if previous.shape == Shape::String
        && let Some(said) = between_strings(context, here)
    {
        return Some(said);
    }
    let operand = context.operand_ending(previous.range().end())?;
    let first = context.at(operand.start())?;
    let soft = matches!(context.word(first), "match" | "case" | "type" | "_");
    let prefixed = first.shape == Shape::Name && next.shape == Shape::String && first.end == previous.end;
    if soft || prefixed || matches!(operand, Expr::Name(name) if is_keyword(&name.id) || name.id.is_empty()) {
        return None;
    }
    let place = TextRange::new(operand.start(), next.range().end());
    Some(Said::syntax(place, "invalid syntax. Perhaps you forgot a comma?"))
}

/// Something between two strings of one line, such as quotes within quotes.
pub(super) fn between_strings(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let tokens = &context.scan.tokens;
    let first = tokens.partition_point(|token| token.start < here.start().to_usize());
    let mut last: Option<Token> = None;
    for token in &tokens[first..] {
        match token.shape {
            Shape::String if last.is_some() => {
                let end = last.map_or(here.end(), |token| token.range().end());
                let place = TextRange::new(here.start(), end);
                return Some(Said::syntax(
                    place,
                    "invalid syntax. Is this intended to be part of the string?",
                ));
            }
            Shape::Name if !is_keyword(context.word(*token)) => last = Some(*token),
            Shape::Number => last = Some(*token),
            Shape::Operator
                if matches!(context.word(*token), "." | "(" | ")" | "[" | "]" | "+" | "-" | "*" | "/") =>
            {
                last = Some(*token);
            }
            Shape::Name
                if matches!(context.word(*token), "and" | "or" | "in" | "is" | "not") && last.is_some() =>
            {
                last = Some(*token);
            }
            _ => return None,
        }
    }
    None
}

/// An expression should begin here.
pub(super) fn missing(context: &Context<'_>, range: TextRange) -> Said {
    let here = context.token_range(range);
    if let Some(said) = call::no_value(context, here.start()) {
        return said;
    }
    if let Some(said) = in_field(context, here) {
        return said;
    }
    let previous = context.before(here.start());
    let before = previous.map_or("", |token| context.word(token));
    let word = context.word_at(here.start());
    match before {
        ":" if matches!(word, "}" | ",") && previous.is_some_and(|token| token.level > 0) => {
            let colon = previous.map_or(here, |token| token.range());
            Said::syntax(colon, "expression expected after dictionary key and ':'")
        }
        "*" if is_prefix_star(context, previous) => Said::syntax(here, "Invalid star expression"),
        "else" if is_conditional(context, here.start()) => {
            Said::syntax(here, "expected expression after 'else', but statement is given")
        }
        "raise" if word == "from" => {
            let start = previous.map_or(here, |token| token.range()).start();
            let place = TextRange::new(start, here.end());
            Said::syntax(place, "did you forget an expression between 'raise' and 'from'?")
        }
        "from" if context.statement_word(here.start()) == "raise" => Said::syntax(
            previous.map_or(here, |token| token.range()),
            "did you forget an expression after 'from'?",
        ),
        _ if word == "=" => equals(context, here).unwrap_or_else(|| generic(context, range)),
        _ => generic(context, range),
    }
}

/// Whether a star stands where an expression could.
fn is_prefix_star(context: &Context<'_>, star: Option<Token>) -> bool {
    star.and_then(|star| context.before(star.range().start())).is_none_or(|before| {
        matches!(context.word(before), "[" | "(" | "," | "=" | "{") || before.shape == Shape::Newline
    })
}

/// Whether the `else` before is that of `a if b else c`.
fn is_conditional(context: &Context<'_>, at: TextSize) -> bool {
    let line = context.line_before(at);
    line.len() > 1 && line.iter().any(|token| context.word(*token) == "if")
}

/// In a field of an f-string, right after the brace.
fn in_field(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let kind = field_kind(context, here.start())?;
    let brace = context.before(here.start()).filter(|token| context.word(*token) == "{")?;
    if !opens_field(context, brace) {
        return None;
    }
    let word = context.word_at(here.start());
    Some(match word.chars().next() {
        Some(mark @ ('=' | '!' | ':' | '}')) if word != "==" => {
            let place = TextRange::at(here.start(), TextSize::new(1));
            Said::syntax(place, format!("{kind}: valid expression required before '{mark}'"))
        }
        _ => Said::syntax(here, format!("{kind}: expecting a valid expression after '{{'")),
    })
}

/// Whether a brace stands directly in the text of a string: the token before it is no token of the field's surroundings.
fn opens_field(context: &Context<'_>, brace: Token) -> bool {
    context.text[..brace.start].ends_with(|c: char| !c.is_whitespace()) || brace.level > 0
}

/// The kind of the string whose field holds an offset.
fn field_kind(context: &Context<'_>, at: TextSize) -> Option<&'static str> {
    let line = context.line_before(at);
    line.iter().rev().find(|token| context.word(**token) == "{").and_then(|brace| {
        let head = &context.text[..brace.start];
        let quote = head.rfind(['"', '\''])?;
        let prefix: String = head[..quote]
            .trim_end_matches(['"', '\''])
            .chars()
            .rev()
            .take_while(char::is_ascii_alphabetic)
            .collect::<String>()
            .to_ascii_lowercase();
        if prefix.contains('f') {
            Some("f-string")
        } else if prefix.contains('t') {
            Some("t-string")
        } else {
            None
        }
    })
}

/// A field that does not end as it should.
pub(super) fn field(context: &Context<'_>, range: TextRange) -> Said {
    let at = range.start();
    let here = context.token_range(range);
    let Some(kind) = field_kind(context, here.end()) else { return generic(context, range) };
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|token| token.start < at.to_usize());
    let line = &tokens[..count];
    // The `!` of a conversion is the last operator, or the one before a name.
    let mark = line.iter().rev().take(2).find(|token| context.word(**token) == "!");
    if let Some(mark) = mark.copied().or_else(|| context.at(at).filter(|token| context.word(*token) == "!")) {
        return conversion(context, kind, mark);
    }
    if context.word_at(at) == "lambda" || line.iter().any(|token| context.word(*token) == "lambda") {
        return Said::syntax(here, format!("{kind}: lambda expressions are not allowed without parentheses"));
    }
    if context.word_before(at) == "=" {
        return Said::syntax(here, format!("{kind}: expecting '!', or ':', or '}}'"));
    }
    if let Some(said) = missing_comma(context, here) {
        return said;
    }
    Said::syntax(here, format!("{kind}: expecting '=', or '!', or ':', or '}}'"))
}

fn conversion(context: &Context<'_>, kind: &str, mark: Token) -> Said {
    let next = context.at(mark.range().end());
    let word = next.map_or("", |token| context.word(token));
    let place = next.map_or(mark.range(), |token| token.range());
    if matches!(word, "}" | ":") {
        return Said::syntax(place, format!("{kind}: missing conversion character"));
    }
    if next.is_none_or(|token| token.shape != Shape::Name) {
        return Said::syntax(place, format!("{kind}: invalid conversion character"));
    }
    if context.text[mark.end..].starts_with(char::is_whitespace) {
        return Said::syntax(
            place,
            format!("{kind}: conversion type must come right after the exclamation mark"),
        );
    }
    if !matches!(word, "s" | "r" | "a") {
        let message = format!("{kind}: invalid conversion character '{word}': expected 's', 'r', or 'a'");
        return Said::syntax(place, message);
    }
    let after = next.and_then(|token| context.at(token.range().end())).map_or(place, |token| token.range());
    Said::syntax(after, format!("{kind}: expecting ':' or '}}'"))
}

/// `if x = 1`, `[a=1]`: an assignment where a value is asked for.
fn equals(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let previous = context.before(here.start())?;
    let operand = context.operand_ending(previous.range().end())?;
    match operand {
        Expr::Name(name) if !name.id.is_empty() => {
            let value = context.at(here.end())?;
            let place = TextRange::new(operand.start(), value.range().end());
            Some(Said::syntax(place, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"))
        }
        Expr::NoneLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::Tuple(_)
        | Expr::List(_)
        | Expr::Generator(_)
        | Expr::Compare(_)
        | Expr::BoolOp(_) => None,
        _ => {
            let what = target::name(operand);
            let message = format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
            Some(Said::syntax(operand.range(), message))
        }
    }
}

/// A certain token should stand here.
pub(super) fn token(context: &Context<'_>, expected: TokenKind, found: TokenKind, range: TextRange) -> Said {
    let here = context.token_range(range);
    let line_word = context.statement_word(here.start());
    let at_end = matches!(found, TokenKind::Newline | TokenKind::EndOfFile | TokenKind::Comment);
    match expected {
        TokenKind::Colon => {
            let forced = matches!(line_word, "def" | "else" | "try" | "finally");
            let previous = context.before(here.start());
            let in_line = previous.is_some_and(|token| token.level == 0);
            if (at_end || forced) && in_line {
                return Said::syntax(here, "expected ':'");
            }
            if found == TokenKind::Equal && matches!(line_word, "if" | "elif" | "while") {
                return equals(context, here).unwrap_or_else(|| Said::invalid(here));
            }
            if line_word == "except"
                && context.line_before(here.start()).iter().any(|t| context.word(*t) == "as")
            {
                return except_target(context, here);
            }
            generic(context, range)
        }
        TokenKind::Lpar if line_word == "def" || line_word == "async" => Said::syntax(here, "expected '('"),
        TokenKind::Else => {
            let previous = context.before(here.start());
            let test = previous.and_then(|token| context.operand_ending(token.range().end()));
            let body = test
                .and_then(|test| context.before(test.start()))
                .filter(|token| context.word(*token) == "if")
                .and_then(|token| context.before(token.range().start()))
                .and_then(|token| context.operand_ending(token.range().end()));
            match (body, found) {
                (_, TokenKind::Colon) => Said::invalid(here),
                (Some(body), _) => {
                    let place = TextRange::new(
                        body.start(),
                        previous.map_or(here.end(), |token| token.range().end()),
                    );
                    Said::syntax(place, "expected 'else' after 'if' expression")
                }
                _ => Said::invalid(here),
            }
        }
        TokenKind::In if context.before(here.start()).is_some_and(|token| token.level > 0) => {
            Said::syntax(here, "'in' expected after for-loop variables")
        }
        _ if found == TokenKind::Equal => equals(context, here).unwrap_or_else(|| generic(context, range)),
        _ if found == TokenKind::For => unparenthesised_target(context, here),
        TokenKind::Rpar if found == TokenKind::Lpar && matches!(line_word, "def" | "async") => {
            Said::syntax(here, "Function parameters cannot be parenthesized")
        }
        _ => generic(context, range),
    }
}

fn except_target(context: &Context<'_>, here: TextRange) -> Said {
    let line = context.line_before(here.start());
    let Some(start) =
        line.iter().rposition(|token| context.word(*token) == "as").and_then(|at| line.get(at + 1))
    else {
        return Said::invalid(here);
    };
    let star = if line.get(1).is_some_and(|token| context.word(*token) == "*") { "*" } else { "" };
    let what = match context.word_at(here.start()) {
        "." => "attribute",
        "[" => "subscript",
        "(" => "function call",
        _ => return Said::invalid(here),
    };
    Said::syntax(
        TextRange::new(start.range().start(), here.end()),
        format!("cannot use except{star} statement with {what}"),
    )
}

/// `[a, b for …]`.
fn unparenthesised_target(context: &Context<'_>, here: TextRange) -> Said {
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|token| token.start < here.start().to_usize());
    let level = tokens[..count].last().map_or(0, |token| token.level);
    let opener = tokens[..count].iter().rposition(|token| {
        token.level == level && matches!(context.word(*token), "[" | "{") || token.level < level
    });
    match opener.and_then(|at| Some((tokens.get(at)?, tokens.get(at + 1)?))) {
        Some((bracket, first)) if matches!(context.word(*bracket), "[" | "{") => {
            let place = TextRange::new(first.range().start(), here.start());
            Said::syntax(place, "did you forget parentheses around the comprehension target?")
        }
        _ => Said::invalid(here),
    }
}

/// A star where no unpacking is possible.
pub(super) fn starred(context: &Context<'_>, range: TextRange) -> Said {
    let here = TextRange::at(range.start(), TextSize::new(1));
    let before = context.word_before(range.start());
    let after = context.word_at(range.end());
    if before == "(" && after == ")" {
        return Said::syntax(range, "cannot use starred expression here");
    }
    if context.line_before(range.start()).is_empty() || matches!(before, "return" | "=" | "yield") {
        return Said::syntax(range, "can't use starred expression here");
    }
    Said::invalid(here)
}

/// `:=` without the parentheses that it needs.
pub(super) fn named(context: &Context<'_>, range: TextRange) -> Said {
    let tokens = &context.scan.tokens;
    let first = tokens.partition_point(|token| token.start < range.start().to_usize());
    let walrus = tokens[first..].iter().find(|token| context.word(**token) == ":=");
    if context.statement_word(range.start()) == "assert" {
        return Said::syntax(range, "cannot use named expression without parentheses here");
    }
    Said::invalid(walrus.map_or(range, |token| token.range()))
}

pub(super) fn not_after_operator(context: &Context<'_>, range: TextRange) -> Said {
    match context.word_before(range.start()) {
        "+" | "-" | "*" | "/" | "%" | "//" | "@" | "~" => {
            Said::syntax(range, "'not' after an operator must be parenthesized")
        }
        _ => Said::invalid(context.token_range(range)),
    }
}

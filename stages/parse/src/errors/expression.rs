//! Expressions: what is missing, what stands where it cannot, what was perhaps meant.

use ruff_python_ast::Expr;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::context::{Context, Said, is_keyword};
use super::scan::{Shape, Token};
use super::{call, meant, statement, target};

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
        .or_else(|| conditional(context, here))
        .or_else(|| meant::explain(context, here))
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
        ":" if lambda_in_field(context, here.start()).is_some() => {
            lambda_in_field(context, here.start()).unwrap_or_else(|| Said::invalid(here))
        }
        ":" if matches!(word, "}" | ",") && previous.is_some_and(|token| token.level > 0) => {
            let colon = previous.map_or(here, |token| token.range());
            Said::syntax(colon, "expression expected after dictionary key and ':'")
        }
        "*" if is_prefix_star(context, previous) => Said::syntax(here, "Invalid star expression"),
        "raise" if word == "from" => {
            let start = previous.map_or(here, |token| token.range()).start();
            let place = TextRange::new(start, here.end());
            Said::syntax(place, "did you forget an expression between 'raise' and 'from'?")
        }
        _ if word == "=" => equals(context, here).unwrap_or_else(|| generic(context, range)),
        _ => generic(context, range),
    }
}

/// Whether a star stands where an expression could.
fn is_prefix_star(context: &Context<'_>, star: Option<Token>) -> bool {
    star.and_then(|star| context.before(star.range().start()))
        .is_some_and(|before| matches!(context.word(before), "[" | "(" | "," | "=" | "{"))
}

/// Statements where a conditional expression wants an expression.
fn conditional(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let word = context.word_at(here.start());
    if context.word_before(here.start()) == "else" && is_conditional(context, here.start()) {
        return Some(Said::syntax(here, "expected expression after 'else', but statement is given"));
    }
    let statement = matches!(word, "pass" | "break" | "continue");
    (statement && context.word_at(here.end()) == "if")
        .then(|| Said::syntax(here, "expected expression before 'if', but statement is given"))
}

/// Whether the `else` before is that of `a if b else c`.
fn is_conditional(context: &Context<'_>, at: TextSize) -> bool {
    let line = context.line_before(at);
    line.len() > 1 && line.iter().any(|token| context.word(*token) == "if")
}

/// In a field of an f-string, right after the brace.
fn in_field(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let brace = context.before(here.start()).filter(|token| token.shape == Shape::Field)?;
    let kind = brace.string;
    let word = context.word_at(here.start());
    Some(match word.chars().next() {
        Some(mark @ ('=' | '!' | ':' | '}')) if word != "==" => {
            let place = TextRange::at(here.start(), TextSize::new(1));
            Said::syntax(place, format!("{kind}: valid expression required before '{mark}'"))
        }
        _ => Said::syntax(here, format!("{kind}: expecting a valid expression after '{{'")),
    })
}

/// A `lambda` without parentheses in a field: its colon begins the specification.
fn lambda_in_field(context: &Context<'_>, at: TextSize) -> Option<Said> {
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|token| token.start < at.to_usize());
    let field = tokens[..count].iter().rposition(|token| token.shape == Shape::Field)?;
    let lambda = tokens[field..count].iter().find(|token| context.word(**token) == "lambda")?;
    if lambda.level != tokens[field].level {
        return None;
    }
    let kind = tokens[field].string;
    let place = TextRange::new(lambda.range().start(), at.max(lambda.range().end()));
    Some(Said::syntax(place, format!("{kind}: lambda expressions are not allowed without parentheses")))
}

/// A field that does not end as it should.
pub(super) fn field(context: &Context<'_>, range: TextRange) -> Said {
    let at = range.start();
    let here = context.token_range(range);
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|token| token.start < here.end().to_usize());
    let Some(field) = tokens[..count].iter().rposition(|token| token.shape == Shape::Field) else {
        return generic(context, range);
    };
    let kind = tokens[field].string;
    // The `!` of a conversion is the last operator, or the one before a name.
    let inside = &tokens[field..count];
    if let Some(mark) = inside.iter().rev().take(3).find(|token| context.word(**token) == "!") {
        return conversion(context, kind, *mark);
    }
    if let Some(said) = in_field(context, here).or_else(|| lambda_in_field(context, at)) {
        return said;
    }
    if context.word_before(at) == "=" {
        return Said::syntax(here, format!("{kind}: expecting '!', or ':', or '}}'"));
    }
    missing_comma(context, here)
        .unwrap_or_else(|| Said::syntax(here, format!("{kind}: expecting '=', or '!', or ':', or '}}'")))
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
    let stars = context.before(operand.start()).filter(|token| token.level > 0);
    match stars.map(|token| (context.word(token), token.range().start())) {
        Some(("**", start)) => {
            let place = TextRange::new(start, here.end());
            return Some(Said::syntax(place, "cannot assign to keyword argument unpacking"));
        }
        Some(("*", start)) => {
            let place = TextRange::new(start, here.end());
            return Some(Said::syntax(place, "cannot assign to iterable argument unpacking"));
        }
        _ => {}
    }
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
        _ if target::is_unfinished(operand) => None,
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
        TokenKind::Colon if !matches!(found, TokenKind::Rbrace | TokenKind::Comma) => {
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
        TokenKind::Colon if matches!(found, TokenKind::Rbrace | TokenKind::Comma) => {
            match context.before(here.start()) {
                Some(last) => {
                    let place = TextRange::new(last.range().end() - TextSize::new(1), last.range().end());
                    Said::syntax(place, "':' expected after dictionary key")
                }
                None => Said::invalid(here),
            }
        }
        _ if found == TokenKind::For => meant::keyword_comprehension(context, here)
            .unwrap_or_else(|| unparenthesised_target(context, here)),
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
    if before == ":" && context.before(range.start()).is_some_and(|token| token.level > 0) {
        return Said::syntax(range, "cannot use a starred expression in a dictionary value");
    }
    let after = context.word_at(range.end());
    if before == "[" && context.statement_word(range.start()) != "type" && after != "]" && after != "," {
        return Said::syntax(context.token_range(TextRange::empty(range.end())), "Invalid star expression");
    }
    if before == "(" && after == ")" {
        return Said::syntax(range, "cannot use starred expression here");
    }
    if matches!(context.statement_word(range.start()), "type" | "def" | "class") {
        return Said::invalid(here);
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

//! What cannot be assigned to, deleted or annotated.

use ruff_python_ast::{CmpOp, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::context::{Context, Said};
use super::scan::Shape;

/// CPython's name for a kind of expression.
pub(super) fn name(expression: &Expr) -> &'static str {
    match expression {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => "literal",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::NoneLiteral(_) => "None",
        Expr::BooleanLiteral(node) if node.value => "True",
        Expr::BooleanLiteral(_) => "False",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        Expr::Slice(_) | Expr::IpyEscapeCommand(_) => "expression",
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Assign,
    Delete,
    For,
}

/// The first part of a target that is none.
fn culprit(target: &Expr, how: Use) -> Option<&Expr> {
    match target {
        Expr::List(node) => node.elts.iter().find_map(|each| culprit(each, how)),
        Expr::Tuple(node) => node.elts.iter().find_map(|each| culprit(each, how)),
        Expr::Starred(_) if how == Use::Delete => Some(target),
        Expr::Starred(node) => culprit(&node.value, how),
        Expr::Compare(node) if how == Use::For => match node.ops.first() {
            Some(CmpOp::In) => culprit(&node.left, how),
            _ => Some(target),
        },
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => None,
        _ => Some(target),
    }
}

/// `await` without an operand is a keyword that somebody took for a name.
pub(super) fn is_unfinished(target: &Expr) -> bool {
    matches!(target, Expr::Await(node) if matches!(&*node.value, Expr::Name(name) if name.id.is_empty()))
}

/// Operands of `|` and what binds more tightly.
fn is_bitwise(expression: &Expr) -> bool {
    match expression {
        Expr::BoolOp(_)
        | Expr::Compare(_)
        | Expr::If(_)
        | Expr::Lambda(_)
        | Expr::Named(_)
        | Expr::Starred(_)
        | Expr::Tuple(_)
        | Expr::List(_)
        | Expr::Generator(_) => false,
        Expr::UnaryOp(node) => !matches!(node.op, ruff_python_ast::UnaryOp::Not),
        Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) => false,
        _ => true,
    }
}

/// What parentheses make an operand: everything but what has them anyway, and constants.
fn is_group(expression: &Expr) -> bool {
    !matches!(
        expression,
        Expr::Tuple(_) | Expr::List(_) | Expr::Generator(_) | Expr::NoneLiteral(_) | Expr::BooleanLiteral(_)
    )
}

pub(super) fn assignment(context: &Context<'_>, range: TextRange) -> Said {
    let Some(target) = context.expression(range) else { return Said::invalid(range) };
    if is_unfinished(target) {
        let next = context.at(range.end()).map_or(range, |token| token.range());
        return Said::invalid(next);
    }
    if target.is_name_expr() {
        // An empty name stands for what is missing; the error about that is another.
        return super::expression::generic(context, range);
    }
    let (mut start, mut end) = (range.start(), range.end());
    while context.word_before(start) == "(" && context.word_at(end) == ")" {
        start = context.before(start).map_or(start, |token| token.range().start());
        end = context.at(end).map_or(end, |token| token.range().end());
    }
    let previous = context.word_before(start);
    let line_word = context.statement_word(range.start());
    let how = if context.line_before(range.start()).iter().rev().any(|token| context.word(*token) == "for") {
        Use::For
    } else {
        Use::Assign
    };
    if matches!(target, Expr::Yield(_) | Expr::YieldFrom(_)) && start == range.start() {
        return Said::syntax(range, "assignment to yield expression not possible");
    }
    let after = context.at(end);
    let next = after.map_or("", |token| context.word(token));
    // `f() = x` as a whole statement reads like a comparison; a chain of targets does not.
    if how == Use::Assign
        && next == "="
        && (is_bitwise(target) || (start != range.start() && is_group(target)))
        && previous != "="
        && !matches!(line_word, "with" | "async")
    {
        let value = after.and_then(|equals| context.at(equals.range().end()));
        let has_value =
            value.is_some_and(|token| context.begins_expression(token) && context.word(token) != "not");
        let chained = after.is_some_and(|equals| {
            let level = equals.level;
            let tokens = &context.scan.tokens;
            let first = tokens.partition_point(|token| token.start < equals.end);
            tokens[first..]
                .iter()
                .take_while(|token| token.shape != Shape::Newline)
                .any(|token| token.level == level && matches!(context.word(*token), "=" | ":="))
        });
        if has_value && !chained {
            let what = name(target);
            return Said::syntax(
                range,
                format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?"),
            );
        }
    }
    if let (Use::For, Expr::If(node)) = (how, target)
        && context.at(range.start()).is_some_and(|token| token.level > 0)
    {
        let word = context.at(node.body.end()).map_or(range, |token| token.range());
        return Said::syntax(word, "'in' expected after for-loop variables");
    }
    let culprit = culprit(target, how).unwrap_or(target);
    Said::syntax(culprit.range(), format!("cannot assign to {}", name(culprit)))
}

pub(super) fn named(context: &Context<'_>, range: TextRange) -> Said {
    match context.expression(range) {
        Some(target) => {
            Said::syntax(range, format!("cannot use assignment expressions with {}", name(target)))
        }
        None => Said::invalid(range),
    }
}

pub(super) fn annotated(context: &Context<'_>, range: TextRange) -> Said {
    let colon = context.at(range.end());
    let after = colon.and_then(|colon| context.at(colon.range().end()));
    match after {
        Some(token) if !context.begins_expression(token) => {
            Said::invalid(colon.map_or(range, |colon| colon.range()))
        }
        _ => Said::syntax(range, "illegal target for annotation"),
    }
}

pub(super) fn augmented(context: &Context<'_>, range: TextRange) -> Said {
    match context.expression(range) {
        Some(target) => Said::syntax(
            range,
            format!("'{}' is an illegal expression for augmented assignment", name(target)),
        ),
        None => Said::invalid(range),
    }
}

pub(super) fn delete(context: &Context<'_>, range: TextRange) -> Said {
    match context.expression(range) {
        Some(target) => {
            let culprit = culprit(target, Use::Delete).unwrap_or(target);
            Said::syntax(culprit.range(), format!("cannot delete {}", name(culprit)))
        }
        None => Said::invalid(range),
    }
}

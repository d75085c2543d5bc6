//! Mistakes that are recognised by the tokens around them, whatever the parser missed.

use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use super::context::{Context, Said};
use super::scan::{Shape, Token};
use super::target;

pub(super) fn explain(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let token = context.at(here.start()).filter(|token| token.start == here.start().to_usize())?;
    match context.word(token) {
        "elif" => elif_after_else(context, token),
        "(" => parenthesised_parameters(context, token).or_else(|| as_target(context, here)),
        "." | "[" => as_target(context, here),
        ":" => bound(context, token),
        word if word.len() > 1
            && word.ends_with('=')
            && !matches!(word, "==" | "!=" | "<=" | ">=" | ":=") =>
        {
            augmented(context, here)
        }
        _ => None,
    }
}

/// `else: ... elif: ...`: the clause above that begins in the same column is an `else`.
fn elif_after_else(context: &Context<'_>, token: Token) -> Option<Said> {
    let column = |offset: usize| offset - context.text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let tokens = &context.scan.tokens;
    let count = tokens.partition_point(|each| each.start < token.start);
    let above = tokens[..count].iter().rev().find(|each| {
        each.level == 0
            && matches!(context.word(**each), "if" | "elif" | "else")
            && column(each.start) == column(token.start)
            && context.text[..each.start].trim_end_matches([' ', '\t']).ends_with(['\n'])
    })?;
    (context.word(*above) == "else")
        .then(|| Said::syntax(token.range(), "'elif' block follows an 'else' block"))
}

/// `def f(a, (b, c))`, `lambda a, (b, c): a`: Python 2 took these.
fn parenthesised_parameters(context: &Context<'_>, token: Token) -> Option<Said> {
    let line = context.line_before(token.range().start());
    let lambda = line.iter().rposition(|each| context.word(*each) == "lambda");
    let in_lambda = lambda.is_some_and(|at| line[at..].iter().all(|each| context.word(*each) != ":"));
    let in_def = matches!(context.statement_word(token.range().start()), "def" | "async") && token.level == 2;
    let after = line.last().map(|each| context.word(*each));
    if !matches!(after, Some("," | "(" | "lambda")) {
        return None;
    }
    if in_lambda {
        Some(Said::syntax(token.range(), "Lambda expression parameters cannot be parenthesized"))
    } else {
        in_def.then(|| Said::syntax(token.range(), "Function parameters cannot be parenthesized"))
    }
}

/// `import a as b.c`, `case x as y.z`.
fn as_target(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let line = context.line_before(here.start());
    let (name, before) = (line.last()?, line.get(line.len().checked_sub(2)?)?);
    if context.word(*before) != "as" || name.shape != Shape::Name {
        return None;
    }
    let what = match context.word_at(here.start()) {
        "." => "attribute",
        "[" => "subscript",
        _ => "function call",
    };
    let place = TextRange::new(name.range().start(), here.end());
    match line.first().map(|each| context.word(*each)) {
        Some("import" | "from") => Some(Said::syntax(place, format!("cannot use {what} as import target"))),
        Some("case") => Some(Said::syntax(place, format!("cannot use {what} as pattern target"))),
        _ => None,
    }
}

/// `def f[*Ts: int]`: only plain type parameters have bounds.
fn bound(context: &Context<'_>, colon: Token) -> Option<Said> {
    let line = context.line_before(colon.range().start());
    let (name, star) = (line.last()?, line.get(line.len().checked_sub(2)?)?);
    let kind = match context.word(*star) {
        "*" => "TypeVarTuple",
        "**" => "ParamSpec",
        _ => return None,
    };
    let header =
        matches!(line.first().map(|each| context.word(*each)), Some("def" | "class" | "type" | "async"));
    if !header || name.shape != Shape::Name || colon.level == 0 {
        return None;
    }
    let tuple = context.word_at(colon.range().end()) == "(";
    let what = if tuple { "constraints" } else { "bound" };
    Some(Said::syntax(colon.range(), format!("cannot use {what} with {kind}")))
}

/// `a, b += 1`.
fn augmented(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let start = context.line_before(here.start()).first()?.range().start();
    let end = context.before(here.start())?.range().end();
    let whole = context.expression(TextRange::new(start, end))?;
    (!matches!(whole, Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_))).then(|| {
        let what = target::name(whole);
        Said::syntax(whole.range(), format!("'{what}' is an illegal expression for augmented assignment"))
    })
}

/// `f(a = i for i in x)`.
pub(super) fn keyword_comprehension(context: &Context<'_>, here: TextRange) -> Option<Said> {
    let operand = context.operand_ending(context.before(here.start())?.range().end())?;
    let equals = context.before(operand.start()).filter(|token| context.word(*token) == "=")?;
    let name = context.before(equals.range().start()).filter(|token| token.shape == Shape::Name)?;
    let place = TextRange::new(name.range().start(), equals.range().end());
    Some(Said::syntax(place, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"))
}

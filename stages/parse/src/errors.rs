//! The foreign parser's errors in CPython's words.
//!
//! The foreign parser says what it missed; CPython says what the user may have meant. So each error is looked at again
//! with the tokens and the expressions around it, one file here for each family of mistakes. What has no special
//! message is `invalid syntax` at the same token, as in CPython. Of the errors of one line only the first is kept: the
//! others are mostly its echo.

mod block;
mod call;
mod context;
mod expression;
mod meant;
mod parameter;
pub(crate) mod scan;
mod statement;
mod target;

use ruff_python_ast::Mod;
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType, Parsed, UnsupportedSyntaxErrorKind};
use ruff_text_size::{TextRange, TextSize};

use self::context::{Context, Said};
use crate::finding::{Exception, Finding, Findings};
use crate::source::Source;

/// Adds a finding for every mistake that the parser found. What is wrong inside of literals is found when they are
/// decoded; the answer is an error to add if nothing is found there after all.
pub(crate) fn translate(
    source: &Source<'_>,
    parsed: &Parsed<Mod>,
    findings: &mut Findings,
) -> Option<Finding> {
    if parsed.has_no_syntax_errors() {
        check_tabs(&source.text, findings);
        return None;
    }
    let context = Context::new(&source.text, parsed.syntax());
    let mut deferred = None;
    let mut said: Vec<Said> = Vec::new();
    for error in parsed.errors() {
        if is_target(&error.error) && parsed.errors().iter().any(|other| is_inside(other, error.location)) {
            // What is broken in itself is no target that could be named.
            continue;
        }
        if is_in_literal(&error.error) {
            deferred.get_or_insert_with(|| Said::invalid(error.location));
        } else {
            said.extend(explain(&context, &error.error, error.location));
        }
    }
    for error in parsed.unsupported_syntax_errors() {
        said.push(unsupported(&context, &error.kind, error.range));
    }
    let undecoded = findings.has_errors();
    let said = one_a_line(source, with_tokenizer(&context, said));
    for each in said {
        // Decoding has already complained of the bytes that this character stands for.
        let at = each.range.start().to_usize();
        if undecoded && source.text.get(at..).is_some_and(|rest| rest.starts_with(['\u{fffd}', '\0'])) {
            continue;
        }
        findings.add(each.exception, each.range, each.message);
    }
    deferred.map(|each| Finding { range: each.range, exception: each.exception, message: each.message })
}

fn is_target(error: &ParseErrorType) -> bool {
    matches!(
        error,
        ParseErrorType::InvalidAssignmentTarget
            | ParseErrorType::InvalidAnnotatedAssignmentTarget
            | ParseErrorType::InvalidAugmentedAssignmentTarget
            | ParseErrorType::InvalidNamedAssignmentTarget
            | ParseErrorType::InvalidDeleteTarget
    )
}

fn is_inside(error: &ParseError, target: TextRange) -> bool {
    !is_target(&error.error)
        && error.location.start() >= target.start()
        && error.location.start() < target.end()
}

/// Flaws that decoding reports with CPython's text.
fn is_in_literal(error: &ParseErrorType) -> bool {
    matches!(
        error,
        ParseErrorType::Lexical(
            LexicalErrorType::UnicodeError
                | LexicalErrorType::MissingUnicodeLbrace
                | LexicalErrorType::MissingUnicodeRbrace
                | LexicalErrorType::InvalidByteLiteral
                | LexicalErrorType::StringError
        )
    )
}

/// An indentation that only tabs of one width make right, in a file that is right otherwise.
fn check_tabs(text: &str, findings: &mut Findings) {
    let indents_with = |blank: &str| text.contains(&format!("\n{blank}"));
    if !(text.contains('\t') && (indents_with("\t ") || (indents_with("\t") && indents_with(" ")))) {
        return;
    }
    if let Some(stop) = scan::scan(text).stop.filter(|stop| stop.exception == Exception::Tab) {
        findings.add(stop.exception, stop.range, stop.message);
    }
}

/// CPython lets an error of its tokenizer win over what the grammar found at or after the same line, and a bracket
/// that is never closed over what the grammar found after its line.
fn with_tokenizer(context: &Context<'_>, mut said: Vec<Said>) -> Vec<Said> {
    let first = said.iter().min_by_key(|each| each.range.start()).cloned();
    if let Some(stop) = &context.scan.stop {
        let line = context.line(stop.range.start());
        let first_line = first.as_ref().map_or(usize::MAX, |first| context.line(first.range.start()));
        // Two complaints about the indentation of one line: the tokenizer's comes first.
        let same = stop.exception != Exception::Syntax && first_line == line;
        let indented =
            first.is_some_and(|first| first.message == block::UNEXPECTED && first_line <= line && !same);
        let far = stop.far || stop.exception != Exception::Syntax;
        let stop_start = stop.range.start();
        let blocked = |each: &Said| {
            let start = each.range.start();
            !far && start + TextSize::new(1) < stop_start && !context.reads_on(start, stop_start)
        };
        said.retain(|each| {
            let earlier = context.line(each.range.start()) < line;
            earlier || blocked(each) || (indented && each.message == block::UNEXPECTED)
        });
        said.push(Said { exception: stop.exception, range: stop.range, message: stop.message.clone() });
    } else if let Some(offset) = context.scan.unclosed
        && first.as_ref().is_none_or(|first| first.message != block::UNEXPECTED)
    {
        let open = TextSize::new(offset as u32);
        let line = context.line(open);
        let end = TextSize::of(context.text);
        let place = first.map_or(end, |first| first.range.start());
        let at_end = context.text[place.min(end).to_usize()..].trim().is_empty();
        let same_line = context.line(place) == line && place < open && context.reads_on(place, open);
        if context.line(place) > line || at_end || same_line {
            said.retain(|each| context.line(each.range.start()) < line);
            let bracket = context.text[offset..].chars().next().unwrap_or('(');
            let range = TextRange::at(open, TextSize::new(1));
            said.push(Said::syntax(range, format!("'{bracket}' was never closed")));
        }
    }
    said
}

fn one_a_line(source: &Source<'_>, mut said: Vec<Said>) -> Vec<Said> {
    said.sort_by_key(|each| each.range.start());
    let mut kept: Vec<(u32, Said)> = Vec::new();
    for each in said {
        let line = source.lines.locate(each.range.start().to_u32()).0;
        if kept.iter().all(|(other, _)| *other != line) {
            kept.push((line, each));
        }
    }
    kept.into_iter().map(|(_, each)| each).collect()
}

fn unsupported(context: &Context<'_>, kind: &UnsupportedSyntaxErrorKind, range: TextRange) -> Said {
    match kind {
        UnsupportedSyntaxErrorKind::UnpackingInComprehension(_) => {
            let dict = context.text[range.start().to_usize()..].starts_with("**");
            let what = if dict {
                "dict unpacking cannot be used in dict comprehension"
            } else {
                "iterable unpacking cannot be used in comprehension"
            };
            Said::syntax(range, what)
        }
        UnsupportedSyntaxErrorKind::ParenthesizedKeywordArgumentName => Said::syntax(range, call::ASSIGNMENT),
        _ => Said::invalid(range),
    }
}

fn explain(context: &Context<'_>, error: &ParseErrorType, range: TextRange) -> Option<Said> {
    use ParseErrorType as E;
    let said = match error {
        E::UnexpectedIndentation => block::unexpected_indent(context, range),
        E::InvalidAssignmentTarget => target::assignment(context, range),
        E::InvalidNamedAssignmentTarget => target::named(context, range),
        E::InvalidAnnotatedAssignmentTarget => target::annotated(context, range),
        E::InvalidAugmentedAssignmentTarget => target::augmented(context, range),
        E::InvalidDeleteTarget => target::delete(context, range),
        E::UnparenthesizedGeneratorExpression => {
            Said::syntax(range, "Generator expression must be parenthesized")
        }
        E::PositionalAfterKeywordArgument => {
            call::order(context, range, "positional argument follows keyword argument")
        }
        E::PositionalAfterKeywordUnpacking => {
            call::order(context, range, "positional argument follows keyword argument unpacking")
        }
        E::InvalidArgumentUnpackingOrder => {
            let comma = context.before(range.start()).map_or(range, |token| token.range());
            Said::syntax(comma, "iterable argument unpacking follows keyword argument unpacking")
        }
        E::NonDefaultParamAfterDefaultParam => {
            Said::syntax(range, "parameter without a default follows parameter with a default")
        }
        E::ParamAfterVarKeywordParam => Said::syntax(range, "arguments cannot follow var-keyword argument"),
        E::ExpectedKeywordParam => parameter::bare_star(context, range),
        E::VarParameterWithDefault => parameter::star_default(context, range),
        E::EmptyTypeParams => Said::syntax(range, "Type parameter list cannot be empty"),
        E::EmptyImportNames => statement::no_names(context, range),
        E::InvalidMatchPatternTarget => Said::syntax(range, "cannot use '_' as a target"),
        E::ExpectedRealNumber => statement::number_in_pattern(context, range, "real"),
        E::ExpectedImaginaryNumber => statement::number_in_pattern(context, range, "imaginary"),
        E::InvalidStarredExpressionUsage => expression::starred(context, range),
        E::UnparenthesizedNamedExpression => expression::named(context, range),
        E::SimpleStatementsOnSameLine | E::SimpleAndCompoundStatementOnSameLine => {
            statement::second_on_line(context, range)
        }
        E::ExpectedExpression => expression::missing(context, range),
        E::ExpectedToken { expected, found } => expression::token(context, *expected, *found, range),
        E::FStringError(_) | E::TStringError(_) => expression::field(context, range),
        E::OtherError(text) => other(context, text, range),
        E::Lexical(LexicalErrorType::FStringError(_) | LexicalErrorType::TStringError(_)) => {
            expression::field(context, range)
        }
        E::Lexical(LexicalErrorType::OtherError(text)) => other(context, text, range),
        _ => Said::invalid(range),
    };
    Some(said)
}

/// Errors that the foreign parser tells apart by text only.
fn other(context: &Context<'_>, text: &str, range: TextRange) -> Said {
    if let Some(clause) = text.strip_prefix("Expected an indented block after ") {
        return block::missing(context, clause, range);
    }
    match text {
        "Cannot mix t-string literals with string or bytes literals"
        | "cannot mix t-string literals with string or bytes literals" => {
            Said::syntax(range, "cannot mix t-string literals with string or bytes literals")
        }
        _ if text.to_ascii_lowercase().starts_with("bytes literal") => {
            let next = context.at(range.end()).map_or(range, |token| token.range());
            Said::syntax(next, "cannot mix bytes and nonbytes literals")
        }
        "Only single target (not tuple) can be annotated" => {
            Said::syntax(range, "only single target (not tuple) can be annotated")
        }
        "Only single target (not list) can be annotated" => {
            Said::syntax(range, "only single target (not list) can be annotated")
        }
        "Cannot have both 'except' and 'except*' on the same 'try'" => {
            Said::syntax(range, "cannot have both 'except' and 'except*' on the same 'try'")
        }
        "Multiple exception types must be parenthesized when using `as`" => {
            Said::syntax(range, "multiple exception types must be parenthesized when using 'as'")
        }
        "Expected one or more exception types" => Said::syntax(range, "expected one or more exception types"),
        "Expected `except` or `finally` after `try` block" => {
            Said::syntax(range, "expected 'except' or 'finally' block")
        }
        "Positional patterns cannot follow keyword patterns" => {
            Said::syntax(range, "positional patterns follow keyword patterns")
        }
        "Boolean 'not' expression cannot be used here" => expression::not_after_operator(context, range),
        "Expected a parameter name" => call::keyword(context, range),
        "Star import cannot be parenthesized" => {
            Said::invalid(context.at(range.start() + TextSize::new(1)).map_or(range, |token| token.range()))
        }
        "Trailing comma not allowed" => statement::trailing_comma(context, range),
        "Expected symbol after `as`" | "Expected name after `as`" => statement::as_target(context, range),
        "Expected an expression" => expression::missing(context, range),
        _ if text.starts_with("Expected an expression or") => expression::missing(context, range),
        _ => parameter::other(context, text, range).unwrap_or_else(|| expression::generic(context, range)),
    }
}

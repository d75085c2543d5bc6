//! What stands around an error: tokens, expressions, lines.

use std::cell::OnceCell;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Mod};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::scan::{self, Scan, Shape, Token};
use super::{Exception, expression};
use crate::finding::span;

/// An error in CPython's words.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) exception: Exception,
    pub(super) range: TextRange,
    pub(super) message: String,
}

impl Said {
    pub(super) fn syntax(range: TextRange, message: impl Into<String>) -> Said {
        Said { exception: Exception::Syntax, range, message: message.into() }
    }

    pub(super) fn invalid(range: TextRange) -> Said {
        Said::syntax(range, "invalid syntax")
    }
}

pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    pub(super) scan: Scan,
    module: &'a Mod,
    /// All expressions, found when first asked for.
    expressions: OnceCell<Vec<&'a Expr>>,
}

struct Collect<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Collect<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        self.0.push(expression);
        walk_expr(self, expression);
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(text: &'a str, module: &'a Mod) -> Context<'a> {
        Context { text, scan: scan::scan(text), module, expressions: OnceCell::new() }
    }

    pub(super) fn line(&self, offset: TextSize) -> usize {
        let before = &self.text.as_bytes()[..offset.to_usize().min(self.text.len())];
        memchr::memchr_iter(b'\n', before).count() + 1
    }

    fn expressions(&self) -> &[&'a Expr] {
        self.expressions.get_or_init(|| {
            let mut collect = Collect(Vec::new());
            if let Mod::Module(module) = self.module {
                collect.visit_body(&module.body);
            }
            collect.0
        })
    }

    /// The expression with this range; the outermost of several.
    pub(super) fn expression(&self, range: TextRange) -> Option<&'a Expr> {
        self.expressions().iter().find(|each| each.range() == range).copied()
    }

    /// The largest operand (no conditional, lambda or the like) within its brackets that ends here.
    pub(super) fn operand_ending(&self, end: TextSize) -> Option<&'a Expr> {
        let from = self.opener(end).map_or(TextSize::new(0), |token| token.range().end());
        self.expressions()
            .iter()
            .filter(|each| each.end() == end && each.start() >= from && !each.range().is_empty())
            .filter(|each| expression::is_disjunction(each))
            .min_by_key(|each| each.start())
            .copied()
    }

    /// The first token that starts at or after an offset.
    pub(super) fn at(&self, offset: TextSize) -> Option<Token> {
        let tokens = &self.scan.tokens;
        tokens.get(tokens.partition_point(|token| token.start < offset.to_usize())).copied()
    }

    /// The last token that ends at or before an offset.
    pub(super) fn before(&self, offset: TextSize) -> Option<Token> {
        let tokens = &self.scan.tokens;
        let count = tokens.partition_point(|token| token.start < offset.to_usize());
        tokens[..count]
            .iter()
            .rev()
            .find(|token| !matches!(token.shape, Shape::Indent | Shape::Dedent | Shape::Newline))
            .copied()
    }

    /// The bracket around the token that ends at or before an offset.
    fn opener(&self, end: TextSize) -> Option<Token> {
        let tokens = &self.scan.tokens;
        let count = tokens.partition_point(|token| token.start < end.to_usize());
        let level = tokens[..count].last()?.level;
        tokens[..count]
            .iter()
            .rev()
            .find(|token| token.level == level && level > 0 && matches!(self.word(**token), "(" | "[" | "{"))
            .copied()
    }

    pub(super) fn word(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    pub(super) fn word_at(&self, offset: TextSize) -> &'a str {
        self.at(offset).map_or("", |token| self.word(token))
    }

    pub(super) fn word_before(&self, offset: TextSize) -> &'a str {
        self.before(offset).map_or("", |token| self.word(token))
    }

    /// The tokens of the logical line around an offset, up to it.
    pub(super) fn line_before(&self, offset: TextSize) -> &[Token] {
        let tokens = &self.scan.tokens;
        let count = tokens.partition_point(|token| token.start < offset.to_usize());
        let breaks = |token: &Token| {
            matches!(token.shape, Shape::Newline | Shape::Indent | Shape::Dedent)
                || (token.level == 0 && self.word(*token) == ";")
        };
        let first = tokens[..count].iter().rposition(breaks).map_or(0, |at| at + 1);
        &tokens[first..count]
    }

    /// The first word of the logical line around an offset.
    pub(super) fn statement_word(&self, offset: TextSize) -> &'a str {
        match self.line_before(offset).first() {
            Some(token) => self.word(*token),
            None => self.word_at(offset),
        }
    }

    /// A token that cannot begin an expression ends a line, a bracket or is an operator or a keyword of statements.
    pub(super) fn begins_expression(&self, token: Token) -> bool {
        let word = self.word(token);
        match token.shape {
            Shape::Number | Shape::String => true,
            Shape::Name => {
                !is_keyword(word) || matches!(word, "None" | "True" | "False" | "not" | "lambda" | "await")
            }
            Shape::Operator => matches!(word, "(" | "[" | "{" | "~" | "..." | "-" | "+"),
            Shape::Field | Shape::Newline | Shape::Indent | Shape::Dedent | Shape::End => false,
        }
    }

    /// Whether CPython, which found its error at `from`, reads on to `to` in search of a better message: over
    /// expressions side by side or with commas between, and no further.
    pub(super) fn reads_on(&self, from: TextSize, to: TextSize) -> bool {
        let tokens = &self.scan.tokens;
        let first = tokens.partition_point(|token| token.start < from.to_usize());
        let count = tokens.partition_point(|token| token.start < to.to_usize());
        let Some(between) = tokens.get(first..count) else { return true };
        let Some(start) = between.first() else { return true };
        if !self.begins_expression(*start) || self.line_before(from).is_empty() {
            return false;
        }
        let mut after_operand = false;
        for token in between {
            let word = self.word(*token);
            let operand = self.begins_expression(*token) && !(after_operand && is_binary(word));
            let side_by_side =
                operand && after_operand && token.level > start.level && word != "(" && word != "[";
            let operator = matches!(token.shape, Shape::Name | Shape::Operator) && is_binary(word);
            match word {
                ")" | "]" | "}" => after_operand = true,
                "," => after_operand = false,
                _ if side_by_side || !(operand || (operator && after_operand)) => return false,
                _ => {
                    after_operand =
                        operand && !matches!(word, "(" | "[" | "{" | "not" | "lambda" | "await" | "~");
                }
            }
        }
        true
    }

    /// The token that an error is about.
    pub(super) fn token_range(&self, range: TextRange) -> TextRange {
        match self.at(range.start()) {
            Some(token) if token.start == range.start().to_usize() => token.range(),
            _ => range,
        }
    }

    /// An empty range at the end of the line that an offset stands in.
    pub(super) fn line_end(&self, offset: TextSize) -> TextRange {
        let at = offset.to_usize().min(self.text.len());
        let end = memchr::memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |len| at + len);
        span(end, end)
    }
}

/// Operators and keywords between operands.
fn is_binary(word: &str) -> bool {
    const WORDS: [&str; 28] = [
        "!=", "%", "&", "*", "**", "+", "-", ".", "/", "//", "<", "<<", "<=", "==", ">", ">=", ">>", "@",
        "^", "and", "else", "if", "in", "is", "not", "or", "|", "~",
    ];
    WORDS.binary_search(&word).is_ok()
}

pub(super) fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
        "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
        "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    KEYWORDS.binary_search(&word).is_ok()
}

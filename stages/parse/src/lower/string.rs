//! Strings, bytes, f-strings and t-strings: parts decoded from the source, neighbours joined as CPython joins them.

use dx_schemas::tree::Const;
use dx_schemas::tree::node::NodeKind;
use ruff_python_ast as ast;
use ruff_python_ast::{AnyStringFlags, Expr, FStringPart, InterpolatedStringElement, StringFlags};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Lowering;
use super::place::skip_trivia;
use crate::checks::tokens::FIELDS_MAX;
use crate::finding::{Exception, span};
use crate::literal::text::{self, Form};

/// A part of an f-string or t-string.
enum Piece<'a> {
    Text(Vec<u8>, TextRange),
    /// With whether the string around it is raw, which its specification is too.
    Field(&'a ast::InterpolatedElement, bool),
}

/// What a field becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Formatted,
    Interpolated,
}

impl Lowering<'_> {
    pub(super) fn string_literal(&mut self, node: &ast::ExprStringLiteral) {
        let mut value = Vec::new();
        for part in &node.value {
            value.extend(self.decode_quoted(part.range, part.flags.into(), Form::Str));
        }
        self.literal(node, Const::Str(&value));
    }

    /// CPython encodes docstrings while it compiles, which surrogates do not survive.
    pub(super) fn check_docstring(&mut self, docstring: &Expr) {
        let Expr::StringLiteral(node) = docstring else { return };
        let mut value = Vec::new();
        for part in &node.value {
            let flags = AnyStringFlags::from(part.flags);
            let inner = self.between_quotes(part.range, flags);
            if !flags.is_raw_string() && inner.start() < inner.end() && self.text(inner).contains("\\") {
                value.extend(text::decode(self.text(inner), Form::Str, false, &mut Vec::new()));
            } else if inner.start() < inner.end() {
                value.extend_from_slice(self.text(inner).as_bytes());
            }
        }
        let Err(error) = std::str::from_utf8(&value) else { return };
        let before = String::from_utf8_lossy(&value[..error.valid_up_to()]).chars().count();
        let surrogates: Vec<_> = value[error.valid_up_to()..]
            .chunks_exact(3)
            .take_while(|bytes| bytes[0] == 0xed && bytes[1] >= 0xa0)
            .collect();
        let place = match surrogates[..] {
            [one] => {
                let code = 0xd000 | u32::from(one[1] & 0x3f) << 6 | u32::from(one[2] & 0x3f);
                format!("character '\\u{code:04x}' in position {before}")
            }
            _ => format!("characters in position {before}-{}", before + surrogates.len().saturating_sub(1)),
        };
        self.findings.add(
            Exception::Encode,
            node.range,
            format!("'utf-8' codec can't encode {place}: surrogates not allowed"),
        );
    }

    pub(super) fn bytes_literal(&mut self, node: &ast::ExprBytesLiteral) {
        let mut value = Vec::new();
        for part in &node.value {
            value.extend(self.decode_quoted(part.range, part.flags.into(), Form::Bytes));
        }
        self.literal(node, Const::Bytes(&value));
    }

    /// The value of one quoted literal.
    fn decode_quoted(&mut self, place: TextRange, flags: AnyStringFlags, form: Form) -> Vec<u8> {
        let inner = self.between_quotes(place, flags);
        self.decode(inner, Some(place), form, flags.is_raw_string())
    }

    /// The text of a literal without prefix and quotes. Recovery can give a literal that lacks some of them.
    fn between_quotes(&self, place: TextRange, flags: AnyStringFlags) -> TextRange {
        let start = place.start() + flags.opener_len().min(place.len());
        let end = place.end() - flags.closer_len().min(place.len());
        let boundary = |offset: TextSize| self.source.text.is_char_boundary(offset.to_usize());
        if start < end && boundary(start) && boundary(end) {
            TextRange::new(start, end)
        } else {
            TextRange::empty(start)
        }
    }

    /// Decodes source text; errors are placed at the whole literal where there is one, warnings at the escape.
    fn decode(&mut self, inner: TextRange, whole: Option<TextRange>, form: Form, raw: bool) -> Vec<u8> {
        let mut flaws = Vec::new();
        let value = text::decode(self.text(inner), form, raw, &mut flaws);
        for flaw in flaws {
            let at = inner.start().to_usize() + flaw.at;
            let (exception, place) = match (flaw.warning, whole) {
                (true, _) => (Exception::Warning, span(at, at + 2)),
                (false, Some(whole)) => (Exception::Syntax, whole),
                (false, None) => (Exception::Syntax, inner),
            };
            self.findings.add(exception, place, flaw.message);
        }
        value
    }

    pub(super) fn fstring(&mut self, node: &ast::ExprFString) {
        let mut pieces = Vec::new();
        for part in node.value.as_slice() {
            match part {
                FStringPart::Literal(literal) => {
                    let value = self.decode_quoted(literal.range, literal.flags.into(), Form::Str);
                    pieces.push(Piece::Text(value, literal.range));
                }
                FStringPart::FString(fstring) => {
                    let raw = AnyStringFlags::from(fstring.flags).is_raw_string();
                    self.pieces(&fstring.elements, raw, &mut pieces);
                }
            }
        }
        let id = self.open_at(NodeKind::JoinedStr, node);
        self.parts(pieces, Kind::Formatted);
        self.close(id);
    }

    pub(super) fn tstring(&mut self, node: &ast::ExprTString) {
        let mut pieces = Vec::new();
        for part in node.value.as_slice() {
            let raw = AnyStringFlags::from(part.flags).is_raw_string();
            self.pieces(&part.elements, raw, &mut pieces);
        }
        let id = self.open_at(NodeKind::TemplateStr, node);
        self.parts(pieces, Kind::Interpolated);
        self.close(id);
    }

    /// Collects the parts of one f-string, t-string or format specification.
    fn pieces<'e>(
        &mut self,
        elements: impl IntoIterator<Item = &'e InterpolatedStringElement>,
        raw: bool,
        pieces: &mut Vec<Piece<'e>>,
    ) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    let value = self.decode(literal.range, None, Form::Middle, raw);
                    pieces.push(Piece::Text(value, literal.range));
                }
                InterpolatedStringElement::Interpolation(field) => {
                    if let Some(debug) = &field.debug_text {
                        let start = field.start().to_usize() + 1;
                        let place = span(start, start + debug.as_str().len());
                        let shown = without_comments(self.text(place));
                        pieces.push(Piece::Text(shown.into_bytes(), place));
                    }
                    pieces.push(Piece::Field(field, raw));
                }
            }
        }
    }

    /// Adds the parts; neighbouring texts are one constant, empty ones none.
    fn parts(&mut self, pieces: Vec<Piece<'_>>, kind: Kind) {
        let mut held: Option<(Vec<u8>, TextRange)> = None;
        for piece in pieces {
            match piece {
                Piece::Text(value, place) => {
                    held = Some(match held.take() {
                        Some((mut before, start)) => {
                            before.extend(value);
                            (before, start.cover(place))
                        }
                        None => (value, place),
                    });
                }
                Piece::Field(node, raw) => {
                    self.constant_part(held.take());
                    self.field(kind, node, raw);
                }
            }
        }
        self.constant_part(held);
    }

    fn constant_part(&mut self, held: Option<(Vec<u8>, TextRange)>) {
        if let Some((value, place)) = held.filter(|(value, _)| !value.is_empty()) {
            self.literal(&place, Const::Str(&value));
        }
    }

    fn field(&mut self, kind: Kind, node: &ast::InterpolatedElement, raw: bool) {
        let kind_of_node = match kind {
            Kind::Formatted => NodeKind::FormattedValue,
            Kind::Interpolated => NodeKind::Interpolation,
        };
        let id = self.open_at(kind_of_node, node);
        // `{x = }` shows the repr unless a conversion or a specification is given.
        let conversion = match node.conversion.to_byte() {
            None if node.debug_text.is_some() && node.format_spec.is_none() => Some(b'r'),
            given => given,
        };
        self.extra(id, u16::from(conversion.unwrap_or_default()));
        if kind == Kind::Interpolated {
            let shown = self.field_text(node);
            self.constant(id, Const::Str(shown.as_bytes()));
        }
        if self.spec_depth == FIELDS_MAX {
            let name = if kind == Kind::Formatted { "f-string" } else { "t-string" };
            let place = span(node.start().to_usize().saturating_sub(1), node.start().to_usize());
            self.findings.syntax(&place, format!("{name}: expressions nested too deeply"));
        }
        let depth = std::mem::replace(&mut self.spec_depth, 0);
        self.expression(&node.expression);
        self.spec_depth = depth + 1;
        match &node.format_spec {
            Some(spec) => {
                // The place begins at the colon.
                let place = TextRange::new(spec.start() - TextSize::new(1).min(spec.start()), spec.end());
                let mut pieces = Vec::new();
                self.pieces(&spec.elements, raw, &mut pieces);
                let joined = self.open(NodeKind::JoinedStr, Some(place));
                self.parts(pieces, Kind::Formatted);
                self.close(joined);
            }
            None => self.absent(),
        }
        self.spec_depth = depth;
        self.close(id);
    }

    /// The source text of a t-string's expression: from the brace to the `=`, conversion, specification or brace.
    fn field_text(&self, node: &ast::InterpolatedElement) -> String {
        let start = node.start().to_usize() + 1;
        let end = match &node.debug_text {
            Some(debug) => {
                let shown = debug.as_str();
                start + shown.rfind('=').unwrap_or(shown.len())
            }
            None => self.field_end(node.expression.end().to_usize()).min(node.end().to_usize()),
        };
        without_comments(&self.source.text[span(start, end)])
    }

    /// From the end of a field's expression over closing parentheses, a tuple's comma and comments.
    fn field_end(&self, from: usize) -> usize {
        let mut at = from;
        loop {
            at = skip_trivia(&self.source.text, at);
            match self.source.text.as_bytes().get(at) {
                Some(b')' | b',') => at += 1,
                _ => return at,
            }
        }
    }
}

/// The text without its comments, as `{x = # why` shows it. Quotes protect what looks like a comment.
fn without_comments(text: &str) -> String {
    if !text.contains('#') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '#') => {
                while characters.next_if(|next| *next != '\n').is_some() {}
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (Some(_), '\\') => {
                out.push(c);
                out.extend(characters.next());
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn comments_go_and_strings_stay() {
        assert_eq!(without_comments("\n x   # hi\n = "), "\n x   \n = ");
        assert_eq!(without_comments("'#' + \"\\\"#\""), "'#' + \"\\\"#\"");
    }
}

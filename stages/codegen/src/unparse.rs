//! Expressions back to source text, as `from __future__ import annotations` stores them.
//!
//! The layout is that of CPython's `Python/ast_unparse.c`: one blank around operators, parentheses where they are
//! needed, floats too large for a literal as `1e309`.

use dashu_int::UBig;
use dx_schemas::tree::node::{ParameterKind, UnaryOperator, flag};
use dx_schemas::tree::{Const, Node, NodeKind};

use crate::expression::operator::{comparator_of, operator_of};
use crate::generator::Generator;

/// How tightly an operator binds; a looser expression inside a tighter one gets parentheses.
mod level {
    pub(super) const NAMED: u8 = 0;
    pub(super) const TUPLE: u8 = 1;
    pub(super) const TEST: u8 = 2;
    pub(super) const OR: u8 = 3;
    pub(super) const AND: u8 = 4;
    pub(super) const NOT: u8 = 5;
    pub(super) const COMPARE: u8 = 6;
    pub(super) const BIT_OR: u8 = 7;
    pub(super) const BIT_XOR: u8 = 8;
    pub(super) const BIT_AND: u8 = 9;
    pub(super) const SHIFT: u8 = 10;
    pub(super) const SUM: u8 = 11;
    pub(super) const TERM: u8 = 12;
    pub(super) const FACTOR: u8 = 13;
    pub(super) const POWER: u8 = 14;
    pub(super) const AWAIT: u8 = 15;
    pub(super) const ATOM: u8 = 16;
}

impl Generator<'_> {
    pub(crate) fn unparse(&mut self, node: Node<'_>) -> Vec<u8> {
        let mut writer = Writer { out: Vec::new() };
        writer.expression(node, level::TEST);
        writer.out
    }
}

struct Writer {
    out: Vec<u8>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn expression(&mut self, node: Node<'_>, at: u8) {
        stacker::maybe_grow(64 << 10, 4 << 20, || self.dispatch(node, at));
    }

    /// Writes `inside` in parentheses if it binds looser than what is around it.
    fn grouped(&mut self, needed: bool, inside: impl FnOnce(&mut Self)) {
        if needed {
            self.text("(");
        }
        inside(self);
        if needed {
            self.text(")");
        }
    }

    fn list<'t>(&mut self, nodes: impl Iterator<Item = Node<'t>>, at: u8) {
        for (index, node) in nodes.enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.expression(node, at);
        }
    }

    fn dispatch(&mut self, node: Node<'_>, at: u8) {
        match node.kind() {
            NodeKind::Constant => self.constant(node.constant()),
            NodeKind::Name => self.text(node.ident()),
            NodeKind::Attribute => {
                let [value] = node.slots();
                self.expression(value, level::ATOM);
                // `1 .real`: the dot would be read as part of the number.
                if matches!(value.constant(), Some(Const::Int(_))) && value.kind() == NodeKind::Constant {
                    self.text(" ");
                }
                self.text(".");
                self.text(node.ident());
            }
            NodeKind::Subscript => {
                let [value, index] = node.slots();
                self.expression(value, level::ATOM);
                self.text("[");
                self.expression(index, level::TUPLE);
                self.text("]");
            }
            NodeKind::Slice => self.slice(node),
            NodeKind::Starred => {
                let [value] = node.slots();
                self.text("*");
                self.expression(value, level::BIT_OR);
            }
            NodeKind::Tuple => self.tuple(node, at),
            NodeKind::ListExpr => {
                self.text("[");
                self.list(node.children(), level::TEST);
                self.text("]");
            }
            NodeKind::Set => {
                self.text("{");
                self.list(node.children(), level::TEST);
                self.text("}");
            }
            NodeKind::Dict => self.dict(node),
            NodeKind::BoolOp | NodeKind::BinOp | NodeKind::UnaryOp | NodeKind::Compare => {
                self.operation(node, at);
            }
            NodeKind::Call => self.call(node),
            NodeKind::Lambda => self.grouped(at > level::TEST, |this| this.lambda(node)),
            NodeKind::IfExp => self.grouped(at > level::TEST, |this| {
                let [test, body, orelse] = node.slots();
                this.expression(body, level::TEST + 1);
                this.text(" if ");
                this.expression(test, level::TEST + 1);
                this.text(" else ");
                this.expression(orelse, level::TEST);
            }),
            NodeKind::NamedExpr => self.grouped(at > level::NAMED, |this| {
                let [target, value] = node.slots();
                this.expression(target, level::ATOM);
                this.text(" := ");
                this.expression(value, level::ATOM);
            }),
            NodeKind::ListComp | NodeKind::SetComp | NodeKind::DictComp | NodeKind::GeneratorExp => {
                self.comprehension(node);
            }
            NodeKind::Await => self.grouped(at > level::AWAIT, |this| {
                let [value] = node.slots();
                this.text("await ");
                this.expression(value, level::ATOM);
            }),
            NodeKind::Yield | NodeKind::YieldFrom => {
                let [value] = node.slots();
                self.text(if node.kind() == NodeKind::Yield { "(yield" } else { "(yield from" });
                if let Some(value) = value.present() {
                    self.text(" ");
                    self.expression(value, level::TEST);
                }
                self.text(")");
            }
            NodeKind::JoinedStr => self.formatted_string(node, "f"),
            NodeKind::TemplateStr => self.formatted_string(node, "t"),
            _ => {}
        }
    }

    fn constant(&mut self, constant: Option<Const<'_>>) {
        match constant {
            None | Some(Const::None) => self.text("None"),
            Some(Const::True) => self.text("True"),
            Some(Const::False) => self.text("False"),
            Some(Const::Ellipsis) => self.text("..."),
            Some(Const::Int(magnitude)) => self.text(&UBig::from_le_bytes(magnitude).to_string()),
            Some(Const::Float(bits)) => self.float(bits),
            Some(Const::Imaginary(bits)) => {
                self.float(bits);
                // `repr` of a whole imaginary number has no `.0`.
                if self.out.ends_with(b".0") {
                    self.out.truncate(self.out.len() - 2);
                }
                self.text("j");
            }
            Some(Const::Str(text)) => dx_text::repr::push_str(&mut self.out, text),
            Some(Const::Bytes(bytes)) => dx_text::repr::push_bytes(&mut self.out, bytes),
        }
    }

    fn float(&mut self, bits: u64) {
        let value = f64::from_bits(bits);
        if value.is_infinite() {
            self.text("1e309");
        } else {
            let mut text = String::new();
            dx_text::float::push_repr(&mut text, value);
            self.text(&text);
        }
    }

    fn slice(&mut self, node: Node<'_>) {
        let [lower, upper, step] = node.slots();
        if let Some(lower) = lower.present() {
            self.expression(lower, level::TEST);
        }
        self.text(":");
        if let Some(upper) = upper.present() {
            self.expression(upper, level::TEST);
        }
        if let Some(step) = step.present() {
            self.text(":");
            self.expression(step, level::TEST);
        }
    }

    fn tuple(&mut self, node: Node<'_>, at: u8) {
        let count = node.children().count();
        if count == 0 {
            self.text("()");
            return;
        }
        self.grouped(at > level::TUPLE, |this| {
            this.list(node.children(), level::TEST);
            if count == 1 {
                this.text(",");
            }
        });
    }

    fn dict(&mut self, node: Node<'_>) {
        self.text("{");
        for (index, item) in node.children().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            let [key, value] = item.slots();
            match key.present() {
                Some(key) => {
                    self.expression(key, level::TEST);
                    self.text(": ");
                    self.expression(value, level::TEST);
                }
                None => {
                    self.text("**");
                    self.expression(value, level::BIT_OR);
                }
            }
        }
        self.text("}");
    }

    fn operation(&mut self, node: Node<'_>, at: u8) {
        match node.kind() {
            NodeKind::BoolOp => {
                let (own, word) = if node.extra() == 1 { (level::OR, " or ") } else { (level::AND, " and ") };
                self.grouped(at > own, |this| {
                    for (index, value) in node.children().enumerate() {
                        if index > 0 {
                            this.text(word);
                        }
                        this.expression(value, own + 1);
                    }
                });
            }
            NodeKind::BinOp => self.binary(node, at),
            NodeKind::UnaryOp => {
                let [operand] = node.slots();
                let (own, sign) = match UnaryOperator::from_code(node.extra()) {
                    Some(UnaryOperator::Not) => (level::NOT, "not "),
                    Some(UnaryOperator::UAdd) => (level::FACTOR, "+"),
                    Some(UnaryOperator::USub) => (level::FACTOR, "-"),
                    _ => (level::FACTOR, "~"),
                };
                self.grouped(at > own, |this| {
                    this.text(sign);
                    this.expression(operand, own);
                });
            }
            _ => self.grouped(at > level::COMPARE, |this| {
                let [left] = node.slots();
                this.expression(left, level::COMPARE + 1);
                for link in node.rest(1) {
                    this.text(" ");
                    this.text(comparator_of(link).text());
                    this.text(" ");
                    let [right] = link.slots();
                    this.expression(right, level::COMPARE + 1);
                }
            }),
        }
    }

    fn binary(&mut self, node: Node<'_>, at: u8) {
        use dx_schemas::tree::node::Operator as O;
        let [left, right] = node.slots();
        let operator = operator_of(node);
        let own = match operator {
            O::Add | O::Sub => level::SUM,
            O::Mult | O::MatMult | O::Div | O::Mod | O::FloorDiv => level::TERM,
            O::LShift | O::RShift => level::SHIFT,
            O::BitOr => level::BIT_OR,
            O::BitXor => level::BIT_XOR,
            O::BitAnd => level::BIT_AND,
            O::Pow => level::POWER,
        };
        let from_right = u8::from(operator == O::Pow);
        self.grouped(at > own, |this| {
            this.expression(left, own + from_right);
            this.text(" ");
            this.text(operator.text());
            this.text(" ");
            this.expression(right, own + 1 - from_right);
        });
    }

    fn call(&mut self, node: Node<'_>) {
        let [callee] = node.slots();
        self.expression(callee, level::ATOM);
        let arguments: Vec<Node<'_>> = node.rest(1).collect();
        if let [only] = arguments[..]
            && only.kind() == NodeKind::GeneratorExp
        {
            self.expression(only, level::ATOM);
            return;
        }
        self.text("(");
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            if argument.kind() != NodeKind::Keyword {
                self.expression(*argument, level::TEST);
                continue;
            }
            let [value] = argument.slots();
            match argument.name() {
                Some(name) => {
                    self.text(name);
                    self.text("=");
                    self.expression(value, level::TEST);
                }
                None => {
                    self.text("**");
                    self.expression(value, level::BIT_OR);
                }
            }
        }
        self.text(")");
    }

    fn lambda(&mut self, node: Node<'_>) {
        let [defaults, keyword_defaults, function] = node.slots();
        let [parameters, body] = function.slots();
        let parameters: Vec<(ParameterKind, Node<'_>)> = parameters
            .children()
            .map(|p| (ParameterKind::from_code(p.extra()).unwrap_or(ParameterKind::Positional), p))
            .collect();
        let mut defaults = defaults.children();
        let mut keyword_defaults = keyword_defaults.children();
        self.text(if parameters.is_empty() { "lambda" } else { "lambda " });
        let mut starred = false;
        for (at, (kind, parameter)) in parameters.iter().enumerate() {
            if at > 0 {
                self.text(", ");
            }
            match kind {
                ParameterKind::VarPositional => self.text("*"),
                ParameterKind::VarKeyword => self.text("**"),
                ParameterKind::KeywordOnly if !starred => self.text("*, "),
                _ => {}
            }
            starred |= matches!(kind, ParameterKind::VarPositional | ParameterKind::KeywordOnly);
            self.text(parameter.ident());
            if parameter.has(flag::HAS_DEFAULT) {
                let default = match kind {
                    ParameterKind::KeywordOnly => keyword_defaults.next().map(|item| {
                        let [value] = item.slots();
                        value
                    }),
                    _ => defaults.next(),
                };
                if let Some(default) = default {
                    self.text("=");
                    self.expression(default, level::TEST);
                }
            }
            let ends_positional_only = *kind == ParameterKind::PositionalOnly
                && parameters.get(at + 1).is_none_or(|next| next.0 != ParameterKind::PositionalOnly);
            if ends_positional_only {
                self.text(", /");
            }
        }
        self.text(": ");
        self.expression(body, level::TEST);
    }

    fn comprehension(&mut self, node: Node<'_>) {
        let (open, close) = match node.kind() {
            NodeKind::ListComp => ("[", "]"),
            NodeKind::GeneratorExp => ("(", ")"),
            _ => ("{", "}"),
        };
        self.text(open);
        let generators = if node.kind() == NodeKind::DictComp {
            let [key, value, generators] = node.slots();
            self.expression(key, level::TEST);
            self.text(": ");
            self.expression(value, level::TEST);
            generators
        } else {
            let [element, generators] = node.slots();
            self.expression(element, level::TEST);
            generators
        };
        for generator in generators.children() {
            let [target, iter, ifs] = generator.slots();
            self.text(if generator.has(flag::ASYNC) { " async for " } else { " for " });
            self.expression(target, level::TUPLE);
            self.text(" in ");
            self.expression(iter, level::TEST + 1);
            for test in ifs.children() {
                self.text(" if ");
                self.expression(test, level::TEST + 1);
            }
        }
        self.text(close);
    }

    fn formatted_string(&mut self, node: Node<'_>, prefix: &str) {
        let mut body = Writer { out: Vec::new() };
        body.parts(node, false);
        self.text(prefix);
        dx_text::repr::push_str(&mut self.out, &body.out);
    }

    fn parts(&mut self, node: Node<'_>, in_spec: bool) {
        for part in node.children() {
            match (part.kind(), part.constant()) {
                (NodeKind::Constant, Some(Const::Str(text))) => {
                    for byte in text {
                        self.out.push(*byte);
                        if matches!(byte, b'{' | b'}') {
                            self.out.push(*byte);
                        }
                    }
                }
                (NodeKind::FormattedValue | NodeKind::Interpolation, _) => self.replacement(part),
                _ => self.expression(part, level::TEST),
            }
        }
        debug_assert!(!in_spec || node.kind() == NodeKind::JoinedStr);
    }

    fn replacement(&mut self, part: Node<'_>) {
        let [value, spec] = part.slots();
        let mut inner = Writer { out: Vec::new() };
        match (part.kind(), part.constant()) {
            (NodeKind::Interpolation, Some(Const::Str(text))) => inner.out.extend_from_slice(text),
            _ => inner.expression(value, level::TEST + 1),
        }
        // `{ {1}}` would otherwise begin with an escaped brace.
        self.text(if inner.out.first() == Some(&b'{') { "{ " } else { "{" });
        self.out.extend_from_slice(&inner.out);
        if let Some(conversion) = char::from_u32(part.extra().into()).filter(|c| *c != '\0') {
            self.text("!");
            self.text(conversion.encode_utf8(&mut [0; 4]));
        }
        if let Some(spec) = spec.present() {
            self.text(":");
            if spec.kind() == NodeKind::JoinedStr {
                self.parts(spec, true);
            } else if let Some(Const::Str(text)) = spec.constant() {
                self.out.extend_from_slice(text);
            }
        }
        self.text("}");
    }
}

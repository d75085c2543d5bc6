//! Expressions.

use dx_schemas::tree::node::{Comparator, NodeKind, Operator, UnaryOperator, flag};
use dx_schemas::tree::{Const, NodeId};
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, ExprContext};
use ruff_text_size::{Ranged, TextRange};

use super::{Lowering, Scope};
use crate::checks;
use crate::literal::number::{self, Number};

impl Lowering<'_> {
    pub(super) fn expressions<'e>(&mut self, all: impl IntoIterator<Item = &'e Expr>) {
        all.into_iter().for_each(|each| self.expression(each));
    }

    pub(super) fn optional(&mut self, expression: Option<&Expr>) {
        match expression {
            Some(expression) => self.expression(expression),
            None => self.absent(),
        }
    }

    /// A node with the given children, in order.
    fn simple<'e>(
        &mut self,
        kind: NodeKind,
        place: &impl Ranged,
        parts: impl IntoIterator<Item = &'e Expr>,
    ) -> NodeId {
        let id = self.open_at(kind, place);
        self.expressions(parts);
        self.close(id);
        id
    }

    pub(super) fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::BoolOp(node) => {
                let id = self.simple(NodeKind::BoolOp, node, &node.values);
                self.extra(id, u16::from(node.op == ast::BoolOp::Or));
            }
            Expr::Named(node) => {
                self.simple(NodeKind::NamedExpr, node, [&*node.target, &*node.value]);
            }
            Expr::BinOp(node) => {
                let id = self.simple(NodeKind::BinOp, node, [&*node.left, &*node.right]);
                self.extra(id, operator(node.op) as u16);
            }
            Expr::UnaryOp(node) => {
                let id = self.simple(NodeKind::UnaryOp, node, [&*node.operand]);
                self.extra(id, unary(node.op) as u16);
            }
            Expr::Lambda(node) => self.lambda(node),
            Expr::If(node) => {
                self.simple(NodeKind::IfExp, node, [&*node.test, &*node.body, &*node.orelse]);
            }
            Expr::Dict(node) => self.dict(node),
            Expr::Set(node) => {
                self.simple(NodeKind::Set, node, &node.elts);
            }
            Expr::ListComp(node) => {
                self.comprehension(NodeKind::ListComp, node.range, &[&node.elt], &node.generators);
            }
            Expr::SetComp(node) => {
                self.comprehension(NodeKind::SetComp, node.range, &[&node.elt], &node.generators);
            }
            Expr::DictComp(node) => match &node.key {
                Some(key) => {
                    self.comprehension(NodeKind::DictComp, node.range, &[key, &node.value], &node.generators);
                }
                None => self.invalid(node.range),
            },
            Expr::Generator(node) => self.generator(node, node.range),
            Expr::Await(node) => {
                self.simple(NodeKind::Await, node, [&*node.value]);
            }
            Expr::Yield(node) => {
                self.mark_yield();
                let id = self.open_at(NodeKind::Yield, node);
                self.optional(node.value.as_deref());
                self.close(id);
            }
            Expr::YieldFrom(node) => {
                self.mark_yield();
                self.simple(NodeKind::YieldFrom, node, [&*node.value]);
            }
            Expr::Compare(node) => self.compare(node),
            Expr::Call(node) => self.call(node),
            Expr::FString(node) => self.fstring(node),
            Expr::TString(node) => self.tstring(node),
            Expr::StringLiteral(node) => self.string_literal(node),
            Expr::BytesLiteral(node) => self.bytes_literal(node),
            Expr::NumberLiteral(node) => self.number(node.range),
            Expr::BooleanLiteral(node) => {
                self.literal(node, if node.value { Const::True } else { Const::False });
            }
            Expr::NoneLiteral(node) => self.literal(node, Const::None),
            Expr::EllipsisLiteral(node) => self.literal(node, Const::Ellipsis),
            Expr::Attribute(node) => {
                let id = self.simple(NodeKind::Attribute, node, [&*node.value]);
                self.name(id, &node.attr.id);
                self.context(id, node.ctx);
            }
            Expr::Subscript(node) => {
                checks::warnings::subscript(node, &mut self.findings);
                let id = self.simple(NodeKind::Subscript, node, [&*node.value, &*node.slice]);
                self.context(id, node.ctx);
            }
            Expr::Starred(node) => {
                let id = self.simple(NodeKind::Starred, node, [&*node.value]);
                self.context(id, node.ctx);
            }
            // Recovery puts an empty name where an expression is missing.
            Expr::Name(node) if node.id.is_empty() => self.invalid(node.range),
            Expr::Name(node) => {
                let id = self.leaf(NodeKind::Name, Some(node.range));
                self.name(id, &node.id);
                self.context(id, node.ctx);
            }
            Expr::List(node) => {
                let id = self.simple(NodeKind::ListExpr, node, &node.elts);
                self.context(id, node.ctx);
            }
            Expr::Tuple(node) => {
                let id = self.simple(NodeKind::Tuple, node, &node.elts);
                self.context(id, node.ctx);
            }
            Expr::Slice(node) => {
                let id = self.open_at(NodeKind::Slice, node);
                for part in [&node.lower, &node.upper, &node.step] {
                    self.optional(part.as_deref());
                }
                self.close(id);
            }
            Expr::IpyEscapeCommand(node) => self.invalid(node.range),
        }
    }

    pub(super) fn invalid(&mut self, place: TextRange) {
        self.leaf(NodeKind::Invalid, Some(place));
    }

    pub(super) fn literal(&mut self, place: &impl Ranged, value: Const<'_>) {
        let id = self.leaf(NodeKind::Constant, Some(place.range()));
        self.constant(id, value);
    }

    pub(super) fn context(&mut self, id: NodeId, context: ExprContext) {
        match context {
            ExprContext::Store => self.flags(id, flag::CTX_STORE),
            ExprContext::Del => self.flags(id, flag::CTX_DEL),
            ExprContext::Load | ExprContext::Invalid => {}
        }
    }

    fn mark_yield(&mut self) {
        if let Some(Scope::Function { has_yield }) = self.scopes.last_mut() {
            *has_yield = true;
        }
    }

    fn number(&mut self, place: TextRange) {
        match number::decode(self.text(place)) {
            Ok(Number::Int(bytes)) => self.literal(&place, Const::Int(&bytes)),
            Ok(Number::Float(value)) => self.literal(&place, Const::Float(value.to_bits())),
            Ok(Number::Imaginary(value)) => self.literal(&place, Const::Imaginary(value.to_bits())),
            Err(message) => {
                self.findings.syntax(&place, message);
                self.invalid(place);
            }
        }
    }

    fn lambda(&mut self, node: &ast::ExprLambda) {
        let id = self.open_at(NodeKind::Lambda, node);
        self.defaults(node.parameters.as_deref());
        let function = self.open_at(NodeKind::Function, node);
        self.flags(function, flag::LAMBDA);
        self.name(function, "<lambda>");
        self.parameters(node.parameters.as_deref());
        self.scopes.push(Scope::Function { has_yield: false });
        self.expression(&node.body);
        self.leave_function(function);
        self.close(function);
        self.close(id);
    }

    /// Ends a function's scope: whether it is a generator is known only now.
    pub(super) fn leave_function(&mut self, function: NodeId) {
        if self.scopes.pop() == Some(Scope::Function { has_yield: true }) {
            self.flags(function, flag::GENERATOR);
        }
    }

    fn dict(&mut self, node: &ast::ExprDict) {
        let id = self.open_at(NodeKind::Dict, node);
        for item in &node.items {
            let pair = self.open(NodeKind::DictItem, None);
            self.optional(item.key.as_ref());
            self.expression(&item.value);
            self.close(pair);
        }
        self.close(id);
    }

    fn generator(&mut self, node: &ast::ExprGenerator, place: TextRange) {
        self.comprehension(NodeKind::GeneratorExp, place, &[&node.elt], &node.generators);
    }

    fn comprehension(
        &mut self,
        kind: NodeKind,
        place: TextRange,
        elements: &[&Expr],
        generators: &[ast::Comprehension],
    ) {
        let id = self.open(kind, Some(place));
        self.expressions(elements.iter().copied());
        self.list(generators, |this, each| {
            let clause = this.open(NodeKind::Comprehension, None);
            if each.is_async {
                this.flags(clause, flag::ASYNC);
            }
            this.expression(&each.target);
            this.expression(&each.iter);
            this.list(&each.ifs, |this, test| this.expression(test));
            this.close(clause);
        });
        self.close(id);
    }

    fn compare(&mut self, node: &ast::ExprCompare) {
        checks::warnings::compare(node, &mut self.findings);
        let id = self.open_at(NodeKind::Compare, node);
        self.expression(&node.left);
        for (op, right) in node.ops.iter().zip(&node.comparators) {
            let comparison = self.open(NodeKind::Comparison, None);
            self.extra(comparison, comparator(*op) as u16);
            self.expression(right);
            self.close(comparison);
        }
        self.close(id);
    }

    fn call(&mut self, node: &ast::ExprCall) {
        checks::warnings::call(node, &mut self.findings);
        let id = self.open_at(NodeKind::Call, node);
        self.expression(&node.func);
        self.arguments(&node.arguments);
        self.close(id);
    }

    /// Positional arguments, then keywords: the order in which CPython evaluates them.
    pub(super) fn arguments(&mut self, arguments: &ast::Arguments) {
        for each in &arguments.args {
            match each {
                // The parentheses of the call are those of its only argument.
                Expr::Generator(generator) if !generator.parenthesized => {
                    self.generator(generator, arguments.range);
                }
                _ => self.expression(each),
            }
        }
        for keyword in &arguments.keywords {
            let id = self.open_at(NodeKind::Keyword, keyword);
            if let Some(name) = &keyword.arg {
                self.name(id, &name.id);
            }
            self.expression(&keyword.value);
            self.close(id);
        }
    }
}

pub(super) fn operator(op: ast::Operator) -> Operator {
    match op {
        ast::Operator::Add => Operator::Add,
        ast::Operator::Sub => Operator::Sub,
        ast::Operator::Mult => Operator::Mult,
        ast::Operator::MatMult => Operator::MatMult,
        ast::Operator::Div => Operator::Div,
        ast::Operator::Mod => Operator::Mod,
        ast::Operator::Pow => Operator::Pow,
        ast::Operator::LShift => Operator::LShift,
        ast::Operator::RShift => Operator::RShift,
        ast::Operator::BitOr => Operator::BitOr,
        ast::Operator::BitXor => Operator::BitXor,
        ast::Operator::BitAnd => Operator::BitAnd,
        ast::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn unary(op: ast::UnaryOp) -> UnaryOperator {
    match op {
        ast::UnaryOp::Invert => UnaryOperator::Invert,
        ast::UnaryOp::Not => UnaryOperator::Not,
        ast::UnaryOp::UAdd => UnaryOperator::UAdd,
        ast::UnaryOp::USub => UnaryOperator::USub,
    }
}

fn comparator(op: ast::CmpOp) -> Comparator {
    match op {
        ast::CmpOp::Eq => Comparator::Eq,
        ast::CmpOp::NotEq => Comparator::NotEq,
        ast::CmpOp::Lt => Comparator::Lt,
        ast::CmpOp::LtE => Comparator::LtE,
        ast::CmpOp::Gt => Comparator::Gt,
        ast::CmpOp::GtE => Comparator::GtE,
        ast::CmpOp::Is => Comparator::Is,
        ast::CmpOp::IsNot => Comparator::IsNot,
        ast::CmpOp::In => Comparator::In,
        ast::CmpOp::NotIn => Comparator::NotIn,
    }
}

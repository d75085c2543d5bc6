//! Expressions: each kind is compiled into a register that the caller chose.
//!
//! Two entries: [`Generator::value_to`] writes the value to a given register, [`Generator::value`] leaves it wherever it
//! is (a local is used in place). Rules that the rooms keep:
//!
//! - A local as destination is written by the last instruction only: until then an exception must find it unchanged,
//!   and the expression itself may still read it.
//! - A temporary as destination may be used as scratch before.
//! - An operand in place is copied first when a later part of the expression holds a named expression.

mod call;
mod comprehension;
mod condition;
pub(crate) mod display;
pub(crate) mod operator;
mod text;

use dx_schemas::code::Constant;
use dx_schemas::opcode::Op;
use dx_schemas::tree::{Node, NodeKind};

use crate::generator::Generator;
use crate::ir::Reg;
use crate::names::Place;

impl Generator<'_> {
    /// The register of a local variable that `node` names, after the check that it is bound.
    pub(crate) fn local_in_place(&mut self, node: Node<'_>) -> Option<Reg> {
        if node.kind() != NodeKind::Name || node.ident() == "__debug__" {
            return None;
        }
        let name = self.mangled(node.ident());
        match self.resolve(&name) {
            Place::Local(reg) => {
                self.emit(node, Op::CHECK_LOCAL, reg.0, 0, 0);
                Some(reg)
            }
            _ => None,
        }
    }

    /// Evaluates `node`; its value is in the register returned: a local in place, or a fresh temporary.
    pub(crate) fn value(&mut self, node: Node<'_>) -> Reg {
        if let Some(local) = self.local_in_place(node) {
            return local;
        }
        let dest = self.object.fresh();
        self.value_to(node, dest);
        dest
    }

    /// As [`Generator::value`], for an operand that must keep its value while `later` is evaluated.
    pub(crate) fn operand(&mut self, node: Node<'_>, later: &[Node<'_>]) -> Reg {
        let reg = self.value(node);
        if reg.is_local() && later.iter().any(|later| self.has_walrus(*later)) {
            let copy = self.object.fresh();
            self.move_to(node, copy, reg);
            return copy;
        }
        reg
    }

    /// As [`Generator::operand`], evaluating into `scratch` where that is a temporary.
    pub(crate) fn operand_in(&mut self, node: Node<'_>, scratch: Reg, later: &[Node<'_>]) -> Reg {
        if !scratch.is_temporary() {
            return self.operand(node, later);
        }
        match self.local_in_place(node) {
            Some(local) if later.iter().any(|later| self.has_walrus(*later)) => {
                self.move_to(node, scratch, local);
                scratch
            }
            Some(local) => local,
            None => {
                self.value_to(node, scratch);
                scratch
            }
        }
    }

    /// Evaluates into a fresh temporary at the top of the stack.
    pub(crate) fn push_value(&mut self, node: Node<'_>) -> Reg {
        let dest = self.object.fresh();
        self.value_to(node, dest);
        dest
    }

    /// Evaluates several expressions into a run of temporaries; its first.
    pub(crate) fn push_values<'t>(&mut self, nodes: impl Iterator<Item = Node<'t>>) -> (Reg, u32) {
        let first = Reg::temporary(self.object.mark());
        let mut count = 0;
        for node in nodes {
            self.push_value(node);
            count += 1;
        }
        if count == 0 {
            self.object.fresh_run(0);
        }
        (first, count)
    }

    /// Evaluates for the effects only.
    pub(crate) fn discard(&mut self, node: Node<'_>) {
        let mark = self.object.mark();
        self.value(node);
        self.object.release(mark);
    }

    /// Runs `emit` with a temporary in place of a destination that is a local, and moves the result.
    pub(crate) fn by_temporary(&mut self, node: Node<'_>, dest: Reg, emit: impl FnOnce(&mut Self, Reg)) {
        if dest.is_temporary() {
            emit(self, dest);
            return;
        }
        let mark = self.object.mark();
        let scratch = self.object.fresh();
        emit(self, scratch);
        self.move_to(node, dest, scratch);
        self.object.release(mark);
    }

    /// As [`Generator::by_temporary`], with one at the top of the stack, where windows and runs are built.
    pub(crate) fn at_top(&mut self, node: Node<'_>, dest: Reg, emit: impl FnOnce(&mut Self, Reg)) {
        if self.object.is_top(dest) {
            emit(self, dest);
            return;
        }
        let mark = self.object.mark();
        let scratch = self.object.fresh();
        emit(self, scratch);
        self.move_to(node, dest, scratch);
        self.object.release(mark);
    }

    pub(crate) fn value_to(&mut self, node: Node<'_>, dest: Reg) {
        self.deeper(node.id().0, |this| this.dispatch(node, dest));
    }

    fn dispatch(&mut self, node: Node<'_>, dest: Reg) {
        let mark = self.object.mark();
        if let Some(value) = self.fold(node) {
            let constant = self.pool_value(&value);
            self.load_constant(node, dest, constant);
            return;
        }
        match node.kind() {
            NodeKind::Name => {
                let name = self.mangled(node.ident());
                self.load_name(node, &name, dest);
            }
            NodeKind::NamedExpr => self.named(node, dest),
            NodeKind::BinOp => self.binary(node, dest),
            NodeKind::UnaryOp => self.unary(node, dest),
            NodeKind::BoolOp => self.bool_op(node, dest),
            NodeKind::Compare => self.compare(node, dest),
            NodeKind::IfExp => self.if_expression(node, dest),
            NodeKind::Call => self.call(node, dest),
            NodeKind::Attribute => self.attribute(node, dest),
            NodeKind::Subscript => self.subscript(node, dest),
            NodeKind::Slice => self.slice(node, dest),
            NodeKind::Tuple => self.tuple(node, dest),
            NodeKind::ListExpr => self.list(node, dest),
            NodeKind::Set => self.set(node, dest),
            NodeKind::Dict => self.dict(node, dest),
            NodeKind::ListComp | NodeKind::SetComp | NodeKind::DictComp | NodeKind::GeneratorExp => {
                self.comprehension(node, dest);
            }
            NodeKind::JoinedStr => self.joined(node, dest),
            NodeKind::TemplateStr => self.template(node, dest),
            NodeKind::Lambda => self.lambda(node, dest),
            NodeKind::Await => {
                let [value] = node.slots();
                let source = self.operand_in(value, dest, &[]);
                self.await_value(node, source, 0, dest);
            }
            NodeKind::Yield => self.yield_value(node, dest),
            NodeKind::YieldFrom => self.yield_from(node, dest),
            other => {
                let what = format!("'{}' cannot be compiled here", other.name());
                self.error(node.id().0, "not-an-expression", what);
            }
        }
        self.object.release(mark);
    }

    fn named(&mut self, node: Node<'_>, dest: Reg) {
        let [target, value] = node.slots();
        let source = self.operand_in(value, dest, &[]);
        let name = self.mangled(target.ident());
        self.store_name(target, &name, source);
        self.move_to(node, dest, source);
    }

    fn attribute(&mut self, node: Node<'_>, dest: Reg) {
        let [value] = node.slots();
        let name = self.mangled(node.ident());
        let pooled = self.pools.name(&name);
        if let Some(arguments) = self.super_call(value) {
            self.load_super(node, dest, &arguments, pooled, false);
            return;
        }
        let object = self.operand_in(value, dest, &[]);
        self.emit_site(node, Op::LOAD_ATTR, [dest.0, object.0, 0], pooled);
    }

    fn subscript(&mut self, node: Node<'_>, dest: Reg) {
        let [value, index] = node.slots();
        let object = self.operand_in(value, dest, &[index]);
        let index = self.value(index);
        self.emit(node, Op::LOAD_ITEM, dest.0, object.0, index.0);
    }

    fn slice(&mut self, node: Node<'_>, dest: Reg) {
        let [lower, upper, step] = node.slots();
        let first = Reg::temporary(self.object.mark());
        for bound in [lower, upper, step] {
            let place = self.object.fresh();
            match bound.present() {
                Some(bound) => self.value_to(bound, place),
                None => self.load_none(node, place),
            }
        }
        self.emit(node, Op::BUILD_SLICE, dest.0, first.0, 0);
    }

    /// Runs `await source`; `kind` as in GET_AWAITABLE.
    pub(crate) fn await_value(&mut self, node: Node<'_>, source: Reg, kind: u32, dest: Reg) {
        let mark = self.object.mark();
        let iterator = self.object.fresh();
        self.emit(node, Op::GET_AWAITABLE, iterator.0, source.0, kind);
        self.delegate(node, iterator, dest);
        self.object.release(mark);
    }

    /// Suspends with all that `iterator` yields; its result goes to `dest`.
    pub(crate) fn delegate(&mut self, node: Node<'_>, iterator: Reg, dest: Reg) {
        self.by_temporary(node, dest, |this, dest| {
            this.load_none(node, dest);
            this.emit(node, Op::YIELD_FROM, dest.0, iterator.0, 0);
        });
    }

    fn yield_value(&mut self, node: Node<'_>, dest: Reg) {
        let [value] = node.slots();
        let source = match value.present() {
            Some(value) => self.operand_in(value, dest, &[]),
            None => {
                let scratch = if dest.is_temporary() { dest } else { self.object.fresh() };
                self.load_none(node, scratch);
                scratch
            }
        };
        let wrapped = u32::from(self.is_async_generator());
        self.emit(node, Op::YIELD, dest.0, source.0, wrapped);
    }

    fn yield_from(&mut self, node: Node<'_>, dest: Reg) {
        let [value] = node.slots();
        let iterator = self.object.fresh();
        let source = self.operand_in(value, iterator, &[]);
        self.emit(node, Op::GET_YIELD_FROM_ITER, iterator.0, source.0, 0);
        self.delegate(node, iterator, dest);
    }

    pub(crate) fn is_async_generator(&self) -> bool {
        self.object.flags & dx_schemas::code::flag::ASYNC_GENERATOR != 0
    }

    pub(crate) fn load_text(&mut self, node: Node<'_>, dest: Reg, text: &str) {
        self.load_constant(node, dest, Constant::str(text));
    }
}

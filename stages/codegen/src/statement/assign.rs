//! Assignment in all forms, and `del`.

use dx_schemas::opcode::Op;
use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::node::{Operator, flag};
use dx_schemas::tree::{Node, NodeKind};

use crate::expression::operator::{inplace_op, operator_of};
use crate::generator::Generator;
use crate::ir::Reg;
use crate::names::Place;

/// Tuple assignments of at most so many items go through registers instead of a tuple.
const PARALLEL_MAX: usize = 16;

impl Generator<'_> {
    pub(crate) fn assign(&mut self, node: Node<'_>) {
        let [targets, value] = node.slots();
        let targets: Vec<Node<'_>> = targets.children().collect();
        if let [target] = targets[..] {
            self.assign_one(target, value);
            return;
        }
        let mut source = self.operand(value, &targets);
        if source.is_local() && targets.iter().any(|target| target.kind() != NodeKind::Name) {
            // A target may rebind it before a later one reads it.
            let copy = self.object.fresh();
            self.move_to(value, copy, source);
            source = copy;
        }
        for target in targets {
            self.store(target, source);
        }
    }

    fn assign_one(&mut self, target: Node<'_>, value: Node<'_>) {
        if target.kind() == NodeKind::Name {
            let name = self.mangled(target.ident());
            if let Place::Local(local) = self.resolve(&name) {
                self.value_to(value, local);
                return;
            }
        }
        if self.is_parallel(target, value) {
            self.parallel(target, value);
            return;
        }
        let source = self.operand(value, &[target]);
        self.store(target, source);
    }

    /// `a, b = c, d`: as many plain items on both sides.
    fn is_parallel(&mut self, target: Node<'_>, value: Node<'_>) -> bool {
        let is_display = |node: Node<'_>| matches!(node.kind(), NodeKind::Tuple | NodeKind::ListExpr);
        let plain = |node: Node<'_>| {
            let mut count = 0;
            for item in node.children() {
                count += 1;
                if item.kind() == NodeKind::Starred || count > PARALLEL_MAX {
                    return None;
                }
            }
            Some(count)
        };
        is_display(target)
            && is_display(value)
            && plain(target).is_some_and(|count| count > 0 && plain(value) == Some(count))
    }

    fn parallel(&mut self, target: Node<'_>, value: Node<'_>) {
        let values: Vec<Node<'_>> = value.children().collect();
        let targets: Vec<Node<'_>> = target.children().collect();
        let mut sources = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            // The last value may stay in its local if no target before the last one is that local.
            let stays = at + 1 == values.len()
                && value.kind() == NodeKind::Name
                && !self.has_walrus(target)
                && targets[..at].iter().all(|t| t.kind() == NodeKind::Name && t.ident() != value.ident());
            sources.push(if stays { self.value(*value) } else { self.push_value(*value) });
        }
        for (target, source) in targets.into_iter().zip(sources) {
            self.store(target, source);
        }
    }

    /// Stores `source` in an assignment target.
    pub(crate) fn store(&mut self, target: Node<'_>, source: Reg) {
        self.deeper(target.id().0, |this| {
            let mark = this.object.mark();
            this.store_to(target, source);
            this.object.release(mark);
        });
    }

    fn store_to(&mut self, target: Node<'_>, source: Reg) {
        match target.kind() {
            NodeKind::Name => {
                let name = self.mangled(target.ident());
                self.store_name(target, &name, source);
            }
            NodeKind::Attribute => {
                let [value] = target.slots();
                let object = self.value(value);
                let name = self.mangled(target.ident());
                let name = self.pools.name(&name);
                self.emit_site(target, Op::STORE_ATTR, [object.0, source.0, 0], name);
            }
            NodeKind::Subscript => {
                let [value, index] = target.slots();
                let object = self.operand(value, &[index]);
                let index = self.value(index);
                self.emit(target, Op::STORE_ITEM, object.0, index.0, source.0);
            }
            NodeKind::Tuple | NodeKind::ListExpr => self.unpack(target, source),
            NodeKind::Starred => {
                let [value] = target.slots();
                self.store_to(value, source);
            }
            other => {
                let what = format!("cannot assign to '{}'", other.name());
                self.error(target.id().0, "not-a-target", what);
            }
        }
    }

    fn unpack(&mut self, target: Node<'_>, source: Reg) {
        let items: Vec<Node<'_>> = target.children().collect();
        let first = self.object.fresh_run(items.len() as u32);
        self.unpack_to(target, &items, source, first);
        for (at, item) in items.iter().enumerate() {
            self.store(*item, first.offset(at as u32));
        }
    }

    /// Unpacks `source` into a run of registers, one for each of `items`.
    fn unpack_to(&mut self, node: Node<'_>, items: &[Node<'_>], source: Reg, first: Reg) {
        match items.iter().position(|item| item.kind() == NodeKind::Starred) {
            None => self.emit(node, Op::UNPACK, first.0, source.0, items.len() as u32),
            Some(star) => self.unpack_star(node, first, source, star, items.len() - star - 1),
        }
    }

    pub(crate) fn unpack_star(
        &mut self,
        node: Node<'_>,
        first: Reg,
        source: Reg,
        before: usize,
        after: usize,
    ) {
        if before > 255 || after > 255 {
            self.error(node.id().0, "too-many-targets", "too many expressions in star-unpacking assignment");
        }
        let ins = self.object.push(node.id().0, Op::UNPACK_EX, first.0, source.0, 0);
        ins.aux = before as u32;
        ins.aux_high = after as u32;
    }

    pub(crate) fn augmented(&mut self, node: Node<'_>) {
        let [target, value] = node.slots();
        match target.kind() {
            NodeKind::Name => {
                let name = self.mangled(target.ident());
                if let Place::Local(local) = self.resolve(&name) {
                    let left = self.operand(target, &[value]);
                    self.augment(node, local, left, value);
                    return;
                }
                let result = self.object.fresh();
                self.load_name(target, &name, result);
                self.augment(node, result, result, value);
                self.store_name(target, &name, result);
            }
            NodeKind::Attribute => {
                let [object] = target.slots();
                let object = self.operand(object, &[value]);
                let result = self.object.fresh();
                let name = self.mangled(target.ident());
                let name = self.pools.name(&name);
                self.emit_site(target, Op::LOAD_ATTR, [result.0, object.0, 0], name);
                self.augment(node, result, result, value);
                self.emit_site(target, Op::STORE_ATTR, [object.0, result.0, 0], name);
            }
            NodeKind::Subscript => {
                let [object, index] = target.slots();
                let object = self.operand(object, &[index, value]);
                let index = self.operand(index, &[value]);
                let result = self.object.fresh();
                self.emit(target, Op::LOAD_ITEM, result.0, object.0, index.0);
                self.augment(node, result, result, value);
                self.emit(target, Op::STORE_ITEM, object.0, index.0, result.0);
            }
            _ => self.error(target.id().0, "not-a-target", "illegal expression for augmented assignment"),
        }
    }

    /// `dest = left op= value`.
    fn augment(&mut self, node: Node<'_>, dest: Reg, left: Reg, value: Node<'_>) {
        let operator = operator_of(node);
        let fused = match operator {
            Operator::Add => Some(Op::ADD_INT_INPLACE),
            Operator::Sub => Some(Op::SUB_INT_INPLACE),
            _ => None,
        };
        if let (Some(op), Some(small)) = (fused, self.small_int(value)) {
            self.emit(node, op, dest.0, left.0, u32::from(small as u8));
            return;
        }
        let right = self.value(value);
        self.emit(node, inplace_op(operator), dest.0, left.0, right.0);
    }

    pub(crate) fn annotated(&mut self, node: Node<'_>) {
        let [target, annotation, value] = node.slots();
        if let Some(value) = value.present() {
            self.assign_one(target, value);
        }
        match target.kind() {
            NodeKind::Name => {
                let in_body = matches!(self.object.kind, ScopeKind::Module | ScopeKind::Class);
                if node.has(flag::SIMPLE) && in_body {
                    self.note_annotation(node, target, annotation);
                }
            }
            // Without a value the parts of the target are evaluated, and nothing else.
            NodeKind::Attribute if value.is_absent() => {
                let [object] = target.slots();
                self.discard(object);
            }
            NodeKind::Subscript if value.is_absent() => {
                let [object, index] = target.slots();
                self.discard(object);
                self.discard_index(index);
            }
            _ => {}
        }
    }

    fn discard_index(&mut self, index: Node<'_>) {
        match index.kind() {
            NodeKind::Slice | NodeKind::Tuple => {
                for part in index.children().filter_map(Node::present) {
                    self.discard_index(part);
                }
            }
            _ => self.discard(index),
        }
    }

    fn note_annotation(&mut self, node: Node<'_>, target: Node<'_>, annotation: Node<'_>) {
        let name = self.mangled(target.ident());
        if self.scopes.future_annotations {
            let text = self.object.fresh();
            let source = self.unparse(annotation);
            self.load_constant(annotation, text, dx_schemas::code::Constant::Str(source));
            let mapping = self.object.fresh();
            let pooled = self.pools.name("__annotations__");
            self.emit_site(node, Op::LOAD_NAME, [mapping.0, 0, 0], pooled);
            let key = self.object.fresh();
            self.load_text(node, key, &name);
            self.emit(node, Op::STORE_ITEM, mapping.0, key.0, text.0);
            return;
        }
        let Some(index) = self.object.conditional.get(&node.id().0).copied() else { return };
        let set = self.object.fresh();
        self.load_conditional_set(node, set);
        let item = self.object.fresh();
        self.load_constant(node, item, dx_schemas::code::Constant::int(i64::from(index)));
        self.emit(node, Op::SET_ADD, set.0, item.0, 0);
    }

    fn load_conditional_set(&mut self, node: Node<'_>, dest: Reg) {
        const NAME: &str = "__conditional_annotations__";
        match self.cell(NAME) {
            Some(cell) => self.emit(node, Op::LOAD_CELL, dest.0, cell.0, 0),
            None => {
                let pooled = self.pools.name(NAME);
                self.emit_site(node, Op::LOAD_NAME, [dest.0, 0, 0], pooled);
            }
        }
    }

    pub(crate) fn delete(&mut self, target: Node<'_>) {
        self.deeper(target.id().0, |this| {
            let mark = this.object.mark();
            match target.kind() {
                NodeKind::Name => {
                    let name = this.mangled(target.ident());
                    this.delete_name(target, &name);
                }
                NodeKind::Attribute => {
                    let [value] = target.slots();
                    let object = this.value(value);
                    let name = this.mangled(target.ident());
                    let name = this.pools.name(&name);
                    this.emit_site(target, Op::DELETE_ATTR, [object.0, 0, 0], name);
                }
                NodeKind::Subscript => {
                    let [value, index] = target.slots();
                    let object = this.operand(value, &[index]);
                    let index = this.value(index);
                    this.emit(target, Op::DELETE_ITEM, object.0, index.0, 0);
                }
                NodeKind::Tuple | NodeKind::ListExpr => {
                    target.children().for_each(|item| this.delete(item));
                }
                other => {
                    let what = format!("cannot delete '{}'", other.name());
                    this.error(target.id().0, "not-a-target", what);
                }
            }
            this.object.release(mark);
        });
    }
}

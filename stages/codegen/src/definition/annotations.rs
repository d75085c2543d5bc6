//! Annotations, evaluated when somebody asks (PEP 649), or kept as text (`from __future__ import annotations`).

use dx_schemas::code::Constant;
use dx_schemas::opcode::{Common, FunctionPart, Op};
use dx_schemas::scopes::{ScopeKind, scope};
use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Node, NodeId, NodeKind};

use crate::generator::Generator;
use crate::ir::Reg;

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`: what compiled annotate functions know.
const FORMAT_MAX: u32 = 2;

/// An annotated variable of a module or class body.
#[derive(Clone, Copy)]
pub(crate) struct Deferred {
    node: NodeId,
    /// For one that may not run: its number in `__conditional_annotations__`.
    condition: Option<u32>,
}

impl Generator<'_> {
    /// What `SET_FUNCTION` has to set for the annotations of a function, and the register that holds it.
    pub(crate) fn function_annotations(
        &mut self,
        node: Node<'_>,
        list: Node<'_>,
    ) -> Option<(FunctionPart, Reg)> {
        list.children().next()?;
        let dest = self.object.fresh();
        if self.scopes.future_annotations {
            let mut items = Vec::new();
            for annotation in list.children() {
                let name = self.mangled(annotation.ident());
                items.push(self.pools.constant(Constant::str(&name)));
                let [value] = annotation.slots();
                let text = self.unparse(value);
                items.push(self.pools.constant(Constant::Str(text)));
            }
            self.load_constant(node, dest, Constant::Tuple(items));
            return Some((FunctionPart::Annotations, dest));
        }
        let child = match self.known_child(list, ScopeKind::Annotations) {
            Some(child) => child,
            None => {
                let Some(index) = self.find_scope(list, ScopeKind::Annotations) else {
                    self.error(list.id().0, "no-scope", "annotations without a scope");
                    return None;
                };
                self.enter(index, ScopeKind::Annotations, list.id().0);
                self.annotation_prologue(node, index);
                let result = self.object.fresh();
                self.emit(node, Op::BUILD_MAP, result.0, result.0, 0);
                for annotation in list.children() {
                    let mark = self.object.mark();
                    let name = self.mangled(annotation.ident());
                    let key = self.object.fresh();
                    self.load_text(annotation, key, &name);
                    let [value] = annotation.slots();
                    let value = self.maybe_unpacked(value);
                    self.emit(annotation, Op::MAP_ADD, result.0, key.0, value.0);
                    self.object.release(mark);
                }
                self.emit(node, Op::RETURN, result.0, 0, 0);
                let object = self.leave();
                self.add_child(list, ScopeKind::Annotations, object)
            }
        };
        self.make_function(node, child, dest);
        Some((FunctionPart::Annotate, dest))
    }

    /// `*args: *Ts` has the value of `(*Ts,)[0]`.
    pub(crate) fn maybe_unpacked(&mut self, value: Node<'_>) -> Reg {
        if value.kind() != NodeKind::Starred {
            return self.push_value(value);
        }
        let [inner] = value.slots();
        let dest = self.push_value(inner);
        self.emit(value, Op::UNPACK, dest.0, dest.0, 1);
        dest
    }

    /// The parameter `format`, its check, cells.
    pub(crate) fn annotation_prologue(&mut self, node: Node<'_>, index: u32) {
        self.object.positional = 1;
        self.object.positional_only = 1;
        let format = self.implicit_parameter(".format");
        self.function_flags(index, false);
        self.prologue(node);
        let known = self.object.label();
        self.branch(node, Op::TEST_GT_INT, [format.0, FORMAT_MAX, 0], known);
        let error = self.object.fresh();
        self.emit(node, Op::LOAD_COMMON, error.0, Common::NotImplementedError as u32, 0);
        self.emit(node, Op::RAISE, error.0, 0, 0);
        self.object.release(error.number());
        self.object.bind(known);
    }

    /// The annotated variables of a body in order, conditional ones numbered; their numbers are noted in the object.
    pub(crate) fn deferred_annotations(&mut self, root: Node<'_>) -> Vec<Deferred> {
        let mut found = Vec::new();
        if self.scopes.future_annotations {
            return found;
        }
        let everything = self.object.kind == ScopeKind::Module;
        let top: Vec<u32> = root.children().map(|node| node.id().0).collect();
        let mut next = 0;
        let mut at = root.id().0 + 1;
        while at < root.end().0 {
            let node = self.tree.node(NodeId(at));
            at = match node.kind() {
                NodeKind::AnnAssign => {
                    let [target] = node.slots();
                    if target.kind() == NodeKind::Name && node.has(flag::SIMPLE) {
                        let conditional = everything || top.binary_search(&node.id().0).is_err();
                        let condition = conditional.then_some(next);
                        if let Some(number) = condition {
                            self.object.conditional.insert(node.id().0, number);
                            next += 1;
                        }
                        found.push(Deferred { node: node.id(), condition });
                    }
                    node.end().0
                }
                // Statements that hold statements are looked into, all else is passed over.
                NodeKind::If
                | NodeKind::For
                | NodeKind::While
                | NodeKind::With
                | NodeKind::Match
                | NodeKind::MatchCase
                | NodeKind::Try
                | NodeKind::ExceptHandler
                | NodeKind::List => at + 1,
                _ => node.end().0,
            };
        }
        found
    }

    /// The function that evaluates the annotations of a module's or class's variables.
    pub(crate) fn variable_annotations(&mut self, node: Node<'_>, deferred: &[Deferred], stored_as: &str) {
        if deferred.is_empty() {
            return;
        }
        let Some(index) = self.find_scope(node, ScopeKind::Annotations) else {
            self.error(node.id().0, "no-scope", "annotations without a scope");
            return;
        };
        let in_class = self.object.kind == ScopeKind::Class;
        debug_assert!(self.scope(self.object.scope).has(scope::HAS_ANNOTATIONS) || in_class);
        self.enter(index, ScopeKind::Annotations, node.id().0);
        self.annotation_prologue(node, index);
        let result = self.object.fresh();
        self.emit(node, Op::BUILD_MAP, result.0, result.0, 0);
        for row in deferred {
            let statement = self.tree.node(row.node);
            let [target, annotation] = statement.slots();
            let absent = self.object.label();
            let mark = self.object.mark();
            if let Some(number) = row.condition {
                let item = self.object.fresh();
                self.load_constant(statement, item, Constant::int(i64::from(number)));
                let set = self.object.fresh();
                const NAME: &str = "__conditional_annotations__";
                match self.cell(NAME).filter(|_| in_class) {
                    Some(cell) => self.emit(statement, Op::LOAD_CELL, set.0, cell.0, 0),
                    None => {
                        let pooled = self.pools.name(NAME);
                        self.emit_site(statement, Op::LOAD_GLOBAL, [set.0, 0, 0], pooled);
                    }
                }
                self.branch(statement, Op::TEST_IN, [item.0, set.0, 0], absent);
                self.object.release(mark);
            }
            let value = self.value(annotation);
            let key = self.object.fresh();
            let name = self.mangled(target.ident());
            self.load_text(statement, key, &name);
            self.emit(statement, Op::STORE_ITEM, result.0, key.0, value.0);
            self.object.release(mark);
            self.object.bind(absent);
        }
        self.emit(node, Op::RETURN, result.0, 0, 0);
        let object = self.leave();
        let child = self.add_child(node, ScopeKind::Annotations, object);
        let function = self.object.fresh();
        self.make_function(node, child, function);
        self.store_namespace(node, stored_as, function);
        self.object.release(function.number());
    }
}

//! Comprehensions: inlined into the frame around (PEP 709) or as code objects of their own.
//!
//! An inlined comprehension's variables have registers of their own, so nothing is saved and restored; they are cleared
//! at its end, since they have names that `locals()` would show.

use dx_schemas::code::flag;
use dx_schemas::opcode::Op;
use dx_schemas::scopes::{Binding, ScopeKind, scope};
use dx_schemas::tree::node::flag as tree_flag;
use dx_schemas::tree::{Node, NodeKind};

use crate::generator::Generator;
use crate::ir::{Label, Reg};

/// What happens with each element.
#[derive(Clone, Copy)]
struct Sink<'t> {
    node: Node<'t>,
    generators: Node<'t>,
    /// The container, or nothing for a generator.
    into: Option<Reg>,
}

fn generators_of(node: Node<'_>) -> Node<'_> {
    let slot = if node.kind() == NodeKind::DictComp { 2 } else { 1 };
    node.rest(slot).next().unwrap_or(node)
}

fn build_op(kind: NodeKind) -> Op {
    match kind {
        NodeKind::SetComp => Op::BUILD_SET,
        NodeKind::DictComp => Op::BUILD_MAP,
        _ => Op::BUILD_LIST,
    }
}

impl Generator<'_> {
    pub(crate) fn comprehension(&mut self, node: Node<'_>, dest: Reg) {
        let Some(index) = self.find_scope(node, ScopeKind::Comprehension) else {
            self.error(node.id().0, "no-scope", "a comprehension without a scope");
            return;
        };
        if self.scope(index).has(scope::INLINED) {
            self.by_temporary(node, dest, |this, dest| this.inlined(node, index, dest));
        } else {
            self.at_top(node, dest, |this, base| this.called(node, index, base));
        }
    }

    fn inlined(&mut self, node: Node<'_>, index: u32, dest: Reg) {
        let generators = generators_of(node);
        let [outermost] = generators.slots();
        let [_, iter] = outermost.slots();
        let iterator = self.object.fresh();
        let is_async = outermost.has(tree_flag::ASYNC);
        self.open_iterator(iter, iterator, is_async);
        self.object.inlined.push(index);
        let row = self.scope(index);
        for symbol in row.symbols.iter().filter(|s| s.binding == Binding::Cell) {
            let pooled = self.pools.name(&symbol.name);
            let cell = self.object.own_cell(index, &symbol.name, pooled);
            self.emit(node, Op::NEW_CELL, cell.0, 0, 0);
        }
        self.emit(node, build_op(node.kind()), dest.0, dest.0, 0);
        let sink = Sink { node, generators, into: Some(dest) };
        self.generate(sink, 0, Some(iterator));
        for symbol in row.symbols.iter().filter(|s| s.binding == Binding::Local) {
            if let Some(reg) = self.object.variables.get(index, &symbol.name) {
                self.emit(node, Op::CLEAR, reg.0, 0, 0);
            }
        }
        self.object.inlined.pop();
    }

    /// The iterator of `iter` in the temporary `dest`.
    fn open_iterator(&mut self, iter: Node<'_>, dest: Reg, is_async: bool) {
        if !is_async && let Some(constant) = self.constant_display(iter) {
            self.load_constant(iter, dest, constant);
            self.emit(iter, Op::GET_ITER, dest.0, dest.0, 0);
            return;
        }
        let source = self.operand_in(iter, dest, &[]);
        let op = if is_async { Op::GET_AITER } else { Op::GET_ITER };
        self.emit(iter, op, dest.0, source.0, 0);
    }

    fn called(&mut self, node: Node<'_>, index: u32, base: Reg) {
        let generators = generators_of(node);
        let [outermost] = generators.slots();
        let [_, iter] = outermost.slots();
        let object = self.comprehension_object(node, index, generators);
        self.make_function(node, object, base);
        let argument = self.object.fresh();
        self.open_iterator(iter, argument, outermost.has(tree_flag::ASYNC));
        self.emit(node, Op::CALL, base.0, 1, 0);
        if node.kind() != NodeKind::GeneratorExp && self.scope(index).has(scope::COROUTINE) {
            self.await_value(node, base, 0, base);
        }
    }

    fn comprehension_object(&mut self, node: Node<'_>, index: u32, generators: Node<'_>) -> u32 {
        if let Some(child) = self.known_child(node, ScopeKind::Comprehension) {
            return child;
        }
        self.enter(index, ScopeKind::Comprehension, node.id().0);
        let is_generator = node.kind() == NodeKind::GeneratorExp;
        self.object.positional = 1;
        self.object.positional_only = 0;
        let argument = self.implicit_parameter(".0");
        self.function_flags(index, is_generator);
        self.prologue(node);
        if is_generator {
            self.generate(Sink { node, generators, into: None }, 0, Some(argument));
            self.emit(node, Op::RETURN_NONE, 0, 0, 0);
        } else {
            let into = self.object.fresh();
            self.emit(node, build_op(node.kind()), into.0, into.0, 0);
            self.generate(Sink { node, generators, into: Some(into) }, 0, Some(argument));
            self.emit(node, Op::RETURN, into.0, 0, 0);
        }
        let object = self.leave();
        self.add_child(node, ScopeKind::Comprehension, object)
    }

    /// The `depth`-th `for` and all behind it. `iterator` is made already for the outermost one.
    fn generate(&mut self, sink: Sink<'_>, depth: usize, iterator: Option<Reg>) {
        let Some(generator) = sink.generators.children().nth(depth) else { return };
        self.deeper(generator.id().0, |this| {
            let mark = this.object.mark();
            this.one_generator(sink, generator, depth, iterator);
            this.object.release(mark);
        });
    }

    fn one_generator(&mut self, sink: Sink<'_>, generator: Node<'_>, depth: usize, iterator: Option<Reg>) {
        let [target, iter, ifs] = generator.slots();
        let is_async = generator.has(tree_flag::ASYNC);
        let next = self.object.label();
        if iterator.is_none() && !is_async && is_single(iter) {
            // `for y in [f(x)]` only names a value.
            let [value] = iter.slots();
            let mark = self.object.mark();
            let value = self.value(value);
            self.store(target, value);
            self.object.release(mark);
            self.conditions_and_rest(sink, ifs, depth, next);
            self.object.bind(next);
            return;
        }
        let iterator = match iterator {
            Some(iterator) => iterator,
            None => {
                let iterator = self.object.fresh();
                self.open_iterator(iter, iterator, is_async);
                iterator
            }
        };
        let (top, end) = (self.object.here(), self.object.label());
        if is_async {
            self.async_step(iter, iterator, target, |this| {
                this.conditions_and_rest(sink, ifs, depth, next);
                this.object.bind(next);
                this.jump_back(iter, top);
            });
        } else {
            self.step(iter, iterator, target, end);
            self.conditions_and_rest(sink, ifs, depth, next);
            self.object.bind(next);
            self.jump_back(iter, top);
        }
        self.object.bind(end);
    }

    fn conditions_and_rest(&mut self, sink: Sink<'_>, ifs: Node<'_>, depth: usize, next: Label) {
        for test in ifs.children() {
            self.jump_if(test, next, false);
        }
        if depth + 1 < sink.generators.children().count() {
            self.generate(sink, depth + 1, None);
            return;
        }
        let mark = self.object.mark();
        let [element] = sink.node.slots();
        match (sink.into, sink.node.kind()) {
            (Some(into), NodeKind::DictComp) => {
                let [key, value] = sink.node.slots();
                let key = self.operand(key, &[value]);
                let value = self.value(value);
                self.emit(sink.node, Op::MAP_ADD, into.0, key.0, value.0);
            }
            (Some(into), kind) => {
                let value = self.value(element);
                let op = if kind == NodeKind::SetComp { Op::SET_ADD } else { Op::LIST_APPEND };
                self.emit(element, op, into.0, value.0, 0);
            }
            (None, _) => {
                let value = self.value(element);
                let ignored = if value.is_temporary() { value } else { self.object.fresh() };
                let wrapped = u32::from(self.object.flags & flag::ASYNC_GENERATOR != 0);
                self.emit(element, Op::YIELD, ignored.0, value.0, wrapped);
            }
        }
        self.object.release(mark);
    }
}

/// A list or tuple display of one plain element.
fn is_single(iter: Node<'_>) -> bool {
    if !matches!(iter.kind(), NodeKind::ListExpr | NodeKind::Tuple) {
        return false;
    }
    let mut elements = iter.children();
    matches!((elements.next(), elements.next()), (Some(only), None) if only.kind() != NodeKind::Starred)
}

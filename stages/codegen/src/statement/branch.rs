//! `if`, `while` and `for`.

use dx_schemas::opcode::Op;
use dx_schemas::tree::{Node, NodeKind};

use super::block::BlockKind;
use crate::generator::Generator;
use crate::ir::{Label, Reg};
use crate::names::Place;

/// A `while` test of at most so many nodes is compiled a second time at the loop's end, which saves a jump a turn.
const ROTATED_TEST_MAX: u32 = 24;

impl Generator<'_> {
    /// A chain of `elif` is a loop here: sources have thousands of them.
    pub(crate) fn if_statement(&mut self, node: Node<'_>) {
        let end = self.object.label();
        let mut node = node;
        loop {
            let [test, body, orelse] = node.slots();
            let other = self.object.label();
            self.jump_if(test, other, false);
            self.block(body);
            let mut rest = orelse.children();
            let (first, second) = (rest.next(), rest.next());
            let Some(first) = first else {
                self.object.bind(other);
                break;
            };
            self.jump(node, end);
            self.object.bind(other);
            self.object.at_statement = true;
            if first.kind() != NodeKind::If || second.is_some() {
                self.block(orelse);
                break;
            }
            node = first;
        }
        self.object.bind(end);
    }

    pub(crate) fn while_statement(&mut self, node: Node<'_>) {
        let [test, body, orelse] = node.slots();
        let (next, finished, end) = (self.object.label(), self.object.label(), self.object.label());
        let rotated = self.constant_truth(test).is_none() && is_short(test);
        if !rotated {
            self.object.bind(next);
        }
        self.jump_if(test, finished, false);
        let top = self.object.here();
        self.push_block(node, BlockKind::Loop { next, end });
        self.block(body);
        self.pop_block();
        if rotated {
            self.object.bind(next);
            self.jump_if(test, finished, false);
            self.jump_back(test, top);
        } else {
            self.jump_back(node, next);
        }
        self.object.bind(finished);
        self.block(orelse);
        self.object.bind(end);
    }

    pub(crate) fn for_statement(&mut self, node: Node<'_>) {
        let [target, iter, body, orelse] = node.slots();
        let iterator = self.object.fresh();
        let is_async = Generator::is_async(node);
        match self.constant_display(iter).filter(|_| !is_async) {
            Some(constant) => {
                self.load_constant(iter, iterator, constant);
                self.emit(iter, Op::GET_ITER, iterator.0, iterator.0, 0);
            }
            None => {
                let source = self.operand_in(iter, iterator, &[]);
                let op = if is_async { Op::GET_AITER } else { Op::GET_ITER };
                self.emit(iter, op, iterator.0, source.0, 0);
            }
        }
        let (next, end) = (self.object.here(), self.object.label());
        let finished = self.object.label();
        let looped = |this: &mut Self| {
            this.push_block(node, BlockKind::Loop { next, end });
            this.block(body);
            this.pop_block();
            this.jump_back(node, next);
        };
        if is_async {
            self.async_step(iter, iterator, target, looped);
        } else {
            self.step(iter, iterator, target, finished);
            looped(self);
        }
        self.object.bind(finished);
        if iter.kind() == NodeKind::Call && !is_async {
            // What was made for the loop alone, such as `open(p)`, ends with it.
            self.emit(iter, Op::KILL, iterator.0, 0, 0);
        }
        self.block(orelse);
        self.object.bind(end);
    }

    /// Takes the next item into `target`, or goes to `finished`.
    pub(crate) fn step(&mut self, iter: Node<'_>, iterator: Reg, target: Node<'_>, finished: Label) {
        if target.kind() == NodeKind::Name {
            let name = self.mangled(target.ident());
            if let Place::Local(local) = self.resolve(&name) {
                self.branch(iter, Op::FOR_ITER, [local.0, iterator.0, 0], finished);
                return;
            }
        }
        let item = self.object.fresh();
        self.branch(iter, Op::FOR_ITER, [item.0, iterator.0, 0], finished);
        self.store(target, item);
        self.object.release(item.number());
    }

    /// Awaits the next item and stores it, then emits `turn`; falls through when the iterator is exhausted.
    pub(crate) fn async_step(
        &mut self,
        iter: Node<'_>,
        iterator: Reg,
        target: Node<'_>,
        turn: impl FnOnce(&mut Self),
    ) {
        let outside = self.object.handler;
        let exception = self.object.fresh();
        let (region, handler) = self.object.new_handler(exception);
        self.object.handler = Some(region);
        let awaitable = self.object.fresh();
        self.emit(iter, Op::GET_ANEXT, awaitable.0, iterator.0, 0);
        let item = self.object.fresh();
        self.delegate(iter, awaitable, item);
        self.object.handler = outside;
        self.store(target, item);
        self.object.release(exception.number());
        turn(self);
        self.object.bind(handler);
        self.emit(iter, Op::END_ASYNC_FOR, exception.0, 0, 0);
    }
}

fn is_short(test: Node<'_>) -> bool {
    let first = test.id().0;
    let is_nested = |kind| {
        matches!(
            kind,
            NodeKind::Lambda
                | NodeKind::ListComp
                | NodeKind::SetComp
                | NodeKind::DictComp
                | NodeKind::GeneratorExp
        )
    };
    test.end().0 - first <= ROTATED_TEST_MAX
        && (first..test.end().0).all(|id| !is_nested(test.tree().node(dx_schemas::tree::NodeId(id)).kind()))
}

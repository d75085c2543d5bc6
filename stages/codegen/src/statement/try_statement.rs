//! `try` with `except`, `except*`, `else` and `finally`.
//!
//! ```text
//!     body                  under H
//!     else
//!     JUMP end
//! H:  PUSH_EXCEPTION saved, e
//!     clauses               under C
//!     RERAISE e             under C: nothing matched
//! C:  POP_EXCEPTION saved   what went wrong while handling
//!     RERAISE e
//! end:
//! ```
//! The register that receives the exception at H serves at C too: by then the first one is not needed any more.

use dx_schemas::opcode::Op;
use dx_schemas::tree::Node;
use dx_schemas::tree::node::flag;

use super::block::{Block, BlockKind};
use crate::generator::Generator;
use crate::ir::{HandlerId, Label, Reg};

impl Generator<'_> {
    pub(crate) fn try_statement(&mut self, node: Node<'_>) {
        let [_, _, _, finalbody] = node.slots();
        if finalbody.children().next().is_some() {
            self.try_finally(node, finalbody);
        } else {
            self.try_except(node);
        }
    }

    fn try_finally(&mut self, node: Node<'_>, finalbody: Node<'_>) {
        let [body, handlers, _, _] = node.slots();
        let end = self.object.label();
        let exception = Reg::temporary(self.object.mark());
        let (region, handler) = self.object.new_handler(exception);
        self.push_block(node, BlockKind::Finally { body: finalbody.id().0 });
        self.object.handler = Some(region);
        if handlers.children().next().is_some() {
            self.try_except(node);
        } else {
            self.block(body);
        }
        self.pop_block();
        self.block(finalbody);
        self.jump(node, end);

        self.object.bind(handler);
        // What leaves the handler early runs outside of the region that `handling` opens.
        let outside = self.object.handler;
        self.handling(node, exception, |this, saved| {
            this.object.blocks.push(Block { kind: BlockKind::FinallyHandler { saved }, outside });
            this.block(finalbody);
            this.object.blocks.pop();
            this.emit(node, Op::RERAISE, exception.0, 0, 0);
        });
        self.object.bind(end);
    }

    /// At a handler's start: makes `exception` the handled one, emits `handle` under a region that restores the one
    /// before if `handle` raises. `handle` never falls through.
    pub(crate) fn handling(&mut self, node: Node<'_>, exception: Reg, handle: impl FnOnce(&mut Self, Reg)) {
        let outside = self.object.handler;
        let mark = self.object.mark();
        let held = self.object.fresh();
        debug_assert_eq!(held, exception);
        let saved = self.object.fresh();
        self.emit(node, Op::PUSH_EXCEPTION, saved.0, exception.0, 0);
        let (region, cleanup) = self.object.new_handler(exception);
        self.object.handler = Some(region);
        handle(self, saved);
        self.object.handler = outside;
        self.object.bind(cleanup);
        self.emit(node, Op::POP_EXCEPTION, saved.0, 0, 0);
        self.emit(node, Op::RERAISE, exception.0, 0, 0);
        self.object.release(mark);
    }

    fn try_except(&mut self, node: Node<'_>) {
        let [body, handlers, orelse, _] = node.slots();
        let end = self.object.label();
        let exception = Reg::temporary(self.object.mark());
        let (region, handler) = self.object.new_handler(exception);
        self.push_block(node, BlockKind::Try);
        self.object.handler = Some(region);
        self.block(body);
        self.pop_block();
        self.block(orelse);
        self.jump(node, end);

        self.object.bind(handler);
        let outside = self.object.handler;
        self.handling(node, exception, |this, saved| {
            if node.has(flag::STAR) {
                this.group_clauses(node, handlers, exception, saved, end);
                return;
            }
            for clause in handlers.children() {
                this.clause(clause, exception, saved, outside, end);
            }
            this.emit(node, Op::RERAISE, exception.0, 0, 0);
        });
        self.object.bind(end);
    }

    fn clause(
        &mut self,
        clause: Node<'_>,
        exception: Reg,
        saved: Reg,
        outside: Option<HandlerId>,
        end: Label,
    ) {
        let [kind, body] = clause.slots();
        let next = self.object.label();
        self.object.at_statement = true;
        let mark = self.object.mark();
        if let Some(kind) = kind.present() {
            let class = self.value(kind);
            self.branch(clause, Op::TEST_EXCEPTION, [exception.0, class.0, 0], next);
        }
        self.object.release(mark);
        let handling = self.object.handler;
        let name = clause.name().map(|name| self.mangled(name));
        let block = BlockKind::Handler { saved, node: clause.id().0, name: name.clone() };
        self.object.blocks.push(Block { kind: block, outside });
        match &name {
            None => {
                self.block(body);
                self.object.blocks.pop();
                self.object.handler = outside;
                self.emit(clause, Op::POP_EXCEPTION, saved.0, 0, 0);
                self.jump(clause, end);
            }
            Some(name) => {
                self.store_name(clause, name, exception);
                let (region, cleanup) = self.object.new_handler(exception);
                self.object.handler = Some(region);
                self.block(body);
                self.object.blocks.pop();
                self.object.handler = outside;
                self.emit(clause, Op::POP_EXCEPTION, saved.0, 0, 0);
                self.forget_name(clause, name);
                self.jump(clause, end);
                self.object.bind(cleanup);
                self.object.handler = handling;
                self.forget_name(clause, name);
                self.emit(clause, Op::RERAISE, exception.0, 0, 0);
            }
        }
        self.object.handler = handling;
        self.object.bind(next);
    }

    /// The clauses of `except*`: each takes its part of what the ones before left; what they raise and what is left over
    /// is raised as one group in the end.
    fn group_clauses(&mut self, node: Node<'_>, handlers: Node<'_>, exception: Reg, saved: Reg, end: Label) {
        let handling = self.object.handler;
        let original = self.object.fresh();
        self.move_to(node, original, exception);
        let raised = self.object.fresh();
        self.emit(node, Op::BUILD_LIST, raised.0, raised.0, 0);
        let pair = self.object.fresh_run(2);
        let rest = pair.offset(1);
        self.move_to(node, rest, exception);
        for clause in handlers.children() {
            let [kind, body] = clause.slots();
            let next = self.object.label();
            self.object.at_statement = true;
            let mark = self.object.mark();
            let class = self.value(kind);
            self.emit(clause, Op::MATCH_GROUP, pair.0, rest.0, class.0);
            self.branch(clause, Op::TEST_NONE, [pair.0, 0, 1], next);
            // While the clause runs, its part is the exception being handled.
            let ignored = self.object.fresh();
            self.emit(clause, Op::PUSH_EXCEPTION, ignored.0, pair.0, 0);
            self.object.release(mark);
            let name = clause.name().map(|name| self.mangled(name));
            if let Some(name) = &name {
                self.store_name(clause, name, pair);
            }
            let caught = pair;
            let (region, cleanup) = self.object.new_handler(caught);
            self.push_block(clause, BlockKind::Group);
            self.object.handler = Some(region);
            self.block(body);
            self.pop_block();
            if let Some(name) = &name {
                self.forget_name(clause, name);
            }
            self.jump(clause, next);
            self.object.bind(cleanup);
            if let Some(name) = &name {
                self.forget_name(clause, name);
            }
            self.emit(clause, Op::LIST_APPEND, raised.0, caught.0, 0);
            self.object.bind(next);
        }
        self.object.handler = handling;
        self.emit(node, Op::LIST_APPEND, raised.0, rest.0, 0);
        self.emit(node, Op::FINISH_GROUP, rest.0, original.0, raised.0);
        let nothing = self.object.label();
        self.branch(node, Op::TEST_NONE, [rest.0, 0, 1], nothing);
        self.emit(node, Op::RERAISE, rest.0, 0, 0);
        self.object.bind(nothing);
        self.emit(node, Op::POP_EXCEPTION, saved.0, 0, 0);
        self.jump(node, end);
    }
}

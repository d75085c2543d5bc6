//! `with` and `async with`.
//!
//! The exit method's pair stands at the bottom of the block's registers, so that at its end the call is built in place.

use dx_schemas::opcode::Op;
use dx_schemas::tree::Node;

use super::block::BlockKind;
use crate::generator::Generator;
use crate::ir::Reg;

impl Generator<'_> {
    pub(crate) fn with_statement(&mut self, node: Node<'_>) {
        let [items, body] = node.slots();
        let items: Vec<Node<'_>> = items.children().collect();
        self.with_items(node, &items, body);
    }

    fn with_items(&mut self, node: Node<'_>, items: &[Node<'_>], body: Node<'_>) {
        let Some((item, rest)) = items.split_first() else {
            self.block(body);
            return;
        };
        self.deeper(item.id().0, |this| {
            let mark = this.object.mark();
            this.with_item(node, *item, rest, body);
            this.object.release(mark);
        });
    }

    fn with_item(&mut self, node: Node<'_>, item: Node<'_>, rest: &[Node<'_>], body: Node<'_>) {
        let is_async = Generator::is_async(node);
        let [context, target] = item.slots();
        let (enter, exit) = if is_async { (2, 3) } else { (0, 1) };
        let end = self.object.label();
        let pair = self.object.fresh_run(2);
        let mark = self.object.mark();
        let entered = self.object.fresh();
        let manager = self.operand_in(context, entered, &[]);
        self.object.fresh();
        self.emit(context, Op::LOAD_SPECIAL, pair.0, manager.0, exit);
        self.emit(context, Op::LOAD_SPECIAL, entered.0, manager.0, enter);
        self.emit(context, Op::CALL_METHOD, entered.0, 0, 0);
        if is_async {
            self.await_value(context, entered, 1, entered);
        }
        self.object.release(mark);

        let exception = Reg::temporary(mark);
        let (region, handler) = self.object.new_handler(exception);
        self.push_block(item, BlockKind::With { item: context.id().0, exit: pair, is_async });
        self.object.handler = Some(region);
        if let Some(target) = target.present() {
            self.object.fresh();
            self.store(target, entered);
            self.object.release(mark);
        }
        self.with_items(node, rest, body);
        self.pop_block();
        self.call_exit(context, pair, is_async);
        self.object.release(mark);
        self.jump(context, end);

        self.object.bind(handler);
        self.handling(context, exception, |this, saved| {
            let suppressed = this.object.label();
            let result = this.object.fresh();
            this.emit(context, Op::WITH_EXCEPTION, result.0, pair.0, exception.0);
            if is_async {
                this.await_value(context, result, 2, result);
            }
            this.branch(context, Op::TEST, [result.0, 0, 1], suppressed);
            this.emit(context, Op::RERAISE, exception.0, 0, 0);
            this.object.bind(suppressed);
            this.emit(context, Op::POP_EXCEPTION, saved.0, 0, 0);
            this.jump(context, end);
        });
        self.object.bind(end);
    }

    /// Calls the exit pair at the top of the temporaries with three times `None`; drops the result.
    pub(crate) fn call_exit(&mut self, node: Node<'_>, pair: Reg, is_async: bool) {
        debug_assert_eq!(pair.number() + 2, self.object.mark());
        for _ in 0..3 {
            let argument = self.object.fresh();
            self.load_none(node, argument);
        }
        self.emit(node, Op::CALL_METHOD, pair.0, 3, 0);
        if is_async {
            self.await_value(node, pair, 2, pair);
        }
    }
}

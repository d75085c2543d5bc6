//! Expressions as conditions: branches instead of values.

use dx_schemas::opcode::Op;
use dx_schemas::tree::node::UnaryOperator;
use dx_schemas::tree::{Node, NodeKind};

use crate::generator::Generator;
use crate::ir::Label;

impl Generator<'_> {
    /// Jumps to `target` if the truth of `node` is `expect`; falls through otherwise.
    pub(crate) fn jump_if(&mut self, node: Node<'_>, target: Label, expect: bool) {
        self.deeper(node.id().0, |this| {
            let mark = this.object.mark();
            this.condition(node, target, expect);
            this.object.release(mark);
        });
    }

    fn condition(&mut self, node: Node<'_>, target: Label, expect: bool) {
        if let Some(truth) = self.constant_truth(node) {
            if truth == expect {
                self.jump(node, target);
            }
            return;
        }
        match node.kind() {
            NodeKind::UnaryOp if UnaryOperator::from_code(node.extra()) == Some(UnaryOperator::Not) => {
                let [operand] = node.slots();
                self.jump_if(operand, target, !expect);
            }
            NodeKind::BoolOp => self.bool_condition(node, target, expect),
            NodeKind::IfExp => {
                let [test, body, orelse] = node.slots();
                let (other, end) = (self.object.label(), self.object.label());
                self.jump_if(test, other, false);
                self.jump_if(body, target, expect);
                self.jump(node, end);
                self.object.bind(other);
                self.jump_if(orelse, target, expect);
                self.object.bind(end);
            }
            NodeKind::Compare => self.compare_condition(node, target, expect),
            _ => {
                let reg = self.value(node);
                self.branch(node, Op::TEST, [reg.0, 0, u32::from(expect)], target);
            }
        }
    }

    fn bool_condition(&mut self, node: Node<'_>, target: Label, expect: bool) {
        // `or` is decided by the first true value, `and` by the first false one.
        let deciding = node.extra() == 1;
        let end = self.object.label();
        let decided = if deciding == expect { target } else { end };
        let mut values = node.children().peekable();
        while let Some(value) = values.next() {
            if values.peek().is_some() {
                self.jump_if(value, decided, deciding);
            } else {
                self.jump_if(value, target, expect);
            }
        }
        self.object.bind(end);
    }

    fn compare_condition(&mut self, node: Node<'_>, target: Label, expect: bool) {
        let [first] = node.slots();
        let links: Vec<Node<'_>> = node.rest(1).collect();
        let end = self.object.label();
        let failed = if expect { end } else { target };
        let mut slots = self.chain_slots(links.len());
        let mut left = self.operand_in(first, slots[0], &links[..1]);
        for (at, link) in links.iter().enumerate() {
            let Some(next) = links.get(at + 1) else {
                if !self.branch_immediate(node, *link, left, target, expect) {
                    let right = self.comparison_operand(*link);
                    self.branch_compared(node, *link, left, right, target, expect);
                }
                break;
            };
            slots.swap(0, 1);
            let right = self.chain_operand(*link, slots[0], next);
            self.branch_compared(node, *link, left, right, failed, false);
            left = right;
        }
        self.object.bind(end);
    }
}

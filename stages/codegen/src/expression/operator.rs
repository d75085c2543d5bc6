//! Arithmetic, comparison and Boolean operators.

use dx_schemas::code::Constant;
use dx_schemas::opcode::Op;
use dx_schemas::tree::node::{Comparator, Operator, UnaryOperator};
use dx_schemas::tree::{Node, NodeKind};

use crate::fold::Value;
use crate::generator::Generator;
use crate::ir::Reg;

pub(crate) fn binary_op(operator: Operator) -> Op {
    match operator {
        Operator::Add => Op::ADD,
        Operator::Sub => Op::SUB,
        Operator::Mult => Op::MUL,
        Operator::MatMult => Op::MATMUL,
        Operator::Div => Op::DIV,
        Operator::Mod => Op::MOD,
        Operator::Pow => Op::POW,
        Operator::LShift => Op::LSHIFT,
        Operator::RShift => Op::RSHIFT,
        Operator::BitOr => Op::OR,
        Operator::BitXor => Op::XOR,
        Operator::BitAnd => Op::AND,
        Operator::FloorDiv => Op::FLOORDIV,
    }
}

pub(crate) fn inplace_op(operator: Operator) -> Op {
    match operator {
        Operator::Add => Op::ADD_INPLACE,
        Operator::Sub => Op::SUB_INPLACE,
        Operator::Mult => Op::MUL_INPLACE,
        Operator::MatMult => Op::MATMUL_INPLACE,
        Operator::Div => Op::DIV_INPLACE,
        Operator::Mod => Op::MOD_INPLACE,
        Operator::Pow => Op::POW_INPLACE,
        Operator::LShift => Op::LSHIFT_INPLACE,
        Operator::RShift => Op::RSHIFT_INPLACE,
        Operator::BitOr => Op::OR_INPLACE,
        Operator::BitXor => Op::XOR_INPLACE,
        Operator::BitAnd => Op::AND_INPLACE,
        Operator::FloorDiv => Op::FLOORDIV_INPLACE,
    }
}

fn comparison_op(comparator: Comparator) -> Op {
    match comparator {
        Comparator::Eq => Op::EQ,
        Comparator::NotEq => Op::NE,
        Comparator::Lt => Op::LT,
        Comparator::LtE => Op::LE,
        Comparator::Gt => Op::GT,
        Comparator::GtE => Op::GE,
        Comparator::Is => Op::IS,
        Comparator::IsNot => Op::IS_NOT,
        Comparator::In => Op::IN,
        Comparator::NotIn => Op::NOT_IN,
    }
}

pub(crate) fn operator_of(node: Node<'_>) -> Operator {
    Operator::from_code(node.extra()).unwrap_or(Operator::Add)
}

pub(crate) fn comparator_of(node: Node<'_>) -> Comparator {
    Comparator::from_code(node.extra()).unwrap_or(Comparator::Eq)
}

impl Generator<'_> {
    /// Left-deep chains (`a + b + c`) are walked down once, then computed upwards: they can be very long.
    pub(crate) fn binary(&mut self, node: Node<'_>, dest: Reg) {
        let mut spine = vec![node];
        let mut lowest;
        loop {
            [lowest] = spine[spine.len() - 1].slots();
            if lowest.kind() != NodeKind::BinOp || self.fold(lowest).is_some() {
                break;
            }
            spine.push(lowest);
        }
        let scratch = if dest.is_temporary() { dest } else { self.object.fresh() };
        let [_, right] = spine[spine.len() - 1].slots();
        let mut left = self.operand_in(lowest, scratch, &[right]);
        while let Some(at) = spine.pop() {
            let [_, right] = at.slots();
            let target = if spine.is_empty() { dest } else { scratch };
            let operator = operator_of(at);
            let fused = match operator {
                Operator::Add => Some(Op::ADD_INT),
                Operator::Sub => Some(Op::SUB_INT),
                _ => None,
            };
            if let (Some(op), Some(small)) = (fused, self.small_int(right)) {
                self.emit(at, op, target.0, left.0, u32::from(small as u8));
            } else {
                let mark = self.object.mark();
                let right = self.value(right);
                self.emit(at, binary_op(operator), target.0, left.0, right.0);
                self.object.release(mark);
            }
            left = target;
        }
    }

    pub(crate) fn unary(&mut self, node: Node<'_>, dest: Reg) {
        let [operand] = node.slots();
        let op = match UnaryOperator::from_code(node.extra()) {
            Some(UnaryOperator::USub) => Op::NEGATE,
            Some(UnaryOperator::UAdd) => Op::POSITIVE,
            Some(UnaryOperator::Invert) => Op::INVERT,
            Some(UnaryOperator::Not) | None => Op::NOT,
        };
        let source = self.operand_in(operand, dest, &[]);
        self.emit(node, op, dest.0, source.0, 0);
    }

    pub(crate) fn bool_op(&mut self, node: Node<'_>, dest: Reg) {
        let taken = u32::from(node.extra() == 1);
        self.by_temporary(node, dest, |this, dest| {
            let end = this.object.label();
            let mut values = node.children().peekable();
            while let Some(value) = values.next() {
                this.value_to(value, dest);
                if values.peek().is_some() {
                    this.branch(node, Op::TEST, [dest.0, 0, taken], end);
                }
            }
            this.object.bind(end);
        });
    }

    pub(crate) fn if_expression(&mut self, node: Node<'_>, dest: Reg) {
        let [test, body, orelse] = node.slots();
        let (other, end) = (self.object.label(), self.object.label());
        self.jump_if(test, other, false);
        self.value_to(body, dest);
        self.jump(node, end);
        self.object.bind(other);
        self.value_to(orelse, dest);
        self.object.bind(end);
    }

    pub(crate) fn compare(&mut self, node: Node<'_>, dest: Reg) {
        let [first] = node.slots();
        let links: Vec<Node<'_>> = node.rest(1).collect();
        if let [link] = links[..] {
            let left = self.operand_in(first, dest, &[link]);
            let right = self.comparison_operand(link);
            self.emit(node, comparison_op(comparator_of(link)), dest.0, left.0, right.0);
            return;
        }
        self.by_temporary(node, dest, |this, dest| {
            let end = this.object.label();
            let mut slots = this.chain_slots(links.len());
            let mut left = this.operand_in(first, slots[0], &links[..1]);
            for (at, link) in links.iter().enumerate() {
                slots.swap(0, 1);
                let right = match links.get(at + 1) {
                    Some(next) => this.chain_operand(*link, slots[0], next),
                    None => this.comparison_operand(*link),
                };
                this.emit(node, comparison_op(comparator_of(*link)), dest.0, left.0, right.0);
                if at + 1 < links.len() {
                    this.branch(node, Op::TEST, [dest.0, 0, 0], end);
                }
                left = right;
            }
            this.object.bind(end);
        });
    }

    /// Two registers that the operands of a chain take in turn: the left one is needed while the right one is made.
    pub(crate) fn chain_slots(&mut self, links: usize) -> [Reg; 2] {
        let first = self.object.fresh();
        [first, if links > 1 { self.object.fresh() } else { first }]
    }

    /// A middle operand of a chain, which is compared twice.
    pub(crate) fn chain_operand(&mut self, link: Node<'_>, slot: Reg, next: &Node<'_>) -> Reg {
        let [right] = link.slots();
        let is_membership = matches!(comparator_of(link), Comparator::In | Comparator::NotIn);
        match self.constant_display(right).filter(|_| is_membership) {
            Some(constant) => {
                self.load_constant(right, slot, constant);
                slot
            }
            None => self.operand_in(right, slot, std::slice::from_ref(next)),
        }
    }

    /// The right side of a comparison; a display after `in` becomes a constant where it can.
    pub(crate) fn comparison_operand(&mut self, link: Node<'_>) -> Reg {
        let [right] = link.slots();
        if matches!(comparator_of(link), Comparator::In | Comparator::NotIn)
            && let Some(constant) = self.constant_display(right)
        {
            let dest = self.object.fresh();
            self.load_constant(right, dest, constant);
            return dest;
        }
        self.value(right)
    }

    /// A list or set display of constants as what may stand for it where only its items count.
    pub(crate) fn constant_display(&mut self, node: Node<'_>) -> Option<Constant> {
        if !matches!(node.kind(), NodeKind::ListExpr | NodeKind::Set) {
            return None;
        }
        let mut items: Vec<Value> = Vec::new();
        for child in node.children() {
            items.push(self.fold(child)?);
        }
        let indices = self.pool_items(&items);
        Some(match node.kind() {
            NodeKind::Set => Constant::FrozenSet(indices),
            _ => Constant::Tuple(indices),
        })
    }

    /// One link of a comparison as a branch.
    pub(crate) fn branch_compared(
        &mut self,
        node: Node<'_>,
        link: Node<'_>,
        left: Reg,
        right: Reg,
        target: crate::ir::Label,
        expect: bool,
    ) {
        let (op, expect) = match comparator_of(link) {
            Comparator::Eq => (Op::TEST_EQ, expect),
            Comparator::NotEq => (Op::TEST_NE, expect),
            Comparator::Lt => (Op::TEST_LT, expect),
            Comparator::LtE => (Op::TEST_LE, expect),
            Comparator::Gt => (Op::TEST_GT, expect),
            Comparator::GtE => (Op::TEST_GE, expect),
            Comparator::Is => (Op::TEST_IS, expect),
            Comparator::IsNot => (Op::TEST_IS, !expect),
            Comparator::In => (Op::TEST_IN, expect),
            Comparator::NotIn => (Op::TEST_IN, !expect),
        };
        self.branch(node, op, [left.0, right.0, u32::from(expect)], target);
    }

    /// A comparison with `None` or a small int as one instruction; false when it is neither.
    pub(crate) fn branch_immediate(
        &mut self,
        node: Node<'_>,
        link: Node<'_>,
        left: Reg,
        target: crate::ir::Label,
        expect: bool,
    ) -> bool {
        let [right] = link.slots();
        let comparator = comparator_of(link);
        if matches!(comparator, Comparator::Is | Comparator::IsNot) {
            if self.fold(right) != Some(Value::Scalar(Constant::None)) {
                return false;
            }
            let expect = expect == (comparator == Comparator::Is);
            self.branch(node, Op::TEST_NONE, [left.0, 0, u32::from(expect)], target);
            return true;
        }
        let op = match comparator {
            Comparator::Eq => Op::TEST_EQ_INT,
            Comparator::NotEq => Op::TEST_NE_INT,
            Comparator::Lt => Op::TEST_LT_INT,
            Comparator::LtE => Op::TEST_LE_INT,
            Comparator::Gt => Op::TEST_GT_INT,
            Comparator::GtE => Op::TEST_GE_INT,
            _ => return false,
        };
        let Some(small) = self.small_int(right) else { return false };
        self.branch(node, op, [left.0, u32::from(small as u8), u32::from(expect)], target);
        true
    }
}

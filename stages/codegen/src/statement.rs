//! Statements, one family a room.

mod assign;
pub(crate) mod block;
mod branch;
mod import;
mod try_statement;
mod with;

use dx_schemas::code::StatementRange;
use dx_schemas::opcode::{Common, Intrinsic, Op};
use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Node, NodeKind};

use crate::generator::Generator;
use block::Block;

impl Generator<'_> {
    /// The statements of a block.
    pub(crate) fn block(&mut self, list: Node<'_>) {
        for statement in list.children() {
            self.statement(statement);
        }
    }

    /// The statements of a module or class body, each with its row in the statement table.
    pub(crate) fn body<'t>(&mut self, statements: impl Iterator<Item = Node<'t>>) {
        for statement in statements {
            let start = self.object.code.len() as u32;
            self.statement(statement);
            let end = self.object.code.len() as u32;
            self.object.statements.push(StatementRange { start, end, node: statement.id().0 });
        }
    }

    pub(crate) fn statement(&mut self, node: Node<'_>) {
        self.deeper(node.id().0, |this| {
            let mark = this.object.mark();
            this.object.at_statement = true;
            this.dispatch_statement(node);
            this.object.at_statement = false;
            debug_assert!(this.object.mark() >= mark);
            this.object.release(mark);
        });
    }

    fn dispatch_statement(&mut self, node: Node<'_>) {
        match node.kind() {
            NodeKind::FunctionDef => self.function_def(node),
            NodeKind::ClassDef => self.class_def(node),
            NodeKind::TypeAlias => self.type_alias(node),
            NodeKind::Return => self.return_statement(node),
            NodeKind::Delete => node.children().for_each(|target| self.delete(target)),
            NodeKind::Assign => self.assign(node),
            NodeKind::AugAssign => self.augmented(node),
            NodeKind::AnnAssign => self.annotated(node),
            NodeKind::For => self.for_statement(node),
            NodeKind::While => self.while_statement(node),
            NodeKind::If => self.if_statement(node),
            NodeKind::With => self.with_statement(node),
            NodeKind::Match => self.match_statement(node),
            NodeKind::Raise => self.raise(node),
            NodeKind::Try => self.try_statement(node),
            NodeKind::Assert => self.assert(node),
            NodeKind::Import => self.import(node),
            NodeKind::ImportFrom => self.import_from(node),
            NodeKind::ExprStmt => self.expression_statement(node),
            NodeKind::Break => self.leave_loop(node, true),
            NodeKind::Continue => self.leave_loop(node, false),
            NodeKind::Pass | NodeKind::Global | NodeKind::Nonlocal => {}
            other => {
                let what = format!("'{}' is no statement that can be compiled", other.name());
                self.error(node.id().0, "not-a-statement", what);
            }
        }
    }

    fn expression_statement(&mut self, node: Node<'_>) {
        let [value] = node.slots();
        if self.is_interactive() {
            let shown = self.value(value);
            let result = self.object.fresh();
            let operand = if shown.is_temporary() {
                shown
            } else {
                self.move_to(value, result, shown);
                result
            };
            // The pair's second register is not read, and must exist.
            self.object.fresh();
            self.emit(node, Op::INTRINSIC, result.0, operand.0, Intrinsic::Print as u32);
        } else if self.fold(value).is_none() {
            self.discard(value);
        }
    }

    fn return_statement(&mut self, node: Node<'_>) {
        let [value] = node.slots();
        let unwinds = self.object.blocks.iter().any(Block::has_exit_code);
        let constant = value.present().and_then(|value| self.fold(value));
        if value.kind() == NodeKind::IfExp && constant.is_none() && !unwinds {
            self.return_either(node, value);
            return;
        }
        let Some(present) = value.present() else {
            self.unwind_all(node);
            self.emit(node, Op::RETURN_NONE, 0, 0, 0);
            return;
        };
        if let Some(constant) = constant {
            self.unwind_all(node);
            let constant = self.pool_value(&constant);
            if constant == dx_schemas::code::Constant::None {
                self.emit(node, Op::RETURN_NONE, 0, 0, 0);
                return;
            }
            let dest = self.object.fresh();
            self.load_constant(node, dest, constant);
            self.emit(node, Op::RETURN, dest.0, 0, 0);
            return;
        }
        let result = if unwinds { self.push_value(present) } else { self.value(present) };
        self.unwind_all(node);
        self.emit(node, Op::RETURN, result.0, 0, 0);
    }

    /// `return a if test else b` returns from both branches.
    fn return_either(&mut self, node: Node<'_>, value: Node<'_>) {
        let [test, body, orelse] = value.slots();
        let other = self.object.label();
        let mark = self.object.mark();
        self.jump_if(test, other, false);
        let result = self.value(body);
        self.emit(node, Op::RETURN, result.0, 0, 0);
        self.object.release(mark);
        self.object.bind(other);
        let result = self.value(orelse);
        self.emit(node, Op::RETURN, result.0, 0, 0);
        self.object.release(mark);
    }

    fn raise(&mut self, node: Node<'_>) {
        let [exception, cause] = node.slots();
        let Some(exception) = exception.present() else {
            self.emit(node, Op::RAISE_AGAIN, 0, 0, 0);
            return;
        };
        match cause.present() {
            None => {
                let exception = self.value(exception);
                self.emit(node, Op::RAISE, exception.0, 0, 0);
            }
            Some(cause) => {
                let exception = self.operand(exception, &[cause]);
                let cause = self.value(cause);
                self.emit(node, Op::RAISE_FROM, exception.0, cause.0, 0);
            }
        }
    }

    fn assert(&mut self, node: Node<'_>) {
        if self.options.optimise > 0 {
            return;
        }
        let [test, message] = node.slots();
        let passed = self.object.label();
        self.jump_if(test, passed, true);
        let error = self.object.fresh();
        self.emit(node, Op::LOAD_COMMON, error.0, Common::AssertionError as u32, 0);
        if let Some(message) = message.present() {
            self.push_value(message);
            self.emit(node, Op::CALL, error.0, 1, 0);
        }
        self.emit(node, Op::RAISE, error.0, 0, 0);
        self.object.bind(passed);
    }

    pub(crate) fn is_async(node: Node<'_>) -> bool {
        node.has(flag::ASYNC)
    }
}

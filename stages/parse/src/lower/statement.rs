//! Statements.

use dx_schemas::tree::NodeId;
use dx_schemas::tree::node::{NodeKind, flag};
use ruff_python_ast as ast;
use ruff_python_ast::{ElifElseClause, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::Lowering;
use super::expression::operator;
use super::place::compound;
use crate::checks;
use crate::checks::blocks::Block;

impl Lowering<'_> {
    /// Statements as children of the open node. The first of a documented body may be its docstring.
    pub(super) fn body(&mut self, body: &[Stmt], documented: bool) {
        for (index, each) in body.iter().enumerate() {
            match each {
                Stmt::Expr(node) if documented && index == 0 && node.value.is_string_literal_expr() => {
                    let id = self.open_at(NodeKind::ExprStmt, node);
                    self.flags(id, flag::DOCSTRING);
                    self.check_docstring(&node.value);
                    self.expression(&node.value);
                    self.close(id);
                }
                _ => self.statement(each),
            }
        }
    }

    fn block(&mut self, body: &[Stmt]) {
        let list = self.open(NodeKind::List, None);
        self.body(body, false);
        self.close(list);
    }

    fn block_in(&mut self, block: Block, place: &impl Ranged, body: &[Stmt]) {
        self.blocks.push(block, place.range(), &mut self.findings);
        self.block(body);
        self.blocks.pop();
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(node) => self.function_def(node),
            Stmt::ClassDef(node) => self.class_def(node),
            Stmt::Return(node) => {
                let place = node.value.as_ref().map_or(node.range, |value| value.range());
                self.blocks.check_return(place, node.range, &mut self.findings);
                self.with_optional(NodeKind::Return, node, node.value.as_deref());
            }
            Stmt::Delete(node) => {
                let id = self.open_at(NodeKind::Delete, node);
                self.expressions(&node.targets);
                self.close(id);
            }
            Stmt::Assign(node) => {
                let id = self.open_at(NodeKind::Assign, node);
                self.list(&node.targets, |this, each| this.expression(each));
                self.expression(&node.value);
                self.close(id);
            }
            Stmt::TypeAlias(node) => {
                let id = self.open_at(NodeKind::TypeAlias, node);
                if let Expr::Name(name) = &*node.name {
                    self.name(id, &name.id);
                } else {
                    self.name(id, "");
                }
                self.type_params(node.type_params.as_deref());
                self.expression(&node.value);
                self.close(id);
            }
            Stmt::AugAssign(node) => {
                let id = self.open_at(NodeKind::AugAssign, node);
                self.extra(id, operator(node.op) as u16);
                self.expression(&node.target);
                self.expression(&node.value);
                self.close(id);
            }
            Stmt::AnnAssign(node) => self.annotated_assignment(node),
            Stmt::For(node) => self.for_loop(node),
            Stmt::While(node) => {
                let id = self.open_compound(NodeKind::While, node);
                self.expression(&node.test);
                self.block_in(Block::Loop, node, &node.body);
                self.block(&node.orelse);
                self.close(id);
            }
            Stmt::If(node) => {
                let whole = compound(&self.source.text, node.range);
                let id = self.open(NodeKind::If, Some(whole));
                self.expression(&node.test);
                self.block(&node.body);
                self.else_clauses(&node.elif_else_clauses, whole);
                self.close(id);
            }
            Stmt::With(node) => self.with(node),
            Stmt::Match(node) => self.match_statement(node),
            Stmt::Raise(node) => {
                let id = self.open_at(NodeKind::Raise, node);
                self.optional(node.exc.as_deref());
                self.optional(node.cause.as_deref());
                self.close(id);
            }
            Stmt::Try(node) => self.try_statement(node),
            Stmt::Assert(node) => {
                checks::warnings::assert(node, &mut self.findings);
                let id = self.open_at(NodeKind::Assert, node);
                self.expression(&node.test);
                self.optional(node.msg.as_deref());
                self.close(id);
            }
            Stmt::Import(node) => {
                let id = self.open_at(NodeKind::Import, node);
                self.aliases(&node.names);
                self.close(id);
            }
            Stmt::ImportFrom(node) => {
                let id = self.open_at(NodeKind::ImportFrom, node);
                if let Some(module) = &node.module {
                    self.name(id, &module.id);
                }
                self.extra(id, node.level.min(u32::from(u16::MAX)) as u16);
                self.aliases(&node.names);
                self.close(id);
            }
            Stmt::Global(node) => self.names(NodeKind::Global, node.range, &node.names),
            Stmt::Nonlocal(node) => self.names(NodeKind::Nonlocal, node.range, &node.names),
            Stmt::Expr(node) => {
                let id = self.open_at(NodeKind::ExprStmt, node);
                self.expression(&node.value);
                self.close(id);
            }
            Stmt::Pass(node) => {
                self.leaf(NodeKind::Pass, Some(node.range));
            }
            Stmt::Break(node) => {
                self.blocks.check_break(node.range, &mut self.findings);
                self.leaf(NodeKind::Break, Some(node.range));
            }
            Stmt::Continue(node) => {
                self.blocks.check_continue(node.range, &mut self.findings);
                self.leaf(NodeKind::Continue, Some(node.range));
            }
            Stmt::IpyEscapeCommand(node) => self.invalid(node.range),
        }
    }

    fn open_compound(&mut self, kind: NodeKind, node: &impl Ranged) -> NodeId {
        let place = compound(&self.source.text, node.range());
        self.open(kind, Some(place))
    }

    fn with_optional(&mut self, kind: NodeKind, place: &impl Ranged, value: Option<&Expr>) -> NodeId {
        let id = self.open_at(kind, place);
        self.optional(value);
        self.close(id);
        id
    }

    fn annotated_assignment(&mut self, node: &ast::StmtAnnAssign) {
        let id = self.open_at(NodeKind::AnnAssign, node);
        if node.simple {
            self.flags(id, flag::SIMPLE);
        }
        self.expression(&node.target);
        self.expression(&node.annotation);
        self.optional(node.value.as_deref());
        self.close(id);
    }

    fn for_loop(&mut self, node: &ast::StmtFor) {
        let id = self.open_compound(NodeKind::For, node);
        if node.is_async {
            self.flags(id, flag::ASYNC);
        }
        self.expression(&node.target);
        self.expression(&node.iter);
        self.block_in(Block::Loop, node, &node.body);
        self.block(&node.orelse);
        self.close(id);
    }

    /// The `orelse` of an `if`: each `elif` is an `if` in the `else` of the one before, to the end of the statement.
    fn else_clauses(&mut self, clauses: &[ElifElseClause], whole: TextRange) {
        let mut open = Vec::new();
        for clause in clauses {
            open.push(self.open(NodeKind::List, None));
            match &clause.test {
                Some(test) => {
                    let place = TextRange::new(clause.range.start(), whole.end());
                    open.push(self.open(NodeKind::If, Some(place)));
                    self.expression(test);
                    self.block(&clause.body);
                }
                None => {
                    self.body(&clause.body, false);
                    break;
                }
            }
        }
        if clauses.last().is_none_or(|last| last.test.is_some()) {
            open.push(self.open(NodeKind::List, None));
        }
        while let Some(id) = open.pop() {
            self.close(id);
        }
    }

    fn with(&mut self, node: &ast::StmtWith) {
        let id = self.open_compound(NodeKind::With, node);
        if node.is_async {
            self.flags(id, flag::ASYNC);
        }
        self.list(&node.items, |this, item| {
            let each = this.open(NodeKind::WithItem, None);
            this.expression(&item.context_expr);
            this.optional(item.optional_vars.as_deref());
            this.close(each);
        });
        // Every item is a block of its own.
        for _ in &node.items {
            self.blocks.push(Block::With, node.range, &mut self.findings);
        }
        self.block(&node.body);
        for _ in &node.items {
            self.blocks.pop();
        }
        self.close(id);
    }

    fn match_statement(&mut self, node: &ast::StmtMatch) {
        let id = self.open_compound(NodeKind::Match, node);
        self.expression(&node.subject);
        for case in &node.cases {
            let each = self.open(NodeKind::MatchCase, None);
            self.pattern(&case.pattern);
            self.optional(case.guard.as_deref());
            self.block(&case.body);
            self.close(each);
        }
        self.close(id);
    }

    fn try_statement(&mut self, node: &ast::StmtTry) {
        let id = self.open_compound(NodeKind::Try, node);
        if node.is_star {
            self.flags(id, flag::STAR);
        }
        let has_finally = !node.finalbody.is_empty();
        if has_finally {
            self.blocks.push(Block::Finally, node.range, &mut self.findings);
        }
        if node.handlers.is_empty() {
            self.block(&node.body);
        } else {
            self.block_in(Block::Try, node, &node.body);
        }
        let handler_block = if node.is_star { Block::StarHandler } else { Block::Handler };
        self.list(&node.handlers, |this, handler| {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            let each = this.open_compound(NodeKind::ExceptHandler, handler);
            if let Some(name) = &handler.name {
                this.name(each, &name.id);
            }
            this.optional(handler.type_.as_deref());
            this.block_in(handler_block, handler, &handler.body);
            this.close(each);
        });
        self.block(&node.orelse);
        if has_finally {
            self.blocks.pop();
        }
        if has_finally {
            self.block_in(Block::FinallyBody, node, &node.finalbody);
        } else {
            self.block(&[]);
        }
        self.close(id);
    }

    fn aliases(&mut self, names: &[ast::Alias]) {
        for alias in names {
            let id = self.open_at(NodeKind::Alias, alias);
            self.name(id, &alias.name.id);
            match &alias.asname {
                Some(name) => {
                    let leaf = self.leaf(NodeKind::AsName, None);
                    self.name(leaf, &name.id);
                }
                None => self.absent(),
            }
            self.close(id);
        }
    }

    fn names(&mut self, kind: NodeKind, place: TextRange, names: &[ast::Identifier]) {
        let id = self.open(kind, Some(place));
        for name in names {
            let leaf = self.leaf(NodeKind::Identifier, None);
            self.name(leaf, &name.id);
        }
        self.close(id);
    }
}

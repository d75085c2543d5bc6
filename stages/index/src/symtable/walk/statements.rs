//! Statements other than definitions.

use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Node, NodeKind};

use super::{Task, Walker};
use crate::symtable::{SymbolTable, def};

impl<'a> Walker<'_, 'a> {
    pub(super) fn statement(&mut self, node: Node<'a>) {
        match node.kind() {
            NodeKind::Return => self.return_statement(node),
            NodeKind::AnnAssign => self.annotated_assignment(node),
            NodeKind::For => {
                self.check_async(node, "async-for-outside-async", "'async for' outside async function");
                let [target, iter, body, orelse] = node.slots();
                self.conditional([target, iter], [body, orelse]);
            }
            NodeKind::While | NodeKind::If => {
                let [test, body, orelse] = node.slots();
                self.conditional([test], [body, orelse]);
            }
            NodeKind::With => {
                self.check_async(node, "async-with-outside-async", "'async with' outside async function");
                self.conditional([], node.children());
            }
            NodeKind::Match => {
                self.check_cases(node);
                let [subject] = node.slots();
                self.conditional([subject], node.rest(1));
            }
            NodeKind::Try => {
                self.check_handlers(node);
                self.conditional([], node.children());
            }
            NodeKind::ExceptHandler => {
                let [exception, body] = node.slots();
                // The name is bound after its class was evaluated; nothing in an expression can tell.
                if let Some(name) = node.name() {
                    self.define(name, def::LOCAL, node);
                }
                self.then([Task::Visit(exception), Task::Visit(body)]);
            }
            NodeKind::Alias => self.alias(node),
            NodeKind::Global => self.declaration(node, def::GLOBAL, "global"),
            NodeKind::Nonlocal => self.declaration(node, def::NONLOCAL, "nonlocal"),
            _ => {}
        }
    }

    /// Parts that always run, then parts that may not: annotations in these are recorded as they are reached.
    fn conditional(
        &mut self,
        always: impl IntoIterator<Item = Node<'a>>,
        maybe: impl IntoIterator<Item = Node<'a>>,
    ) {
        let before = self.collecting().in_conditional;
        let tasks = (always.into_iter().map(Task::Visit))
            .chain([Task::Conditional(true)])
            .chain(maybe.into_iter().map(Task::Visit))
            .chain([Task::Conditional(before)]);
        self.then(tasks);
    }

    fn check_async(&mut self, node: Node<'a>, code: &str, message: &str) {
        if node.has(flag::ASYNC) && !self.scope().coroutine {
            self.error(node, code, message);
        }
    }

    fn return_statement(&mut self, node: Node<'a>) {
        let [value] = node.slots();
        if !self.scope().is_function_like() {
            self.compile_error(node, "return-outside-function", "'return' outside function");
        } else if !value.is_absent() {
            let place = self.place(node);
            self.collecting().value_returns.push(place);
        }
        self.then([Task::Visit(value)]);
    }

    fn annotated_assignment(&mut self, node: Node<'a>) {
        let [target, annotation, value] = node.slots();
        let simple = node.has(flag::SIMPLE);
        if simple || self.file.future_annotations {
            self.scope().annotated = true;
        }
        let mut tasks = Vec::with_capacity(3);
        if target.kind() == NodeKind::Name {
            let name = target.ident();
            let sym = self.intern(name);
            let known = self.lookup(self.current, sym);
            if simple && known & (def::GLOBAL | def::NONLOCAL) != 0 && self.current != SymbolTable::TOP {
                let kind = if known & def::GLOBAL != 0 { "global" } else { "nonlocal" };
                self.error(
                    node,
                    "annotated-name-declared",
                    format!("annotated name '{name}' can't be {kind}"),
                );
            }
            if simple {
                self.define(name, def::ANNOT | def::LOCAL, target);
            } else if !value.is_absent() {
                self.define(name, def::LOCAL, target);
            }
        } else {
            tasks.push(Task::Visit(target));
        }
        tasks.extend([Task::Annotation(annotation), Task::Visit(value)]);
        self.then(tasks);
    }

    fn check_handlers(&mut self, node: Node<'a>) {
        let [_, handlers] = node.slots();
        let mut bare: Option<Node<'a>> = None;
        for handler in handlers.children().filter(|child| child.kind() == NodeKind::ExceptHandler) {
            if let Some(bare) = bare {
                self.compile_error(bare, "default-except-not-last", "default 'except:' must be last");
                return;
            }
            let [exception] = handler.slots();
            bare = exception.is_absent().then_some(handler);
        }
    }

    fn alias(&mut self, node: Node<'a>) {
        let name = node.ident();
        if name == "*" {
            if self.current != SymbolTable::TOP {
                self.error(node, "import-star-not-at-module-level", "import * only allowed at module level");
            }
            return;
        }
        let [as_name] = node.slots();
        let name = as_name.name().unwrap_or(name);
        let bound = name.split('.').next().unwrap_or(name);
        self.define(bound, def::IMPORT, node);
    }

    fn declaration(&mut self, node: Node<'a>, flag: u16, word: &str) {
        for name in node.children().map(|child| child.ident()) {
            let sym = self.intern(name);
            let known = self.lookup(self.current, sym);
            if known & (def::PARAM | def::LOCAL | def::USE | def::ANNOT) != 0 {
                let (code, message) = if known & def::PARAM != 0 {
                    ("parameter-declared", format!("name '{name}' is parameter and {word}"))
                } else if known & def::USE != 0 {
                    ("used-before-declaration", format!("name '{name}' is used prior to {word} declaration"))
                } else if known & def::ANNOT != 0 {
                    ("annotated-name-declared", format!("annotated name '{name}' can't be {word}"))
                } else {
                    (
                        "assigned-before-declaration",
                        format!("name '{name}' is assigned to before {word} declaration"),
                    )
                };
                self.error(node, code, message);
                continue;
            }
            self.define(name, flag, node);
            self.record_directive(sym, node);
        }
    }
}

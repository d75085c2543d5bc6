//! Comprehensions and generator expressions: the first iterable runs outside, all else in a scope of its own.

use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Node, NodeKind};

use super::{Task, Walker};
use crate::symtable::{Comprehension, def};

/// Elements in the order of visit, and the list of `for` clauses.
fn parts(node: Node<'_>) -> (Vec<Node<'_>>, Node<'_>) {
    match node.kind() {
        NodeKind::DictComp => {
            let [key, value, clauses] = node.slots();
            (vec![value, key], clauses)
        }
        _ => {
            let [element, clauses] = node.slots();
            (vec![element], clauses)
        }
    }
}

impl<'a> Walker<'_, 'a> {
    pub(super) fn comprehension(&mut self, node: Node<'a>) {
        let (_, clauses) = parts(node);
        let outermost = clauses.children().next().map(|clause| clause.slots::<2>()[1]);
        self.then(
            [Task::IterableDepth(1)]
                .into_iter()
                .chain(outermost.map(Task::Visit))
                .chain([Task::IterableDepth(-1), Task::Comprehension(node)]),
        );
    }

    pub(super) fn enter_comprehension(&mut self, node: Node<'a>) {
        let (kind, name) = match node.kind() {
            NodeKind::ListComp => (Comprehension::List, "<listcomp>"),
            NodeKind::SetComp => (Comprehension::Set, "<setcomp>"),
            NodeKind::DictComp => (Comprehension::Dict, "<dictcomp>"),
            _ => (Comprehension::Generator, "<genexpr>"),
        };
        self.enter(ScopeKind::Comprehension, node, name);
        self.scope().comprehension = Some(kind);
        self.define_implicit(".0", def::PARAM);
        let (elements, clauses) = parts(node);
        let mut tasks = Vec::new();
        for (at, clause) in clauses.children().enumerate() {
            let [target, iter, conditions] = clause.slots();
            tasks.extend([Task::IterationTarget(true), Task::Visit(target), Task::IterationTarget(false)]);
            if at > 0 {
                tasks.extend([Task::IterableDepth(1), Task::Visit(iter), Task::IterableDepth(-1)]);
            }
            tasks.push(Task::Visit(conditions));
            if clause.has(flag::ASYNC) {
                if at == 0 {
                    self.scope().coroutine = true;
                } else {
                    tasks.push(Task::Coroutine);
                }
            }
        }
        tasks.extend(elements.into_iter().map(Task::Visit));
        tasks.push(Task::ComprehensionEnd(node));
        self.then(tasks);
    }

    pub(super) fn leave_comprehension(&mut self, node: Node<'a>) {
        let is_generator = node.kind() == NodeKind::GeneratorExp;
        let scope = self.scope();
        scope.generator = is_generator;
        let is_async = scope.coroutine && !is_generator;
        self.exit();
        if !is_async {
            return;
        }
        let outer = self.scope();
        if !(outer.is_function_block() && outer.coroutine) && outer.comprehension.is_none() {
            let message = "asynchronous comprehension outside of an asynchronous function";
            self.error(node, "async-comprehension-outside-async", message);
        }
        self.scope().coroutine = true;
    }

    /// Where `:=` binds: in the nearest scope around all comprehensions.
    pub(super) fn extend_named_expression(&mut self, target: Node<'a>) {
        let name = target.ident();
        let sym = self.intern(name);
        for scope in self.open.clone().into_iter().rev() {
            let (kind, is_comprehension) = {
                let scope = self.table.scope(scope);
                (scope.kind, scope.comprehension.is_some())
            };
            if is_comprehension {
                let known = self.lookup(scope, sym);
                if known & def::COMP_ITER != 0 && known & def::LOCAL != 0 {
                    let message = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{name}'"
                    );
                    self.error(target, "named-expression-rebinds-iteration", message);
                    return;
                }
                continue;
            }
            let refusal = match kind {
                ScopeKind::Function => {
                    let global = self.lookup(scope, sym) & def::GLOBAL != 0;
                    self.define(name, if global { def::GLOBAL } else { def::NONLOCAL }, target);
                    self.record_directive(sym, target);
                    self.define_in(scope, sym, def::LOCAL, target);
                    return;
                }
                ScopeKind::Module => {
                    self.define(name, def::GLOBAL, target);
                    self.record_directive(sym, target);
                    self.define_in(scope, sym, def::GLOBAL, target);
                    return;
                }
                ScopeKind::Class => "cannot be used in a class body",
                ScopeKind::TypeParams => "cannot be used within the definition of a generic",
                ScopeKind::TypeAlias => "cannot be used in a type alias",
                ScopeKind::TypeVarBound | ScopeKind::TypeVarDefault => "cannot be used in a TypeVar bound",
                ScopeKind::Annotations | ScopeKind::Comprehension => continue,
            };
            let message = format!("assignment expression within a comprehension {refusal}");
            self.error(target, "named-expression-in-comprehension", message);
            return;
        }
    }
}

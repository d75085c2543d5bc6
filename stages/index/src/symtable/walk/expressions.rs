//! Expressions that touch names, open scopes or have rules of their own.

use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Node, NodeKind};

use super::bind::Access;
use super::{Task, Use, Walker};
use crate::symtable::{Comprehension, def};

/// Builtins that see all locals of their caller.
const SEE_LOCALS: [&str; 5] = ["dir", "eval", "exec", "locals", "vars"];

fn access(node: Node<'_>) -> Access {
    if node.has(flag::CTX_STORE) {
        Access::Store
    } else if node.has(flag::CTX_DEL) {
        Access::Delete
    } else {
        Access::Load
    }
}

impl<'a> Walker<'_, 'a> {
    pub(super) fn expression(&mut self, node: Node<'a>) {
        match node.kind() {
            NodeKind::NamedExpr => self.named_expression(node),
            NodeKind::Lambda => self.lambda(node),
            NodeKind::Dict => {
                let items = node.children().map(|item| item.slots::<2>());
                let keys = items.clone().map(|[key, _]| Task::Visit(key));
                self.then(keys.chain(items.map(|[_, value]| Task::Visit(value))));
            }
            NodeKind::Yield => self.yield_expression(node, "'yield' outside function"),
            NodeKind::YieldFrom => {
                self.yield_expression(node, "'yield from' outside function");
                if self.scope().kind == ScopeKind::Function && self.scope().coroutine {
                    let message = "'yield from' inside async function";
                    self.compile_error(node, "yield-from-in-async-function", message);
                }
            }
            NodeKind::Await => self.await_expression(node),
            NodeKind::Call => self.call(node),
            NodeKind::Attribute => {
                self.check_name(node.ident(), node, access(node));
                self.push_children(node);
            }
            NodeKind::Name => self.name(node),
            NodeKind::Starred => {
                let message = match access(node) {
                    Access::Store => "starred assignment target must be in a list or tuple",
                    _ => "can't use starred expression here",
                };
                self.compile_error(node, "misplaced-star", message);
                self.push_children(node);
            }
            NodeKind::ListExpr | NodeKind::Tuple => {
                if access(node) == Access::Store {
                    self.check_unpacking(node);
                }
                self.then(node.children().map(Self::star_at_home));
            }
            NodeKind::Set => self.then(node.children().map(Self::star_at_home)),
            _ => self.push_children(node),
        }
    }

    fn name(&mut self, node: Node<'a>) {
        if self.collecting().in_unevaluated_annotation {
            return;
        }
        let access = access(node);
        let sym = self.node_sym(node);
        if access != Access::Load {
            if sym != self.known.debug || self.check_name("__debug__", node, access) {
                self.define_in(self.current, sym, def::LOCAL, node);
            }
            return;
        }
        self.define_in(self.current, sym, def::USE, node);
        let (place, mangled) = (self.place(node), self.mangled(sym));
        self.uses.push(Use { place, scope: self.current, sym: mangled });
        if sym == self.known.super_ && self.scope().is_function_like() {
            // Without arguments it asks for the class around it.
            self.define("__class__", def::USE, node);
        }
    }

    fn named_expression(&mut self, node: Node<'a>) {
        self.check_lazy(node, "named expression");
        let [target, value] = node.slots();
        if self.collecting().iterable_depth > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            self.error(node, "named-expression-in-iterable", message);
        } else if self.scope().comprehension.is_some() && target.kind() == NodeKind::Name {
            self.extend_named_expression(target);
        }
        self.then([Task::Visit(value), Task::Visit(target)]);
    }

    fn yield_expression(&mut self, node: Node<'a>, outside: &str) {
        self.check_lazy(node, "yield expression");
        self.scope().generator = true;
        let kind = match self.scope().comprehension {
            None => {
                if !self.scope().is_function_like() {
                    self.compile_error(node, "yield-outside-function", outside);
                }
                self.push_children(node);
                return;
            }
            Some(Comprehension::List) => "list comprehension",
            Some(Comprehension::Set) => "set comprehension",
            Some(Comprehension::Dict) => "dict comprehension",
            Some(Comprehension::Generator) => "generator expression",
        };
        self.error(node, "yield-in-comprehension", format!("'yield' inside {kind}"));
        self.push_children(node);
    }

    fn await_expression(&mut self, node: Node<'a>) {
        self.check_lazy(node, "await expression");
        let scope = self.scope();
        let is_async = scope.is_function_block() && scope.coroutine;
        if !scope.is_function_like() {
            self.error(node, "await-outside-function", "'await' outside function");
        } else if !is_async && scope.is_function_block() && scope.comprehension.is_none() {
            self.error(node, "await-outside-async-function", "'await' outside async function");
        }
        self.push_children(node);
        if self.scope().comprehension.is_some() {
            self.scope().coroutine = true;
        }
    }

    fn call(&mut self, node: Node<'a>) {
        let [callee] = node.slots();
        self.check_keywords(node.rest(1));
        if callee.kind() == NodeKind::Name && SEE_LOCALS.contains(&callee.ident()) {
            self.scope().sees_locals = true;
        }
        self.then([Task::Visit(callee)].into_iter().chain(Self::argument_tasks(node.rest(1))));
    }

    /// `a, *b, c = …`: one star, and not more names before it than an instruction can count.
    fn check_unpacking(&mut self, node: Node<'a>) {
        let mut stars = node.children().enumerate().filter(|(_, item)| item.kind() == NodeKind::Starred);
        let Some((before, _)) = stars.next() else { return };
        if stars.next().is_some() {
            let message = "multiple starred expressions in assignment";
            self.compile_error(node, "multiple-stars", message);
        } else if before >= 1 << 8 {
            let message = "too many expressions in star-unpacking assignment";
            self.compile_error(node, "too-many-targets", message);
        }
    }
}

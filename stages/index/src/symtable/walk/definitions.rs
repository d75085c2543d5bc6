//! `def`, `class` and `lambda`: what runs in the enclosing scope, then the scopes that they open.

use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::node::{ParameterKind, flag};
use dx_schemas::tree::{Node, NodeKind};

use super::{Task, Walker};
use crate::file::body_of;
use crate::symtable::def;

impl<'a> Walker<'_, 'a> {
    pub(super) fn function_def(&mut self, node: Node<'a>) {
        self.define(node.ident(), def::LOCAL, node);
        let [decorators, type_params, defaults, keyword_defaults] = node.slots();
        let visits = [defaults, keyword_defaults, decorators].map(Task::Visit);
        match type_params.present() {
            None => self.then(visits.into_iter().chain([Task::Annotations(node), Task::Function(node)])),
            Some(type_params) => self.then(visits.into_iter().chain([
                Task::TypeParams(node),
                Task::Visit(type_params),
                Task::Annotations(node),
                Task::Function(node),
                Task::Exit,
            ])),
        }
    }

    pub(super) fn function_body(&mut self, definition: Node<'a>) {
        let Some(function) = self.enter_body(definition, ScopeKind::Function) else { return };
        self.scope().coroutine = definition.has(flag::ASYNC);
        self.function_parts(function);
    }

    /// Opens the scope of a definition, in its own fragment if it has one; what returns to the present one is pushed.
    fn enter_body(&mut self, definition: Node<'a>, kind: ScopeKind) -> Option<Node<'a>> {
        let body = body_of(definition)?;
        let before = self.fragment;
        let root = if body.kind() == NodeKind::FragmentRef {
            self.fragment = self.file.child(before, body)?;
            self.file.trees[self.fragment as usize].root()
        } else {
            body
        };
        self.tasks.push(Task::SetFragment(before));
        self.enter(kind, root, definition.ident());
        Some(root)
    }

    fn function_parts(&mut self, function: Node<'a>) {
        let [parameters, body] = function.slots();
        self.parameters(parameters);
        self.then([Task::Visit(body), Task::Exit]);
    }

    /// Starred parameters come last, as CPython visits them: which of two equal names is the duplicate depends on it.
    fn parameters(&mut self, parameters: Node<'a>) {
        let is_starred = |parameter: &Node<'_>| {
            matches!(
                ParameterKind::from_code(parameter.extra()),
                Some(ParameterKind::VarPositional | ParameterKind::VarKeyword)
            )
        };
        for parameter in parameters.children().filter(|parameter| !is_starred(parameter)) {
            self.define(parameter.ident(), def::PARAM, parameter);
        }
        for parameter in parameters.children().filter(is_starred) {
            self.define(parameter.ident(), def::PARAM, parameter);
        }
    }

    pub(super) fn lambda(&mut self, node: Node<'a>) {
        let [defaults, keyword_defaults] = node.slots();
        self.then([Task::Visit(defaults), Task::Visit(keyword_defaults), Task::Lambda(node)]);
    }

    pub(super) fn lambda_body(&mut self, node: Node<'a>) {
        let [_, _, function] = node.slots();
        if function.kind() != NodeKind::Function {
            return;
        }
        self.enter(ScopeKind::Function, function, "<lambda>");
        self.scope().is_lambda = true;
        self.function_parts(function);
    }

    pub(super) fn class_def(&mut self, node: Node<'a>) {
        self.define(node.ident(), def::LOCAL, node);
        let [decorators, type_params, arguments] = node.slots();
        self.check_keywords(arguments.children());
        let mut tasks = vec![Task::Visit(decorators)];
        if let Some(type_params) = type_params.present() {
            tasks.extend([Task::TypeParams(node), Task::Visit(type_params)]);
        }
        tasks.extend(Self::argument_tasks(arguments.children()));
        tasks.push(Task::Class(node));
        if !type_params.is_absent() {
            tasks.push(Task::Exit);
        }
        tasks.push(Task::SetClass(self.class_name));
        self.then(tasks);
    }

    pub(super) fn class_body(&mut self, definition: Node<'a>) {
        let Some(class) = self.enter_body(definition, ScopeKind::Class) else { return };
        let name = self.intern(definition.ident());
        self.class_name = Some(name);
        self.scope().class_name = Some(name);
        let [_, type_params] = definition.slots();
        if !type_params.is_absent() {
            self.define_implicit("__type_params__", def::LOCAL);
            self.define_implicit(".type_params", def::USE);
        }
        self.then(class.children().map(Task::Visit).chain([Task::Exit]));
    }
}

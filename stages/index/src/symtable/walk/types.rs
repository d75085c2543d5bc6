//! Type parameters and aliases (PEP 695, PEP 696): scopes that are evaluated when somebody asks.

use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::{Node, NodeKind};

use std::collections::BTreeSet;

use super::{Task, Walker};
use crate::symtable::def;

impl<'a> Walker<'_, 'a> {
    /// The scope around a generic definition, in which its type parameters are locals.
    pub(super) fn enter_type_params(&mut self, definition: Node<'a>) {
        let type_params = match definition.kind() {
            NodeKind::TypeAlias => definition.slots::<1>()[0],
            _ => definition.slots::<2>()[1],
        };
        let in_class = self.scope().kind == ScopeKind::Class;
        self.enter(ScopeKind::TypeParams, type_params, definition.ident());
        if in_class {
            self.scope().can_see_class = true;
            self.define_implicit("__classdict__", def::USE);
        }
        match definition.kind() {
            NodeKind::ClassDef => {
                self.define_implicit(".type_params", def::LOCAL | def::USE);
                self.define_implicit(".generic_base", def::LOCAL | def::USE);
                self.class_name = Some(self.table.names.intern(definition.ident()));
                self.scope().class_name = self.class_name;
                self.collecting().mangled_names = Some(self.mangled_sets.len() as u32);
                self.mangled_sets.push(BTreeSet::new());
            }
            NodeKind::FunctionDef => {
                // CPython has room for positional defaults also where there are none.
                self.define_implicit(".defaults", def::PARAM);
                let [_, _, _, keyword_defaults] = definition.slots();
                if keyword_defaults.children().next().is_some() {
                    self.define_implicit(".kwdefaults", def::PARAM);
                }
            }
            _ => {}
        }
        self.check_default_order(type_params);
    }

    fn check_default_order(&mut self, type_params: Node<'a>) {
        let mut seen_default = false;
        for parameter in type_params.children() {
            let default = match parameter.kind() {
                NodeKind::TypeVar => parameter.slots::<2>()[1],
                _ => parameter.slots::<1>()[0],
            };
            if !default.is_absent() {
                seen_default = true;
            } else if seen_default {
                let name = parameter.ident();
                let message = format!("non-default type parameter '{name}' follows default type parameter");
                self.compile_error(parameter, "type-parameter-without-default", message);
                return;
            }
        }
    }

    pub(super) fn type_param(&mut self, node: Node<'a>) {
        let name = node.ident();
        self.define(name, def::TYPE_PARAM | def::LOCAL, node);
        if name == "__classdict__" {
            let message = format!("reserved name '{name}' cannot be used for type parameter");
            self.error(node, "reserved-type-parameter", message);
        }
        let parts = match node.kind() {
            NodeKind::TypeVar => {
                let [bound, default] = node.slots();
                let info = match bound.kind() {
                    NodeKind::Tuple => "a TypeVar constraint",
                    _ => "a TypeVar bound",
                };
                let default = (default, ScopeKind::TypeVarDefault, "a TypeVar default");
                [Some((bound, ScopeKind::TypeVarBound, info)), Some(default)]
            }
            kind => {
                let info = match kind {
                    NodeKind::ParamSpec => "a ParamSpec default",
                    _ => "a TypeVarTuple default",
                };
                [Some((node.slots::<1>()[0], ScopeKind::TypeVarDefault, info)), None]
            }
        };
        let present = parts.into_iter().flatten().filter(|(part, ..)| !part.is_absent());
        self.then(present.map(|(part, kind, info)| Task::TypeVariable(part, node, kind, info)));
    }

    pub(super) fn type_variable(
        &mut self,
        expression: Node<'a>,
        parameter: Node<'a>,
        kind: ScopeKind,
        info: &'static str,
    ) {
        let in_class = self.scope().can_see_class;
        self.enter(kind, parameter, parameter.ident());
        self.see_class(in_class);
        self.collecting().info = info;
        // Only `*Ts = *tuple[int, str]` may be starred.
        let visit = match parameter.kind() {
            NodeKind::TypeVarTuple => Self::star_at_home(expression),
            _ => Task::Visit(expression),
        };
        self.then([visit, Task::Exit]);
    }

    /// Names of an enclosing class body are found at run time, in its `__classdict__`.
    pub(super) fn see_class(&mut self, in_class: bool) {
        self.scope().can_see_class = in_class;
        if in_class {
            self.define_implicit("__classdict__", def::USE);
        }
    }

    pub(super) fn type_alias(&mut self, node: Node<'a>) {
        self.define(node.ident(), def::LOCAL, node);
        let in_class = self.scope().kind == ScopeKind::Class;
        let [type_params] = node.slots();
        match type_params.present() {
            None => self.then([Task::Alias(node, in_class)]),
            Some(type_params) => self.then([
                Task::TypeParams(node),
                Task::Visit(type_params),
                Task::Alias(node, in_class),
                Task::Exit,
            ]),
        }
    }

    pub(super) fn alias_value(&mut self, node: Node<'a>, in_class: bool) {
        let [_, value] = node.slots();
        self.enter(ScopeKind::TypeAlias, node, node.ident());
        self.see_class(in_class);
        self.then([Task::Visit(value), Task::Exit]);
    }
}

//! Functions and lambdas.

use dx_schemas::code::{Constant, flag};
use dx_schemas::opcode::{FunctionPart, Intrinsic, Op};
use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::node::{ParameterKind, flag as tree_flag};
use dx_schemas::tree::{Node, NodeKind};

use super::doc::docstring;
use crate::generator::Generator;
use crate::ir::Reg;
use crate::names::Place;

/// Default values, evaluated where the function is defined.
#[derive(Clone, Copy, Default)]
struct Defaults {
    positional: Option<Reg>,
    keyword: Option<Reg>,
}

impl Generator<'_> {
    pub(crate) fn function_def(&mut self, node: Node<'_>) {
        let [decorators, type_params, defaults, keyword_defaults, annotations, body] = node.slots();
        let registers = self.decorators(decorators);
        self.object.at_statement = true;
        let name = self.mangled(node.ident());
        if registers.is_empty()
            && type_params.is_absent()
            && let Place::Local(local) = self.resolve(&name)
        {
            let values = self.defaults(node, defaults, keyword_defaults);
            self.function_value(node, annotations, body, values, local);
            return;
        }
        let slot = self.object.fresh();
        let values = self.defaults(node, defaults, keyword_defaults);
        if type_params.is_absent() {
            self.function_value(node, annotations, body, values, slot);
        } else {
            self.generic_function(node, values, slot);
        }
        self.object.release(slot.number() + 1);
        let result = self.decorate(decorators, &registers, slot);
        self.store_name(node, &name, result);
    }

    fn defaults(&mut self, node: Node<'_>, positional: Node<'_>, keyword: Node<'_>) -> Defaults {
        let mut out = Defaults::default();
        if positional.children().next().is_some() {
            let dest = self.object.fresh();
            let items: Option<Vec<_>> = positional.children().map(|item| self.fold(item)).collect();
            if let Some(items) = items {
                let constant = Constant::Tuple(self.pool_items(&items));
                self.load_constant(node, dest, constant);
            } else {
                let (first, count) = self.push_values(positional.children());
                self.emit(node, Op::BUILD_TUPLE, dest.0, first.0, count);
            }
            self.object.release(dest.number() + 1);
            out.positional = Some(dest);
        }
        if keyword.children().next().is_some() {
            let dest = self.object.fresh();
            let first = Reg::temporary(self.object.mark());
            let mut count = 0;
            for item in keyword.children() {
                let name = self.mangled(item.ident());
                let key = self.object.fresh();
                self.load_text(item, key, &name);
                let [value] = item.slots();
                self.push_value(value);
                count += 1;
            }
            self.emit(node, Op::BUILD_MAP, dest.0, first.0, count);
            self.object.release(dest.number() + 1);
            out.keyword = Some(dest);
        }
        out
    }

    /// Makes the function with all its parts in `dest`.
    fn function_value(
        &mut self,
        node: Node<'_>,
        annotations: Node<'_>,
        body: Node<'_>,
        values: Defaults,
        dest: Reg,
    ) {
        let annotations = self.function_annotations(node, annotations);
        let child = self.function_child(body);
        self.make_function(node, child, dest);
        let parts = [
            annotations,
            values.keyword.map(|reg| (FunctionPart::KeywordDefaults, reg)),
            values.positional.map(|reg| (FunctionPart::Defaults, reg)),
        ];
        for (part, reg) in parts.into_iter().flatten() {
            self.emit(node, Op::SET_FUNCTION, dest.0, reg.0, part as u32);
        }
    }

    fn function_child(&mut self, body: Node<'_>) -> u32 {
        if body.kind() == NodeKind::FragmentRef {
            return self.add_fragment(body);
        }
        if let Some(child) = self.known_child(body, ScopeKind::Function) {
            return child;
        }
        let Some(index) = self.find_scope(body, ScopeKind::Function) else {
            self.error(body.id().0, "no-scope", "a function without a scope");
            return 0;
        };
        self.enter(index, ScopeKind::Function, body.id().0);
        self.function_contents(body);
        let object = self.leave();
        self.add_child(body, ScopeKind::Function, object)
    }

    /// A generic function is made inside a scope that holds its type parameters (PEP 695); it receives the defaults.
    fn generic_function(&mut self, node: Node<'_>, values: Defaults, slot: Reg) {
        let [_, type_params, _, _, annotations, body] = node.slots();
        let count = u32::from(values.positional.is_some()) + u32::from(values.keyword.is_some());
        let child = match self.known_child(type_params, ScopeKind::TypeParams) {
            Some(child) => child,
            None => {
                let Some(index) = self.find_scope(type_params, ScopeKind::TypeParams) else {
                    self.error(node.id().0, "no-scope", "type parameters without a scope");
                    return;
                };
                self.enter(index, ScopeKind::TypeParams, type_params.id().0);
                self.object.positional = count as u16;
                let inner = Defaults {
                    positional: values.positional.map(|_| self.implicit_parameter(".defaults")),
                    keyword: values.keyword.map(|_| self.implicit_parameter(".kwdefaults")),
                };
                self.function_flags(index, false);
                self.prologue(node);
                let function = self.object.fresh();
                let params = self.object.fresh();
                self.type_params(type_params, params);
                self.function_value(node, annotations, body, inner, function);
                self.emit(node, Op::INTRINSIC, function.0, function.0, Intrinsic::SetTypeParams as u32);
                self.emit(node, Op::RETURN, function.0, 0, 0);
                let object = self.leave();
                self.add_child(type_params, ScopeKind::TypeParams, object)
            }
        };
        self.make_function(node, child, slot);
        self.object.release(slot.number() + 1 + count);
        self.emit(node, Op::CALL, slot.0, count, 0);
    }

    pub(crate) fn lambda(&mut self, node: Node<'_>, dest: Reg) {
        let [defaults, keyword_defaults, body] = node.slots();
        let values = self.defaults(node, defaults, keyword_defaults);
        let child = self.function_child(body);
        self.by_temporary(node, dest, |this, dest| {
            this.make_function(node, child, dest);
            let parts = [
                values.keyword.map(|reg| (FunctionPart::KeywordDefaults, reg)),
                values.positional.map(|reg| (FunctionPart::Defaults, reg)),
            ];
            for (part, reg) in parts.into_iter().flatten() {
                this.emit(node, Op::SET_FUNCTION, dest.0, reg.0, part as u32);
            }
        });
    }

    fn parameters(&mut self, list: Node<'_>) {
        // Registers: positional, keyword-only, `*args`, `**kwargs`.
        let mut ordered: Vec<(u8, &str)> = Vec::new();
        for parameter in list.children() {
            let kind = ParameterKind::from_code(parameter.extra()).unwrap_or(ParameterKind::Positional);
            let rank = match kind {
                ParameterKind::PositionalOnly => {
                    self.object.positional += 1;
                    self.object.positional_only += 1;
                    0
                }
                ParameterKind::Positional => {
                    self.object.positional += 1;
                    0
                }
                ParameterKind::KeywordOnly => {
                    self.object.keyword_only += 1;
                    1
                }
                ParameterKind::VarPositional => {
                    self.object.flags |= flag::VARARGS;
                    2
                }
                ParameterKind::VarKeyword => {
                    self.object.flags |= flag::VARKEYWORDS;
                    3
                }
            };
            ordered.push((rank, parameter.ident()));
        }
        ordered.sort_by_key(|(rank, _)| *rank);
        for (rank, name) in ordered {
            let name = self.mangled(name);
            let pooled = self.pools.name(&name);
            self.object.local(self.object.scope, &name, pooled);
            self.object.parameter_count += 1;
            if rank == 0 && self.object.first_parameter.is_none() {
                self.object.first_parameter = Some(name);
            }
        }
    }

    /// The whole of a function's object: parameters, prologue, body.
    pub(crate) fn function_contents(&mut self, node: Node<'_>) {
        let [parameters, body] = node.slots();
        self.parameters(parameters);
        self.function_flags(self.object.scope, node.has(tree_flag::GENERATOR));
        if node.has(tree_flag::ASYNC) {
            let is_generator = self.object.flags & (flag::GENERATOR | flag::ASYNC_GENERATOR) != 0;
            self.object.flags &= !(flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR);
            self.object.flags |= if is_generator { flag::ASYNC_GENERATOR } else { flag::COROUTINE };
        }
        if self.is_method() {
            self.object.flags |= flag::METHOD;
        }
        self.prologue(node);
        if node.has(tree_flag::LAMBDA) {
            let result = self.value(body);
            self.emit(body, Op::RETURN, result.0, 0, 0);
            return;
        }
        let doc = docstring(body.children().next()).filter(|_| self.options.optimise < 2);
        if let Some(doc) = doc {
            self.object.docstring = self.pools.constant(Constant::Str(doc));
            self.object.flags |= flag::HAS_DOCSTRING;
        }
        let mut last = node;
        for statement in body.children() {
            self.statement(statement);
            last = statement;
        }
        self.emit(last, Op::RETURN_NONE, 0, 0, 0);
    }

    /// Whether the function stands directly in a class body.
    fn is_method(&self) -> bool {
        let row = self.scope(self.object.scope);
        if self.object.scope != 0 {
            return self.scope(row.parent).kind == ScopeKind::Class;
        }
        // The fragment's surroundings are known by name only: `C.f` is a method, `f.<locals>.g` is not.
        row.qualname.rsplit_once('.').is_some_and(|(around, _)| !around.ends_with("<locals>"))
    }
}

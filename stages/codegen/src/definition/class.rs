//! Classes and module bodies.

use dx_schemas::code::{Constant, flag};
use dx_schemas::opcode::{Intrinsic, Op};
use dx_schemas::scopes::{ScopeKind, scope};
use dx_schemas::tree::{Node, NodeKind};

use super::doc::docstring;
use crate::Mode;
use crate::expression::display::RUN_MAX;
use crate::generator::Generator;
use crate::ir::Reg;

impl Generator<'_> {
    pub(crate) fn class_def(&mut self, node: Node<'_>) {
        let [decorators, type_params, _, _] = node.slots();
        let registers = self.decorators(decorators);
        self.object.at_statement = true;
        let slot = self.object.fresh();
        if type_params.is_absent() {
            self.build_class(node, slot, None);
        } else {
            self.generic_class(node, type_params, slot);
        }
        self.object.release(slot.number() + 1);
        let result = self.decorate(decorators, &registers, slot);
        let name = self.mangled(node.ident());
        self.store_name(node, &name, result);
    }

    /// Calls `__build_class__` at `base`, the topmost temporary. `params` holds a generic class's type parameters.
    fn build_class(&mut self, node: Node<'_>, base: Reg, params: Option<Reg>) {
        let [_, _, arguments, body] = node.slots();
        self.emit(node, Op::LOAD_BUILD_CLASS, base.0, 0, 0);
        let function = self.object.fresh();
        let child = self.class_child(node, body);
        self.make_function(node, child, function);
        let name = self.object.fresh();
        self.load_text(node, name, node.ident());
        let generic = params.map(|params| {
            let register = self.object.fresh();
            // The pair's second register is not read.
            self.object.fresh();
            self.emit(node, Op::INTRINSIC, register.0, params.0, Intrinsic::SubscriptGeneric as u32);
            self.store_name(node, ".generic_base", register);
            self.object.release(register.number());
        });
        let arguments: Vec<Node<'_>> = arguments.children().collect();
        let is_spread = |a: &Node<'_>| match a.kind() {
            NodeKind::Starred => true,
            NodeKind::Keyword => a.name().is_none(),
            _ => false,
        };
        let split = arguments.iter().position(|a| a.kind() == NodeKind::Keyword).unwrap_or(arguments.len());
        let (bases, keywords) = arguments.split_at(split);
        if arguments.len() > RUN_MAX || arguments.iter().any(is_spread) {
            self.emit(node, Op::BUILD_LIST, function.0, function.0, 2);
            self.object.release(name.number());
            self.extend_list(bases, function);
            if generic.is_some() {
                let base = self.object.fresh();
                self.load_name(node, ".generic_base", base);
                self.emit(node, Op::LIST_APPEND, function.0, base.0, 0);
                self.object.release(base.number());
            }
            self.emit(node, Op::LIST_TO_TUPLE, function.0, function.0, 0);
            self.call_with_dict(node, base, keywords);
            return;
        }
        for class in bases {
            self.push_value(*class);
        }
        if generic.is_some() {
            let register = self.object.fresh();
            self.load_name(node, ".generic_base", register);
        }
        let mut names = Vec::new();
        for keyword in keywords {
            let [value] = keyword.slots();
            names.push(keyword.ident());
            self.push_value(value);
        }
        let count = self.object.mark() - function.number();
        if names.is_empty() {
            self.emit(node, Op::CALL, base.0, count, 0);
        } else {
            let names = self.tuple_of_names(names.into_iter());
            self.emit_site(node, Op::CALL_KW, [base.0, count, 0], names);
        }
    }

    fn class_child(&mut self, node: Node<'_>, body: Node<'_>) -> u32 {
        if body.kind() == NodeKind::FragmentRef {
            return self.add_fragment(body);
        }
        if let Some(child) = self.known_child(body, ScopeKind::Class) {
            return child;
        }
        let Some(index) = self.find_scope(body, ScopeKind::Class) else {
            self.error(body.id().0, "no-scope", "a class without a scope");
            return 0;
        };
        let outer = std::mem::replace(&mut self.class_name, node.ident().to_owned());
        self.enter(index, ScopeKind::Class, body.id().0);
        self.class_contents(body);
        let object = self.leave();
        self.class_name = outer;
        self.add_child(body, ScopeKind::Class, object)
    }

    fn generic_class(&mut self, node: Node<'_>, type_params: Node<'_>, slot: Reg) {
        let child = match self.known_child(type_params, ScopeKind::TypeParams) {
            Some(child) => child,
            None => {
                let Some(index) = self.find_scope(type_params, ScopeKind::TypeParams) else {
                    self.error(node.id().0, "no-scope", "type parameters without a scope");
                    return;
                };
                let outer = std::mem::replace(&mut self.class_name, node.ident().to_owned());
                self.enter(index, ScopeKind::TypeParams, type_params.id().0);
                self.function_flags(index, false);
                self.prologue(node);
                let params = self.object.fresh();
                // An intrinsic reads it as the first of a pair.
                self.object.fresh();
                self.type_params(type_params, params);
                self.store_name(node, ".type_params", params);
                let base = self.object.fresh();
                self.build_class(node, base, Some(params));
                self.emit(node, Op::RETURN, base.0, 0, 0);
                let object = self.leave();
                self.class_name = outer;
                self.add_child(type_params, ScopeKind::TypeParams, object)
            }
        };
        self.make_function(node, child, slot);
        self.emit(node, Op::CALL, slot.0, 0, 0);
    }

    /// The whole of a class body's object.
    pub(crate) fn class_contents(&mut self, node: Node<'_>) {
        let row = self.scope(self.object.scope);
        self.object.flags |= flag::CLASS | self.future_flags();
        self.prologue(node);
        let scratch = self.object.fresh();
        self.load_namespace(node, "__name__", scratch);
        self.store_namespace(node, "__module__", scratch);
        self.load_text(node, scratch, &row.qualname);
        self.store_namespace(node, "__qualname__", scratch);
        if let Some(cell) = self.cell("__classdict__").filter(|_| row.has(scope::NEEDS_CLASSDICT_CELL)) {
            self.emit(node, Op::LOAD_LOCALS, scratch.0, 0, 0);
            self.emit(node, Op::STORE_CELL, cell.0, scratch.0, 0);
        }
        if let Some(cell) = self.cell(".type_params") {
            self.emit(node, Op::LOAD_CELL, scratch.0, cell.0, 0);
            self.store_namespace(node, "__type_params__", scratch);
        }
        if let Some(cell) =
            self.cell("__conditional_annotations__").filter(|_| row.has(scope::CONDITIONAL_ANNOTATIONS))
        {
            self.emit(node, Op::BUILD_SET, scratch.0, scratch.0, 0);
            self.emit(node, Op::STORE_CELL, cell.0, scratch.0, 0);
        }
        self.object.release(scratch.number());
        let deferred = self.deferred_annotations(node);
        self.body_with_docstring(node);
        self.variable_annotations(node, &deferred, "__annotate_func__");
        let scratch = self.object.fresh();
        if let Some(cell) = self.cell("__classdict__").filter(|_| row.has(scope::NEEDS_CLASSDICT_CELL)) {
            self.emit(node, Op::LOAD_CLOSURE, scratch.0, cell.0, 0);
            self.store_namespace(node, "__classdictcell__", scratch);
        }
        if let Some(cell) = self.cell("__class__").filter(|_| row.has(scope::NEEDS_CLASS_CELL)) {
            self.emit(node, Op::LOAD_CLOSURE, scratch.0, cell.0, 0);
            self.store_namespace(node, "__classcell__", scratch);
            self.emit(node, Op::RETURN, scratch.0, 0, 0);
        } else {
            self.emit(node, Op::RETURN_NONE, 0, 0, 0);
        }
        self.object.release(scratch.number());
    }

    fn load_namespace(&mut self, node: Node<'_>, name: &str, dest: Reg) {
        let pooled = self.pools.name(name);
        self.emit_site(node, Op::LOAD_NAME, [dest.0, 0, 0], pooled);
    }

    pub(crate) fn store_namespace(&mut self, node: Node<'_>, name: &str, source: Reg) {
        let pooled = self.pools.name(name);
        self.emit(node, Op::STORE_NAME, source.0, pooled, 0);
    }

    fn body_with_docstring(&mut self, node: Node<'_>) {
        let row = self.scope(self.object.scope);
        if self.scopes.future_annotations && row.has(scope::HAS_ANNOTATIONS) {
            let scratch = self.object.fresh_run(2);
            self.emit(node, Op::INTRINSIC, scratch.0, scratch.0, Intrinsic::SetupAnnotations as u32);
            self.object.release(scratch.number());
        }
        let mut statements = node.children();
        let interactive = self.is_interactive() || self.options.mode == Mode::Eval;
        let doc = docstring(statements.clone().next()).filter(|_| !interactive);
        if let Some(doc) = doc {
            let first = statements.next().unwrap_or(node);
            if self.options.optimise < 2 {
                let start = self.object.code.len() as u32;
                let constant = Constant::Str(doc);
                self.object.docstring = self.pools.constant(constant.clone());
                self.object.flags |= flag::HAS_DOCSTRING;
                let scratch = self.object.fresh();
                self.object.at_statement = true;
                self.load_constant(first, scratch, constant);
                let name = self.pools.name("__doc__");
                let place = self.resolve("__doc__");
                let op = if place == crate::names::Place::Global { Op::STORE_GLOBAL } else { Op::STORE_NAME };
                self.emit(first, op, scratch.0, name, 0);
                self.object.release(scratch.number());
                let end = self.object.code.len() as u32;
                let row = dx_schemas::code::StatementRange { start, end, node: first.id().0 };
                self.object.statements.push(row);
            }
        }
        self.body(statements);
    }

    /// The whole of a module body's object.
    pub(crate) fn module_contents(&mut self, node: Node<'_>) {
        self.object.flags |= flag::MODULE | self.future_flags();
        self.prologue(node);
        if self.options.mode == Mode::Eval {
            self.only_expression(node);
            return;
        }
        let row = self.scope(self.object.scope);
        let deferred = self.deferred_annotations(node);
        self.variable_annotations(node, &deferred, "__annotate__");
        if row.has(scope::CONDITIONAL_ANNOTATIONS) && !self.scopes.future_annotations {
            let scratch = self.object.fresh();
            self.emit(node, Op::BUILD_SET, scratch.0, scratch.0, 0);
            self.store_namespace(node, "__conditional_annotations__", scratch);
            self.object.release(scratch.number());
        }
        self.body_with_docstring(node);
        self.emit(node, Op::RETURN_NONE, 0, 0, 0);
    }

    /// `eval`: the value of the only statement, an expression.
    fn only_expression(&mut self, node: Node<'_>) {
        let mut statements = node.children();
        match (statements.next(), statements.next()) {
            (Some(only), None) if only.kind() == NodeKind::ExprStmt => {
                let [value] = only.slots();
                let result = self.value(value);
                self.emit(value, Op::RETURN, result.0, 0, 0);
            }
            _ => self.error(0, "not-an-expression", "invalid syntax"),
        }
    }
}

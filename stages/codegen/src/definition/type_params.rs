//! Type parameters and `type` aliases (PEP 695, PEP 696). Bounds, defaults and alias values are functions that are
//! called when somebody asks.

use dx_schemas::code::Constant;
use dx_schemas::opcode::{FunctionPart, Intrinsic, Op};
use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::{Node, NodeKind};

use crate::generator::Generator;
use crate::ir::Reg;

impl Generator<'_> {
    /// Makes and binds the type parameters; their tuple in `dest`.
    pub(crate) fn type_params(&mut self, list: Node<'_>, dest: Reg) {
        let mark = self.object.mark();
        let first = Reg::temporary(mark);
        let mut count = 0;
        for param in list.children() {
            let place = self.object.fresh();
            self.type_param(param, place);
            let name = self.mangled(param.ident());
            self.store_name(param, &name, place);
            count += 1;
        }
        self.emit(list, Op::BUILD_TUPLE, dest.0, first.0, count);
        self.object.release(mark);
    }

    fn type_param(&mut self, param: Node<'_>, dest: Reg) {
        let mark = self.object.mark();
        let pair = self.object.fresh_run(2);
        self.load_text(param, pair, param.ident());
        let (bound, default) = match param.kind() {
            NodeKind::TypeVar => {
                let [bound, default] = param.slots();
                (bound.present(), default)
            }
            _ => {
                let [default] = param.slots();
                (None, default)
            }
        };
        let intrinsic = match (param.kind(), bound) {
            (NodeKind::ParamSpec, _) => Intrinsic::ParamSpec,
            (NodeKind::TypeVarTuple, _) => Intrinsic::TypeVarTuple,
            (_, None) => Intrinsic::TypeVar,
            (_, Some(bound)) => {
                self.evaluator(param, bound, ScopeKind::TypeVarBound, pair.offset(1));
                if bound.kind() == NodeKind::Tuple {
                    Intrinsic::TypeVarWithConstraints
                } else {
                    Intrinsic::TypeVarWithBound
                }
            }
        };
        self.emit(param, Op::INTRINSIC, pair.0, pair.0, intrinsic as u32);
        if let Some(default) = default.present() {
            self.evaluator(param, default, ScopeKind::TypeVarDefault, pair.offset(1));
            self.emit(param, Op::INTRINSIC, pair.0, pair.0, Intrinsic::SetTypeParamDefault as u32);
        }
        self.move_to(param, dest, pair);
        self.object.release(mark);
    }

    /// A function that returns the value of `value`, in `dest`. Called without argument it gets format 1.
    fn evaluator(&mut self, node: Node<'_>, value: Node<'_>, kind: ScopeKind, dest: Reg) {
        let child = match self.known_child(node, kind) {
            Some(child) => child,
            None => {
                let Some(index) = self.find_scope(node, kind) else {
                    self.error(node.id().0, "no-scope", "a lazily evaluated expression without a scope");
                    return;
                };
                self.enter(index, kind, node.id().0);
                self.annotation_prologue(value, index);
                let result = self.maybe_unpacked(value);
                self.emit(value, Op::RETURN, result.0, 0, 0);
                let object = self.leave();
                self.add_child(node, kind, object)
            }
        };
        self.make_function(node, child, dest);
        let defaults = self.object.fresh();
        let one = self.pools.constant(Constant::int(1));
        self.load_constant(node, defaults, Constant::Tuple(vec![one]));
        self.emit(node, Op::SET_FUNCTION, dest.0, defaults.0, FunctionPart::Defaults as u32);
        self.object.release(defaults.number());
    }

    pub(crate) fn type_alias(&mut self, node: Node<'_>) {
        let [type_params, _] = node.slots();
        let slot = self.object.fresh();
        if type_params.is_absent() {
            self.alias_value(node, None, slot);
        } else {
            self.generic_alias(node, type_params, slot);
        }
        let name = self.mangled(node.ident());
        self.store_name(node, &name, slot);
    }

    fn generic_alias(&mut self, node: Node<'_>, type_params: Node<'_>, slot: Reg) {
        let child = match self.known_child(type_params, ScopeKind::TypeParams) {
            Some(child) => child,
            None => {
                let Some(index) = self.find_scope(type_params, ScopeKind::TypeParams) else {
                    self.error(node.id().0, "no-scope", "type parameters without a scope");
                    return;
                };
                self.enter(index, ScopeKind::TypeParams, type_params.id().0);
                self.function_flags(index, false);
                self.prologue(node);
                let params = self.object.fresh();
                self.type_params(type_params, params);
                let alias = self.object.fresh();
                self.alias_value(node, Some(params), alias);
                self.emit(node, Op::RETURN, alias.0, 0, 0);
                let object = self.leave();
                self.add_child(type_params, ScopeKind::TypeParams, object)
            }
        };
        self.make_function(node, child, slot);
        self.emit(node, Op::CALL, slot.0, 0, 0);
    }

    fn alias_value(&mut self, node: Node<'_>, params: Option<Reg>, dest: Reg) {
        let [_, value] = node.slots();
        let triple = self.object.fresh_run(3);
        self.load_text(node, triple, node.ident());
        match params {
            Some(params) => self.move_to(node, triple.offset(1), params),
            None => self.load_none(node, triple.offset(1)),
        }
        self.evaluator(node, value, ScopeKind::TypeAlias, triple.offset(2));
        self.emit(node, Op::BUILD_TUPLE, triple.0, triple.0, 3);
        self.emit(node, Op::INTRINSIC, dest.0, triple.0, Intrinsic::TypeAlias as u32);
        self.object.release(triple.number());
    }
}

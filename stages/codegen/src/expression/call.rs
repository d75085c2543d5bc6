//! Calls: arguments are built where the callee's window begins.

use dx_schemas::opcode::Op;
use dx_schemas::scopes::{Binding, ScopeKind};
use dx_schemas::tree::{Node, NodeKind};

use super::display::RUN_MAX;
use crate::generator::Generator;
use crate::ir::Reg;

/// The arguments of a `super(…)` whose attribute is loaded at once.
pub(crate) enum SuperArguments<'t> {
    /// `__class__` and the first parameter.
    Implicit {
        class: Reg,
        receiver: String,
    },
    Explicit(Node<'t>, Node<'t>),
}

impl Generator<'_> {
    pub(crate) fn call(&mut self, node: Node<'_>, dest: Reg) {
        self.at_top(node, dest, |this, base| this.call_at(node, base));
    }

    /// `base` is the topmost temporary.
    fn call_at(&mut self, node: Node<'_>, base: Reg) {
        let [callee] = node.slots();
        let arguments: Vec<Node<'_>> = node.rest(1).collect();
        let is_spread = |argument: &Node<'_>| match argument.kind() {
            NodeKind::Starred => true,
            NodeKind::Keyword => argument.name().is_none(),
            _ => false,
        };
        if arguments.len() > RUN_MAX || arguments.iter().any(is_spread) {
            self.value_to(callee, base);
            self.call_spread(node, base, &arguments);
            return;
        }
        let is_method = callee.kind() == NodeKind::Attribute;
        if is_method {
            self.load_method(callee, base);
        } else {
            self.value_to(callee, base);
        }
        self.plain_arguments(node, base, &arguments, is_method);
    }

    /// Pushes arguments without stars behind the callee (or pair) at `base`, and calls.
    pub(crate) fn plain_arguments(
        &mut self,
        node: Node<'_>,
        base: Reg,
        arguments: &[Node<'_>],
        is_method: bool,
    ) {
        let mut names = Vec::new();
        for argument in arguments {
            match argument.kind() {
                NodeKind::Keyword => {
                    let [value] = argument.slots();
                    names.push(argument.ident());
                    self.push_value(value);
                }
                _ => {
                    self.push_value(*argument);
                }
            }
        }
        let count = arguments.len() as u32;
        if names.is_empty() {
            let op = if is_method { Op::CALL_METHOD } else { Op::CALL };
            self.emit(node, op, base.0, count, 0);
        } else {
            let op = if is_method { Op::CALL_METHOD_KW } else { Op::CALL_KW };
            let names = self.tuple_of_names(names.into_iter());
            self.emit_site(node, op, [base.0, count, 0], names);
        }
    }

    /// The method pair of an attribute at `base` and behind it.
    fn load_method(&mut self, callee: Node<'_>, base: Reg) {
        let [value] = callee.slots();
        let name = self.mangled(callee.ident());
        let pooled = self.pools.name(&name);
        if let Some(arguments) = self.super_call(value) {
            self.object.fresh();
            self.load_super(callee, base, &arguments, pooled, true);
            return;
        }
        let object = self.operand_in(value, base, &[]);
        self.object.fresh();
        self.emit_site(callee, Op::LOAD_METHOD, [base.0, object.0, 0], pooled);
    }

    /// A call with stars, or with more arguments than a window should hold: callee, tuple, dict.
    fn call_spread(&mut self, node: Node<'_>, base: Reg, arguments: &[Node<'_>]) {
        let split = arguments.iter().position(|a| a.kind() == NodeKind::Keyword).unwrap_or(arguments.len());
        let (positional, keywords) = arguments.split_at(split);
        let list = self.object.fresh();
        match positional {
            [only] if only.kind() == NodeKind::Starred => {
                let [value] = only.slots();
                self.value_to(value, list);
            }
            _ => {
                self.collect_list(node, positional.iter().copied(), list);
                self.emit(node, Op::LIST_TO_TUPLE, list.0, list.0, 0);
            }
        }
        self.call_with_dict(node, base, keywords);
    }

    /// Calls `base` with the iterable behind it and the keyword arguments in a dict.
    pub(crate) fn call_with_dict(&mut self, node: Node<'_>, base: Reg, keywords: &[Node<'_>]) {
        let dict = self.object.fresh();
        if keywords.is_empty() {
            self.emit(node, Op::CALL_EX, base.0, 0, 0);
            return;
        }
        self.keyword_dict(node, base, keywords, dict);
        self.emit(node, Op::CALL_EX, base.0, 0, 1);
    }

    fn keyword_dict(&mut self, node: Node<'_>, callee: Reg, keywords: &[Node<'_>], dict: Reg) {
        let mark = self.object.mark();
        let mut built = false;
        for group in keywords.chunk_by(|a, b| a.name().is_some() && b.name().is_some()) {
            if group[0].name().is_some() {
                let target = if built { self.object.fresh() } else { dict };
                self.named_keywords(node, group, target);
                if std::mem::replace(&mut built, true) {
                    self.emit(node, Op::DICT_MERGE, dict.0, target.0, callee.0);
                }
            } else {
                if !std::mem::replace(&mut built, true) {
                    self.emit(node, Op::BUILD_MAP, dict.0, dict.0, 0);
                }
                let [value] = group[0].slots();
                let mapping = self.value(value);
                self.emit(group[0], Op::DICT_MERGE, dict.0, mapping.0, callee.0);
            }
            self.object.release(mark);
        }
    }

    /// A dict of named keyword arguments, long ones entry by entry.
    fn named_keywords(&mut self, node: Node<'_>, keywords: &[Node<'_>], dest: Reg) {
        let mark = self.object.mark();
        let at_once = if keywords.len() * 2 > RUN_MAX { 0 } else { keywords.len() };
        let first = self.object.fresh_run(0);
        for keyword in &keywords[..at_once] {
            self.push_keyword(*keyword);
        }
        self.emit(node, Op::BUILD_MAP, dest.0, first.0, at_once as u32);
        self.object.release(mark);
        for keyword in &keywords[at_once..] {
            let key = self.push_keyword(*keyword);
            self.emit(*keyword, Op::MAP_ADD, dest.0, key.0, key.offset(1).0);
            self.object.release(mark);
        }
    }

    fn push_keyword(&mut self, keyword: Node<'_>) -> Reg {
        let key = self.object.fresh();
        self.load_text(keyword, key, keyword.ident());
        let [value] = keyword.slots();
        self.push_value(value);
        key
    }

    /// `super()` or `super(a, b)` whose attribute can be looked up without making the object.
    pub(crate) fn super_call<'t>(&mut self, node: Node<'t>) -> Option<SuperArguments<'t>> {
        if node.kind() != NodeKind::Call {
            return None;
        }
        let [callee] = node.slots();
        if callee.kind() != NodeKind::Name || callee.ident() != "super" {
            return None;
        }
        let row = self.scope(self.object.scope);
        let is_builtin = row.lookup("super").is_none_or(|s| s.binding == Binding::GlobalImplicit);
        let is_plain = |a: &Node<'_>| !matches!(a.kind(), NodeKind::Starred | NodeKind::Keyword);
        let arguments: Vec<Node<'t>> = node.rest(1).collect();
        if self.object.kind == ScopeKind::Module || !is_builtin || !arguments.iter().all(is_plain) {
            return None;
        }
        match arguments[..] {
            [] => {
                let is_free = row.lookup("__class__").is_some_and(|s| s.binding == Binding::Free);
                let class = self.cell("__class__").filter(|_| is_free)?;
                let receiver = self.object.first_parameter.clone()?;
                Some(SuperArguments::Implicit { class, receiver })
            }
            [class, receiver] => Some(SuperArguments::Explicit(class, receiver)),
            _ => None,
        }
    }

    /// Writes `dest` and, for a method, the register behind it.
    pub(crate) fn load_super(
        &mut self,
        node: Node<'_>,
        dest: Reg,
        arguments: &SuperArguments<'_>,
        name: u32,
        is_method: bool,
    ) {
        let mark = self.object.mark();
        let triple = self.object.fresh();
        let pooled = self.pools.name("super");
        self.emit_site(node, Op::LOAD_GLOBAL, [triple.0, 0, 0], pooled);
        let explicit = match arguments {
            SuperArguments::Implicit { class, receiver } => {
                let place = self.object.fresh();
                self.emit(node, Op::LOAD_CELL, place.0, class.0, 0);
                let place = self.object.fresh();
                let scope = self.object.scope;
                // The parameter's own register, whatever a comprehension around calls by its name.
                let inlined = std::mem::take(&mut self.object.inlined);
                debug_assert_eq!(scope, self.object.scope);
                self.load_name(node, receiver, place);
                self.object.inlined = inlined;
                0
            }
            SuperArguments::Explicit(class, receiver) => {
                self.push_value(*class);
                self.push_value(*receiver);
                2
            }
        };
        let code = explicit | u32::from(is_method);
        // The pair is written even where one of it is wanted.
        let target = if is_method { dest } else { triple };
        self.emit_site(node, Op::LOAD_SUPER_ATTR, [target.0, triple.0, code], name);
        if !is_method {
            self.move_to(node, dest, triple);
        }
        self.object.release(mark);
    }
}

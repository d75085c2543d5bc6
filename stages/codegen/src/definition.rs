//! What makes code objects: functions, classes, annotation scopes, type parameters.

mod annotations;
mod class;
mod doc;
mod function;
mod type_params;

use dx_schemas::code::{ChildRef, ChildTarget, flag};
use dx_schemas::opcode::Op;
use dx_schemas::scopes::{Binding, ScopeKind, scope};
use dx_schemas::tree::{Node, NodeKind};

use crate::generator::Generator;
use crate::ir::{Class, Reg};

/// Highest register of a class that a closure can name: captures are noted before registers are placed.
const CAPTURE_MAX: u32 = 0x7fff;

impl Generator<'_> {
    /// The child made already from this node: code that is compiled several times (`finally` bodies) shares it.
    pub(crate) fn known_child(&self, node: Node<'_>, kind: ScopeKind) -> Option<u32> {
        self.object.child_index.get(&(node.id().0, kind as u8)).copied()
    }

    /// Notes an object of this unit as child; its number among the children.
    pub(crate) fn add_child(&mut self, node: Node<'_>, kind: ScopeKind, object: u32) -> u32 {
        let names = match self.find_scope(node, kind) {
            Some(index) => self.free_names(index),
            None => Vec::new(),
        };
        let captures = self.captures(node, &names);
        let child = self.object.children.len() as u32;
        self.object.children.push(ChildRef { target: ChildTarget::Object(object), captures });
        self.object.child_index.insert((node.id().0, kind as u8), child);
        child
    }

    /// Notes a child fragment, of which only the free names are known here.
    pub(crate) fn add_fragment(&mut self, node: Node<'_>) -> u32 {
        if let Some(child) = self.known_child(node, ScopeKind::Module) {
            return child;
        }
        let fragment = node.payload();
        let names = match self.scopes.children.get(fragment as usize) {
            Some(row) => row.free.clone(),
            None => {
                self.error(node.id().0, "no-scope", "a child fragment without scopes");
                Vec::new()
            }
        };
        let captures = self.captures(node, &names);
        let child = self.object.children.len() as u32;
        self.object.children.push(ChildRef { target: ChildTarget::Fragment(fragment), captures });
        self.object.child_index.insert((node.id().0, ScopeKind::Module as u8), child);
        child
    }

    fn captures(&mut self, node: Node<'_>, names: &[String]) -> Vec<u16> {
        let mut captures = Vec::with_capacity(names.len());
        for name in names {
            match self.cell(name) {
                Some(cell) if cell.number() <= CAPTURE_MAX => {
                    let class = u32::from(cell.class() == Class::Free);
                    captures.push((class << 15 | cell.number()) as u16);
                }
                _ => {
                    let what = format!("no cell for the captured variable '{name}'");
                    self.error(node.id().0, "no-cell", what);
                }
            }
        }
        captures
    }

    pub(crate) fn make_function(&mut self, node: Node<'_>, child: u32, dest: Reg) {
        self.emit(node, Op::MAKE_FUNCTION, dest.0, child, 0);
    }

    /// A parameter that no source spells, such as `.0`.
    pub(crate) fn implicit_parameter(&mut self, name: &str) -> Reg {
        let shown = if name == ".format" { "format" } else { name };
        let pooled = self.pools.name(shown);
        self.object.parameter_count += 1;
        self.object.local(self.object.scope, name, pooled)
    }

    /// Flags of a function-like object.
    pub(crate) fn function_flags(&mut self, index: u32, is_generator: bool) {
        let row = self.scope(index);
        let mut flags = flag::OPTIMIZED | flag::NEWLOCALS;
        if row.has(scope::NESTED) {
            flags |= flag::NESTED;
        }
        let is_generator = is_generator || row.has(scope::GENERATOR);
        flags |= match (is_generator, row.has(scope::COROUTINE)) {
            (true, true) => flag::ASYNC_GENERATOR,
            (true, false) => flag::GENERATOR,
            (false, true) => flag::COROUTINE,
            (false, false) => 0,
        };
        self.object.flags |= flags | self.future_flags();
    }

    pub(crate) fn future_flags(&self) -> u32 {
        if self.scopes.future_annotations { flag::FUTURE_ANNOTATIONS } else { 0 }
    }

    /// Cells, closure, and the end of a generator's first part.
    pub(crate) fn prologue(&mut self, node: Node<'_>) {
        let index = self.object.scope;
        let row = self.scope(index);
        if matches!(self.object.kind, ScopeKind::Class) {
            for (needed, name) in [
                (scope::NEEDS_CLASS_CELL, "__class__"),
                (scope::NEEDS_CLASSDICT_CELL, "__classdict__"),
                (scope::CONDITIONAL_ANNOTATIONS, "__conditional_annotations__"),
            ] {
                if row.has(needed) {
                    let pooled = self.pools.name(name);
                    let cell = self.object.own_cell(index, name, pooled);
                    self.emit(node, Op::NEW_CELL, cell.0, 0, 0);
                }
            }
        } else if self.object.kind != ScopeKind::Module {
            for symbol in row.symbols.iter().filter(|s| s.binding == Binding::Cell) {
                let parameter = self.object.variables.get(index, &symbol.name);
                let pooled = self.pools.name(&symbol.name);
                let cell = self.object.own_cell(index, &symbol.name, pooled);
                match parameter {
                    Some(parameter) => {
                        self.emit(node, Op::MAKE_CELL, cell.0, parameter.0, 0);
                        // A bare `super()` called by another name looks for the receiver in the first register.
                        if parameter.number() != 0 {
                            self.emit(node, Op::CLEAR, parameter.0, 0, 0);
                        }
                    }
                    None => self.emit(node, Op::NEW_CELL, cell.0, 0, 0),
                }
            }
        }
        let free = if self.object.kind == ScopeKind::Module { Vec::new() } else { self.free_names(index) };
        for name in &free {
            let pooled = self.pools.name(name);
            self.object.free_cell(index, name, pooled);
        }
        if !free.is_empty() {
            let first = Reg::new(Class::Free, 0);
            self.emit(node, Op::COPY_FREE, first.0, free.len() as u32, 0);
        }
        if self.object.flags & (flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR) != 0 {
            self.emit(node, Op::RETURN_GENERATOR, 0, 0, 0);
        }
    }

    /// Evaluates decorators into neighbouring temporaries; what is decorated comes behind them.
    pub(crate) fn decorators(&mut self, list: Node<'_>) -> Vec<Reg> {
        list.children().map(|decorator| self.push_value(decorator)).collect()
    }

    /// Calls the decorators, innermost first; the decorated object stands behind the last one.
    pub(crate) fn decorate(&mut self, list: Node<'_>, registers: &[Reg], decorated: Reg) -> Reg {
        let nodes: Vec<Node<'_>> = list.children().collect();
        let mut result = decorated;
        for (node, decorator) in nodes.iter().zip(registers).rev() {
            debug_assert_eq!(decorator.offset(1), result);
            self.emit(*node, Op::CALL, decorator.0, 1, 0);
            result = *decorator;
        }
        result
    }

    /// Compiles the fragment's own object.
    pub(crate) fn fragment(&mut self) {
        let root = self.tree.root();
        let kind = match root.kind() {
            NodeKind::Function => ScopeKind::Function,
            NodeKind::Class => ScopeKind::Class,
            _ => ScopeKind::Module,
        };
        let Some(first) = self.scopes.scopes.first().filter(|row| row.kind == kind) else {
            self.error(0, "no-scope", "the scopes do not belong to this tree");
            return;
        };
        debug_assert_eq!(first.node, 0);
        self.enter(0, kind, 0);
        match kind {
            ScopeKind::Function => self.function_contents(root),
            ScopeKind::Class => self.class_contents(root),
            _ => self.module_contents(root),
        }
        self.leave();
    }
}

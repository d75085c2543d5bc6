//! Loading, storing and deleting names by what the symbol table decided.

use dx_schemas::opcode::Op;
use dx_schemas::scopes::{Binding, ScopeKind, mangle, scope, symbol};
use dx_schemas::tree::Node;

use crate::generator::Generator;
use crate::ir::Reg;

/// Where a name is found from the place of visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Local(Reg),
    Cell(Reg),
    Global,
    /// The frame's namespace, then globals, then builtins.
    Namespace,
    /// Free in a class body: the namespace first, then the cell.
    NamespaceOrCell(Reg),
    /// In an annotation scope of a class: the class's namespace, then the cell.
    ClassOrCell(Reg),
    ClassOrGlobal,
}

impl Generator<'_> {
    /// The name as the scopes know it. Around a generic class only its type parameters are mangled, so the plain name
    /// counts where the mangled one is unknown.
    pub(crate) fn mangled(&self, name: &str) -> String {
        let mangled = mangle(&self.class_name, name);
        if mangled != name
            && self.object.kind == ScopeKind::TypeParams
            && self.scope(self.object.scope).lookup(&mangled).is_none()
        {
            return name.to_owned();
        }
        mangled
    }

    pub(crate) fn resolve(&mut self, name: &str) -> Place {
        let pooled = self.pools.name(name);
        for at in (0..self.object.inlined.len()).rev() {
            let index = self.object.inlined[at];
            match self.scope(index).lookup(name).map(|symbol| symbol.binding) {
                Some(Binding::Local) => return Place::Local(self.object.local(index, name, pooled)),
                Some(Binding::Cell) => return Place::Cell(self.object.own_cell(index, name, pooled)),
                Some(Binding::GlobalExplicit | Binding::GlobalImplicit) => return Place::Global,
                Some(Binding::Free) | None => {}
            }
        }
        let in_comprehension = !self.object.inlined.is_empty();
        let index = self.object.scope;
        let row = self.scope(index);
        let binding = row.lookup(name).map_or(Binding::GlobalImplicit, |symbol| symbol.binding);
        match self.object.kind {
            ScopeKind::Module => match binding {
                Binding::GlobalExplicit => Place::Global,
                _ if in_comprehension => Place::Global,
                _ => Place::Namespace,
            },
            ScopeKind::Class => match binding {
                Binding::Free => match self.cell(name) {
                    Some(cell) if in_comprehension => Place::Cell(cell),
                    Some(cell) => Place::NamespaceOrCell(cell),
                    None => Place::Namespace,
                },
                Binding::GlobalExplicit => Place::Global,
                _ if in_comprehension => Place::Global,
                _ => Place::Namespace,
            },
            _ => {
                let sees_class = row.has(scope::CAN_SEE_CLASS) && name != "__classdict__";
                match binding {
                    Binding::Local => Place::Local(self.object.local(index, name, pooled)),
                    Binding::Cell | Binding::Free => match self.cell(name) {
                        Some(cell) if sees_class => Place::ClassOrCell(cell),
                        Some(cell) => Place::Cell(cell),
                        None => Place::Global,
                    },
                    Binding::GlobalImplicit if sees_class => Place::ClassOrGlobal,
                    Binding::GlobalImplicit | Binding::GlobalExplicit => Place::Global,
                }
            }
        }
    }

    /// The cell that a closure made here captures for `name`.
    pub(crate) fn cell(&self, name: &str) -> Option<Reg> {
        for index in self.object.inlined.iter().rev() {
            if self.scope(*index).lookup(name).is_some_and(|symbol| symbol.binding == Binding::Cell) {
                return self.object.variables.get(*index, name);
            }
        }
        let reg = self.object.variables.get(self.object.scope, name);
        reg.filter(|reg| !reg.is_local() && !reg.is_temporary())
    }

    /// Names that an object with this scope takes from its closure, in order.
    pub(crate) fn free_names(&self, index: u32) -> Vec<String> {
        let is_free =
            |s: &&dx_schemas::scopes::Symbol| s.binding == Binding::Free || s.flags & symbol::FREE_CLASS != 0;
        self.scope(index).symbols.iter().filter(is_free).map(|s| s.name.clone()).collect()
    }

    pub(crate) fn load_name(&mut self, node: Node<'_>, name: &str, dest: Reg) {
        let pooled = self.pools.name(name);
        match self.resolve(name) {
            Place::Local(reg) => {
                self.emit(node, Op::CHECK_LOCAL, reg.0, 0, 0);
                self.move_to(node, dest, reg);
            }
            Place::Cell(cell) => self.emit(node, Op::LOAD_CELL, dest.0, cell.0, 0),
            Place::Global => self.emit_site(node, Op::LOAD_GLOBAL, [dest.0, 0, 0], pooled),
            Place::Namespace => self.emit_site(node, Op::LOAD_NAME, [dest.0, 0, 0], pooled),
            Place::NamespaceOrCell(cell) => {
                let scratch = self.object.fresh();
                self.emit(node, Op::LOAD_LOCALS, scratch.0, 0, 0);
                self.emit_site(node, Op::LOAD_DICT_OR_CELL, [dest.0, scratch.0, cell.0], pooled);
                self.object.release(scratch.number());
            }
            Place::ClassOrCell(cell) => {
                let scratch = self.object.fresh();
                self.load_classdict(node, scratch);
                self.emit_site(node, Op::LOAD_DICT_OR_CELL, [dest.0, scratch.0, cell.0], pooled);
                self.object.release(scratch.number());
            }
            Place::ClassOrGlobal => {
                let scratch = self.object.fresh();
                self.load_classdict(node, scratch);
                self.emit_site(node, Op::LOAD_DICT_OR_GLOBAL, [dest.0, scratch.0, 0], pooled);
                self.object.release(scratch.number());
            }
        }
    }

    fn load_classdict(&mut self, node: Node<'_>, dest: Reg) {
        match self.cell("__classdict__") {
            Some(cell) => self.emit(node, Op::LOAD_CELL, dest.0, cell.0, 0),
            None => {
                self.error(node.id().0, "missing-class-dictionary", "no class namespace for an annotation");
            }
        }
    }

    pub(crate) fn store_name(&mut self, node: Node<'_>, name: &str, source: Reg) {
        let pooled = self.pools.name(name);
        match self.resolve(name) {
            Place::Local(reg) => self.move_to(node, reg, source),
            Place::Cell(cell) | Place::NamespaceOrCell(cell) | Place::ClassOrCell(cell) => {
                self.emit(node, Op::STORE_CELL, cell.0, source.0, 0);
            }
            Place::Global | Place::ClassOrGlobal => self.emit(node, Op::STORE_GLOBAL, source.0, pooled, 0),
            Place::Namespace => self.emit(node, Op::STORE_NAME, source.0, pooled, 0),
        }
    }

    pub(crate) fn delete_name(&mut self, node: Node<'_>, name: &str) {
        let pooled = self.pools.name(name);
        match self.resolve(name) {
            Place::Local(reg) => {
                self.emit(node, Op::CHECK_LOCAL, reg.0, 0, 0);
                self.emit(node, Op::KILL, reg.0, 0, 0);
            }
            Place::Cell(cell) | Place::NamespaceOrCell(cell) | Place::ClassOrCell(cell) => {
                self.emit(node, Op::DELETE_CELL, cell.0, 0, 0);
            }
            Place::Global | Place::ClassOrGlobal => self.emit(node, Op::DELETE_GLOBAL, 0, pooled, 0),
            Place::Namespace => self.emit(node, Op::DELETE_NAME, 0, pooled, 0),
        }
    }

    /// `name = None; del name`, which cannot fail whatever the program did to it: the end of `except … as name`.
    pub(crate) fn forget_name(&mut self, node: Node<'_>, name: &str) {
        if let Place::Local(reg) = self.resolve(name) {
            self.emit(node, Op::CLEAR, reg.0, 0, 0);
            return;
        }
        let scratch = self.object.fresh();
        self.load_none(node, scratch);
        self.store_name(node, name, scratch);
        self.object.release(scratch.number());
        self.delete_name(node, name);
    }
}

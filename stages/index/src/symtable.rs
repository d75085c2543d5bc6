//! The symbol table of one file: every scope and what its code does with each name.
//!
//! It is built for the whole file at once, across fragments, because that is how Python defines it: a method's
//! `super()` makes its class keep a cell, `global` in a function changes what the module says of a name. Two passes as
//! in CPython's `Python/symtable.c`: [`walk`] collects facts, [`resolve`] decides. Both run on explicit stacks, since
//! trees nest as deeply as the source does.

pub(crate) mod names;
pub(crate) mod resolve;
pub(crate) mod text;
pub(crate) mod walk;

use dx_schemas::scopes::{Binding, ScopeKind};

use crate::names::{FastMap, Names, Sym};

/// What a scope's code does with a name; the bits are CPython's `DEF_*`.
pub(crate) mod def {
    pub(crate) const GLOBAL: u16 = 1;
    pub(crate) const LOCAL: u16 = 2;
    pub(crate) const PARAM: u16 = 4;
    pub(crate) const NONLOCAL: u16 = 8;
    pub(crate) const USE: u16 = 0x10;
    pub(crate) const FREE_CLASS: u16 = 0x40;
    pub(crate) const IMPORT: u16 = 0x80;
    pub(crate) const ANNOT: u16 = 0x100;
    pub(crate) const COMP_ITER: u16 = 0x200;
    pub(crate) const TYPE_PARAM: u16 = 0x400;
    pub(crate) const COMP_CELL: u16 = 0x800;
    pub(crate) const BOUND: u16 = LOCAL | PARAM | IMPORT;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ScopeId(pub(crate) u32);

/// A node of some fragment of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) fragment: u32,
    pub(crate) node: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comprehension {
    List,
    Set,
    Dict,
    Generator,
}

/// One name in one scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) sym: Sym,
    pub(crate) flags: u16,
    pub(crate) binding: Binding,
    /// Came here from an inlined comprehension: enclosed scopes do not see it.
    pub(crate) merged: bool,
}

#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) comprehension: Option<Comprehension>,
    /// A lambda, for which `Function` nodes have no name of their own.
    pub(crate) is_lambda: bool,
    pub(crate) place: Place,
    /// The name as written: of the function, class, alias or type parameter.
    pub(crate) name: Sym,
    pub(crate) parent: Option<ScopeId>,
    /// Innermost class around it, for mangling.
    pub(crate) class_name: Option<Sym>,
    pub(crate) nested: bool,
    pub(crate) generator: bool,
    pub(crate) coroutine: bool,
    pub(crate) inlined: bool,
    pub(crate) needs_class_cell: bool,
    pub(crate) needs_classdict: bool,
    pub(crate) can_see_class: bool,
    pub(crate) conditional_annotations: bool,
    pub(crate) annotated: bool,
    pub(crate) sees_locals: bool,
    pub(crate) symbols: Vec<Entry>,
    pub(crate) children: Vec<ScopeId>,
    /// Annotations under `from __future__ import annotations`: they become strings, their names mean nothing.
    pub(crate) detached_children: Vec<ScopeId>,
    pub(crate) collecting: Collecting,
}

/// What only the first pass needs to know of a scope.
#[derive(Debug, Default)]
pub(crate) struct Collecting {
    pub(crate) annotation_block: Option<ScopeId>,
    pub(crate) in_conditional: bool,
    pub(crate) in_unevaluated_annotation: bool,
    pub(crate) iteration_target: bool,
    /// Depth of comprehension iterables around the place of visit.
    pub(crate) iterable_depth: u32,
    /// `a TypeVar bound`, for messages.
    pub(crate) info: &'static str,
    /// Index of the set of names that are mangled, around a generic class; all are where this is `None`.
    pub(crate) mangled_names: Option<u32>,
    /// `global` and `nonlocal` statements, and named expressions that act like one.
    pub(crate) directives: Vec<(Sym, Place)>,
    /// `return` statements with a value.
    pub(crate) value_returns: Vec<Place>,
}

impl Scope {
    /// Whether its names are locals that inner scopes can capture.
    pub(crate) fn is_function_like(&self) -> bool {
        !matches!(self.kind, ScopeKind::Module | ScopeKind::Class)
    }

    /// CPython's `FunctionBlock`: functions, lambdas and comprehensions.
    pub(crate) fn is_function_block(&self) -> bool {
        matches!(self.kind, ScopeKind::Function | ScopeKind::Comprehension)
    }
}

#[derive(Default)]
pub(crate) struct SymbolTable<'a> {
    pub(crate) names: Names<'a>,
    pub(crate) scopes: Vec<Scope>,
    /// Position in `Scope::symbols` by scope and name.
    positions: FastMap<u64, u32>,
}

fn key(scope: ScopeId, sym: Sym) -> u64 {
    u64::from(scope.0) << 32 | u64::from(sym.0)
}

impl SymbolTable<'_> {
    pub(crate) const TOP: ScopeId = ScopeId(0);

    pub(crate) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub(crate) fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    pub(crate) fn entry(&self, scope: ScopeId, sym: Sym) -> Option<&Entry> {
        let at = *self.positions.get(&key(scope, sym))?;
        self.scope(scope).symbols.get(at as usize)
    }

    pub(crate) fn entry_mut(&mut self, scope: ScopeId, sym: Sym) -> Option<&mut Entry> {
        let at = *self.positions.get(&key(scope, sym))?;
        self.scopes[scope.0 as usize].symbols.get_mut(at as usize)
    }

    /// Bits known of a name in a scope; 0 where it does not occur.
    pub(crate) fn flags(&self, scope: ScopeId, sym: Sym) -> u16 {
        self.entry(scope, sym).map_or(0, |entry| entry.flags)
    }

    pub(crate) fn add_flags(&mut self, scope: ScopeId, sym: Sym, flags: u16) {
        match self.entry_mut(scope, sym) {
            Some(entry) => entry.flags |= flags,
            None => self.insert(scope, Entry { sym, flags, binding: Binding::GlobalImplicit, merged: false }),
        }
    }

    pub(crate) fn insert(&mut self, scope: ScopeId, entry: Entry) {
        let symbols = &mut self.scopes[scope.0 as usize].symbols;
        self.positions.insert(key(scope, entry.sym), symbols.len() as u32);
        symbols.push(entry);
    }

    /// Forgets a name; what is behind it moves up.
    pub(crate) fn remove(&mut self, scope: ScopeId, sym: Sym) {
        let Some(at) = self.positions.remove(&key(scope, sym)) else { return };
        let symbols = &mut self.scopes[scope.0 as usize].symbols;
        symbols.remove(at as usize);
        for (position, entry) in symbols.iter().enumerate().skip(at as usize) {
            self.positions.insert(key(scope, entry.sym), position as u32);
        }
    }
}

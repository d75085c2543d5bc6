//! Second pass: where each name is found (CPython's `analyze_block`).
//!
//! CPython copies sets of visible names into every block; here a name looks upwards when it asks, through scopes that
//! are complete since the first pass. What goes the other way, free variables of inner scopes and the names of inlined
//! comprehensions, is gathered from children to parents, children in order, because a comprehension that was inlined
//! changes what a later sibling sees.

use std::collections::BTreeSet;

use dx_schemas::scopes::{Binding, ScopeKind};

use super::{Entry, ScopeId, SymbolTable, def};
use crate::findings::Findings;
use crate::names::Sym;

/// A scope whose children are being resolved.
struct Frame {
    scope: ScopeId,
    /// The class whose namespace this annotation scope sees.
    class: Option<ScopeId>,
    next_child: usize,
    /// Free in this scope itself.
    own_free: BTreeSet<Sym>,
    /// Free in inner scopes, not yet bound.
    inner_free: BTreeSet<Sym>,
    /// Cells of comprehensions that were inlined here.
    inlined_cells: BTreeSet<Sym>,
    /// The children once inlined comprehensions are replaced by theirs.
    spliced: Vec<ScopeId>,
}

/// Names that a class body provides to the scopes in it, unlike its other names.
#[derive(Clone, Copy)]
struct Special {
    class: Sym,
    classdict: Sym,
    conditional_annotations: Sym,
}

impl Special {
    fn contains(self, sym: Sym) -> bool {
        [self.class, self.classdict, self.conditional_annotations].contains(&sym)
    }
}

struct Resolver<'t, 'a> {
    table: &'t mut SymbolTable<'a>,
    findings: &'t mut Findings,
    special: Special,
}

pub(crate) fn resolve(table: &mut SymbolTable<'_>, findings: &mut Findings) {
    let special = Special {
        class: table.names.intern("__class__"),
        classdict: table.names.intern("__classdict__"),
        conditional_annotations: table.names.intern("__conditional_annotations__"),
    };
    let mut resolver = Resolver { table, findings, special };
    let mut frames = vec![resolver.begin(SymbolTable::TOP, None)];
    while let Some(frame) = frames.last_mut() {
        let scope = resolver.table.scope(frame.scope);
        match scope.children.get(frame.next_child).copied() {
            Some(child) => {
                frame.next_child += 1;
                let class = match resolver.table.scope(child).can_see_class {
                    false => None,
                    true if scope.kind == ScopeKind::Class => Some(frame.scope),
                    true => frame.class,
                };
                let child = resolver.begin(child, class);
                frames.push(child);
            }
            None => {
                let Some(mut done) = frames.pop() else { break };
                resolver.end(&mut done);
                if let Some(parent) = frames.last_mut() {
                    resolver.join(parent, done);
                }
            }
        }
    }
}

/// What walking upwards from a scope finds.
#[derive(PartialEq, Eq)]
enum Found {
    Nowhere,
    In(ScopeId),
}

impl Resolver<'_, '_> {
    fn begin(&mut self, scope: ScopeId, class: Option<ScopeId>) -> Frame {
        let mut own_free = BTreeSet::new();
        for at in 0..self.table.scope(scope).symbols.len() {
            let entry = self.table.scope(scope).symbols[at];
            let binding = self.bind(scope, class, entry);
            if binding == Binding::Free {
                own_free.insert(entry.sym);
            }
            self.table.scope_mut(scope).symbols[at].binding = binding;
        }
        Frame {
            scope,
            class,
            next_child: 0,
            own_free,
            inner_free: BTreeSet::new(),
            inlined_cells: BTreeSet::new(),
            spliced: Vec::new(),
        }
    }

    fn bind(&mut self, scope: ScopeId, class: Option<ScopeId>, entry: Entry) -> Binding {
        let Entry { sym, flags, .. } = entry;
        if flags & def::GLOBAL != 0 {
            if flags & def::NONLOCAL != 0 {
                self.declaration_error(scope, sym, "nonlocal-and-global", |name| {
                    format!("name '{name}' is nonlocal and global")
                });
            }
            return Binding::GlobalExplicit;
        }
        if flags & def::NONLOCAL != 0 {
            return self.bind_nonlocal(scope, sym);
        }
        if flags & def::BOUND != 0 {
            return Binding::Local;
        }
        if let Some(class) = class {
            let in_class = self.table.flags(class, sym);
            if in_class & def::GLOBAL != 0 {
                return Binding::GlobalExplicit;
            }
            if in_class & def::BOUND != 0 && in_class & def::NONLOCAL == 0 {
                // Found in the class or among globals; a binding further out must not come between.
                return Binding::GlobalImplicit;
            }
        }
        match self.find(scope, sym) {
            Found::Nowhere => Binding::GlobalImplicit,
            Found::In(_) => Binding::Free,
        }
    }

    fn bind_nonlocal(&mut self, scope: ScopeId, sym: Sym) -> Binding {
        if scope == SymbolTable::TOP {
            self.declaration_error(scope, sym, "nonlocal-at-module-level", |_| {
                "nonlocal declaration not allowed at module level".to_owned()
            });
            return Binding::GlobalImplicit;
        }
        match self.find(scope, sym) {
            Found::Nowhere => {
                self.declaration_error(scope, sym, "nonlocal-without-binding", |name| {
                    format!("no binding for nonlocal '{name}' found")
                });
                Binding::GlobalImplicit
            }
            Found::In(outer) => {
                if self.table.flags(outer, sym) & def::TYPE_PARAM != 0 && !self.is_rebound(scope, outer, sym)
                {
                    self.declaration_error(scope, sym, "nonlocal-type-parameter", |name| {
                        format!("nonlocal binding not allowed for type parameter '{name}'")
                    });
                }
                Binding::Free
            }
        }
    }

    /// Whether a class between `scope` and `outer` binds the name again: it hides that the name is a type parameter.
    fn is_rebound(&self, scope: ScopeId, outer: ScopeId, sym: Sym) -> bool {
        let mut at = self.table.scope(scope).parent;
        while let Some(id) = at.filter(|id| *id != outer) {
            if self.table.flags(id, sym) & def::BOUND != 0 {
                return true;
            }
            at = self.table.scope(id).parent;
        }
        false
    }

    fn declaration_error(&mut self, scope: ScopeId, sym: Sym, code: &str, message: impl Fn(&str) -> String) {
        let scope = self.table.scope(scope);
        let declared = scope.collecting.directives.iter().find(|(name, _)| *name == sym);
        let place = declared.map_or(scope.place, |(_, place)| *place);
        self.findings.error(place, code, message(self.table.names.text(sym)));
    }

    /// The scope around `scope` whose binding of a name it would capture.
    fn find(&self, scope: ScopeId, sym: Sym) -> Found {
        let mut at = self.table.scope(scope).parent;
        while let Some(id) = at {
            let outer = self.table.scope(id);
            if outer.kind == ScopeKind::Class {
                if self.special.contains(sym) {
                    return Found::In(id);
                }
            } else if outer.is_function_like()
                && let Some(entry) = self.table.entry(id, sym).filter(|entry| !entry.merged)
            {
                if entry.flags & def::GLOBAL != 0 {
                    return Found::Nowhere;
                }
                if entry.flags & def::BOUND != 0 && entry.flags & def::NONLOCAL == 0 {
                    return Found::In(id);
                }
            }
            at = outer.parent;
        }
        Found::Nowhere
    }

    /// All children are done: decides what is a cell and what passes through.
    fn end(&mut self, frame: &mut Frame) {
        let id = frame.scope;
        for child in self.table.scope(id).children.clone() {
            if !self.table.scope(child).inlined {
                frame.spliced.push(child);
            }
        }
        if self.table.scope(id).is_function_like() {
            for entry in &mut self.table.scope_mut(id).symbols {
                if entry.binding == Binding::Local
                    && (frame.inner_free.contains(&entry.sym) || frame.inlined_cells.contains(&entry.sym))
                {
                    entry.binding = Binding::Cell;
                    frame.inner_free.remove(&entry.sym);
                }
            }
        } else if self.table.scope(id).kind == ScopeKind::Class {
            let special = self.special;
            let scope = self.table.scope_mut(id);
            scope.needs_class_cell |= frame.inner_free.remove(&special.class);
            scope.needs_classdict |= frame.inner_free.remove(&special.classdict);
            scope.conditional_annotations |= frame.inner_free.remove(&special.conditional_annotations);
        }
        for sym in &frame.inlined_cells {
            if let Some(entry) = self.table.entry_mut(id, *sym) {
                entry.flags |= def::COMP_CELL;
            }
        }
        let marks_class = {
            let scope = self.table.scope(id);
            scope.kind == ScopeKind::Class || scope.can_see_class
        };
        for sym in &frame.inner_free {
            if let Some(entry) = self.table.entry_mut(id, *sym) {
                if marks_class {
                    entry.flags |= def::FREE_CLASS;
                }
            } else if id == SymbolTable::TOP || self.find(id, *sym) != Found::Nowhere {
                let entry = Entry { sym: *sym, flags: 0, binding: Binding::Free, merged: true };
                self.table.insert(id, entry);
            }
        }
    }

    /// Hands a finished child's free names, and all its names if it is inlined, to its parent.
    fn join(&mut self, parent: &mut Frame, child: Frame) {
        let id = child.scope;
        let mut free = child.own_free;
        free.extend(&child.inner_free);
        let is_inlined = {
            let scope = self.table.scope(id);
            // Comprehensions in annotation scopes of a class would see the class through the wrong frame.
            scope.comprehension.is_some() && !scope.generator && !self.table.scope(parent.scope).can_see_class
        };
        if is_inlined {
            self.inline(parent, id, &child.spliced, &mut free);
            self.table.scope_mut(id).inlined = true;
            parent.spliced.extend(&child.spliced);
        }
        parent.inner_free.extend(free);
    }

    /// PEP 709: the comprehension's names join those of the scope in whose frame it runs.
    fn inline(&mut self, parent: &mut Frame, id: ScopeId, inner: &[ScopeId], free: &mut BTreeSet<Sym>) {
        let in_class = self.table.scope(parent.scope).kind == ScopeKind::Class;
        let mut forget_class = false;
        for entry in self.table.scope(id).symbols.clone() {
            if entry.flags & def::PARAM != 0 {
                continue;
            }
            let mut binding = entry.binding;
            if binding == Binding::Cell || entry.flags & def::COMP_CELL != 0 {
                parent.inlined_cells.insert(entry.sym);
            }
            let is_free_inside = || {
                let inside = |child: &ScopeId| self.table.entry(*child, entry.sym);
                inner.iter().filter_map(inside).any(|entry| entry.binding == Binding::Free)
            };
            if binding == Binding::Free && in_class && self.special.contains(entry.sym) {
                // The comprehension's own code would find the class's cell before it is filled; inner scopes do not.
                binding = Binding::GlobalImplicit;
                if !is_free_inside() {
                    free.remove(&entry.sym);
                }
                forget_class |= entry.sym == self.special.class;
            }
            match self.table.entry(parent.scope, entry.sym).copied() {
                None => self.table.insert(parent.scope, Entry { binding, merged: true, ..entry }),
                Some(existing) => {
                    if existing.flags & def::BOUND != 0 && !in_class && !is_free_inside() {
                        free.remove(&entry.sym);
                    }
                    if binding == Binding::Free && !in_class {
                        self.table.add_flags(parent.scope, entry.sym, entry.flags & def::USE);
                    }
                }
            }
        }
        if forget_class {
            self.table.remove(id, self.special.class);
        }
    }
}

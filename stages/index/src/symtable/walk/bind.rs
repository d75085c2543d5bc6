//! Writing into the table: definitions and uses of names, with the rules that hold for any of them.

use dx_schemas::tree::Node;

use super::Walker;
use crate::names::Sym;
use crate::symtable::{Place, ScopeId, SymbolTable, def};

/// What the code does with a name, for messages about `__debug__`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Load,
    Store,
    Delete,
}

impl<'a> Walker<'_, 'a> {
    pub(super) fn intern(&mut self, name: &'a str) -> Sym {
        self.table.names.intern(name)
    }

    /// The name of a Name node.
    pub(super) fn node_sym(&mut self, node: Node<'a>) -> Sym {
        let interned = &mut self.interned[self.fragment as usize];
        if interned.is_empty() {
            interned.resize(node.tree().name_count(), None);
        }
        let slot = interned.get_mut(node.payload() as usize);
        match slot {
            Some(Some(sym)) => *sym,
            Some(slot) => *slot.insert(self.table.names.intern(node.ident())),
            None => self.table.names.intern(node.ident()),
        }
    }

    /// A name as code of the current scope spells it in the table. Around a generic class only its type parameters
    /// are mangled, so that a private one can be used inside the class.
    pub(super) fn mangled(&mut self, sym: Sym) -> Sym {
        let Some(class_name) = self.class_name else { return sym };
        if !self.table.names.text(sym).starts_with("__") {
            return sym;
        }
        let set = self.table.scope(self.current).collecting.mangled_names;
        if set.is_some_and(|set| !self.mangled_sets[set as usize].contains(&sym)) {
            return sym;
        }
        let class_name = self.table.names.text(class_name).to_owned();
        self.table.names.mangled(Some(&class_name), sym)
    }

    /// What is known of a name in `scope` so far.
    pub(super) fn lookup(&mut self, scope: ScopeId, sym: Sym) -> u16 {
        let sym = self.mangled(sym);
        self.table.flags(scope, sym)
    }

    /// `__debug__` is a constant: it can be neither bound nor deleted, under any guise.
    pub(super) fn check_name(&mut self, name: &str, node: Node<'_>, access: Access) -> bool {
        if name != "__debug__" || access == Access::Load {
            return true;
        }
        let verb = if access == Access::Store { "assign to" } else { "delete" };
        self.error(node, "assignment-to-debug", format!("cannot {verb} __debug__"));
        false
    }

    pub(super) fn define(&mut self, name: &'a str, flags: u16, node: Node<'_>) {
        let access = if flags == def::USE { Access::Load } else { Access::Store };
        self.define_as(name, flags, node, access);
    }

    pub(super) fn define_as(&mut self, name: &'a str, flags: u16, node: Node<'_>, access: Access) {
        if flags & (def::PARAM | def::LOCAL | def::IMPORT) != 0 && !self.check_name(name, node, access) {
            return;
        }
        let sym = self.intern(name);
        if flags & def::TYPE_PARAM != 0
            && let Some(set) = self.table.scope(self.current).collecting.mangled_names
        {
            self.mangled_sets[set as usize].insert(sym);
        }
        self.define_in(self.current, sym, flags, node);
    }

    /// A name that no source spells (`.0`, `__classdict__`).
    pub(super) fn define_implicit(&mut self, name: &'static str, flags: u16) {
        let sym = self.table.names.intern(name);
        let sym = self.mangled(sym);
        self.table.add_flags(self.current, sym, flags);
    }

    /// Adds facts about a name to `scope`, the current one or (for a named expression) one around it.
    pub(super) fn define_in(&mut self, scope: ScopeId, sym: Sym, flags: u16, node: Node<'_>) {
        let mangled = self.mangled(sym);
        let known = self.table.flags(scope, mangled);
        for (bit, code, before, after) in [
            (def::PARAM, "duplicate-argument", "duplicate argument '", "' in function definition"),
            (def::TYPE_PARAM, "duplicate-type-parameter", "duplicate type parameter '", "'"),
        ] {
            if flags & known & bit != 0 {
                let name = self.table.names.text(sym).to_owned();
                self.error(node, code, format!("{before}{name}{after}"));
                return;
            }
        }
        let mut flags = flags;
        if self.table.scope(scope).collecting.iteration_target {
            if (known | flags) & (def::GLOBAL | def::NONLOCAL) != 0 {
                let name = self.table.names.text(sym).to_owned();
                let message =
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                self.error(node, "comprehension-rebinds-target", message);
                return;
            }
            flags |= def::COMP_ITER;
        }
        self.table.add_flags(scope, mangled, flags);
        if flags & (def::GLOBAL | def::PARAM) == def::GLOBAL {
            // The module's own code must store the name where functions declare it to be.
            self.table.add_flags(SymbolTable::TOP, mangled, flags);
        }
    }

    /// Remembers where a name was declared, for errors that are found when names are resolved.
    pub(super) fn record_directive(&mut self, sym: Sym, node: Node<'_>) {
        let sym = self.mangled(sym);
        let place: Place = self.place(node);
        self.collecting().directives.push((sym, place));
    }
}

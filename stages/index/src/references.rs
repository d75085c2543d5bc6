//! Names that a fragment's code looks up outside itself: the edges of the dependency graph.
//!
//! They are what the code spells, not what it means; who resolves them knows the other files.

use dx_schemas::index::{Reference, ReferenceKind};
use dx_schemas::scopes::{Binding, ScopeKind, mangle};
use dx_schemas::syntax::FragmentKind;
use dx_schemas::tree::node::ParameterKind;
use dx_schemas::tree::{Node, NodeId, NodeKind};

use crate::dotted;
use crate::file::File;
use crate::names::Sym;
use crate::symtable::walk::Use;
use crate::symtable::{ScopeId, SymbolTable};

/// Where names are read: by fragment, sorted by node.
pub(crate) struct Uses(Vec<Vec<(u32, ScopeId, Sym)>>);

impl Uses {
    pub(crate) fn new(fragments: usize, uses: &[Use]) -> Uses {
        let mut by_fragment = vec![Vec::new(); fragments];
        for found in uses {
            by_fragment[found.place.fragment as usize].push((found.place.node, found.scope, found.sym));
        }
        by_fragment.iter_mut().for_each(|uses| uses.sort_unstable_by_key(|(node, ..)| *node));
        Uses(by_fragment)
    }

    fn find(&self, fragment: u32, node: NodeId) -> Option<(ScopeId, Sym)> {
        let uses = &self.0[fragment as usize];
        let at = uses.binary_search_by_key(&node.0, |(node, ..)| *node).ok()?;
        Some((uses[at].1, uses[at].2))
    }
}

pub(crate) struct References<'r, 'a> {
    pub(crate) file: &'r File<'a>,
    pub(crate) table: &'r SymbolTable<'a>,
    pub(crate) uses: &'r Uses,
    /// Each fragment's own scope.
    pub(crate) own: &'r [ScopeId],
}

impl<'a> References<'_, 'a> {
    /// Sorted, each once.
    pub(crate) fn of_fragment(&self, fragment: u32) -> Vec<Reference> {
        let tree = self.file.trees[fragment as usize];
        let class = self.table.scope(self.own[fragment as usize]).class_name;
        let class = class.map_or("", |sym| self.table.names.text(sym));
        let receiver = self.receiver(fragment);
        let mut out = Vec::new();
        let mut index = 0;
        while index < tree.node_count() as u32 {
            let node = tree.node(NodeId(index));
            index += 1;
            if !matches!(node.kind(), NodeKind::Name | NodeKind::Attribute) {
                continue;
            }
            let chain = dotted::chain(node);
            index = chain.base.id().0;
            let attributes = chain.attributes().iter().map(|name| mangle(class, name));
            let known = match chain.base.kind() {
                NodeKind::Name => {
                    index += 1;
                    self.base(fragment, chain.base, receiver)
                }
                _ => None,
            };
            match known {
                Some((name, kind)) => {
                    if kind == ReferenceKind::Member && chain.attributes().is_empty() {
                        continue;
                    }
                    let path = attributes.fold(name.to_owned(), |path, name| path + "." + &name);
                    out.push(Reference { path, kind });
                }
                None => out.extend(attributes.map(|path| Reference { path, kind: ReferenceKind::Attribute })),
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// What a name that starts a path is, unless it is some local.
    fn base(&self, fragment: u32, name: Node<'_>, receiver: Option<Sym>) -> Option<(&str, ReferenceKind)> {
        let (scope, sym) = self.uses.find(fragment, name.id())?;
        let binding = self.table.entry(scope, sym)?.binding;
        let text = self.table.names.text(sym);
        match binding {
            Binding::GlobalExplicit | Binding::GlobalImplicit => Some((text, ReferenceKind::Global)),
            // The module's own names are bound by its other fragments, too.
            Binding::Local if self.table.scope(scope).kind == ScopeKind::Module => {
                Some((text, ReferenceKind::Global))
            }
            _ if receiver == Some(sym) && self.is_own(scope, sym, self.own[fragment as usize]) => {
                Some((text, ReferenceKind::Member))
            }
            _ => None,
        }
    }

    /// Whether a name means the binding of the scope `own`, out of which `scope` may capture it.
    fn is_own(&self, scope: ScopeId, sym: Sym, own: ScopeId) -> bool {
        let mut at = scope;
        while at != own {
            let bound = self.table.entry(at, sym).is_some_and(|entry| entry.binding != Binding::Free);
            match self.table.scope(at).parent {
                Some(parent) if !bound => at = parent,
                _ => return false,
            }
        }
        true
    }

    /// The first parameter of a method.
    fn receiver(&self, fragment: u32) -> Option<Sym> {
        let row = &self.file.rows[fragment as usize];
        let parent = self.file.rows.get(row.parent as usize)?;
        if row.kind != FragmentKind::Function || parent.kind != FragmentKind::Class {
            return None;
        }
        let [decorators] = self.file.definition(fragment)?.slots();
        if decorators.children().any(|decorator| dotted::path(decorator).as_deref() == Some("staticmethod")) {
            return None;
        }
        let [parameters] = self.file.trees[fragment as usize].root().slots();
        let first = parameters.children().next()?;
        let kind = ParameterKind::from_code(first.extra())?;
        if !matches!(kind, ParameterKind::PositionalOnly | ParameterKind::Positional) {
            return None;
        }
        let own = self.own[fragment as usize];
        let entries = &self.table.scope(own).symbols;
        entries.first().map(|entry| entry.sym).filter(|sym| self.table.names.text(*sym) == first.ident())
    }
}

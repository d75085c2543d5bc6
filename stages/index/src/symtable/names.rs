//! `co_name` and `co_qualname` of every scope (CPython's `compiler_set_qualname`).

use dx_schemas::scopes::{Binding, ScopeKind, mangle};

use super::{Scope, ScopeId, SymbolTable};

/// What a scope's code object is called.
pub(crate) struct CodeName {
    pub(crate) name: String,
    pub(crate) qualname: String,
}

/// The names of all scopes, by `ScopeId`. An inlined comprehension has a name, but nothing is named after it.
pub(crate) fn code_names(table: &SymbolTable<'_>) -> Vec<CodeName> {
    let mut done: Vec<CodeName> = Vec::with_capacity(table.scopes.len());
    for scope in &table.scopes {
        let written = table.names.text(scope.name);
        let name = match scope.kind {
            ScopeKind::TypeParams => format!("<generic parameters of {written}>"),
            _ => written.to_owned(),
        };
        let qualname = match base(table, scope, &name, &done) {
            Some(base) => format!("{base}.{name}"),
            None => name.clone(),
        };
        done.push(CodeName { name, qualname });
    }
    done
}

/// The frame in which a scope's code is made: not the one of an inlined comprehension.
fn frame_parent(table: &SymbolTable<'_>, scope: &Scope) -> Option<ScopeId> {
    let mut at = scope.parent?;
    while table.scope(at).inlined {
        at = table.scope(at).parent?;
    }
    Some(at)
}

fn base(table: &SymbolTable<'_>, scope: &Scope, name: &str, done: &[CodeName]) -> Option<String> {
    let mut parent = frame_parent(table, scope)?;
    let is_lazy = |scope: &Scope| {
        !matches!(
            scope.kind,
            ScopeKind::Module | ScopeKind::Class | ScopeKind::Function | ScopeKind::Comprehension
        )
    };
    // One annotation scope is looked through, for the sake of generic functions and classes.
    if is_lazy(table.scope(parent)) {
        parent = frame_parent(table, table.scope(parent))?;
    }
    if parent == SymbolTable::TOP {
        return None;
    }
    let outer = table.scope(parent);
    let is_definition =
        matches!(scope.kind, ScopeKind::Class) || scope.kind == ScopeKind::Function && !scope.is_lambda;
    if is_definition {
        let class = outer.class_name.map_or("", |sym| table.names.text(sym));
        let mangled = mangle(class, name);
        let declared = outer.symbols.iter().find(|entry| table.names.text(entry.sym) == mangled);
        if declared.is_some_and(|entry| entry.binding == Binding::GlobalExplicit) {
            return None;
        }
    }
    let qualname = &done[parent.0 as usize].qualname;
    Some(match outer.kind {
        ScopeKind::Function => format!("{qualname}.<locals>"),
        _ => qualname.clone(),
    })
}

//! The symbol table as CPython's `_symtable` module shows it, to be compared with the original.

use std::fmt::Write;

use dx_schemas::scopes::{Binding, ScopeKind};

use super::{Scope, ScopeId, SymbolTable};

/// CPython's `SCOPE_OFF`: above it stands how the name resolves.
const BINDING_SHIFT: u32 = 12;

pub(crate) fn text(table: &SymbolTable<'_>) -> String {
    let mut out = String::new();
    let mut pending = vec![(SymbolTable::TOP, 0)];
    while let Some((id, depth)) = pending.pop() {
        let scope = table.scope(id);
        let mut children = Vec::new();
        splice(table, id, &mut children);
        pending.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
        let indent = "  ".repeat(depth);
        let nested = if scope.nested { " nested" } else { "" };
        let _ = writeln!(out, "{indent}{} {}{nested}", kind(scope), name(table, scope));
        let mut symbols: Vec<(&str, u32)> = scope
            .symbols
            .iter()
            .map(|entry| {
                let binding = match entry.binding {
                    Binding::Local => 1,
                    Binding::GlobalExplicit => 2,
                    Binding::GlobalImplicit => 3,
                    Binding::Free => 4,
                    Binding::Cell => 5,
                };
                (table.names.text(entry.sym), u32::from(entry.flags) | binding << BINDING_SHIFT)
            })
            .collect();
        symbols.sort_unstable();
        for (name, bits) in symbols {
            let _ = writeln!(out, "{indent}  . {name} {bits:#x}");
        }
    }
    out
}

/// Children with those of inlined comprehensions in their place.
fn splice(table: &SymbolTable<'_>, id: ScopeId, out: &mut Vec<ScopeId>) {
    let mut pending: Vec<ScopeId> = table.scope(id).children.iter().rev().copied().collect();
    while let Some(child) = pending.pop() {
        let scope = table.scope(child);
        if scope.inlined {
            pending.extend(scope.children.iter().rev());
        } else {
            out.push(child);
        }
    }
}

fn kind(scope: &Scope) -> &'static str {
    match scope.kind {
        ScopeKind::Module => "module",
        ScopeKind::Function | ScopeKind::Comprehension => "function",
        ScopeKind::Class => "class",
        ScopeKind::Annotations => "annotation",
        ScopeKind::TypeParams => "type-params",
        ScopeKind::TypeVarBound | ScopeKind::TypeVarDefault => "type-variable",
        ScopeKind::TypeAlias => "alias",
    }
}

fn name<'t>(table: &'t SymbolTable<'_>, scope: &Scope) -> &'t str {
    let name = table.names.text(scope.name);
    match scope.kind {
        ScopeKind::Module => "top",
        ScopeKind::Comprehension => name.trim_start_matches('<').trim_end_matches('>'),
        ScopeKind::Function if scope.is_lambda => "lambda",
        _ => name,
    }
}

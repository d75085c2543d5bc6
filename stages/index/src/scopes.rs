//! The symbol table, cut into fragments and written in the schema's terms.

use dx_schemas::scopes::{self as schema, ChildScope, ScopeKind, Scopes, Symbol};

use dx_schemas::scopes::{Binding, symbol};

use crate::file::File;
use crate::symtable::names::CodeName;
use crate::symtable::{Scope, ScopeId, SymbolTable, def};

/// What CPython's bits are called in the schema.
const SYMBOL_FLAGS: [(u16, u16); 9] = [
    (def::PARAM, symbol::PARAMETER),
    (def::LOCAL, symbol::ASSIGNED),
    (def::USE, symbol::REFERENCED),
    (def::IMPORT, symbol::IMPORTED),
    (def::ANNOT, symbol::ANNOTATED),
    (def::NONLOCAL, symbol::NONLOCAL),
    (def::TYPE_PARAM, symbol::TYPE_PARAM),
    (def::COMP_ITER, symbol::ITERATION),
    (def::FREE_CLASS, symbol::FREE_CLASS),
];

/// The scopes of every fragment, in order, and where each fragment's own scope is in the table.
pub(crate) fn by_fragment(
    file: &File<'_>,
    table: &SymbolTable<'_>,
    names: &[CodeName],
) -> (Vec<Scopes>, Vec<ScopeId>) {
    let mut cut: Vec<Scopes> = file.rows.iter().map(|_| Scopes::default()).collect();
    let mut own = vec![SymbolTable::TOP; file.rows.len()];
    // Scopes still to write, with the index that the nearest written scope around them has in its fragment, and
    // whether they are annotations that become strings.
    let mut pending = vec![(SymbolTable::TOP, 0, false)];
    while let Some((id, around, strings)) = pending.pop() {
        let scope = table.scope(id);
        let fragment = scope.place.fragment as usize;
        let written = &mut cut[fragment].scopes;
        let mut index = written.len() as u32;
        if is_written(scope) {
            let name = &names[id.0 as usize];
            let crosses =
                scope.parent.is_none_or(|parent| table.scope(parent).place.fragment != scope.place.fragment);
            if crosses {
                own[fragment] = id;
            }
            written.push(schema::Scope {
                kind: scope.kind,
                node: scope.place.node,
                name: name.name.clone(),
                qualname: name.qualname.clone(),
                parent: if crosses { 0 } else { around },
                flags: scope_flags(scope),
                symbols: symbols(table, scope, strings),
            });
        } else {
            index = around;
        }
        if strings {
            continue;
        }
        pending.extend(scope.children.iter().rev().map(|child| (*child, index, false)));
        // A function still has code that returns them; those of variables are stored where they stand.
        let functions =
            scope.detached_children.iter().rev().filter(|child| table.scope(**child).place != scope.place);
        pending.extend(functions.map(|child| (*child, index, true)));
    }
    for (fragment, scopes) in cut.iter_mut().enumerate() {
        scopes.future_annotations = file.future_annotations;
        let class = table.scope(own[fragment]).class_name;
        scopes.class_name = class.map_or_else(String::new, |sym| table.names.text(sym).to_owned());
        scopes.children = file
            .children(fragment as u32)
            .iter()
            .map(|child| child_scope(table, own[*child as usize]))
            .collect();
    }
    (cut, own)
}

/// A function without annotations has an annotation scope in CPython's table, for which no code is ever made.
fn is_written(scope: &Scope) -> bool {
    scope.kind != ScopeKind::Annotations || scope.annotated
}

fn symbols(table: &SymbolTable<'_>, scope: &Scope, strings: bool) -> Vec<Symbol> {
    let mut symbols: Vec<Symbol> = scope
        .symbols
        .iter()
        .filter(|entry| !strings || entry.flags & def::PARAM != 0)
        // A name that only functions declare global is not in the module's own code: it must not recompile that.
        .filter(|entry| scope.kind != ScopeKind::Module || entry.flags != def::GLOBAL)
        .map(|entry| Symbol {
            name: table.names.text(entry.sym).to_owned(),
            binding: if strings { Binding::Local } else { entry.binding },
            flags: SYMBOL_FLAGS
                .iter()
                .filter(|(bit, _)| entry.flags & bit != 0)
                .fold(0, |flags, (_, flag)| flags | flag),
        })
        .collect();
    symbols.extend(conditional_annotations(table, scope));
    symbols.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    symbols
}

/// The set by which code for conditional annotations knows which of them ran: CPython's compiler adds the name where
/// it needs it, its symbol table does not have it.
fn conditional_annotations(table: &SymbolTable<'_>, scope: &Scope) -> Option<Symbol> {
    let outer = table.scope(scope.parent?);
    let reads =
        scope.kind == ScopeKind::Annotations && scope.place == outer.place && outer.conditional_annotations;
    let binding = match outer.kind {
        ScopeKind::Class => Binding::Free,
        _ => Binding::GlobalImplicit,
    };
    let name = "__conditional_annotations__".to_owned();
    reads.then_some(Symbol { name, binding, flags: symbol::REFERENCED })
}

fn scope_flags(scope: &Scope) -> u16 {
    use schema::scope as flag;
    let has_variables = matches!(scope.kind, ScopeKind::Module | ScopeKind::Class);
    [
        (scope.generator, flag::GENERATOR),
        (scope.coroutine, flag::COROUTINE),
        (scope.inlined, flag::INLINED),
        (scope.needs_class_cell, flag::NEEDS_CLASS_CELL),
        (scope.needs_classdict, flag::NEEDS_CLASSDICT_CELL),
        (scope.can_see_class, flag::CAN_SEE_CLASS),
        (scope.nested, flag::NESTED),
        (scope.annotated && has_variables, flag::HAS_ANNOTATIONS),
        (scope.conditional_annotations, flag::CONDITIONAL_ANNOTATIONS),
        (scope.sees_locals, flag::SEES_LOCALS),
    ]
    .into_iter()
    .filter(|(on, _)| *on)
    .fold(0, |flags, (_, flag)| flags | flag)
}

fn child_scope(table: &SymbolTable<'_>, id: ScopeId) -> ChildScope {
    let scope = table.scope(id);
    let mut free: Vec<String> = scope
        .symbols
        .iter()
        .filter(|entry| entry.binding == Binding::Free || entry.flags & def::FREE_CLASS != 0)
        .map(|entry| table.names.text(entry.sym).to_owned())
        .collect();
    free.sort_unstable();
    ChildScope { free }
}

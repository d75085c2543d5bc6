//! Scopes of one fragment, as CPython's symbol table decides them: the second input of dx-codegen.
//!
//! MessagePack arrays. Scope 0 is the fragment's own; the others follow in pre-order. A scope is found by the tree node
//! that opens it and its kind ([`Scopes::find`]):
//!
//! | kind | node |
//! | --- | --- |
//! | Module, Function, Class | the root, or the nested `Function` / `Class` node (a lambda is a Function) |
//! | Comprehension | the ListComp, SetComp, DictComp or GeneratorExp node |
//! | Annotations | the `annotations` list of a FunctionDef; the Module or Class node for its variables' annotations |
//! | TypeParams | the `type_params` list of a FunctionDef, ClassDef or TypeAlias |
//! | TypeVarBound, TypeVarDefault | the TypeVar, ParamSpec or TypeVarTuple node |
//! | TypeAlias | the TypeAlias node (its lazily evaluated value) |

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ScopeKind {
    Module,
    Function,
    Class,
    Comprehension,
    Annotations,
    TypeParams,
    TypeVarBound,
    TypeVarDefault,
    TypeAlias,
}

/// How a name resolves in its scope (CPython's LOCAL, CELL, FREE, GLOBAL_EXPLICIT, GLOBAL_IMPLICIT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Binding {
    /// Bound here and used by no inner scope. In a class or module: a name of the namespace.
    Local,
    /// Bound here and captured by an inner scope.
    Cell,
    /// Bound in an enclosing function-like scope.
    Free,
    /// Declared with `global`.
    GlobalExplicit,
    /// Bound nowhere that is visible: module globals, then builtins.
    GlobalImplicit,
}

/// Bits of [`Symbol::flags`].
pub mod symbol {
    pub const PARAMETER: u16 = 1;
    pub const ASSIGNED: u16 = 2;
    pub const REFERENCED: u16 = 4;
    pub const IMPORTED: u16 = 8;
    pub const ANNOTATED: u16 = 0x10;
    pub const NONLOCAL: u16 = 0x20;
    pub const TYPE_PARAM: u16 = 0x40;
    /// A comprehension's iteration variable.
    pub const ITERATION: u16 = 0x80;
    /// Free here and bound in the class body itself (`DEF_FREE_CLASS`).
    pub const FREE_CLASS: u16 = 0x100;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Mangled where Python mangles.
    pub name: String,
    pub binding: Binding,
    pub flags: u16,
}

/// Bits of [`Scope::flags`].
pub mod scope {
    pub const GENERATOR: u16 = 1;
    pub const COROUTINE: u16 = 2;
    /// A comprehension that runs inside its parent's frame (PEP 709).
    pub const INLINED: u16 = 4;
    /// A class whose body must make the `__class__` cell.
    pub const NEEDS_CLASS_CELL: u16 = 8;
    /// A class whose body must make the `__classdict__` cell (annotation scopes that see class names).
    pub const NEEDS_CLASSDICT_CELL: u16 = 0x10;
    /// The names of an enclosing class are visible (annotation scopes directly in a class).
    pub const CAN_SEE_CLASS: u16 = 0x20;
    /// Nested in a function-like scope.
    pub const NESTED: u16 = 0x40;
    /// Has annotated variables (module and class), so it gets an `__annotate__`.
    pub const HAS_ANNOTATIONS: u16 = 0x80;
    /// A class's conditional annotations need the `__conditional_annotations__` set (PEP 649).
    pub const CONDITIONAL_ANNOTATIONS: u16 = 0x100;
    /// Calls `locals()`, `exec`, `eval`, `vars` or `dir` by name: every local is observable.
    pub const SEES_LOCALS: u16 = 0x200;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub kind: ScopeKind,
    /// The tree node that opens it.
    pub node: u32,
    /// `co_name`: `f`, `<lambda>`, `<listcomp>`, `__annotate__`, `<generic parameters of f>`, …
    pub name: String,
    /// `co_qualname` without the fragment's module: `C.f.<locals>.g`.
    pub qualname: String,
    /// Index of the enclosing scope in this fragment; the fragment's own scope names itself (0).
    pub parent: u32,
    pub flags: u16,
    /// Sorted by name.
    pub symbols: Vec<Symbol>,
}

impl Scope {
    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub fn lookup(&self, name: &str) -> Option<&Symbol> {
        let at = self.symbols.binary_search_by(|s| s.name.as_str().cmp(name)).ok()?;
        Some(&self.symbols[at])
    }
}

/// What a fragment's code must know of a child fragment whose definition it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildScope {
    /// Free variables of the child's scope, sorted: the cells that its definition captures, in this order.
    /// Nothing else of a child may stand here: it would recompile the parent.
    pub free: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scopes {
    pub scopes: Vec<Scope>,
    /// One per child fragment, in the order of `FragmentRef`.
    pub children: Vec<ChildScope>,
    /// Innermost class around the fragment (the class itself for a class body), for mangling; empty if none.
    pub class_name: String,
    pub future_annotations: bool,
}

impl Scopes {
    pub fn find(&self, node: u32, kind: ScopeKind) -> Option<(usize, &Scope)> {
        self.scopes.iter().enumerate().find(|(_, s)| s.node == node && s.kind == kind)
    }
}

/// Private name mangling (`Objects/typeobject.c:_Py_Mangle`): `__x` in class `_C` is `_C__x`; dotted names, names that
/// end in two underscores and classes named only with underscores are left alone.
pub fn mangle(class_name: &str, name: &str) -> String {
    let class = class_name.trim_start_matches('_');
    if class.is_empty() || !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.to_owned();
    }
    format!("_{class}{name}")
}

#[cfg(test)]
mod tests {
    use super::mangle;

    #[test]
    fn names_are_mangled_as_cpython_does() {
        assert_eq!(mangle("C", "__x"), "_C__x");
        assert_eq!(mangle("__C", "__x"), "_C__x");
        assert_eq!(mangle("C", "__x__"), "__x__");
        assert_eq!(mangle("___", "__x"), "__x");
        assert_eq!(mangle("", "__x"), "__x");
        assert_eq!(mangle("C", "_x"), "_x");
    }
}

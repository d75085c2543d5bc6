//! Descriptions of builtin types and functions: constant tables from which the type objects are built at start.

use dx_heap::Kind;

use crate::args::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::thread::Thread;
use crate::value::Value;

/// A function written in Rust. For a method, the first positional argument is the instance (or the class).
pub type NativeFn = fn(&Thread, Args<'_>) -> PyResult<Value>;
/// Instance to value.
pub type GetFn = fn(&Thread, Value) -> PyResult<Value>;
/// Instance and value; no value deletes.
pub type SetFn = fn(&Thread, Value, Option<Value>) -> PyResult<()>;

/// What a native function accepts, checked before it is called; the instance of a method is not counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    /// Positional arguments only, at least and at most so many.
    Positional(u16, u16),
    /// `f(x)`: exactly one, with the message CPython has for it.
    One,
    /// No arguments.
    None,
    /// The function looks at its arguments itself (see [`crate::args::Signature`]).
    Any,
}

/// How a method is bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    Instance,
    Class,
    Static,
}

/// A native function or method.
pub struct MethodDef {
    pub name: &'static str,
    pub function: NativeFn,
    pub arity: Arity,
    pub binding: Binding,
    pub doc: Option<&'static str>,
    /// `($self, key, default=None, /)`: what `inspect.signature` reads.
    pub signature: Option<&'static str>,
}

impl MethodDef {
    pub const fn new(name: &'static str, arity: Arity, function: NativeFn) -> MethodDef {
        MethodDef { name, function, arity, binding: Binding::Instance, doc: None, signature: None }
    }

    pub const fn class(self) -> MethodDef {
        MethodDef { binding: Binding::Class, ..self }
    }

    pub const fn static_(self) -> MethodDef {
        MethodDef { binding: Binding::Static, ..self }
    }

    pub const fn doc(self, doc: &'static str) -> MethodDef {
        MethodDef { doc: Some(doc), ..self }
    }

    pub const fn signature(self, signature: &'static str) -> MethodDef {
        MethodDef { signature: Some(signature), ..self }
    }
}

/// A computed attribute.
pub struct GetSetDef {
    pub name: &'static str,
    pub get: GetFn,
    pub set: Option<SetFn>,
    pub doc: Option<&'static str>,
}

impl GetSetDef {
    pub const fn new(name: &'static str, get: GetFn, set: Option<SetFn>) -> GetSetDef {
        GetSetDef { name, get, set, doc: None }
    }
}

/// How instances lie in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    pub kind: Kind,
    /// Bytes before the attribute storage of subclasses' instances.
    pub bytes: u32,
    /// The builtin's own cells have varying size (or are no cells at all): instances of subclasses are
    /// [`crate::kinds::WRAPPED`] cells around a builtin value.
    pub wrapped: bool,
}

impl Layout {
    pub const PLAIN: Layout = Layout { kind: crate::kinds::INSTANCE, bytes: 8, wrapped: false };

    pub const fn fixed<T: crate::gc::Object>() -> Layout {
        Layout { kind: T::KIND, bytes: size_of::<T>() as u32, wrapped: false }
    }

    pub const fn wrapped(kind: Kind) -> Layout {
        Layout { kind, bytes: 16, wrapped: true }
    }
}

/// Flags of a type.
pub mod flags {
    /// May be a base of a class statement.
    pub const BASE: u32 = 1;
    /// Attributes can be assigned (made by a class statement).
    pub const HEAP: u32 = 1 << 1;
    /// Instances have a `__dict__`.
    pub const DICT: u32 = 1 << 2;
    /// Instances can be weakly referenced.
    pub const WEAKREF: u32 = 1 << 3;
    /// `match` treats instances as sequences.
    pub const SEQUENCE: u32 = 1 << 4;
    /// `match` treats instances as mappings.
    pub const MAPPING: u32 = 1 << 5;
    /// A lone positional pattern of `match` matches the subject itself.
    pub const MATCH_SELF: u32 = 1 << 6;
    /// Functions of this type are bound without making the bound method (CPython's METHOD_DESCRIPTOR).
    pub const METHOD: u32 = 1 << 7;
    /// `__abstractmethods__` is set and not empty.
    pub const ABSTRACT: u32 = 1 << 8;
    /// `__new__` cannot be called from Python (iterators and the like).
    pub const NO_NEW: u32 = 1 << 9;
    /// Subclasses of the basic types, for quick `isinstance`.
    pub const IS_INT: u32 = 1 << 16;
    pub const IS_STR: u32 = 1 << 17;
    pub const IS_BYTES: u32 = 1 << 18;
    pub const IS_TUPLE: u32 = 1 << 19;
    pub const IS_LIST: u32 = 1 << 20;
    pub const IS_DICT: u32 = 1 << 21;
    pub const IS_EXCEPTION: u32 = 1 << 22;
    pub const IS_TYPE: u32 = 1 << 23;
    pub const IS_FLOAT: u32 = 1 << 24;
    /// What a subclass has from its bases.
    pub const INHERITED: u32 = DICT | WEAKREF | SEQUENCE | MAPPING | MATCH_SELF | 0x01ff_0000;
}

/// A builtin type.
pub struct TypeSpec {
    pub name: &'static str,
    pub module: &'static str,
    /// Empty means `object`.
    pub bases: &'static [&'static TypeSpec],
    /// `None` is the first base's.
    pub layout: Option<Layout>,
    pub flags: u32,
    /// Slots behind the layout that only native code sees (see `instance::fixed_slot`).
    pub fixed: u32,
    pub doc: Option<&'static str>,
    pub slots: Slots,
    pub methods: &'static [MethodDef],
    pub getset: &'static [GetSetDef],
}

impl TypeSpec {
    /// A type of module `builtins` that cannot be subclassed and has nothing yet.
    pub const fn new(name: &'static str) -> TypeSpec {
        TypeSpec {
            name,
            module: "builtins",
            bases: &[],
            layout: None,
            flags: 0,
            fixed: 0,
            doc: None,
            slots: Slots::EMPTY,
            methods: &[],
            getset: &[],
        }
    }
}

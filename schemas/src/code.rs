//! The `code` artifact: one fragment's code objects in DPB, canonical, mapped and verified once per digest.
//!
//! One section `code`. Object 0 is the fragment's own; nested functions, lambdas, comprehensions that are not inlined,
//! annotation and type parameter scopes and nested classes follow in pre-order and are reached through children tables.
//! Constants and names are pooled for all objects of the fragment. Nothing here names a module, a path or a line.
//!
//! ```text
//! 0   object count, constant count, name count, pool bytes, instruction words, table words, varint bytes (7 x u32), zero
//! 32  objects, 96 bytes each (see `ObjectHeader`)
//! ..  instructions, u32 each, of all objects
//! ..  table words, u32 each
//! ..  constants, 8 bytes each: tag u8, zero[3], end offset in the pool (they precede the names)
//! ..  names, 4 bytes each: end offset in the pool, UTF-8, already mangled
//! ..  varint bytes (sites, live sets)
//! ..  pool
//! ```

mod build;
mod constant;
pub mod decode;
mod disassemble;
mod verify;
mod view;

pub use build::{encode, into_artifact, to_artifact};
pub use constant::Constant;
pub use disassemble::disassemble;
pub use verify::{VerifyError, verify};
pub use view::{Child, CodeView, ExceptionEntry, ObjectView, Site};

/// Bits of [`CodeObject::flags`]. The first ones equal CPython's `co_flags`.
pub mod flag {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_ANNOTATIONS: u32 = 0x100_0000;
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
    pub const METHOD: u32 = 0x800_0000;
    /// Body of a module: its namespace is its globals.
    pub const MODULE: u32 = 0x1000_0000;
    /// Body of a class: it has a namespace mapping.
    pub const CLASS: u32 = 0x2000_0000;
}

/// What a register holds, the same throughout its code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RegisterKind {
    /// A value word, maybe unbound.
    Value,
    /// A cell object (own or free variable). Made by the prologue, or, for a variable of an inlined comprehension,
    /// where the comprehension begins; the verifier proves that it is there before it is used.
    Cell,
    /// A machine word that is no value.
    Raw,
}

/// A register's place in the window: parameters first (positional, keyword-only, `*args`, `**kwargs`, as `co_varnames`
/// orders them), then other locals, cells (own, then free), temporaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    pub kind: RegisterKind,
    /// The variable's name; none for temporaries.
    pub name: Option<u32>,
}

/// A code object or fragment whose function an object makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildRef {
    pub target: ChildTarget,
    /// Cell registers of this object that become the closure, in the order of the child's free variables.
    pub captures: Vec<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildTarget {
    /// Another object of this artifact.
    Object(u32),
    /// The n-th child fragment of this fragment; bound by the loader through the image.
    Fragment(u32),
}

/// Instructions `start..end` run under a handler. Entries are sorted and do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    pub start: u32,
    pub end: u32,
    pub target: u32,
    /// Register that receives the exception.
    pub register: u16,
}

/// Instructions of one top-level statement of a module or class body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementRange {
    pub start: u32,
    pub end: u32,
    pub node: u32,
}

/// A code object as the code generator makes it; [`encode`] lays it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeObject {
    /// Index of a name.
    pub name: u32,
    pub qualname: u32,
    pub flags: u32,
    /// As `co_argcount` (positional-only ones included), `co_posonlyargcount`, `co_kwonlyargcount`.
    pub positional_count: u16,
    pub positional_only_count: u16,
    pub keyword_only_count: u16,
    /// Free variables: the cell registers `free_first .. free_first + free_count`.
    pub free_first: u16,
    pub free_count: u16,
    /// Tree node of the scope: its line is `co_firstlineno`.
    pub node: u32,
    /// Index of the docstring constant, or `u32::MAX`.
    pub docstring: u32,
    pub registers: Vec<Register>,
    pub instructions: Vec<u32>,
    /// Inline cache entries that the sites use.
    pub cache_count: u32,
    pub children: Vec<ChildRef>,
    pub handlers: Vec<Handler>,
    pub statements: Vec<StatementRange>,
    /// (pc, node) for each instruction that can raise or begins a line, sorted by pc.
    pub sites: Vec<(u32, u32)>,
    /// (pc, live registers as a bit set, least significant first), sorted by pc, at instructions with an effect where the
    /// set differs from that of the one before: registers that the instruction reads, and those whose present value may
    /// be read after it. What an instruction only writes is not in its set. Named registers and cells always are, so
    /// they must be unbound, or hold a value, from the start of the frame; a temporary in the set has been written.
    /// Empty: every register counts as live.
    pub live: Vec<(u32, Vec<u8>)>,
}

/// All code of one fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeUnit {
    pub objects: Vec<CodeObject>,
    pub constants: Vec<Constant>,
    pub names: Vec<String>,
}

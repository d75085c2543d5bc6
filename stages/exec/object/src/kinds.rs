//! The kinds of heap cells: how each is laid out and traced. Kinds from [`FIRST_FOREIGN`] on belong to crates
//! above this one (the interpreter's frames, native modules), which register them with the heap themselves.

use dx_heap::{Heap, Kind, KindInfo};

use crate::types as t;

macro_rules! kinds {
    ($($name:ident = $info:expr),* $(,)?) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names are the constants' names")]
        #[repr(u8)]
        enum Numbers { Free_ = 0, $($name),* }
        $(pub const $name: Kind = Kind(Numbers::$name as u8);)*
        const _: u8 = Numbers::Free_ as u8;

        /// Tells the heap how to trace this crate's kinds.
        pub(crate) fn register(heap: &Heap) {
            $(heap.set_kind($name, $info);)*
        }
    };
}

/// First kind number free for other crates.
pub const FIRST_FOREIGN: u8 = 160;

kinds! {
    // Attribute storage is traced through the shape, so an instance has nothing of its own.
    INSTANCE = KindInfo::LEAF,
    // An instance of a subclass of a builtin of variable size: the builtin value is its first word.
    WRAPPED = KindInfo::custom(t::object::trace_wrapped),
    // Buffers that belong to other cells.
    RAW = KindInfo::LEAF,
    WORDS = KindInfo::WORDS,
    ENTRIES = KindInfo::custom(t::dict::trace_entries),
    SET_TABLE = KindInfo::custom(t::set::trace_table),
    // Builtin types with a layout of their own.
    FLOAT = KindInfo::LEAF,
    BIG_INT = KindInfo::LEAF,
    COMPLEX = KindInfo::LEAF,
    STR = KindInfo::custom(t::str::trace),
    BYTES = KindInfo::LEAF,
    BYTEARRAY = KindInfo::custom(t::bytearray::trace),
    TUPLE = KindInfo::custom(t::tuple::trace),
    LIST = KindInfo::custom(t::list::trace),
    DICT = KindInfo::custom(t::dict::trace),
    SET = KindInfo::custom(t::set::trace),
    RANGE = KindInfo::WORDS,
    SLICE = KindInfo::WORDS,
    TYPE = KindInfo::custom(t::class::trace),
    FUNCTION = KindInfo::WORDS,
    METHOD = KindInfo::WORDS,
    NATIVE_FUNCTION = KindInfo::custom(t::native::trace),
    SLOT_WRAPPER = KindInfo::custom(t::slot_wrapper::trace),
    METHOD_WRAPPER = KindInfo::WORDS,
    GETSET = KindInfo::custom(t::getset::trace),
    MEMBER = KindInfo::WORDS,
    STATIC_METHOD = KindInfo::custom(t::wrappers::trace),
    PROPERTY = KindInfo::custom(t::property::trace),
    SUPER = KindInfo::custom(t::super_object::trace),
    CELL = KindInfo::WORDS,
    MODULE = KindInfo::custom(t::module::trace),
    CODE = KindInfo::WORDS,
    TRACEBACK = KindInfo::WORDS,
    MAPPING_PROXY = KindInfo::WORDS,
    DICT_VIEW = KindInfo::WORDS,
    // Every builtin iterator: a few words, the type says which.
    ITERATOR = KindInfo::WORDS,
    MEMORYVIEW = KindInfo::WORDS,
    GENERIC_ALIAS = KindInfo::WORDS,
    WEAK_REFERENCE = KindInfo::custom(t::weakref::trace),
    EXCEPTION = KindInfo::custom(t::exception::trace),
}

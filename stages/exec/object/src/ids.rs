//! Numbers of the builtin types. A type's number is also the shape of its exact instances, so "is this exactly
//! a list" is one compare of the header's shape.

use crate::spec::TypeSpec;

/// A builtin type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct TypeId(pub u32);

/// Shapes from here on are made at run time.
pub const FIRST_DYNAMIC_SHAPE: u32 = 512;

macro_rules! type_ids {
    ($($id:ident $spec:path),* $(,)?) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names are the constants' names")]
        #[repr(u32)]
        enum Numbers { None_ = 0, $($id),* }
        $(pub const $id: TypeId = TypeId(Numbers::$id as u32);)*
        /// Every builtin type in the order of the numbers, starting with number 1; a base comes before what
        /// derives from it.
        pub static BUILTIN_TYPES: &[&TypeSpec] = &[$(&$spec),*];
        const _: u32 = Numbers::None_ as u32;
    };
}

use crate::types as t;

type_ids! {
    OBJECT t::object::SPEC, TYPE t::class::SPEC, INT t::int::SPEC, BOOL t::bool::SPEC, FLOAT t::float::SPEC,
    COMPLEX t::complex::SPEC, STR t::str::SPEC, BYTES t::bytes::SPEC, BYTEARRAY t::bytearray::SPEC,
    TUPLE t::tuple::SPEC, LIST t::list::SPEC, DICT t::dict::SPEC, SET t::set::SPEC, FROZENSET t::set::FROZEN_SPEC,
    RANGE t::range::SPEC, SLICE t::slice::SPEC, NONE_TYPE t::singleton::NONE_SPEC,
    ELLIPSIS t::singleton::ELLIPSIS_SPEC, NOT_IMPLEMENTED t::singleton::NOT_IMPLEMENTED_SPEC,
    FUNCTION t::function::SPEC, METHOD t::method::SPEC, NATIVE_FUNCTION t::native::FUNCTION_SPEC,
    METHOD_DESCRIPTOR t::native::METHOD_SPEC, CLASS_METHOD_DESCRIPTOR t::native::CLASS_METHOD_SPEC,
    SLOT_WRAPPER t::slot_wrapper::SPEC, METHOD_WRAPPER t::slot_wrapper::BOUND_SPEC,
    GETSET t::getset::SPEC, MEMBER t::getset::MEMBER_SPEC, STATIC_METHOD t::wrappers::STATIC_SPEC,
    CLASS_METHOD t::wrappers::CLASS_SPEC, PROPERTY t::property::SPEC, SUPER t::super_object::SPEC,
    CELL t::cell::SPEC, MODULE t::module::SPEC, CODE t::code::SPEC, FRAME t::code::FRAME_SPEC,
    TRACEBACK t::traceback::SPEC, GENERATOR t::generator::SPEC, COROUTINE t::generator::COROUTINE_SPEC,
    ASYNC_GENERATOR t::generator::ASYNC_SPEC, COROUTINE_WRAPPER t::generator::COROUTINE_WRAPPER_SPEC,
    ASYNC_GENERATOR_SEND t::generator::ASYNC_SEND_SPEC, ASYNC_GENERATOR_THROW t::generator::ASYNC_THROW_SPEC,
    MAPPING_PROXY t::mapping_proxy::SPEC,
    DICT_KEYS t::dict_views::KEYS_SPEC, DICT_VALUES t::dict_views::VALUES_SPEC, DICT_ITEMS t::dict_views::ITEMS_SPEC,
    DICT_KEY_ITERATOR t::dict_views::KEY_ITERATOR_SPEC, DICT_VALUE_ITERATOR t::dict_views::VALUE_ITERATOR_SPEC,
    DICT_ITEM_ITERATOR t::dict_views::ITEM_ITERATOR_SPEC,
    DICT_REVERSE_KEY_ITERATOR t::dict_views::REVERSE_KEY_ITERATOR_SPEC,
    DICT_REVERSE_VALUE_ITERATOR t::dict_views::REVERSE_VALUE_ITERATOR_SPEC,
    DICT_REVERSE_ITEM_ITERATOR t::dict_views::REVERSE_ITEM_ITERATOR_SPEC,
    LIST_ITERATOR t::iterators::LIST_SPEC, LIST_REVERSE_ITERATOR t::iterators::LIST_REVERSE_SPEC,
    TUPLE_ITERATOR t::iterators::TUPLE_SPEC, STR_ITERATOR t::iterators::STR_SPEC,
    STR_ASCII_ITERATOR t::iterators::STR_ASCII_SPEC,
    BYTES_ITERATOR t::iterators::BYTES_SPEC, BYTEARRAY_ITERATOR t::iterators::BYTEARRAY_SPEC,
    RANGE_ITERATOR t::iterators::RANGE_SPEC, LONG_RANGE_ITERATOR t::iterators::LONG_RANGE_SPEC,
    SET_ITERATOR t::iterators::SET_SPEC, SEQUENCE_ITERATOR t::iterators::SEQUENCE_SPEC,
    CALLABLE_ITERATOR t::iterators::CALLABLE_SPEC, MEMORYVIEW t::memoryview::SPEC,
    WEAK_REFERENCE t::weakref::SPEC,
    BASE_EXCEPTION t::exception::tree::BASE_EXCEPTION, EXCEPTION t::exception::tree::EXCEPTION,
    BASE_EXCEPTION_GROUP t::exception::tree::BASE_EXCEPTION_GROUP,
    EXCEPTION_GROUP t::exception::tree::EXCEPTION_GROUP,
    SYSTEM_EXIT t::exception::tree::SYSTEM_EXIT, KEYBOARD_INTERRUPT t::exception::tree::KEYBOARD_INTERRUPT,
    GENERATOR_EXIT t::exception::tree::GENERATOR_EXIT, STOP_ITERATION t::exception::tree::STOP_ITERATION,
    STOP_ASYNC_ITERATION t::exception::tree::STOP_ASYNC_ITERATION,
    ARITHMETIC_ERROR t::exception::tree::ARITHMETIC_ERROR,
    FLOATING_POINT_ERROR t::exception::tree::FLOATING_POINT_ERROR,
    OVERFLOW_ERROR t::exception::tree::OVERFLOW_ERROR,
    ZERO_DIVISION_ERROR t::exception::tree::ZERO_DIVISION_ERROR,
    ASSERTION_ERROR t::exception::tree::ASSERTION_ERROR, ATTRIBUTE_ERROR t::exception::tree::ATTRIBUTE_ERROR,
    BUFFER_ERROR t::exception::tree::BUFFER_ERROR, EOF_ERROR t::exception::tree::EOF_ERROR,
    IMPORT_ERROR t::exception::tree::IMPORT_ERROR,
    MODULE_NOT_FOUND_ERROR t::exception::tree::MODULE_NOT_FOUND_ERROR,
    LOOKUP_ERROR t::exception::tree::LOOKUP_ERROR, INDEX_ERROR t::exception::tree::INDEX_ERROR,
    KEY_ERROR t::exception::tree::KEY_ERROR, MEMORY_ERROR t::exception::tree::MEMORY_ERROR,
    NAME_ERROR t::exception::tree::NAME_ERROR, UNBOUND_LOCAL_ERROR t::exception::tree::UNBOUND_LOCAL_ERROR,
    OS_ERROR t::exception::tree::OS_ERROR, BLOCKING_IO_ERROR t::exception::tree::BLOCKING_IO_ERROR,
    CHILD_PROCESS_ERROR t::exception::tree::CHILD_PROCESS_ERROR,
    CONNECTION_ERROR t::exception::tree::CONNECTION_ERROR, BROKEN_PIPE_ERROR t::exception::tree::BROKEN_PIPE_ERROR,
    CONNECTION_ABORTED_ERROR t::exception::tree::CONNECTION_ABORTED_ERROR,
    CONNECTION_REFUSED_ERROR t::exception::tree::CONNECTION_REFUSED_ERROR,
    CONNECTION_RESET_ERROR t::exception::tree::CONNECTION_RESET_ERROR,
    FILE_EXISTS_ERROR t::exception::tree::FILE_EXISTS_ERROR,
    FILE_NOT_FOUND_ERROR t::exception::tree::FILE_NOT_FOUND_ERROR,
    INTERRUPTED_ERROR t::exception::tree::INTERRUPTED_ERROR,
    IS_A_DIRECTORY_ERROR t::exception::tree::IS_A_DIRECTORY_ERROR,
    NOT_A_DIRECTORY_ERROR t::exception::tree::NOT_A_DIRECTORY_ERROR,
    PERMISSION_ERROR t::exception::tree::PERMISSION_ERROR,
    PROCESS_LOOKUP_ERROR t::exception::tree::PROCESS_LOOKUP_ERROR, TIMEOUT_ERROR t::exception::tree::TIMEOUT_ERROR,
    REFERENCE_ERROR t::exception::tree::REFERENCE_ERROR, RUNTIME_ERROR t::exception::tree::RUNTIME_ERROR,
    NOT_IMPLEMENTED_ERROR t::exception::tree::NOT_IMPLEMENTED_ERROR,
    RECURSION_ERROR t::exception::tree::RECURSION_ERROR,
    PYTHON_FINALIZATION_ERROR t::exception::tree::PYTHON_FINALIZATION_ERROR,
    SYNTAX_ERROR t::exception::tree::SYNTAX_ERROR,
    INCOMPLETE_INPUT_ERROR t::exception::tree::INCOMPLETE_INPUT_ERROR,
    INDENTATION_ERROR t::exception::tree::INDENTATION_ERROR, TAB_ERROR t::exception::tree::TAB_ERROR,
    SYSTEM_ERROR t::exception::tree::SYSTEM_ERROR, TYPE_ERROR t::exception::tree::TYPE_ERROR,
    VALUE_ERROR t::exception::tree::VALUE_ERROR, UNICODE_ERROR t::exception::tree::UNICODE_ERROR,
    UNICODE_DECODE_ERROR t::exception::tree::UNICODE_DECODE_ERROR,
    UNICODE_ENCODE_ERROR t::exception::tree::UNICODE_ENCODE_ERROR,
    UNICODE_TRANSLATE_ERROR t::exception::tree::UNICODE_TRANSLATE_ERROR,
    WARNING t::exception::tree::WARNING, BYTES_WARNING t::exception::tree::BYTES_WARNING,
    DEPRECATION_WARNING t::exception::tree::DEPRECATION_WARNING,
    ENCODING_WARNING t::exception::tree::ENCODING_WARNING, FUTURE_WARNING t::exception::tree::FUTURE_WARNING,
    IMPORT_WARNING t::exception::tree::IMPORT_WARNING,
    PENDING_DEPRECATION_WARNING t::exception::tree::PENDING_DEPRECATION_WARNING,
    RESOURCE_WARNING t::exception::tree::RESOURCE_WARNING, RUNTIME_WARNING t::exception::tree::RUNTIME_WARNING,
    SYNTAX_WARNING t::exception::tree::SYNTAX_WARNING, UNICODE_WARNING t::exception::tree::UNICODE_WARNING,
    USER_WARNING t::exception::tree::USER_WARNING,
}

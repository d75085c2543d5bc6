//! Generators, coroutines and async generators. The suspended frame is the interpreter's payload; it registers
//! its own kind of cell for these types, so only the types' tables are here.

pub mod methods;

use crate::spec::{TypeSpec, flags};

pub static SPEC: TypeSpec = TypeSpec {
    flags: flags::WEAKREF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    ..TypeSpec::new("generator")
};
pub static COROUTINE_SPEC: TypeSpec = TypeSpec {
    flags: flags::WEAKREF,
    slots: methods::COROUTINE_SLOTS,
    methods: methods::METHODS,
    getset: methods::COROUTINE_GETSET,
    ..TypeSpec::new("coroutine")
};
pub static ASYNC_SPEC: TypeSpec = TypeSpec {
    flags: flags::WEAKREF,
    slots: methods::ASYNC_SLOTS,
    methods: methods::ASYNC_METHODS,
    getset: methods::ASYNC_GETSET,
    ..TypeSpec::new("async_generator")
};
pub static COROUTINE_WRAPPER_SPEC: TypeSpec = TypeSpec {
    slots: methods::WRAPPER_SLOTS,
    methods: methods::WRAPPER_METHODS,
    ..TypeSpec::new("coroutine_wrapper")
};
pub static ASYNC_SEND_SPEC: TypeSpec = TypeSpec {
    slots: methods::ASYNC_SEND_SLOTS,
    methods: methods::ASYNC_SEND_METHODS,
    ..TypeSpec::new("async_generator_asend")
};
pub static ASYNC_THROW_SPEC: TypeSpec = TypeSpec {
    slots: methods::ASYNC_THROW_SLOTS,
    methods: methods::ASYNC_THROW_METHODS,
    ..TypeSpec::new("async_generator_athrow")
};

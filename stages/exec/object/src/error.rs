//! Raising: an error is a status beside the result, the exception itself sits in the thread.

use std::fmt::Display;

use crate::ids::{self, TypeId};
use crate::thread::Thread;
use crate::types::exception;
use crate::value::Value;

/// The token of "an exception is set in the thread". Only the functions of this module make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised(());

pub type PyResult<T> = Result<T, Raised>;

impl Thread {
    /// Sets `exception` (an instance of a subclass of BaseException) as the current one.
    #[cold]
    pub fn raise(&self, exception: Value) -> Raised {
        self.set_exception(exception);
        Raised(())
    }

    /// The token for an exception that is already set, for callers that keep status by other means.
    pub fn raised(&self) -> Raised {
        debug_assert!(!self.exception().is_unbound(), "no exception is set");
        Raised(())
    }

    /// Makes and raises an exception of a builtin class with one message.
    #[cold]
    #[inline(never)]
    pub fn raise_message(&self, class: TypeId, message: &dyn Display) -> Raised {
        let text = self.str(&message.to_string());
        let value = exception::make(self, self.builtin_type(class), &[text]);
        self.raise(value)
    }

    /// Makes and raises an exception of a builtin class with these arguments.
    #[cold]
    #[inline(never)]
    pub fn raise_args(&self, class: TypeId, args: &[Value]) -> Raised {
        let value = exception::make(self, self.builtin_type(class), args);
        self.raise(value)
    }

    /// `KeyError(key)`.
    #[cold]
    pub fn key_error(&self, key: Value) -> Raised {
        self.raise_args(ids::KEY_ERROR, &[key])
    }

    /// `StopIteration(value)`, without an argument for None.
    #[cold]
    pub fn stop_iteration(&self, value: Value) -> Raised {
        if value.is_none() {
            self.raise_args(ids::STOP_ITERATION, &[])
        } else {
            self.raise_args(ids::STOP_ITERATION, &[value])
        }
    }

    /// Whether the current exception is an instance of the builtin class.
    pub fn raised_is(&self, class: TypeId) -> bool {
        let current = self.exception();
        !current.is_unbound() && self.type_of(current).is_subtype(self.builtin_type(class))
    }

    /// Takes the current exception if it is an instance of the builtin class: `except class:`.
    pub fn catch(&self, class: TypeId) -> Option<Value> {
        if self.raised_is(class) { Some(self.take_exception()) } else { None }
    }

    /// Turns a raised exception of the class into `None`.
    pub fn catching<T>(&self, class: TypeId, result: PyResult<T>) -> PyResult<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.catch(class).is_some() => Ok(None),
            Err(raised) => Err(raised),
        }
    }
}

macro_rules! raisers {
    ($($name:ident = $id:ident),* $(,)?) => {
        impl Thread {
            $(
                #[cold]
                pub fn $name(&self, message: impl Display) -> Raised {
                    self.raise_message(ids::$id, &message)
                }
            )*
        }
    };
}

raisers! {
    type_error = TYPE_ERROR, value_error = VALUE_ERROR, index_error = INDEX_ERROR,
    attribute_error = ATTRIBUTE_ERROR, name_error = NAME_ERROR, runtime_error = RUNTIME_ERROR,
    overflow_error = OVERFLOW_ERROR, zero_division_error = ZERO_DIVISION_ERROR, memory_error = MEMORY_ERROR,
    lookup_error = LOOKUP_ERROR, recursion_error = RECURSION_ERROR, system_error = SYSTEM_ERROR,
    not_implemented_error = NOT_IMPLEMENTED_ERROR, assertion_error = ASSERTION_ERROR, import_error = IMPORT_ERROR,
    module_not_found_error = MODULE_NOT_FOUND_ERROR, unbound_local_error = UNBOUND_LOCAL_ERROR,
    buffer_error = BUFFER_ERROR, eof_error = EOF_ERROR, arithmetic_error = ARITHMETIC_ERROR,
    os_error = OS_ERROR, unicode_error = UNICODE_ERROR, reference_error = REFERENCE_ERROR,
    syntax_error = SYNTAX_ERROR,
}

//! The classes with a field or two: StopIteration, SystemExit, KeyError, NameError, AttributeError, ImportError.

use super::base::{self, field, keyword_fields, set_arguments};
use super::{FIRST, Own};
use crate::args::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::value::Value;

static STOP_ITERATION_GETSET: &[GetSetDef] = &[field::<FIRST>("value")];
pub(super) const STOP_ITERATION: Own = Own { getset: STOP_ITERATION_GETSET, ..Own::NOTHING };

static SYSTEM_EXIT_GETSET: &[GetSetDef] = &[field::<FIRST>("code")];
pub(super) const SYSTEM_EXIT: Own = Own { getset: SYSTEM_EXIT_GETSET, ..Own::NOTHING };

/// A lone key is shown by its `repr`, so that the message of a missing empty string is not empty.
pub(super) const KEY_ERROR: Own = Own { slots: Slots { str: Some(key_str), ..Slots::EMPTY }, ..Own::NOTHING };

fn key_str(thread: &Thread, value: Value) -> PyResult<Value> {
    match base::args_of(value).tuple_items() {
        Some([key]) => thread.repr(*key),
        _ => base::str(thread, value),
    }
}

static NAME_ERROR_GETSET: &[GetSetDef] = &[field::<0>("name")];
pub(super) const NAME_ERROR: Own = Own {
    slots: Slots {
        init: Some(|thread, value, args| init(thread, value, args, &[("name", 0)])),
        ..Slots::EMPTY
    },
    methods: &[],
    getset: NAME_ERROR_GETSET,
};

static ATTRIBUTE_ERROR_GETSET: &[GetSetDef] = &[field::<0>("name"), field::<1>("obj")];
static ATTRIBUTE_ERROR_METHODS: &[MethodDef] =
    &[MethodDef::new("__getstate__", Arity::None, |thread, args| {
        // The object is left out: it need not be picklable.
        let value = args.positional()[0];
        let state = thread.dict();
        if let Some(known) = base::state(thread, value)?.and_then(Value::as_dict) {
            state.update(thread, &known)?;
        }
        let arguments = base::args_of(value);
        for (name, item) in [("name", base::get_field::<0>(thread, value)?), ("args", arguments)] {
            state.set_text(thread, name, item)?;
        }
        Ok(state.value())
    })];
pub(super) const ATTRIBUTE_ERROR: Own = Own {
    slots: Slots {
        init: Some(|thread, value, args| init(thread, value, args, &[("name", 0), ("obj", 1)])),
        ..Slots::EMPTY
    },
    methods: ATTRIBUTE_ERROR_METHODS,
    getset: ATTRIBUTE_ERROR_GETSET,
};

static IMPORT_ERROR_GETSET: &[GetSetDef] =
    &[field::<FIRST>("msg"), field::<1>("name"), field::<2>("path"), field::<3>("name_from")];
pub(super) const IMPORT_ERROR: Own = Own {
    slots: Slots {
        str: Some(import_str),
        init: Some(|thread, value, args| {
            init(thread, value, args, &[("name", 1), ("path", 2), ("name_from", 3)])
        }),
        ..Slots::EMPTY
    },
    methods: &[],
    getset: IMPORT_ERROR_GETSET,
};

fn import_str(thread: &Thread, value: Value) -> PyResult<Value> {
    let message = base::get_field::<FIRST>(thread, value)?;
    if message.as_str().is_some() { Ok(message) } else { base::str(thread, value) }
}

/// `__init__` of the classes whose keyword arguments are fields.
fn init(thread: &Thread, value: Value, args: Args<'_>, names: &[(&str, usize)]) -> PyResult<()> {
    keyword_fields(thread, value, args, names)?;
    set_arguments(thread, value, args);
    Ok(())
}

//! Construction, attributes and text of exceptions.
//!
//! What a class has besides the common parts lies in the exception's numbered fields; [`fill`] stores what the
//! arguments say, for exceptions made by Python and by the runtime alike.

mod base;
mod fields;
pub(crate) mod group;
pub mod os;
mod syntax;
mod unicode;

use super::ExceptionObject;
use crate::gc::Gc;
use crate::ids;
use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef, flags};
use crate::thread::Thread;
use crate::types::class::TypeObject;
use crate::value::Value;

/// Field of `StopIteration.value`, `SystemExit.code` and the like: the class's own first field.
pub const FIRST: usize = 0;

/// What a class adds to its base's slots, methods and attributes.
pub(super) struct Own {
    pub(super) slots: Slots,
    pub(super) methods: &'static [MethodDef],
    pub(super) getset: &'static [GetSetDef],
}

impl Own {
    pub(super) const NOTHING: Own = Own { slots: Slots::EMPTY, methods: &[], getset: &[] };
}

pub(super) const SLOTS: Slots = base::SLOTS;
pub(super) static METHODS: &[MethodDef] = base::METHODS;
pub(super) static GETSET: &[GetSetDef] = base::GETSET;

pub(super) const STOP_ITERATION: Own = fields::STOP_ITERATION;
pub(super) const SYSTEM_EXIT: Own = fields::SYSTEM_EXIT;
pub(super) const KEY_ERROR: Own = fields::KEY_ERROR;
pub(super) const NAME_ERROR: Own = fields::NAME_ERROR;
pub(super) const ATTRIBUTE_ERROR: Own = fields::ATTRIBUTE_ERROR;
pub(super) const IMPORT_ERROR: Own = fields::IMPORT_ERROR;
pub(super) const OS_ERROR: Own = os::OWN;
pub(super) const SYNTAX_ERROR: Own = syntax::OWN;
pub(super) const UNICODE_DECODE_ERROR: Own = unicode::DECODE;
pub(super) const UNICODE_ENCODE_ERROR: Own = unicode::ENCODE;
pub(super) const UNICODE_TRANSLATE_ERROR: Own = unicode::TRANSLATE;
pub(super) const BASE_EXCEPTION_GROUP: Own = group::OWN;

/// The nearest builtin class above (or at) a class.
fn builtin_above(class: Gc<TypeObject>) -> Gc<TypeObject> {
    let mut class = class;
    while class.has_flag(flags::HEAP) {
        match class.base.get().as_type() {
            Some(base) => class = base,
            None => break,
        }
    }
    class
}

/// Stores what the arguments say in the fields of the exception's class.
pub(super) fn fill(thread: &Thread, exception: Gc<ExceptionObject>, class: Gc<TypeObject>, args: Value) {
    let class = builtin_above(class);
    let items = args.tuple_items().unwrap_or_default();
    let is = |id| class == thread.builtin_type(id);
    // The families are told apart by their `__init__`: this runs for every exception that is raised.
    let init = class.slots().init.map(|init| init as usize);
    let family = |own: &Own| own.slots.init.map(|init| init as usize) == init;
    if init == SLOTS.init.map(|init| init as usize) {
        if is(ids::STOP_ITERATION) {
            exception.set_field(thread, FIRST, items.first().copied().unwrap_or(Value::NONE));
        } else if is(ids::SYSTEM_EXIT) {
            let code = match items {
                [] => Value::NONE,
                [code] => *code,
                _ => args,
            };
            exception.set_field(thread, FIRST, code);
        }
    } else if family(&OS_ERROR) {
        os::fill(thread, exception, items, is(ids::BLOCKING_IO_ERROR));
    } else if family(&IMPORT_ERROR) {
        if let [message] = items {
            exception.set_field(thread, FIRST, *message);
        }
    } else if family(&SYNTAX_ERROR) {
        syntax::fill(thread, exception, items);
    } else if family(&UNICODE_DECODE_ERROR) {
        unicode::fill(thread, exception, items, is(ids::UNICODE_TRANSLATE_ERROR));
    }
}

//! What the loop's handlers call: one file per family of opcodes.

pub mod arith;
pub mod attr;
pub mod build;
pub mod format;
pub mod function;
pub mod group;
pub mod intrinsic;
pub mod item;
pub mod iter;
pub mod names;
pub mod pattern;
pub mod poll;
pub mod raise;

use dx_object::gc::{Gc, Object};
use dx_object::ids::{self, TypeId};
use dx_object::thread::Thread;
use dx_object::value::Value;
use dx_schemas::opcode::Op;

use crate::code::word::Word;

/// The opcode of a private word.
#[inline(always)]
pub fn op_of(word: Word) -> Op {
    debug_assert!(Op::from_code(word.op()).is_some());
    // SAFETY: translation wrote an opcode there, and `Op` is a byte.
    unsafe { std::mem::transmute::<u8, Op>(word.op()) }
}

/// The object, when it is an instance of exactly this builtin type.
#[inline(always)]
pub fn exactly<T: Object>(value: Value, id: TypeId) -> Option<Gc<T>> {
    match value.header() {
        // SAFETY: exact instances of a builtin type have its layout.
        Some(header) if header.shape() == id.0 => Some(unsafe { Gc::from_raw(value.cell().cast()) }),
        _ => None,
    }
}

/// Operand of LOAD_IMMEDIATE.
#[inline(always)]
pub fn immediate(code: usize) -> Value {
    const TABLE: [Value; 5] = [Value::NONE, Value::TRUE, Value::FALSE, Value::ELLIPSIS, Value::UNBOUND];
    TABLE.get(code).copied().unwrap_or(Value::NONE)
}

/// Operand of LOAD_COMMON.
pub fn common(thread: &Thread, code: usize) -> Value {
    use dx_schemas::opcode::Common;
    match Common::from_code(code as u32) {
        Some(Common::AssertionError) => thread.builtin_type(ids::ASSERTION_ERROR).value(),
        Some(Common::NotImplementedError) => thread.builtin_type(ids::NOT_IMPLEMENTED_ERROR).value(),
        Some(Common::BuiltinTuple) => thread.builtin_type(ids::TUPLE).value(),
        Some(Common::BuiltinAll) => names::builtin(thread, "all"),
        Some(Common::BuiltinAny) => names::builtin(thread, "any"),
        Some(Common::EmptyTuple) => thread.tuple(&[]),
        None => Value::NONE,
    }
}

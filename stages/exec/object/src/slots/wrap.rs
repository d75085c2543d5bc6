//! Calling a slot as the method that `wrapper_descriptor` shows.

use super::table::{SlotDef, Wrap};
use super::{
    BinaryFn, BoolFn, CallFn, CompareFn, ContainsFn, DelFn, DescrGetFn, DescrSetFn, GetAttrFn, HashFn,
    InitFn, LenFn, NextFn, RepeatFn, SetAttrFn, SetItemFn, TernaryFn, UnaryFn,
};
use crate::args::Args;
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::value::Value;

/// Reads the slot's word back as the function it is.
///
/// # Safety
/// `word` was read from a slot of type `Option<F>` and is not zero.
unsafe fn function<F: Copy>(word: usize) -> F {
    const { assert!(size_of::<F>() == size_of::<usize>()) };
    debug_assert!(word != 0);
    // SAFETY: a function pointer of this type by contract.
    unsafe { std::mem::transmute_copy(&word) }
}

/// Calls the function `word` of a row's slot on `object` with the method's arguments.
pub(crate) fn call(
    thread: &Thread,
    row: &'static SlotDef,
    word: usize,
    object: Value,
    args: Args<'_>,
) -> PyResult<Value> {
    let Some(wrap) = row.wrap else { return Err(thread.system_error("slot without wrapper")) };
    if !matches!(wrap, Wrap::Call | Wrap::Init) {
        args.no_keywords(thread, "wrapper")?;
    }
    let count = |least: usize, most: usize| check_count(thread, args, least, most);
    let one = || Ok::<Value, crate::error::Raised>(count(1, 1)?[0]);
    // SAFETY: in all arms the table gives each slot the kind of wrap of its field's type, and the wrapper took the
    // word from that field.
    unsafe {
        match wrap {
            Wrap::Unary => {
                count(0, 0)?;
                function::<UnaryFn>(word)(thread, object)
            }
            Wrap::Hash => {
                count(0, 0)?;
                Ok(thread.int(function::<HashFn>(word)(thread, object)?))
            }
            Wrap::Call => function::<CallFn>(word)(thread, object, args),
            Wrap::Next => {
                count(0, 0)?;
                match function::<NextFn>(word)(thread, object)? {
                    Some(value) => Ok(value),
                    None => Err(thread.stop_iteration(Value::NONE)),
                }
            }
            Wrap::GetAttr => function::<GetAttrFn>(word)(thread, object, one()?),
            Wrap::SetAttr => {
                let args = count(2, 2)?;
                done(function::<SetAttrFn>(word)(thread, object, args[0], Some(args[1])))
            }
            Wrap::DelAttr => done(function::<SetAttrFn>(word)(thread, object, one()?, None)),
            Wrap::Get => {
                let args = count(1, 2)?;
                let owner = args.get(1).copied().unwrap_or(Value::NONE);
                let instance = Some(args[0]).filter(|instance| !instance.is_none());
                if instance.is_none() && owner.is_none() {
                    return Err(thread.type_error("__get__(None, None) is invalid"));
                }
                function::<DescrGetFn>(word)(thread, object, instance, owner)
            }
            Wrap::Set => {
                let args = count(2, 2)?;
                done(function::<DescrSetFn>(word)(thread, object, args[0], Some(args[1])))
            }
            Wrap::Delete => done(function::<DescrSetFn>(word)(thread, object, one()?, None)),
            Wrap::Compare(op) => function::<CompareFn>(word)(thread, object, one()?, op),
            Wrap::Init => done(function::<InitFn>(word)(thread, object, args)),
            Wrap::Bool => {
                count(0, 0)?;
                Ok(Value::bool(function::<BoolFn>(word)(thread, object)?))
            }
            Wrap::Len => {
                count(0, 0)?;
                Ok(thread.int_usize(function::<LenFn>(word)(thread, object)?))
            }
            Wrap::Del => {
                count(0, 0)?;
                done(function::<DelFn>(word)(thread, object))
            }
            Wrap::Binary | Wrap::GetItem => function::<BinaryFn>(word)(thread, object, one()?),
            Wrap::Reflected => function::<BinaryFn>(word)(thread, one()?, object),
            Wrap::Pow => {
                let args = count(1, 2)?;
                function::<TernaryFn>(word)(
                    thread,
                    object,
                    args[0],
                    args.get(1).copied().unwrap_or(Value::NONE),
                )
            }
            Wrap::ReflectedPow => {
                let args = count(1, 2)?;
                function::<TernaryFn>(word)(
                    thread,
                    args[0],
                    object,
                    args.get(1).copied().unwrap_or(Value::NONE),
                )
            }
            Wrap::SetItem => {
                let args = count(2, 2)?;
                done(function::<SetItemFn>(word)(thread, object, args[0], Some(args[1])))
            }
            Wrap::DelItem => done(function::<SetItemFn>(word)(thread, object, one()?, None)),
            Wrap::Contains => Ok(Value::bool(function::<ContainsFn>(word)(thread, object, one()?)?)),
            Wrap::Repeat => {
                let count = thread.index_isize(one()?, ids::OVERFLOW_ERROR)?;
                function::<RepeatFn>(word)(thread, object, count)
            }
        }
    }
}

fn done(result: PyResult<()>) -> PyResult<Value> {
    result.map(|()| Value::NONE)
}

fn check_count<'a>(thread: &Thread, args: Args<'a>, least: usize, most: usize) -> PyResult<&'a [Value]> {
    let given = args.len();
    if given >= least && given <= most {
        return Ok(args.positional());
    }
    let (bound, wanted) = match (least == most, given < least) {
        (true, _) => ("", least),
        (false, true) => ("at least ", least),
        (false, false) => ("at most ", most),
    };
    let plural = if wanted == 1 { "" } else { "s" };
    Err(thread.type_error(format_args!("expected {bound}{wanted} argument{plural}, got {given}")))
}

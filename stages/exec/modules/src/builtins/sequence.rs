//! Functions on any iterable: `len`, `sorted`, `all`, `any`, `iter`.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::list::methods::sort_list;
use dx_object::types::{iterators, list};
use dx_object::value::Value;

pub(super) fn len(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(thread.int_usize(thread.len(args.positional()[0])?))
}

pub(super) fn sorted(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "sort",
        parameters: &["", "key", "reverse"],
        positional_only: 1,
        positional: 1,
        required: 1,
    };
    if args.len() != 1 {
        let given = args.len();
        return Err(thread.type_error(format_args!("sorted expected 1 argument, got {given}")));
    }
    let [iterable, key, reverse] = SIGNATURE.bind(thread, args)?;
    let result = list::new(thread);
    thread.for_each(iterable, |item| result.push(thread, item))?;
    let reverse = reverse.bound().map_or(Ok(false), |reverse| thread.truth(reverse))?;
    sort_list(thread, result, key.bound().filter(|key| !key.is_none()), reverse)?;
    Ok(result.value())
}

/// The first item whose truth is `wanted` ends the look.
fn find(thread: &Thread, iterable: Value, wanted: bool) -> PyResult<bool> {
    let iterator = thread.iter(iterable)?;
    while let Some(item) = thread.next(iterator)? {
        if thread.truth(item)? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn all(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(!find(thread, args.positional()[0], false)?))
}

pub(super) fn any(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    Ok(Value::bool(find(thread, args.positional()[0], true)?))
}

pub(super) fn iter(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let source = args.positional()[0];
    let Some(sentinel) = args.get(1) else { return thread.iter(source) };
    if !thread.is_callable(source) {
        return Err(thread.type_error("iter(v, w): v must be callable"));
    }
    Ok(iterators::new(thread, ids::CALLABLE_ITERATOR, source, 0, sentinel))
}

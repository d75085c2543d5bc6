//! Conversions of arguments that several native modules need.

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::types::int::Int;
use dx_object::value::Value;

/// The name of a value's type, as messages give it.
pub(crate) fn type_name(thread: &Thread, value: Value) -> String {
    thread.type_of(value).name_str()
}

/// A real number as C code takes it: a float, an int that fits, or what has `__float__` or `__index__`.
pub(crate) fn real(thread: &Thread, value: Value) -> PyResult<f64> {
    if let Some(float) = value.as_float() {
        return Ok(float);
    }
    if let Some(int) = value.as_int() {
        return float_of_int(thread, int);
    }
    let class = thread.type_of(value);
    if let Some(float) = class.slots().float {
        let result = float(thread, value)?;
        return match result.as_float() {
            Some(float) => Ok(float),
            None => {
                let (class, given) = (class.name_str(), type_name(thread, result));
                Err(thread.type_error(format_args!("{class}.__float__() must return a float, not {given}")))
            }
        };
    }
    if let Some(index) = class.slots().index
        && let Some(int) = index(thread, value)?.as_int()
    {
        return float_of_int(thread, int);
    }
    let given = class.name_str();
    Err(thread.type_error(format_args!("must be real number, not {given}")))
}

pub(crate) fn float_of_int(thread: &Thread, int: Int) -> PyResult<f64> {
    int.to_f64().ok_or_else(|| thread.overflow_error("int too large to convert to float"))
}

/// `operator.index` as an [`Int`].
pub(crate) fn index(thread: &Thread, value: Value) -> PyResult<Int> {
    let index = thread.index(value)?;
    Ok(dx_object::ops::int_of(index))
}

/// The bytes of a bytes-like object.
pub(crate) fn bytes_like(thread: &Thread, value: Value) -> PyResult<Vec<u8>> {
    match dx_object::types::text::contents(thread, value)? {
        Some(data) => Ok(data),
        None => {
            let given = type_name(thread, value);
            Err(thread.type_error(format_args!("a bytes-like object is required, not '{given}'")))
        }
    }
}

/// A C `int`.
pub(crate) fn c_int(thread: &Thread, value: Value) -> PyResult<i32> {
    match index(thread, value)?.to_i64().map(i32::try_from) {
        Some(Ok(int)) => Ok(int),
        _ => Err(thread.overflow_error("Python int too large to convert to C int")),
    }
}

/// A C `long`.
pub(crate) fn c_long(thread: &Thread, value: Value) -> PyResult<i64> {
    match index(thread, value)?.to_i64() {
        Some(int) => Ok(int),
        None => Err(thread.overflow_error("Python int too large to convert to C long")),
    }
}

/// A float as `repr` shows it.
pub(crate) fn float_text(x: f64) -> String {
    let mut text = String::new();
    dx_text::float::push_repr(&mut text, x);
    text
}

//! UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError: what could not be converted, and where.

use dx_text::{repr, wtf8};

use super::Own;
use super::base::{self, field, get_field};
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::Slots;
use crate::spec::GetSetDef;
use crate::thread::Thread;
use crate::types::exception::ExceptionObject;
use crate::types::memoryview::methods::contents;
use crate::types::support::{index, type_name};
use crate::value::Value;

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

static GETSET: &[GetSetDef] = &[
    field::<ENCODING>("encoding"),
    field::<OBJECT>("object"),
    field::<START>("start"),
    field::<END>("end"),
    field::<REASON>("reason"),
];

static TRANSLATE_GETSET: &[GetSetDef] =
    &[field::<OBJECT>("object"), field::<START>("start"), field::<END>("end"), field::<REASON>("reason")];

pub(super) const DECODE: Own = Own {
    slots: Slots { str: Some(decode_str), init: Some(init), ..Slots::EMPTY },
    methods: &[],
    getset: GETSET,
};

pub(super) const ENCODE: Own = Own {
    slots: Slots { str: Some(encode_str), init: Some(init), ..Slots::EMPTY },
    methods: &[],
    getset: GETSET,
};

pub(super) const TRANSLATE: Own = Own {
    slots: Slots { str: Some(encode_str), init: Some(init), ..Slots::EMPTY },
    methods: &[],
    getset: TRANSLATE_GETSET,
};

pub(super) fn fill(thread: &Thread, exception: Gc<ExceptionObject>, items: &[Value], translates: bool) {
    let first = if translates { OBJECT } else { ENCODING };
    if items.len() == REASON + 1 - first {
        for (index, &item) in items.iter().enumerate() {
            exception.set_field(thread, first + index, item);
        }
    }
}

/// Checks number and types of the arguments, as the constructor alone can: text, data, two ints, text.
fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let class = type_name(thread, value);
    args.no_keywords(thread, &class)?;
    let is = |id| thread.type_of(value).is_subtype(thread.builtin_type(id));
    let first = if is(ids::UNICODE_TRANSLATE_ERROR) { OBJECT } else { ENCODING };
    let (wanted, given) = (REASON + 1 - first, args.len());
    if given != wanted {
        return Err(
            thread.type_error(format_args!("function takes exactly {wanted} arguments ({given} given)"))
        );
    }
    let decodes = is(ids::UNICODE_DECODE_ERROR);
    for (at, &item) in args.positional().iter().enumerate() {
        let number = at + 1;
        let name = || type_name(thread, item);
        match at + first {
            START | END => drop(index(thread, item)?),
            OBJECT if decodes && contents(thread, item)?.is_some() => {}
            OBJECT if decodes => {
                return Err(
                    thread.type_error(format_args!("a bytes-like object is required, not '{}'", name()))
                );
            }
            _ if item.as_str().is_none() => {
                return Err(thread.type_error(format_args!("argument {number} must be str, not {}", name())));
            }
            _ => {}
        }
    }
    base::set_arguments(thread, value, args);
    Ok(())
}

/// Start and end, kept within an object of this length; at least one item when there is any.
fn range(thread: &Thread, value: Value, len: usize) -> PyResult<(usize, usize)> {
    let number = |field: Value| usize::try_from(field.as_small().unwrap_or(0)).unwrap_or(0);
    let start = number(get_field::<START>(thread, value)?).min(len.saturating_sub(1));
    let end = number(get_field::<END>(thread, value)?).clamp(start.min(len), len).max(1.min(len));
    Ok((start, end))
}

fn text_field(thread: &Thread, field: Value) -> PyResult<String> {
    thread.to_text(field)
}

fn decode_str(thread: &Thread, value: Value) -> PyResult<Value> {
    let object = get_field::<OBJECT>(thread, value)?;
    let Some(data) = contents(thread, object)? else {
        return Ok(thread.empty_str());
    };
    let (start, end) = range(thread, value, data.len())?;
    let encoding = text_field(thread, get_field::<ENCODING>(thread, value)?)?;
    let reason = text_field(thread, get_field::<REASON>(thread, value)?)?;
    Ok(thread.str(&match data.get(start) {
        Some(byte) if end == start + 1 => {
            format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
        }
        _ => {
            let last = end.wrapping_sub(1) as isize;
            format!("'{encoding}' codec can't decode bytes in position {start}-{last}: {reason}")
        }
    }))
}

fn encode_str(thread: &Thread, value: Value) -> PyResult<Value> {
    let object = get_field::<OBJECT>(thread, value)?;
    let Some(text) = object.as_str() else { return Ok(thread.empty_str()) };
    let (start, end) = range(thread, value, text.len())?;
    let reason = text_field(thread, get_field::<REASON>(thread, value)?)?;
    let encoding = get_field::<ENCODING>(thread, value)?;
    let what = if encoding.is_none() {
        "can't translate".to_owned()
    } else {
        format!("'{}' codec can't encode", text_field(thread, encoding)?)
    };
    if end == start + 1 && start < text.len() {
        let (point, _) = wtf8::decode(text.bytes(), text.offset_of(thread, start));
        let mut shown = Vec::new();
        repr::push_hex_escape(&mut shown, point);
        let shown = String::from_utf8_lossy(&shown);
        return Ok(thread.str(&format!("{what} character '{shown}' in position {start}: {reason}")));
    }
    let last = end.wrapping_sub(1) as isize;
    Ok(thread.str(&format!("{what} characters in position {start}-{last}: {reason}")))
}

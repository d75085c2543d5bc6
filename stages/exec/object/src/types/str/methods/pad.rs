//! `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.

use dx_text::search::Unit;
use dx_text::{bytes, wtf8};

use super::{same, this};
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::thread::Thread;
use crate::types::str::{StrObject, from_parts, from_wtf8};
use crate::types::support::{size, type_name};
use crate::value::Value;

/// The missing characters up to the width, and the character that fills.
fn missing(thread: &Thread, args: Args<'_>, string: Gc<StrObject>) -> PyResult<(usize, usize, u32)> {
    let width = usize::try_from(size(thread, args.positional()[1])?).unwrap_or(0);
    let fill = match args.get(2) {
        None => u32::from(b' '),
        Some(fill) => match fill.as_str() {
            Some(fill) if fill.len() == 1 => wtf8::decode(fill.bytes(), 0).0,
            Some(_) => {
                return Err(thread.type_error("The fill character must be exactly one character long"));
            }
            None => {
                let name = type_name(thread, fill);
                return Err(thread
                    .type_error(format_args!("The fill character must be a unicode character, not {name}")));
            }
        },
    };
    Ok((width.saturating_sub(string.len()), width, fill))
}

fn padded(thread: &Thread, string: Gc<StrObject>, left: usize, right: usize, fill: u32) -> PyResult<Value> {
    if left == 0 && right == 0 {
        return Ok(same(string));
    }
    let mut text = Vec::new();
    let room = (left + right).checked_mul(wtf8::width_of(fill)).map(|fill| fill + string.bytes().len());
    if room.is_none_or(|room| text.try_reserve_exact(room).is_err()) {
        return Err(thread.memory_error(""));
    }
    (0..left).for_each(|_| wtf8::push(&mut text, fill));
    text.extend_from_slice(string.bytes());
    (0..right).for_each(|_| wtf8::push(&mut text, fill));
    Ok(from_parts(thread, &text, left + string.len() + right).value())
}

pub(super) fn center(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let (missing, width, fill) = missing(thread, args, string)?;
    // The odd one goes to the left when the width is odd too.
    let left = missing / 2 + (missing & width & 1);
    padded(thread, string, left, missing - left, fill)
}

pub(super) fn ljust(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let (missing, _, fill) = missing(thread, args, string)?;
    padded(thread, string, 0, missing, fill)
}

pub(super) fn rjust(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let (missing, _, fill) = missing(thread, args, string)?;
    padded(thread, string, missing, 0, fill)
}

pub(super) fn zfill(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let (missing, _, _) = missing(thread, args, string)?;
    if missing == 0 {
        return Ok(same(string));
    }
    let sign = usize::from(matches!(string.bytes().first(), Some(b'+' | b'-')));
    let mut text = Vec::new();
    if text.try_reserve_exact(missing.saturating_add(string.bytes().len())).is_err() {
        return Err(thread.memory_error(""));
    }
    text.extend_from_slice(&string.bytes()[..sign]);
    text.resize(sign + missing, b'0');
    text.extend_from_slice(&string.bytes()[sign..]);
    Ok(from_parts(thread, &text, string.len() + missing).value())
}

pub(super) fn expandtabs(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "expandtabs",
        parameters: &["tabsize"],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    let string = this(thread, args)?;
    let [tab_size] = SIGNATURE.bind(thread, args.rest())?;
    let tab_size = tab_size.bound().map_or(Ok(8), |value| size(thread, value))?;
    let tab_size = usize::try_from(tab_size).unwrap_or(0);
    let tabs = memchr::memchr_iter(b'\t', string.bytes()).count();
    if tabs.saturating_mul(tab_size) > isize::MAX as usize / 2 {
        return Err(thread.overflow_error("new string is too long"));
    }
    Ok(from_wtf8(thread, &bytes::expand_tabs(string.bytes(), tab_size, Unit::Character)).value())
}

//! SyntaxError: message and place in the source.

use super::Own;
use super::base::{self, field, get_field};
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::Slots;
use crate::spec::GetSetDef;
use crate::thread::{RootVec, Thread};
use crate::types::exception::ExceptionObject;
use crate::types::support::type_name;
use crate::value::Value;

const MESSAGE: usize = 0;
const FILENAME: usize = 1;
const LINE: usize = 2;
/// Filename, line, offset, text, end line, end offset.
const DETAILS: usize = 6;

static GETSET: &[GetSetDef] = &[
    field::<MESSAGE>("msg"),
    field::<FILENAME>("filename"),
    field::<LINE>("lineno"),
    field::<3>("offset"),
    field::<4>("text"),
    field::<5>("end_lineno"),
    field::<6>("end_offset"),
    field::<7>("print_file_and_line"),
    field::<8>("_metadata"),
];

pub(super) const OWN: Own =
    Own { slots: Slots { str: Some(str), init: Some(init), ..Slots::EMPTY }, methods: &[], getset: GETSET };

pub(super) fn fill(thread: &Thread, exception: Gc<ExceptionObject>, items: &[Value]) {
    if let Some(&message) = items.first() {
        exception.set_field(thread, MESSAGE, message);
    }
    if let [_, details] = items
        && let Some(details) = details.tuple_items()
    {
        for (index, &detail) in details.iter().take(DETAILS).enumerate() {
            exception.set_field(thread, FILENAME + index, detail);
        }
    }
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let class = type_name(thread, value);
    args.no_keywords(thread, &class)?;
    if let &[message, details] = args.positional() {
        let mut items = RootVec::new(thread);
        items.extend_iterable(details)?;
        let given = items.len();
        if given < 4 {
            return Err(
                thread.type_error(format_args!("function takes at least 4 arguments ({given} given)"))
            );
        }
        if given > 7 {
            return Err(thread.type_error(format_args!("function takes at most 7 arguments ({given} given)")));
        }
        if given == 5 {
            return Err(thread.type_error("end_offset must be provided when end_lineno is provided"));
        }
        if let Some(this) = value.as_exception() {
            let tuple = thread.try_tuple(&items)?;
            fill(thread, this, &[message, tuple]);
            let arguments = thread.try_tuple(args.positional())?;
            this.store(thread, &this.args, arguments);
        }
        return Ok(());
    }
    base::set_arguments(thread, value, args);
    Ok(())
}

fn str(thread: &Thread, value: Value) -> PyResult<Value> {
    let message = thread.to_str(get_field::<MESSAGE>(thread, value)?)?;
    let filename = get_field::<FILENAME>(thread, value)?;
    let line = get_field::<LINE>(thread, value)?;
    let mut shown = message.str_bytes().unwrap_or_default().to_vec();
    // Only the last part of the path is shown.
    let short = filename.str_bytes().map(|name| {
        let start = memchr::memrchr(b'/', name).map_or(0, |at| at + 1);
        name[start..].to_vec()
    });
    let line = line.as_small();
    match (short, line) {
        (None, None) => return Ok(message),
        (Some(short), None) => shown.extend_from_slice(&[b" (", short.as_slice(), b")"].concat()),
        (None, Some(line)) => shown.extend_from_slice(format!(" (line {line})").as_bytes()),
        (Some(short), Some(line)) => {
            shown.extend_from_slice(&[b" (", short.as_slice(), b", "].concat());
            shown.extend_from_slice(format!("line {line})").as_bytes());
        }
    }
    Ok(thread.str_from_wtf8(&shown))
}

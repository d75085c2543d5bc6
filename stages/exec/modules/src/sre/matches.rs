//! Match objects.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::types::dict;
use dx_object::value::Value;

use super::engine::{Found, NOWHERE};
use super::pattern::{self, GROUPINDEX, INDEXGROUP};
use super::subject::{join, slice};
use super::template;
use crate::wide::{self, Wide};

// Fields: the pattern, the subject, `pos`, `endpos`, the tuple of starts and ends (-1 for none), the last group.
const PATTERN: usize = 0;
const STRING: usize = 1;
const POSITION: usize = 2;
const END: usize = 3;
const SPANS: usize = 4;
const LAST: usize = 5;

pub(super) static MATCH: TypeSpec = TypeSpec {
    module: "re",
    layout: wide::LAYOUT,
    flags: flags::NO_NEW,
    doc: Some(
        "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    ),
    slots: Slots {
        repr: Some(repr),
        getitem: Some(|thread, this, key| {
            let group = index(thread, this, key)?;
            self::group(thread, this, group)
        }),
        ..Slots::EMPTY
    },
    methods: &[
        MethodDef::new("group", Arity::Any, groups_of),
        MethodDef::new("groups", Arity::Any, groups),
        MethodDef::new("groupdict", Arity::Any, groupdict),
        MethodDef::new("start", Arity::Positional(0, 1), |thread, args| {
            bounds(thread, args).map(|(start, _)| start)
        }),
        MethodDef::new("end", Arity::Positional(0, 1), |thread, args| {
            bounds(thread, args).map(|(_, end)| end)
        }),
        MethodDef::new("span", Arity::Positional(0, 1), |thread, args| {
            let (start, end) = bounds(thread, args)?;
            thread.try_tuple(&[start, end])
        }),
        MethodDef::new("expand", Arity::One, expand),
        MethodDef::new("__copy__", Arity::None, |_, args| Ok(args.positional()[0])),
        MethodDef::new("__deepcopy__", Arity::One, |_, args| Ok(args.positional()[0])),
        MethodDef::new("__class_getitem__", Arity::One, crate::generic_alias::class_getitem).class(),
    ],
    getset: &[
        GetSetDef::new("re", |_, this| Ok(field(this, PATTERN)), None),
        GetSetDef::new("string", |_, this| Ok(field(this, STRING)), None),
        GetSetDef::new("pos", |_, this| Ok(field(this, POSITION)), None),
        GetSetDef::new("endpos", |_, this| Ok(field(this, END)), None),
        GetSetDef::new("lastindex", |_, this| Ok(field(this, LAST)), None),
        GetSetDef::new("lastgroup", last_group, None),
        GetSetDef::new("regs", regs, None),
    ],
    ..TypeSpec::new("Match")
};

fn field(value: Value, index: usize) -> Value {
    wide::of(value).map_or(Value::NONE, |this| this.get(index))
}

fn of(thread: &Thread, value: Value) -> PyResult<Gc<Wide>> {
    wide::of(value).ok_or_else(|| thread.type_error("expected a match object"))
}

/// A match object for what the engine found.
pub(super) fn make(
    thread: &Thread,
    pattern: Value,
    string: Value,
    (start, end): (usize, usize),
    found: &Found,
) -> PyResult<Value> {
    let place = |at: usize| if at == NOWHERE { Value::small(-1) } else { thread.int_usize(at) };
    let mut spans = RootVec::new(thread);
    spans.push(place(found.start));
    spans.push(place(found.end));
    for pair in found.marks.chunks(2) {
        // A group that was opened and not closed took no part.
        let whole = pair.iter().all(|&at| at != NOWHERE);
        for &at in pair {
            spans.push(if whole { place(at) } else { Value::small(-1) });
        }
    }
    let spans = thread.try_tuple(&spans)?;
    let last = if found.last_group == 0 { Value::NONE } else { thread.int_usize(found.last_group) };
    let class = thread.spec_type(&MATCH, thread).value();
    wide::make(thread, class, [pattern, string, thread.int_usize(start), thread.int_usize(end), spans, last])
}

fn count(value: Value) -> usize {
    field(value, SPANS).tuple_items().map_or(0, <[Value]>::len) / 2
}

/// Start and end of a group, nothing where it took no part.
fn span(value: Value, group: usize) -> Option<(usize, usize)> {
    let spans = field(value, SPANS);
    let spans = spans.tuple_items()?;
    let start = usize::try_from(spans.get(2 * group)?.as_small()?).ok()?;
    Some((start, spans.get(2 * group + 1)?.as_small()? as usize))
}

/// The text of a group, or None.
pub(super) fn group(thread: &Thread, value: Value, group: usize) -> PyResult<Value> {
    if group >= count(value) {
        return Err(thread.index_error("no such group"));
    }
    match span(value, group) {
        Some((start, end)) => slice(thread, field(value, STRING), start, end),
        None => Ok(Value::NONE),
    }
}

/// The number of a group given by number or name.
fn index(thread: &Thread, value: Value, key: Value) -> PyResult<usize> {
    let number = match thread.type_of(key).slots().index {
        Some(_) => thread.index(key)?.as_small(),
        None => {
            let names = pattern::field(field(value, PATTERN), GROUPINDEX);
            let known = thread.hash(key).is_ok();
            if !known {
                thread.take_exception();
            }
            match names.as_dict().filter(|_| known) {
                Some(names) => names.get(thread, key)?.and_then(Value::as_small),
                None => None,
            }
        }
    };
    match number.and_then(|number| usize::try_from(number).ok()) {
        Some(number) if number < count(value) => Ok(number),
        _ => Err(thread.index_error("no such group")),
    }
}

fn groups_of(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "group")?;
    let this = args.positional()[0];
    match &args.positional()[1..] {
        [] => group(thread, this, 0),
        &[key] => group(thread, this, index(thread, this, key)?),
        keys => {
            let mut items = RootVec::new(thread);
            for &key in keys {
                items.push(group(thread, this, index(thread, this, key)?)?);
            }
            thread.try_tuple(&items)
        }
    }
}

fn default_of(thread: &Thread, args: Args<'_>, function: &'static str) -> PyResult<Value> {
    let signature =
        Signature { function, parameters: &["default"], positional_only: 0, positional: 1, required: 0 };
    let [default] = signature.bind(thread, args.rest())?;
    Ok(default.bound().unwrap_or(Value::NONE))
}

fn groups(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let this = args.positional()[0];
    let default = default_of(thread, args, "groups")?;
    let mut items = RootVec::new(thread);
    for number in 1..count(this) {
        items.push(if span(this, number).is_some() { group(thread, this, number)? } else { default });
    }
    thread.try_tuple(&items)
}

fn groupdict(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let this = args.positional()[0];
    let default = default_of(thread, args, "groupdict")?;
    let result = dict::new(thread);
    let names = pattern::field(field(this, PATTERN), GROUPINDEX);
    if let Some(names) = names.as_dict() {
        for entry in names.iter() {
            let number = entry.value.as_small().unwrap_or(0) as usize;
            let value = if span(this, number).is_some() { group(thread, this, number)? } else { default };
            result.set(thread, entry.key, value)?;
        }
    }
    Ok(result.value())
}

fn bounds(thread: &Thread, args: Args<'_>) -> PyResult<(Value, Value)> {
    let this = args.positional()[0];
    let number = args.get(1).map_or(Ok(0), |key| index(thread, this, key))?;
    Ok(match span(this, number) {
        Some((start, end)) => (thread.int_usize(start), thread.int_usize(end)),
        None => (Value::small(-1), Value::small(-1)),
    })
}

fn expand(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let this = args.positional()[0];
    let template = pattern::template_of(thread, field(this, PATTERN), args.positional()[1])?;
    let mut out = RootVec::new(thread);
    template::expand(thread, template, this, &mut out)?;
    join(thread, field(this, STRING).as_str().is_some(), &out)
}

fn last_group(thread: &Thread, value: Value) -> PyResult<Value> {
    let this = of(thread, value)?;
    let names = pattern::field(this.get(PATTERN), INDEXGROUP);
    let last = this.get(LAST).as_small().unwrap_or(-1);
    let name = usize::try_from(last).ok().and_then(|last| names.tuple_items()?.get(last).copied());
    Ok(name.unwrap_or(Value::NONE))
}

fn regs(thread: &Thread, value: Value) -> PyResult<Value> {
    let spans = of(thread, value)?.get(SPANS);
    let mut pairs = RootVec::new(thread);
    for pair in spans.tuple_items().unwrap_or_default().chunks(2) {
        pairs.push(thread.try_tuple(pair)?);
    }
    thread.try_tuple(&pairs)
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let (start, end) = span(value, 0).unwrap_or_default();
    let text = thread.repr(group(thread, value, 0)?)?;
    let text = thread.to_text(text)?;
    Ok(thread.str_format(format_args!("<re.Match object; span=({start}, {end}), match={text}>")))
}

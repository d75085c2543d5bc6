//! Compiled patterns and what they do: match, search, split, substitute.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::{CompareOp, Slots};
use dx_object::spec::{Arity, GetSetDef, MethodDef, TypeSpec, flags};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

use super::engine::{Found, Query};
use super::program::{Program, translate};
use super::subject::Text;
use super::{matches, template};
use crate::convert::type_name;
use crate::record;
use crate::wide::{self, Store};

// Fields: the address of the program as an int, the pattern, the flags, names and their numbers, and the names by number.
const PROGRAM: usize = 0;
const SOURCE: usize = 1;
const FLAGS: usize = 2;
pub(super) const GROUPINDEX: usize = 3;
pub(super) const INDEXGROUP: usize = 4;
const CODE: usize = 5;

pub(super) static PATTERN: TypeSpec = TypeSpec {
    module: "re",
    layout: wide::LAYOUT,
    flags: flags::NO_NEW | flags::WEAKREF,
    doc: Some("Compiled regular expression object."),
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        del: Some(drop_program),
        ..Slots::EMPTY
    },
    methods: &[
        MethodDef::new("match", Arity::Any, |thread, args| one(thread, args, "match", false, false)),
        MethodDef::new("fullmatch", Arity::Any, |thread, args| one(thread, args, "fullmatch", true, false)),
        MethodDef::new("search", Arity::Any, |thread, args| one(thread, args, "search", false, true)),
        MethodDef::new("findall", Arity::Any, findall),
        MethodDef::new("finditer", Arity::Any, finditer),
        MethodDef::new("scanner", Arity::Any, finditer),
        MethodDef::new("split", Arity::Any, split),
        MethodDef::new("sub", Arity::Any, |thread, args| {
            substitute(thread, args, "sub").map(|(text, _)| text)
        }),
        MethodDef::new("subn", Arity::Any, |thread, args| {
            let (text, count) = substitute(thread, args, "subn")?;
            thread.try_tuple(&[text, thread.int_usize(count)])
        }),
        MethodDef::new("__copy__", Arity::None, |_, args| Ok(args.positional()[0])),
        MethodDef::new("__deepcopy__", Arity::One, |_, args| Ok(args.positional()[0])),
        MethodDef::new("__class_getitem__", Arity::One, crate::generic_alias::class_getitem).class(),
    ],
    getset: &[
        GetSetDef::new("pattern", |_, this| Ok(field(this, SOURCE)), None),
        GetSetDef::new("flags", |_, this| Ok(field(this, FLAGS)), None),
        GetSetDef::new(
            "groups",
            |thread, this| Ok(thread.int_usize(with_program(thread, this, |p| p.groups)?)),
            None,
        ),
        GetSetDef::new("groupindex", groupindex, None),
    ],
    ..TypeSpec::new("Pattern")
};

/// `first` is the pattern, `second` the subject, `third` the tuple of start and end (None when done), `fourth`
/// whether an empty match at the start does not count.
static SCANNER: TypeSpec = TypeSpec {
    module: "_sre",
    layout: record::LAYOUT,
    flags: flags::NO_NEW,
    slots: Slots {
        iter: Some(|_, this| Ok(this)),
        next: Some(|thread, this| scan(thread, this, true)),
        ..Slots::EMPTY
    },
    methods: &[
        MethodDef::new("search", Arity::None, |thread, args| {
            Ok(scan(thread, args.positional()[0], true)?.unwrap_or(Value::NONE))
        }),
        MethodDef::new("match", Arity::None, |thread, args| {
            Ok(scan(thread, args.positional()[0], false)?.unwrap_or(Value::NONE))
        }),
    ],
    getset: &[GetSetDef::new(
        "pattern",
        |_, this| Ok(record::of(this).map_or(Value::NONE, |r| r.first.get())),
        None,
    )],
    ..TypeSpec::new("SRE_Scanner")
};

pub(super) fn field(value: Value, index: usize) -> Value {
    wide::of(value).map_or(Value::NONE, |this| this.get(index))
}

/// `compile(pattern, flags, code, groups, groupindex, indexgroup)`.
pub(super) fn compile(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "compile",
        parameters: &["pattern", "flags", "code", "groups", "groupindex", "indexgroup"],
        positional_only: 0,
        positional: 6,
        required: 6,
    };
    let [source, flags, code, groups, groupindex, indexgroup] = SIGNATURE.bind(thread, args)?;
    let mut words = Vec::new();
    for &word in thread.sequence(code)?.iter() {
        match word.as_int().and_then(dx_object::types::int::Int::to_i64).map(u32::try_from) {
            Some(Ok(word)) => words.push(word),
            _ => return Err(thread.overflow_error("regular expression code size limit exceeded")),
        }
    }
    let groups = thread.index_isize(groups, ids::OVERFLOW_ERROR)?.max(0) as usize;
    let flags = thread.int(i64::from(crate::convert::c_int(thread, flags)?));
    if groupindex.as_dict().is_none() || indexgroup.as_tuple().is_none() || groups > words.len() {
        return Err(thread.runtime_error("invalid SRE code"));
    }
    let Ok(program) = translate(&words, groups) else { return Err(thread.runtime_error("invalid SRE code")) };
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let code = thread.bytes(&bytes)?;
    let class = thread.spec_type(&PATTERN, thread).value();
    let made = wide::make(thread, class, [Value::ZERO, source, flags, groupindex, indexgroup, code])?;
    if let Some(this) = wide::of(made) {
        let address = Box::into_raw(Box::new(program)) as usize;
        this.set(thread, PROGRAM, thread.int_usize(address));
    }
    Ok(made)
}

/// Runs `action` on the pattern's program.
fn with_program<R>(thread: &Thread, pattern: Value, action: impl FnOnce(&Program) -> R) -> PyResult<R> {
    match field(pattern, PROGRAM).as_small() {
        Some(address) if address != 0 && thread.type_of(pattern) == thread.spec_type(&PATTERN, thread) => {
            // SAFETY: `compile` stored the address of a program of its own, which only the pattern's finaliser frees,
            // and that clears the field; the pattern is alive while its method runs.
            Ok(action(unsafe { &*(address as usize as *const Program) }))
        }
        _ => Err(thread.type_error("expected a compiled pattern")),
    }
}

/// The pattern dies: so does its program.
fn drop_program(thread: &Thread, value: Value) -> PyResult<()> {
    if let Some(this) = wide::of(value)
        && let Some(address) = this.get(PROGRAM).as_small().filter(|&address| address != 0)
    {
        this.set(thread, PROGRAM, Value::ZERO);
        // SAFETY: the address came from `Box::into_raw` in `compile` and is read here for the last time.
        drop(unsafe { Box::from_raw(address as usize as *mut Program) });
    }
    Ok(())
}

fn text(thread: &Thread, pattern: Value, string: Value) -> PyResult<Text> {
    let source = field(pattern, SOURCE);
    let wants_str = if source.is_none() { None } else { Some(source.as_str().is_some()) };
    Text::new(thread, string, wants_str)
}

/// `string`, `pos` and `endpos` of a method, the positions within the subject.
fn subject(thread: &Thread, args: Args<'_>, function: &'static str) -> PyResult<(Text, usize, usize)> {
    let signature = Signature {
        function,
        parameters: &["string", "pos", "endpos"],
        positional_only: 0,
        positional: 3,
        required: 1,
    };
    let [string, start, end] = signature.bind(thread, args.rest())?;
    let text = text(thread, args.positional()[0], string)?;
    let place = |value: Value, default: usize| -> PyResult<usize> {
        match value.bound() {
            Some(value) => {
                Ok((thread.index_isize(value, ids::OVERFLOW_ERROR)?.max(0) as usize).min(text.len()))
            }
            None => Ok(default),
        }
    };
    let (start, end) = (place(start, 0)?, place(end, text.len())?);
    Ok((text, start.min(end), end))
}

fn one(thread: &Thread, args: Args<'_>, function: &'static str, full: bool, search: bool) -> PyResult<Value> {
    let pattern = args.positional()[0];
    let (text, start, end) = subject(thread, args, function)?;
    let query = Query { start, end, full, search, advance: false };
    match with_program(thread, pattern, |program| text.find(program, query))? {
        Some(found) => matches::make(thread, pattern, text.value, (start, end), &found),
        None => Ok(Value::NONE),
    }
}

/// Calls `action` for each match in turn until it says no.
fn each(
    thread: &Thread,
    pattern: Value,
    text: &Text,
    (start, end): (usize, usize),
    mut action: impl FnMut(&Found) -> PyResult<bool>,
) -> PyResult<()> {
    let mut query = Query { start, end, full: false, search: true, advance: false };
    while let Some(found) = with_program(thread, pattern, |program| text.find(program, query))? {
        if !action(&found)? {
            break;
        }
        query.advance = found.start == found.end;
        query.start = found.end;
    }
    Ok(())
}

fn findall(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let pattern = args.positional()[0];
    let (text, start, end) = subject(thread, args, "findall")?;
    let mut all = RootVec::new(thread);
    each(thread, pattern, &text, (start, end), |found| {
        let piece = |group: usize| match found.marks.get(2 * group..2 * group + 2) {
            Some(&[from, to]) if from != super::engine::NOWHERE && to != super::engine::NOWHERE => {
                text.slice(thread, from, to)
            }
            _ => text.slice(thread, 0, 0),
        };
        let item = match found.marks.len() / 2 {
            0 => text.slice(thread, found.start, found.end)?,
            1 => piece(0)?,
            groups => {
                let mut items = RootVec::new(thread);
                for group in 0..groups {
                    items.push(piece(group)?);
                }
                thread.try_tuple(&items)?
            }
        };
        all.push(item);
        Ok(true)
    })?;
    thread.list(&all)
}

fn finditer(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (text, start, end) = subject(thread, args, "finditer")?;
    let bounds = thread.try_tuple(&[thread.int_usize(start), thread.int_usize(end)])?;
    let class = thread.spec_type(&SCANNER, thread).value();
    record::make(thread, class, [args.positional()[0], text.value, bounds, Value::FALSE])
}

fn scan(thread: &Thread, scanner: Value, search: bool) -> PyResult<Option<Value>> {
    let Some(this) = record::of(scanner) else { return Ok(None) };
    let bounds = this.third.get();
    let Some(&[start, end]) = bounds.tuple_items() else { return Ok(None) };
    let (pattern, string) = (this.first.get(), this.second.get());
    let place = |value: Value| value.as_small().unwrap_or(0) as usize;
    let text = text(thread, pattern, string)?;
    let advance = this.fourth.get() == Value::TRUE;
    let query = Query { start: place(start), end: place(end), full: false, search, advance };
    let Some(found) = with_program(thread, pattern, |program| text.find(program, query))? else {
        this.third.set(Value::NONE);
        return Ok(None);
    };
    let made = matches::make(thread, pattern, string, (0, place(end)), &found)?;
    let bounds = thread.try_tuple(&[thread.int_usize(found.end), end])?;
    this.store(thread, &this.third, bounds);
    this.fourth.set(Value::bool(found.start == found.end));
    Ok(Some(made))
}

fn split(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "split",
        parameters: &["string", "maxsplit"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [string, most] = SIGNATURE.bind(thread, args.rest())?;
    let most = most.bound().map_or(Ok(0), |most| thread.index_isize(most, ids::OVERFLOW_ERROR))?;
    let pattern = args.positional()[0];
    let text = text(thread, pattern, string)?;
    let mut pieces = RootVec::new(thread);
    let (mut last, mut count) = (0, 0);
    if most >= 0 {
        each(thread, pattern, &text, (0, text.len()), |found| {
            pieces.push(text.slice(thread, last, found.start)?);
            for pair in found.marks.chunks(2) {
                let took_part = pair.iter().all(|&at| at != super::engine::NOWHERE);
                pieces.push(if took_part { text.slice(thread, pair[0], pair[1])? } else { Value::NONE });
            }
            last = found.end;
            count += 1;
            Ok(most == 0 || count < most)
        })?;
    }
    pieces.push(text.slice(thread, last, text.len())?);
    thread.list(&pieces)
}

/// The parsed form of a replacement, from `re`'s own cache.
pub(super) fn template_of(thread: &Thread, pattern: Value, replacement: Value) -> PyResult<Value> {
    let module = (thread.hooks.import.get())(thread, Args::new(&[thread.intern("re")]))?;
    let compile = thread.get_attr_text(module, "_compile_template")?;
    thread.call(compile, &[pattern, replacement])
}

/// What stands for each match.
enum Replacement {
    Literal(Value),
    Template(Value),
    Function(Value),
}

fn replacement(thread: &Thread, pattern: Value, value: Value) -> PyResult<Replacement> {
    if thread.is_callable(value) {
        return Ok(Replacement::Function(value));
    }
    let has_escape = match value.as_str() {
        Some(text) => text.bytes().contains(&b'\\'),
        None => dx_object::types::text::contents(thread, value)?.is_none_or(|data| data.contains(&b'\\')),
    };
    if !has_escape {
        return Ok(Replacement::Literal(value));
    }
    let template = template_of(thread, pattern, value)?;
    Ok(if thread.type_of(template) == thread.spec_type(&template::TEMPLATE, thread) {
        Replacement::Template(template)
    } else {
        Replacement::Literal(template)
    })
}

fn substitute(thread: &Thread, args: Args<'_>, function: &'static str) -> PyResult<(Value, usize)> {
    let signature = Signature {
        function,
        parameters: &["repl", "string", "count"],
        positional_only: 0,
        positional: 3,
        required: 2,
    };
    let [with, string, most] = signature.bind(thread, args.rest())?;
    let most = most.bound().map_or(Ok(0), |most| thread.index_isize(most, ids::OVERFLOW_ERROR))?;
    let pattern = args.positional()[0];
    let text = text(thread, pattern, string)?;
    let replacement = replacement(thread, pattern, with)?;
    let mut pieces = RootVec::new(thread);
    let (mut last, mut count) = (0, 0usize);
    if most >= 0 {
        each(thread, pattern, &text, (0, text.len()), |found| {
            if last < found.start {
                pieces.push(text.slice(thread, last, found.start)?);
            }
            match replacement {
                Replacement::Literal(value) => pieces.push(value),
                Replacement::Template(template) => {
                    let made = matches::make(thread, pattern, string, (0, text.len()), found)?;
                    template::expand(thread, template, made, &mut pieces)?;
                }
                Replacement::Function(function) => {
                    let made = matches::make(thread, pattern, string, (0, text.len()), found)?;
                    let piece = thread.call(function, &[made])?;
                    if !piece.is_none() {
                        pieces.push(piece);
                    }
                }
            }
            last = found.end;
            count += 1;
            Ok(most == 0 || (count as isize) < most)
        })?;
    }
    if count == 0 && string.header().is_some_and(|header| header.shape() == ids::STR.0) {
        return Ok((string, 0));
    }
    if last < text.len() {
        pieces.push(text.slice(thread, last, text.len())?);
    }
    Ok((text.join(thread, &pieces)?, count))
}

fn groupindex(thread: &Thread, value: Value) -> PyResult<Value> {
    let proxy = thread.builtin_type(ids::MAPPING_PROXY).value();
    thread.call(proxy, &[field(value, GROUPINDEX)])
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    Ok(thread.hash(field(value, CODE))?
        ^ thread.hash(field(value, SOURCE))?
        ^ thread.hash(field(value, FLAGS))?)
}

fn compare(thread: &Thread, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
    if thread.type_of(a) != thread.type_of(b) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut equal = type_name(thread, field(a, SOURCE)) == type_name(thread, field(b, SOURCE));
    for index in [FLAGS, CODE, SOURCE] {
        equal = equal && thread.equal(field(a, index), field(b, index))?;
    }
    Ok(Value::bool(equal == (op == CompareOp::Eq)))
}

const FLAG_NAMES: &[(i64, &str)] = &[
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let source = field(value, SOURCE);
    let shown = thread.repr(source)?;
    let shown: String = thread.to_text(shown)?.chars().take(200).collect();
    let mut left = field(value, FLAGS).as_small().unwrap_or(0);
    // A str pattern is a Unicode one unless it says otherwise.
    if source.as_str().is_some() && left & (4 | 32 | 256) == 32 {
        left &= !32;
    }
    let mut names = Vec::new();
    for &(bit, name) in FLAG_NAMES {
        if left & bit != 0 {
            names.push(name.to_owned());
            left &= !bit;
        }
    }
    if left != 0 {
        names.push(format!("{left:#x}"));
    }
    let names = names.join("|");
    let comma = if names.is_empty() { "" } else { ", " };
    Ok(thread.str_format(format_args!("re.compile({shown}{comma}{names})")))
}

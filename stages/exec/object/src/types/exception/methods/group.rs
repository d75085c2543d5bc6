//! Exception groups: construction, `split`, `subgroup`, `derive`.

use super::Own;
use super::base::{self, field, get_field, is_true};
use crate::args::Args;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::Slots;
use crate::spec::{Arity, GetSetDef, MethodDef, flags};
use crate::thread::{RootVec, Thread};
use crate::types::class::TypeObject;
use crate::types::exception::make;
use crate::types::support::{call, is_iterable, type_name};
use crate::value::Value;

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;

static GETSET: &[GetSetDef] = &[
    GetSetDef { set: None, ..field::<MESSAGE>("message") },
    GetSetDef { set: None, ..field::<EXCEPTIONS>("exceptions") },
];

static METHODS: &[MethodDef] = &[
    MethodDef::new("derive", Arity::One, derive),
    MethodDef::new("split", Arity::One, split),
    MethodDef::new("subgroup", Arity::One, subgroup),
];

pub(super) const OWN: Own = Own {
    slots: Slots { str: Some(str), repr: Some(repr), new: Some(new), init: Some(init), ..Slots::EMPTY },
    methods: METHODS,
    getset: GETSET,
};

fn new(thread: &Thread, class: Value, args: Args<'_>) -> PyResult<Value> {
    let Some(class) = class.downcast::<TypeObject>() else {
        return Err(thread.type_error("expected a type"));
    };
    let &[message, exceptions] = args.positional() else {
        let given = args.len();
        return Err(thread.type_error(format_args!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({given} given)"
        )));
    };
    if message.as_str().is_none() {
        let name = type_name(thread, message);
        return Err(thread
            .type_error(format_args!("BaseExceptionGroup.__new__() argument 1 must be str, not {name}")));
    }
    if thread.type_of(exceptions).slots().getitem.is_none() || !is_iterable(thread, exceptions) {
        return Err(thread.type_error("second argument (exceptions) must be a sequence"));
    }
    let mut items = RootVec::new(thread);
    items.extend_iterable(exceptions)?;
    if items.is_empty() {
        return Err(thread.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let exception = thread.builtin_type(ids::EXCEPTION);
    let mut nested_base = false;
    for (index, &item) in items.iter().enumerate() {
        if item.as_exception().is_none() {
            return Err(thread.value_error(format_args!(
                "Item {index} of second argument (exceptions) is not an exception"
            )));
        }
        nested_base |= !thread.type_of(item).is_subtype(exception);
    }
    let class = class_for(thread, class, nested_base)?;
    let value = make(thread, class, args.positional());
    let tuple = thread.try_tuple(&items)?;
    if let Some(this) = value.as_exception() {
        this.set_field(thread, MESSAGE, message);
        this.set_field(thread, EXCEPTIONS, tuple);
    }
    Ok(value)
}

/// The class of the group: one of ordinary exceptions only is an ExceptionGroup.
fn class_for(thread: &Thread, class: Gc<TypeObject>, nested_base: bool) -> PyResult<Gc<TypeObject>> {
    let group = thread.builtin_type(ids::EXCEPTION_GROUP);
    if class == thread.builtin_type(ids::BASE_EXCEPTION_GROUP) {
        return Ok(if nested_base { class } else { group });
    }
    if nested_base && class == group {
        return Err(thread.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    }
    if nested_base && class.has_flag(flags::HEAP) && class.is_subtype(thread.builtin_type(ids::EXCEPTION)) {
        let name = class.name_str();
        return Err(thread.type_error(format_args!("Cannot nest BaseExceptions in '{name}'")));
    }
    Ok(class)
}

fn init(thread: &Thread, value: Value, args: Args<'_>) -> PyResult<()> {
    let class = type_name(thread, value);
    args.no_keywords(thread, &class)?;
    base::set_arguments(thread, value, args);
    Ok(())
}

/// The members of a group; nothing for what is none.
pub(crate) fn members(thread: &Thread, value: Value) -> Option<Value> {
    let class = thread.builtin_type(ids::BASE_EXCEPTION_GROUP);
    let this = value.as_exception().filter(|_| thread.type_of(value).is_subtype(class))?;
    this.field(thread, EXCEPTIONS).bound()
}

fn str(thread: &Thread, value: Value) -> PyResult<Value> {
    let message = thread.to_str(get_field::<MESSAGE>(thread, value)?)?;
    let count = members(thread, value).and_then(|all| all.tuple_items().map(<[Value]>::len)).unwrap_or(0);
    let plural = if count == 1 { "" } else { "s" };
    let end = format!(" ({count} sub-exception{plural})");
    Ok(thread.str_from_wtf8(&[message.str_bytes().unwrap_or_default(), end.as_bytes()].concat()))
}

/// The members are shown as the sequence that was given.
fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let name = type_name(thread, value);
    let message = thread.repr(get_field::<MESSAGE>(thread, value)?)?;
    let args = base::args_of(value);
    let given = args.tuple_items().and_then(|args| args.get(1)).copied();
    let all = members(thread, value).unwrap_or(Value::NONE);
    let shown = match given {
        Some(given) if given.tuple_items().is_some() => all,
        _ => thread.list(all.tuple_items().unwrap_or_default())?,
    };
    let shown = thread.repr(shown)?;
    let parts = [
        name.as_bytes(),
        b"(",
        message.str_bytes().unwrap_or_default(),
        b", ",
        shown.str_bytes().unwrap_or_default(),
        b")",
    ];
    Ok(thread.str_from_wtf8(&parts.concat()))
}

fn derive(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, exceptions] = *args.positional() else { return Ok(Value::NONE) };
    let message = get_field::<MESSAGE>(thread, value)?;
    let class = thread.builtin_type(ids::BASE_EXCEPTION_GROUP).value();
    call(thread, class, &[message, exceptions])
}

/// What decides whether an exception belongs to the wanted half.
enum Matcher {
    /// A class or a tuple of classes.
    Classes(Value),
    Predicate(Value),
}

impl Matcher {
    fn new(thread: &Thread, value: Value) -> PyResult<Matcher> {
        let is_exception_class =
            |value: Value| value.as_type().is_some_and(|class| class.has_flag(flags::IS_EXCEPTION));
        if is_exception_class(value)
            || value.tuple_items().is_some_and(|all| all.iter().all(|&class| is_exception_class(class)))
        {
            return Ok(Matcher::Classes(value));
        }
        if value.as_type().is_none() && thread.is_callable(value) {
            return Ok(Matcher::Predicate(value));
        }
        Err(thread.type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn matches(&self, thread: &Thread, exception: Value) -> PyResult<bool> {
        match *self {
            Matcher::Classes(classes) => thread.isinstance(exception, classes),
            Matcher::Predicate(predicate) => {
                let answer = call(thread, predicate, &[exception])?;
                is_true(thread, answer)
            }
        }
    }
}

/// A group like `original` of these exceptions: the same message, traceback, chain and notes.
fn like(thread: &Thread, original: Value, exceptions: &[Value]) -> PyResult<Value> {
    let names = thread.names();
    let list = thread.list(exceptions)?;
    let derive = thread.intern("derive");
    let made = thread.call_method(original, derive, &[list])?;
    let (Some(from), Some(to)) = (original.as_exception(), made.as_exception()) else {
        return Err(thread.type_error("derive must return an instance of BaseExceptionGroup"));
    };
    if members(thread, made).is_none() {
        return Err(thread.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    to.store(thread, &to.traceback, from.traceback.get());
    to.store(thread, &to.context, from.context.get());
    to.store(thread, &to.cause, from.cause.get());
    to.suppress_context.set(from.suppress_context.get());
    if let Some(notes) = thread.find_attr(original, names.__notes__)? {
        let mut copy = RootVec::new(thread);
        if let Some(notes) = notes.as_list() {
            copy.extend(notes.items());
        }
        let notes = thread.list(&copy)?;
        thread.set_attr(made, names.__notes__, notes)?;
    }
    Ok(made)
}

/// Both halves of an exception: what matches and what does not, None where there is nothing.
fn halves(thread: &Thread, value: Value, matcher: &Matcher, with_rest: bool) -> PyResult<(Value, Value)> {
    thread.check_stack()?;
    if matcher.matches(thread, value)? {
        return Ok((value, Value::NONE));
    }
    let Some(all) = members(thread, value) else { return Ok((Value::NONE, value)) };
    let (mut matched, mut rest) = (RootVec::new(thread), RootVec::new(thread));
    for &member in all.tuple_items().unwrap_or_default() {
        let (yes, no) = halves(thread, member, matcher, with_rest)?;
        if !yes.is_none() {
            matched.push(yes);
        }
        if !no.is_none() {
            rest.push(no);
        }
    }
    let yes = if matched.is_empty() { Value::NONE } else { like(thread, value, &matched)? };
    let no = if rest.is_empty() || !with_rest { Value::NONE } else { like(thread, value, &rest)? };
    Ok((yes, no))
}

/// Splits a group (or a lone exception) by a class, a tuple of classes or a predicate.
pub(crate) fn split_by(thread: &Thread, value: Value, condition: Value) -> PyResult<(Value, Value)> {
    let matcher = Matcher::new(thread, condition)?;
    halves(thread, value, &matcher, true)
}

fn split(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, condition] = *args.positional() else { return Ok(Value::NONE) };
    let (yes, no) = split_by(thread, value, condition)?;
    thread.try_tuple(&[yes, no])
}

fn subgroup(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [value, condition] = *args.positional() else { return Ok(Value::NONE) };
    let matcher = Matcher::new(thread, condition)?;
    Ok(halves(thread, value, &matcher, false)?.0)
}

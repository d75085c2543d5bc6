//! Template strings (PEP 750): the types `Template` and `Interpolation`.

use std::cell::Cell;

use dx_heap::{Header, Kind, KindInfo};
use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::gc::{Gc, Object};
use dx_object::kinds::FIRST_FOREIGN;
use dx_object::slots::Slots;
use dx_object::spec::{GetSetDef, Layout, TypeSpec};
use dx_object::thread::{RootVec, Thread};
use dx_object::value::Value;

const INTERPOLATION: Kind = Kind(FIRST_FOREIGN + 4);
const TEMPLATE: Kind = Kind(FIRST_FOREIGN + 5);

#[repr(C)]
struct Interpolation {
    header: Header,
    value: Cell<Value>,
    expression: Cell<Value>,
    conversion: Cell<Value>,
    format_spec: Cell<Value>,
}

#[repr(C)]
struct Template {
    header: Header,
    /// A tuple with one string more than there are interpolations.
    strings: Cell<Value>,
    interpolations: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Interpolation {
    const KIND: Kind = INTERPOLATION;
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for Template {
    const KIND: Kind = TEMPLATE;
}

pub(crate) fn register(thread: &Thread) {
    thread.heap.set_kind(INTERPOLATION, KindInfo::WORDS);
    thread.heap.set_kind(TEMPLATE, KindInfo::WORDS);
}

/// `string.templatelib.Interpolation`.
pub static INTERPOLATION_SPEC: TypeSpec = TypeSpec {
    module: "string.templatelib",
    layout: Some(Layout::fixed::<Interpolation>()),
    slots: Slots { new: Some(new_interpolation), repr: Some(repr_interpolation), ..Slots::EMPTY },
    getset: &[
        GetSetDef::new("value", |_, i| Ok(of(i, |i: Gc<Interpolation>| i.value.get())), None),
        GetSetDef::new("expression", |_, i| Ok(of(i, |i: Gc<Interpolation>| i.expression.get())), None),
        GetSetDef::new("conversion", |_, i| Ok(of(i, |i: Gc<Interpolation>| i.conversion.get())), None),
        GetSetDef::new("format_spec", |_, i| Ok(of(i, |i: Gc<Interpolation>| i.format_spec.get())), None),
    ],
    ..TypeSpec::new("Interpolation")
};

/// `string.templatelib.Template`.
pub static TEMPLATE_SPEC: TypeSpec = TypeSpec {
    module: "string.templatelib",
    layout: Some(Layout::fixed::<Template>()),
    slots: Slots {
        new: Some(new_template),
        repr: Some(repr_template),
        iter: Some(iterate),
        add: Some(add),
        ..Slots::EMPTY
    },
    getset: &[
        GetSetDef::new("strings", |_, t| Ok(of(t, |t: Gc<Template>| t.strings.get())), None),
        GetSetDef::new("interpolations", |_, t| Ok(of(t, |t: Gc<Template>| t.interpolations.get())), None),
        GetSetDef::new("values", values, None),
    ],
    ..TypeSpec::new("Template")
};

fn of<T: Object>(value: Value, field: impl FnOnce(Gc<T>) -> Value) -> Value {
    value.downcast::<T>().map_or(Value::NONE, field)
}

pub fn interpolation(
    thread: &Thread,
    value: Value,
    expression: Value,
    conversion: Value,
    spec: Value,
) -> PyResult<Value> {
    let class = thread.spec_type(&INTERPOLATION_SPEC, thread);
    let made = dx_object::instance::allocate(thread, class);
    let Some(object) = made.downcast::<Interpolation>() else {
        return Err(thread.system_error("an Interpolation has the wrong layout"));
    };
    object.value.set(value);
    object.expression.set(expression);
    object.conversion.set(conversion);
    object.format_spec.set(spec);
    Ok(made)
}

pub fn template(thread: &Thread, strings: Value, interpolations: Value) -> PyResult<Value> {
    let class = thread.spec_type(&TEMPLATE_SPEC, thread);
    let made = dx_object::instance::allocate(thread, class);
    let Some(object) = made.downcast::<Template>() else {
        return Err(thread.system_error("a Template has the wrong layout"));
    };
    object.strings.set(strings);
    object.interpolations.set(interpolations);
    Ok(made)
}

fn new_interpolation(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    const SIGNATURE: Signature = Signature {
        function: "Interpolation",
        parameters: &["value", "expression", "conversion", "format_spec"],
        positional_only: 0,
        positional: 4,
        required: 1,
    };
    let [value, expression, conversion, spec] = SIGNATURE.bind::<4>(thread, args)?;
    let text = |value: Value| if value.is_unbound() { thread.str("") } else { value };
    let conversion = if conversion.is_unbound() { Value::NONE } else { conversion };
    if !conversion.is_none() && !matches!(conversion.str_bytes(), Some(b"s" | b"r" | b"a")) {
        return Err(
            thread.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")
        );
    }
    interpolation(thread, value, text(expression), conversion, text(spec))
}

/// `Template(*args)`: strings that stand together are joined.
fn new_template(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "Template")?;
    let mut strings: Vec<Vec<u8>> = vec![Vec::new()];
    let mut interpolations = RootVec::new(thread);
    for &arg in args.positional() {
        if let Some(bytes) = arg.str_bytes() {
            if let Some(last) = strings.last_mut() {
                last.extend_from_slice(bytes);
            }
        } else if arg.downcast::<Interpolation>().is_some() {
            interpolations.push(arg);
            strings.push(Vec::new());
        } else {
            let kind = thread.type_of(arg).name_str();
            return Err(thread.type_error(format_args!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {kind}"
            )));
        }
    }
    let mut texts = RootVec::new(thread);
    strings.iter().for_each(|text| texts.push(thread.str_from_wtf8(text)));
    let (texts, interpolations) = (thread.tuple(&texts), thread.tuple(&interpolations));
    template(thread, texts, interpolations)
}

fn repr_interpolation(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = value.downcast::<Interpolation>() else { return Ok(Value::NONE) };
    let mut out = String::from("Interpolation(");
    let parts = [&object.value, &object.expression, &object.conversion, &object.format_spec];
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(&crate::repr_text(thread, part.get())?);
    }
    out.push(')');
    Ok(thread.str(&out))
}

fn repr_template(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = value.downcast::<Template>() else { return Ok(Value::NONE) };
    let strings = crate::repr_text(thread, object.strings.get())?;
    let interpolations = crate::repr_text(thread, object.interpolations.get())?;
    Ok(thread.str(&format!("Template(strings={strings}, interpolations={interpolations})")))
}

fn values(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = value.downcast::<Template>() else { return Ok(Value::NONE) };
    let interpolations = object.interpolations.get();
    let mut all = RootVec::new(thread);
    for item in interpolations.tuple_items().unwrap_or_default() {
        all.push(of(*item, |i: Gc<Interpolation>| i.value.get()));
    }
    Ok(thread.tuple(&all))
}

/// Strings (without the empty ones) and interpolations in their order.
fn iterate(thread: &Thread, value: Value) -> PyResult<Value> {
    let Some(object) = value.downcast::<Template>() else { return Ok(Value::NONE) };
    let (strings, interpolations) = (object.strings.get(), object.interpolations.get());
    let interpolations = interpolations.tuple_items().unwrap_or_default();
    let mut all = RootVec::new(thread);
    for (index, &text) in strings.tuple_items().unwrap_or_default().iter().enumerate() {
        if text.str_bytes().is_some_and(|bytes| !bytes.is_empty()) {
            all.push(text);
        }
        if let Some(&interpolation) = interpolations.get(index) {
            all.push(interpolation);
        }
    }
    let list = thread.list(&all)?;
    thread.iter(list)
}

fn add(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    let (Some(left), Some(right)) = (a.downcast::<Template>(), b.downcast::<Template>()) else {
        if a.downcast::<Template>().is_some() && b.as_str().is_some()
            || b.downcast::<Template>().is_some() && a.as_str().is_some()
        {
            let (first, second) = if a.as_str().is_some() {
                ("str", "string.templatelib.Template")
            } else {
                ("string.templatelib.Template", "str")
            };
            return Err(
                thread.type_error(format_args!("can only concatenate {first} (not \"{second}\") to {first}"))
            );
        }
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (strings, more) = (left.strings.get(), right.strings.get());
    let (strings, more) = (strings.tuple_items().unwrap_or_default(), more.tuple_items().unwrap_or_default());
    let mut all = RootVec::new(thread);
    if let ([head @ .., last], [first, tail @ ..]) = (strings, more) {
        all.extend(head);
        let joined = [last.str_bytes().unwrap_or_default(), first.str_bytes().unwrap_or_default()].concat();
        all.push(thread.str_from_wtf8(&joined));
        all.extend(tail);
    }
    let strings = thread.tuple(&all);
    let mut all = RootVec::new(thread);
    all.extend(left.interpolations.get().tuple_items().unwrap_or_default());
    all.extend(right.interpolations.get().tuple_items().unwrap_or_default());
    let interpolations = thread.tuple(&all);
    template(thread, strings, interpolations)
}

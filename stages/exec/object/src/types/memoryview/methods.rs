//! Methods, attributes and slots of `memoryview`: one dimension of unsigned bytes, strided by slices.

use super::MemoryView;
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::ids;
use crate::slots::{CompareOp, Slots};
use crate::spec::{Arity, GetSetDef, MethodDef};
use crate::thread::Thread;
use crate::types::bytearray::ByteArrayObject;
use crate::types::bytes::methods::byte_of;
use crate::types::slice::SliceObject;
use crate::types::support::{bounds, sequence, size, type_name};
use crate::value::Value;

pub(super) const DOC: Option<&str> =
    Some("memoryview(object)\n--\n\nCreate a new memoryview object which references the given object.");

pub(super) const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(hash),
    compare: Some(compare),
    new: Some(new),
    len: Some(|thread, value| Ok(Window::of(thread, value)?.length)),
    getitem: Some(getitem),
    setitem: Some(setitem),
    ..Slots::EMPTY
};

pub(super) static METHODS: &[MethodDef] = &[
    MethodDef::new("tobytes", Arity::Any, tobytes),
    MethodDef::new("count", Arity::One, |thread, args| {
        let places = places(thread, args)?;
        Ok(Value::small(places.len() as i64))
    }),
    MethodDef::new("index", Arity::Positional(1, 3), index),
    MethodDef::new("tolist", Arity::None, |thread, args| {
        let data = data(thread, args.positional()[0])?;
        let items: Vec<Value> = data.iter().map(|&byte| Value::small(byte.into())).collect();
        thread.list(&items)
    }),
    MethodDef::new("hex", Arity::Any, |thread, args| {
        let data = data(thread, args.positional()[0])?;
        let (separator, group) = crate::types::bytes::methods::hex_arguments(thread, args)?;
        Ok(thread.str(&dx_text::bytes::hex(&data, separator, group)))
    }),
    MethodDef::new("release", Arity::None, release),
    MethodDef::new("toreadonly", Arity::None, toreadonly),
    MethodDef::new("cast", Arity::Positional(1, 2), cast),
    MethodDef::new("__enter__", Arity::None, |thread, args| {
        Window::of(thread, args.positional()[0])?;
        Ok(args.positional()[0])
    }),
    MethodDef::new("__exit__", Arity::Any, release),
];

pub(super) static GETSET: &[GetSetDef] = &[
    GetSetDef::new("obj", |thread, view| Ok(Window::of(thread, view)?.object), None),
    GetSetDef::new("nbytes", |thread, view| Ok(Value::small(Window::of(thread, view)?.length as i64)), None),
    GetSetDef::new("readonly", |thread, view| Ok(Value::bool(Window::of(thread, view)?.readonly)), None),
    GetSetDef::new("format", |thread, _| Ok(thread.str("B")), None),
    GetSetDef::new("itemsize", |_, _| Ok(Value::ONE), None),
    GetSetDef::new("ndim", |_, _| Ok(Value::ONE), None),
    GetSetDef::new(
        "shape",
        |thread, view| {
            let length = Window::of(thread, view)?.length;
            thread.try_tuple(&[Value::small(length as i64)])
        },
        None,
    ),
    GetSetDef::new(
        "strides",
        |thread, view| {
            let step = Window::of(thread, view)?.step;
            thread.try_tuple(&[Value::small(step as i64)])
        },
        None,
    ),
    GetSetDef::new("suboffsets", |thread, _| thread.try_tuple(&[]), None),
    GetSetDef::new(
        "contiguous",
        |thread, view| Ok(Value::bool(Window::of(thread, view)?.is_contiguous())),
        None,
    ),
    GetSetDef::new(
        "c_contiguous",
        |thread, view| Ok(Value::bool(Window::of(thread, view)?.is_contiguous())),
        None,
    ),
    GetSetDef::new(
        "f_contiguous",
        |thread, view| Ok(Value::bool(Window::of(thread, view)?.is_contiguous())),
        None,
    ),
];

/// A view's fields, read.
#[derive(Clone, Copy)]
struct Window {
    object: Value,
    start: isize,
    length: usize,
    step: isize,
    readonly: bool,
}

impl Window {
    fn of(thread: &Thread, value: Value) -> PyResult<Window> {
        let view: Option<Gc<MemoryView>> = value.downcast();
        let Some(view) = view.filter(|view| !view.object.get().is_none()) else {
            return Err(thread.value_error("operation forbidden on released memoryview object"));
        };
        let number = |cell: &std::cell::Cell<Value>| cell.get().as_small().unwrap_or(0);
        Ok(Window {
            object: view.object.get(),
            start: number(&view.start) as isize,
            length: number(&view.length) as usize,
            step: number(&view.step) as isize,
            readonly: view.readonly.get() == Value::TRUE,
        })
    }

    fn make(&self, thread: &Thread) -> Value {
        if let Some(array) = self.object.downcast::<ByteArrayObject>() {
            array.exports.set(array.exports.get() + 1);
        }
        MemoryView::make(
            thread,
            ids::MEMORYVIEW.0,
            self.object,
            Value::small(self.start as i64),
            Value::small(self.length as i64),
            Value::small(self.step as i64),
            Value::NONE,
            Value::bool(self.readonly),
        )
        .value()
    }

    fn is_contiguous(&self) -> bool {
        self.step == 1 || self.length <= 1
    }

    /// The offset of item `index` in the object's bytes.
    fn offset(&self, index: usize) -> usize {
        (self.start + index as isize * self.step) as usize
    }

    fn read(&self) -> Vec<u8> {
        let bytes = self.object.bytes_like().unwrap_or_default();
        if self.step == 1 {
            let start = self.start as usize;
            return bytes.get(start..start + self.length).unwrap_or_default().to_vec();
        }
        (0..self.length).map(|index| bytes.get(self.offset(index)).copied().unwrap_or(0)).collect()
    }
}

/// The bytes that a view shows.
fn data(thread: &Thread, view: Value) -> PyResult<Vec<u8>> {
    Ok(Window::of(thread, view)?.read())
}

fn tobytes(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "tobytes",
        parameters: &["order"],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    let [order] = SIGNATURE.bind(thread, args.rest())?;
    let data = data(thread, args.positional()[0])?;
    match order.bound().filter(|order| !order.is_none()).map(|order| (order, order.as_str())) {
        None => {}
        Some((_, Some(order))) if matches!(order.bytes(), b"C" | b"F" | b"A") => {}
        Some((_, Some(_))) => return Err(thread.value_error("order must be 'C', 'F' or 'A'")),
        Some((order, None)) => {
            let name = type_name(thread, order);
            return Err(
                thread.type_error(format_args!("tobytes() argument 'order' must be str or None, not {name}"))
            );
        }
    }
    thread.bytes(&data)
}

/// Where the bytes are that equal an argument.
fn places(thread: &Thread, args: Args<'_>) -> PyResult<Vec<usize>> {
    let data = data(thread, args.positional()[0])?;
    let mut places = Vec::new();
    for (at, byte) in data.into_iter().enumerate() {
        if thread.equal(Value::small(byte.into()), args.positional()[1])? {
            places.push(at);
        }
    }
    Ok(places)
}

fn index(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let window = Window::of(thread, args.positional()[0])?;
    let (start, end) = bounds(thread, args, 2, window.length)?;
    match places(thread, args)?.into_iter().find(|at| (start..end).contains(at)) {
        Some(at) => Ok(Value::small(at as i64)),
        None => Err(thread.value_error("memoryview.index(x): x not found")),
    }
}

/// The content of any bytes-like object; nothing for others.
pub(in crate::types) fn contents(thread: &Thread, value: Value) -> PyResult<Option<Vec<u8>>> {
    if let Some(data) = value.bytes_like() {
        return Ok(Some(data.to_vec()));
    }
    if value.has_kind::<MemoryView>() { data(thread, value).map(Some) } else { Ok(None) }
}

fn new(thread: &Thread, _: Value, args: Args<'_>) -> PyResult<Value> {
    let [object] = args.expect(thread, "memoryview", 1, 1)? else { return Ok(Value::NONE) };
    if object.has_kind::<MemoryView>() {
        return Ok(Window::of(thread, *object)?.make(thread));
    }
    let Some(bytes) = object.bytes_like() else {
        let name = type_name(thread, *object);
        return Err(
            thread.type_error(format_args!("memoryview: a bytes-like object is required, not '{name}'"))
        );
    };
    let readonly = !object.has_kind::<ByteArrayObject>();
    Ok(Window { object: *object, start: 0, length: bytes.len(), step: 1, readonly }.make(thread))
}

fn repr(thread: &Thread, value: Value) -> PyResult<Value> {
    let released = value.downcast::<MemoryView>().is_some_and(|view| view.object.get().is_none());
    let word = if released { "released memory" } else { "memory" };
    Ok(thread.str(&format!("<{word} at {:#x}>", value.word())))
}

fn hash(thread: &Thread, value: Value) -> PyResult<i64> {
    let window = Window::of(thread, value)?;
    if !window.readonly {
        return Err(thread.value_error("cannot hash writable memoryview object"));
    }
    Ok(thread.hash_key.hash_bytes(&window.read()))
}

fn compare(thread: &Thread, left: Value, right: Value, op: CompareOp) -> PyResult<Value> {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    if left == right {
        return Ok(Value::bool(wanted));
    }
    let a = data(thread, left)?;
    match contents(thread, right)? {
        Some(b) => Ok(Value::bool((a == b) == wanted)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// The place of an index.
fn place(thread: &Thread, window: &Window, key: Value) -> PyResult<usize> {
    if key.as_int().is_none() && thread.type_of(key).slots().index.is_none() {
        return Err(thread.type_error("memoryview: invalid slice key"));
    }
    match sequence::position(size(thread, key)?, window.length) {
        Some(index) => Ok(window.offset(index)),
        None => Err(thread.index_error("index out of bounds on dimension 1")),
    }
}

/// The part of a window that a slice picks.
fn sliced(thread: &Thread, window: &Window, slice: Gc<SliceObject>) -> PyResult<Window> {
    let indices = slice.indices(thread, window.length)?;
    Ok(Window {
        start: window.start + indices.start * window.step,
        length: indices.count,
        step: window.step.saturating_mul(indices.step),
        ..*window
    })
}

fn getitem(thread: &Thread, value: Value, key: Value) -> PyResult<Value> {
    let window = Window::of(thread, value)?;
    if let Some(slice) = key.downcast::<SliceObject>() {
        return Ok(sliced(thread, &window, slice)?.make(thread));
    }
    if key == Value::ELLIPSIS {
        return Ok(value);
    }
    let at = place(thread, &window, key)?;
    let byte = window.object.bytes_like().and_then(|bytes| bytes.get(at).copied()).unwrap_or(0);
    Ok(Value::small(byte.into()))
}

fn setitem(thread: &Thread, value: Value, key: Value, item: Option<Value>) -> PyResult<()> {
    let window = Window::of(thread, value)?;
    let Some(array) = window.object.downcast::<ByteArrayObject>().filter(|_| !window.readonly) else {
        return Err(thread.type_error("cannot modify read-only memory"));
    };
    let Some(item) = item else { return Err(thread.type_error("cannot delete memory")) };
    if let Some(slice) = key.downcast::<SliceObject>() {
        let target = sliced(thread, &window, slice)?;
        let Some(data) = contents(thread, item)? else {
            let name = type_name(thread, item);
            return Err(thread.type_error(format_args!("a bytes-like object is required, not '{name}'")));
        };
        if data.len() != target.length {
            return Err(
                thread.value_error("memoryview assignment: lvalue and rvalue have different structures")
            );
        }
        for (index, byte) in data.into_iter().enumerate() {
            array.set(target.offset(index), byte);
        }
        return Ok(());
    }
    let at = place(thread, &window, key)?;
    if item.as_int().is_none() && thread.type_of(item).slots().index.is_none() {
        return Err(thread.type_error("memoryview: invalid type for format 'B'"));
    }
    let byte = byte_of(thread, item, "byte");
    let Some(byte) = thread.catching(ids::VALUE_ERROR, byte)? else {
        return Err(thread.value_error("memoryview: invalid value for format 'B'"));
    };
    array.set(at, byte);
    Ok(())
}

fn release(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let view: Option<Gc<MemoryView>> = args.positional()[0].downcast();
    if let Some(view) = view {
        if let Some(array) = view.object.get().downcast::<ByteArrayObject>() {
            array.exports.set(array.exports.get().saturating_sub(1));
        }
        view.store(thread, &view.object, Value::NONE);
    }
    Ok(Value::NONE)
}

fn toreadonly(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let window = Window::of(thread, args.positional()[0])?;
    Ok(Window { readonly: true, ..window }.make(thread))
}

/// Only the casts that leave bytes as they are.
fn cast(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let window = Window::of(thread, args.positional()[0])?;
    match args.positional()[1].str_bytes() {
        Some(b"B" | b"@B") if args.len() == 2 => Ok(window.make(thread)),
        Some(_) => Err(thread.not_implemented_error("memoryview: only format B is supported")),
        None => Err(thread.type_error("cast() argument 'format' must be str")),
    }
}

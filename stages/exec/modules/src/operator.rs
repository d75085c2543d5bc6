//! Module `_operator`: the operators as functions, and the three factories of accessors.

mod getters;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ids;
use dx_object::slots::CompareOp;
use dx_object::slots::dispatch::{BinaryOp, UnaryOp};
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::convert::type_name;
use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[OPERATORS, FUNCTIONS],
    types: &[&getters::ITEMGETTER, &getters::ATTRGETTER, &getters::METHODCALLER],
    ..ModuleSpec::new("_operator", "Operator interface.")
};

macro_rules! operators {
    (compare: $($compare:literal $c:ident),*; binary: $($binary:literal $b:ident),*;
     inplace: $($inplace:literal $i:ident),*; unary: $($unary:literal $u:ident),*) => {
        &[
            $(MethodDef::new($compare, Arity::Positional(2, 2), |thread, args| {
                thread.compare(args.positional()[0], args.positional()[1], CompareOp::$c)
            }),)*
            $(MethodDef::new($binary, Arity::Positional(2, 2), |thread, args| {
                thread.binary(BinaryOp::$b, args.positional()[0], args.positional()[1])
            }),)*
            $(MethodDef::new($inplace, Arity::Positional(2, 2), |thread, args| {
                thread.inplace(BinaryOp::$i, args.positional()[0], args.positional()[1])
            }),)*
            $(MethodDef::new($unary, Arity::One, |thread, args| {
                thread.unary(UnaryOp::$u, args.positional()[0])
            }),)*
        ]
    };
}

static OPERATORS: &[MethodDef] = operators! {
    compare: "lt" Lt, "le" Le, "eq" Eq, "ne" Ne, "gt" Gt, "ge" Ge;
    binary: "add" Add, "sub" Sub, "mul" Mul, "matmul" MatMul, "truediv" TrueDiv, "floordiv" FloorDiv, "mod" Rem,
        "pow" Pow, "lshift" LShift, "rshift" RShift, "and_" And, "xor" Xor, "or_" Or;
    inplace: "iadd" Add, "isub" Sub, "imul" Mul, "imatmul" MatMul, "itruediv" TrueDiv, "ifloordiv" FloorDiv,
        "imod" Rem, "ipow" Pow, "ilshift" LShift, "irshift" RShift, "iand" And, "ixor" Xor, "ior" Or;
    unary: "neg" Neg, "pos" Pos, "inv" Invert, "invert" Invert, "abs" Abs
};

static FUNCTIONS: &[MethodDef] = &[
    MethodDef::new("truth", Arity::One, |thread, args| thread.truth(args.positional()[0]).map(Value::bool)),
    MethodDef::new("not_", Arity::One, |thread, args| {
        thread.truth(args.positional()[0]).map(|t| Value::bool(!t))
    }),
    MethodDef::new("is_", Arity::Positional(2, 2), |_, args| Ok(Value::bool(args.get(0) == args.get(1)))),
    MethodDef::new("is_not", Arity::Positional(2, 2), |_, args| Ok(Value::bool(args.get(0) != args.get(1)))),
    MethodDef::new("is_none", Arity::One, |_, args| Ok(Value::bool(args.positional()[0].is_none()))),
    MethodDef::new("is_not_none", Arity::One, |_, args| Ok(Value::bool(!args.positional()[0].is_none()))),
    MethodDef::new("index", Arity::One, |thread, args| thread.index(args.positional()[0])),
    MethodDef::new("concat", Arity::Positional(2, 2), |thread, args| concat(thread, args, false)),
    MethodDef::new("iconcat", Arity::Positional(2, 2), |thread, args| concat(thread, args, true)),
    MethodDef::new("contains", Arity::Positional(2, 2), |thread, args| {
        thread.contains(args.positional()[0], args.positional()[1]).map(Value::bool)
    }),
    MethodDef::new("getitem", Arity::Positional(2, 2), |thread, args| {
        thread.getitem(args.positional()[0], args.positional()[1])
    }),
    MethodDef::new("setitem", Arity::Positional(3, 3), |thread, args| {
        let given = args.positional();
        thread.setitem(given[0], given[1], given[2]).map(|()| Value::NONE)
    }),
    MethodDef::new("delitem", Arity::Positional(2, 2), |thread, args| {
        thread.delitem(args.positional()[0], args.positional()[1]).map(|()| Value::NONE)
    }),
    MethodDef::new("countOf", Arity::Positional(2, 2), count_of),
    MethodDef::new("indexOf", Arity::Positional(2, 2), index_of),
    MethodDef::new("length_hint", Arity::Positional(1, 2), length_hint),
    MethodDef::new("call", Arity::Any, call),
    MethodDef::new("_compare_digest", Arity::Positional(2, 2), compare_digest),
];

fn concat(thread: &Thread, args: Args<'_>, inplace: bool) -> PyResult<Value> {
    let (a, b) = (args.positional()[0], args.positional()[1]);
    let slots = *thread.type_of(a).slots();
    let sequence = slots.concat.is_some() || (slots.getitem.is_some() && slots.add.is_some());
    if !sequence {
        let given = type_name(thread, a);
        return Err(thread.type_error(format_args!("'{given}' object can't be concatenated")));
    }
    if inplace { thread.inplace(BinaryOp::Add, a, b) } else { thread.binary(BinaryOp::Add, a, b) }
}

fn count_of(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let mut count = 0;
    let wanted = args.positional()[1];
    thread.for_each(args.positional()[0], |item| {
        count += i64::from(thread.equal(item, wanted)?);
        Ok(())
    })?;
    Ok(Value::small(count))
}

fn index_of(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let iterator = thread.iter(args.positional()[0])?;
    let mut index = 0;
    while let Some(item) = thread.next(iterator)? {
        if thread.equal(item, args.positional()[1])? {
            return Ok(Value::small(index));
        }
        index += 1;
    }
    Err(thread.value_error("sequence.index(x): x not in sequence"))
}

fn length_hint(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    let default = match args.get(1) {
        Some(default) if default.as_int().is_none() => {
            let given = type_name(thread, default);
            return Err(
                thread.type_error(format_args!("'{given}' object cannot be interpreted as an integer"))
            );
        }
        Some(default) => thread.index_isize(default, ids::OVERFLOW_ERROR)? as i64,
        None => 0,
    };
    if thread.type_of(value).slots().len.is_some() {
        match thread.len(value) {
            Ok(length) => return Ok(thread.int_usize(length)),
            Err(_) if thread.catch(ids::TYPE_ERROR).is_some() => {}
            Err(raised) => return Err(raised),
        }
    }
    let hint = match thread.call_special(value, thread.names().__length_hint__, &[]) {
        Ok(hint) => hint,
        Err(_) if thread.catch(ids::TYPE_ERROR).is_some() => None,
        Err(raised) => return Err(raised),
    };
    match hint {
        None | Some(Value::NOT_IMPLEMENTED) => Ok(thread.int(default)),
        Some(hint) => match hint.as_int() {
            Some(length) if length.is_negative() => {
                Err(thread.value_error("__length_hint__() should return >= 0"))
            }
            Some(_) => Ok(hint),
            None => {
                let given = type_name(thread, hint);
                Err(thread.type_error(format_args!("__length_hint__ must be an integer, not {given}")))
            }
        },
    }
}

fn call(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    match args.get(0) {
        Some(function) => thread.call_args(function, args.rest()),
        None => Err(thread.type_error("call expected at least 1 argument, got 0")),
    }
}

/// Compares in a time that does not depend on where the two differ.
fn compare_digest(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (a, b) = (args.positional()[0], args.positional()[1]);
    let data = |value: Value| -> PyResult<Option<Vec<u8>>> {
        match value.as_str() {
            Some(text) if text.is_ascii() => Ok(Some(text.bytes().to_vec())),
            Some(_) => Err(thread.type_error("comparing strings with non-ASCII characters is not supported")),
            None => dx_object::types::text::contents(thread, value),
        }
    };
    let same_kind = a.as_str().is_some() == b.as_str().is_some();
    let (Some(left), Some(right), true) = (data(a)?, data(b)?, same_kind) else {
        let (a, b) = (type_name(thread, a), type_name(thread, b));
        return Err(thread.type_error(format_args!(
            "unsupported operand types(s) or combination of types: '{a}' and '{b}'"
        )));
    };
    let difference = left.iter().zip(right.iter()).fold(0, |all, (a, b)| all | (a ^ b));
    Ok(Value::bool(left.len() == right.len() && std::hint::black_box(difference) == 0))
}

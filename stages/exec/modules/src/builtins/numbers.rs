//! Arithmetic: `abs`, `divmod`, `pow`, `round`, `sum`.

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::slots::dispatch::{BinaryOp, UnaryOp};
use dx_object::thread::Thread;
use dx_object::types::bytearray::ByteArrayObject;
use dx_object::value::Value;

use super::type_name;

pub(super) fn abs(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    thread.unary(UnaryOp::Abs, args.positional()[0])
}

pub(super) fn divmod(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [a, b] = *args.positional() else { return Ok(Value::NONE) };
    thread.binary(BinaryOp::DivMod, a, b)
}

pub(super) fn pow(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "pow",
        parameters: &["base", "exp", "mod"],
        positional_only: 0,
        positional: 3,
        required: 2,
    };
    let [base, exponent, modulus] = SIGNATURE.bind(thread, args)?;
    thread.pow(base, exponent, modulus.bound().unwrap_or(Value::NONE))
}

pub(super) fn round(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "round",
        parameters: &["number", "ndigits"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [number, digits] = SIGNATURE.bind(thread, args)?;
    let digits = digits.bound().filter(|digits| !digits.is_none());
    let arguments: &[Value] = match &digits {
        Some(digits) => std::slice::from_ref(digits),
        None => &[],
    };
    match thread.call_special(number, thread.names().__round__, arguments)? {
        Some(rounded) => Ok(rounded),
        None => {
            let name = type_name(thread, number);
            Err(thread.type_error(format_args!("type {name} doesn't define __round__ method")))
        }
    }
}

/// A running sum: exact while ints are small, compensated (Neumaier) while floats, then by `+`.
enum Total {
    Int(i64),
    Float { high: f64, low: f64 },
    Any(Value),
}

impl Total {
    fn value(&self, thread: &Thread) -> Value {
        match *self {
            Total::Int(sum) => thread.int(sum),
            Total::Float { high, low } => {
                thread.float(if low != 0.0 && low.is_finite() { high + low } else { high })
            }
            Total::Any(value) => value,
        }
    }

    fn add(&mut self, thread: &Thread, item: Value) -> PyResult<()> {
        match self {
            Total::Int(sum) => {
                if let Some(small) = item.as_small().or_else(|| item.as_bool().map(i64::from))
                    && let Some(next) = sum.checked_add(small)
                {
                    *sum = next;
                    return Ok(());
                }
                if item.is_exact_float()
                    && let Some(float) = item.as_float()
                {
                    *self = Total::Float { high: *sum as f64, low: 0.0 };
                    self.add_float(float);
                    return Ok(());
                }
            }
            Total::Float { .. } => {
                let float =
                    if item.is_exact_float() { item.as_float() } else { item.as_small().map(|n| n as f64) };
                if let Some(float) = float {
                    self.add_float(float);
                    return Ok(());
                }
            }
            Total::Any(_) => {}
        }
        let sum = thread.binary(BinaryOp::Add, self.value(thread), item)?;
        *self = Total::Any(sum);
        Ok(())
    }

    fn add_float(&mut self, float: f64) {
        if let Total::Float { high, low } = self {
            let sum = *high + float;
            *low += if high.abs() >= float.abs() { (*high - sum) + float } else { (float - sum) + *high };
            *high = sum;
        }
    }
}

pub(super) fn sum(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "sum",
        parameters: &["", "start"],
        positional_only: 1,
        positional: 2,
        required: 1,
    };
    let [iterable, start] = SIGNATURE.bind(thread, args)?;
    let start = start.bound().unwrap_or(Value::ZERO);
    let better = if start.as_str().is_some() {
        Some(("strings", "''.join(seq)"))
    } else if start.as_bytes().is_some() {
        Some(("bytes", "b''.join(seq)"))
    } else if start.has_kind::<ByteArrayObject>() {
        Some(("bytearray", "b''.join(seq)"))
    } else {
        None
    };
    if let Some((what, instead)) = better {
        return Err(thread.type_error(format_args!("sum() can't sum {what} [use {instead} instead]")));
    }
    let mut total = match start.as_small() {
        Some(small) => Total::Int(small),
        None => match start.as_float().filter(|_| start.is_exact_float()) {
            Some(high) => Total::Float { high, low: 0.0 },
            None => Total::Any(start),
        },
    };
    thread.for_each(iterable, |item| total.add(thread, item))?;
    Ok(total.value(thread))
}

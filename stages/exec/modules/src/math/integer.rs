//! Functions of ints.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::ops::int_of;
use dx_object::slots::dispatch::BinaryOp;
use dx_object::thread::Thread;
use dx_object::types::int::{Int, arith};
use dx_object::value::Value;

use crate::convert::index;

pub(super) fn gcd(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "math.gcd")?;
    let mut result = Value::ZERO;
    for &arg in args.positional() {
        let arg = thread.index(arg)?;
        result = gcd_of(thread, result, arg)?;
    }
    Ok(result)
}

fn gcd_of(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    if let (Some(a), Some(b)) = (a.as_small(), b.as_small()) {
        let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        return Ok(thread.int_u64(a));
    }
    let (mut a, mut b) = (arith::abs(thread, int_of(a))?, arith::abs(thread, int_of(b))?);
    while b != Value::ZERO {
        (a, b) = (b, arith::rem(thread, int_of(a), int_of(b))?);
        if a.is_small() && b.is_small() {
            return gcd_of(thread, a, b);
        }
    }
    Ok(a)
}

pub(super) fn lcm(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "math.lcm")?;
    let mut result = Value::ONE;
    for &arg in args.positional() {
        let arg = thread.index(arg)?;
        if arg == Value::ZERO || result == Value::ZERO {
            result = Value::ZERO;
            continue;
        }
        let common = gcd_of(thread, result, arg)?;
        let factor = arith::floordiv(thread, int_of(result), int_of(common))?;
        let product = arith::mul(thread, int_of(factor), int_of(arg))?;
        result = arith::abs(thread, int_of(product))?;
    }
    Ok(result)
}

/// The product of `from..=to` by halves, so that factors stay of equal size.
fn product(thread: &Thread, from: i64, to: i64) -> PyResult<Value> {
    if to - from < 8 {
        let mut result = Value::ONE;
        for factor in from..=to {
            result = arith::mul(thread, int_of(result), Int::Small(factor))?;
        }
        return Ok(result);
    }
    let middle = from + (to - from) / 2;
    let (low, high) = (product(thread, from, middle)?, product(thread, middle + 1, to)?);
    arith::mul(thread, int_of(low), int_of(high))
}

pub(super) fn factorial(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let n = index(thread, args.positional()[0])?;
    if n.is_negative() {
        return Err(thread.value_error("factorial() not defined for negative values"));
    }
    match n.to_i64() {
        Some(n) => product(thread, 1, n),
        None => {
            let most = i64::MAX;
            Err(thread.overflow_error(format_args!("factorial() argument should not exceed {most}")))
        }
    }
}

pub(super) fn isqrt(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let n = index(thread, args.positional()[0])?;
    if n.is_negative() {
        return Err(thread.value_error("isqrt() argument must be nonnegative"));
    }
    match n.to_u64() {
        Some(n) => Ok(thread.int_u64(n.isqrt())),
        None => {
            use dashu_int::ops::SquareRoot;
            let root = n.to_big().into_parts().1.sqrt();
            thread.int_ubig(&root)
        }
    }
}

/// `n` and `k` as nonnegative ints, for `comb` and `perm`.
fn pair(thread: &Thread, args: Args<'_>) -> PyResult<(Value, Value)> {
    let (n, k) = (thread.index(args.positional()[0])?, thread.index(args.positional()[1])?);
    for (name, value) in [("n", n), ("k", k)] {
        if int_of(value).is_negative() {
            return Err(thread.value_error(format_args!("{name} must be a non-negative integer")));
        }
    }
    Ok((n, k))
}

pub(super) fn perm(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    if args.get(1).is_none_or(Value::is_none) {
        return factorial(thread, Args::new(&args.positional()[..1]));
    }
    let (n, k) = pair(thread, args)?;
    if int_of(n).compare(int_of(k)).is_lt() {
        return Ok(Value::ZERO);
    }
    let Some(count) = int_of(k).to_i64() else {
        let most = i64::MAX;
        return Err(thread.overflow_error(format_args!("k must not exceed {most}")));
    };
    match n.as_small() {
        Some(n) => product(thread, n - count + 1, n),
        None => falling(thread, n, count),
    }
}

/// `n * (n-1) * ... ` of `count` factors.
fn falling(thread: &Thread, n: Value, count: i64) -> PyResult<Value> {
    let mut result = Value::ONE;
    for i in 0..count {
        let factor = thread.binary(BinaryOp::Sub, n, thread.int(i))?;
        result = arith::mul(thread, int_of(result), int_of(factor))?;
    }
    Ok(result)
}

pub(super) fn comb(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (n, k) = pair(thread, args)?;
    if int_of(n).compare(int_of(k)).is_lt() {
        return Ok(Value::ZERO);
    }
    let rest = arith::sub(thread, int_of(n), int_of(k))?;
    let k = if int_of(rest).compare(int_of(k)).is_lt() { rest } else { k };
    let Some(count) = int_of(k).to_i64() else {
        let most = i64::MAX;
        return Err(thread.overflow_error(format_args!("min(n - k, k) must not exceed {most}")));
    };
    let top = match n.as_small() {
        Some(n) => product(thread, n - count + 1, n)?,
        None => falling(thread, n, count)?,
    };
    let below = product(thread, 1, count)?;
    arith::floordiv(thread, int_of(top), int_of(below))
}

//! Module `math`.

mod gamma;
mod integer;
mod libm;
mod real;
mod series;

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::spec::{Arity, MethodDef};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::convert::{float_text, real as to_real, type_name};
use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[UNARY, FUNCTIONS],
    fill: Some(|thread, dict| {
        let constants = [
            ("pi", std::f64::consts::PI),
            ("e", std::f64::consts::E),
            ("tau", std::f64::consts::TAU),
            ("inf", f64::INFINITY),
            ("nan", f64::NAN),
        ];
        constants.into_iter().try_for_each(|(name, value)| dict.set_text(thread, name, thread.float(value)))
    }),
    ..ModuleSpec::new(
        "math",
        "This module provides access to the mathematical functions\ndefined by the C standard.",
    )
};

/// A function of one float; the error it may raise is decided by the result.
macro_rules! unary {
    ($($name:ident),* $(,)?) => {
        &[$(MethodDef::new(stringify!($name), Arity::One, |thread, args| {
            let x = to_real(thread, args.positional()[0])?;
            real::$name(thread, x).map(|result| thread.float(result))
        })),*]
    };
}

static UNARY: &[MethodDef] = unary![
    acos, acosh, asin, asinh, atan, atanh, cbrt, cos, cosh, degrees, erf, erfc, exp, exp2, expm1, fabs,
    gamma, lgamma, log1p, radians, sin, sinh, sqrt, tan, tanh, ulp
];

static FUNCTIONS: &[MethodDef] = &[
    MethodDef::new("atan2", Arity::Positional(2, 2), |t, a| binary(t, a, |_, x, y| Ok(x.atan2(y)))),
    MethodDef::new("copysign", Arity::Positional(2, 2), |t, a| binary(t, a, |_, x, y| Ok(x.copysign(y)))),
    MethodDef::new("fmod", Arity::Positional(2, 2), |t, a| binary(t, a, real::fmod)),
    MethodDef::new("remainder", Arity::Positional(2, 2), |t, a| binary(t, a, real::remainder)),
    MethodDef::new("pow", Arity::Positional(2, 2), |t, a| binary(t, a, real::pow)),
    MethodDef::new("nextafter", Arity::Any, real::nextafter),
    MethodDef::new("fma", Arity::Positional(3, 3), real::fma),
    MethodDef::new("ldexp", Arity::Positional(2, 2), real::ldexp),
    MethodDef::new("frexp", Arity::One, real::frexp),
    MethodDef::new("modf", Arity::One, real::modf),
    MethodDef::new("isnan", Arity::One, |t, a| test(t, a, f64::is_nan)),
    MethodDef::new("isinf", Arity::One, |t, a| test(t, a, f64::is_infinite)),
    MethodDef::new("isfinite", Arity::One, |t, a| test(t, a, f64::is_finite)),
    MethodDef::new("isclose", Arity::Any, isclose),
    MethodDef::new("log", Arity::Positional(1, 2), log),
    MethodDef::new("log2", Arity::One, |t, a| logarithm(t, a.positional()[0], f64::log2).map(|x| t.float(x))),
    MethodDef::new("log10", Arity::One, |t, a| {
        logarithm(t, a.positional()[0], f64::log10).map(|x| t.float(x))
    }),
    MethodDef::new("ceil", Arity::One, |t, a| round(t, a.positional()[0], t.names().__ceil__, f64::ceil)),
    MethodDef::new("floor", Arity::One, |t, a| round(t, a.positional()[0], t.names().__floor__, f64::floor)),
    MethodDef::new("trunc", Arity::One, trunc),
    MethodDef::new("gcd", Arity::Any, integer::gcd),
    MethodDef::new("lcm", Arity::Any, integer::lcm),
    MethodDef::new("factorial", Arity::One, integer::factorial),
    MethodDef::new("comb", Arity::Positional(2, 2), integer::comb),
    MethodDef::new("perm", Arity::Positional(1, 2), integer::perm),
    MethodDef::new("isqrt", Arity::One, integer::isqrt),
    MethodDef::new("fsum", Arity::One, series::fsum),
    MethodDef::new("prod", Arity::Any, series::prod),
    MethodDef::new("sumprod", Arity::Positional(2, 2), series::sumprod),
    MethodDef::new("hypot", Arity::Any, series::hypot),
    MethodDef::new("dist", Arity::Positional(2, 2), series::dist),
];

fn binary(
    thread: &Thread,
    args: Args<'_>,
    action: fn(&Thread, f64, f64) -> PyResult<f64>,
) -> PyResult<Value> {
    let (x, y) = (to_real(thread, args.positional()[0])?, to_real(thread, args.positional()[1])?);
    action(thread, x, y).map(|result| thread.float(result))
}

fn test(thread: &Thread, args: Args<'_>, action: fn(f64) -> bool) -> PyResult<Value> {
    to_real(thread, args.positional()[0]).map(|x| Value::bool(action(x)))
}

/// A logarithm of a float or of an int of any size.
fn logarithm(thread: &Thread, value: Value, log: fn(f64) -> f64) -> PyResult<f64> {
    let Some(int) = value.as_int() else {
        let x = to_real(thread, value)?;
        if x > 0.0 || x.is_nan() {
            return Ok(log(x));
        }
        let x = float_text(x);
        return Err(thread.value_error(format_args!("expected a positive input, got {x}")));
    };
    if int.is_negative() || int.is_zero() {
        return Err(thread.value_error("expected a positive input"));
    }
    match int.to_f64() {
        Some(x) => Ok(log(x)),
        // What does not fit: the top bits by the function, the rest by its value at two.
        None => {
            let shift = int.bit_length() - 64;
            let top = dx_object::types::int::arith::shr(
                thread,
                int,
                dx_object::types::int::Int::Small(shift as i64),
            )?;
            let top = dx_object::ops::int_of(top).to_f64().unwrap_or(1.0) / 18_446_744_073_709_551_616.0;
            Ok(log(top) + log(2.0) * (shift + 64) as f64)
        }
    }
}

fn log(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let numerator = logarithm(thread, args.positional()[0], f64::ln)?;
    let Some(base) = args.get(1) else { return Ok(thread.float(numerator)) };
    let denominator = logarithm(thread, base, f64::ln)?;
    if denominator == 0.0 {
        return Err(thread.zero_division_error("division by zero"));
    }
    Ok(thread.float(numerator / denominator))
}

/// `floor` and `ceil`: the type's own method, else those of the float.
fn round(thread: &Thread, value: Value, method: Value, action: fn(f64) -> f64) -> PyResult<Value> {
    if !value.is_exact_float()
        && let Some(result) = thread.call_special(value, method, &[])?
    {
        return Ok(result);
    }
    let x = to_real(thread, value)?;
    to_int(thread, action(x))
}

/// The int equal to a float without fraction.
fn to_int(thread: &Thread, x: f64) -> PyResult<Value> {
    if x.abs() < 9.0e18 {
        return Ok(thread.int(x as i64));
    }
    let float = thread.float(x);
    match thread.type_of(float).slots().int {
        Some(int) => int(thread, float),
        None => Err(thread.system_error("float has no __int__")),
    }
}

fn trunc(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let value = args.positional()[0];
    match thread.call_special(value, thread.names().__trunc__, &[])? {
        Some(result) => Ok(result),
        None => {
            let given = type_name(thread, value);
            Err(thread.type_error(format_args!("type {given} doesn't define __trunc__ method")))
        }
    }
}

fn isclose(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "isclose",
        parameters: &["a", "b", "rel_tol", "abs_tol"],
        positional_only: 0,
        positional: 2,
        required: 2,
    };
    let [a, b, relative, absolute] = SIGNATURE.bind(thread, args)?;
    let (a, b) = (to_real(thread, a)?, to_real(thread, b)?);
    let relative = relative.bound().map_or(Ok(1e-9), |value| to_real(thread, value))?;
    let absolute = absolute.bound().map_or(Ok(0.0), |value| to_real(thread, value))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(thread.value_error("tolerances must be non-negative"));
    }
    let difference = (a - b).abs();
    let finite = !a.is_infinite() && !b.is_infinite();
    let close =
        difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute;
    Ok(Value::bool(a == b || finite && close))
}

//! The functions of the C library that Rust's own library does not offer or computes otherwise (the inverse
//! hyperbolic ones lose digits there).

use std::ffi::c_int;

unsafe extern "C" {
    fn erf(x: f64) -> f64;
    fn erfc(x: f64) -> f64;
    fn asinh(x: f64) -> f64;
    fn acosh(x: f64) -> f64;
    fn atanh(x: f64) -> f64;
    fn ldexp(x: f64, exponent: c_int) -> f64;
}

macro_rules! pure {
    ($($name:ident = $function:ident),*) => {
        $(pub(super) fn $name(x: f64) -> f64 {
            // SAFETY: a pure function of a number.
            unsafe { $function(x) }
        })*
    };
}

pure! {
    error_function = erf, error_function_complement = erfc,
    inverse_sinh = asinh, inverse_cosh = acosh, inverse_tanh = atanh
}

/// `x * 2**exponent`, rounded once.
pub(super) fn scale(x: f64, exponent: i32) -> f64 {
    // SAFETY: a pure function of numbers.
    unsafe { ldexp(x, exponent) }
}

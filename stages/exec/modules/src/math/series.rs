//! Sums, products and norms of many numbers, exact where CPython's are.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::slots::dispatch::BinaryOp;
use dx_object::thread::{RootVec, Thread};
use dx_object::types::float;
use dx_object::value::Value;

use super::libm;
use crate::convert::real;

/// A sum without error: partial sums that do not overlap (Shewchuk).
#[derive(Default)]
struct Exact {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
}

enum Refused {
    Overflow,
    OppositeInfinities,
}

impl Exact {
    fn add(&mut self, value: f64) -> Result<(), Refused> {
        let mut x = value;
        let mut kept = 0;
        for at in 0..self.partials.len() {
            let mut y = self.partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                if value.is_finite() {
                    return Err(Refused::Overflow);
                }
                if value.is_infinite() {
                    self.infinities += value;
                }
                self.special += value;
                self.partials.clear();
            } else {
                self.partials.push(x);
            }
        }
        Ok(())
    }

    fn total(mut self) -> Result<f64, Refused> {
        if self.special != 0.0 {
            return if self.infinities.is_nan() {
                Err(Refused::OppositeInfinities)
            } else {
                Ok(self.special)
            };
        }
        let Some(mut high) = self.partials.pop() else { return Ok(0.0) };
        let mut low = 0.0;
        while let Some(y) = self.partials.pop() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Half way cases round by the sign of what is left.
        if let Some(&next) = self.partials.last()
            && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
        {
            let y = low * 2.0;
            let x = high + y;
            if y == x - high {
                high = x;
            }
        }
        Ok(high)
    }
}

pub(super) fn fsum(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let refuse = |refused| match refused {
        Refused::Overflow => thread.overflow_error("intermediate overflow in fsum"),
        Refused::OppositeInfinities => thread.value_error("-inf + inf in fsum"),
    };
    let mut sum = Exact::default();
    thread.for_each(args.positional()[0], |item| {
        let x = real(thread, item)?;
        sum.add(x).map_err(refuse)
    })?;
    sum.total().map(|total| thread.float(total)).map_err(refuse)
}

pub(super) fn prod(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    if args.len() != 1 {
        let given = args.len();
        return Err(
            thread.type_error(format_args!("prod() takes exactly 1 positional argument ({given} given)"))
        );
    }
    let mut result = Value::ONE;
    for (name, value) in args.keywords() {
        if name.str_bytes() != Some(b"start") {
            let name = thread.to_text(name)?;
            return Err(thread.type_error(format_args!("prod() got an unexpected keyword argument '{name}'")));
        }
        result = value;
    }
    thread.for_each(args.positional()[0], |item| {
        result = thread.binary(BinaryOp::Mul, result, item)?;
        Ok(())
    })?;
    Ok(result)
}

pub(super) fn sumprod(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let (p, q) = (thread.sequence(args.positional()[0])?, thread.sequence(args.positional()[1])?);
    if p.len() != q.len() {
        return Err(thread.value_error("Inputs are not the same length"));
    }
    let is_number = |value: &Value| value.is_exact_float() || value.is_exact_int();
    let has_float = p.iter().chain(q.iter()).any(|value| value.is_exact_float());
    if has_float && p.iter().chain(q.iter()).all(is_number) {
        let mut sum = Exact::default();
        let mut exact = true;
        for (&a, &b) in p.iter().zip(q.iter()) {
            let (a, b) = (real(thread, a)?, real(thread, b)?);
            let high = a * b;
            let low = a.mul_add(b, -high);
            exact &= high.is_finite() && sum.add(high).is_ok() && sum.add(low).is_ok();
        }
        if exact && let Ok(total) = sum.total() {
            return Ok(thread.float(total));
        }
    }
    let mut result = Value::ZERO;
    for (&a, &b) in p.iter().zip(q.iter()) {
        let product = thread.binary(BinaryOp::Mul, a, b)?;
        result = thread.binary(BinaryOp::Add, result, product)?;
    }
    Ok(result)
}

/// The Euclidean length, within less than one unit in the last place: scaled by a power of two, squared and summed
/// in twice the precision, the root corrected once.
fn norm(numbers: &[f64]) -> f64 {
    let largest = numbers.iter().fold(0.0, |most: f64, x| if x.abs() > most { x.abs() } else { most });
    if numbers.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if numbers.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 || numbers.len() <= 1 {
        return largest;
    }
    let (_, exponent) = float::frexp(largest);
    if exponent < -1023 {
        let scaled: Vec<f64> = numbers.iter().map(|x| x / f64::MIN_POSITIVE).collect();
        return f64::MIN_POSITIVE * norm(&scaled);
    }
    let (mut sum, mut lost_low, mut lost_high) = (1.0, 0.0, 0.0);
    let mut add = |x: f64| {
        let high = x * x;
        let low = x.mul_add(x, -high);
        let total = sum + high;
        lost_high += high - (total - sum);
        lost_low += low;
        sum = total;
    };
    for &x in numbers {
        add(libm::scale(x, -exponent));
    }
    let root = (sum - 1.0 + (lost_low + lost_high)).sqrt();
    let high = -root * root;
    let low = (-root).mul_add(root, -high);
    let total = sum + high;
    lost_high += high - (total - sum);
    lost_low += low;
    let rest = total - 1.0 + (lost_low + lost_high);
    libm::scale(root + rest / (2.0 * root), exponent)
}

fn reals(thread: &Thread, values: &[Value]) -> PyResult<Vec<f64>> {
    values.iter().map(|&value| real(thread, value)).collect()
}

pub(super) fn hypot(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    args.no_keywords(thread, "math.hypot")?;
    let numbers = reals(thread, args.positional())?;
    Ok(thread.float(norm(&numbers)))
}

pub(super) fn dist(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let point = |value: Value| -> PyResult<Vec<f64>> {
        let mut items = RootVec::new(thread);
        items.extend_iterable(value)?;
        reals(thread, &items)
    };
    let (p, q) = (point(args.positional()[0])?, point(args.positional()[1])?);
    if p.len() != q.len() {
        return Err(thread.value_error("both points must have the same number of dimensions"));
    }
    let numbers: Vec<f64> = p.iter().zip(&q).map(|(a, b)| a - b).collect();
    Ok(thread.float(norm(&numbers)))
}

//! Arithmetic on immediates inline; everything else through the types' slots.
//!
//! A small int's word is `value << 2 | 1`, so sums and comparisons work on words and overflow of the word is overflow
//! of the immediate.

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::value::Value;
use dx_object::{BinaryOp, CompareOp, UnaryOp};

#[inline(always)]
pub fn both_small(a: Value, b: Value) -> bool {
    ((a.word() ^ 1) | (b.word() ^ 1)) & 3 == 0
}

/// For operators that floats have no quick form of.
#[inline(always)]
pub fn none(_: Value, _: Value) -> Option<Value> {
    None
}

#[inline(always)]
pub fn add_small(a: Value, b: Value) -> Option<Value> {
    (a.word() as i64).checked_add(b.word() as i64 - 1).map(|word| Value::from_word(word as u64))
}

#[inline(always)]
pub fn sub_small(a: Value, b: Value) -> Option<Value> {
    (a.word() as i64).checked_sub(b.word() as i64 - 1).map(|word| Value::from_word(word as u64))
}

#[inline(always)]
pub fn mul_small(a: Value, b: Value) -> Option<Value> {
    (a.word() as i64 - 1).checked_mul(b.small_value()).map(|word| Value::from_word(word as u64 | 1))
}

/// True division of ints that floats hold exactly.
#[inline(always)]
pub fn div_small(a: Value, b: Value) -> Option<Value> {
    const EXACT: i64 = 1 << 53;
    let (a, b) = (a.small_value(), b.small_value());
    if b == 0 || !(-EXACT..=EXACT).contains(&a) || !(-EXACT..=EXACT).contains(&b) {
        return None;
    }
    Value::try_float(a as f64 / b as f64)
}

#[inline(always)]
pub fn floordiv_small(a: Value, b: Value) -> Option<Value> {
    let (a, b) = (a.small_value(), b.small_value());
    if b == 0 {
        return None;
    }
    let quotient = a / b;
    Value::try_small(if a % b != 0 && (a ^ b) < 0 { quotient - 1 } else { quotient })
}

#[inline(always)]
pub fn mod_small(a: Value, b: Value) -> Option<Value> {
    let (a, b) = (a.small_value(), b.small_value());
    if b == 0 {
        return None;
    }
    let rest = a % b;
    Some(Value::small(if rest != 0 && (rest ^ b) < 0 { rest + b } else { rest }))
}

#[inline(always)]
pub fn lshift_small(a: Value, b: Value) -> Option<Value> {
    let (a, b) = (a.small_value(), b.small_value());
    if !(0..=60).contains(&b) {
        return None;
    }
    let shifted = a << b;
    if shifted >> b == a { Value::try_small(shifted) } else { None }
}

#[inline(always)]
pub fn rshift_small(a: Value, b: Value) -> Option<Value> {
    let (a, b) = (a.small_value(), b.small_value());
    if b < 0 { None } else { Some(Value::small(a >> b.min(63))) }
}

#[inline(always)]
pub fn and_small(a: Value, b: Value) -> Option<Value> {
    Some(Value::from_word(a.word() & b.word()))
}

#[inline(always)]
pub fn or_small(a: Value, b: Value) -> Option<Value> {
    Some(Value::from_word(a.word() | b.word()))
}

#[inline(always)]
pub fn xor_small(a: Value, b: Value) -> Option<Value> {
    Some(Value::from_word((a.word() ^ b.word()) | 1))
}

#[inline(always)]
pub fn add_float(a: Value, b: Value) -> Option<Value> {
    Value::try_float(a.float_value() + b.float_value())
}

#[inline(always)]
pub fn sub_float(a: Value, b: Value) -> Option<Value> {
    Value::try_float(a.float_value() - b.float_value())
}

#[inline(always)]
pub fn mul_float(a: Value, b: Value) -> Option<Value> {
    Value::try_float(a.float_value() * b.float_value())
}

#[inline(always)]
pub fn div_float(a: Value, b: Value) -> Option<Value> {
    let divisor = b.float_value();
    if divisor == 0.0 { None } else { Value::try_float(a.float_value() / divisor) }
}

macro_rules! operators {
    ($($name:ident = $method:ident $op:ident;)*) => {
        $(
            #[inline(never)]
            pub fn $name(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
                thread.$method(BinaryOp::$op, a, b)
            }
        )*
    };
}

operators! {
    add = binary Add; sub = binary Sub; mul = binary Mul; matmul = binary MatMul; div = binary TrueDiv;
    modulo = binary Rem; lshift = binary LShift; rshift = binary RShift; or = binary Or; xor = binary Xor;
    and = binary And; floordiv = binary FloorDiv;
    add_inplace = inplace Add; sub_inplace = inplace Sub; mul_inplace = inplace Mul; matmul_inplace = inplace MatMul;
    div_inplace = inplace TrueDiv; mod_inplace = inplace Rem; lshift_inplace = inplace LShift;
    rshift_inplace = inplace RShift; or_inplace = inplace Or; xor_inplace = inplace Xor; and_inplace = inplace And;
    floordiv_inplace = inplace FloorDiv;
}

#[inline(never)]
pub fn pow(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    thread.pow(a, b, Value::NONE)
}

#[inline(never)]
pub fn pow_inplace(thread: &Thread, a: Value, b: Value) -> PyResult<Value> {
    thread.inplace(BinaryOp::Pow, a, b)
}

/// `-value`.
#[inline(always)]
pub fn negate(thread: &Thread, value: Value) -> PyResult<Value> {
    if value.is_small()
        && let Some(negated) = Value::try_small(-value.small_value())
    {
        return Ok(negated);
    }
    thread.unary(UnaryOp::Neg, value)
}

/// `bool(a OP b)`.
#[cold]
#[inline(never)]
pub fn test(thread: &Thread, a: Value, b: Value, op: CompareOp) -> PyResult<bool> {
    let answer = thread.compare(a, b, op)?;
    match answer.as_bool() {
        Some(truth) => Ok(truth),
        None => thread.truth(answer),
    }
}

/// `bool(value)` for anything but a bool.
#[inline(always)]
pub fn truth(thread: &Thread, value: Value) -> PyResult<bool> {
    if value.is_none() {
        return Ok(false);
    }
    if value.is_small() {
        return Ok(value != Value::ZERO);
    }
    thread.truth(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ints_follow_python() {
        let small = Value::small;
        assert_eq!(floordiv_small(small(-7), small(2)), Some(small(-4)));
        assert_eq!(mod_small(small(-7), small(2)), Some(small(1)));
        assert_eq!(mod_small(small(7), small(-2)), Some(small(-1)));
        assert_eq!(floordiv_small(small(1), small(0)), None);
        assert_eq!(xor_small(small(6), small(3)), Some(small(5)));
        assert_eq!(and_small(small(-1), small(3)), Some(small(3)));
        assert_eq!(mul_small(small(1 << 40), small(1 << 40)), None);
        assert_eq!(add_small(small(dx_object::value::SMALL_MAX), small(1)), None);
        assert_eq!(sub_small(small(dx_object::value::SMALL_MIN), small(1)), None);
        assert_eq!(lshift_small(small(3), small(4)), Some(small(48)));
        assert_eq!(lshift_small(small(1), small(61)), None);
        assert_eq!(rshift_small(small(-5), small(70)), Some(small(-1)));
        assert_eq!(mul_small(small(-3), small(5)), Some(small(-15)));
    }
}

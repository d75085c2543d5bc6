//! Ints against i128 and `dashu`.

use dashu_int::IBig;
use proptest::prelude::*;

use super::arith;
use crate::interpreter::{Interpreter, Options};
use crate::thread::Thread;
use crate::value::Value;

fn thread() -> Box<Thread> {
    Interpreter::start(Options::default()).unwrap()
}

fn big(value: Value) -> IBig {
    value.as_int().unwrap().to_big()
}

fn floor(a: i128, b: i128) -> (i128, i128) {
    let (quotient, remainder) = (a / b, a % b);
    if remainder != 0 && (remainder < 0) != (b < 0) {
        (quotient - 1, remainder + b)
    } else {
        (quotient, remainder)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arithmetic_equals_i128(pairs in proptest::collection::vec((any::<i64>(), any::<i64>(), 0..64u32, 0..64u32), 1..100)) {
        let thread = thread();
        for (a, b, a_shift, b_shift) in pairs {
            let (a, b) = (i128::from(a >> a_shift), i128::from(b >> b_shift));
            let (x, y) = (thread.int_i128(a).as_int().unwrap(), thread.int_i128(b).as_int().unwrap());
            let eq = |value: Value, expected: i128| {
                let same = thread.int_i128(expected);
                assert_eq!(big(value), IBig::from(expected));
                assert_eq!(value.is_small(), same.is_small());
            };
            eq(arith::add(&thread, x, y).unwrap(), a + b);
            eq(arith::sub(&thread, x, y).unwrap(), a - b);
            eq(arith::mul(&thread, x, y).unwrap(), a * b);
            eq(arith::and(&thread, x, y).unwrap(), a & b);
            eq(arith::or(&thread, x, y).unwrap(), a | b);
            eq(arith::xor(&thread, x, y).unwrap(), a ^ b);
            eq(arith::neg(&thread, x).unwrap(), -a);
            eq(arith::invert(&thread, x).unwrap(), !a);
            prop_assert_eq!(x.compare(y), a.cmp(&b));
            if b != 0 {
                let (quotient, remainder) = floor(a, b);
                eq(arith::floordiv(&thread, x, y).unwrap(), quotient);
                eq(arith::rem(&thread, x, y).unwrap(), remainder);
            }
            prop_assert_eq!(x.to_f64(), Some(a as f64));
        }
    }

    #[test]
    fn large_sums_and_products(limbs in proptest::collection::vec(any::<u64>(), 1..70), other in proptest::collection::vec(any::<u64>(), 1..70), signs: (bool, bool)) {
        let thread = thread();
        let a = super::from_limbs(&thread, &limbs, signs.0).unwrap();
        let b = super::from_limbs(&thread, &other, signs.1).unwrap();
        let (x, y) = (a.as_int().unwrap(), b.as_int().unwrap());
        prop_assert_eq!(big(arith::add(&thread, x, y).unwrap()), big(a) + big(b));
        prop_assert_eq!(big(arith::sub(&thread, x, y).unwrap()), big(a) - big(b));
        prop_assert_eq!(big(arith::mul(&thread, x, y).unwrap()), big(a) * big(b));
    }

    #[test]
    fn quotients_round_as_floats_do(a in 1u64..1 << 53, b in 1u64..1 << 53, shift in 0usize..400) {
        let thread = thread();
        let scaled = |value: u64| thread.int_big(&(IBig::from(value) << shift)).unwrap().as_int().unwrap();
        let quotient = arith::truediv(&thread, scaled(a), scaled(b)).unwrap();
        prop_assert_eq!(quotient, a as f64 / b as f64);
    }
}

#[test]
fn floats_of_wide_ints_round_half_even() {
    let thread = thread();
    for (limbs, expected) in [
        (vec![1, 1 << 53], 166_153_499_473_114_484_112_975_882_535_043_072.0),
        (vec![0, 1], 18_446_744_073_709_551_616.0),
        (vec![u64::MAX], 18_446_744_073_709_551_616.0),
    ] {
        let value = super::from_limbs(&thread, &limbs, false).unwrap();
        assert_eq!(value.as_int().unwrap().to_f64(), Some(expected));
    }
    let huge = thread.int_big(&(IBig::ONE << 1024)).unwrap();
    assert_eq!(huge.as_int().unwrap().to_f64(), None);
}

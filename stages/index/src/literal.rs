//! Literals of patterns as values: which are equal to Python, and how they print.
//!
//! `case {1: a, True: b}` and `case {1.0: a, 1: b}` name one key twice. A key may be a signed number or the sum of a
//! real and an imaginary one; everything else stands in the tree as a constant.

use dx_schemas::tree::node::{Operator, UnaryOperator};
use dx_schemas::tree::{Const, Node, NodeKind};

/// A literal's value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    None,
    Ellipsis,
    Bool(bool),
    /// Sign and magnitude, little-endian.
    Int(bool, &'a [u8]),
    Float(f64),
    Complex(f64, f64),
    Str(&'a [u8]),
    Bytes(&'a [u8]),
}

pub(crate) fn of_constant(constant: Const<'_>) -> Option<Value<'_>> {
    Some(match constant {
        Const::None => Value::None,
        Const::True => Value::Bool(true),
        Const::False => Value::Bool(false),
        Const::Ellipsis => Value::Ellipsis,
        Const::Int(magnitude) => Value::Int(false, magnitude),
        Const::Float(bits) => Value::Float(f64::from_bits(bits)),
        Const::Imaginary(bits) => Value::Complex(0.0, f64::from_bits(bits)),
        Const::Str(text) => Value::Str(text),
        Const::Bytes(bytes) => Value::Bytes(bytes),
    })
}

/// The value of a literal expression as patterns allow it.
pub(crate) fn value(node: Node<'_>) -> Option<Value<'_>> {
    match node.kind() {
        NodeKind::Constant => of_constant(node.constant()?),
        NodeKind::UnaryOp if node.extra() == UnaryOperator::USub as u16 => {
            let [operand] = node.slots();
            match of_constant(operand.constant()?)? {
                Value::Int(negative, magnitude) => {
                    Some(Value::Int(!negative && !magnitude.is_empty(), magnitude))
                }
                Value::Float(value) => Some(Value::Float(-value)),
                Value::Complex(real, imaginary) => Some(Value::Complex(-real, -imaginary)),
                _ => None,
            }
        }
        NodeKind::BinOp => {
            let sign = match Operator::from_code(node.extra())? {
                Operator::Add => 1.0,
                Operator::Sub => -1.0,
                _ => return None,
            };
            let [left, right] = node.slots();
            if left.kind() == NodeKind::BinOp {
                return None;
            }
            let real = as_float(&value(left)?)?;
            match of_constant(right.constant()?)? {
                Value::Complex(_, imaginary) => Some(Value::Complex(real, sign * imaginary)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn as_float(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Int(negative, magnitude) => {
            let value = magnitude.iter().rev().fold(0.0, |value, byte| value * 256.0 + f64::from(*byte));
            Some(if *negative { -value } else { value })
        }
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

/// Python's `==` between literals.
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    let is_whole = |value: &Value<'_>| matches!(value, Value::Int(..) | Value::Bool(_));
    if is_whole(left) && is_whole(right) {
        return whole(left) == whole(right);
    }
    match (complex(left), complex(right)) {
        (Some(left), Some(right)) => left == right,
        (None, None) => left == right,
        _ => false,
    }
}

fn whole<'a>(value: &Value<'a>) -> Option<(bool, &'a [u8])> {
    match value {
        Value::Int(negative, magnitude) => Some((*negative, magnitude)),
        Value::Bool(true) => Some((false, &[1])),
        Value::Bool(false) => Some((false, &[])),
        _ => None,
    }
}

fn complex(value: &Value<'_>) -> Option<(f64, f64)> {
    match value {
        Value::Complex(real, imaginary) => Some((*real, *imaginary)),
        other => as_float(other).map(|real| (real, 0.0)),
    }
}

/// A name in quotes, as `repr()` writes it; names hold no quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("'{name}'")
}

/// `repr()` of a literal, for messages.
pub(crate) fn repr(value: &Value<'_>) -> String {
    match value {
        Value::None => "None".to_owned(),
        Value::Ellipsis => "Ellipsis".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(negative, magnitude) => {
            let sign = if *negative { "-" } else { "" };
            format!("{sign}{}", decimal(magnitude))
        }
        Value::Float(value) => float(*value),
        Value::Complex(real, imaginary) if *real == 0.0 && real.is_sign_positive() => {
            format!("{}j", short(*imaginary))
        }
        Value::Complex(real, imaginary) => {
            let sign = if imaginary.is_sign_negative() { "" } else { "+" };
            format!("({}{sign}{}j)", short(*real), short(*imaginary))
        }
        Value::Str(text) => quoted(&String::from_utf8_lossy(text), ""),
        Value::Bytes(bytes) => quoted(&bytes.escape_ascii().to_string().replace("\\'", "'"), "b"),
    }
}

fn quoted(text: &str, prefix: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = format!("{prefix}{quote}");
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' if prefix.is_empty() => out.push_str("\\\\"),
            other if other == quote => out.extend(['\\', other]),
            other => out.push(other),
        }
    }
    out.push(quote);
    out
}

/// Shortest digits that read back, as `repr()`: exponents have a sign and two digits.
fn float(value: f64) -> String {
    let text = format!("{value:?}");
    match text.split_once('e') {
        None => text,
        Some((digits, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{}e{sign}{exponent:0>2}", digits.trim_end_matches(".0"))
        }
    }
}

/// A part of a complex number: whole ones have no fraction.
fn short(value: f64) -> String {
    let text = float(value);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Decimal digits of a little-endian magnitude.
fn decimal(magnitude: &[u8]) -> String {
    let mut groups: Vec<u32> = Vec::new();
    for byte in magnitude.iter().rev() {
        let mut carry = u64::from(*byte);
        for group in &mut groups {
            let value = u64::from(*group) * 256 + carry;
            *group = (value % 1_000_000_000) as u32;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            groups.push(carry as u32);
        }
    }
    let mut text = groups.last().map_or("0".to_owned(), u32::to_string);
    for group in groups.iter().rev().skip(1) {
        text.push_str(&format!("{group:09}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_across_types() {
        let one = Value::Int(false, &[1]);
        assert!(equal(&one, &Value::Bool(true)));
        assert!(equal(&Value::Float(1.0), &one));
        assert!(equal(&Value::Complex(1.0, 0.0), &one));
        assert!(!equal(&Value::Int(true, &[1]), &one));
        assert!(!equal(&Value::Str(b"1"), &one));
        assert!(equal(&Value::Int(false, &[]), &Value::Bool(false)));
    }

    #[test]
    fn literals_print_as_python_does() {
        for (value, text) in [
            (Value::Int(false, &[0, 0, 0, 0, 0, 0, 0, 0, 1]), "18446744073709551616"),
            (Value::Int(true, &[1]), "-1"),
            (Value::Int(false, &[]), "0"),
            (Value::Float(1.5), "1.5"),
            (Value::Float(1e16), "1e+16"),
            (Value::Float(1.25e-7), "1.25e-07"),
            (Value::Float(1e100), "1e+100"),
            (Value::Complex(0.0, 2.0), "2j"),
            (Value::Complex(1.0, -2.5), "(1-2.5j)"),
            (Value::Str(b"it's"), "\"it's\""),
            (Value::Str(b"a\n\\"), "'a\\n\\\\'"),
            (Value::Bytes(b"\xff'"), "b\"\\xff'\""),
        ] {
            assert_eq!(repr(&value), text);
        }
    }
}

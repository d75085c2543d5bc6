//! Constant expressions: what CPython computes at compile time, within its limits.
//!
//! An expression that would raise, or whose value would be large, is left for the program to run into. Integers beyond
//! 127 bits are left too: the value is the same, only later.

use dx_schemas::code::Constant;
use dx_schemas::fast_map::FastMap;
use dx_schemas::tree::node::{Operator, UnaryOperator};
use dx_schemas::tree::{Const, Node, NodeKind, Tree};

use crate::generator::Generator;

/// A constant value; tuples are pooled item by item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Scalar(Constant),
    Tuple(Vec<Value>),
}

const TEXT_BYTES_MAX: usize = 4096;
const ITEMS_MAX: usize = 256;
const BITS_MAX: u32 = 126;

pub(crate) struct Folder<'a> {
    /// Which nodes have only constants below them.
    constant: Vec<bool>,
    known: FastMap<u32, Option<Value>>,
    debug: bool,
    _tree: Tree<'a>,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(tree: Tree<'a>, optimise: u8) -> Folder<'a> {
        let mut constant = vec![false; tree.node_count()];
        for index in (0..tree.node_count()).rev() {
            let node = tree.node(dx_schemas::tree::NodeId(index as u32));
            constant[index] = match node.kind() {
                NodeKind::Constant => true,
                NodeKind::Name => node.ident() == "__debug__",
                NodeKind::UnaryOp | NodeKind::BinOp | NodeKind::Tuple => {
                    node.children().all(|child| constant[child.id().0 as usize])
                }
                _ => false,
            };
        }
        Folder { constant, known: FastMap::default(), debug: optimise == 0, _tree: tree }
    }

    pub(crate) fn fold(&mut self, node: Node<'_>) -> Option<Value> {
        if !self.constant[node.id().0 as usize] {
            return None;
        }
        match node.kind() {
            NodeKind::Constant => node.constant().map(|constant| Value::Scalar(of_tree(constant))),
            NodeKind::Name => Some(Value::Scalar(if self.debug { Constant::True } else { Constant::False })),
            _ => {
                if let Some(known) = self.known.get(&node.id().0) {
                    return known.clone();
                }
                let value = stacker::maybe_grow(64 << 10, 4 << 20, || self.compute(node));
                self.known.insert(node.id().0, value.clone());
                value
            }
        }
    }

    fn compute(&mut self, node: Node<'_>) -> Option<Value> {
        match node.kind() {
            NodeKind::Tuple => {
                node.children().map(|child| self.fold(child)).collect::<Option<Vec<_>>>().map(Value::Tuple)
            }
            NodeKind::UnaryOp => {
                let [operand] = node.slots();
                unary(UnaryOperator::from_code(node.extra())?, &self.fold(operand)?)
            }
            NodeKind::BinOp => {
                let [left, right] = node.slots();
                let left = self.fold(left)?;
                binary(Operator::from_code(node.extra())?, left, self.fold(right)?)
            }
            _ => None,
        }
    }
}

impl Generator<'_> {
    pub(crate) fn fold(&mut self, node: Node<'_>) -> Option<Value> {
        self.folder.fold(node)
    }

    /// The truth of a constant expression.
    pub(crate) fn constant_truth(&mut self, node: Node<'_>) -> Option<bool> {
        self.fold(node).map(|value| value.is_true())
    }

    /// The value as one pooled constant.
    pub(crate) fn pool_value(&mut self, value: &Value) -> Constant {
        match value {
            Value::Scalar(constant) => constant.clone(),
            Value::Tuple(items) => Constant::Tuple(self.pool_items(items)),
        }
    }

    pub(crate) fn pool_items(&mut self, items: &[Value]) -> Vec<u32> {
        let mut indices = Vec::with_capacity(items.len());
        for item in items {
            let constant = self.pool_value(item);
            indices.push(self.pools.constant(constant));
        }
        indices
    }

    /// A constant that fits the immediate operand of fused instructions.
    pub(crate) fn small_int(&mut self, node: Node<'_>) -> Option<i8> {
        match self.fold(node)? {
            Value::Scalar(constant @ Constant::Int { .. }) => i8::try_from(constant.as_i64()?).ok(),
            _ => None,
        }
    }
}

fn of_tree(constant: Const<'_>) -> Constant {
    match constant {
        Const::None => Constant::None,
        Const::True => Constant::True,
        Const::False => Constant::False,
        Const::Ellipsis => Constant::Ellipsis,
        Const::Int(magnitude) => Constant::Int { negative: false, magnitude: magnitude.to_vec() },
        Const::Float(bits) => Constant::Float(bits),
        Const::Imaginary(imaginary) => Constant::Complex { real: 0, imaginary },
        Const::Str(text) => Constant::Str(text.to_vec()),
        Const::Bytes(bytes) => Constant::Bytes(bytes.to_vec()),
    }
}

impl Value {
    fn is_true(&self) -> bool {
        match self {
            Value::Tuple(items) => !items.is_empty(),
            Value::Scalar(constant) => match constant {
                Constant::None | Constant::False => false,
                Constant::True | Constant::Ellipsis => true,
                Constant::Int { magnitude, .. } => !magnitude.is_empty(),
                Constant::Float(bits) => f64::from_bits(*bits) != 0.0,
                Constant::Complex { real, imaginary } => {
                    f64::from_bits(*real) != 0.0 || f64::from_bits(*imaginary) != 0.0
                }
                Constant::Str(body) | Constant::Bytes(body) => !body.is_empty(),
                Constant::Tuple(items) | Constant::FrozenSet(items) => !items.is_empty(),
            },
        }
    }

    /// Its integer value, also of a bool, where it is not large.
    fn int(&self) -> Option<i128> {
        match self {
            Value::Scalar(Constant::True) => Some(1),
            Value::Scalar(Constant::False) => Some(0),
            Value::Scalar(Constant::Int { negative, magnitude }) if magnitude.len() < 16 => {
                let value = magnitude.iter().rev().fold(0i128, |value, byte| value << 8 | i128::from(*byte));
                Some(if *negative { -value } else { value })
            }
            _ => None,
        }
    }

    /// Its value as a float, exactly.
    fn float(&self) -> Option<f64> {
        match self {
            Value::Scalar(Constant::Float(bits)) => Some(f64::from_bits(*bits)),
            _ => self.int().filter(|value| value.unsigned_abs() <= 1 << 53).map(|value| value as f64),
        }
    }
}

fn int(value: i128) -> Value {
    let bytes = value.unsigned_abs().to_le_bytes();
    let len = 16 - value.unsigned_abs().leading_zeros() as usize / 8;
    Value::Scalar(Constant::Int { negative: value < 0, magnitude: bytes[..len].to_vec() })
}

fn float(value: f64) -> Option<Value> {
    Some(Value::Scalar(Constant::Float(value.to_bits())))
}

fn unary(operator: UnaryOperator, value: &Value) -> Option<Value> {
    use UnaryOperator as U;
    if operator == U::Not {
        return Some(Value::Scalar(if value.is_true() { Constant::False } else { Constant::True }));
    }
    match (operator, value) {
        (U::USub, Value::Scalar(Constant::Int { negative, magnitude })) if !magnitude.is_empty() => {
            Some(Value::Scalar(Constant::Int { negative: !negative, magnitude: magnitude.clone() }))
        }
        (U::USub, Value::Scalar(Constant::Float(bits))) => float(-f64::from_bits(*bits)),
        (U::USub, Value::Scalar(Constant::Complex { real, imaginary })) => {
            let negated = |bits: &u64| (-f64::from_bits(*bits)).to_bits();
            Some(Value::Scalar(Constant::Complex { real: negated(real), imaginary: negated(imaginary) }))
        }
        (U::UAdd, Value::Scalar(Constant::Int { .. } | Constant::Float(_) | Constant::Complex { .. })) => {
            Some(value.clone())
        }
        // `~True` warns, at run time.
        (U::Invert, Value::Scalar(Constant::Int { .. })) => Some(int(!value.int()?)),
        (U::USub | U::UAdd, _) => {
            let value = value.int()?;
            Some(int(if operator == U::USub { -value } else { value }))
        }
        _ => None,
    }
}

fn binary(operator: Operator, left: Value, right: Value) -> Option<Value> {
    if let (Some(left), Some(right)) = (left.int(), right.int()) {
        return integers(operator, left, right);
    }
    if let (Some(left), Some(right)) = (left.float(), right.float()) {
        return floats(operator, left, right);
    }
    match (operator, left, right) {
        (Operator::Add | Operator::Sub, left, Value::Scalar(Constant::Complex { real: 0, imaginary })) => {
            let sign = if operator == Operator::Sub { -1.0 } else { 1.0 };
            let imaginary = (f64::from_bits(imaginary) * sign).to_bits();
            Some(Value::Scalar(Constant::Complex { real: left.float()?.to_bits(), imaginary }))
        }
        (Operator::Add, Value::Scalar(left), Value::Scalar(right)) => {
            let (Constant::Str(a) | Constant::Bytes(a), Constant::Str(b) | Constant::Bytes(b)) =
                (&left, &right)
            else {
                return None;
            };
            let joined = [a.as_slice(), b].concat();
            if joined.len() > TEXT_BYTES_MAX {
                return None;
            }
            match (&left, &right) {
                // Two halves of a surrogate pair stay two characters, which WTF-8 cannot say.
                (Constant::Str(_), Constant::Str(_)) => {
                    dx_schemas::tree::is_wtf8(&joined).then_some(Value::Scalar(Constant::Str(joined)))
                }
                (Constant::Bytes(_), Constant::Bytes(_)) => Some(Value::Scalar(Constant::Bytes(joined))),
                _ => None,
            }
        }
        (Operator::Add, Value::Tuple(mut left), Value::Tuple(right)) => {
            left.extend(right);
            (left.len() <= ITEMS_MAX).then_some(Value::Tuple(left))
        }
        (Operator::Mult, left, right) => match (left.int(), right.int()) {
            (None, Some(count)) => repeated(left, count),
            (Some(count), None) => repeated(right, count),
            _ => None,
        },
        _ => None,
    }
}

fn repeated(value: Value, count: i128) -> Option<Value> {
    let count = usize::try_from(count.max(0)).ok()?;
    let fits = |len: usize, max: usize| len.checked_mul(count).is_some_and(|total| total <= max);
    match value {
        Value::Tuple(items) if fits(items.len(), ITEMS_MAX) => {
            let total = items.len() * count;
            Some(Value::Tuple(items.into_iter().cycle().take(total).collect()))
        }
        Value::Scalar(Constant::Str(text)) if fits(text.len(), TEXT_BYTES_MAX) => {
            let text = text.repeat(count);
            dx_schemas::tree::is_wtf8(&text).then_some(Value::Scalar(Constant::Str(text)))
        }
        Value::Scalar(Constant::Bytes(bytes)) if fits(bytes.len(), TEXT_BYTES_MAX) => {
            Some(Value::Scalar(Constant::Bytes(bytes.repeat(count))))
        }
        _ => None,
    }
}

fn integers(operator: Operator, left: i128, right: i128) -> Option<Value> {
    use Operator as O;
    let bits = |value: i128| 128 - value.unsigned_abs().leading_zeros();
    let floor = || {
        let (quotient, rest) = (left.checked_div(right)?, left.checked_rem(right)?);
        let below = rest != 0 && (rest < 0) != (right < 0);
        Some((quotient - i128::from(below), if below { rest + right } else { rest }))
    };
    let value = match operator {
        O::Add => left.checked_add(right)?,
        O::Sub => left.checked_sub(right)?,
        O::Mult if bits(left) + bits(right) <= BITS_MAX => left * right,
        O::FloorDiv => floor()?.0,
        O::Mod => floor()?.1,
        O::Div => {
            let exact = |value: i128| (value.unsigned_abs() <= 1 << 53).then_some(value as f64);
            let (left, right) = (exact(left)?, exact(right)?);
            return if right == 0.0 { None } else { float(left / right) };
        }
        O::Pow => {
            let exponent = u32::try_from(right).ok()?;
            if bits(left).saturating_mul(exponent) > BITS_MAX {
                return None;
            }
            left.checked_pow(exponent)?
        }
        O::LShift => {
            let by = u32::try_from(right).ok().filter(|by| bits(left).saturating_add(*by) <= BITS_MAX)?;
            left << by
        }
        O::RShift => left >> u32::try_from(right).ok()?.min(127),
        O::BitOr => left | right,
        O::BitXor => left ^ right,
        O::BitAnd => left & right,
        O::Mult | O::MatMult => return None,
    };
    Some(int(value))
}

fn floats(operator: Operator, left: f64, right: f64) -> Option<Value> {
    match operator {
        Operator::Add => float(left + right),
        Operator::Sub => float(left - right),
        Operator::Mult => float(left * right),
        Operator::Div if right != 0.0 => float(left / right),
        _ => None,
    }
}

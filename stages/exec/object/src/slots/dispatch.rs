//! Operators: which operand's slot is asked first, and what is raised when none knows the operands.

use super::{BinaryFn, CompareOp, Slots, TernaryFn};
use crate::error::{PyResult, Raised};
use crate::ids;
use crate::thread::Thread;
use crate::value::Value;

/// The binary operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    MatMul,
    TrueDiv,
    FloorDiv,
    Rem,
    Pow,
    LShift,
    RShift,
    And,
    Xor,
    Or,
    DivMod,
}

impl BinaryOp {
    /// As written, for messages.
    pub const fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::MatMul => "@",
            BinaryOp::TrueDiv => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Rem => "%",
            BinaryOp::Pow => "** or pow()",
            BinaryOp::LShift => "<<",
            BinaryOp::RShift => ">>",
            BinaryOp::And => "&",
            BinaryOp::Xor => "^",
            BinaryOp::Or => "|",
            BinaryOp::DivMod => "divmod()",
        }
    }

    #[inline(always)]
    fn slot(self, slots: &Slots) -> Option<BinaryFn> {
        match self {
            BinaryOp::Add => slots.add,
            BinaryOp::Sub => slots.sub,
            BinaryOp::Mul => slots.mul,
            BinaryOp::MatMul => slots.matmul,
            BinaryOp::TrueDiv => slots.truediv,
            BinaryOp::FloorDiv => slots.floordiv,
            BinaryOp::Rem => slots.rem,
            BinaryOp::LShift => slots.lshift,
            BinaryOp::RShift => slots.rshift,
            BinaryOp::And => slots.and,
            BinaryOp::Xor => slots.xor,
            BinaryOp::Or => slots.or,
            BinaryOp::DivMod => slots.divmod,
            BinaryOp::Pow => None,
        }
    }

    fn inplace_slot(self, slots: &Slots) -> Option<BinaryFn> {
        match self {
            BinaryOp::Add => slots.inplace_add,
            BinaryOp::Sub => slots.inplace_sub,
            BinaryOp::Mul => slots.inplace_mul,
            BinaryOp::MatMul => slots.inplace_matmul,
            BinaryOp::TrueDiv => slots.inplace_truediv,
            BinaryOp::FloorDiv => slots.inplace_floordiv,
            BinaryOp::Rem => slots.inplace_rem,
            BinaryOp::LShift => slots.inplace_lshift,
            BinaryOp::RShift => slots.inplace_rshift,
            BinaryOp::And => slots.inplace_and,
            BinaryOp::Xor => slots.inplace_xor,
            BinaryOp::Or => slots.inplace_or,
            BinaryOp::Pow | BinaryOp::DivMod => None,
        }
    }
}

impl Thread {
    /// `a op b`.
    pub fn binary(&self, op: BinaryOp, a: Value, b: Value) -> PyResult<Value> {
        if op == BinaryOp::Pow {
            return self.pow(a, b, Value::NONE);
        }
        let result = self.try_binary(op, a, b)?;
        if result != Value::NOT_IMPLEMENTED {
            Ok(result)
        } else {
            self.binary_fallback(op, a, b, op.symbol())
        }
    }

    /// Asks the number slots of both operands.
    #[inline]
    fn try_binary(&self, op: BinaryOp, a: Value, b: Value) -> PyResult<Value> {
        let (left_type, right_type) = (self.type_of(a), self.type_of(b));
        let left = op.slot(left_type.slots());
        let mut right = None;
        if left_type != right_type {
            right = op.slot(right_type.slots());
            if right.map(|f| f as usize) == left.map(|f| f as usize) {
                right = None;
            }
        }
        if let Some(left) = left {
            if let Some(first) = right
                && right_type.is_subtype(left_type)
            {
                let result = first(self, a, b)?;
                if result != Value::NOT_IMPLEMENTED {
                    return Ok(result);
                }
                right = None;
            }
            let result = left(self, a, b)?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        match right {
            Some(right) => right(self, a, b),
            None => Ok(Value::NOT_IMPLEMENTED),
        }
    }

    /// Sequences' `+` and `*`, then TypeError.
    #[inline(never)]
    fn binary_fallback(&self, op: BinaryOp, a: Value, b: Value, symbol: &str) -> PyResult<Value> {
        match op {
            BinaryOp::Add => {
                if let Some(concat) = self.type_of(a).slots().concat {
                    return concat(self, a, b);
                }
            }
            BinaryOp::Mul => {
                for (sequence, count) in [(a, b), (b, a)] {
                    if let Some(repeat) = self.type_of(sequence).slots().repeat {
                        return repeat(self, sequence, self.repeat_count(count)?);
                    }
                }
            }
            _ => {}
        }
        Err(self.unsupported(symbol, a, b))
    }

    fn repeat_count(&self, count: Value) -> PyResult<isize> {
        if count.as_int().is_none() && self.type_of(count).slots().index.is_none() {
            let name = self.type_of(count).name_str();
            return Err(self.type_error(format_args!("can't multiply sequence by non-int of type '{name}'")));
        }
        self.index_isize(count, ids::OVERFLOW_ERROR)
    }

    /// "unsupported operand type(s) for +: 'int' and 'str'".
    #[cold]
    pub fn unsupported(&self, symbol: &str, a: Value, b: Value) -> Raised {
        let (left, right) = (self.type_of(a).name_str(), self.type_of(b).name_str());
        self.type_error(format_args!("unsupported operand type(s) for {symbol}: '{left}' and '{right}'"))
    }

    /// `a op= b`: the value to be stored back.
    pub fn inplace(&self, op: BinaryOp, a: Value, b: Value) -> PyResult<Value> {
        if op == BinaryOp::Pow {
            if let Some(pow) = self.type_of(a).slots().inplace_pow {
                let result = pow(self, a, b, Value::NONE)?;
                if result != Value::NOT_IMPLEMENTED {
                    return Ok(result);
                }
            }
            let result = self.try_pow(a, b, Value::NONE)?;
            return if result != Value::NOT_IMPLEMENTED {
                Ok(result)
            } else {
                Err(self.unsupported("**=", a, b))
            };
        }
        if let Some(inplace) = op.inplace_slot(self.type_of(a).slots()) {
            let result = inplace(self, a, b)?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        let result = self.try_binary(op, a, b)?;
        if result != Value::NOT_IMPLEMENTED {
            return Ok(result);
        }
        match op {
            BinaryOp::Add => {
                if let Some(concat) = self.type_of(a).slots().inplace_concat {
                    return concat(self, a, b);
                }
            }
            BinaryOp::Mul => {
                if let Some(repeat) = self.type_of(a).slots().inplace_repeat {
                    return repeat(self, a, self.repeat_count(b)?);
                }
            }
            _ => {}
        }
        self.binary_fallback(op, a, b, &format!("{}=", op.symbol()))
    }

    /// `pow(a, b, c)`; `c` is None for `a ** b`.
    pub fn pow(&self, a: Value, b: Value, c: Value) -> PyResult<Value> {
        let result = self.try_pow(a, b, c)?;
        if result != Value::NOT_IMPLEMENTED {
            return Ok(result);
        }
        if c.is_none() {
            return Err(self.unsupported(BinaryOp::Pow.symbol(), a, b));
        }
        let [x, y, z] = [a, b, c].map(|value| self.type_of(value).name_str());
        Err(self.type_error(format_args!("unsupported operand type(s) for ** or pow(): '{x}', '{y}', '{z}'")))
    }

    fn try_pow(&self, a: Value, b: Value, c: Value) -> PyResult<Value> {
        let (left_type, right_type) = (self.type_of(a), self.type_of(b));
        let left: Option<TernaryFn> = left_type.slots().pow;
        let mut right: Option<TernaryFn> = None;
        if left_type != right_type {
            right = right_type.slots().pow;
            if right.map(|f| f as usize) == left.map(|f| f as usize) {
                right = None;
            }
        }
        let mut order = [left, right];
        if left.is_some() && right.is_some() && right_type.is_subtype(left_type) {
            order.swap(0, 1);
        }
        for slot in order.into_iter().flatten() {
            let result = slot(self, a, b, c)?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        if !c.is_none()
            && let Some(slot) = self.type_of(c).slots().pow
            && !order.contains(&Some(slot))
        {
            return slot(self, a, b, c);
        }
        Ok(Value::NOT_IMPLEMENTED)
    }

    /// `-value`, `+value`, `~value`.
    pub fn unary(&self, op: UnaryOp, value: Value) -> PyResult<Value> {
        let class = self.type_of(value);
        let slot = match op {
            UnaryOp::Neg => class.slots().neg,
            UnaryOp::Pos => class.slots().pos,
            UnaryOp::Invert => class.slots().invert,
            UnaryOp::Abs => class.slots().abs,
        };
        match slot {
            Some(slot) => slot(self, value),
            None => {
                let (symbol, name) = (op.symbol(), class.name_str());
                Err(self.type_error(format_args!("bad operand type for {symbol}: '{name}'")))
            }
        }
    }

    /// `a op b` for a comparison: any value.
    pub fn compare(&self, a: Value, b: Value, op: CompareOp) -> PyResult<Value> {
        self.check_stack()?;
        let (left_type, right_type) = (self.type_of(a), self.type_of(b));
        let (left, right) = (left_type.slots().compare, right_type.slots().compare);
        let mut asked_right = false;
        if left_type != right_type
            && right_type.is_subtype(left_type)
            && let Some(right) = right
        {
            asked_right = true;
            let result = right(self, b, a, op.swapped())?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        if let Some(left) = left {
            let result = left(self, a, b, op)?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        if let Some(right) = right
            && !asked_right
        {
            let result = right(self, b, a, op.swapped())?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
        match op {
            CompareOp::Eq => Ok(Value::bool(a == b)),
            CompareOp::Ne => Ok(Value::bool(a != b)),
            _ => {
                let (symbol, left, right) = (op.symbol(), left_type.name_str(), right_type.name_str());
                Err(self.type_error(format_args!(
                    "'{symbol}' not supported between instances of '{left}' and '{right}'"
                )))
            }
        }
    }
}

/// The unary operators that are slots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum UnaryOp {
    Neg,
    Pos,
    Invert,
    Abs,
}

impl UnaryOp {
    pub const fn symbol(self) -> &'static str {
        match self {
            UnaryOp::Neg => "unary -",
            UnaryOp::Pos => "unary +",
            UnaryOp::Invert => "unary ~",
            UnaryOp::Abs => "abs()",
        }
    }
}

//! Type slots: one native function per operation, filled by inheritance and corrected when a dunder changes.
//!
//! The struct is a row of nullable function pointers, so that inheritance treats it as an array of words.

pub mod dispatch;
pub mod inherit;
pub mod python;
pub mod table;
pub mod wrap;

use crate::args::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Value;

pub type UnaryFn = fn(&Thread, Value) -> PyResult<Value>;
/// Both operands in source order; answers [`Value::NOT_IMPLEMENTED`] when it does not know them. The slot of
/// either operand's type may be asked.
pub type BinaryFn = fn(&Thread, Value, Value) -> PyResult<Value>;
pub type TernaryFn = fn(&Thread, Value, Value, Value) -> PyResult<Value>;
pub type HashFn = fn(&Thread, Value) -> PyResult<i64>;
pub type NextFn = fn(&Thread, Value) -> PyResult<Option<Value>>;
pub type BoolFn = fn(&Thread, Value) -> PyResult<bool>;
pub type LenFn = fn(&Thread, Value) -> PyResult<usize>;
pub type CallFn = fn(&Thread, Value, Args<'_>) -> PyResult<Value>;
/// Object, name (a str, interned when it comes from code).
pub type GetAttrFn = fn(&Thread, Value, Value) -> PyResult<Value>;
/// Object, name, value; no value deletes.
pub type SetAttrFn = fn(&Thread, Value, Value, Option<Value>) -> PyResult<()>;
/// Descriptor, instance (none for access through the class), owner.
pub type DescrGetFn = fn(&Thread, Value, Option<Value>, Value) -> PyResult<Value>;
/// Descriptor, instance, value; no value deletes.
pub type DescrSetFn = fn(&Thread, Value, Value, Option<Value>) -> PyResult<()>;
pub type CompareFn = fn(&Thread, Value, Value, CompareOp) -> PyResult<Value>;
pub type RepeatFn = fn(&Thread, Value, isize) -> PyResult<Value>;
pub type SetItemFn = fn(&Thread, Value, Value, Option<Value>) -> PyResult<()>;
pub type ContainsFn = fn(&Thread, Value, Value) -> PyResult<bool>;
/// Class, arguments without the class.
pub type NewFn = fn(&Thread, Value, Args<'_>) -> PyResult<Value>;
pub type InitFn = fn(&Thread, Value, Args<'_>) -> PyResult<()>;
pub type DelFn = fn(&Thread, Value) -> PyResult<()>;

/// The six comparisons, in CPython's order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CompareOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CompareOp {
    pub const ALL: [CompareOp; 6] =
        [CompareOp::Lt, CompareOp::Le, CompareOp::Eq, CompareOp::Ne, CompareOp::Gt, CompareOp::Ge];

    /// The comparison with its operands exchanged.
    pub const fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    pub const fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// The answer for an ordering.
    #[inline]
    pub const fn of(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }
}

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $type:ty),* $(,)?) => {
        /// The slots of a type.
        #[derive(Clone, Copy)]
        #[repr(C)]
        pub struct Slots { $($(#[$doc])* pub $name: Option<$type>),* }

        /// A slot by number: the index of its field.
        #[expect(non_camel_case_types, reason = "the names are the fields' names")]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum SlotId { $($name),* }

        impl Slots {
            pub const EMPTY: Slots = Slots { $($name: None),* };
            pub const COUNT: usize = [$(stringify!($name)),*].len();
        }

        impl SlotId {
            pub const ALL: [SlotId; Slots::COUNT] = [$(SlotId::$name),*];
        }
    };
}

slots! {
    repr: UnaryFn, str: UnaryFn, hash: HashFn, call: CallFn, iter: UnaryFn,
    /// `None` is the end of the iteration.
    next: NextFn,
    getattr: GetAttrFn, setattr: SetAttrFn, descr_get: DescrGetFn, descr_set: DescrSetFn, compare: CompareFn,
    init: InitFn, new: NewFn, del: DelFn,
    bool: BoolFn, len: LenFn, getitem: BinaryFn, setitem: SetItemFn, contains: ContainsFn,
    concat: BinaryFn, repeat: RepeatFn, inplace_concat: BinaryFn, inplace_repeat: RepeatFn,
    neg: UnaryFn, pos: UnaryFn, abs: UnaryFn, invert: UnaryFn, int: UnaryFn, float: UnaryFn, index: UnaryFn,
    add: BinaryFn, sub: BinaryFn, mul: BinaryFn, matmul: BinaryFn, truediv: BinaryFn, floordiv: BinaryFn,
    rem: BinaryFn, divmod: BinaryFn, lshift: BinaryFn, rshift: BinaryFn, and: BinaryFn, xor: BinaryFn, or: BinaryFn,
    pow: TernaryFn,
    inplace_add: BinaryFn, inplace_sub: BinaryFn, inplace_mul: BinaryFn, inplace_matmul: BinaryFn,
    inplace_truediv: BinaryFn, inplace_floordiv: BinaryFn, inplace_rem: BinaryFn, inplace_lshift: BinaryFn,
    inplace_rshift: BinaryFn, inplace_and: BinaryFn, inplace_xor: BinaryFn, inplace_or: BinaryFn,
    inplace_pow: TernaryFn,
    await_: UnaryFn, aiter: UnaryFn, anext: UnaryFn,
}

const _: () = assert!(size_of::<Slots>() == Slots::COUNT * size_of::<usize>());

impl Slots {
    /// The slot as a word: 0, or the address of the function.
    #[inline]
    pub fn word(&self, slot: SlotId) -> usize {
        // SAFETY: the struct is `repr(C)` and every field is a nullable function pointer (size checked above).
        unsafe { *std::ptr::from_ref(self).cast::<usize>().add(slot as usize) }
    }

    /// Copies a word that [`Slots::word`] read from the same slot of another type.
    #[inline]
    pub(crate) fn set_word(&mut self, slot: SlotId, word: usize) {
        // SAFETY: as above; the word came from a field of the same type.
        unsafe { *std::ptr::from_mut(self).cast::<usize>().add(slot as usize) = word }
    }
}

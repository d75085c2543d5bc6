//! The table of dunders: which slot each belongs to, and how a slot is called when it is seen as a method.

use super::{CompareOp, SlotId};
use crate::names::Names;
use crate::value::Value;

/// How a slot's function is called as a Python method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrap {
    Unary,
    Hash,
    Call,
    Next,
    GetAttr,
    SetAttr,
    DelAttr,
    Get,
    Set,
    Delete,
    Compare(CompareOp),
    Init,
    Bool,
    Len,
    Del,
    /// `self op other`.
    Binary,
    /// `other op self`.
    Reflected,
    Pow,
    ReflectedPow,
    GetItem,
    SetItem,
    DelItem,
    Contains,
    Repeat,
}

/// One dunder.
pub struct SlotDef {
    pub name: &'static str,
    pub slot: SlotId,
    /// `None`: the name takes part in the slot but builtin types do not show it as a method.
    pub wrap: Option<Wrap>,
    pub(crate) interned: fn(&Names) -> Value,
}

impl PartialEq for SlotDef {
    fn eq(&self, other: &SlotDef) -> bool {
        std::ptr::eq(self, other)
    }
}

macro_rules! table {
    ($($name:ident $slot:ident $wrap:expr;)*) => {
        /// Every dunder that fills a slot, in the order in which builtin types get them.
        pub static TABLE: &[SlotDef] = &[
            $(SlotDef {
                name: stringify!($name),
                slot: SlotId::$slot,
                wrap: $wrap,
                interned: |names| names.$name,
            }),*
        ];
    };
}

use Wrap::{
    Binary, Bool, Call, Compare, Contains, Del, DelAttr, DelItem, Delete, Get, GetAttr, GetItem, Hash, Init,
    Len, Next, Pow, Reflected, ReflectedPow, Repeat, Set, SetAttr, SetItem, Unary,
};

table! {
    __getattribute__ getattr Some(GetAttr);
    __getattr__ getattr None;
    __setattr__ setattr Some(SetAttr);
    __delattr__ setattr Some(DelAttr);
    __repr__ repr Some(Unary);
    __hash__ hash Some(Hash);
    __call__ call Some(Call);
    __str__ str Some(Unary);
    __lt__ compare Some(Compare(CompareOp::Lt));
    __le__ compare Some(Compare(CompareOp::Le));
    __eq__ compare Some(Compare(CompareOp::Eq));
    __ne__ compare Some(Compare(CompareOp::Ne));
    __gt__ compare Some(Compare(CompareOp::Gt));
    __ge__ compare Some(Compare(CompareOp::Ge));
    __iter__ iter Some(Unary);
    __next__ next Some(Next);
    __get__ descr_get Some(Get);
    __set__ descr_set Some(Set);
    __delete__ descr_set Some(Delete);
    __init__ init Some(Init);
    __new__ new None;
    __del__ del Some(Del);
    __add__ add Some(Binary);
    __radd__ add Some(Reflected);
    __sub__ sub Some(Binary);
    __rsub__ sub Some(Reflected);
    __mul__ mul Some(Binary);
    __rmul__ mul Some(Reflected);
    __mod__ rem Some(Binary);
    __rmod__ rem Some(Reflected);
    __divmod__ divmod Some(Binary);
    __rdivmod__ divmod Some(Reflected);
    __pow__ pow Some(Pow);
    __rpow__ pow Some(ReflectedPow);
    __neg__ neg Some(Unary);
    __pos__ pos Some(Unary);
    __abs__ abs Some(Unary);
    __bool__ bool Some(Bool);
    __invert__ invert Some(Unary);
    __lshift__ lshift Some(Binary);
    __rlshift__ lshift Some(Reflected);
    __rshift__ rshift Some(Binary);
    __rrshift__ rshift Some(Reflected);
    __and__ and Some(Binary);
    __rand__ and Some(Reflected);
    __xor__ xor Some(Binary);
    __rxor__ xor Some(Reflected);
    __or__ or Some(Binary);
    __ror__ or Some(Reflected);
    __int__ int Some(Unary);
    __float__ float Some(Unary);
    __iadd__ inplace_add Some(Binary);
    __isub__ inplace_sub Some(Binary);
    __imul__ inplace_mul Some(Binary);
    __imod__ inplace_rem Some(Binary);
    __ipow__ inplace_pow Some(Pow);
    __ilshift__ inplace_lshift Some(Binary);
    __irshift__ inplace_rshift Some(Binary);
    __iand__ inplace_and Some(Binary);
    __ixor__ inplace_xor Some(Binary);
    __ior__ inplace_or Some(Binary);
    __floordiv__ floordiv Some(Binary);
    __rfloordiv__ floordiv Some(Reflected);
    __truediv__ truediv Some(Binary);
    __rtruediv__ truediv Some(Reflected);
    __ifloordiv__ inplace_floordiv Some(Binary);
    __itruediv__ inplace_truediv Some(Binary);
    __index__ index Some(Unary);
    __matmul__ matmul Some(Binary);
    __rmatmul__ matmul Some(Reflected);
    __imatmul__ inplace_matmul Some(Binary);
    __len__ len Some(Len);
    __getitem__ getitem Some(GetItem);
    __setitem__ setitem Some(SetItem);
    __delitem__ setitem Some(DelItem);
    __add__ concat Some(Binary);
    __mul__ repeat Some(Repeat);
    __rmul__ repeat Some(Repeat);
    __contains__ contains Some(Contains);
    __iadd__ inplace_concat Some(Binary);
    __imul__ inplace_repeat Some(Repeat);
    __await__ await_ Some(Unary);
    __aiter__ aiter Some(Unary);
    __anext__ anext Some(Unary);
}

/// Slots whose dunders belong to the number slots first: Python classes fill those.
pub(crate) const fn is_sequence_slot(slot: SlotId) -> bool {
    matches!(slot, SlotId::concat | SlotId::repeat | SlotId::inplace_concat | SlotId::inplace_repeat)
}

//! Instructions before assembly: registers by class, jumps by label.
//!
//! How many locals and cells an object has is known only when all of it was visited, and cells and temporaries stand
//! behind them in the window; so an operand names its class and its number there, and the assembler places it.

use dx_schemas::opcode::{Op, Operand};

/// A register: its class in the two high bits, its number in the class below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Reg(pub(crate) u32);

const CLASS_SHIFT: u32 = 30;

/// Where in the window a register stands: the classes in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Local,
    /// A cell that this object makes.
    Own,
    /// A cell of the closure.
    Free,
    Temporary,
}

impl Reg {
    pub(crate) fn new(class: Class, number: u32) -> Reg {
        Reg((class as u32) << CLASS_SHIFT | number)
    }

    pub(crate) fn temporary(number: u32) -> Reg {
        Reg::new(Class::Temporary, number)
    }

    pub(crate) fn class(self) -> Class {
        match self.0 >> CLASS_SHIFT {
            0 => Class::Local,
            1 => Class::Own,
            2 => Class::Free,
            _ => Class::Temporary,
        }
    }

    pub(crate) fn number(self) -> u32 {
        self.0 & ((1 << CLASS_SHIFT) - 1)
    }

    pub(crate) fn is_local(self) -> bool {
        self.class() == Class::Local
    }

    pub(crate) fn is_temporary(self) -> bool {
        self.class() == Class::Temporary
    }

    /// The register `by` places above in the same class.
    pub(crate) fn offset(self, by: u32) -> Reg {
        Reg(self.0 + by)
    }
}

/// A place in the code that jumps name; bound to an instruction later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Label(pub(crate) u32);

/// A protected region's handler in [`crate::object::Object::handlers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HandlerId(pub(crate) u32);

/// One instruction; register operands hold [`Reg`] bits, others plain numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ins {
    pub(crate) op: Op,
    pub(crate) a: u32,
    /// B, or Bx.
    pub(crate) b: u32,
    pub(crate) c: u32,
    /// Name, constant or first count of the second word.
    pub(crate) aux: u32,
    /// Second count of the second word.
    pub(crate) aux_high: u32,
    /// Target of a jump.
    pub(crate) label: Label,
    /// The tree node that it belongs to.
    pub(crate) node: u32,
    pub(crate) handler: Option<HandlerId>,
    /// First instruction of a statement: line events need a site here.
    pub(crate) starts_statement: bool,
}

impl Ins {
    /// The operands with their roles.
    pub(crate) fn operands(&self) -> [(Operand, u32); 3] {
        let [a, b, c] = self.op.operands();
        [(a, self.a), (b, self.b), (c, self.c)]
    }

    /// Calls `each` with every value register that is read.
    pub(crate) fn for_each_read(&self, mut each: impl FnMut(Reg)) {
        for (role, value) in self.operands() {
            (0..role.read_count(self.op, self.b, self.c)).for_each(|at| each(Reg(value).offset(at)));
        }
    }

    /// Calls `each` with every value register that is written.
    pub(crate) fn for_each_write(&self, mut each: impl FnMut(Reg)) {
        for (role, value) in self.operands() {
            let count = role.write_count(self.c, (self.aux, self.aux_high));
            (0..count).for_each(|at| each(Reg(value).offset(at)));
        }
    }
}

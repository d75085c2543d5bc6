//! Which opcodes an interpreter has run: how the tests prove that every opcode is executed, not only generated.
//!
//! It costs a store an instruction, so builds without debug assertions have `seen_disabled.rs` in its place.

use std::cell::Cell;

use dx_schemas::opcode::{Intrinsic, Op};

use crate::code::word::Word;

/// Opcodes by number, then the codes of INTRINSIC.
const BITS: usize = 256 + Intrinsic::ALL.len();

pub struct Seen([Cell<bool>; BITS]);

impl Default for Seen {
    fn default() -> Seen {
        Seen([const { Cell::new(false) }; BITS])
    }
}

impl Seen {
    #[inline(always)]
    pub(crate) fn note(&self, word: Word) {
        let op = usize::from(word.op());
        self.0[op].set(true);
        if op == Op::INTRINSIC as usize
            && let Some(seen) = self.0.get(256 + word.c())
        {
            seen.set(true);
        }
    }

    /// Names of the opcodes and intrinsics that ran; `None` in builds that do not note them.
    pub fn names(&self) -> Option<Vec<String>> {
        let ops = Op::ALL.iter().filter(|op| self.0[**op as usize].get()).map(|op| op.name().to_owned());
        let intrinsics = Intrinsic::ALL.iter().filter(|code| self.0[256 + **code as usize].get());
        Some(ops.chain(intrinsics.map(|code| format!("INTRINSIC {code:?}"))).collect())
    }
}

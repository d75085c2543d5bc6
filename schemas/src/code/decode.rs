//! One instruction with its prefix and aux word put together, for the verifier, the disassembler and tools.
//!
//! The interpreter does not decode through this; it reads words.

use super::ObjectView;
use crate::opcode::{Format, Op, Tail, Word};

/// A whole instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Its first word, prefix included: what jumps and tables name.
    pub pc: u32,
    /// Words up to the next instruction.
    pub words: u32,
    pub op: Op,
    pub a: u32,
    pub b: u32,
    pub c: u32,
    /// Bx, with its high half.
    pub bx: u32,
    /// Target of a jump, as a pc.
    pub target: i64,
    /// Name, constant or first count of the aux word.
    pub aux: u32,
    /// Cache index or second count of the aux word.
    pub aux_high: u16,
    pub wide: bool,
}

impl Instruction {
    pub fn next(&self) -> u32 {
        self.pc + self.words
    }
}

/// Decodes the instruction at `pc`; `None` for an unknown opcode, a prefix without instruction, or a missing aux word.
pub fn decode(object: &ObjectView<'_>, pc: u32) -> Option<Instruction> {
    let count = object.instruction_count();
    let word_at = |pc: u32| (pc < count).then(|| Word(object.instruction(pc)));
    let mut at = pc;
    let mut word = word_at(at)?;
    let mut high = (0, 0, 0);
    let wide = word.op()? == Op::WIDE;
    if wide {
        high = (u32::from(word.a()), u32::from(word.b()), u32::from(word.c()));
        at += 1;
        word = word_at(at)?;
    }
    let op = word.op().filter(|op| *op != Op::WIDE && !(wide && op.format() == Format::J))?;
    let site = matches!(op.tail(), Tail::Site | Tail::ConstSite);
    let mut instruction = Instruction {
        pc,
        words: at - pc + op.words() as u32,
        op,
        a: u32::from(word.a()) | high.0 << 8,
        b: u32::from(word.b()) | high.1 << 8,
        c: u32::from(word.c()) | if site { 0 } else { high.2 << 8 },
        bx: u32::from(word.bx()) | (high.1 | high.2 << 8) << 16,
        target: i64::from(at) + 1 + i64::from(word.offset()),
        aux: 0,
        aux_high: 0,
        wide,
    };
    if op.words() == 2 {
        let aux = word_at(at + 1)?;
        instruction.aux = u32::from(aux.low()) | if site { high.2 << 16 } else { 0 };
        instruction.aux_high = aux.high();
    }
    Some(instruction)
}

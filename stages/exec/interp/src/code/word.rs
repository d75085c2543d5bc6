//! The private form of instructions: one 64-bit word each, at the offsets of the canonical 32-bit words.
//!
//! ```text
//!  63     48 47     32 31     16 15    8 7     0
//! |    C    |    B    |    A    | spare |  op   |   format ABC
//! |        Bx         |    A    | spare |  op   |   format ABx
//! |   J (signed)      |         | spare |  op   |   format J
//! |      cache        |   name or constant      |   aux word of a site
//! ```
//! A WIDE prefix becomes a NOP and its bytes move into the instruction behind it, so no handler knows of prefixes.
//! The copy belongs to one interpreter, which may rewrite opcodes in it.

use dx_schemas::code::ObjectView;
use dx_schemas::code::decode::decode;
use dx_schemas::opcode::{Format, NO_CACHE, Op, Tail};

/// An instruction or aux word of the private form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Word(pub u64);

impl Word {
    #[inline(always)]
    pub fn op(self) -> u8 {
        self.0 as u8
    }

    #[inline(always)]
    pub fn a(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    #[inline(always)]
    pub fn b(self) -> usize {
        (self.0 >> 32) as u16 as usize
    }

    #[inline(always)]
    pub fn c(self) -> usize {
        (self.0 >> 48) as usize
    }

    /// B as a signed 8-bit number.
    #[inline(always)]
    pub fn b_small(self) -> i64 {
        i64::from((self.0 >> 32) as i8)
    }

    /// C as a signed 8-bit number.
    #[inline(always)]
    pub fn c_small(self) -> i64 {
        i64::from((self.0 >> 48) as i8)
    }

    #[inline(always)]
    pub fn bx(self) -> usize {
        (self.0 >> 32) as usize
    }

    #[inline(always)]
    pub fn jump(self) -> isize {
        ((self.0 as i64) >> 32) as isize
    }

    /// Name or constant of an aux word.
    #[inline(always)]
    pub fn name(self) -> usize {
        self.0 as u32 as usize
    }

    /// Inline cache of an aux word.
    #[inline(always)]
    pub fn cache(self) -> usize {
        (self.0 >> 32) as usize
    }
}

/// Makes the private copy of a verified object's instructions, and counts the inline caches that it uses. `None` when
/// it does not decode, which the verifier excludes. Sites without a cache get one behind the numbered ones.
pub fn translate(object: &ObjectView<'_>) -> Option<(Box<[Word]>, usize)> {
    let count = object.instruction_count();
    let mut caches = object.cache_count();
    let mut words = vec![Word(Op::NOP as u64); count as usize];
    let mut pc = 0;
    while pc < count {
        let i = decode(object, pc)?;
        let at = pc as usize + usize::from(i.wide);
        let op = i.op as u64;
        let a = u64::from(i.a) << 16;
        words[at] = Word(match i.op.format() {
            Format::ABC => op | a | u64::from(i.b as u16) << 32 | u64::from(i.c as u16) << 48,
            Format::ABx => op | a | u64::from(i.bx) << 32,
            Format::J => op | ((i.target - at as i64 - 1) as u32 as u64) << 32,
        });
        match i.op.tail() {
            Tail::Site | Tail::ConstSite | Tail::Cache => {
                let mut cache = u32::from(i.aux_high);
                if i.aux_high == NO_CACHE {
                    cache = caches;
                    caches += 1;
                }
                words[at + 1] = Word(u64::from(i.aux) | u64::from(cache) << 32);
            }
            Tail::Counts => words[at + 1] = Word(u64::from(i.aux) | u64::from(i.aux_high) << 32),
            Tail::None | Tail::Branch => {}
        }
        pc = i.next();
    }
    Some((words.into_boxed_slice(), caches as usize))
}

/// Where the loop is: points at the next word. Verified code never runs off its words.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Pc(pub *const Word);

impl Pc {
    /// The next word.
    #[inline(always)]
    pub fn peek(self) -> Word {
        // SAFETY: the verifier proved that execution stays on the object's instructions, and that an instruction
        // with an aux word has one.
        unsafe { *self.0 }
    }

    /// The word just fetched (or its last aux word).
    #[inline(always)]
    pub fn last(self) -> Word {
        // SAFETY: as in `peek`; something was fetched.
        unsafe { *self.0.sub(1) }
    }

    #[inline(always)]
    pub fn fetch(&mut self) -> Word {
        let word = self.peek();
        self.0 = self.0.wrapping_add(1);
        word
    }

    #[inline(always)]
    pub fn skip(&mut self) {
        self.0 = self.0.wrapping_add(1);
    }

    #[inline(always)]
    pub fn jump(&mut self, words: isize) {
        self.0 = self.0.wrapping_offset(words);
    }
}

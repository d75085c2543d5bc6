//! The code that `re._compiler` makes, checked and translated for the engine.
//!
//! The engine trusts what is here: every target is an instruction, every number of a group or a counter is in range.
//! Code that does not have the form is refused by name, so a made-up list cannot harm.

use super::charset::{Charset, Fold, Item};

/// What one character has to be.
#[derive(Debug)]
pub(super) enum One {
    Any,
    AnyButNewline,
    Literal(u32, Fold),
    NotLiteral(u32, Fold),
    Set(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Debug)]
pub(super) enum Op {
    Fail,
    /// The end of the pattern or of a part that runs by itself.
    End,
    One(One),
    At(u32),
    Mark(usize),
    Jump(usize),
    /// Tries the alternatives in order.
    Branch(Vec<usize>),
    GroupRef(usize, Fold),
    /// Goes on when the group matched, else jumps.
    IfGroup(usize, usize),
    RepeatOne {
        one: One,
        least: usize,
        most: usize,
        greed: Greed,
    },
    /// Starts counting.
    Enter(usize),
    /// One more turn of the body, which follows, or on at `exit`.
    Loop {
        counter: usize,
        least: usize,
        most: usize,
        lazy: bool,
        exit: usize,
    },
    /// The body follows and ends with `End`; `next` is behind it.
    Atomic {
        next: usize,
    },
    Assert {
        back: usize,
        negative: bool,
        next: usize,
    },
}

#[derive(Debug)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) sets: Vec<Charset>,
    pub(super) counters: usize,
    pub(super) groups: usize,
    pub(super) least: usize,
}

const REPEAT_MAX: u32 = u32::MAX;
/// Nesting beyond this is refused; Python's own parser gives up earlier.
const DEPTH_MAX: usize = 1000;

pub(super) struct Invalid;
type Checked<T> = Result<T, Invalid>;

struct Translator<'a> {
    code: &'a [u32],
    program: Program,
    depth: usize,
}

/// Translates a whole pattern.
pub(super) fn translate(code: &[u32], groups: usize) -> Checked<Program> {
    let program = Program { ops: Vec::new(), sets: Vec::new(), counters: 0, groups, least: 0 };
    let mut translator = Translator { code, program, depth: 0 };
    let mut start = 0;
    // An information block says how long a match is at least.
    if code.first() == Some(&14) {
        let skip = translator.word(1)? as usize;
        translator.program.least = translator.word(3)? as usize;
        start = skip.checked_add(1).filter(|&start| start <= code.len()).ok_or(Invalid)?;
    }
    translator.block(start, code.len())?;
    translator.program.ops.push(Op::End);
    Ok(translator.program)
}

fn count(number: u32) -> usize {
    if number == REPEAT_MAX { usize::MAX } else { number as usize }
}

impl Translator<'_> {
    fn word(&self, at: usize) -> Checked<u32> {
        self.code.get(at).copied().ok_or(Invalid)
    }

    /// The place `skip` words behind `at`.
    fn target(&self, at: usize, end: usize) -> Checked<usize> {
        let skip = self.word(at)? as usize;
        at.checked_add(skip).filter(|&to| skip > 0 && to <= end).ok_or(Invalid)
    }

    fn group(&self, at: usize) -> Checked<usize> {
        let group = self.word(at)? as usize;
        if group < self.program.groups { Ok(group) } else { Err(Invalid) }
    }

    fn push(&mut self, op: Op) -> usize {
        self.program.ops.push(op);
        self.program.ops.len() - 1
    }

    fn here(&self) -> usize {
        self.program.ops.len()
    }

    /// The instructions from `at` to `end`; SUCCESS before `end` ends them.
    fn block(&mut self, mut at: usize, end: usize) -> Checked<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Invalid);
        }
        while at < end {
            if self.word(at)? == 1 {
                break;
            }
            at = self.instruction(at, end)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// A part that runs by itself.
    fn part(&mut self, at: usize, end: usize) -> Checked<()> {
        self.block(at, end)?;
        self.push(Op::End);
        Ok(())
    }

    fn instruction(&mut self, at: usize, end: usize) -> Checked<usize> {
        if let Some((one, next)) = self.one(at, end)? {
            self.push(Op::One(one));
            return Ok(next);
        }
        let next = match self.word(at)? {
            0 => {
                self.push(Op::Fail);
                at + 1
            }
            4 | 5 => {
                let next = self.target(at + 1, end)?;
                let (back, negative) = (self.word(at + 2)? as usize, self.word(at)? == 5);
                let op = self.push(Op::Fail);
                self.part(at + 3, next)?;
                self.program.ops[op] = Op::Assert { back, negative, next: self.here() };
                next
            }
            6 => {
                let place = self.word(at + 1)?;
                if place > 11 {
                    return Err(Invalid);
                }
                self.push(Op::At(place));
                at + 2
            }
            7 => self.branch(at, end)?,
            11 => self.group_ref(at, Fold::None)?,
            30 => self.group_ref(at, Fold::Ascii)?,
            34 => self.group_ref(at, Fold::Locale)?,
            38 => self.group_ref(at, Fold::Unicode)?,
            12 => self.if_group(at, end)?,
            14 => self.target(at + 1, end)?,
            17 => {
                let mark = self.word(at + 1)? as usize;
                if mark >= 2 * self.program.groups {
                    return Err(Invalid);
                }
                self.push(Op::Mark(mark));
                at + 2
            }
            23 => self.repeat(at, end)?,
            24 => self.repeat_one(at, end, Greed::Greedy)?,
            26 => self.repeat_one(at, end, Greed::Lazy)?,
            29 => self.repeat_one(at, end, Greed::Possessive)?,
            27 => {
                let next = self.target(at + 1, end)?;
                let op = self.push(Op::Fail);
                self.part(at + 2, next)?;
                self.program.ops[op] = Op::Atomic { next: self.here() };
                next
            }
            28 => {
                let next = self.target(at + 1, end)?;
                let op = self.push(Op::Fail);
                self.counted(at + 2, at + 4, next, false)?;
                self.push(Op::End);
                self.program.ops[op] = Op::Atomic { next: self.here() };
                // The word behind the body is SUCCESS.
                if self.word(next)? == 1 { next + 1 } else { next }
            }
            _ => return Err(Invalid),
        };
        if next > end { Err(Invalid) } else { Ok(next) }
    }

    /// An instruction that takes one character.
    fn one(&mut self, at: usize, end: usize) -> Checked<Option<(One, usize)>> {
        let literal = |fold| Ok::<_, Invalid>(One::Literal(self.word(at + 1)?, fold));
        let other = |fold| Ok::<_, Invalid>(One::NotLiteral(self.word(at + 1)?, fold));
        let one = match self.word(at)? {
            2 => return Ok(Some((One::AnyButNewline, at + 1))),
            3 => return Ok(Some((One::Any, at + 1))),
            16 => literal(Fold::None)?,
            32 => literal(Fold::Ascii)?,
            36 => literal(Fold::Locale)?,
            40 => literal(Fold::Unicode)?,
            20 => other(Fold::None)?,
            33 => other(Fold::Ascii)?,
            37 => other(Fold::Locale)?,
            41 => other(Fold::Unicode)?,
            13 => return self.set(at, end, Fold::None).map(Some),
            31 => return self.set(at, end, Fold::Ascii).map(Some),
            35 => return self.set(at, end, Fold::Locale).map(Some),
            39 => return self.set(at, end, Fold::Unicode).map(Some),
            _ => return Ok(None),
        };
        Ok(Some((one, at + 2)))
    }

    fn set(&mut self, at: usize, end: usize, fold: Fold) -> Checked<(One, usize)> {
        let next = self.target(at + 1, end)?;
        let mut items = Vec::new();
        let mut at = at + 2;
        let words = |from: usize, many: usize| self.code.get(from..from + many).ok_or(Invalid);
        while at < next {
            match self.word(at)? {
                0 => break,
                21 => {
                    items.push(Item::Negate);
                    at += 1;
                }
                16 => {
                    items.push(Item::Literal(self.word(at + 1)?));
                    at += 2;
                }
                22 => {
                    items.push(Item::Range(self.word(at + 1)?, self.word(at + 2)?));
                    at += 3;
                }
                42 => {
                    items.push(Item::FoldedRange(self.word(at + 1)?, self.word(at + 2)?));
                    at += 3;
                }
                8 => {
                    items.push(Item::Category(self.word(at + 1)?));
                    at += 2;
                }
                9 => {
                    items.push(Item::Bits(words(at + 1, 8)?.to_vec()));
                    at += 9;
                }
                10 => {
                    let blocks = self.word(at + 1)? as usize;
                    if blocks > 256 {
                        return Err(Invalid);
                    }
                    let index = words(at + 2, 64)?.iter().flat_map(|word| word.to_le_bytes()).collect();
                    items.push(Item::Blocks(index, words(at + 66, blocks * 8)?.to_vec()));
                    at += 66 + blocks * 8;
                }
                _ => return Err(Invalid),
            }
        }
        self.program.sets.push(Charset::new(items, fold));
        Ok((One::Set(self.program.sets.len() - 1), next))
    }

    fn group_ref(&mut self, at: usize, fold: Fold) -> Checked<usize> {
        let group = self.group(at + 1)?;
        self.push(Op::GroupRef(group, fold));
        Ok(at + 2)
    }

    /// `skip body... JUMP` for each alternative, then zero.
    fn branch(&mut self, at: usize, end: usize) -> Checked<usize> {
        let op = self.push(Op::Fail);
        let (mut starts, mut jumps) = (Vec::new(), Vec::new());
        let mut at = at + 1;
        let mut behind = at;
        while self.word(at)? != 0 {
            let next = self.target(at, end)?;
            // The last two words are JUMP and its distance.
            let jump =
                next.checked_sub(2).filter(|&jump| jump > at && self.code[jump] == 15).ok_or(Invalid)?;
            starts.push(self.here());
            self.block(at + 1, jump)?;
            jumps.push(self.push(Op::Fail));
            behind = self.target(jump + 1, end)?;
            at = next;
        }
        for jump in jumps {
            self.program.ops[jump] = Op::Jump(self.here());
        }
        self.program.ops[op] = Op::Branch(starts);
        if behind < at { Err(Invalid) } else { Ok(at + 1) }
    }

    /// `group skip yes... [JUMP skip no...]`.
    fn if_group(&mut self, at: usize, end: usize) -> Checked<usize> {
        let group = self.group(at + 1)?;
        // Counted from the group, not from the distance.
        let skip = self.word(at + 2)? as usize;
        let otherwise = (at + 1).checked_add(skip).filter(|&to| skip > 1 && to <= end).ok_or(Invalid)?;
        let op = self.push(Op::Fail);
        let jump = otherwise.checked_sub(2).filter(|&jump| jump > at + 2 && self.code[jump] == 15);
        let next = match jump {
            Some(jump) => {
                let next = self.target(jump + 1, end)?;
                self.block(at + 3, jump)?;
                let leave = self.push(Op::Fail);
                self.program.ops[op] = Op::IfGroup(group, self.here());
                self.block(otherwise, next)?;
                self.program.ops[leave] = Op::Jump(self.here());
                next
            }
            None => {
                self.block(at + 3, otherwise)?;
                self.program.ops[op] = Op::IfGroup(group, self.here());
                otherwise
            }
        };
        Ok(next)
    }

    /// A counted loop over the body; `limits` is where the two limits stand.
    fn counted(&mut self, limits: usize, body: usize, end: usize, lazy: bool) -> Checked<()> {
        let (least, most) = (self.word(limits)? as usize, count(self.word(limits + 1)?));
        let counter = self.program.counters;
        self.program.counters += 1;
        self.push(Op::Enter(counter));
        let start = self.push(Op::Fail);
        self.block(body, end)?;
        self.push(Op::Jump(start));
        self.program.ops[start] = Op::Loop { counter, least, most, lazy, exit: self.here() };
        Ok(())
    }

    /// `skip least most body... MAX_UNTIL`.
    fn repeat(&mut self, at: usize, end: usize) -> Checked<usize> {
        let until = self.target(at + 1, end)?;
        let lazy = match self.word(until)? {
            18 => false,
            19 => true,
            _ => return Err(Invalid),
        };
        self.counted(at + 2, at + 4, until, lazy)?;
        Ok(until + 1)
    }

    fn repeat_one(&mut self, at: usize, end: usize, greed: Greed) -> Checked<usize> {
        let next = self.target(at + 1, end)?;
        let (least, most) = (self.word(at + 2)? as usize, count(self.word(at + 3)?));
        match self.one(at + 4, next)? {
            Some((one, _)) => {
                self.push(Op::RepeatOne { one, least, most, greed });
            }
            None => return Err(Invalid),
        }
        Ok(next)
    }
}

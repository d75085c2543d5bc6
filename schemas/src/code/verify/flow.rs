//! What holds on every path: registers are written before they are read, live sets are right.
//!
//! Forwards, the set of registers that hold something for sure. A named local counts from where it is bound (an
//! instruction that may find it unbound comes behind `CHECK_LOCAL`), a cell from where it is made. A call takes away its
//! arguments and all above them, which belong to the callee: whoever reads them later finds nothing there. Backwards,
//! the temporaries that are still needed.

use super::set::Set;
use crate::code::ObjectView;
use crate::code::RegisterKind;
use crate::code::decode::Instruction;
use crate::opcode::{Effect, Op, Operand, Tail};

/// A place and what is wrong there.
type Flaw = (u32, String);

/// Words of state that one object may need: far above any program of people, far below what hurts.
const STATE_WORDS_MAX: usize = 16 << 20;

struct Flow<'a> {
    object: &'a ObjectView<'a>,
    code: &'a [Instruction],
    /// Instruction by pc; `NONE` inside of one.
    at: Vec<u32>,
    /// Index of the handler's first instruction and its register, by instruction.
    handlers: Vec<Option<(usize, u32)>>,
    /// First instruction of each block, and one past the last.
    starts: Vec<usize>,
    block_of: Vec<u32>,
    words: usize,
    temporaries: Vec<bool>,
    /// The same as a set.
    is_temporary: Set,
}

/// No instruction begins here.
const NONE: u32 = u32::MAX;

fn instruction_at(at: &[u32], pc: i64) -> Option<usize> {
    let index = *at.get(usize::try_from(pc).ok()?)?;
    (index != NONE).then_some(index as usize)
}

pub(super) fn check(object: &ObjectView<'_>, code: &[Instruction]) -> Result<(), Flaw> {
    let flow = Flow::new(object, code);
    if flow.starts.len().saturating_mul(flow.words) > STATE_WORDS_MAX {
        return Err((0, "more registers and branches than can be proven right".to_owned()));
    }
    let held = flow.held()?;
    flow.live_sets(&held)
}

/// Registers that the instruction reads, cells included.
fn reads(i: &Instruction, mut each: impl FnMut(u32)) {
    let [a, b, c] = i.op.operands();
    for (role, value) in [(a, i.a), (b, i.b), (c, i.c)] {
        let makes = matches!(i.op, Op::NEW_CELL | Op::MAKE_CELL | Op::COPY_FREE);
        if role == Operand::Cell && !makes {
            each(value);
        }
        (0..role.read_count(i.op, i.b, i.c)).for_each(|offset| each(value + offset));
    }
}

/// Registers that the instruction writes, cells included.
fn writes(i: &Instruction, mut each: impl FnMut(u32)) {
    let [a, b, c] = i.op.operands();
    for (role, value) in [(a, i.a), (b, i.b), (c, i.c)] {
        match (role, i.op) {
            (Operand::Cell, Op::NEW_CELL | Op::MAKE_CELL) => each(value),
            (Operand::Cell, Op::COPY_FREE) => (0..i.b).for_each(|offset| each(value + offset)),
            _ => {
                let count = role.write_count(i.c, (i.aux, i.aux_high.into()));
                (0..count).for_each(|offset| each(value + offset));
            }
        }
    }
}

/// First register that the callee owns, for instructions that call in a window.
fn window(i: &Instruction) -> Option<u32> {
    let role = i.op.operands()[0];
    matches!(role, Operand::CallWindow | Operand::MethodWindow | Operand::ExWindow).then_some(i.a)
}

impl<'a> Flow<'a> {
    fn new(object: &'a ObjectView<'a>, code: &'a [Instruction]) -> Flow<'a> {
        let mut at = vec![NONE; object.instruction_count() as usize];
        for (index, i) in code.iter().enumerate() {
            at[i.pc as usize] = index as u32;
        }
        let mut handlers = vec![None; code.len()];
        let mut leads = vec![false; code.len() + 1];
        leads[0] = true;
        for handler in object.handlers() {
            let Some(target) = instruction_at(&at, handler.target.into()) else { continue };
            leads[target] = true;
            let covered = at.get(handler.start as usize..handler.end as usize).unwrap_or_default();
            for index in covered.iter().filter(|index| **index != NONE) {
                handlers[*index as usize] = Some((target, handler.register.into()));
            }
        }
        for (index, i) in code.iter().enumerate() {
            let is_jump = matches!(i.op, Op::JUMP | Op::LOOP);
            if let Some(target) = instruction_at(&at, i.target).filter(|_| is_jump) {
                leads[target] = true;
            }
            if i.op.ends_block() || i.op.tail() == Tail::Branch {
                leads[index + 1] = true;
            }
            if i.op.tail() == Tail::Branch && index + 2 <= code.len() {
                leads[index + 2] = true;
            }
        }
        let mut starts = Vec::new();
        let mut block_of = vec![0; code.len()];
        for index in 0..code.len() {
            if leads[index] {
                starts.push(index);
            }
            block_of[index] = starts.len() as u32 - 1;
        }
        starts.push(code.len());
        let temporaries: Vec<bool> =
            object.registers().map(|r| r.name.is_none() && r.kind == RegisterKind::Value).collect();
        let registers = temporaries.len();
        let words = registers.div_ceil(64);
        let mut is_temporary = Set::empty(words);
        (0..registers as u32).filter(|at| temporaries[*at as usize]).for_each(|at| is_temporary.insert(at));
        Flow { object, code, at, handlers, starts, block_of, words, temporaries, is_temporary }
    }

    fn empty(&self) -> Set {
        Set::empty(self.words)
    }

    /// Where control goes after `index`, exceptions apart.
    fn successors(&self, index: usize, mut each: impl FnMut(usize)) {
        let i = &self.code[index];
        match i.op {
            Op::JUMP | Op::LOOP => {
                if let Some(target) = instruction_at(&self.at, i.target) {
                    each(target);
                }
            }
            op if op.ends_block() => {}
            op if op.tail() == Tail::Branch => {
                each(index + 1);
                if index + 2 < self.code.len() {
                    each(index + 2);
                }
            }
            _ => each(index + 1),
        }
    }

    /// What a block's end leaves on the way to its `branch`-th successor.
    fn step(&self, index: usize, held: &mut Set) {
        let i = &self.code[index];
        if let Some(first) = window(i) {
            held.truncate(first);
        }
        match i.op {
            Op::CLEAR | Op::KILL => held.remove(i.a),
            Op::CHECK_LOCAL => held.insert(i.a),
            // Written only where the loop goes on; see `held`.
            Op::FOR_ITER => {}
            _ => writes(i, |register| held.insert(register)),
        }
    }

    /// Checks reads; the state at the start of each block.
    fn held(&self) -> Result<Vec<Set>, Flaw> {
        let full = Set::full(self.words);
        let blocks = self.starts.len() - 1;
        let mut entry = vec![full; blocks];
        let mut reached = vec![false; blocks];
        entry[0] = self.empty();
        reached[0] = true;
        let stars = [super::flag::VARARGS, super::flag::VARKEYWORDS];
        let stars = stars.iter().filter(|flag| self.object.flags() & **flag != 0).count() as u32;
        let parameters =
            u32::from(self.object.positional_count()) + u32::from(self.object.keyword_only_count()) + stars;
        (0..parameters).for_each(|parameter| entry[0].insert(parameter));
        let mut open = vec![0];
        while let Some(block) = open.pop() {
            let mut held = entry[block].clone();
            let mut flow = |target: usize, held: &Set, open: &mut Vec<usize>| {
                let target = self.block_of[target] as usize;
                let first = !std::mem::replace(&mut reached[target], true);
                if entry[target].intersect(held) || first {
                    open.push(target);
                }
            };
            let (start, end) = (self.starts[block], self.starts[block + 1]);
            for index in start..end {
                let i = &self.code[index];
                if let Some((target, register)) = self.handlers[index].filter(|_| i.op.can_raise()) {
                    let mut raised = held.clone();
                    if let Some(first) = window(i) {
                        raised.truncate(first);
                    }
                    raised.insert(register);
                    flow(target, &raised, &mut open);
                }
                self.step(index, &mut held);
            }
            let last = &self.code[end - 1];
            if last.op == Op::FOR_ITER && end + 1 < self.code.len() {
                flow(end, &held, &mut open);
                held.insert(last.a);
                flow(end + 1, &held, &mut open);
            } else {
                self.successors(end - 1, |target| {
                    if target < self.code.len() {
                        flow(target, &held, &mut open);
                    }
                });
            }
        }
        for block in (0..blocks).filter(|block| reached[*block]) {
            let mut held = entry[block].clone();
            for index in self.starts[block]..self.starts[block + 1] {
                self.check_reads(index, &held)?;
                self.step(index, &mut held);
            }
        }
        Ok(entry)
    }

    fn check_reads(&self, index: usize, held: &Set) -> Result<(), Flaw> {
        let i = &self.code[index];
        let mut missing = None;
        // These look whether the register is bound.
        if !matches!(i.op, Op::CHECK_LOCAL | Op::KILL) {
            reads(i, |register| {
                if !held.contains(register) {
                    missing = missing.or(Some(register));
                }
            });
        }
        if i.op == Op::MAKE_FUNCTION
            && let Some(child) = self.object.children().get(i.bx as usize)
        {
            let captured = child.captures.iter().map(|register| u32::from(*register));
            missing = missing.or(captured.filter(|register| !held.contains(*register)).min());
        }
        match missing {
            Some(register) => Err((i.pc, format!("{} reads r{register} before it is written", i.op.name()))),
            None => Ok(()),
        }
    }

    /// Live sets name temporaries that are needed, all of them, and none that was not written.
    fn live_sets(&self, entry: &[Set]) -> Result<(), Flaw> {
        let mut rows = self.object.live_rows().map_while(Result::ok).peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let needed = self.needed();
        let mut declared: Option<&[u8]> = None;
        for (bounds, entry) in self.starts.windows(2).zip(entry) {
            let mut held = entry.clone();
            for (index, needed) in (bounds[0]..bounds[1]).zip(&needed[bounds[0]..]) {
                let i = &self.code[index];
                while let Some((_, set)) = rows.next_if(|row| row.0 <= i.pc) {
                    declared = Some(set);
                }
                if i.op.effect() != Effect::pure && i.op != Op::JUMP {
                    self.check_live(i, declared, needed, &held)?;
                }
                self.step(index, &mut held);
            }
        }
        Ok(())
    }

    fn check_live(
        &self,
        i: &Instruction,
        declared: Option<&[u8]>,
        needed: &Set,
        held: &Set,
    ) -> Result<(), Flaw> {
        let Some(declared) = declared else {
            return Err((i.pc, "no live set here".to_owned()));
        };
        if Set::is_right_live_set(declared, self.temporaries.len(), &self.is_temporary, needed, held) {
            return Ok(());
        }
        for (register, is_temporary) in self.temporaries.iter().enumerate() {
            let live = declared.get(register / 8).is_some_and(|byte| byte >> (register % 8) & 1 != 0);
            let register = register as u32;
            let flaw = match (is_temporary, live) {
                (false, false) => "is named and not in the live set",
                (true, false) if needed.contains(register) => "is needed later and not in the live set",
                (true, true) if !held.contains(register) => "is in the live set and was not written",
                _ => continue,
            };
            return Err((i.pc, format!("r{register} {flaw}")));
        }
        Ok(())
    }

    /// Temporaries that each instruction reads, or that are read after it before being written.
    fn needed(&self) -> Vec<Set> {
        let blocks = self.starts.len() - 1;
        let mut entry = vec![self.empty(); blocks];
        let mut at = vec![Set::empty(0); self.code.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for block in (0..blocks).rev() {
                let (start, end) = (self.starts[block], self.starts[block + 1]);
                let mut needed = self.empty();
                self.successors(end - 1, |target| {
                    if target < self.code.len() {
                        needed.unite(&entry[self.block_of[target] as usize]);
                    }
                });
                for index in (start..end).rev() {
                    let i = &self.code[index];
                    writes(i, |register| needed.remove(register));
                    if let Some((target, register)) = self.handlers[index].filter(|_| i.op.can_raise()) {
                        let mut handler = entry[self.block_of[target] as usize].clone();
                        handler.remove(register);
                        needed.unite(&handler);
                    }
                    reads(i, |register| needed.insert(register));
                    if i.op.effect() != Effect::pure {
                        at[index] = needed.clone();
                    }
                }
                changed |= entry[block].unite(&needed);
            }
        }
        at
    }
}

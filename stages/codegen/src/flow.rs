//! Control flow of an object's code: blocks, what can be reached, and what is proven about registers.

mod bits;
mod bound;
mod live;

pub(crate) use bits::Bits;
pub(crate) use bound::drop_proven_checks;
pub(crate) use live::live_sets;

use dx_schemas::opcode::{Op, Tail};

use crate::ir::Ins;
use crate::object::Object;

/// Where control can go after the instruction at `at`, exceptions apart.
pub(crate) fn successors(object: &Object, at: usize, mut each: impl FnMut(usize)) {
    let ins = &object.code[at];
    match ins.op {
        Op::JUMP | Op::LOOP => each(object.labels[ins.label.0 as usize] as usize),
        op if op.ends_block() => {}
        op if op.tail() == Tail::Branch => {
            each(at + 1);
            each(at + 2);
        }
        _ => each(at + 1),
    }
}

/// Where an exception raised at `at` goes.
pub(crate) fn handler_target(object: &Object, ins: &Ins) -> Option<usize> {
    if !ins.op.can_raise() {
        return None;
    }
    let handler = &object.handlers[ins.handler?.0 as usize];
    Some(object.labels[handler.label.0 as usize] as usize)
}

/// A straight run of instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The blocks in order of address.
pub(crate) struct Blocks {
    pub(crate) blocks: Vec<Block>,
    /// Block by instruction.
    of: Vec<u32>,
}

impl Blocks {
    pub(crate) fn new(object: &Object) -> Blocks {
        let count = object.code.len();
        let mut leader = vec![false; count + 1];
        leader[0] = true;
        for position in &object.labels {
            if let Some(leads) = leader.get_mut(*position as usize) {
                *leads = true;
            }
        }
        for (at, ins) in object.code.iter().enumerate() {
            if ins.op.ends_block() {
                leader[at + 1] = true;
            } else if ins.op.tail() == Tail::Branch {
                leader[at + 1] = true;
                if at + 2 <= count {
                    leader[at + 2] = true;
                }
            }
        }
        let mut blocks: Vec<Block> = Vec::new();
        let mut of = vec![0; count];
        for at in 0..count {
            if leader[at] {
                blocks.push(Block { start: at, end: at });
            }
            of[at] = blocks.len() as u32 - 1;
            if let Some(block) = blocks.last_mut() {
                block.end = at + 1;
            }
        }
        Blocks { blocks, of }
    }

    pub(crate) fn at(&self, instruction: usize) -> usize {
        self.of[instruction] as usize
    }
}

/// Removes what cannot be reached and jumps that lead to the next instruction.
pub(crate) fn prune(object: &mut Object) {
    thread_jumps(object);
    let mut keep = reachable(object);
    // A jump to what follows, unless it belongs to a branch instruction.
    let mut next_kept = vec![object.code.len(); object.code.len() + 1];
    for at in (0..object.code.len()).rev() {
        next_kept[at] = if keep[at] { at } else { next_kept[at + 1] };
    }
    for at in 0..object.code.len() {
        let is_branch_jump = at > 0 && object.code[at - 1].op.tail() == Tail::Branch;
        if keep[at] && object.code[at].op == Op::JUMP && !is_branch_jump {
            let target = object.labels[object.code[at].label.0 as usize] as usize;
            if target > at && next_kept[target.min(object.code.len())] == next_kept[at + 1] {
                keep[at] = false;
            }
        }
    }
    retain(object, &keep);
}

fn thread_jumps(object: &mut Object) {
    for at in 0..object.code.len() {
        if object.code[at].op != Op::JUMP {
            continue;
        }
        let mut label = object.code[at].label;
        for _ in 0..8 {
            let Some(next) = object.code.get(object.labels[label.0 as usize] as usize) else { break };
            if next.op != Op::JUMP || next.label == label {
                break;
            }
            label = next.label;
        }
        object.code[at].label = label;
    }
}

fn reachable(object: &Object) -> Vec<bool> {
    let mut seen = vec![false; object.code.len()];
    let mut handler_seen = vec![false; object.handlers.len()];
    let mut open = vec![0];
    while let Some(mut at) = open.pop() {
        while at < object.code.len() && !seen[at] {
            seen[at] = true;
            let ins = &object.code[at];
            if let (Some(target), Some(handler)) = (handler_target(object, ins), ins.handler)
                && !std::mem::replace(&mut handler_seen[handler.0 as usize], true)
            {
                open.push(target);
            }
            let mut next = usize::MAX;
            successors(object, at, |target| {
                if next == usize::MAX {
                    next = target;
                } else {
                    open.push(target);
                }
            });
            at = next;
        }
    }
    seen
}

/// Drops instructions and moves labels and statement ranges along.
pub(crate) fn retain(object: &mut Object, keep: &[bool]) {
    let mut position = Vec::with_capacity(keep.len() + 1);
    let mut kept = 0u32;
    for keep in keep {
        position.push(kept);
        kept += u32::from(*keep);
    }
    position.push(kept);
    if kept as usize == keep.len() {
        return;
    }
    let moved = |at: u32| position.get(at as usize).copied().unwrap_or(u32::MAX);
    for label in &mut object.labels {
        *label = moved(*label);
    }
    for statement in &mut object.statements {
        statement.start = moved(statement.start);
        statement.end = moved(statement.end);
    }
    // The first instruction of a statement may go; what follows it begins the line then.
    let mut pending: Option<u32> = None;
    let mut at = 0;
    object.code.retain_mut(|ins| {
        let kept = keep[at];
        at += 1;
        if ins.starts_statement {
            pending = Some(ins.node);
        }
        if kept {
            ins.starts_statement |= pending.take().is_some_and(|node| node == ins.node);
        }
        kept
    });
}

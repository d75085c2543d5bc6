//! Definite assignment: `CHECK_LOCAL` goes where the variable is bound on every path.
//!
//! ```python
//! def f(a):
//!     for x in a: pass
//!     return x        # checked: the loop may not have run
//! ```

use dx_schemas::opcode::Op;

use super::{Bits, Blocks, handler_target, retain, successors};
use crate::ir::{Ins, Reg};
use crate::object::Object;

fn transfer(ins: &Ins, bound: &mut Bits) {
    match ins.op {
        Op::CLEAR | Op::KILL => {
            if Reg(ins.a).is_local() {
                bound.remove(Reg(ins.a).number());
            }
        }
        Op::CHECK_LOCAL => bound.insert(Reg(ins.a).number()),
        // Nothing is written on the path where the loop ends.
        Op::FOR_ITER => {}
        _ => ins.for_each_write(|reg| {
            if reg.is_local() {
                bound.insert(reg.number());
            }
        }),
    }
}

pub(crate) fn drop_proven_checks(object: &mut Object) {
    if !object.code.iter().any(|ins| ins.op == Op::CHECK_LOCAL) {
        return;
    }
    let blocks = Blocks::new(object);
    let words = object.locals.len().div_ceil(64);
    let mut entry = vec![Bits::full(words); blocks.blocks.len()];
    entry[0] = Bits::empty(words);
    (0..object.parameter_count).for_each(|parameter| entry[0].insert(parameter));
    let mut open: Vec<usize> = (0..blocks.blocks.len()).rev().collect();
    let mut queued = vec![true; blocks.blocks.len()];
    while let Some(index) = open.pop() {
        queued[index] = false;
        let mut bound = entry[index].clone();
        let block = blocks.blocks[index];
        let mut flow = |target: usize, bound: &Bits, open: &mut Vec<usize>| {
            if target >= object.code.len() {
                return;
            }
            let target = blocks.at(target);
            if entry[target].intersect(bound) && !std::mem::replace(&mut queued[target], true) {
                open.push(target);
            }
        };
        for at in block.start..block.end {
            let ins = &object.code[at];
            if let Some(target) = handler_target(object, ins) {
                flow(target, &bound, &mut open);
            }
            transfer(ins, &mut bound);
        }
        let last = &object.code[block.end - 1];
        if last.op == Op::FOR_ITER {
            flow(block.end, &bound, &mut open);
            if Reg(last.a).is_local() {
                bound.insert(Reg(last.a).number());
            }
            flow(block.end + 1, &bound, &mut open);
        } else {
            successors(object, block.end - 1, |target| flow(target, &bound, &mut open));
        }
    }
    let mut keep = vec![true; object.code.len()];
    for (block, mut bound) in blocks.blocks.iter().zip(entry) {
        for (ins, keep) in object.code[block.start..block.end].iter().zip(&mut keep[block.start..]) {
            *keep = ins.op != Op::CHECK_LOCAL || !bound.contains(Reg(ins.a).number());
            transfer(ins, &mut bound);
        }
    }
    retain(object, &keep);
}

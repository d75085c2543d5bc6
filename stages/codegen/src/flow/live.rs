//! Which temporaries hold something that is still needed, at each instruction that can allocate, call or raise.
//!
//! Named locals and cells always count: `locals()`, debuggers and finalisers see them until they are rebound.

use dx_schemas::opcode::{Effect, Op};

use super::{Bits, Blocks, handler_target, successors};
use crate::ir::{Ins, Reg};
use crate::object::Object;

fn write(ins: &Ins, live: &mut Bits) {
    ins.for_each_write(|reg| {
        if reg.is_temporary() {
            live.remove(reg.number());
        }
    });
    if matches!(ins.op, Op::CLEAR | Op::KILL) && Reg(ins.a).is_temporary() {
        live.remove(Reg(ins.a).number());
    }
}

fn read(ins: &Ins, live: &mut Bits) {
    ins.for_each_read(|reg| {
        if reg.is_temporary() {
            live.insert(reg.number());
        }
    });
}

/// What the handler of `ins` needs, apart from the exception that it receives.
fn add_handler(object: &Object, blocks: &Blocks, entry: &[Bits], ins: &Ins, live: &mut Bits) {
    if let (Some(target), Some(handler)) = (handler_target(object, ins), ins.handler)
        && target < object.code.len()
    {
        let mut needs = entry[blocks.at(target)].clone();
        let register = object.handlers[handler.0 as usize].register;
        if register.is_temporary() {
            needs.remove(register.number());
        }
        live.unite(&needs);
    }
}

/// Live temporaries at each instruction with an effect, in order of address: what it reads, and what is read after it
/// and was not written by it.
pub(crate) fn live_sets(object: &Object) -> Vec<(usize, Bits)> {
    let blocks = Blocks::new(object);
    let words = (object.temporaries_max as usize).div_ceil(64).max(1);
    let mut entry = vec![Bits::empty(words); blocks.blocks.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for index in (0..blocks.blocks.len()).rev() {
            let live = walk(object, &blocks, &entry, index, &mut |_, _| {});
            changed |= entry[index].unite(&live);
        }
    }
    let mut sets = Vec::new();
    for index in (0..blocks.blocks.len()).rev() {
        walk(object, &blocks, &entry, index, &mut |at, live| sets.push((at, live.clone())));
    }
    sets.reverse();
    sets
}

/// Walks a block backwards; what is live at its start.
fn walk(
    object: &Object,
    blocks: &Blocks,
    entry: &[Bits],
    index: usize,
    each: &mut impl FnMut(usize, &Bits),
) -> Bits {
    let block = blocks.blocks[index];
    let mut live = entry[index].cleared();
    successors(object, block.end - 1, |target| {
        if target < object.code.len() {
            live.unite(&entry[blocks.at(target)]);
        }
    });
    for at in (block.start..block.end).rev() {
        let ins = &object.code[at];
        write(ins, &mut live);
        add_handler(object, blocks, entry, ins, &mut live);
        read(ins, &mut live);
        if ins.op.effect() != Effect::pure && ins.op != Op::JUMP {
            each(at, &live);
        }
    }
    live
}

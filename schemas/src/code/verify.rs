//! Proves that code can be run without looking: every operand in range and of the right kind, every jump at an
//! instruction; and by data flow ([`flow`]): no register read before it is written, nothing above a call's window read
//! after the call, live sets that name what is needed and only what is there.
//!
//! Run once per digest, by the code generator on what it made and by the loader on what it maps. What the verifier has
//! accepted cannot read or write outside its window, its pools or its tables, whatever values flow through it.

mod flow;
mod set;

use super::decode::{Instruction, decode};
use super::{ChildTarget, CodeView, Constant, ObjectView, RegisterKind, flag};
use crate::opcode::{Common, Format, FunctionPart, Immediate, Intrinsic, NO_CACHE, Op, Operand, Tail};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("code object {object}, instruction {pc}: {what}")]
pub struct VerifyError {
    pub object: u32,
    pub pc: u32,
    pub what: String,
}

pub fn verify(code: &CodeView<'_>) -> Result<(), VerifyError> {
    for index in 0..code.object_count() {
        Verifier::new(*code, index).run()?;
    }
    Ok(())
}

struct Verifier<'a> {
    code: CodeView<'a>,
    object: ObjectView<'a>,
    index: u32,
    kinds: Vec<RegisterKind>,
    child_count: usize,
    /// Instruction starts.
    starts: Vec<bool>,
}

impl<'a> Verifier<'a> {
    fn new(code: CodeView<'a>, index: u32) -> Verifier<'a> {
        let object = code.object(index);
        let kinds = object.registers().map(|r| r.kind).collect();
        let starts = vec![false; object.instruction_count() as usize];
        Verifier { code, object, index, kinds, child_count: object.children().len(), starts }
    }

    fn fail<T>(&self, pc: u32, what: impl Into<String>) -> Result<T, VerifyError> {
        Err(VerifyError { object: self.index, pc, what: what.into() })
    }

    fn run(mut self) -> Result<(), VerifyError> {
        let mut instructions = Vec::new();
        let mut pc = 0;
        while pc < self.object.instruction_count() {
            let Some(instruction) = decode(&self.object, pc) else {
                return self.fail(pc, "no instruction here");
            };
            self.starts[pc as usize] = true;
            pc = instruction.next();
            instructions.push(instruction);
        }
        match instructions.last() {
            Some(last) if last.op.ends_block() => {}
            _ => return self.fail(pc, "execution falls off the end"),
        }
        self.header()?;
        for (at, instruction) in instructions.iter().enumerate() {
            self.instruction(instruction, instructions.get(at + 1))?;
        }
        self.tables()?;
        self.suspension(&instructions)?;
        flow::check(&self.object, &instructions).or_else(|(pc, what)| self.fail(pc, what))
    }

    /// Only generators suspend, and they do so behind their prologue.
    fn suspension(&self, instructions: &[Instruction]) -> Result<(), VerifyError> {
        let suspends = flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR;
        let is_generator = self.object.flags() & suspends != 0;
        let mut starts = instructions.iter().filter(|i| i.op == Op::RETURN_GENERATOR);
        if starts.next().is_some() != is_generator || starts.next().is_some() {
            return self.fail(0, "RETURN_GENERATOR belongs into generators, once");
        }
        let namespace = self.object.flags() & (flag::MODULE | flag::CLASS) != 0;
        for i in instructions {
            let fits = match i.op {
                Op::YIELD | Op::YIELD_FROM => is_generator,
                Op::LOAD_NAME | Op::STORE_NAME | Op::DELETE_NAME | Op::LOAD_LOCALS | Op::IMPORT_STAR => {
                    namespace
                }
                _ => true,
            };
            if !fits {
                return self.fail(i.pc, format!("{} in this kind of code", i.op.name()));
            }
        }
        Ok(())
    }

    fn header(&self) -> Result<(), VerifyError> {
        let o = &self.object;
        let stars = [flag::VARARGS, flag::VARKEYWORDS].iter().filter(|f| o.flags() & **f != 0).count();
        let parameters = o.positional_count() as usize + o.keyword_only_count() as usize + stars;
        if parameters > self.kinds.len() || o.positional_only_count() > o.positional_count() {
            return self.fail(0, "parameters do not fit the registers");
        }
        if self.kinds[..parameters].iter().any(|kind| *kind != RegisterKind::Value) {
            return self.fail(0, "a parameter's register is not a value register");
        }
        let free = o.free_first() as usize..o.free_first() as usize + o.free_count() as usize;
        match self.kinds.get(free) {
            Some(kinds) if kinds.iter().all(|kind| *kind == RegisterKind::Cell) => Ok(()),
            _ => self.fail(0, "free variables are not in cell registers"),
        }
    }

    fn instruction(&self, i: &Instruction, next: Option<&Instruction>) -> Result<(), VerifyError> {
        if i.op.format() == Format::J {
            return self.target(i.pc, i.target);
        }
        let values = if i.op.format() == Format::ABx { [i.a, i.bx, 0] } else { [i.a, i.b, i.c] };
        for (role, value) in i.op.operands().into_iter().zip(values) {
            self.operand(i, role, value)?;
        }
        if i.op == Op::COPY_FREE
            && (i.a, i.b) != (self.object.free_first().into(), self.object.free_count().into())
        {
            return self.fail(i.pc, "COPY_FREE does not name the free variables");
        }
        if !known_code(i) {
            return self.fail(i.pc, "an operand's code is unknown");
        }
        match i.op.tail() {
            Tail::None | Tail::Counts => Ok(()),
            Tail::Branch => match next.map(|next| (next.op, next.wide)) {
                Some((Op::JUMP | Op::LOOP, false)) => Ok(()),
                _ => self.fail(i.pc, "a branch without its jump"),
            },
            Tail::Site if i.aux >= self.code.name_count() => self.fail(i.pc, "no such name"),
            Tail::ConstSite if !self.are_keywords(i.aux, i.b) => {
                self.fail(i.pc, "keywords are no tuple of names, or more than the arguments")
            }
            Tail::Site | Tail::ConstSite | Tail::Cache => {
                if i.aux_high == NO_CACHE || u32::from(i.aux_high) < self.object.cache_count() {
                    Ok(())
                } else {
                    self.fail(i.pc, "no such inline cache")
                }
            }
        }
    }

    fn are_keywords(&self, index: u32, arguments: u32) -> bool {
        if index >= self.code.constant_count() {
            return false;
        }
        match self.code.constant(index) {
            Constant::Tuple(items) => {
                items.len() <= arguments as usize
                    && items.iter().all(|item| matches!(self.code.constant(*item), Constant::Str(_)))
            }
            _ => false,
        }
    }

    fn operand(&self, i: &Instruction, role: Operand, value: u32) -> Result<(), VerifyError> {
        let run = |count: u32| self.registers(i.pc, value, count, RegisterKind::Value);
        match role {
            Operand::Unused if value == 0 => Ok(()),
            Operand::Unused => self.fail(i.pc, "an unused operand is not zero"),
            Operand::Read | Operand::Write | Operand::Update => run(1),
            Operand::Cell if i.op == Op::COPY_FREE => self.registers(i.pc, value, i.b, RegisterKind::Cell),
            Operand::Cell => self.registers(i.pc, value, 1, RegisterKind::Cell),
            Operand::ReadPair | Operand::WritePair => run(2),
            Operand::ReadTriple | Operand::ExWindow => run(3),
            Operand::ReadRun | Operand::WriteRun => run(i.c),
            Operand::ReadPairsRun => run(i.c.saturating_mul(2)),
            Operand::WriteCounts => run(i.aux + 1 + u32::from(i.aux_high)),
            Operand::CallWindow => run(1 + i.b),
            Operand::MethodWindow => run(2 + i.b),
            Operand::Const if value >= self.code.constant_count() => self.fail(i.pc, "no such constant"),
            Operand::Name if value >= self.code.name_count() => self.fail(i.pc, "no such name"),
            Operand::Child if value as usize >= self.child_count => self.fail(i.pc, "no such child"),
            Operand::Expect if value > 1 => self.fail(i.pc, "a branch expects 0 or 1"),
            Operand::Count
            | Operand::SmallInt
            | Operand::Int
            | Operand::Code
            | Operand::Const
            | Operand::Name
            | Operand::Child
            | Operand::Expect => Ok(()),
        }
    }

    fn registers(&self, pc: u32, first: u32, count: u32, kind: RegisterKind) -> Result<(), VerifyError> {
        let run = first as usize..(first as usize).saturating_add(count as usize);
        match self.kinds.get(run) {
            Some(kinds) if kinds.iter().all(|k| *k == kind) => Ok(()),
            Some(_) => self.fail(pc, format!("r{first} is not of kind {kind:?}")),
            None => self.fail(pc, format!("r{first} is outside the window")),
        }
    }

    fn target(&self, pc: u32, target: i64) -> Result<(), VerifyError> {
        let start = usize::try_from(target).ok().and_then(|target| self.starts.get(target));
        if start == Some(&true) { Ok(()) } else { self.fail(pc, "a jump into the middle of nowhere") }
    }

    fn tables(&self) -> Result<(), VerifyError> {
        let mut before = 0;
        for h in self.object.handlers() {
            if h.start < before || h.end <= h.start || h.end > self.object.instruction_count() {
                return self.fail(h.start, "handlers overlap or are out of order");
            }
            self.target(h.start, h.start.into())?;
            self.target(h.target, h.target.into())?;
            self.registers(h.target, h.register.into(), 1, RegisterKind::Value)?;
            before = h.end;
        }
        for child in self.object.children() {
            if let ChildTarget::Object(index) = child.target {
                if index >= self.code.object_count() || index <= self.index {
                    return self.fail(0, "a child that is no later object");
                }
                if self.code.object(index).free_count() as usize != child.captures.len() {
                    return self.fail(0, "captures do not fit the child's free variables");
                }
            }
            for register in child.captures {
                self.registers(0, register.into(), 1, RegisterKind::Cell)?;
            }
        }
        if self.object.sites().iter().any(|site| site.0 >= self.object.instruction_count()) {
            return self.fail(0, "a site outside the code");
        }
        let mut before = 0;
        for statement in self.object.statements() {
            let in_order = before <= statement.start && statement.start <= statement.end;
            if !in_order || statement.end > self.object.instruction_count() {
                return self.fail(statement.start, "statements overlap or are out of order");
            }
            before = statement.end;
        }
        Ok(())
    }
}

/// Whether the code operand is one that the opcode knows.
fn known_code(i: &Instruction) -> bool {
    match i.op {
        Op::LOAD_IMMEDIATE => Immediate::from_code(i.bx).is_some(),
        Op::LOAD_COMMON => Common::from_code(i.bx).is_some(),
        Op::SET_FUNCTION => FunctionPart::from_code(i.c).is_some(),
        Op::INTRINSIC => Intrinsic::from_code(i.c).is_some(),
        Op::FORMAT | Op::FORMAT_SPEC | Op::CONVERT | Op::BUILD_INTERPOLATION => {
            [0, u32::from(b's'), u32::from(b'r'), u32::from(b'a')].contains(&i.c)
        }
        Op::LOAD_SUPER_ATTR | Op::LOAD_SPECIAL => i.c <= 3,
        Op::GET_AWAITABLE => i.c <= 2,
        Op::YIELD | Op::CALL_EX => i.c <= 1,
        _ => true,
    }
}

//! An object under construction to the words and tables of a code object.

use dx_schemas::code::{CodeObject, Handler, Register, RegisterKind, StatementRange};
use dx_schemas::opcode::{Effect, Format, NO_CACHE, Op, Tail, Word};

use crate::flow;
use crate::ir::{Class, Ins, Reg};
use crate::object::Object;
use crate::pools::Pools;

/// Jump offsets have 24 bits.
const WORDS_MAX: u32 = 1 << 23;
const REGISTERS_MAX: u32 = 1 << 16;

pub(crate) fn assemble(mut object: Object, pools: &Pools) -> Result<CodeObject, String> {
    flow::prune(&mut object);
    flow::drop_proven_checks(&mut object);
    flow::prune(&mut object);
    let live = flow::live_sets(&object);
    Assembler::new(object)?.run(&live, pools)
}

struct Assembler {
    object: Object,
    /// First register of each class.
    first: [u32; 4],
    /// Word at which each instruction begins, one more for the end.
    at: Vec<u32>,
    words: Vec<u32>,
    caches: u32,
}

/// An instruction's operands placed in the window.
struct Placed {
    a: u32,
    b: u32,
    c: u32,
}

impl Assembler {
    fn new(object: Object) -> Result<Assembler, String> {
        let own = object.locals.len() as u32;
        let free = own + object.own_cells.len() as u32;
        let temporaries = free + object.free_cells.len() as u32;
        if temporaries + object.temporaries_max > REGISTERS_MAX {
            return Err(format!("more than {REGISTERS_MAX} variables in one scope"));
        }
        Ok(Assembler {
            object,
            first: [0, own, free, temporaries],
            at: Vec::new(),
            words: Vec::new(),
            caches: 0,
        })
    }

    fn place(&self, reg: Reg) -> u32 {
        self.first[reg.class() as usize] + reg.number()
    }

    fn placed(&self, ins: &Ins) -> Placed {
        let [a, b, c] = ins.operands().map(
            |(role, value)| {
                if role.is_register() { self.place(Reg(value)) } else { value }
            },
        );
        Placed { a, b, c }
    }

    /// Whether a prefix is needed.
    fn is_wide(&self, ins: &Ins) -> bool {
        let Placed { a, b, c } = self.placed(ins);
        match ins.op.format() {
            Format::J => false,
            Format::ABx => a > 0xff || b > 0xffff,
            Format::ABC => a > 0xff || b > 0xff || c > 0xff || Assembler::has_wide_aux(ins),
        }
    }

    fn has_wide_aux(ins: &Ins) -> bool {
        matches!(ins.op.tail(), Tail::Site | Tail::ConstSite) && ins.aux > 0xffff
    }

    fn lay_out(&mut self) -> Result<(), String> {
        let mut pc = 0u32;
        for ins in &self.object.code {
            self.at.push(pc);
            pc += ins.op.words() as u32 + u32::from(self.is_wide(ins));
        }
        self.at.push(pc);
        if pc > WORDS_MAX { Err("more code than one scope can hold".to_owned()) } else { Ok(()) }
    }

    fn run(mut self, live: &[(usize, flow::Bits)], pools: &Pools) -> Result<CodeObject, String> {
        self.lay_out()?;
        for index in 0..self.object.code.len() {
            let ins = self.object.code[index];
            self.encode(&ins, index)?;
        }
        let sites = self.sites();
        let live = self.live(live);
        let registers = self.registers(pools);
        let handlers = self.handlers();
        let object = self.object;
        let place = |at: u32| self.at[at as usize];
        let statements = object
            .statements
            .iter()
            .map(|s| StatementRange { start: place(s.start), end: place(s.end), node: s.node })
            .collect();
        Ok(CodeObject {
            name: object.name,
            qualname: object.qualname,
            flags: object.flags,
            positional_count: object.positional,
            positional_only_count: object.positional_only,
            keyword_only_count: object.keyword_only,
            free_first: self.first[2] as u16,
            free_count: object.free_cells.len() as u16,
            node: object.node,
            docstring: object.docstring,
            registers,
            instructions: self.words,
            cache_count: self.caches,
            children: object
                .children
                .into_iter()
                .map(|mut child| {
                    // Captures were noted as class and number, packed (see `closure`).
                    for register in &mut child.captures {
                        let class = *register >> 15;
                        *register = (self.first[1 + class as usize] + u32::from(*register & 0x7fff)) as u16;
                    }
                    child
                })
                .collect(),
            handlers,
            statements,
            sites,
            live,
        })
    }

    fn encode(&mut self, ins: &Ins, index: usize) -> Result<(), String> {
        let Placed { a, b, c } = self.placed(ins);
        if self.is_wide(ins) {
            let high = |value: u32| (value >> 8) as u8;
            let prefix = match ins.op.format() {
                Format::ABx => Word::abc(Op::WIDE, high(a), (b >> 16) as u8, (b >> 24) as u8),
                _ if Assembler::has_wide_aux(ins) => {
                    if ins.aux >> 24 != 0 || c > 0xff {
                        return Err("too many names or constants".to_owned());
                    }
                    Word::abc(Op::WIDE, high(a), high(b), (ins.aux >> 16) as u8)
                }
                _ => Word::abc(Op::WIDE, high(a), high(b), high(c)),
            };
            if a > 0xffff || (ins.op.format() == Format::ABC && (b > 0xffff || c > 0xffff)) {
                return Err("too many operands".to_owned());
            }
            self.words.push(prefix.0);
        }
        match ins.op.format() {
            Format::J => {
                let target = self.at[self.object.labels[ins.label.0 as usize] as usize];
                let offset = i64::from(target) - i64::from(self.at[index]) - 1;
                self.words.push(Word::jump(ins.op, offset as i32).0);
            }
            Format::ABx => self.words.push(Word::abx(ins.op, a as u8, b as u16).0),
            Format::ABC => self.words.push(Word::abc(ins.op, a as u8, b as u8, c as u8).0),
        }
        let tail = match ins.op.tail() {
            Tail::Site | Tail::ConstSite | Tail::Cache => Word::aux(ins.aux as u16, self.next_cache()),
            Tail::Counts => Word::aux(ins.aux as u16, ins.aux_high as u16),
            Tail::None | Tail::Branch => return Ok(()),
        };
        self.words.push(tail.0);
        Ok(())
    }

    fn next_cache(&mut self) -> u16 {
        if self.caches >= u32::from(NO_CACHE) {
            return NO_CACHE;
        }
        self.caches += 1;
        (self.caches - 1) as u16
    }

    /// A site where the node changes, at what can raise and where statements begin.
    fn sites(&self) -> Vec<(u32, u32)> {
        let mut sites: Vec<(u32, u32)> = Vec::new();
        for (index, ins) in self.object.code.iter().enumerate() {
            let wanted = ins.op.can_raise() || ins.starts_statement;
            if wanted && (ins.starts_statement || sites.last().is_none_or(|site| site.1 != ins.node)) {
                sites.push((self.at[index], ins.node));
            }
        }
        sites
    }

    fn live(&self, sets: &[(usize, flow::Bits)]) -> Vec<(u32, Vec<u8>)> {
        let first = self.first[3];
        let mut named = vec![0xffu8; first as usize / 8];
        if !first.is_multiple_of(8) {
            named.push((1u8 << (first % 8)) - 1);
        }
        let mut out: Vec<(u32, Vec<u8>)> = Vec::new();
        let mut before: Option<&flow::Bits> = None;
        for (index, set) in sets {
            debug_assert_ne!(self.object.code[*index].op.effect(), Effect::pure);
            if before == Some(set) {
                continue;
            }
            before = Some(set);
            let mut bytes = named.clone();
            for temporary in 0..self.object.temporaries_max {
                if set.contains(temporary) {
                    let bit = first + temporary;
                    bytes.resize(bytes.len().max(bit as usize / 8 + 1), 0);
                    bytes[bit as usize / 8] |= 1 << (bit % 8);
                }
            }
            out.push((self.at[*index], bytes));
        }
        out
    }

    fn registers(&self, _pools: &Pools) -> Vec<Register> {
        let object = &self.object;
        let named = |kind: RegisterKind, names: &[u32]| {
            names.iter().map(|name| Register { kind, name: Some(*name) }).collect::<Vec<_>>()
        };
        let mut registers = named(RegisterKind::Value, &object.locals);
        registers.extend(named(RegisterKind::Cell, &object.own_cells));
        registers.extend(named(RegisterKind::Cell, &object.free_cells));
        let temporary = Register { kind: RegisterKind::Value, name: None };
        registers.resize(registers.len() + object.temporaries_max as usize, temporary);
        debug_assert_eq!(
            registers.len() as u32,
            self.first[Class::Temporary as usize] + object.temporaries_max
        );
        registers
    }

    fn handlers(&self) -> Vec<Handler> {
        let mut handlers: Vec<Handler> = Vec::new();
        let mut open: Option<u32> = None;
        for (index, ins) in self.object.code.iter().enumerate() {
            // What cannot raise joins the region before it, so that regions stay long.
            let id = if ins.op.can_raise() { ins.handler.map(|id| id.0) } else { open };
            let at = self.at[index];
            let end = self.at[index + 1];
            match id {
                Some(id) if open == Some(id) => {
                    if let Some(last) = handlers.last_mut() {
                        last.end = end;
                    }
                }
                Some(id) => {
                    let handler = &self.object.handlers[id as usize];
                    handlers.push(Handler {
                        start: at,
                        end,
                        target: self.at[self.object.labels[handler.label.0 as usize] as usize],
                        register: self.place(handler.register) as u16,
                    });
                }
                None => {}
            }
            open = id;
        }
        handlers
    }
}

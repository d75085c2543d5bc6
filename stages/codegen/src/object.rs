//! One code object under construction: its instructions, labels, registers and open blocks.

use dx_schemas::code::{ChildRef, StatementRange};
use dx_schemas::fast_map::FastMap;
use dx_schemas::opcode::Op;
use dx_schemas::scopes::ScopeKind;

use crate::ir::{Class, HandlerId, Ins, Label, Reg};
use crate::statement::block::Block;

/// A handler: where it begins and which register receives the exception.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    pub(crate) label: Label,
    pub(crate) register: Reg,
}

/// A variable's register class and number by scope (inlined comprehensions have their own) and name.
#[derive(Default)]
pub(crate) struct Variables(FastMap<u32, FastMap<String, Reg>>);

impl Variables {
    pub(crate) fn get(&self, scope: u32, name: &str) -> Option<Reg> {
        self.0.get(&scope)?.get(name).copied()
    }

    pub(crate) fn insert(&mut self, scope: u32, name: &str, reg: Reg) {
        self.0.entry(scope).or_default().insert(name.to_owned(), reg);
    }
}

pub(crate) struct Object {
    /// Place in the unit.
    pub(crate) index: u32,
    pub(crate) scope: u32,
    pub(crate) kind: ScopeKind,
    pub(crate) name: u32,
    pub(crate) qualname: u32,
    pub(crate) flags: u32,
    pub(crate) node: u32,
    pub(crate) docstring: u32,
    pub(crate) positional: u16,
    pub(crate) positional_only: u16,
    pub(crate) keyword_only: u16,
    /// Name of the first parameter, for `super()`.
    pub(crate) first_parameter: Option<String>,
    /// Registers that the caller fills.
    pub(crate) parameter_count: u32,
    pub(crate) code: Vec<Ins>,
    /// Instruction that each label is bound to.
    pub(crate) labels: Vec<u32>,
    pub(crate) handlers: Vec<Handler>,
    /// The handler in force.
    pub(crate) handler: Option<HandlerId>,
    pub(crate) blocks: Vec<Block>,
    /// Inlined comprehensions around the place of visit, innermost last.
    pub(crate) inlined: Vec<u32>,
    pub(crate) variables: Variables,
    /// Names (in the pool) by register, class by class.
    pub(crate) locals: Vec<u32>,
    pub(crate) own_cells: Vec<u32>,
    pub(crate) free_cells: Vec<u32>,
    temporaries: u32,
    pub(crate) temporaries_max: u32,
    pub(crate) children: Vec<ChildRef>,
    pub(crate) child_index: FastMap<(u32, u8), u32>,
    pub(crate) statements: Vec<StatementRange>,
    pub(crate) at_statement: bool,
    /// Conditional annotations of this body: index by AnnAssign node.
    pub(crate) conditional: FastMap<u32, u32>,
}

impl Object {
    pub(crate) fn new(index: u32, scope: u32, kind: ScopeKind, node: u32) -> Object {
        Object {
            index,
            scope,
            kind,
            name: 0,
            qualname: 0,
            flags: 0,
            node,
            docstring: u32::MAX,
            positional: 0,
            positional_only: 0,
            keyword_only: 0,
            first_parameter: None,
            parameter_count: 0,
            code: Vec::new(),
            labels: Vec::new(),
            handlers: Vec::new(),
            handler: None,
            blocks: Vec::new(),
            inlined: Vec::new(),
            variables: Variables::default(),
            locals: Vec::new(),
            own_cells: Vec::new(),
            free_cells: Vec::new(),
            temporaries: 0,
            temporaries_max: 0,
            children: Vec::new(),
            child_index: FastMap::default(),
            statements: Vec::new(),
            at_statement: false,
            conditional: FastMap::default(),
        }
    }

    /// The next temporary of the stack.
    pub(crate) fn fresh(&mut self) -> Reg {
        let reg = Reg::temporary(self.temporaries);
        self.temporaries += 1;
        self.temporaries_max = self.temporaries_max.max(self.temporaries);
        reg
    }

    /// A run of temporaries; its first.
    pub(crate) fn fresh_run(&mut self, count: u32) -> Reg {
        let first = Reg::temporary(self.temporaries);
        self.temporaries += count;
        // A run of none still names a register, which must exist.
        self.temporaries_max = self.temporaries_max.max(self.temporaries.max(first.number() + 1));
        first
    }

    pub(crate) fn mark(&self) -> u32 {
        self.temporaries
    }

    pub(crate) fn release(&mut self, mark: u32) {
        debug_assert!(mark <= self.temporaries);
        self.temporaries = mark;
    }

    /// Whether nothing stands above `reg` on the stack of temporaries.
    pub(crate) fn is_top(&self, reg: Reg) -> bool {
        reg.is_temporary() && reg.number() + 1 == self.temporaries
    }

    pub(crate) fn label(&mut self) -> Label {
        self.labels.push(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    pub(crate) fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.code.len() as u32;
    }

    /// A label bound here.
    pub(crate) fn here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    pub(crate) fn push(&mut self, node: u32, op: Op, a: u32, b: u32, c: u32) -> &mut Ins {
        let starts_statement = std::mem::take(&mut self.at_statement);
        self.code.push(Ins {
            op,
            a,
            b,
            c,
            aux: 0,
            aux_high: 0,
            label: Label(u32::MAX),
            node,
            handler: self.handler,
            starts_statement,
        });
        let last = self.code.len() - 1;
        &mut self.code[last]
    }

    pub(crate) fn local(&mut self, scope: u32, name: &str, pooled: u32) -> Reg {
        if let Some(reg) = self.variables.get(scope, name) {
            return reg;
        }
        let reg = Reg::new(Class::Local, self.locals.len() as u32);
        self.locals.push(pooled);
        self.variables.insert(scope, name, reg);
        reg
    }

    pub(crate) fn own_cell(&mut self, scope: u32, name: &str, pooled: u32) -> Reg {
        if let Some(reg) = self.variables.get(scope, name).filter(|reg| !reg.is_local()) {
            return reg;
        }
        let reg = Reg::new(Class::Own, self.own_cells.len() as u32);
        self.own_cells.push(pooled);
        self.variables.insert(scope, name, reg);
        reg
    }

    pub(crate) fn free_cell(&mut self, scope: u32, name: &str, pooled: u32) -> Reg {
        let reg = Reg::new(Class::Free, self.free_cells.len() as u32);
        self.free_cells.push(pooled);
        self.variables.insert(scope, name, reg);
        reg
    }

    pub(crate) fn new_handler(&mut self, register: Reg) -> (HandlerId, Label) {
        let label = self.label();
        self.handlers.push(Handler { label, register });
        (HandlerId(self.handlers.len() as u32 - 1), label)
    }
}

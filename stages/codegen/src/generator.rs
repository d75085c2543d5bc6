//! The state of one compilation: the fragment's inputs, its pools, and the stack of objects being made.

use dx_schemas::code::{CodeObject, CodeUnit, Constant};
use dx_schemas::diagnostic::Severity;
use dx_schemas::fast_map::FastMap;
use dx_schemas::index::NodeDiagnostic;
use dx_schemas::opcode::{Immediate, Op};
use dx_schemas::scopes::{Scope, ScopeKind, Scopes};
use dx_schemas::tree::{Node, NodeKind, Tree};

use crate::fold::Folder;
use crate::ir::{Label, Reg};
use crate::object::Object;
use crate::pools::Pools;
use crate::{Mode, Options};

/// Nested expressions, statements and patterns that are compiled; sources of people stay below a hundred.
const DEPTH_MAX: u32 = 12_000;

pub(crate) struct Generator<'a> {
    pub(crate) tree: Tree<'a>,
    pub(crate) scopes: &'a Scopes,
    pub(crate) options: Options,
    scope_index: FastMap<(u32, ScopeKind), u32>,
    pub(crate) pools: Pools,
    pub(crate) folder: Folder<'a>,
    /// Named expressions before each node, to know at once whether a subtree has one.
    walrus_before: Vec<u32>,
    pub(crate) done: Vec<CodeObject>,
    pub(crate) object: Object,
    outer: Vec<Object>,
    pub(crate) class_name: String,
    depth: u32,
    pub(crate) errors: Vec<NodeDiagnostic>,
}

impl<'a> Generator<'a> {
    pub(crate) fn new(tree: Tree<'a>, scopes: &'a Scopes, options: Options) -> Generator<'a> {
        let scope_index =
            scopes.scopes.iter().enumerate().rev().map(|(at, s)| ((s.node, s.kind), at as u32)).collect();
        let mut walrus_before = Vec::with_capacity(tree.node_count() + 1);
        let mut seen = 0;
        for node in tree.iter() {
            walrus_before.push(seen);
            seen += u32::from(node.kind() == NodeKind::NamedExpr);
        }
        walrus_before.push(seen);
        Generator {
            tree,
            scopes,
            options,
            scope_index,
            pools: Pools::default(),
            folder: Folder::new(tree, options.optimise),
            walrus_before,
            done: Vec::new(),
            object: Object::new(0, 0, ScopeKind::Module, 0),
            outer: Vec::new(),
            class_name: scopes.class_name.clone(),
            depth: 0,
            errors: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> Result<CodeUnit, Vec<NodeDiagnostic>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        Ok(CodeUnit { objects: self.done, constants: self.pools.constants, names: self.pools.names })
    }

    pub(crate) fn error(&mut self, node: u32, code: &str, message: impl Into<String>) {
        self.errors.push(NodeDiagnostic {
            fragment: 0,
            node,
            severity: Severity::Error,
            code: code.to_owned(),
            message: message.into(),
            exception: "SyntaxError".to_owned(),
        });
    }

    /// Runs a step that recurses with the source, on more stack when it runs out, and not without end.
    pub(crate) fn deeper(&mut self, node: u32, step: impl FnOnce(&mut Self)) {
        if self.depth >= DEPTH_MAX {
            if self.errors.is_empty() {
                self.error(node, "too-deeply-nested", "too many nested expressions or statements");
            }
            return;
        }
        self.depth += 1;
        stacker::maybe_grow(256 << 10, 8 << 20, || step(self));
        self.depth -= 1;
    }

    pub(crate) fn is_interactive(&self) -> bool {
        self.options.mode == Mode::Single && self.object.kind == ScopeKind::Module
    }

    pub(crate) fn scope(&self, index: u32) -> &'a Scope {
        &self.scopes.scopes[index as usize]
    }

    pub(crate) fn find_scope(&self, node: Node<'_>, kind: ScopeKind) -> Option<u32> {
        self.scope_index.get(&(node.id().0, kind)).copied()
    }

    /// Opens a new object; the one being made waits.
    pub(crate) fn enter(&mut self, scope: u32, kind: ScopeKind, node: u32) {
        let index = self.done.len() as u32;
        self.done.push(CodeObject::default());
        let row = self.scope(scope);
        let mut object = Object::new(index, scope, kind, node);
        object.name = self.pools.name(&row.name);
        object.qualname = self.pools.name(&row.qualname);
        self.outer.push(std::mem::replace(&mut self.object, object));
    }

    /// Finishes the object and returns to the one around it; its place in the unit.
    pub(crate) fn leave(&mut self) -> u32 {
        let object = match self.outer.pop() {
            Some(outer) => std::mem::replace(&mut self.object, outer),
            None => return 0,
        };
        let (index, node) = (object.index, object.node);
        if self.errors.is_empty() {
            match crate::assemble::assemble(object, &self.pools) {
                Ok(code) => self.done[index as usize] = code,
                Err(what) => self.error(node, "code-too-large", what),
            }
        }
        index
    }

    /// Whether evaluating `node` may rebind a local: then operands read before are copied first.
    pub(crate) fn has_walrus(&self, node: Node<'_>) -> bool {
        self.walrus_before[node.id().0 as usize] != self.walrus_before[node.end().0 as usize]
    }

    // What most rooms emit.

    pub(crate) fn emit(&mut self, node: Node<'_>, op: Op, a: u32, b: u32, c: u32) {
        self.object.push(node.id().0, op, a, b, c);
    }

    /// With registers, the unused ones zero.
    pub(crate) fn emit_site(&mut self, node: Node<'_>, op: Op, operands: [u32; 3], name: u32) {
        let [a, b, c] = operands;
        self.object.push(node.id().0, op, a, b, c).aux = name;
    }

    pub(crate) fn jump(&mut self, node: Node<'_>, label: Label) {
        self.object.push(node.id().0, Op::JUMP, 0, 0, 0).label = label;
    }

    pub(crate) fn jump_back(&mut self, node: Node<'_>, label: Label) {
        self.object.push(node.id().0, Op::LOOP, 0, 0, 0).label = label;
    }

    /// A branch instruction and its jump.
    pub(crate) fn branch(&mut self, node: Node<'_>, op: Op, operands: [u32; 3], label: Label) {
        let [a, b, c] = operands;
        self.emit(node, op, a, b, c);
        self.jump(node, label);
    }

    pub(crate) fn load_none(&mut self, node: Node<'_>, dest: Reg) {
        self.emit(node, Op::LOAD_IMMEDIATE, dest.0, Immediate::None as u32, 0);
    }

    pub(crate) fn move_to(&mut self, node: Node<'_>, dest: Reg, source: Reg) {
        if dest != source {
            self.emit(node, Op::MOVE, dest.0, source.0, 0);
        }
    }

    pub(crate) fn load_constant(&mut self, node: Node<'_>, dest: Reg, constant: Constant) {
        let immediate = match &constant {
            Constant::None => Some(Immediate::None),
            Constant::True => Some(Immediate::True),
            Constant::False => Some(Immediate::False),
            Constant::Ellipsis => Some(Immediate::Ellipsis),
            _ => None,
        };
        if let Some(immediate) = immediate {
            self.emit(node, Op::LOAD_IMMEDIATE, dest.0, immediate as u32, 0);
        } else if let Some(small) = constant.as_i64().and_then(|value| i16::try_from(value).ok()) {
            self.emit(node, Op::LOAD_INT, dest.0, u32::from(small as u16), 0);
        } else {
            let index = self.pools.constant(constant);
            self.emit(node, Op::LOAD_CONST, dest.0, index, 0);
        }
    }
}

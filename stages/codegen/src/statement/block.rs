//! Blocks that are open around a statement, and what leaving them early takes.
//!
//! A `finally` body is compiled once for each way out of its `try`: `return`, `break`, `continue`, an exception, the end.
//! Code on a way out runs under the handlers that stand around the block, not under the block's own.

use dx_schemas::opcode::Op;
use dx_schemas::tree::{Node, NodeId};

use crate::generator::Generator;
use crate::ir::{HandlerId, Label, Reg};

/// CPython allows as many nested blocks and no more.
const BLOCKS_MAX: usize = 21;

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    /// The handler in force around it.
    pub(crate) outside: Option<HandlerId>,
}

#[derive(Clone, Debug)]
pub(crate) enum BlockKind {
    Loop {
        next: Label,
        end: Label,
    },
    /// The body of `try … except`.
    Try,
    /// The body of `try … finally`; the node of its last part.
    Finally {
        body: u32,
    },
    /// A `finally` body that runs because of an exception; what was handled before.
    FinallyHandler {
        saved: Reg,
    },
    /// The body of a `with`: its item, its exit method's pair.
    With {
        item: u32,
        exit: Reg,
        is_async: bool,
    },
    /// The body of `except … as name`.
    Handler {
        saved: Reg,
        node: u32,
        name: Option<String>,
    },
    /// A clause of `except*`, which nothing may leave.
    Group,
}

impl Block {
    /// Whether something runs when it is left early.
    pub(crate) fn has_exit_code(&self) -> bool {
        !matches!(self.kind, BlockKind::Loop { .. } | BlockKind::Try)
    }
}

impl Generator<'_> {
    pub(crate) fn push_block(&mut self, node: Node<'_>, kind: BlockKind) {
        if self.object.blocks.len() >= BLOCKS_MAX {
            self.error(node.id().0, "too-many-nested-blocks", "too many statically nested blocks");
        }
        let outside = self.object.handler;
        self.object.blocks.push(Block { kind, outside });
    }

    pub(crate) fn pop_block(&mut self) {
        if let Some(block) = self.object.blocks.pop() {
            self.object.handler = block.outside;
        }
    }

    /// Emits what runs when `return` leaves everything.
    pub(crate) fn unwind_all(&mut self, node: Node<'_>) {
        self.unwind(node, |_| false);
    }

    /// Emits what runs when control leaves all blocks inside the one that `stop` accepts.
    fn unwind(&mut self, node: Node<'_>, stop: impl Fn(&BlockKind) -> bool) -> Option<BlockKind> {
        let handler = self.object.handler;
        let mut left = Vec::new();
        let mut found = None;
        while let Some(block) = self.object.blocks.last().cloned() {
            if matches!(block.kind, BlockKind::Group) {
                let what = "'break', 'continue' and 'return' cannot appear in an except* block";
                self.error(node.id().0, "exit-from-except-star", what);
                break;
            }
            if stop(&block.kind) {
                found = Some(block.kind);
                break;
            }
            self.pop_block();
            self.leave_block(node, &block.kind);
            left.push(block);
        }
        self.object.blocks.extend(left.into_iter().rev());
        self.object.handler = handler;
        found
    }

    fn leave_block(&mut self, node: Node<'_>, kind: &BlockKind) {
        let mark = self.object.mark();
        match kind {
            BlockKind::Loop { .. } | BlockKind::Try | BlockKind::Group => {}
            BlockKind::Finally { body } => {
                let body = self.tree.node(NodeId(*body));
                self.block(body);
            }
            BlockKind::FinallyHandler { saved } => self.emit(node, Op::POP_EXCEPTION, saved.0, 0, 0),
            BlockKind::With { item, exit, is_async } => {
                let item = self.tree.node(NodeId(*item));
                let window = self.object.fresh_run(2);
                self.move_to(item, window, *exit);
                self.move_to(item, window.offset(1), exit.offset(1));
                self.call_exit(item, window, *is_async);
            }
            BlockKind::Handler { saved, node: at, name } => {
                self.emit(node, Op::POP_EXCEPTION, saved.0, 0, 0);
                if let Some(name) = name {
                    let at = self.tree.node(NodeId(*at));
                    self.forget_name(at, name);
                }
            }
        }
        self.object.release(mark);
    }

    /// `break` and `continue`.
    pub(crate) fn leave_loop(&mut self, node: Node<'_>, is_break: bool) {
        match self.unwind(node, |kind| matches!(kind, BlockKind::Loop { .. })) {
            Some(BlockKind::Loop { next, end }) => self.jump(node, if is_break { end } else { next }),
            _ if !self.errors.is_empty() => {}
            _ if is_break => self.error(node.id().0, "break-outside-loop", "'break' outside loop"),
            _ => self.error(node.id().0, "continue-outside-loop", "'continue' not properly in loop"),
        }
    }
}

//! Blocks around a statement: where `break`, `continue` and `return` may stand, and how deep blocks may nest.
//!
//! CPython decides this in its compiler with a stack of frame blocks (`CO_MAXBLOCKS`); this is the same stack.

use ruff_text_size::TextRange;

use crate::finding::Findings;

/// CPython refuses the block after this many within one code object.
const DEPTH_MAX: usize = 21;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Loop,
    With,
    Try,
    Handler,
    StarHandler,
    /// The statements that a `finally` protects.
    Finally,
    FinallyBody,
}

impl Block {
    /// Handlers hold two blocks: the handler and the cleanup of its name.
    fn weight(self) -> usize {
        match self {
            Block::Handler | Block::StarHandler => 2,
            _ => 1,
        }
    }
}

/// The blocks of the scopes around, innermost last.
#[derive(Default)]
pub(crate) struct Blocks {
    stack: Vec<Block>,
    /// Where the innermost scope's blocks begin.
    floor: usize,
}

/// What [`Blocks::enter_scope`] found, to be given back.
pub(crate) struct Outer(usize);

impl Blocks {
    pub(crate) fn enter_scope(&mut self) -> Outer {
        Outer(std::mem::replace(&mut self.floor, self.stack.len()))
    }

    pub(crate) fn leave_scope(&mut self, outer: Outer) {
        self.stack.truncate(self.floor);
        self.floor = outer.0;
    }

    pub(crate) fn push(&mut self, block: Block, place: TextRange, findings: &mut Findings) {
        let before = self.depth();
        self.stack.push(block);
        if before <= DEPTH_MAX && self.depth() > DEPTH_MAX {
            findings.syntax(&place, "too many statically nested blocks");
        }
    }

    pub(crate) fn pop(&mut self) {
        self.stack.pop();
    }

    fn own(&self) -> &[Block] {
        &self.stack[self.floor.min(self.stack.len())..]
    }

    fn depth(&self) -> usize {
        self.own().iter().map(|block| block.weight()).sum()
    }

    pub(crate) fn check_break(&self, place: TextRange, findings: &mut Findings) {
        self.check_jump(place, "break", "'break' outside loop", findings);
    }

    pub(crate) fn check_continue(&self, place: TextRange, findings: &mut Findings) {
        self.check_jump(place, "continue", "'continue' not properly in loop", findings);
    }

    fn check_jump(&self, place: TextRange, word: &str, outside: &str, findings: &mut Findings) {
        let mut in_finally = false;
        for block in self.own().iter().rev() {
            match block {
                Block::Loop => {
                    if in_finally {
                        findings.warn(&place, format!("'{word}' in a 'finally' block"));
                    }
                    return;
                }
                Block::StarHandler => {
                    findings.syntax(&place, STAR_MESSAGE);
                    return;
                }
                Block::FinallyBody => in_finally = true,
                _ => {}
            }
        }
        findings.syntax(&place, outside);
    }

    /// The error stands at the value, the warning at the statement, as in CPython.
    pub(crate) fn check_return(&self, value: TextRange, statement: TextRange, findings: &mut Findings) {
        let own = self.own();
        if own.contains(&Block::StarHandler) {
            findings.syntax(&value, STAR_MESSAGE);
        } else if own.contains(&Block::FinallyBody) {
            findings.warn(&statement, "'return' in a 'finally' block");
        }
    }
}

const STAR_MESSAGE: &str = "'break', 'continue' and 'return' cannot appear in an except* block";

//! f-strings and t-strings.

use dx_schemas::code::Constant;
use dx_schemas::opcode::Op;
use dx_schemas::tree::{Const, Node, NodeKind};

use super::display::RUN_MAX;
use crate::generator::Generator;
use crate::ir::Reg;

/// A piece of an f-string: neighbouring texts are joined, empty ones dropped.
enum Piece<'a> {
    Text(Vec<u8>),
    Value(Node<'a>),
}

fn pieces(node: Node<'_>) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for part in node.children() {
        match (part.constant(), pieces.last_mut()) {
            (Some(Const::Str([])), _) if part.kind() == NodeKind::Constant => {}
            (Some(Const::Str(text)), Some(Piece::Text(before))) if part.kind() == NodeKind::Constant => {
                before.extend_from_slice(text);
            }
            (Some(Const::Str(text)), _) if part.kind() == NodeKind::Constant => {
                pieces.push(Piece::Text(text.to_vec()));
            }
            _ => pieces.push(Piece::Value(part)),
        }
    }
    pieces
}

impl Generator<'_> {
    pub(crate) fn joined(&mut self, node: Node<'_>, dest: Reg) {
        let pieces = pieces(node);
        match &pieces[..] {
            [] => self.load_constant(node, dest, Constant::Str(Vec::new())),
            [only] => self.piece(node, only, dest),
            _ if pieces.len() <= RUN_MAX => {
                let first = self.push_pieces(node, &pieces);
                self.emit(node, Op::BUILD_STRING, dest.0, first.0, pieces.len() as u32);
            }
            _ => self.by_temporary(node, dest, |this, dest| {
                // A long one: chunks are joined, then their results.
                let chunks = pieces.chunks(RUN_MAX);
                let whole = this.object.fresh_run(chunks.len() as u32);
                for (at, chunk) in chunks.enumerate() {
                    let mark = this.object.mark();
                    let first = this.push_pieces(node, chunk);
                    let part = whole.offset(at as u32);
                    this.emit(node, Op::BUILD_STRING, part.0, first.0, chunk.len() as u32);
                    this.object.release(mark);
                }
                let count = pieces.len().div_ceil(RUN_MAX) as u32;
                this.emit(node, Op::BUILD_STRING, dest.0, whole.0, count);
            }),
        }
    }

    fn push_pieces(&mut self, node: Node<'_>, pieces: &[Piece<'_>]) -> Reg {
        let first = Reg::temporary(self.object.mark());
        for piece in pieces {
            let place = self.object.fresh();
            self.piece(node, piece, place);
        }
        first
    }

    fn piece(&mut self, node: Node<'_>, piece: &Piece<'_>, dest: Reg) {
        match piece {
            Piece::Text(text) => self.load_constant(node, dest, Constant::Str(text.clone())),
            Piece::Value(value) if value.kind() == NodeKind::FormattedValue => self.formatted(*value, dest),
            Piece::Value(value) => self.value_to(*value, dest),
        }
    }

    fn formatted(&mut self, node: Node<'_>, dest: Reg) {
        let mark = self.object.mark();
        let [value, spec] = node.slots();
        let conversion = u32::from(node.extra());
        match spec.present() {
            None => {
                let source = self.operand_in(value, dest, &[]);
                self.emit(node, Op::FORMAT, dest.0, source.0, conversion);
            }
            Some(spec) => {
                // The conversion runs before the specification is evaluated.
                let pair = self.push_value(value);
                if conversion != 0 {
                    self.emit(node, Op::CONVERT, pair.0, pair.0, conversion);
                }
                self.push_value(spec);
                self.emit(node, Op::FORMAT_SPEC, dest.0, pair.0, 0);
            }
        }
        self.object.release(mark);
    }

    /// `strings` has one item more than `interpolations`: what stands before, between and behind them.
    pub(crate) fn template(&mut self, node: Node<'_>, dest: Reg) {
        let mut strings = vec![Vec::new()];
        let mut interpolations = Vec::new();
        for part in node.children() {
            match part.constant() {
                Some(Const::Str(text)) if part.kind() == NodeKind::Constant => {
                    if let Some(last) = strings.last_mut() {
                        last.extend_from_slice(text);
                    }
                }
                _ => {
                    interpolations.push(part);
                    strings.push(Vec::new());
                }
            }
        }
        let items = strings.into_iter().map(|text| self.pools.constant(Constant::Str(text))).collect();
        let strings = self.pools.constant(Constant::Tuple(items));
        let pair = self.object.fresh();
        self.emit(node, Op::LOAD_CONST, pair.0, strings, 0);
        self.object.fresh();
        if interpolations.len() > RUN_MAX {
            self.emit(node, Op::BUILD_LIST, pair.offset(1).0, pair.offset(1).0, 0);
            for part in &interpolations {
                let item = self.object.fresh();
                self.interpolation(*part, item);
                self.emit(*part, Op::LIST_APPEND, pair.offset(1).0, item.0, 0);
                self.object.release(item.number());
            }
            self.emit(node, Op::LIST_TO_TUPLE, pair.offset(1).0, pair.offset(1).0, 0);
        } else {
            let first = Reg::temporary(self.object.mark());
            for part in &interpolations {
                let place = self.object.fresh();
                self.interpolation(*part, place);
            }
            if interpolations.is_empty() {
                self.object.fresh_run(0);
            }
            let count = interpolations.len() as u32;
            self.emit(node, Op::BUILD_TUPLE, pair.offset(1).0, first.0, count);
        }
        self.emit(node, Op::BUILD_TEMPLATE, dest.0, pair.0, 0);
    }

    fn interpolation(&mut self, node: Node<'_>, dest: Reg) {
        let mark = self.object.mark();
        let [value, spec] = node.slots();
        let triple = self.push_value(value);
        let text = match node.constant() {
            Some(Const::Str(text)) => text.to_vec(),
            _ => Vec::new(),
        };
        let place = self.object.fresh();
        self.load_constant(node, place, Constant::Str(text));
        let place = self.object.fresh();
        match spec.present() {
            Some(spec) => self.value_to(spec, place),
            None => self.load_constant(node, place, Constant::Str(Vec::new())),
        }
        self.emit(node, Op::BUILD_INTERPOLATION, dest.0, triple.0, u32::from(node.extra()));
        self.object.release(mark);
    }
}

//! `match`: patterns as tests that fall through when they match.
//!
//! What a pattern captures waits in registers until all of it has matched, so a failure has nothing to undo. All
//! alternatives of an or-pattern capture into the same registers.

use dx_schemas::code::Constant;
use dx_schemas::opcode::{Immediate, Op};
use dx_schemas::tree::{Const, Node, NodeKind};

use crate::generator::Generator;
use crate::ir::{Label, Reg};

/// Names that a pattern binds, in order, and the registers that hold their values meanwhile.
#[derive(Default)]
struct Captures {
    names: Vec<(String, Reg)>,
}

fn is_wildcard(pattern: Node<'_>) -> bool {
    match pattern.kind() {
        NodeKind::MatchAs => {
            let [inner] = pattern.slots();
            pattern.name().is_none() && inner.is_absent()
        }
        _ => false,
    }
}

fn is_star_wildcard(pattern: Node<'_>) -> bool {
    pattern.kind() == NodeKind::MatchStar && pattern.name().is_none()
}

/// A pattern that matches everything: only the last case may be one, unless it has a guard.
fn is_irrefutable(pattern: Node<'_>) -> bool {
    match pattern.kind() {
        NodeKind::MatchAs => {
            let [inner] = pattern.slots();
            inner.is_absent() || is_irrefutable(inner)
        }
        NodeKind::MatchOr => pattern.children().any(is_irrefutable),
        _ => false,
    }
}

impl Generator<'_> {
    pub(crate) fn match_statement(&mut self, node: Node<'_>) {
        let [subject] = node.slots();
        let subject = self.push_value(subject);
        let end = self.object.label();
        let cases: Vec<Node<'_>> = node.rest(1).collect();
        for (at, case) in cases.iter().enumerate() {
            let [pattern, guard, body] = case.slots();
            if is_irrefutable(pattern) && guard.is_absent() && at + 1 < cases.len() {
                self.refuse_unreachable(pattern);
            }
            let mark = self.object.mark();
            let next = self.object.label();
            self.object.at_statement = true;
            let mut captures = Captures::default();
            self.collect_captures(pattern, &mut captures);
            self.pattern(pattern, subject, next, &captures);
            for (name, value) in &captures.names {
                self.store_name(pattern, name, *value);
            }
            self.object.release(mark);
            if let Some(guard) = guard.present() {
                self.jump_if(guard, next, false);
            }
            self.block(body);
            self.jump(*case, end);
            self.object.bind(next);
        }
        self.object.bind(end);
    }

    fn refuse_unreachable(&mut self, pattern: Node<'_>) {
        let what = match pattern.name() {
            Some(name) => format!("name capture '{name}' makes remaining patterns unreachable"),
            None => "wildcard makes remaining patterns unreachable".to_owned(),
        };
        self.error(pattern.id().0, "unreachable-pattern", what);
    }

    /// A register for each name of the pattern, in the order in which CPython stores them.
    fn collect_captures(&mut self, pattern: Node<'_>, captures: &mut Captures) {
        self.deeper(pattern.id().0, |this| {
            if pattern.kind() == NodeKind::MatchOr {
                // All alternatives bind the same names.
                if let Some(first) = pattern.children().next() {
                    this.collect_captures(first, captures);
                }
                return;
            }
            for child in pattern.children() {
                match child.kind() {
                    NodeKind::List | NodeKind::MatchMappingItem | NodeKind::MatchKeyword => {
                        for inner in child.children() {
                            this.collect_captures(inner, captures);
                        }
                    }
                    _ => this.collect_captures(child, captures),
                }
            }
            let binds =
                matches!(pattern.kind(), NodeKind::MatchAs | NodeKind::MatchStar | NodeKind::MatchMapping);
            if let Some(name) = pattern.name().filter(|_| binds) {
                let name = this.mangled(name);
                if captures.names.iter().all(|(known, _)| *known != name) {
                    let place = this.object.fresh();
                    captures.names.push((name, place));
                }
            }
        });
    }

    fn capture(&mut self, pattern: Node<'_>, value: Reg, captures: &Captures) {
        let Some(name) = pattern.name() else { return };
        let name = self.mangled(name);
        match captures.names.iter().find(|(known, _)| *known == name) {
            Some((_, place)) => self.move_to(pattern, *place, value),
            None => self.error(
                pattern.id().0,
                "alternatives-bind-different-names",
                "alternative patterns bind different names",
            ),
        }
    }

    /// Tests `subject`; jumps to `fail` if it does not match.
    fn pattern(&mut self, pattern: Node<'_>, subject: Reg, fail: Label, captures: &Captures) {
        self.deeper(pattern.id().0, |this| {
            let mark = this.object.mark();
            match pattern.kind() {
                NodeKind::MatchValue => {
                    let [value] = pattern.slots();
                    let value = this.value(value);
                    this.branch(pattern, Op::TEST_EQ, [subject.0, value.0, 0], fail);
                }
                NodeKind::MatchSingleton => this.singleton(pattern, subject, fail),
                NodeKind::MatchSequence => this.sequence(pattern, subject, fail, captures),
                NodeKind::MatchMapping => this.mapping(pattern, subject, fail, captures),
                NodeKind::MatchClass => this.class_pattern(pattern, subject, fail, captures),
                NodeKind::MatchStar => this.capture(pattern, subject, captures),
                NodeKind::MatchAs => {
                    let [inner] = pattern.slots();
                    if let Some(inner) = inner.present() {
                        this.pattern(inner, subject, fail, captures);
                    }
                    this.capture(pattern, subject, captures);
                }
                NodeKind::MatchOr => this.alternatives(pattern, subject, fail, captures),
                other => {
                    let what = format!("'{}' is no pattern", other.name());
                    this.error(pattern.id().0, "not-a-pattern", what);
                }
            }
            this.object.release(mark);
        });
    }

    fn singleton(&mut self, pattern: Node<'_>, subject: Reg, fail: Label) {
        let immediate = match pattern.constant() {
            Some(Const::True) => Immediate::True,
            Some(Const::False) => Immediate::False,
            _ => {
                self.branch(pattern, Op::TEST_NONE, [subject.0, 0, 0], fail);
                return;
            }
        };
        let value = self.object.fresh();
        self.emit(pattern, Op::LOAD_IMMEDIATE, value.0, immediate as u32, 0);
        self.branch(pattern, Op::TEST_IS, [subject.0, value.0, 0], fail);
    }

    fn alternatives(&mut self, pattern: Node<'_>, subject: Reg, fail: Label, captures: &Captures) {
        let matched = self.object.label();
        let mut alternatives = pattern.children().peekable();
        while let Some(alternative) = alternatives.next() {
            if alternatives.peek().is_none() {
                self.pattern(alternative, subject, fail, captures);
            } else {
                if is_irrefutable(alternative) {
                    self.refuse_unreachable(alternative);
                }
                let next = self.object.label();
                self.pattern(alternative, subject, next, captures);
                self.jump(pattern, matched);
                self.object.bind(next);
            }
        }
        self.object.bind(matched);
    }

    fn test_length(&mut self, node: Node<'_>, subject: Reg, length: usize, op: [Op; 2], fail: Label) {
        let mark = self.object.mark();
        let found = self.object.fresh();
        self.emit(node, Op::GET_LEN, found.0, subject.0, 0);
        let [op, op_small] = op;
        if let Ok(small) = i8::try_from(length) {
            self.branch(node, op_small, [found.0, u32::from(small as u8), 0], fail);
        } else {
            let wanted = self.object.fresh();
            self.load_constant(node, wanted, Constant::int(length as i64));
            self.branch(node, op, [found.0, wanted.0, 0], fail);
        }
        self.object.release(mark);
    }

    fn sequence(&mut self, pattern: Node<'_>, subject: Reg, fail: Label, captures: &Captures) {
        let items: Vec<Node<'_>> = pattern.children().collect();
        let star = items.iter().position(|item| item.kind() == NodeKind::MatchStar);
        let is = self.object.fresh();
        self.emit(pattern, Op::IS_SEQUENCE, is.0, subject.0, 0);
        self.branch(pattern, Op::TEST, [is.0, 0, 0], fail);
        match star {
            None => {
                self.test_length(pattern, subject, items.len(), [Op::TEST_EQ, Op::TEST_EQ_INT], fail);
            }
            Some(_) if items.len() > 1 => {
                self.test_length(pattern, subject, items.len() - 1, [Op::TEST_GE, Op::TEST_GE_INT], fail);
            }
            Some(_) => {}
        }
        let only_wildcards = items.iter().all(|item| is_wildcard(*item) || is_star_wildcard(*item));
        if only_wildcards {
            return;
        }
        match star {
            Some(star) if is_star_wildcard(items[star]) => {
                self.sequence_by_index(pattern, &items, star, subject, fail, captures);
            }
            _ => {
                let first = self.object.fresh_run(items.len() as u32);
                match star {
                    None => self.emit(pattern, Op::UNPACK, first.0, subject.0, items.len() as u32),
                    Some(star) => {
                        self.unpack_star(pattern, first, subject, star, items.len() - star - 1);
                    }
                }
                for (at, item) in items.iter().enumerate() {
                    self.pattern(*item, first.offset(at as u32), fail, captures);
                }
            }
        }
    }

    /// With `*_`, items are looked up where they are wanted, from the end behind the star.
    fn sequence_by_index(
        &mut self,
        pattern: Node<'_>,
        items: &[Node<'_>],
        star: usize,
        subject: Reg,
        fail: Label,
        captures: &Captures,
    ) {
        for (at, item) in items.iter().enumerate() {
            if is_wildcard(*item) || at == star {
                continue;
            }
            let mark = self.object.mark();
            let value = self.object.fresh();
            let index = self.object.fresh();
            if at < star {
                self.load_constant(pattern, index, Constant::int(at as i64));
            } else {
                self.emit(pattern, Op::GET_LEN, index.0, subject.0, 0);
                let back = self.object.fresh();
                self.load_constant(pattern, back, Constant::int((items.len() - at) as i64));
                self.emit(pattern, Op::SUB, index.0, index.0, back.0);
            }
            self.emit(pattern, Op::LOAD_ITEM, value.0, subject.0, index.0);
            self.pattern(*item, value, fail, captures);
            self.object.release(mark);
        }
    }

    fn mapping(&mut self, pattern: Node<'_>, subject: Reg, fail: Label, captures: &Captures) {
        let items: Vec<Node<'_>> = pattern.children().collect();
        let is = self.object.fresh();
        self.emit(pattern, Op::IS_MAPPING, is.0, subject.0, 0);
        self.branch(pattern, Op::TEST, [is.0, 0, 0], fail);
        if !items.is_empty() {
            self.test_length(pattern, subject, items.len(), [Op::TEST_GE, Op::TEST_GE_INT], fail);
        }
        if items.is_empty() && pattern.name().is_none() {
            return;
        }
        let keys = self.object.fresh();
        let (first, count) = self.push_values(items.iter().map(|item| {
            let [key] = item.slots();
            key
        }));
        self.emit(pattern, Op::BUILD_TUPLE, keys.0, first.0, count);
        self.object.release(keys.number() + 1);
        if !items.is_empty() {
            let values = self.object.fresh();
            self.emit(pattern, Op::MATCH_KEYS, values.0, subject.0, keys.0);
            self.branch(pattern, Op::TEST_NONE, [values.0, 0, 1], fail);
            let first = self.object.fresh_run(count);
            self.emit(pattern, Op::UNPACK, first.0, values.0, count);
            for (at, item) in items.iter().enumerate() {
                let [_, inner] = item.slots();
                self.pattern(inner, first.offset(at as u32), fail, captures);
            }
        }
        if pattern.name().is_some() {
            let rest = self.object.fresh();
            self.emit(pattern, Op::MATCH_REST, rest.0, subject.0, keys.0);
            self.capture(pattern, rest, captures);
        }
    }

    fn class_pattern(&mut self, pattern: Node<'_>, subject: Reg, fail: Label, captures: &Captures) {
        let [class, positional, keywords] = pattern.slots();
        let triple = self.object.fresh();
        self.move_to(pattern, triple, subject);
        self.push_value(class);
        let names: Vec<&str> = keywords.children().map(|keyword| keyword.ident()).collect();
        let names = self.tuple_of_names(names.into_iter());
        let place = self.object.fresh();
        self.emit(pattern, Op::LOAD_CONST, place.0, names, 0);
        let count = positional.children().count() as u32;
        self.emit(pattern, Op::MATCH_CLASS, triple.0, triple.0, count);
        self.object.release(triple.number() + 1);
        self.branch(pattern, Op::TEST_NONE, [triple.0, 0, 1], fail);
        let inner: Vec<Node<'_>> = positional
            .children()
            .chain(keywords.children().map(|keyword| {
                let [inner] = keyword.slots();
                inner
            }))
            .collect();
        let first = self.object.fresh_run(inner.len() as u32);
        self.emit(pattern, Op::UNPACK, first.0, triple.0, inner.len() as u32);
        for (at, inner) in inner.iter().enumerate() {
            self.pattern(*inner, first.offset(at as u32), fail, captures);
        }
    }
}

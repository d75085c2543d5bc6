//! Patterns of `match`: the names that they capture, and what makes a pattern wrong as a whole.

use std::collections::BTreeSet;

use dx_schemas::tree::{Node, NodeKind};

use super::bind::Access;
use super::{Task, Walker};
use crate::literal;
use crate::symtable::def;

/// Patterns nest in brackets, of which the parser allows 200; deeper trees come from no source.
const DEPTH_MAX: u32 = 1000;

impl<'a> Walker<'_, 'a> {
    pub(super) fn pattern(&mut self, node: Node<'a>) {
        if let Some(name) = node.name() {
            self.define(name, def::LOCAL, node);
        }
        match node.kind() {
            NodeKind::MatchMapping => {
                let items = node.children().map(|item| item.slots::<2>());
                let keys = items.clone().map(|[key, _]| Task::Visit(key));
                self.then(keys.chain(items.map(|[_, pattern]| Task::Visit(pattern))));
            }
            NodeKind::MatchClass => {
                let [_, _, keywords] = node.slots();
                for keyword in keywords.children() {
                    let [pattern] = keyword.slots();
                    self.check_name(keyword.ident(), pattern, Access::Store);
                }
                self.push_children(node);
            }
            _ => self.push_children(node),
        }
    }

    /// Checks every case of a `match`.
    pub(super) fn check_cases(&mut self, statement: Node<'a>) {
        let last = statement.rest(1).count().saturating_sub(1);
        for (at, case) in statement.rest(1).enumerate() {
            let [pattern, guard] = case.slots();
            let irrefutable_allowed = at == last || !guard.is_absent();
            let mut check = Check { bound: BTreeSet::new(), depth: 0 };
            self.check_pattern(pattern, irrefutable_allowed, &mut check);
        }
    }

    fn check_pattern(&mut self, node: Node<'a>, irrefutable_allowed: bool, check: &mut Check<'a>) {
        if check.depth >= DEPTH_MAX {
            return;
        }
        check.depth += 1;
        match node.kind() {
            NodeKind::MatchValue => self.check_value(node.slots::<1>()[0], node),
            NodeKind::MatchSequence => {
                if node.children().filter(|child| child.kind() == NodeKind::MatchStar).count() > 1 {
                    let message = "multiple starred names in sequence pattern";
                    self.error(node, "multiple-stars", message);
                }
                for pattern in node.children() {
                    self.check_pattern(pattern, true, check);
                }
            }
            NodeKind::MatchMapping => {
                self.check_keys(node);
                for item in node.children() {
                    self.check_pattern(item.slots::<2>()[1], true, check);
                }
                self.capture(node, check);
            }
            NodeKind::MatchClass => {
                let [_, patterns, keywords] = node.slots();
                self.check_attributes(keywords);
                for pattern in patterns.children() {
                    self.check_pattern(pattern, true, check);
                }
                for keyword in keywords.children() {
                    self.check_pattern(keyword.slots::<1>()[0], true, check);
                }
            }
            NodeKind::MatchStar => self.capture(node, check),
            NodeKind::MatchAs => {
                let [pattern] = node.slots();
                if !pattern.is_absent() {
                    self.check_pattern(pattern, irrefutable_allowed, check);
                } else if !irrefutable_allowed {
                    let subject = match node.name() {
                        Some(name) => format!("name capture {}", literal::quote(name)),
                        None => "wildcard".to_owned(),
                    };
                    let message = format!("{subject} makes remaining patterns unreachable");
                    self.error(node, "unreachable-pattern", message);
                }
                self.capture(node, check);
            }
            NodeKind::MatchOr => self.check_alternatives(node, irrefutable_allowed, check),
            _ => {}
        }
        check.depth -= 1;
    }

    fn capture(&mut self, node: Node<'a>, check: &mut Check<'a>) {
        let Some(name) = node.name() else { return };
        if !check.bound.insert(name) {
            self.bound_twice(node, name);
        }
    }

    fn bound_twice(&mut self, node: Node<'a>, name: &str) {
        let message = format!("multiple assignments to name {} in pattern", literal::quote(name));
        self.error(node, "name-bound-twice-in-pattern", message);
    }

    fn check_alternatives(&mut self, node: Node<'a>, irrefutable_allowed: bool, check: &mut Check<'a>) {
        let last = node.children().count().saturating_sub(1);
        let mut first: Option<BTreeSet<&'a str>> = None;
        let mut differ = false;
        for (at, alternative) in node.children().enumerate() {
            let mut inner = Check { bound: BTreeSet::new(), depth: check.depth };
            self.check_pattern(alternative, irrefutable_allowed && at == last, &mut inner);
            match &first {
                None => first = Some(inner.bound),
                Some(first) => differ |= *first != inner.bound,
            }
        }
        if differ {
            let message = "alternative patterns bind different names";
            self.error(node, "alternatives-bind-different-names", message);
            return;
        }
        for name in first.unwrap_or_default() {
            if !check.bound.insert(name) {
                self.bound_twice(node, name);
            }
        }
    }

    fn check_value(&mut self, value: Node<'a>, pattern: Node<'a>) {
        if !is_attribute(value) && literal::value(value).is_none() {
            let message = "patterns may only match literals and attribute lookups";
            self.error(pattern, "pattern-is-no-literal", message);
        }
    }

    fn check_keys(&mut self, mapping: Node<'a>) {
        let mut seen = Vec::new();
        for item in mapping.children() {
            let [key] = item.slots();
            let value = match (key.kind(), key.constant()) {
                // `MatchSingleton` keys are constants like any other.
                (NodeKind::MatchSingleton, Some(constant)) => literal::of_constant(constant),
                _ => literal::value(key),
            };
            match value {
                Some(value) => {
                    if seen.iter().any(|other| literal::equal(other, &value)) {
                        let message =
                            format!("mapping pattern checks duplicate key ({})", literal::repr(&value));
                        self.error(mapping, "duplicate-pattern-key", message);
                    }
                    seen.push(value);
                }
                None if is_attribute(key) => {}
                None => {
                    let message = "mapping pattern keys may only match literals and attribute lookups";
                    self.error(mapping, "pattern-is-no-literal", message);
                }
            }
        }
    }

    fn check_attributes(&mut self, keywords: Node<'a>) {
        let mut seen = BTreeSet::new();
        for keyword in keywords.children() {
            let name = keyword.ident();
            if !seen.insert(name) {
                let message = format!("attribute name repeated in class pattern: {name}");
                let [pattern] = keyword.slots();
                self.error(pattern, "duplicate-pattern-attribute", message);
            }
        }
    }
}

/// What has been met in one case so far.
struct Check<'a> {
    bound: BTreeSet<&'a str>,
    depth: u32,
}

fn is_attribute(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Attribute
}

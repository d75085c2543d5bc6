//! Patterns of `match`.

use dx_schemas::tree::Const;
use dx_schemas::tree::node::NodeKind;
use ruff_python_ast::{Pattern, Singleton};

use super::Lowering;

impl Lowering<'_> {
    pub(super) fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::MatchValue(node) => {
                if node.value.is_f_string_expr() || node.value.is_t_string_expr() {
                    self.findings.syntax(node, "patterns may only match literals and attribute lookups");
                }
                let id = self.open_at(NodeKind::MatchValue, node);
                self.expression(&node.value);
                self.close(id);
            }
            Pattern::MatchSingleton(node) => {
                let id = self.leaf(NodeKind::MatchSingleton, Some(node.range));
                let value = match node.value {
                    Singleton::None => Const::None,
                    Singleton::True => Const::True,
                    Singleton::False => Const::False,
                };
                self.constant(id, value);
            }
            Pattern::MatchSequence(node) => {
                let id = self.open_at(NodeKind::MatchSequence, node);
                node.patterns.iter().for_each(|each| self.pattern(each));
                self.close(id);
            }
            Pattern::MatchMapping(node) => {
                let id = self.open_at(NodeKind::MatchMapping, node);
                if let Some(rest) = &node.rest {
                    self.name(id, &rest.id);
                }
                for (key, value) in node.keys.iter().zip(&node.patterns) {
                    let item = self.open(NodeKind::MatchMappingItem, None);
                    self.expression(key);
                    self.pattern(value);
                    self.close(item);
                }
                self.close(id);
            }
            Pattern::MatchClass(node) => {
                let id = self.open_at(NodeKind::MatchClass, node);
                self.expression(&node.cls);
                self.list(&node.arguments.patterns, |this, each| this.pattern(each));
                self.list(&node.arguments.keywords, |this, each| {
                    let keyword = this.open(NodeKind::MatchKeyword, None);
                    this.name(keyword, &each.attr.id);
                    this.pattern(&each.pattern);
                    this.close(keyword);
                });
                self.close(id);
            }
            Pattern::MatchStar(node) => {
                let id = self.leaf(NodeKind::MatchStar, Some(node.range));
                if let Some(name) = &node.name {
                    self.name(id, &name.id);
                }
            }
            Pattern::MatchAs(node) => {
                let id = self.open_at(NodeKind::MatchAs, node);
                if let Some(name) = &node.name {
                    self.name(id, &name.id);
                }
                match &node.pattern {
                    Some(inner) => self.pattern(inner),
                    None => self.absent(),
                }
                self.close(id);
            }
            Pattern::MatchOr(node) => {
                let id = self.open_at(NodeKind::MatchOr, node);
                node.patterns.iter().for_each(|each| self.pattern(each));
                self.close(id);
            }
        }
    }
}

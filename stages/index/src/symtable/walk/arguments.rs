//! Arguments of calls and of classes: starred ones, and the names of keywords.

use std::collections::BTreeSet;

use dx_schemas::tree::{Node, NodeKind};

use super::bind::Access;
use super::{Task, Walker};

impl<'a> Walker<'_, 'a> {
    /// Visits positional arguments, then keywords; a star is at home here.
    pub(super) fn argument_tasks(
        arguments: impl Iterator<Item = Node<'a>> + Clone,
    ) -> impl Iterator<Item = Task<'a>> {
        let is_keyword = |node: &Node<'_>| node.kind() == NodeKind::Keyword;
        let positional = arguments.clone().filter(move |node| !is_keyword(node)).map(Self::star_at_home);
        positional.chain(arguments.filter(is_keyword).map(Task::Visit))
    }

    /// Visits an element of something that may hold starred ones.
    pub(super) fn star_at_home(node: Node<'a>) -> Task<'a> {
        if node.kind() == NodeKind::Starred {
            let [value] = node.slots();
            Task::Visit(value)
        } else {
            Task::Visit(node)
        }
    }

    pub(super) fn check_keywords(&mut self, arguments: impl Iterator<Item = Node<'a>>) {
        let mut seen = BTreeSet::new();
        for keyword in arguments.filter(|node| node.kind() == NodeKind::Keyword) {
            let Some(name) = keyword.name() else { continue };
            if self.check_name(name, keyword, Access::Store) && !seen.insert(name) {
                let message = format!("keyword argument repeated: {name}");
                self.compile_error(keyword, "repeated-keyword-argument", message);
            }
        }
    }
}

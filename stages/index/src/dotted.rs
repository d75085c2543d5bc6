//! Dotted paths as code spells them: `a.b.c`.

use dx_schemas::tree::{Node, NodeKind};

/// A chain of attributes, outermost first, and what it starts from.
pub(crate) struct Chain<'a> {
    pub(crate) base: Node<'a>,
    attributes: Vec<&'a str>,
}

pub(crate) fn chain(node: Node<'_>) -> Chain<'_> {
    let mut base = node;
    let mut attributes = Vec::new();
    while base.kind() == NodeKind::Attribute {
        attributes.push(base.ident());
        [base] = base.slots();
    }
    attributes.reverse();
    Chain { base, attributes }
}

impl<'a> Chain<'a> {
    pub(crate) fn attributes(&self) -> &[&'a str] {
        &self.attributes
    }
}

/// The path of a name or of attributes of a name.
pub(crate) fn path(node: Node<'_>) -> Option<String> {
    let chain = chain(node);
    if chain.base.kind() != NodeKind::Name {
        return None;
    }
    let mut path = chain.base.ident().to_owned();
    for attribute in chain.attributes() {
        path.push('.');
        path.push_str(attribute);
    }
    Some(path)
}

/// The path of what is called, for a call, or of the expression itself.
pub(crate) fn callee_path(node: Node<'_>) -> Option<String> {
    match node.kind() {
        NodeKind::Call => path(node.slots::<1>()[0]),
        _ => path(node),
    }
}

/// The last part of a dotted path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

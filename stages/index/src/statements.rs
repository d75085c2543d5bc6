//! Statement tables of module and class bodies: what each statement is and which names it binds.

use std::collections::BTreeSet;

use dx_schemas::index::Statement;
use dx_schemas::scopes::{Binding, Scopes, mangle};
use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Node, NodeId, NodeKind, Tree};

use crate::hash;

pub(crate) fn of_body(tree: &Tree<'_>, scopes: &Scopes) -> Vec<Statement> {
    tree.root()
        .children()
        .map(|statement| Statement {
            node: statement.id().0,
            hash: hash::statement(statement),
            binds: binds(statement, scopes).into_iter().collect(),
        })
        .collect()
}

/// Names that a statement binds in the namespace of the body it stands in; a star import binds `*`.
fn binds(statement: Node<'_>, scopes: &Scopes) -> BTreeSet<String> {
    let tree = statement.tree();
    let mut names = BTreeSet::new();
    // Iteration variables of comprehensions are bound elsewhere: the end of the target being passed.
    let mut hidden_until = 0;
    let mut index = statement.id().0;
    while index < statement.end().0 {
        let node = tree.node(NodeId(index));
        index += 1;
        let name = match node.kind() {
            NodeKind::Function | NodeKind::Class => {
                index = node.end().0;
                continue;
            }
            NodeKind::Comprehension => {
                hidden_until = node.slots::<1>()[0].end().0;
                continue;
            }
            NodeKind::AnnAssign => {
                let [target, _, value] = node.slots();
                if value.is_absent() && target.kind() == NodeKind::Name {
                    index = target.end().0;
                }
                continue;
            }
            NodeKind::Name if node.has(flag::CTX_STORE) && node.id().0 >= hidden_until => node.ident(),
            NodeKind::Alias => {
                let [as_name] = node.slots();
                let name = node.ident();
                as_name.name().unwrap_or_else(|| name.split('.').next().unwrap_or(name))
            }
            NodeKind::FunctionDef
            | NodeKind::ClassDef
            | NodeKind::TypeAlias
            | NodeKind::ExceptHandler
            | NodeKind::MatchStar
            | NodeKind::MatchAs
            | NodeKind::MatchMapping => match node.name() {
                Some(name) => name,
                None => continue,
            },
            _ => continue,
        };
        let name = mangle(&scopes.class_name, name);
        let symbol = scopes.scopes.first().and_then(|scope| scope.lookup(&name));
        let elsewhere = !scopes.class_name.is_empty()
            && symbol.is_some_and(|symbol| symbol.binding == Binding::GlobalExplicit);
        if !elsewhere {
            names.insert(name);
        }
    }
    names
}

//! What a module shows to others: `__all__`, and whether its names can be known at all.

use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Const, Node, NodeId, NodeKind, Tree};

use crate::dotted;

/// `__all__` as literal lists and tuples make it; `None` where there is none or something else has a hand in it.
pub(crate) fn all(module: &Tree<'_>) -> Option<Vec<String>> {
    let mut all: Option<Vec<String>> = None;
    for statement in module.root().children() {
        let (value, replaces) = match statement.kind() {
            NodeKind::Assign => {
                let [targets, value] = statement.slots();
                if !targets.children().any(is_all) {
                    continue;
                }
                (value, true)
            }
            NodeKind::AnnAssign => {
                let [target, _, value] = statement.slots();
                if !is_all(target) || value.is_absent() {
                    continue;
                }
                (value, true)
            }
            NodeKind::AugAssign => {
                let [target, value] = statement.slots();
                if !is_all(target) {
                    continue;
                }
                (value, false)
            }
            NodeKind::ExprStmt if extension(statement.slots::<1>()[0]).is_some() => {
                (extension(statement.slots::<1>()[0])?, false)
            }
            _ if changes_all(statement) => return None,
            _ => continue,
        };
        let names = strings(value)?;
        if replaces {
            all = Some(names);
        } else {
            all.as_mut()?.extend(names);
        }
    }
    all
}

fn is_all(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Name && node.ident() == "__all__"
}

/// The argument of `__all__.extend(…)`.
fn extension(call: Node<'_>) -> Option<Node<'_>> {
    if call.kind() != NodeKind::Call || dotted::callee_path(call).as_deref() != Some("__all__.extend") {
        return None;
    }
    call.rest(1).next()
}

/// Whether a statement changes `__all__` in some other way, on some path.
fn changes_all(statement: Node<'_>) -> bool {
    let tree = statement.tree();
    (statement.id().0..statement.end().0).map(|index| tree.node(NodeId(index))).any(|node| {
        match node.kind() {
            NodeKind::Name => is_all(node) && node.has(flag::CTX_STORE | flag::CTX_DEL),
            NodeKind::Attribute => is_all(node.slots::<1>()[0]),
            NodeKind::Subscript => is_all(node.slots::<1>()[0]) && node.has(flag::CTX_STORE | flag::CTX_DEL),
            _ => false,
        }
    })
}

fn strings(node: Node<'_>) -> Option<Vec<String>> {
    if !matches!(node.kind(), NodeKind::ListExpr | NodeKind::Tuple) {
        return None;
    }
    node.children()
        .map(|element| match element.constant() {
            Some(Const::Str(text)) => String::from_utf8(text.to_vec()).ok(),
            _ => None,
        })
        .collect()
}

/// Whether the module computes names: `__getattr__`, `globals()[…] = `, `exec`, an entry of `sys.modules` replaced.
pub(crate) fn is_opaque(trees: &[Tree<'_>]) -> bool {
    let has_getattr = trees.first().is_some_and(|module| {
        module
            .root()
            .children()
            .any(|statement| statement.kind() == NodeKind::FunctionDef && statement.ident() == "__getattr__")
    });
    has_getattr || trees.iter().any(|tree| tree.iter().any(makes_names))
}

fn makes_names(node: Node<'_>) -> bool {
    match node.kind() {
        NodeKind::Subscript if node.has(flag::CTX_STORE | flag::CTX_DEL) => {
            let [value] = node.slots();
            is_globals(value) || dotted::path(value).as_deref() == Some("sys.modules")
        }
        NodeKind::Call => {
            let [callee] = node.slots();
            let is_exec = callee.kind() == NodeKind::Name && callee.ident() == "exec";
            let changes = callee.kind() == NodeKind::Attribute
                && matches!(callee.ident(), "update" | "setdefault" | "pop" | "clear" | "__setitem__");
            // `exec(code, namespace)` writes into the namespace that it is given.
            is_exec && node.rest(1).count() == 1 || changes && is_globals(callee.slots::<1>()[0])
        }
        _ => false,
    }
}

fn is_globals(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Call && dotted::callee_path(node).as_deref() == Some("globals")
}

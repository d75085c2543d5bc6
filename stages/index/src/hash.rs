//! L2 of fragments and the hashes of statements.
//!
//! Whatever is hashed is length-prefixed, so that no two lists of parts hash alike.

use dx_schemas::syntax::FragmentRow;
use dx_schemas::tree::{Node, NodeKind, Tree};

fn part(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

/// The structure hash: equal means the same code, whatever the text, the positions and the rest of the file.
pub(crate) fn structure(
    row: &FragmentRow,
    class_name: &str,
    future_annotations: bool,
    tree: &Tree<'_>,
    scopes: &[u8],
) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for bytes in [row.qualname.as_bytes(), class_name.as_bytes(), &[u8::from(future_annotations)], scopes] {
        part(&mut hasher, bytes);
    }
    for bytes in tree.parts() {
        part(&mut hasher, bytes);
    }
    *hasher.finalize().as_bytes()
}

/// Hash of a statement's subtree. Names and constants count by what they are, not by their numbers in the tree, which
/// depend on the statements before; of a child fragment counts only that it stands there.
pub(crate) fn statement(statement: Node<'_>) -> [u8; 16] {
    let tree = statement.tree();
    let mut bytes = Vec::with_capacity(256);
    let mut put = |field: &[u8]| {
        bytes.extend_from_slice(&(field.len() as u32).to_le_bytes());
        bytes.extend_from_slice(field);
    };
    for index in statement.id().0..statement.end().0 {
        let node = tree.node(dx_schemas::tree::NodeId(index));
        let [extra_low, extra_high] = node.extra().to_le_bytes();
        put(&[node.kind() as u8, node.flags(), extra_low, extra_high]);
        put(&(node.end().0 - index).to_le_bytes());
        if let Some(constant) = node.constant() {
            put(&[constant.tag() as u8]);
            put(&constant.body());
        } else if node.kind() != NodeKind::FragmentRef
            && let Some(name) = named(node)
        {
            put(name.as_bytes());
        }
    }
    let mut out = [0; 16];
    out.copy_from_slice(&blake3::hash(&bytes).as_bytes()[..16]);
    out
}

fn named<'a>(node: Node<'a>) -> Option<&'a str> {
    use dx_schemas::tree::Payload;
    match node.kind().payload() {
        Payload::Name | Payload::OptionalName => node.name(),
        _ => None,
    }
}

//! The fragments of one file as a whole: which tree stands where in which other.
//!
//! Trees come from outside, each checked on its own; that they fit together (every child fragment stands in exactly one
//! definition of its parent, roots are of the kind that the table says) is checked here once, so that nothing later has
//! to doubt it, and so that walking from the module reaches each fragment exactly once.

use dx_schemas::syntax::{FragmentKind, FragmentRow, FragmentTable};
use dx_schemas::tree::{Node, NodeId, NodeKind, Tree};

/// Why a fragment table and trees are not those of one file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("{trees} trees for {fragments} fragments")]
    Count { trees: usize, fragments: usize },
    #[error("fragment {0} has the wrong parent")]
    Parent(usize),
    #[error("the tree of fragment {0} has the wrong root")]
    Root(usize),
    #[error("fragment {0} does not stand in exactly one definition of its parent")]
    Reference(usize),
}

pub(crate) struct File<'a> {
    pub(crate) rows: &'a [FragmentRow],
    pub(crate) trees: &'a [Tree<'a>],
    pub(crate) future_annotations: bool,
    /// Child fragments in source order.
    children: Vec<Vec<u32>>,
    /// The FunctionDef or ClassDef node of the parent's tree; unused for the module.
    definitions: Vec<NodeId>,
}

impl<'a> File<'a> {
    pub(crate) fn new(table: &'a FragmentTable, trees: &'a [Tree<'a>]) -> Result<File<'a>, Mismatch> {
        let rows = table.fragments.as_slice();
        if rows.len() != trees.len() || rows.is_empty() {
            return Err(Mismatch::Count { trees: trees.len(), fragments: rows.len() });
        }
        let mut children = vec![Vec::new(); rows.len()];
        for (at, (row, tree)) in rows.iter().zip(trees).enumerate() {
            let root = match row.kind {
                FragmentKind::Module => NodeKind::Module,
                FragmentKind::Function => NodeKind::Function,
                FragmentKind::Class => NodeKind::Class,
            };
            if tree.root().kind() != root || (row.kind == FragmentKind::Module) != (at == 0) {
                return Err(Mismatch::Root(at));
            }
            if at == 0 {
                continue;
            }
            if row.parent as usize >= at {
                return Err(Mismatch::Parent(at));
            }
            children[row.parent as usize].push(at as u32);
        }
        let mut file = File {
            rows,
            trees,
            future_annotations: table.future_annotations,
            children,
            definitions: vec![NodeId(u32::MAX); rows.len()],
        };
        file.find_definitions()?;
        Ok(file)
    }

    fn find_definitions(&mut self) -> Result<(), Mismatch> {
        for parent in 0..self.trees.len() {
            if self.children[parent].is_empty() {
                continue;
            }
            for node in self.trees[parent].iter() {
                let Some(body) = body_of(node) else { continue };
                if body.kind() != NodeKind::FragmentRef {
                    continue;
                }
                let wanted = match node.kind() {
                    NodeKind::FunctionDef => FragmentKind::Function,
                    _ => FragmentKind::Class,
                };
                let child = self.child(parent as u32, body).ok_or(Mismatch::Reference(parent))? as usize;
                if self.rows[child].kind != wanted || self.definitions[child].0 != u32::MAX {
                    return Err(Mismatch::Reference(child));
                }
                self.definitions[child] = node.id();
            }
        }
        match self.definitions.iter().skip(1).position(|node| node.0 == u32::MAX) {
            Some(at) => Err(Mismatch::Reference(at + 1)),
            None => Ok(()),
        }
    }

    /// The child fragment that a FragmentRef names.
    pub(crate) fn child(&self, fragment: u32, reference: Node<'_>) -> Option<u32> {
        self.children[fragment as usize].get(reference.payload() as usize).copied()
    }

    pub(crate) fn children(&self, fragment: u32) -> &[u32] {
        &self.children[fragment as usize]
    }

    /// The FunctionDef or ClassDef of a fragment, in its parent's tree.
    pub(crate) fn definition(&self, fragment: u32) -> Option<Node<'a>> {
        let parent = self.rows[fragment as usize].parent as usize;
        (fragment != 0).then(|| self.trees[parent].node(self.definitions[fragment as usize]))
    }
}

/// The last slot of a definition.
pub(crate) fn body_of(definition: Node<'_>) -> Option<Node<'_>> {
    match definition.kind() {
        NodeKind::FunctionDef => {
            let [_, _, _, _, _, body] = definition.slots();
            Some(body)
        }
        NodeKind::ClassDef => {
            let [_, _, _, body] = definition.slots();
            Some(body)
        }
        _ => None,
    }
}

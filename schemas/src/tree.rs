//! The position-free tree of one fragment, flat and mapped, not decoded.
//!
//! Nodes stand in pre-order; each names the index just past its subtree, so a child list is walked without pointers,
//! nothing recurses to build, check or drop a tree, and equal code is equal bytes. Node indices are what code,
//! positions and scopes use to speak about a place.
//!
//! ```text
//! 0   node count u32, name count u32, constant count u32, pool bytes u32
//! 16  nodes, 12 bytes each: kind u8, flags u8, extra u16, payload u32, end u32
//! ..  names, 4 bytes each: end offset in the pool (a name starts where the one before ends), UTF-8, NFKC, not mangled
//! ..  constants, 8 bytes each: tag u8, zero[3], end offset in the pool (they follow the names)
//! ..  pool
//! ```
//!
//! Names and constants are numbered in order of first use, each once, constants by type and bits. Kinds, their child
//! slots and payloads are the table in [`node`]. Bytes come from outside, so [`Tree::open`] checks every index, arity
//! and nesting once; accessors rely on it.

mod build;
mod constant;
mod dump;
pub mod node;

pub use build::TreeBuilder;
pub use constant::{Const, ConstTag, is_wtf8};
pub use node::{NodeKind, Payload};

use crate::bytes::{Reader, u32_at};
use crate::container::ArtifactError;

const NODE_BYTES: usize = 12;
const CONST_BYTES: usize = 8;

/// Payload of a node that has a name or constant slot and leaves it empty (`except E:` binds no name).
pub const NO_PAYLOAD: u32 = u32::MAX;

/// Index of a node in its fragment's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A checked view of a tree section.
#[derive(Clone, Copy)]
pub struct Tree<'a> {
    nodes: &'a [u8],
    name_ends: &'a [u8],
    constants: &'a [u8],
    pool: &'a [u8],
}

impl<'a> Tree<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Tree<'a>, ArtifactError> {
        let mut reader = Reader::new(bytes);
        let [nodes, names, constants, pool] =
            [reader.u32()?, reader.u32()?, reader.u32()?, reader.u32()?].map(|n| n as usize);
        let tree = Tree {
            nodes: reader.table(nodes, NODE_BYTES)?,
            name_ends: reader.table(names, 4)?,
            constants: reader.table(constants, CONST_BYTES)?,
            pool: reader.take(pool)?,
        };
        reader.finish()?;
        tree.check_pool()?;
        tree.check_nodes()?;
        Ok(tree)
    }

    fn check_pool(&self) -> Result<(), ArtifactError> {
        let mut at = 0;
        for index in 0..self.name_count() {
            let end = u32_at(self.name_ends, index) as usize;
            let name =
                self.pool.get(at..end).ok_or(ArtifactError::Malformed("a name ends outside the pool"))?;
            std::str::from_utf8(name).map_err(|_| ArtifactError::Malformed("a name is not UTF-8"))?;
            at = end;
        }
        for index in 0..self.const_count() {
            let end = u32_at(self.constants, index * 2 + 1) as usize;
            let body =
                self.pool.get(at..end).ok_or(ArtifactError::Malformed("a constant ends outside the pool"))?;
            let tag = ConstTag::from_code(self.constants[index * CONST_BYTES])
                .ok_or(ArtifactError::Malformed("unknown tag of a constant"))?;
            constant::check(tag, body)?;
            at = end;
        }
        if at == self.pool.len() {
            Ok(())
        } else {
            Err(ArtifactError::Malformed("bytes left over in the pool"))
        }
    }

    fn check_nodes(&self) -> Result<(), ArtifactError> {
        let count = self.node_count();
        if count == 0 || self.end_of(0) as usize != count {
            return Err(ArtifactError::Malformed("a tree has exactly one root"));
        }
        // The nodes whose subtrees are open: end, declared arity, children seen.
        let mut open: Vec<(usize, node::Arity, usize)> = Vec::new();
        for index in 0..count {
            while let Some((end, arity, seen)) = open.last().copied() {
                if index < end {
                    break;
                }
                arity.check(seen)?;
                open.pop();
            }
            let end = self.end_of(index as u32) as usize;
            if let Some((parent_end, _, seen)) = open.last_mut() {
                *seen += 1;
                if end > *parent_end {
                    return Err(ArtifactError::Malformed("a node ends after its parent"));
                }
            }
            if end <= index {
                return Err(ArtifactError::Malformed("a node ends before it begins"));
            }
            let kind = NodeKind::from_code(self.nodes[index * NODE_BYTES])
                .ok_or(ArtifactError::Malformed("unknown kind of node"))?;
            self.check_payload(kind, u32_at(&self.nodes[index * NODE_BYTES + 4..], 0))?;
            open.push((end, kind.arity(), 0));
        }
        open.iter().try_for_each(|(_, arity, seen)| arity.check(*seen))
    }

    fn check_payload(&self, kind: NodeKind, payload: u32) -> Result<(), ArtifactError> {
        let in_range = match kind.payload() {
            Payload::None => payload == NO_PAYLOAD,
            Payload::Name => (payload as usize) < self.name_count(),
            Payload::OptionalName => payload == NO_PAYLOAD || (payload as usize) < self.name_count(),
            Payload::Const => (payload as usize) < self.const_count(),
            Payload::OptionalConst => payload == NO_PAYLOAD || (payload as usize) < self.const_count(),
            Payload::Number => true,
        };
        if in_range { Ok(()) } else { Err(ArtifactError::Malformed("a node's payload is out of range")) }
    }

    fn end_of(&self, index: u32) -> u32 {
        u32_at(&self.nodes[index as usize * NODE_BYTES + 8..], 0)
    }

    /// Nodes, names, constants and pool as they stand in the bytes: equal parts are equal trees.
    pub fn parts(&self) -> [&'a [u8]; 4] {
        [self.nodes, self.name_ends, self.constants, self.pool]
    }

    pub fn node_count(&self) -> usize {
        self.nodes.len() / NODE_BYTES
    }

    pub fn name_count(&self) -> usize {
        self.name_ends.len() / 4
    }

    pub fn const_count(&self) -> usize {
        self.constants.len() / CONST_BYTES
    }

    pub fn root(&self) -> Node<'a> {
        self.node(NodeId(0))
    }

    pub fn node(&self, id: NodeId) -> Node<'a> {
        debug_assert!((id.0 as usize) < self.node_count());
        Node { tree: *self, id }
    }

    /// All nodes, in pre-order.
    pub fn iter(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        let tree = *self;
        (0..self.node_count() as u32).map(move |index| tree.node(NodeId(index)))
    }

    pub fn name(&self, index: u32) -> &'a str {
        let start = if index == 0 { 0 } else { u32_at(self.name_ends, index as usize - 1) };
        let end = u32_at(self.name_ends, index as usize);
        std::str::from_utf8(&self.pool[start as usize..end as usize]).unwrap_or_default()
    }

    pub fn constant(&self, index: u32) -> Const<'a> {
        let index = index as usize;
        let start = match index.checked_sub(1) {
            Some(before) => u32_at(self.constants, before * 2 + 1),
            None if self.name_count() == 0 => 0,
            None => u32_at(self.name_ends, self.name_count() - 1),
        };
        let end = u32_at(self.constants, index * 2 + 1);
        constant::view(self.constants[index * CONST_BYTES], &self.pool[start as usize..end as usize])
    }
}

/// A node of a tree, cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tree: Tree<'a>,
    id: NodeId,
}

impl<'a> Node<'a> {
    fn bytes(&self) -> &'a [u8] {
        let at = self.id.0 as usize * NODE_BYTES;
        &self.tree.nodes[at..at + NODE_BYTES]
    }

    pub fn id(&self) -> NodeId {
        self.id
    }

    pub fn tree(&self) -> Tree<'a> {
        self.tree
    }

    pub fn kind(&self) -> NodeKind {
        NodeKind::from_code(self.bytes()[0]).unwrap_or(NodeKind::Absent)
    }

    pub fn flags(&self) -> u8 {
        self.bytes()[1]
    }

    pub fn has(&self, flag: u8) -> bool {
        self.flags() & flag != 0
    }

    /// The small number beside the payload: an operator, an import's level, a parameter's kind.
    pub fn extra(&self) -> u16 {
        u16::from_le_bytes([self.bytes()[2], self.bytes()[3]])
    }

    pub fn payload(&self) -> u32 {
        u32_at(self.bytes(), 1)
    }

    /// The index just past this node's subtree.
    pub fn end(&self) -> NodeId {
        NodeId(u32_at(self.bytes(), 2))
    }

    pub fn is_absent(&self) -> bool {
        self.kind() == NodeKind::Absent
    }

    /// This node, unless the optional slot is empty.
    pub fn present(self) -> Option<Node<'a>> {
        if self.is_absent() { None } else { Some(self) }
    }

    /// The name in the payload; `None` where an optional one is missing.
    pub fn name(&self) -> Option<&'a str> {
        match (self.kind().payload(), self.payload()) {
            (Payload::Name | Payload::OptionalName, index) if index != NO_PAYLOAD => {
                Some(self.tree.name(index))
            }
            _ => None,
        }
    }

    /// The name of a kind that always has one; empty for other kinds.
    pub fn ident(&self) -> &'a str {
        self.name().unwrap_or_default()
    }

    pub fn constant(&self) -> Option<Const<'a>> {
        match (self.kind().payload(), self.payload()) {
            (Payload::Const | Payload::OptionalConst, index) if index != NO_PAYLOAD => {
                Some(self.tree.constant(index))
            }
            _ => None,
        }
    }

    pub fn children(&self) -> Children<'a> {
        Children { tree: self.tree, next: self.id.0 + 1, end: self.end().0 }
    }

    /// The first `N` children by slot: `let [test, body, orelse] = node.slots();`. The checked arity of the kind
    /// guarantees that they exist; asking for more than the kind has is a bug of the caller.
    pub fn slots<const N: usize>(&self) -> [Node<'a>; N] {
        let mut children = self.children();
        std::array::from_fn(|_| children.next().unwrap_or(*self))
    }

    /// The children after the first `fixed` ones.
    pub fn rest(&self, fixed: usize) -> Children<'a> {
        let mut children = self.children();
        for _ in 0..fixed {
            children.next();
        }
        children
    }
}

/// Iterates over the direct children of a node.
#[derive(Clone, Copy)]
pub struct Children<'a> {
    tree: Tree<'a>,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.next >= self.end {
            return None;
        }
        let node = self.tree.node(NodeId(self.next));
        self.next = node.end().0;
        Some(node)
    }
}

#[cfg(test)]
mod tests;

//! Building a tree in one pass, without a tree of pointers in between.
//!
//! The producer opens a node, adds its children and closes it; a stack of open nodes is all the state there is.

use std::collections::BTreeMap;

use super::{Const, ConstTag, NO_PAYLOAD, NodeId, NodeKind};
use crate::bytes::Write;

struct Row {
    kind: NodeKind,
    flags: u8,
    extra: u16,
    payload: u32,
    end: u32,
}

/// Collects nodes in pre-order.
#[derive(Default)]
pub struct TreeBuilder {
    rows: Vec<Row>,
    open: Vec<u32>,
    names: Vec<String>,
    name_index: BTreeMap<String, u32>,
    constants: Vec<(ConstTag, Vec<u8>)>,
    const_index: BTreeMap<(u8, Vec<u8>), u32>,
}

impl TreeBuilder {
    pub fn new() -> TreeBuilder {
        TreeBuilder::default()
    }

    /// Opens a node; everything added until the matching [`TreeBuilder::close`] is its subtree.
    pub fn open(&mut self, kind: NodeKind) -> NodeId {
        let id = self.rows.len() as u32;
        self.rows.push(Row { kind, flags: 0, extra: 0, payload: NO_PAYLOAD, end: 0 });
        self.open.push(id);
        NodeId(id)
    }

    pub fn close(&mut self, id: NodeId) {
        let top = self.open.pop();
        debug_assert_eq!(top, Some(id.0), "nodes are closed in the order they were opened");
        self.rows[id.0 as usize].end = self.rows.len() as u32;
    }

    /// A node without children.
    pub fn leaf(&mut self, kind: NodeKind) -> NodeId {
        let id = self.open(kind);
        self.close(id);
        id
    }

    pub fn absent(&mut self) -> NodeId {
        self.leaf(NodeKind::Absent)
    }

    pub fn kind(&self, id: NodeId) -> NodeKind {
        self.rows[id.0 as usize].kind
    }

    pub fn add_flags(&mut self, id: NodeId, flags: u8) {
        self.rows[id.0 as usize].flags |= flags;
    }

    pub fn set_extra(&mut self, id: NodeId, extra: u16) {
        self.rows[id.0 as usize].extra = extra;
    }

    pub fn set_payload(&mut self, id: NodeId, payload: u32) {
        self.rows[id.0 as usize].payload = payload;
    }

    pub fn set_name(&mut self, id: NodeId, name: &str) {
        let index = match self.name_index.get(name) {
            Some(index) => *index,
            None => {
                let next = self.names.len() as u32;
                self.names.push(name.to_owned());
                self.name_index.insert(name.to_owned(), next);
                next
            }
        };
        self.set_payload(id, index);
    }

    pub fn set_const(&mut self, id: NodeId, constant: Const<'_>) {
        let body = constant.body().into_owned();
        let next = self.constants.len() as u32;
        let index = *self.const_index.entry((constant.tag() as u8, body.clone())).or_insert_with(|| {
            self.constants.push((constant.tag(), body));
            next
        });
        self.set_payload(id, index);
    }

    pub fn node_count(&self) -> usize {
        self.rows.len()
    }

    pub fn finish(self) -> Vec<u8> {
        debug_assert!(self.open.is_empty(), "a node was left open");
        let pool_bytes = self.names.iter().map(String::len).sum::<usize>()
            + self.constants.iter().map(|c| c.1.len()).sum::<usize>();
        let mut out = Vec::with_capacity(16 + self.rows.len() * super::NODE_BYTES + pool_bytes + 64);
        for count in [self.rows.len(), self.names.len(), self.constants.len(), pool_bytes] {
            out.put_u32(count as u32);
        }
        for row in &self.rows {
            out.put_u8(row.kind as u8);
            out.put_u8(row.flags);
            out.put_u16(row.extra);
            out.put_u32(row.payload);
            out.put_u32(row.end);
        }
        let mut end = 0;
        for name in &self.names {
            end += name.len() as u32;
            out.put_u32(end);
        }
        for (tag, body) in &self.constants {
            end += body.len() as u32;
            out.put_u32(*tag as u32);
            out.put_u32(end);
        }
        self.names.iter().for_each(|name| out.extend_from_slice(name.as_bytes()));
        self.constants.iter().for_each(|(_, body)| out.extend_from_slice(body));
        out
    }
}

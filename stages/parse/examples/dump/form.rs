//! A file's tree in one piece: fragments in their places, lines of the file. Tests compare it with what CPython's
//! `ast` gives.

use dx_parse::Parsed;
use dx_schemas::positions::{self, Range};
use dx_schemas::tree::{Const, Node, NodeKind, Tree};

pub(crate) fn whole_tree(parsed: &Parsed) -> String {
    let mut out = String::new();
    fragment(parsed, 0, 0, &mut out);
    out
}

fn fragment(parsed: &Parsed, index: usize, depth: usize, out: &mut String) {
    let Ok(tree) = Tree::open(&parsed.trees[index]) else { return out.push_str("damaged\n") };
    let Ok(places) = positions::decode(&parsed.positions[index]) else { return out.push_str("damaged\n") };
    let base = parsed.spans.spans[index].base_line as i32;
    let children: Vec<usize> = (1..parsed.table.fragments.len())
        .filter(|child| parsed.table.fragments[*child].parent as usize == index)
        .collect();
    let mut open: Vec<u32> = Vec::new();
    for node in tree.iter() {
        while open.last().is_some_and(|end| *end <= node.id().0) {
            open.pop();
        }
        let here = depth + open.len();
        if node.kind() == NodeKind::FragmentRef {
            match children.get(node.payload() as usize) {
                Some(child) => fragment(parsed, *child, here, out),
                None => out.push_str("no such fragment\n"),
            }
        } else {
            out.push_str(&" ".repeat(here));
            describe(node, places[node.id().0 as usize], base, out);
        }
        open.push(node.end().0);
    }
}

fn describe(node: Node<'_>, place: Option<Range>, base: i32, out: &mut String) {
    out.push_str(node.kind().name());
    if let Some(constant) = node.constant() {
        match constant {
            Const::Float(bits) => out.push_str(&format!(" float {bits:016x}")),
            Const::Imaginary(bits) => out.push_str(&format!(" imaginary {bits:016x}")),
            other => out.push_str(&format!(" {other}")),
        }
    } else if let Some(name) = node.name() {
        out.push_str(&format!(" {name}"));
    }
    out.push_str(&format!(" {} {}", node.extra(), node.flags()));
    if let Some(at) = place {
        out.push_str(&format!(" @{}:{}-{}:{}", at.line + base, at.col, at.end_line + base, at.end_col));
    }
    out.push('\n');
}

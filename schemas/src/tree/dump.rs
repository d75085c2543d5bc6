//! A tree's text form: one node a line, indented, with its index.

use std::fmt;

use super::node::{Comparator, Operator, ParameterKind, UnaryOperator};
use super::{Const, Node, NodeKind, Tree};

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ends: Vec<u32> = Vec::new();
        for node in self.iter() {
            while ends.last().is_some_and(|end| node.id().0 >= *end) {
                ends.pop();
            }
            write!(f, "{:5} {:indent$}{}", node.id().0, "", node.kind().name(), indent = ends.len() * 2)?;
            write_details(f, &node)?;
            writeln!(f)?;
            ends.push(node.end().0);
        }
        Ok(())
    }
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn write_details(f: &mut fmt::Formatter<'_>, node: &Node<'_>) -> fmt::Result {
    if let Some(constant) = node.constant() {
        write!(f, " {constant}")?;
    } else if node.kind() == NodeKind::FragmentRef {
        write!(f, " {}", node.payload())?;
    } else if let Some(name) = node.name() {
        write!(f, " {name}")?;
    }
    let extra = node.extra();
    let word = match node.kind() {
        NodeKind::BinOp | NodeKind::AugAssign => Operator::from_code(extra).map(Operator::text),
        NodeKind::UnaryOp => UnaryOperator::from_code(extra).map(UnaryOperator::text),
        NodeKind::Comparison => Comparator::from_code(extra).map(Comparator::text),
        NodeKind::Parameter => ParameterKind::from_code(extra).map(ParameterKind::text),
        NodeKind::BoolOp => Some(if extra == 0 { "and" } else { "or" }),
        _ => None,
    };
    match word {
        Some(word) => write!(f, " {word}")?,
        None if extra != 0 => write!(f, " extra={extra}")?,
        None => {}
    }
    if node.flags() != 0 {
        write!(f, " flags={:#x}", node.flags())?;
    }
    Ok(())
}

impl fmt::Display for Const<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Const::None => f.write_str("None"),
            Const::True => f.write_str("True"),
            Const::False => f.write_str("False"),
            Const::Ellipsis => f.write_str("..."),
            Const::Int(body) => match self.as_u64() {
                Some(value) => write!(f, "{value}"),
                None => {
                    f.write_str("0x")?;
                    body.iter().rev().try_for_each(|byte| write!(f, "{byte:02x}"))
                }
            },
            Const::Float(bits) => write!(f, "{:?}", f64::from_bits(*bits)),
            Const::Imaginary(bits) => write!(f, "{:?}j", f64::from_bits(*bits)),
            Const::Str(body) => write!(f, "\"{}\"", body.escape_ascii()),
            Const::Bytes(body) => write!(f, "b\"{}\"", body.escape_ascii()),
        }
    }
}

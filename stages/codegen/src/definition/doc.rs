//! Docstrings as CPython 3.13 and later store them: tabs expanded, the common margin removed.

use dx_schemas::tree::node::flag;
use dx_schemas::tree::{Const, Node, NodeKind};

const TAB: usize = 8;

/// The cleaned docstring of a body that begins with `first`.
pub(crate) fn docstring(first: Option<Node<'_>>) -> Option<Vec<u8>> {
    let first = first?;
    if first.kind() != NodeKind::ExprStmt || !first.has(flag::DOCSTRING) {
        return None;
    }
    let [value] = first.slots();
    match value.constant() {
        Some(Const::Str(text)) => Some(clean(text)),
        _ => None,
    }
}

fn expand_tabs(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for byte in text {
        match byte {
            b'\t' => {
                let spaces = TAB - column % TAB;
                out.resize(out.len() + spaces, b' ');
                column += spaces;
                continue;
            }
            b'\n' | b'\r' => column = 0,
            // Continuation bytes belong to the character before.
            0x80..=0xbf => {}
            _ => column += 1,
        }
        out.push(*byte);
    }
    out
}

fn spaces(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

pub(crate) fn clean(text: &[u8]) -> Vec<u8> {
    let text = expand_tabs(text);
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let Some(first) = lines.next() else { return text };
    let is_blank = |line: &[u8]| matches!(line.get(spaces(line)), None | Some(b'\n'));
    let margin = lines.clone().filter(|line| !is_blank(line)).map(spaces).min().unwrap_or(0);
    let mut out = first[spaces(first)..].to_vec();
    for line in lines {
        out.extend_from_slice(&line[spaces(line).min(margin)..]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn the_margin_of_later_lines_is_removed() {
        assert_eq!(clean(b"  one\n    two\n\n      three\n   "), b"one\ntwo\n\n  three\n");
        assert_eq!(clean(b"one"), b"one");
        assert_eq!(clean(b"a\n\tb"), b"a\nb");
    }
}

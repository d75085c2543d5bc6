//! Fragments, their spans and text hashes: equal hash means equal positions, and an edit touches only its fragment.

use dx_parse::{Options, Parsed, parse};
use proptest::prelude::*;

const DEFINITIONS: &str = include_str!("trees/definitions.py");

fn read(source: &str) -> Parsed {
    parse(source.as_bytes(), Options::default())
}

#[test]
fn fragments_are_named_numbered_and_stand_where_they_say() {
    let parsed = read(DEFINITIONS);
    let ids: Vec<String> = parsed.table.fragments.iter().map(|row| row.id()).collect();
    assert_eq!(
        ids,
        [
            "",
            "plain",
            "f",
            "star_only",
            "co",
            "C",
            "C.p",
            "C.conditional",
            "C.conditional#1",
            "C.Nested",
            "C.Nested.deep",
            "g",
            "g#1",
            "h",
            "InLoop",
            "in_case",
            "last",
        ]
    );
    let nested = &parsed.table.fragments[10];
    assert_eq!((nested.parent, nested.class_name.as_str()), (9, "Nested"));
    for (row, span) in parsed.table.fragments.iter().zip(&parsed.spans.spans).skip(1) {
        let text = &DEFINITIONS[span.start_byte as usize..span.end_byte as usize];
        assert!(
            ["@", "def ", "async def ", "class "].iter().any(|head| text.starts_with(head)),
            "{}",
            row.id()
        );
        let line = DEFINITIONS[..span.start_byte as usize].matches('\n').count() as u32 + 1;
        assert_eq!(span.base_line, line);
    }
}

#[test]
fn spans_are_in_bytes_of_the_file() {
    let source = b"\xef\xbb\xbfx = 1\r\n\r\ndef f():\r\n    pass\r\n";
    let parsed = parse(source, Options::default());
    let span = &parsed.spans.spans[1];
    assert_eq!(&source[span.start_byte as usize..span.end_byte as usize], b"def f():\r\n    pass");
    assert_eq!((span.base_line, parsed.spans.line_count), (3, 4));
    assert_eq!(parsed.trees, read("x = 1\n\ndef f():\n    pass\n").trees);
}

#[test]
fn comments_and_blank_lines_change_no_tree() {
    let edited = DEFINITIONS.replace("    return inner\n", "    # why\n\n    return inner  # here\n");
    let (before, after) = (read(DEFINITIONS), read(&edited));
    assert_eq!(before.trees, after.trees);
    assert_eq!(before.table, after.table);
    let changed: Vec<usize> = (0..before.trees.len())
        .filter(|row| before.spans.spans[*row].l1 != after.spans.spans[*row].l1)
        .collect();
    // The function itself, and the module, whose later statements moved.
    assert_eq!(changed, [0, 2]);
    // What moved as a whole has the same positions.
    assert_eq!(before.positions[3..], after.positions[3..]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equal_text_has_equal_positions(
        at in any::<prop::sample::Index>(),
        piece in prop::sample::select(vec![" ", "\n", "\n\n", "# c\n", "x", "1", ";", "  # c", "\n    y\n", "()", "é"]),
    ) {
        let at = DEFINITIONS.floor_char_boundary(at.index(DEFINITIONS.len()));
        let edited = format!("{}{piece}{}", &DEFINITIONS[..at], &DEFINITIONS[at..]);
        let (before, after) = (read(DEFINITIONS), read(&edited));
        if after.has_errors() {
            return Ok(());
        }
        for (row, fragment) in after.table.fragments.iter().enumerate() {
            let same = before.table.fragments.iter().position(|other| other.id() == fragment.id());
            let Some(other) = same else { continue };
            if before.spans.spans[other].l1 == after.spans.spans[row].l1 {
                prop_assert_eq!(&before.positions[other], &after.positions[row], "{}", fragment.id());
            }
        }
    }
}

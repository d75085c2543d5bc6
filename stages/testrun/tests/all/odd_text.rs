//! Text that breaks what is careless: control characters, halves of surrogate pairs, what XML must escape or cannot hold.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const ODD: [u32; 28] = [
    0, 1, 8, 9, 0xa, 0xb, 0xd, 0x1b, 0x1f, 0x22, 0x26, 0x27, 0x3c, 0x3e, 0x5b, 0x5d, 0x7f, 0x85, 0x9f, 0xe9,
    0x2028, 0x202e, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x1f600, 0x10ffff,
];

/// Code points, not all of which are characters.
pub(crate) fn odd_text() -> impl Strategy<Value = Vec<u32>> {
    let end_of_data = Just(vec![0x5d, 0x5d, 0x3e]);
    let one = prop_oneof![4 => 0x20u32..0x7f, 4 => select(&ODD[..]), 1 => 0u32..0x11_0000]
        .prop_map(|one| vec![one]);
    vec(prop_oneof![9 => one, 1 => end_of_data], 0..10).prop_map(|parts| parts.concat())
}

/// A string of Python, written so that any source file can hold it.
pub(crate) fn literal(text: &[u32]) -> String {
    let escaped: String = text.iter().map(|point| format!("\\U{point:08x}")).collect();
    format!("\"{escaped}\"")
}

//! Damaged code is refused or harmless: opening, verifying and printing it never panics.

use std::sync::LazyLock;

use dx_schemas::code::{CodeView, disassemble, verify};
use proptest::prelude::*;

use crate::support;

const SOURCE: &str = r#"
class C(B, k=1):
    x: int = 1
    async def m(self, a, *b, c=2, **d):
        async with a as e:
            try:
                return [i async for i in super().x if i], f"{a!r:>{b}}", {**d, "k": 1.5}
            except* (A, B) as f:
                g(*b, lambda: f, **d)
            finally:
                del a
        match a:
            case [1, *rest] | {"k": rest}: await rest
"#;

static CODE: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| support::code(SOURCE).into_iter().map(|(_, bytes)| bytes).collect());

fn look(bytes: &[u8]) {
    if let Ok(view) = CodeView::open(bytes) {
        let _ = verify(&view);
        let _ = disassemble(&view);
        let _ = view.to_unit();
    }
}

proptest! {
    #[test]
    fn flipped_bits_do_not_panic(which in 0usize..3, at in 0usize..100_000, mask in 1u8..=255) {
        let mut bytes = CODE[which].clone();
        let at = at % bytes.len();
        bytes[at] ^= mask;
        look(&bytes);
    }

    #[test]
    fn noise_does_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        look(&bytes);
    }

    #[test]
    fn swapped_words_do_not_panic(which in 0usize..3, a in 0usize..10_000, b in 0usize..10_000) {
        let mut bytes = CODE[which].clone();
        let words = bytes.len() / 4;
        let (a, b) = (a % words * 4, b % words * 4);
        for offset in 0..4 {
            bytes.swap(a + offset, b + offset);
        }
        look(&bytes);
    }
}

#[test]
fn truncated_code_is_refused() {
    for code in CODE.iter() {
        for len in 0..code.len() {
            assert!(CodeView::open(&code[..len]).is_err());
        }
    }
}

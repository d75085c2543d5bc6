//! Twin of `seen.rs` for builds without debug assertions: nothing is noted.

use crate::code::word::Word;

#[derive(Default)]
pub struct Seen;

impl Seen {
    #[inline(always)]
    pub(crate) fn note(&self, _: Word) {}

    /// Names of the opcodes that ran; `None` in builds that do not note them.
    pub fn names(&self) -> Option<Vec<String>> {
        None
    }
}

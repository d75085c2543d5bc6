//! Source bytes to position-free trees, positions and diagnostics: the library of dx-parse.
//!
//! [`parse`] is a pure function of the bytes of one file. A broken file gives trees as far as recovery got, and
//! diagnostics; it is never a failure of the stage. The foreign parser's types end at [`lower`]: everything after it
//! stands on the flat trees of `dx_schemas`, so that its version can change in one place.
//!
//! README.md says which errors are found here and which in dx-index.

mod artifact;
mod checks;
mod errors;
mod finding;
mod literal;
mod lower;
mod source;
mod stage;

pub use artifact::Parsed;
pub use stage::Parse;

use finding::Findings;
use source::Source;

/// The language version that a file is read as. The only input beside the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    Python314,
}

/// How to read a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    pub language: Language,
}

/// What recursion may use. Address space, not memory: pages are touched only by sources that nest that deeply, and
/// `limits` refuses those that would need more.
const STACK_BYTES: usize = 512 << 20;
/// A caller's thread with at least this much left is used as it is.
const STACK_ENOUGH_BYTES: usize = 256 << 20;

/// Reads one file: trees, positions, diagnostics.
pub fn parse(bytes: &[u8], options: Options) -> Parsed {
    stacker::maybe_grow(STACK_ENOUGH_BYTES, STACK_BYTES, || parse_here(bytes, options))
}

fn parse_here(bytes: &[u8], options: Options) -> Parsed {
    let mut findings = Findings::default();
    let source = Source::decode(bytes, &mut findings);
    lower::module(&source, options.language, findings)
}

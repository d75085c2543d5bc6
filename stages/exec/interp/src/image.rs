//! What the interpreter is given to run: a module's code artifacts by fragment, with what tracebacks need.
//!
//! Code says nothing of module names, paths or lines; this record binds them. Bytes stay where they lie (a mapping
//! of the cache, or memory of an in-process compilation).

use std::sync::Arc;

/// Bytes of an artifact's section, owned by whoever mapped or made them.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// One fragment of a module.
#[derive(Clone)]
pub struct FragmentInput {
    /// The `code` section.
    pub code: Bytes,
    /// The `positions` section; empty when there is none.
    pub positions: Bytes,
    /// Line (from 1) to which the positions are relative.
    pub base_line: u32,
    /// Rows of the child fragments, in the order of the code's fragment references.
    pub children: Vec<u32>,
}

/// A module's code.
#[derive(Clone)]
pub struct ModuleInput {
    /// `package.module`: `__name__` unless the module runs as `__main__`.
    pub name: String,
    /// `co_filename` and `__file__`.
    pub path: String,
    pub package: bool,
    /// The text, where no file has it (`-c`, `exec`).
    pub source: Option<Arc<str>>,
    /// Row 0 is the module body.
    pub fragments: Vec<FragmentInput>,
}

impl FragmentInput {
    pub fn code_bytes(&self) -> &[u8] {
        (*self.code).as_ref()
    }

    pub fn position_bytes(&self) -> &[u8] {
        (*self.positions).as_ref()
    }
}

//! The `index` artifact: what dx-index knows of one file; no path and no position in it.
//!
//! | section | ordinal | holds |
//! | --- | --- | --- |
//! | index-table | 0 | [`IndexTable`], MessagePack |
//! | scopes | fragment | [`crate::scopes::Scopes`], MessagePack |
//! | diagnostics | 0 | `Vec<NodeDiagnostic>`, MessagePack: places are nodes, printers add the positions |

use serde::{Deserialize, Serialize};

use crate::diagnostic::Severity;
use crate::syntax::FragmentKind;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexTable {
    pub fragments: Vec<FragmentEntry>,
    pub imports: Vec<Import>,
    pub tests: Vec<TestItem>,
    pub fixtures: Vec<Fixture>,
    /// `__all__` where it is a literal list or tuple of strings.
    pub all: Option<Vec<String>>,
    /// The module defines `__getattr__`, or has code that makes its names unknowable (`globals()[..] = `, `exec`).
    pub opaque: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FragmentEntry {
    /// `Qual.name#ordinal`, as [`crate::syntax::FragmentRow::id`]; empty for the module body.
    pub id: String,
    pub kind: FragmentKind,
    pub parent: u32,
    /// BLAKE3 of tree and scopes: equal means the same code.
    #[serde(with = "crate::hash_form")]
    pub l2: [u8; 32],
    /// Names that its code looks up outside itself, sorted, each once.
    pub references: Vec<Reference>,
    /// Top-level statements of a module or class body; empty for functions.
    pub statements: Vec<Statement>,
}

/// A name that a fragment's code reads and does not bind itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// `helper`, `os.path.join`, `self.total` (class members through the first parameter): the longest dotted path that
    /// the code spells.
    pub path: String,
    pub kind: ReferenceKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ReferenceKind {
    /// A global or builtin name and attributes of it.
    Global,
    /// An attribute of the method's own first parameter.
    Member,
    /// An attribute name on something unknown (`x.name`): a weak edge.
    Attribute,
}

/// One row of a statement table, the unit of live patches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// First tree node of the statement.
    pub node: u32,
    /// BLAKE3-128 of the statement's subtree, without the bodies of child fragments.
    #[serde(with = "crate::hash_form")]
    pub hash: [u8; 16],
    /// Names it binds in the body's own namespace, sorted.
    pub binds: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    pub fragment: u32,
    /// As written, without leading dots; empty for `from . import x`.
    pub module: String,
    pub level: u32,
    /// Names of a `from` import; `["*"]` for a star import; empty for `import a.b`.
    pub names: Vec<String>,
    /// Runs when the module is imported (not inside a function).
    pub at_import: bool,
    /// Inside `try` with a handler for ImportError, or under a test: may fail without harm.
    pub optional: bool,
    /// Under `if TYPE_CHECKING:`.
    pub type_checking: bool,
}

/// A function or class that pytest's default rules could collect (`test*` / `Test*`), whatever the file's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestItem {
    pub fragment: u32,
    /// Marks in source order, as written: `pytest.mark.slow`.
    pub marks: Vec<Mark>,
    /// Names of parameters: fixtures that it asks for.
    pub parameters: Vec<String>,
    /// Base classes as written, for classes.
    pub bases: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Dotted name as written.
    pub name: String,
    /// `parametrize` with literal arguments: the number of cases; `None` when it cannot be known here.
    pub cases: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixture {
    pub fragment: u32,
    pub name: String,
    pub scope: String,
    pub autouse: bool,
    pub parameters: Vec<String>,
}

/// A finding of dx-index: its place is a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeDiagnostic {
    pub fragment: u32,
    pub node: u32,
    pub severity: Severity,
    pub code: String,
    pub message: String,
    pub exception: String,
}

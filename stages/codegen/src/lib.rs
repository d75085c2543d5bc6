//! One fragment's tree and scopes to DPB bytecode: the library of dx-codegen.
//!
//! [`compile`] is a pure function. It visits the tree once, writing instructions with symbolic registers and labels
//! ([`ir`]); then dead code and proven checks go, live sets are computed ([`flow`]), and [`assemble`] lays out words and
//! tables. Evaluation order is CPython's (`Python/codegen.c`) to the letter.

mod assemble;
mod definition;
mod expression;
mod flow;
mod fold;
mod generator;
mod ir;
mod names;
mod object;
mod pattern;
mod pools;
mod stage;
mod statement;
mod unparse;

pub use stage::Codegen;

use dx_schemas::code::CodeUnit;
use dx_schemas::index::NodeDiagnostic;
use dx_schemas::scopes::Scopes;
use dx_schemas::tree::Tree;

use generator::Generator;

/// What the code is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Modules, functions, classes; `exec`.
    #[default]
    Exec,
    /// `eval`: a module of one expression, whose value is returned.
    Eval,
    /// Interactive: values of expression statements are shown.
    Single,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    pub mode: Mode,
    /// As CPython's `-O`: 1 drops assertions and makes `__debug__` false, 2 drops docstrings too.
    pub optimise: u8,
}

/// Compiles one fragment.
///
/// The tree must come from a file without errors. What only the compiler can find wrong comes back as diagnostics
/// (their fragment is 0: the caller knows which one it is).
pub fn compile(tree: &Tree<'_>, scopes: &Scopes, options: Options) -> Result<CodeUnit, Vec<NodeDiagnostic>> {
    let mut generator = Generator::new(*tree, scopes, options);
    generator.fragment();
    generator.finish()
}

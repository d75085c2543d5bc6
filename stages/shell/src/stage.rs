//! The trait that a stage implements, and what it says of itself.

use dx_schemas::ToolId;
use dx_schemas::request::{Request, Response};
use dx_schemas::stages::StageSpec;

/// An option of a stage; every option is part of the key of every unit.
#[derive(Clone, Copy, Debug)]
pub struct OptionInfo {
    /// In kebab case; `--NAME VALUE` on the command line.
    pub name: &'static str,
    pub about: &'static str,
    pub default: &'static str,
    /// The values allowed; empty when any text is.
    pub values: &'static [&'static str],
}

/// What a stage says of itself.
#[derive(Debug)]
pub struct StageInfo {
    /// The stage's line in the table of the pipeline: name, unit of work, what it reads and writes.
    pub spec: &'static StageSpec,
    /// `env!("CARGO_PKG_VERSION")`; for people, never part of a key.
    pub version: &'static str,
    /// One sentence, lower case, without full stop.
    pub about: &'static str,
    /// (command, what it does).
    pub examples: &'static [(&'static str, &'static str)],
    pub options: &'static [OptionInfo],
    /// `dx_shell::tool_id!()`.
    pub tool_id: ToolId,
}

/// A stage: a pure function from the bytes of a request to the bytes of an artifact.
///
/// It reads no clock, no environment, no file and no byte that it was not handed; it keeps nothing between requests
/// that could be seen in an answer. Broken user source gives an artifact with findings in it, never a refusal.
pub trait Stage: Default + Send + Sync + 'static {
    const INFO: StageInfo;

    fn run(&self, request: &Request<'_>) -> Response;
}

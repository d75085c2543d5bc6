//! The stage: a request's sections in, an `index` artifact out.

use dx_schemas::SectionKind;
use dx_schemas::request::{Request, Response};
use dx_schemas::syntax::{FragmentTable, decode};
use dx_schemas::tree::Tree;
use dx_shell::{Stage, StageInfo};

/// dx-index.
#[derive(Default)]
pub struct Index;

impl Stage for Index {
    const INFO: StageInfo = StageInfo {
        spec: &dx_schemas::stages::INDEX,
        version: env!("CARGO_PKG_VERSION"),
        about: "resolve the scopes of a file and list its fragments, references, imports and tests",
        examples: &[
            ("dx-parse a.py | dx-index --emit=text", "show what a file says of itself"),
            ("dx-index a.syntax -o a.index", "index a parsed file"),
        ],
        options: &[],
        tool_id: dx_shell::tool_id!(),
    };

    fn run(&self, request: &Request<'_>) -> Response {
        Response::from(artifact(request))
    }
}

fn artifact(request: &Request<'_>) -> Result<Vec<u8>, String> {
    let table: FragmentTable =
        decode(request.only(SectionKind::FragmentTable)?).map_err(|error| error.to_string())?;
    let mut trees = Vec::with_capacity(table.fragments.len());
    for (fragment, input) in request.all(SectionKind::Tree).enumerate() {
        if input.ordinal as usize != fragment {
            return Err(format!("the request has no input tree {fragment}"));
        }
        trees.push(Tree::open(input.bytes).map_err(|error| format!("tree {fragment}: {error}"))?);
    }
    let indexed = crate::index(&table, &trees).map_err(|error| error.to_string())?;
    Ok(indexed.into_artifact())
}

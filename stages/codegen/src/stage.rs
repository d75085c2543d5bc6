//! The stage: sections in, a `code` artifact out.

use dx_schemas::code;
use dx_schemas::container::{ArtifactBuilder, Kind, SectionKind};
use dx_schemas::request::{Request, Response};
use dx_schemas::scopes::Scopes;
use dx_schemas::syntax;
use dx_schemas::tree::Tree;
use dx_shell::{Stage, StageInfo};

use crate::Options;

#[derive(Default)]
pub struct Codegen;

impl Stage for Codegen {
    const INFO: StageInfo = StageInfo {
        spec: &dx_schemas::stages::CODEGEN,
        version: env!("CARGO_PKG_VERSION"),
        about: "compile fragments to DPB bytecode",
        examples: &[("dx-parse a.py | dx-index | dx-codegen -o a.code", "compile one file")],
        options: &[],
        tool_id: dx_shell::tool_id!(),
    };

    fn run(&self, request: &Request<'_>) -> Response {
        Response::from(artifact(request))
    }
}

fn artifact(request: &Request<'_>) -> Result<Vec<u8>, String> {
    let tree = Tree::open(request.only(SectionKind::Tree)?).map_err(|error| error.to_string())?;
    let scopes: Scopes =
        syntax::decode(request.only(SectionKind::Scopes)?).map_err(|error| error.to_string())?;
    match crate::compile(&tree, &scopes, Options::default()) {
        Ok(unit) => {
            let bytes = code::encode(&unit);
            let view = code::CodeView::open(&bytes).map_err(|error| error.to_string())?;
            code::verify(&view).map_err(|error| format!("the code does not verify: {error}"))?;
            Ok(code::into_artifact(bytes))
        }
        Err(findings) => {
            let mut builder = ArtifactBuilder::new(Kind::Code);
            builder.add(SectionKind::Diagnostics, 0, syntax::encode(&findings));
            Ok(builder.finish())
        }
    }
}

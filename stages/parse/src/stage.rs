//! The stage: a request with source bytes in, a `syntax` artifact out.

use dx_schemas::{SectionKind, stages};
use dx_shell::{OptionInfo, Request, Response, Stage, StageInfo};

use crate::{Language, Options, parse};

/// dx-parse as the shell runs it.
#[derive(Default)]
pub struct Parse;

impl Stage for Parse {
    const INFO: StageInfo = StageInfo {
        spec: &stages::PARSE,
        version: env!("CARGO_PKG_VERSION"),
        about: "parse Python source into position-free trees, positions and diagnostics",
        examples: &[
            ("dx-parse app.py -o app.syntax", "parse one file"),
            ("dx-parse --emit=text app.py", "show its fragments, trees and positions"),
            ("dx-parse app.py | dx-index | dx-codegen -o app.code", "compile it"),
        ],
        options: &[OptionInfo {
            name: "language",
            about: "the version of Python that the source is written in",
            default: "3.14",
            values: &["3.14"],
        }],
        tool_id: dx_shell::tool_id!(),
    };

    fn run(&self, request: &Request<'_>) -> Response {
        // The shell has checked the option's value; there is one.
        let options = Options { language: Language::Python314 };
        Response::from(request.only(SectionKind::Source).map(|source| parse(source, options).to_artifact()))
    }
}

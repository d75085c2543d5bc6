//! What a stage prints about itself.

use clap_complete::Shell;
use dx_schemas::request;
use dx_schemas::stages::Unit;
use serde_json::json;

use crate::StageInfo;
use crate::arguments::command;

/// `--describe`: of all this only the ToolId enters keys.
pub(crate) fn json(info: &'static StageInfo) -> String {
    let spec = info.spec;
    let reads: Vec<_> = spec
        .reads
        .iter()
        .map(|need| match need.artifact {
            Some(kind) => json!({
                "artifact": kind.name(), "version": kind.version(), "section": need.section.name(),
            }),
            None => json!({ "section": need.section.name() }),
        })
        .collect();
    let options: Vec<_> = info
        .options
        .iter()
        .map(|option| json!({ "name": option.name, "default": option.default, "values": option.values }))
        .collect();
    let description = json!({
        "name": spec.name,
        "version": info.version,
        "about": info.about,
        "unit": match spec.unit { Unit::File => "file", Unit::Fragment => "fragment" },
        "reads": reads,
        "writes": { "artifact": spec.writes.name(), "version": spec.writes.version() },
        "options": options,
        "protocol": request::VERSION,
        "tool_id": info.tool_id.to_string(),
    });
    format!("{description:#}\n")
}

pub(crate) fn man_page(info: &'static StageInfo) -> Vec<u8> {
    let mut page = Vec::new();
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(command(info)).render(&mut page);
    page
}

pub(crate) fn completions(info: &'static StageInfo, shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(info), info.spec.name, &mut script);
    script
}

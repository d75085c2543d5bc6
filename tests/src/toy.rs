//! Toy stages: a language of `def` blocks, whose stages can be told to fail in every way a stage can.
//!
//! The driver's behaviour (cut-off, isolation, repair) is tested against these, so that such tests depend on no part of
//! Python, and so that a stage can be made to die on demand. `def NAME` in the first column starts a fragment; indented
//! lines belong to it; a line that starts with `#` has a position and no meaning. Words that act:
//!
//! | where | word | effect |
//! | --- | --- | --- |
//! | any line | `error` first | a finding of the parse stage |
//! | any line | `misplaced` first | a finding of the index stage |
//! | fragment | `TRIGGER panic` | the code stage panics |
//! | fragment | `TRIGGER abort` | the code stage dies without a word |
//! | fragment | `TRIGGER once FILE` | the code stage dies unless FILE is there, and makes it |
//! | fragment | `TRIGGER hang` | the code stage never answers |
//! | fragment | `TRIGGER random` | the code differs from run to run |
//! | fragment | `TRIGGER sleep` | the code takes 50 ms |

use dx_schemas::index::{FragmentEntry, Import, IndexTable, NodeDiagnostic};
use dx_schemas::scopes::Scopes;
use dx_schemas::syntax::{FragmentKind, FragmentRow, FragmentTable, SpanRow, SpanTable, decode, encode};
use dx_schemas::{
    Artifact, ArtifactBuilder, Diagnostic, Kind, SectionKind, Severity, ToolId, positions, stages,
};
use dx_shell::{OptionInfo, Request, Response, Stage, StageInfo};

#[derive(Default)]
pub struct Parse;

#[derive(Default)]
pub struct Index;

#[derive(Default)]
pub struct Codegen;

const fn info(spec: &'static stages::StageSpec, id: u8, options: &'static [OptionInfo]) -> StageInfo {
    StageInfo {
        spec,
        version: "0",
        about: "a toy",
        examples: &[("toy-parse a.py", "parse one file")],
        options,
        tool_id: ToolId([id; 32]),
    }
}

impl Stage for Parse {
    const INFO: StageInfo = info(&stages::PARSE, 1, &[]);

    fn run(&self, request: &Request<'_>) -> Response {
        Response::from(request.only(SectionKind::Source).map(parse))
    }
}

struct Fragment {
    name: String,
    base: u32,
    lines: Vec<(u32, String)>,
}

fn parse(source: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(source);
    let mut fragments = vec![Fragment { name: String::new(), base: 1, lines: Vec::new() }];
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(name) = line.strip_prefix("def ") {
            let name = name.split(['(', ':', ' ']).next().unwrap_or_default();
            fragments.push(Fragment { name: name.to_owned(), base: number, lines: Vec::new() });
        }
        let at = if line.starts_with(' ') || line.starts_with("def ") { fragments.len() - 1 } else { 0 };
        let word = line.trim();
        if word.starts_with("error") {
            found.push(finding(number, word.len() as u32));
        }
        if !word.is_empty() && !word.starts_with('#') {
            let base = fragments[at].base;
            fragments[at].lines.push((number - base, word.to_owned()));
        }
    }
    let mut builder = ArtifactBuilder::new(Kind::Syntax);
    let rows: Vec<FragmentRow> =
        fragments.iter().enumerate().map(|(row, f)| row_of(row, f, &fragments)).collect();
    let table = FragmentTable { fragments: rows, future_annotations: false, broken: !found.is_empty() };
    builder.add(SectionKind::FragmentTable, 0, encode(&table));
    let span = |f: &Fragment| SpanRow { base_line: f.base, start_byte: 0, end_byte: 0, l1: [0; 32] };
    let spans =
        SpanTable { spans: fragments.iter().map(span).collect(), line_count: text.lines().count() as u32 };
    builder.add(SectionKind::Spans, 0, encode(&spans));
    builder.add(SectionKind::Diagnostics, 0, encode(&found));
    for (row, fragment) in (0..).zip(&fragments) {
        let tree: Vec<&str> = fragment.lines.iter().map(|(_, line)| line.as_str()).collect();
        builder.add(SectionKind::Tree, row, tree.join("\n").into_bytes());
        let range = |line: u32| {
            Some(positions::Range { line: line as i32, col: 0, end_line: line as i32, end_col: 1 })
        };
        let ranges: Vec<_> = fragment.lines.iter().map(|(line, _)| range(*line)).collect();
        builder.add(SectionKind::Positions, row, positions::encode(&ranges));
    }
    builder.finish()
}

fn row_of(row: usize, fragment: &Fragment, all: &[Fragment]) -> FragmentRow {
    FragmentRow {
        kind: if row == 0 { FragmentKind::Module } else { FragmentKind::Function },
        name: fragment.name.clone(),
        qualname: fragment.name.clone(),
        ordinal: all[..row].iter().filter(|other| other.name == fragment.name).count() as u32,
        parent: 0,
        class_name: String::new(),
    }
}

fn finding(line: u32, len: u32) -> Diagnostic {
    Diagnostic {
        line,
        col: 1,
        end_line: line,
        end_col: len + 1,
        severity: Severity::Error,
        code: "toy-error".into(),
        message: "this line says so".into(),
        exception: "SyntaxError".into(),
    }
}

impl Stage for Index {
    const INFO: StageInfo = info(&stages::INDEX, 2, &[]);

    fn run(&self, request: &Request<'_>) -> Response {
        Response::from(index(request))
    }
}

fn index(request: &Request<'_>) -> Result<Vec<u8>, String> {
    let table: FragmentTable =
        decode(request.only(SectionKind::FragmentTable)?).map_err(|error| error.to_string())?;
    let mut builder = ArtifactBuilder::new(Kind::Index);
    let mut imports = Vec::new();
    let mut found = Vec::new();
    for input in request.all(SectionKind::Tree) {
        for (node, line) in (0..).zip(String::from_utf8_lossy(input.bytes).lines()) {
            imports.extend(import(line, input.ordinal));
            if line.starts_with("misplaced") {
                found.push(NodeDiagnostic {
                    fragment: input.ordinal,
                    node,
                    severity: Severity::Error,
                    code: "toy-misplaced".into(),
                    message: "this cannot stand here".into(),
                    exception: "SyntaxError".into(),
                });
            }
        }
        builder.add(SectionKind::Scopes, input.ordinal, encode(&Scopes::default()));
    }
    let entry = |row: &FragmentRow| FragmentEntry {
        id: row.id(),
        kind: row.kind,
        parent: row.parent,
        l2: [0; 32],
        references: Vec::new(),
        statements: Vec::new(),
    };
    let fragments = table.fragments.iter().map(entry).collect();
    let table = IndexTable { fragments, imports, ..IndexTable::default() };
    builder.add(SectionKind::IndexTable, 0, encode(&table));
    builder.add(SectionKind::Diagnostics, 0, encode(&found));
    Ok(builder.finish())
}

fn import(line: &str, fragment: u32) -> Option<Import> {
    let (module, names) = match line.strip_prefix("import ") {
        Some(module) => (module, Vec::new()),
        None => {
            let (module, names) = line.strip_prefix("from ")?.split_once(" import ")?;
            (module, names.split(", ").map(str::to_owned).collect())
        }
    };
    let name = module.trim_start_matches('.');
    Some(Import {
        fragment,
        module: name.to_owned(),
        level: (module.len() - name.len()) as u32,
        names,
        at_import: true,
        optional: false,
        type_checking: false,
    })
}

impl Stage for Codegen {
    const INFO: StageInfo = info(
        &stages::CODEGEN,
        3,
        &[OptionInfo { name: "suffix", about: "appended to all code", default: "", values: &[] }],
    );

    fn run(&self, request: &Request<'_>) -> Response {
        let result = request.only(SectionKind::Tree).and_then(|tree| {
            request.only(SectionKind::Scopes)?;
            let mut code = tree.to_ascii_uppercase();
            code.extend_from_slice(request.option("suffix").unwrap_or_default().as_bytes());
            for line in String::from_utf8_lossy(tree).lines() {
                if let Some(trigger) = line.strip_prefix("TRIGGER ") {
                    act(trigger, &mut code);
                }
            }
            Ok(code)
        });
        Response::from(result.map(|code| {
            let mut builder = ArtifactBuilder::new(Kind::Code);
            builder.add(SectionKind::Code, 0, code);
            builder.finish()
        }))
    }
}

fn act(trigger: &str, code: &mut Vec<u8>) {
    match trigger.split_once(' ').unwrap_or((trigger, "")) {
        ("panic", _) => panic!("as the source told it to"),
        ("abort", _) => std::process::abort(),
        ("once", file) if std::fs::File::create_new(file).is_ok() => std::process::abort(),
        ("hang", _) => loop {
            std::thread::park();
        },
        ("random", _) => {
            let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            code.extend(nanos.unwrap_or_default().as_nanos().to_le_bytes());
        }
        ("sleep", _) => std::thread::sleep(std::time::Duration::from_millis(50)),
        _ => {}
    }
}

/// Every toy artifact is read back here, so that the toys keep to the formats.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    Artifact::open(bytes).and_then(|artifact| artifact.verify()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_changes_positions_only() {
        let before = parse(b"x\ndef f\n  a\n");
        let after = parse(b"# why\nx\ndef f\n  # how\n  a\n");
        check(&before).unwrap();
        let (before, after) = (Artifact::open(&before).unwrap(), Artifact::open(&after).unwrap());
        for section in before.sections() {
            let same = after.find(section.kind, section.ordinal).is_some_and(|s| s.id == section.id);
            let positions = matches!(section.kind, SectionKind::Positions | SectionKind::Spans);
            assert_eq!(same, !positions, "{section:?}");
        }
    }
}

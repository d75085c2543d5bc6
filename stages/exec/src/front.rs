//! Source to code in this process, through the stage libraries: for plain files, `exec` and modules not in an image.

use std::io::Write as _;
use std::sync::Arc;

use dx_interp::image::{FragmentInput, ModuleInput};
use dx_interp::state::Mode;
use dx_object::error::{PyResult, Raised};
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::value::Value;
use dx_schemas::code::flag;
use dx_schemas::diagnostic::Severity;
use dx_schemas::index::NodeDiagnostic;
use dx_schemas::positions;
use dx_schemas::tree::Tree;

/// Why source is no code: what a SyntaxError says.
#[derive(Debug)]
pub struct Refused {
    pub exception: String,
    pub message: String,
    /// From 1; 0 where there is no place.
    pub line: u32,
    pub col: u32,
    pub end_line: u32,
    pub end_col: u32,
}

/// Names of a module that is to be compiled.
pub struct Named<'a> {
    pub name: &'a str,
    pub path: &'a str,
    pub package: bool,
    /// No file has the text.
    pub keep_source: bool,
}

/// How source is compiled.
#[derive(Clone, Copy)]
pub struct Manner {
    pub mode: Mode,
    /// `from __future__ import annotations` is in force, whatever the source says.
    pub future_annotations: bool,
}

impl Manner {
    /// What a file is compiled as.
    pub const FILE: Manner = Manner { mode: Mode::Exec, future_annotations: false };
}

/// Compiles one module's source.
pub fn compile(source: &[u8], named: &Named<'_>, manner: Manner) -> Result<ModuleInput, Refused> {
    let mut parsed = dx_parse::parse(source, dx_parse::Options::default());
    parsed.table.future_annotations |= manner.future_annotations;
    if let Some(found) = parsed.diagnostics.iter().find(|found| found.severity == Severity::Error) {
        return Err(Refused {
            exception: found.exception.clone(),
            message: found.message.clone(),
            line: found.line,
            col: found.col,
            end_line: found.end_line,
            end_col: found.end_col,
        });
    }
    let trees: Vec<Tree<'_>> = parsed.trees.iter().flat_map(|tree| Tree::open(tree)).collect();
    let place = |found: &NodeDiagnostic| {
        let at = found.fragment as usize;
        let base = parsed.spans.spans.get(at).map_or(1, |span| i64::from(span.base_line));
        let ranges =
            parsed.positions.get(at).and_then(|bytes| positions::decode(bytes).ok()).unwrap_or_default();
        let range = ranges.get(found.node as usize).copied().flatten();
        let line = |line: i32| u32::try_from(base + i64::from(line)).unwrap_or(1);
        let (line, col, end_line, end_col) = range.map_or((0, 0, 0, 0), |range| {
            (line(range.line), range.col + 1, line(range.end_line), range.end_col + 1)
        });
        let exception = if found.exception.is_empty() { "SyntaxError" } else { &found.exception };
        Refused {
            exception: exception.to_owned(),
            message: found.message.clone(),
            line,
            col,
            end_line,
            end_col,
        }
    };
    let indexed = dx_index::index(&parsed.table, &trees).map_err(|error| internal(&error.to_string()))?;
    if let Some(found) = indexed.diagnostics.iter().find(|found| found.severity == Severity::Error) {
        return Err(place(found));
    }
    let mut warnings: Vec<(u32, String)> = parsed
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Warning)
        .map(|found| (found.line, found.message.clone()))
        .collect();
    let indexed_warnings = indexed.diagnostics.iter().filter(|found| found.severity == Severity::Warning);
    warnings.extend(indexed_warnings.map(|found| (place(found).line, found.message.clone())));
    warn(source, named, warnings);
    let options = dx_codegen::Options {
        mode: match manner.mode {
            Mode::Exec => dx_codegen::Mode::Exec,
            Mode::Eval => dx_codegen::Mode::Eval,
            Mode::Single => dx_codegen::Mode::Single,
        },
        optimise: 0,
    };
    let mut fragments = Vec::with_capacity(trees.len());
    for (at, (tree, scopes)) in trees.iter().zip(&indexed.scopes).enumerate() {
        let unit = dx_codegen::compile(tree, scopes, options).map_err(|findings| match findings.first() {
            Some(found) => place(&NodeDiagnostic { fragment: at as u32, ..found.clone() }),
            None => internal("code generation failed"),
        })?;
        let children = (0..).zip(&parsed.table.fragments).skip(1).filter(|(_, row)| row.parent == at as u32);
        fragments.push(FragmentInput {
            code: Arc::new(dx_schemas::code::encode(&unit)),
            positions: Arc::new(parsed.positions.get(at).cloned().unwrap_or_default()),
            base_line: parsed.spans.spans.get(at).map_or(1, |span| span.base_line),
            children: children.map(|(row, _)| row).filter(|row| *row != at as u32).collect(),
        });
    }
    Ok(ModuleInput {
        name: named.name.to_owned(),
        path: named.path.to_owned(),
        package: named.package,
        source: named.keep_source.then(|| String::from_utf8_lossy(source).into()),
        fragments,
    })
}

/// Shows warnings as module `warnings` does by default, in the order of their lines, each once.
fn warn(source: &[u8], named: &Named<'_>, mut warnings: Vec<(u32, String)>) {
    warnings.sort();
    warnings.dedup();
    let shows_lines = named.keep_source || !named.path.starts_with('<');
    for (line, message) in warnings {
        let mut told = format!("{}:{line}: SyntaxWarning: {message}\n", named.path);
        let text = source.split(|byte| *byte == b'\n').nth((line as usize).saturating_sub(1));
        if let Some(text) = text.filter(|_| shows_lines) {
            told.push_str(&format!("  {}\n", String::from_utf8_lossy(text).trim()));
        }
        // Where standard error is closed nobody wants to know.
        let _ = std::io::stderr().write_all(told.as_bytes());
    }
}

fn internal(message: &str) -> Refused {
    Refused {
        exception: "SystemError".into(),
        message: message.to_owned(),
        line: 0,
        col: 0,
        end_line: 0,
        end_col: 0,
    }
}

/// Raises what refused the source.
pub fn raise(thread: &Thread, refused: &Refused, source: &[u8], path: &str) -> Raised {
    let class = match refused.exception.as_str() {
        "IndentationError" => ids::INDENTATION_ERROR,
        "TabError" => ids::TAB_ERROR,
        "MemoryError" => ids::MEMORY_ERROR,
        "RecursionError" => ids::RECURSION_ERROR,
        "SystemError" => ids::SYSTEM_ERROR,
        _ => ids::SYNTAX_ERROR,
    };
    let message = thread.str(&refused.message);
    if refused.line == 0 {
        return thread.raise_args(class, &[message]);
    }
    let text = String::from_utf8_lossy(source);
    let line = text.split_inclusive('\n').nth(refused.line as usize - 1);
    let line = line.map_or(Value::NONE, |line| {
        thread.str(&if line.ends_with('\n') { line.to_owned() } else { format!("{line}\n") })
    });
    let number = |value: u32| Value::small(value.into());
    let place = thread.tuple(&[
        thread.str(path),
        number(refused.line),
        number(refused.col),
        line,
        number(refused.end_line),
        number(refused.end_col),
    ]);
    thread.raise_args(class, &[message, place])
}

/// What `compile`, `exec` and `eval` call; `flags` are those of code objects.
pub fn compile_hook(
    thread: &Thread,
    source: &[u8],
    path: &str,
    mode: Mode,
    flags: u32,
) -> PyResult<ModuleInput> {
    let named = Named { name: "", path, package: false, keep_source: false };
    let manner = Manner { mode, future_annotations: flags & flag::FUTURE_ANNOTATIONS != 0 };
    compile(source, &named, manner).map_err(|refused| raise(thread, &refused, source, path))
}

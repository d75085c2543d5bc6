//! Printing what was found in the user's files: errors first, then by place, each with its excerpt.

use std::fs;
use std::io::Write;
use std::path::Path;

use dx_schemas::diagnostic::findings::{Places, of_artifact};
use dx_schemas::diagnostic::{Diagnostic, render};
use dx_schemas::{Artifact, ContentId};

use crate::result::FileResult;
use crate::store::Store;

/// The findings of one file.
pub(crate) struct OfFile {
    pub(crate) path: String,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads the findings of an earlier build back from the artifacts that hold them; `None` when one of them is gone, and
/// the file must be built again.
pub(crate) fn replay(store: &Store, result: &FileResult, source: Option<&[u8]>) -> Option<Vec<Diagnostic>> {
    let get = |id: &ContentId| store.content(id).ok();
    let syntax_bytes = get(&result.syntax?.1)?;
    let index_bytes = get(&result.index?.1)?;
    let syntax = Artifact::open(&syntax_bytes).ok()?;
    let index = Artifact::open(&index_bytes).ok()?;
    let places = Places::new(&syntax, source).ok()?;
    let mut found = of_artifact(&syntax, Some(&places), None).ok()?;
    found.extend(of_artifact(&index, Some(&places), None).ok()?);
    for (row, fragment) in result.fragments.iter().enumerate() {
        if let Some((_, id)) = &fragment.code {
            let bytes = get(id)?;
            let code = Artifact::open(&bytes).ok()?;
            found.extend(of_artifact(&code, Some(&places), Some(row as u32)).ok()?);
        }
    }
    dx_schemas::diagnostic::normalise(&mut found);
    Some(found)
}

/// Prints to standard error; returns whether any finding is an error. `locate` gives the file behind a path.
pub(crate) fn print(
    files: &mut Vec<OfFile>,
    json: bool,
    locate: impl Fn(&str) -> std::path::PathBuf,
) -> bool {
    files.retain(|file| !file.diagnostics.is_empty());
    // Files with errors first: the warnings of a thousand others must not hide them; among equals by path.
    let has_error = |file: &OfFile| file.diagnostics.iter().any(Diagnostic::is_error);
    files.sort_by(|a, b| has_error(b).cmp(&has_error(a)).then_with(|| a.path.cmp(&b.path)));
    let mut out = String::new();
    for file in files.iter() {
        let source = if json { None } else { read(&locate(&file.path)) };
        let mut ordered: Vec<&Diagnostic> = file.diagnostics.iter().collect();
        ordered.sort_by_key(|found| (found.severity, found.line, found.col));
        for found in ordered {
            out.push_str(&match json {
                true => render::json(&file.path, found),
                false => render::text(&file.path, found, source.as_deref()),
            });
        }
    }
    // A closed standard error leaves the exit status, which says the same.
    let _ = std::io::stderr().write_all(out.as_bytes());
    files.iter().any(has_error)
}

fn read(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok()
}

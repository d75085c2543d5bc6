//! Development tool: compares scopes and errors with CPython's for every file that `tests/tool/lib.py` or
//! `tests/tool/errors.py` wrote; also `NAME.py.syntax` artifacts of dx-parse beside them, for which dx-parse's errors
//! count, too.
//!
//! `cargo run --example compare -- FOLDER`

#[path = "../tests/golden/check.rs"]
mod check;
#[path = "../tests/golden/reader.rs"]
mod reader;

use std::path::Path;
use std::time::Instant;

use dx_schemas::diagnostic::Diagnostic;
use dx_schemas::syntax::{FragmentTable, decode};
use dx_schemas::tree::Tree;
use dx_schemas::{Artifact, Kind, SectionKind};
use reader::Read;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|extension| extension == "trees" || extension == "syntax")
    });
    paths.sort();
    let (mut same, mut seconds, mut tree_bytes, mut index_bytes) = (0, 0.0, 0, 0);
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let (read, syntax_error) = match path.extension().is_some_and(|extension| extension == "syntax") {
            true => open(&bytes),
            false => (reader::read(&String::from_utf8_lossy(&bytes)), None),
        };
        let start = Instant::now();
        let trees: Vec<Tree<'_>> = read.trees.iter().map(|tree| Tree::open(tree).unwrap()).collect();
        index_bytes += dx_index::index(&read.table, &trees).unwrap().into_artifact().len();
        seconds += start.elapsed().as_secs_f64();
        tree_bytes += read.trees.iter().map(Vec::len).sum::<usize>();
        match compare(path, &read, syntax_error) {
            Ok(()) => same += 1,
            Err(difference) => println!("{}: {difference}", path.file_stem().unwrap().display()),
        }
    }
    println!(
        "{same} of {} the same; {:.1} MB of trees, {:.1} MB of index in {seconds:.2} s",
        paths.len(),
        tree_bytes as f64 / 1e6,
        index_bytes as f64 / 1e6
    );
}

fn compare(path: &Path, read: &Read, syntax_error: Option<String>) -> Result<(), String> {
    let expected = std::fs::read(path.with_extension("expect")).map_err(|error| error.to_string())?;
    let expected = String::from_utf8_lossy(&expected);
    match syntax_error {
        Some(_) if expected.starts_with("error ") => Ok(()),
        Some(error) => Err(format!("dx-parse refuses it: {error}")),
        None => check::check(read, &expected),
    }
}

/// A `syntax` artifact, and its first error.
fn open(bytes: &[u8]) -> (Read, Option<String>) {
    let artifact = Artifact::open_as(bytes, Kind::Syntax).unwrap();
    let section = |kind, ordinal| artifact.section_unchecked(kind, ordinal).unwrap();
    let table: FragmentTable = decode(section(SectionKind::FragmentTable, 0)).unwrap();
    let findings: Vec<Diagnostic> = decode(section(SectionKind::Diagnostics, 0)).unwrap();
    let trees: Vec<Vec<u8>> = (0..table.fragments.len() as u32)
        .map(|fragment| section(SectionKind::Tree, fragment).to_vec())
        .collect();
    let nodes = |tree: &Vec<u8>| Tree::open(tree).unwrap().node_count();
    let places = trees.iter().map(|tree| vec![String::new(); nodes(tree)]).collect();
    let error = findings.into_iter().find(Diagnostic::is_error).map(|finding| finding.message);
    (Read { table, trees, places }, error)
}

//! Development tool: indexes `syntax` artifacts (`FOLDER/*.syntax`) and compares verdict, scopes and errors with what
//! `tests/tool/lib.py` wrote into the same folder.
//!
//! `cargo run --example pipeline -- FOLDER`

#[path = "../tests/golden/check.rs"]
mod check;
#[path = "../tests/golden/reader.rs"]
mod reader;

use std::collections::BTreeMap;
use std::time::Instant;

use dx_schemas::diagnostic::Diagnostic;
use dx_schemas::syntax::{FragmentTable, decode};
use dx_schemas::tree::Tree;
use dx_schemas::{Artifact, Kind, SectionKind};

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "syntax"));
    paths.sort();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut seconds, mut fastest_bytes) = (0.0, 0);
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let artifact = Artifact::open_as(&bytes, Kind::Syntax).unwrap();
        let table: FragmentTable = decode(artifact.section(SectionKind::FragmentTable, 0).unwrap()).unwrap();
        let syntax: Vec<Diagnostic> = decode(artifact.section(SectionKind::Diagnostics, 0).unwrap()).unwrap();
        let sections: Vec<&[u8]> = (0..table.fragments.len() as u32)
            .map(|fragment| artifact.section_unchecked(SectionKind::Tree, fragment).unwrap())
            .collect();
        let start = Instant::now();
        let trees: Vec<Tree<'_>> = sections.iter().map(|tree| Tree::open(tree).unwrap()).collect();
        let indexed = dx_index::index(&table, &trees).unwrap();
        let rejected = syntax.iter().any(Diagnostic::is_error) || !indexed.diagnostics.is_empty();
        fastest_bytes += indexed.into_artifact().len();
        seconds += start.elapsed().as_secs_f64();
        let name = path.file_stem().unwrap().display();
        let Ok(expected) = std::fs::read(path.with_extension("expect")) else { continue };
        let expected = String::from_utf8_lossy(&expected).into_owned();
        let outcome = match (expected.starts_with("error "), rejected) {
            (true, true) => "both reject",
            (true, false) => {
                println!("{name}: accepted, CPython says {expected}");
                "wrongly accepted"
            }
            (false, true) => {
                println!("{name}: rejected: {syntax:?}");
                "wrongly rejected"
            }
            (false, false) => {
                let places = trees.iter().map(|tree| vec!["?".to_owned(); tree.node_count()]).collect();
                let trees = sections.iter().map(|tree| tree.to_vec()).collect();
                match check::check(&reader::Read { table, trees, places }, &expected) {
                    Ok(()) => "same scopes",
                    Err(difference) => {
                        println!("{name}: {difference}");
                        "different scopes"
                    }
                }
            }
        };
        *counts.entry(outcome).or_default() += 1;
    }
    println!("{counts:?}; {:.1} MB of index in {seconds:.2} s", fastest_bytes as f64 / 1e6);
}

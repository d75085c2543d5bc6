//! Compiles every Python file under the folders given, in this process, verifies the code, and says how fast.
//!
//! ```text
//! cargo run --profile quick -p dx-codegen --example walk -- [--dump] PATH…
//! ```

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dx_schemas::code::{CodeView, disassemble, encode, verify};
use dx_schemas::tree::Tree;

#[derive(Default)]
struct Totals {
    files: usize,
    broken: usize,
    refused: usize,
    failed: usize,
    fragments: usize,
    lines: usize,
    code_bytes: usize,
    instructions: usize,
    front: Duration,
    codegen: Duration,
    encoding: Duration,
    verifying: Duration,
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else { return };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| collect(entry, files));
    } else if path.extension().is_some_and(|extension| extension == "py")
        || files.is_empty() && path.is_file()
    {
        files.push(path.to_owned());
    }
}

fn compile(path: &Path, totals: &mut Totals, dump: bool) {
    let Ok(bytes) = std::fs::read(path) else { return };
    totals.files += 1;
    totals.lines += bytes.iter().filter(|byte| **byte == b'\n').count();
    let started = Instant::now();
    let parsed = dx_parse::parse(&bytes, dx_parse::Options::default());
    if parsed.has_errors() {
        totals.broken += 1;
        return;
    }
    let trees: Vec<Tree<'_>> = parsed.trees.iter().flat_map(|tree| Tree::open(tree)).collect();
    let Ok(indexed) = dx_index::index(&parsed.table, &trees) else {
        totals.failed += 1;
        println!("{}: index does not fit", path.display());
        return;
    };
    totals.front += started.elapsed();
    if indexed.diagnostics.iter().any(|finding| finding.severity == dx_schemas::diagnostic::Severity::Error) {
        totals.broken += 1;
        return;
    }
    for (at, (tree, scopes)) in trees.iter().zip(&indexed.scopes).enumerate() {
        let id = parsed.table.fragments[at].id();
        totals.fragments += 1;
        let started = Instant::now();
        let compiled = dx_codegen::compile(tree, scopes, dx_codegen::Options::default());
        totals.codegen += started.elapsed();
        let unit = match compiled {
            Ok(unit) => unit,
            Err(findings) => {
                totals.refused += 1;
                for finding in findings {
                    println!("{}:{id}: node {}: {}", path.display(), finding.node, finding.message);
                }
                continue;
            }
        };
        let started = Instant::now();
        let bytes = encode(&unit);
        totals.encoding += started.elapsed();
        totals.code_bytes += bytes.len();
        totals.instructions += unit.objects.iter().map(|object| object.instructions.len()).sum::<usize>();
        let started = Instant::now();
        let view = match CodeView::open(&bytes) {
            Ok(view) => view,
            Err(error) => {
                totals.failed += 1;
                println!("{}:{id}: {error}", path.display());
                continue;
            }
        };
        if let Err(error) = verify(&view) {
            totals.failed += 1;
            println!("{}:{id}: {error}", path.display());
            if dump {
                println!("{}", disassemble(&view));
            }
            continue;
        }
        totals.verifying += started.elapsed();
        if dump {
            println!("fragment {at} {id}\n{}", disassemble(&view));
        }
    }
}

fn main() {
    let mut dump = false;
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        if argument == "--dump" {
            dump = true;
        } else {
            collect(Path::new(&argument), &mut files);
        }
    }
    let mut totals = Totals::default();
    for file in &files {
        compile(file, &mut totals, dump);
    }
    println!(
        "{} files, {} lines, {} not compiled for errors; {} fragments, {} refused, {} failed",
        totals.files, totals.lines, totals.broken, totals.fragments, totals.refused, totals.failed
    );
    println!(
        "front end {:?}, codegen {:?}, encoding {:?}, verifying {:?}; {} words, {} bytes",
        totals.front,
        totals.codegen,
        totals.encoding,
        totals.verifying,
        totals.instructions,
        totals.code_bytes
    );
}

//! Development tool: compares scopes and errors with CPython's for every file that `tests/tool/lib.py` or
//! `tests/tool/errors.py` wrote.
//!
//! `cargo run --example compare -- FOLDER`

#[path = "../tests/golden/check.rs"]
mod check;
#[path = "../tests/golden/reader.rs"]
mod reader;

use std::time::Instant;

use dx_schemas::tree::Tree;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "trees"));
    paths.sort();
    let (mut same, mut seconds, mut tree_bytes) = (0, 0.0, 0);
    for path in &paths {
        let read = reader::read(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        let start = Instant::now();
        let trees: Vec<Tree<'_>> = read.trees.iter().map(|tree| Tree::open(tree).unwrap()).collect();
        let artifact = dx_index::index(&read.table, &trees).unwrap().into_artifact();
        seconds += start.elapsed().as_secs_f64();
        assert!(!artifact.is_empty());
        tree_bytes += read.trees.iter().map(Vec::len).sum::<usize>();
        let expected = std::fs::read(path.with_extension("expect")).unwrap();
        match check::check(&read, &String::from_utf8_lossy(&expected)) {
            Ok(()) => same += 1,
            Err(difference) => println!("{}: {difference}", path.file_stem().unwrap().display()),
        }
    }
    println!(
        "{same} of {} the same; {:.1} MB of trees in {seconds:.2} s",
        paths.len(),
        tree_bytes as f64 / 1e6
    );
}

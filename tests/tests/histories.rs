//! The same tree gives the same bytes: in every folder, with any number of jobs, after every history of edits.

use std::collections::BTreeMap;

use dx_tests::sandbox::{Numbers, Sandbox, rounds};

type Tree = BTreeMap<String, String>;

fn text(module: u64, functions: &[u64]) -> String {
    let mut out = format!("import m{}\nmodule {module}\n", module / 2);
    for function in functions {
        out.push_str(&format!("def f{}\n  body {function}\n", function % 5));
    }
    out
}

/// One edit: a function changed, doubled, swapped or removed, a comment, a file added, renamed or removed.
fn edit(tree: &mut Tree, numbers: &mut Numbers) {
    let names: Vec<String> = tree.keys().cloned().collect();
    let name = names[numbers.below(names.len() as u64) as usize].clone();
    let functions: Vec<u64> = (0..numbers.below(6)).map(|_| numbers.below(9)).collect();
    match numbers.below(6) {
        0 => {
            let other = format!("pkg{}/new{}.py", numbers.below(3), numbers.below(5));
            tree.insert(other, text(numbers.below(9), &functions));
        }
        1 if names.len() > 3 => {
            tree.remove(&name);
        }
        2 => {
            let text = tree.remove(&name).unwrap_or_default();
            tree.insert(format!("pkg{}/{}", numbers.below(3), name.replace('/', "_")), text);
        }
        3 => {
            let text = tree.entry(name).or_default();
            *text = format!("# comment {}\n{text}", numbers.below(100));
        }
        _ => {
            tree.insert(name, text(numbers.below(9), &functions));
        }
    }
}

fn start() -> Tree {
    (0..6).map(|module| (format!("m{module}.py"), text(module, &[module, module + 1]))).collect()
}

fn put(sandbox: &Sandbox, old: &Tree, new: &Tree) {
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        sandbox.remove(name);
    }
    for (name, text) in new {
        if old.get(name) != Some(text) {
            sandbox.write(name, text);
        }
    }
}

fn clean(tree: &Tree, jobs: &str) -> Vec<u8> {
    let sandbox = Sandbox::toy();
    put(&sandbox, &Tree::new(), tree);
    sandbox.ok(&["build", jobs, "."]);
    sandbox.export()
}

#[test]
fn any_history_ends_like_a_clean_build() {
    for seed in 0..rounds(4, 60) {
        let sandbox = Sandbox::toy();
        let mut numbers = Numbers(seed);
        let mut tree = start();
        put(&sandbox, &Tree::new(), &tree);
        sandbox.ok(&["build", "."]);
        for _ in 0..12 {
            let old = tree.clone();
            for _ in 0..=numbers.below(3) {
                edit(&mut tree, &mut numbers);
            }
            put(&sandbox, &old, &tree);
            sandbox.ok(&["build", "."]);
        }
        assert!(sandbox.export() == clean(&tree, "-j2"), "seed {seed}");
        sandbox.ok(&["build", "--verify-incremental", "."]);
        sandbox.ok(&["build", "--check-determinism", "."]);
    }
}

#[test]
fn folders_and_jobs_make_no_difference() {
    let tree = start();
    let one = clean(&tree, "-j1");
    assert!(one == clean(&tree, "-j8"));
    assert!(one.len() > 1000);
}

#[test]
fn an_exported_cache_builds_elsewhere_without_a_stage() {
    let (here, there) = (Sandbox::toy(), Sandbox::toy());
    put(&here, &Tree::new(), &start());
    put(&there, &Tree::new(), &start());
    here.ok(&["build", "."]);
    let archive = there.tree().join("archive");
    std::fs::write(&archive, here.export()).unwrap();
    there.ok(&["cache", "import", &archive.to_string_lossy()]);
    // Stages that cannot start prove that none did: only their notes are read.
    for stage in ["dx-parse", "dx-index", "dx-codegen"] {
        let link = there.stages().join(stage);
        let copy = std::fs::read(&link).unwrap();
        std::fs::remove_file(&link).unwrap();
        std::fs::write(&link, copy).unwrap();
    }
    let stderr = there.ok(&["build", "."]);
    assert!(stderr.contains(" 0 ran"), "{stderr}");
    assert!(here.export() == there.export());
}

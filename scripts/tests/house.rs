//! The rules of the house that a machine can check; `CONTRIBUTING.md` has the others.

use std::fmt::Write as _;

use dx_scripts::{tree, workspace};

/// Tables whose length is their content.
const LONG_TABLES: &[&str] = &["schemas/src/opcode.rs", "stages/exec/text/src/unicode/tables.rs"];
const LINES_MAX: usize = 1000;

fn report(mut problems: Vec<String>, rule: &str) {
    problems.sort();
    let mut text = String::new();
    for problem in &problems {
        let _ = writeln!(text, "  {problem}");
    }
    assert!(problems.is_empty(), "{rule}:\n{text}");
}

fn check(rule: &str, problem: impl Fn(&tree::SourceFile) -> Option<String>) {
    let files = tree::files(&workspace::root()).unwrap();
    assert!(files.len() > 50, "the checkout has only {} files", files.len());
    let found = files.iter().filter_map(|f| problem(f).map(|what| format!("{}: {what}", f.path))).collect();
    report(found, rule);
}

#[test]
fn crates_depend_only_on_lower_layers() {
    let members = workspace::members(&workspace::root()).unwrap();
    assert!(members.len() > 10);
    report(workspace::upward_edges(&members), "a crate depends only on lower layers");
}

#[test]
fn the_driver_links_no_stage() {
    let members = workspace::members(&workspace::root()).unwrap();
    let driver = members.iter().find(|m| m.package == "dx-pipe").unwrap();
    let stages = ["dx-parse", "dx-index", "dx-codegen", "dx-exec", "dx-interp"];
    let linked = driver.dependencies.iter().filter(|d| stages.contains(&d.as_str())).cloned().collect();
    report(linked, "the driver spawns stages and links none");
}

#[test]
fn every_rust_file_says_what_it_is() {
    check("a file starts with `//!`: what it is, then why", |file| {
        (file.is_rust() && !file.text.starts_with("//!")).then(|| "no header".to_owned())
    });
}

#[test]
fn files_fit_a_head() {
    check("1,000 lines is the end of a file", |file| {
        let lines = file.text.lines().count();
        let long = file.is_rust() && lines > LINES_MAX && !LONG_TABLES.contains(&file.path.as_str());
        long.then(|| format!("{lines} lines"))
    });
}

#[test]
fn modules_are_files_beside_their_folder() {
    check("`foo.rs` and `foo/`, never `mod.rs`", |file| {
        file.path.ends_with("/mod.rs").then(|| "is a mod.rs".to_owned())
    });
}

#[test]
fn no_test_is_ignored() {
    check("nothing is ignored: assert wrong behaviour with a reason", |file| {
        let ignored = format!("#[{}", "ignore");
        (file.is_rust() && file.text.contains(&ignored)).then(|| "has an ignored test".to_owned())
    });
}

#[test]
fn every_crate_folder_has_a_readme() {
    let root = workspace::root();
    let without = workspace::members(&root)
        .unwrap()
        .into_iter()
        .map(|m| m.folder)
        .filter(|folder| !root.join(folder).join("README.md").is_file())
        .collect();
    report(without, "each folder has a README of at most a screen");
}

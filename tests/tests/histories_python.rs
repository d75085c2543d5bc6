//! Two histories of edits of real Python that end in the same tree give the same bytes, from the shipped stages.
//!
//! Edits rename modules and functions, swap and double functions of one name, shadow a module by a package, close and
//! open import cycles, and touch bodies, defaults and comments. One history builds after every few edits in one folder,
//! the other builds the last tree once, in another folder, with another number of jobs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dx_tests::sandbox::{Sandbox, rounds};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const MODULES: usize = 5;

#[derive(Clone, Debug, Default)]
struct Module {
    /// A module file, or a package of that name that hides it.
    is_hidden: bool,
    imports: Vec<usize>,
    /// Name, body, default value.
    functions: Vec<(u8, u8, u8)>,
    comment: u8,
    name: u8,
}

#[derive(Clone, Debug)]
enum Edit {
    Body(usize, usize, u8),
    Default(usize, usize, u8),
    Name(usize, usize, u8),
    Swap(usize, usize, usize),
    Double(usize, usize),
    Remove(usize, usize),
    Import(usize, usize),
    NoImport(usize),
    Hide(usize),
    Rename(usize, u8),
    Comment(usize, u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    let module = || 0..MODULES;
    prop_oneof![
        (module(), 0..6usize, 0..9u8).prop_map(|(m, f, n)| Edit::Body(m, f, n)),
        (module(), 0..6usize, 0..3u8).prop_map(|(m, f, n)| Edit::Default(m, f, n)),
        (module(), 0..6usize, 0..3u8).prop_map(|(m, f, n)| Edit::Name(m, f, n)),
        (module(), 0..6usize, 0..6usize).prop_map(|(m, a, b)| Edit::Swap(m, a, b)),
        (module(), 0..6usize).prop_map(|(m, f)| Edit::Double(m, f)),
        (module(), 0..6usize).prop_map(|(m, f)| Edit::Remove(m, f)),
        (module(), module()).prop_map(|(m, o)| Edit::Import(m, o)),
        module().prop_map(Edit::NoImport),
        module().prop_map(Edit::Hide),
        (module(), 0..3u8).prop_map(|(m, n)| Edit::Rename(m, n)),
        (module(), 0..3u8).prop_map(|(m, n)| Edit::Comment(m, n)),
    ]
}

fn apply(modules: &mut [Module], edit: &Edit) {
    let place = |module: &Module, at: usize| at % module.functions.len().max(1);
    match *edit {
        Edit::Body(m, f, n) => change(&mut modules[m], f, |function| function.1 = n),
        Edit::Default(m, f, n) => change(&mut modules[m], f, |function| function.2 = n),
        Edit::Name(m, f, n) => change(&mut modules[m], f, |function| function.0 = n),
        Edit::Swap(m, a, b) if !modules[m].functions.is_empty() => {
            let (a, b) = (place(&modules[m], a), place(&modules[m], b));
            modules[m].functions.swap(a, b);
        }
        Edit::Double(m, f) if !modules[m].functions.is_empty() => {
            let function = modules[m].functions[place(&modules[m], f)];
            modules[m].functions.push(function);
        }
        Edit::Remove(m, f) if modules[m].functions.len() > 1 => {
            let at = place(&modules[m], f);
            modules[m].functions.remove(at);
        }
        Edit::Import(m, o) => modules[m].imports.push(o),
        Edit::NoImport(m) => drop(modules[m].imports.pop()),
        Edit::Hide(m) => modules[m].is_hidden ^= true,
        Edit::Rename(m, n) => modules[m].name = n,
        Edit::Comment(m, n) => modules[m].comment = n,
        Edit::Swap(..) | Edit::Double(..) | Edit::Remove(..) => {}
    }
}

fn change(module: &mut Module, at: usize, with: impl FnOnce(&mut (u8, u8, u8))) {
    let count = module.functions.len().max(1);
    if let Some(function) = module.functions.get_mut(at % count) {
        with(function);
    }
}

fn file_name(index: usize, module: &Module) -> String {
    format!("m{index}{}", ["", "_b", "_c"][usize::from(module.name)])
}

fn files(modules: &[Module]) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (index, module) in modules.iter().enumerate() {
        let mut text = String::new();
        for other in &module.imports {
            let _ = writeln!(text, "import {}", file_name(*other, &modules[*other]));
        }
        for (name, body, default) in &module.functions {
            let comment = ["", "# one\n", "\n\n# two\n"][usize::from(module.comment)];
            let _ = write!(
                text,
                "{comment}def f{name}(x, y={default}):\n    def inner():\n        return x + {body}\n    \
                 return [inner() for _ in range(y)]\n\n"
            );
        }
        let name = file_name(index, module);
        if module.is_hidden {
            out.insert(format!("{name}/__init__.py"), format!("# hides {name}.py\n{text}"));
        }
        out.insert(format!("{name}.py"), text);
    }
    out
}

fn put(sandbox: &Sandbox, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) {
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        sandbox.remove(name);
        if let Some(folder) = name.strip_suffix("/__init__.py") {
            std::fs::remove_dir_all(sandbox.tree().join(folder)).unwrap();
        }
    }
    for (name, text) in new.iter().filter(|(name, text)| old.get(*name) != Some(text)) {
        sandbox.write(name, text);
    }
}

#[test]
fn two_histories_with_one_end_give_one_result() {
    let cases = rounds(8, 100) as u32;
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let edits = proptest::collection::vec(edit(), 30..60);
    runner
        .run(&edits, |edits| {
            let mut modules =
                vec![Module { functions: vec![(0, 0, 0), (1, 1, 1)], ..Module::default() }; MODULES];
            let long = Sandbox::real();
            let mut there = BTreeMap::new();
            for few in edits.chunks(5) {
                few.iter().for_each(|edit| apply(&mut modules, edit));
                let files = files(&modules);
                put(&long, &there, &files);
                long.ok(&["build", "-j2", "."]);
                there = files;
            }
            let short = Sandbox::real();
            put(&short, &BTreeMap::new(), &there);
            short.ok(&["build", "-j8", "."]);
            prop_assert!(long.export() == short.export());
            long.ok(&["build", "--verify-incremental", "."]);
            Ok(())
        })
        .unwrap();
}

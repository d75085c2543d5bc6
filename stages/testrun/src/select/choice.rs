//! A reason to run for every test that has one.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use super::changes::{Changes, Origin};
use super::evidence::Input;
use super::others::others;
use super::record::{Record, Test, Used};
use super::since::Since;
use super::sources::{Sources, WHOLE};

/// Why a test runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Failed,
    /// It is not known what it uses.
    Unknown,
    /// Something that it uses was written while it ran.
    Unsteady,
    Spawns,
    Function {
        file: String,
        fragment: String,
    },
    /// A module that it reaches by imports does something else when it is imported.
    Module(String, Option<Box<Reason>>),
    /// A conftest, or what makes a package of a folder, that was not there before.
    Conftest(String),
    Input(Input),
    /// Coverage that it, or another test of its file, has in this one is measured anew.
    Covered(String),
    /// Tests of its file lean on those before them, and another one of them runs.
    Together(String),
    /// A test that fails leaves something in a module that it reaches.
    Left {
        id: String,
        name: String,
        file: String,
    },
    /// Something that pytest did outside of tests, with this behind it.
    Session(Box<Reason>),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Failed => write!(f, "it did not pass the last time"),
            Reason::Unknown => write!(f, "it is not known what it uses"),
            Reason::Unsteady => write!(f, "what it uses was written while it ran"),
            Reason::Spawns => {
                write!(f, "other programs are started, or calls nest too deep, of which nothing is known")
            }
            Reason::Function { file, fragment } if fragment == WHOLE => write!(f, "'{file}' changed"),
            Reason::Function { file, fragment } if fragment.is_empty() => {
                write!(f, "the body of '{file}' changed")
            }
            Reason::Function { file, fragment } => write!(f, "'{fragment}' in '{file}' changed"),
            Reason::Module(file, None) => write!(f, "what '{file}' imports is now another file"),
            Reason::Module(file, Some(reason)) => write!(f, "{reason} (when '{file}' is imported)"),
            Reason::Conftest(file) => write!(f, "'{file}' is new"),
            Reason::Input(Input::File(path)) => write!(f, "the file '{path}' changed"),
            Reason::Input(Input::Folder(path)) => write!(f, "the names in the folder '{path}' changed"),
            Reason::Input(Input::Presence(path)) => write!(f, "'{path}' is there now, or is not any more"),
            Reason::Input(Input::Size(path)) => write!(f, "the size of '{path}' changed"),
            Reason::Input(Input::Name(name)) if name == "*" => write!(f, "the environment changed"),
            Reason::Input(Input::Name(name)) => write!(f, "the variable {name} changed"),
            Reason::Covered(file) => {
                write!(f, "coverage is kept by test file, and '{file}' is measured anew")
            }
            Reason::Together(file) => {
                write!(f, "tests of '{file}' lean on those before them, and another one runs")
            }
            Reason::Left { id, name, file } => {
                write!(f, "{id} fails, and leaves '{name}' in '{file}' changed")
            }
            Reason::Session(reason) => write!(f, "{reason} (used outside of tests)"),
        }
    }
}

impl Reason {
    /// Whether something is not as it was, in contrast to tests that run again in any case.
    pub(crate) fn is_change(&self) -> bool {
        match self {
            Reason::Failed | Reason::Unknown | Reason::Unsteady | Reason::Spawns => false,
            Reason::Function { .. }
            | Reason::Conftest(_)
            | Reason::Input(_)
            | Reason::Covered(_)
            | Reason::Together(_)
            | Reason::Left { .. }
            | Reason::Module(_, None) => true,
            Reason::Module(_, Some(reason)) | Reason::Session(reason) => reason.is_change(),
        }
    }
}

/// What is to run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// Known tests with a reason to run.
    pub(crate) chosen: BTreeMap<String, Reason>,
    /// Known tests without one.
    pub(crate) cached: BTreeSet<String>,
    /// Files that may have tests which are not known yet, as pytest names them.
    pub(crate) unseen: BTreeSet<String>,
}

impl Choice {
    pub(crate) fn of(record: &Record, sources: &Sources, since: Option<&Since>) -> Choice {
        let changes = Changes::between(record, sources, since);
        let judge = Judge::new(record, &changes);
        let session = judge.used(&record.session).map(|reason| Reason::Session(Box::new(reason)));
        let (mut chosen, mut cached) = (Vec::new(), Vec::new());
        for (id, test) in &record.tests {
            match session.clone().or_else(|| judge.test(test)) {
                Some(reason) => chosen.push((id.clone(), reason)),
                None => cached.push(id.clone()),
            }
        }
        // Both are in order: at once, that is no search for each.
        let mut choice = Choice {
            chosen: chosen.into_iter().collect(),
            cached: cached.into_iter().collect(),
            unseen: BTreeSet::new(),
        };
        let is_test_file = |name: &&String| {
            let file_name = name.rsplit('/').next().unwrap_or(name);
            record.patterns.iter().any(|pattern| matches(pattern, file_name, name))
        };
        let others = if record.others.is_empty() { BTreeSet::new() } else { others(sources) };
        for name in changes.sources.iter().filter(is_test_file).chain(others.difference(&record.others)) {
            let path = sources.path(name);
            let path = path.strip_prefix(&record.rootdir).unwrap_or(&path);
            choice.unseen.insert(path.to_string_lossy().into_owned());
        }
        choice
    }

    /// All tests of these files run if one of them does.
    pub(crate) fn keep_together<'a>(&mut self, files: impl Iterator<Item = &'a str>) {
        let mut files: BTreeSet<&str> = files.collect();
        if files.is_empty() {
            return;
        }
        let running: BTreeSet<&str> = self.chosen.keys().map(|id| file_of(id)).collect();
        files.retain(|file| running.contains(file));
        let (others, cached) =
            std::mem::take(&mut self.cached).into_iter().partition(|id| files.contains(file_of(id)));
        let others: BTreeSet<String> = others;
        self.cached = cached;
        self.chosen.extend(others.into_iter().map(|id| {
            let reason = Reason::Together(file_of(&id).to_owned());
            (id, reason)
        }));
    }

    /// Tests that reach this file run, too; whether there are any.
    pub(crate) fn reach(&mut self, record: &Record, sources: &Sources, file: &str, reason: &Reason) -> bool {
        let Some(number) = record.files.iter().position(|name| name == file) else { return false };
        let changes = Changes::in_module(record, sources, number as u32);
        let judge = Judge::new(record, &changes);
        let reaches = |id: &String| record.tests.get(id).is_some_and(|test| judge.test(test).is_some());
        let (reached, cached) = std::mem::take(&mut self.cached).into_iter().partition(reaches);
        let reached: BTreeSet<String> = reached;
        self.cached = cached;
        let found = !reached.is_empty();
        self.chosen.extend(reached.into_iter().map(|id| (id, reason.clone())));
        found
    }
}

struct Judge<'a> {
    record: &'a Record,
    changes: &'a Changes,
    /// By name of a file.
    numbers: HashMap<&'a str, u32>,
    /// Of the files whose folders were looked at.
    above: RefCell<HashMap<u32, Option<Reason>>>,
}

impl<'a> Judge<'a> {
    fn new(record: &'a Record, changes: &'a Changes) -> Judge<'a> {
        let numbers = record.files.iter().enumerate().map(|(at, name)| (name.as_str(), at as u32)).collect();
        Judge { record, changes, numbers, above: RefCell::default() }
    }

    fn test(&self, test: &Test) -> Option<Reason> {
        if test.failed {
            return Some(Reason::Failed);
        }
        let Some(used) = &test.used else { return Some(Reason::Unknown) };
        if used.spawned {
            return Some(Reason::Spawns);
        }
        let own = self.used(used).or_else(|| self.reached(test.file)).or_else(|| self.folders(test.file));
        // What others have imported is part of what it passed with.
        own.or_else(|| {
            self.changes.modules.keys().min().filter(|_| test.together).and_then(|file| self.reached(*file))
        })
    }

    /// A reason in what was used itself.
    fn used(&self, used: &Used) -> Option<Reason> {
        let record = self.record;
        if used.unsteady {
            return Some(Reason::Unsteady);
        }
        if let Some(unit) = used.units.iter().find(|unit| self.changes.units[**unit as usize]) {
            return Some(self.function(*unit));
        }
        if let Some(input) = used.inputs.iter().find(|input| self.changes.inputs[**input as usize]) {
            return Some(self.input(*input));
        }
        let files = used.units.iter().map(|unit| record.units[*unit as usize].file);
        files.chain(used.imports.iter().copied()).find_map(|file| self.reached(file))
    }

    fn function(&self, unit: u32) -> Reason {
        let unit = &self.record.units[unit as usize];
        Reason::Function { file: self.record.file(unit.file).to_owned(), fragment: unit.fragment.clone() }
    }

    fn input(&self, input: u32) -> Reason {
        Reason::Input(self.record.inputs[input as usize].0.clone())
    }

    fn reached(&self, file: u32) -> Option<Reason> {
        let origin = self.changes.modules.get(&file)?;
        let reason = match self.changes.origins.get(origin)? {
            Origin::Unit(unit) => Some(Box::new(self.function(*unit))),
            Origin::Input(input) => Some(Box::new(self.input(*input))),
            Origin::Spawns => Some(Box::new(Reason::Spawns)),
            Origin::Unsteady => Some(Box::new(Reason::Unsteady)),
            Origin::Imports | Origin::Held => None,
        };
        Some(Reason::Module(self.record.file(*origin).to_owned(), reason))
    }

    fn folders(&self, file: u32) -> Option<Reason> {
        let mut above = self.above.borrow_mut();
        above.entry(file).or_insert_with(|| self.conftests(file)).clone()
    }

    /// The conftests and packages of the folders above a test.
    fn conftests(&self, file: u32) -> Option<Reason> {
        let above = Path::new(self.record.file(file)).ancestors().skip(1);
        let files = above.flat_map(|folder| ["conftest.py", "__init__.py"].map(|name| folder.join(name)));
        files.into_iter().find_map(|path| {
            let path = path.to_string_lossy();
            if self.changes.sources.contains(path.as_ref())
                && !self.record.sources.contains_key(path.as_ref())
            {
                return Some(Reason::Conftest(path.into_owned()));
            }
            self.reached(*self.numbers.get(path.as_ref())?)
        })
    }
}

/// The file of a test.
pub(crate) fn file_of(id: &str) -> &str {
    // Simpler than a search for a text, and asked for every test again and again.
    id.as_bytes().windows(2).position(|two| two == b"::").map_or(id, |end| &id[..end])
}

/// pytest's rule for `python_files`: a pattern with a separator is for the path, one without for the name.
fn matches(pattern: &str, name: &str, path: &str) -> bool {
    if pattern.contains('/') {
        glob(pattern.as_bytes(), path.as_bytes())
    } else {
        glob(pattern.as_bytes(), name.as_bytes())
    }
}

/// `fnmatch` without sets of characters, which match anything here: one file too many is no harm.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*' | b'[', rest)) => {
            let rest = if pattern[0] == b'[' {
                rest.iter().position(|byte| *byte == b']').map_or(rest, |end| &rest[end + 1..])
            } else {
                rest
            };
            (0..=text.len()).any(|from| glob(rest, &text[from..]))
        }
        Some((b'?', rest)) => !text.is_empty() && glob(rest, &text[1..]),
        Some((byte, rest)) => text.first() == Some(byte) && glob(rest, &text[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_test_files_follow_the_patterns() {
        for (pattern, path, expected) in [
            ("test_*.py", "tests/test_a.py", true),
            ("test_*.py", "tests/a_test.py", false),
            ("*_test.py", "a_test.py", true),
            ("tests/*.py", "tests/a.py", true),
            ("check?.py", "x/check1.py", true),
            ("[ct]est*.py", "test1.py", true),
        ] {
            let name = path.rsplit('/').next().unwrap();
            assert_eq!(matches(pattern, name, path), expected, "{pattern} {path}");
        }
    }
}

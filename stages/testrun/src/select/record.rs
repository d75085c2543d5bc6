//! What is kept of earlier runs: for every test its outcome and what it used.
//!
//! MessagePack with a digest before it, in a file that is replaced as a whole. It can be thrown away: then every test
//! runs once more.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use dx_schemas::syntax::{decode, encode};
use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, Input, Uses};
use super::fingerprint::{self, Fingerprint};
use super::sources::{Sources, WHOLE};
use crate::index::VOLATILE;
use crate::state::State;

const VERSION: u32 = 3;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(super) version: u32,
    pub(crate) setting: Setting,
    /// Where the paths in pytest's ids begin.
    pub(crate) rootdir: String,
    /// pytest's patterns for the names of test files.
    pub(crate) patterns: Vec<String>,
    /// pytest-cov measured.
    pub(crate) coverage: bool,
    /// Every source file of the project with its content, as far as its tests are known.
    pub(crate) sources: BTreeMap<String, [u8; 16]>,
    /// Which source files there were.
    pub(crate) names: [u8; 16],
    pub(crate) files: Vec<String>,
    /// What told the state of each of these files from others when the record was written; zeros where nothing did.
    pub(crate) states: Vec<[u8; 16]>,
    pub(crate) units: Vec<Unit>,
    pub(crate) inputs: Vec<(Input, Fingerprint)>,
    pub(crate) modules: BTreeMap<u32, Module>,
    pub(crate) session: Used,
    pub(crate) tests: BTreeMap<String, Test>,
}

/// What everything depends on: a difference here runs every test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub(crate) site: BTreeSet<String>,
    pub(crate) distributions: [u8; 16],
    pub(crate) configuration: [u8; 16],
    pub(crate) python: [u8; 16],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unit {
    pub(crate) file: u32,
    pub(crate) fragment: String,
    pub(crate) digest: [u8; 16],
    /// Its file had it like this in the state that the record names.
    pub(crate) current: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Module {
    pub(crate) used: Used,
    /// Files that its import statements meant.
    pub(crate) imports: Vec<String>,
    /// They meant these when the record was written.
    pub(crate) current: bool,
}

/// By number, what was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Used {
    pub(crate) units: Vec<u32>,
    pub(crate) inputs: Vec<u32>,
    /// Files of modules that were imported meanwhile.
    pub(crate) imports: Vec<u32>,
    pub(crate) spawned: bool,
    /// Something of it was written while the tests ran: nobody knows which state of it was used.
    pub(crate) unsteady: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Test {
    pub(crate) file: u32,
    pub(crate) outcome: u8,
    pub(crate) failed: bool,
    pub(crate) micros: u32,
    /// Nothing where it is not known in full: the test runs again.
    pub(crate) used: Option<Used>,
}

impl Record {
    pub(crate) fn load(state: &State, name: &str) -> Option<Record> {
        Record::open(&state.read(name)?)
    }

    pub(crate) fn open(bytes: &[u8]) -> Option<Record> {
        let (sum, body) = bytes.split_at_checked(32)?;
        let sound = blake3::hash(body).as_bytes().as_slice() == sum;
        let record: Record = sound.then(|| decode(body).ok()).flatten()?;
        (record.version == VERSION).then_some(record)
    }

    /// One that knows nothing.
    pub(super) fn empty() -> Record {
        Record { version: VERSION, ..Record::default() }
    }

    pub(crate) fn save(&self, state: &State, name: &str) {
        let body = encode(self);
        let mut bytes = blake3::hash(&body).as_bytes().to_vec();
        bytes.extend_from_slice(&body);
        // It saves work in the next run, and nothing else.
        let _ = state.write(name, &bytes);
    }

    pub(crate) fn numbers(&self) -> HashMap<String, u32> {
        self.files.iter().enumerate().map(|(number, name)| (name.clone(), number as u32)).collect()
    }

    pub(crate) fn file(&self, number: u32) -> &str {
        self.files.get(number as usize).map_or("", String::as_str)
    }
}

/// A test of this run.
pub(crate) struct Ran<'a> {
    pub(crate) id: &'a str,
    /// Its place in the run, by which evidence names it.
    pub(crate) at: (u32, u32),
    pub(crate) outcome: u8,
    pub(crate) failed: bool,
    pub(crate) micros: u32,
}

/// What a new record is made of.
pub(crate) struct Run<'a> {
    pub(crate) evidence: &'a Evidence,
    pub(crate) sources: &'a Sources,
    /// Nanoseconds since the epoch.
    pub(crate) began: i64,
    pub(crate) setting: Setting,
    pub(crate) rootdir: &'a str,
    pub(crate) patterns: Vec<String>,
    pub(crate) coverage: bool,
    /// pytest's paths of files that were collected whole, with the rest of each test's id: others of theirs are gone.
    pub(crate) collected: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Whether a test had a reason to run. One that did not run all the same has it still, whatever else is recorded.
    pub(crate) chosen: &'a dyn Fn(&str) -> bool,
    /// Every test of the project was there to be chosen.
    pub(crate) complete: bool,
}

impl Run<'_> {
    /// The record after this run; what did not run keeps what is known of it.
    pub(crate) fn record(&self, old: Option<&Record>, ran: &[Ran<'_>]) -> Record {
        let now = self.sources.contents();
        let numbers = old.map_or_else(HashMap::new, Record::numbers);
        let (record, index) = Default::default();
        let mut writer = Writer { run: self, record, index, now, numbers };
        let old = old.filter(|old| old.setting == self.setting && old.rootdir == self.rootdir);
        writer.keep(old, ran);
        for test in ran {
            writer.test(test);
        }
        writer.finish(old)
    }
}

#[derive(Default)]
pub(super) struct Index {
    files: HashMap<String, u32>,
    units: HashMap<(u32, String), u32>,
    inputs: HashMap<(Input, [u8; 16]), u32>,
    /// What inputs of this run are like.
    prints: HashMap<Input, Fingerprint>,
    /// Files that were written while the tests ran: nobody knows which state of them was read.
    unsteady: HashMap<String, bool>,
}

impl Index {
    pub(super) fn file(&mut self, record: &mut Record, name: &str) -> u32 {
        if let Some(number) = self.files.get(name) {
            return *number;
        }
        let number = record.files.len() as u32;
        record.files.push(name.to_owned());
        self.files.insert(name.to_owned(), number);
        number
    }

    pub(super) fn unit(&mut self, record: &mut Record, unit: Unit) -> u32 {
        let known = self.units.get(&(unit.file, unit.fragment.clone()));
        if let Some(number) = known
            && record.units[*number as usize].digest == unit.digest
        {
            record.units[*number as usize].current |= unit.current;
            return *number;
        }
        let number = record.units.len() as u32;
        self.units.insert((unit.file, unit.fragment.clone()), number);
        record.units.push(unit);
        number
    }

    /// What another record knows, in this record's numbers; digests stay as they were, so that what was not run again
    /// stays changed. `is_same` says whether a file is in the state that the other record names.
    pub(super) fn again(
        &mut self,
        record: &mut Record,
        old: &Record,
        used: &Used,
        is_same: &dyn Fn(&str) -> bool,
    ) -> Used {
        let mut out = Used { spawned: used.spawned, unsteady: used.unsteady, ..Used::default() };
        for unit in used.units.iter().filter_map(|unit| old.units.get(*unit as usize)) {
            let file = self.file(record, old.file(unit.file));
            let current = unit.current && is_same(old.file(unit.file));
            out.units.push(self.unit(record, Unit { file, current, ..unit.clone() }));
        }
        for (input, before) in used.inputs.iter().filter_map(|input| old.inputs.get(*input as usize)) {
            // An input that this run looked at anew counts as it was for those who did not.
            let next = record.inputs.len() as u32;
            let number = *self.inputs.entry((input.clone(), before.digest)).or_insert(next);
            if number == next {
                record.inputs.push((input.clone(), before.clone()));
            }
            out.inputs.push(number);
        }
        out.imports = used.imports.iter().map(|file| self.file(record, old.file(*file))).collect();
        sort(&mut out);
        out
    }
}

struct Writer<'a> {
    run: &'a Run<'a>,
    record: Record,
    index: Index,
    /// The states of the project's sources.
    now: HashMap<String, [u8; 16]>,
    /// Numbers of files in the old record.
    numbers: HashMap<String, u32>,
}

impl Writer<'_> {
    /// What the old record knows of tests that did not run, and of modules that were not imported.
    fn keep(&mut self, old: Option<&Record>, ran: &[Ran<'_>]) {
        for (path, uses) in &self.run.evidence.modules {
            let name = self.run.sources.name(path);
            let number = self.file(&name);
            let imports = self.run.sources.get(&name).map_or_else(Vec::new, |source| source.imports.clone());
            let used = self.used(uses);
            self.record.modules.insert(number, Module { used, imports, current: true });
        }
        let mut session = self.run.evidence.session.clone();
        session.inputs.retain(|input| !matches!(input, Input::Name(name) if is_volatile(name)));
        // What pytest itself starts, it starts in every run.
        session.spawned = false;
        self.record.session = self.used(&session);
        self.unknown(old, ran);
        let Some(old) = old else { return };
        self.keep_tests(old, ran);
        if self.run.complete {
            // Everything that tests reach was imported and looked at anew.
            return;
        }
        for (number, module) in &old.modules {
            let name = old.file(*number).to_owned();
            let number = self.file(&name);
            if !self.record.modules.contains_key(&number) {
                let used = self.again(old, &module.used);
                let current = module.current && self.is_same(old, &name);
                let imports = module.imports.clone();
                self.record.modules.insert(number, Module { used, imports, current });
            }
        }
        let session = self.again(old, &old.session);
        self.record.session.units.extend(session.units);
        self.record.session.inputs.extend(session.inputs);
        self.record.session.imports.extend(session.imports);
        self.record.session.unsteady |= session.unsteady;
        sort(&mut self.record.session);
    }

    /// Tests that were collected, and of which nothing else is known.
    fn unknown(&mut self, old: Option<&Record>, ran: &[Ran<'_>]) {
        let ran: BTreeSet<&str> = ran.iter().map(|test| test.id).collect();
        for (path, tests) in &self.run.collected {
            let file = self.file_of(path);
            for id in tests.iter().map(|rest| format!("{path}{rest}")) {
                let known = ran.contains(id.as_str()) || old.is_some_and(|old| old.tests.contains_key(&id));
                if !known {
                    let test = Test { file, outcome: 0, failed: false, micros: 0, used: None };
                    self.record.tests.insert(id, test);
                }
            }
        }
    }

    fn keep_tests(&mut self, old: &Record, ran: &[Ran<'_>]) {
        let fresh: BTreeSet<&str> = ran.iter().map(|test| test.id).collect();
        for (id, test) in &old.tests {
            let path = id.split("::").next().unwrap_or(id);
            let gone = self.run.complete && !self.run.sources.path(old.file(test.file)).exists()
                || self.run.collected.get(path).is_some_and(|tests| !tests.contains(&id[path.len()..]));
            if fresh.contains(id.as_str()) || gone {
                continue;
            }
            let file = self.file(old.file(test.file));
            let used = test.used.as_ref().filter(|_| !(self.run.chosen)(id));
            let used = used.map(|used| self.again(old, used));
            self.record.tests.insert(id.clone(), Test { file, used, ..test.clone() });
        }
    }

    fn test(&mut self, test: &Ran<'_>) {
        let file = self.file_of(test.id.split("::").next().unwrap_or(test.id));
        let used = self.run.evidence.tests.get(&test.at).filter(|_| !test.failed);
        let used = used.map(|uses| self.used(uses)).filter(|used| !used.unsteady);
        let (outcome, failed, micros) = (test.outcome, test.failed, test.micros);
        self.record.tests.insert(test.id.to_owned(), Test { file, outcome, failed, micros, used });
    }

    /// A file as pytest's ids name it.
    fn file_of(&mut self, path: &str) -> u32 {
        let path = Path::new(self.run.rootdir).join(path);
        let name = self.run.sources.name(&path.to_string_lossy());
        self.file(&name)
    }

    fn file(&mut self, name: &str) -> u32 {
        self.index.file(&mut self.record, name)
    }

    fn used(&mut self, uses: &Uses) -> Used {
        let mut used = Used { spawned: uses.spawned, ..Used::default() };
        for place in &uses.places {
            let (path, line, name) = self.run.evidence.place(*place);
            let file = self.run.sources.name(path);
            used.unsteady |= self.is_unsteady(&file);
            let source = self.run.sources.get(&file);
            let number = self.file(&file);
            if uses.lines
                && let Some(digest) = source.as_ref().and_then(|source| source.digest(WHOLE))
            {
                let fragment = WHOLE.to_owned();
                used.units.push(self.unit(Unit { file: number, fragment, digest, current: true }));
            }
            let fragment = source.as_ref().map_or(WHOLE, |source| source.fragment_at(*line, name));
            let Some(digest) = source.as_ref().and_then(|source| source.digest(fragment)) else {
                used.unsteady = true;
                continue;
            };
            let fragment = fragment.to_owned();
            used.units.push(self.unit(Unit { file: number, fragment, digest, current: true }));
        }
        for input in &uses.inputs {
            if let Input::File(path) | Input::Folder(path) = input {
                used.unsteady |= self.is_unsteady(path);
            }
            let print = self.index.prints.entry(input.clone()).or_insert_with_key(Fingerprint::of);
            let next = self.record.inputs.len() as u32;
            let number = *self.index.inputs.entry((input.clone(), print.digest)).or_insert(next);
            if number == next {
                self.record.inputs.push((input.clone(), print.clone()));
            }
            used.inputs.push(number);
        }
        used.imports = uses
            .imports
            .iter()
            .map(|path| self.run.sources.name(path))
            .map(|name| self.file(&name))
            .collect();
        sort(&mut used);
        used
    }

    fn again(&mut self, old: &Record, used: &Used) -> Used {
        let (now, numbers) = (&self.now, &self.numbers);
        self.index.again(&mut self.record, old, used, &|name| is_same(old, numbers, now, name))
    }

    fn is_same(&self, old: &Record, name: &str) -> bool {
        is_same(old, &self.numbers, &self.now, name)
    }

    fn unit(&mut self, unit: Unit) -> u32 {
        self.index.unit(&mut self.record, unit)
    }

    fn is_unsteady(&mut self, file: &str) -> bool {
        let (run, known) = (self.run, &mut self.index.unsteady);
        *known.entry(file.to_owned()).or_insert_with(|| {
            let Ok(meta) = std::fs::metadata(run.sources.path(file)) else {
                // What is not there was looked for in vain, or is gone: its digest says so.
                return false;
            };
            let time = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
            // Python reads nothing within the first tick of a run: what was written in that one and has the time before,
            // it read.
            time(meta.mtime(), meta.mtime_nsec()).max(time(meta.ctime(), meta.ctime_nsec())) > run.began
        })
    }

    fn finish(mut self, old: Option<&Record>) -> Record {
        let run = self.run;
        let now = std::mem::take(&mut self.now);
        let state = |name: &String| now.get(name).copied().unwrap_or_default();
        self.record.states = self.record.files.iter().map(state).collect();
        let collected = |name: &str| {
            let path = run.sources.path(name);
            let path = path.strip_prefix(run.rootdir).unwrap_or(&path).to_string_lossy().into_owned();
            run.collected.contains_key(path.as_str())
        };
        self.record.names = names(&now);
        if let Some(old) = old.filter(|_| !run.complete) {
            self.record.sources.clone_from(&old.sources);
        }
        // A file that this run could not see is still to be looked at.
        let imported: BTreeSet<String> =
            run.evidence.modules.keys().map(|path| run.sources.name(path)).collect();
        let seen = |name: &str| run.complete || collected(name) || imported.contains(name);
        self.record.sources.extend(now.into_iter().filter(|(name, _)| seen(name)));
        self.record.version = VERSION;
        self.record.setting = run.setting.clone();
        self.record.rootdir = run.rootdir.to_owned();
        self.record.patterns = run.patterns.clone();
        self.record.coverage = run.coverage;
        self.record
    }
}

/// Which source files there are.
pub(super) fn names(sources: &HashMap<String, [u8; 16]>) -> [u8; 16] {
    let names: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
    fingerprint::digest(names.into_iter().map(str::as_bytes))
}

/// Whether a file is in the state that a record names.
fn is_same(
    old: &Record,
    numbers: &HashMap<String, u32>,
    now: &HashMap<String, [u8; 16]>,
    name: &str,
) -> bool {
    let before = numbers.get(name).and_then(|number| old.states.get(*number as usize));
    before.is_some() && before == now.get(name)
}

fn is_volatile(name: &str) -> bool {
    VOLATILE.contains(&name) || name == "*" || name == WHOLE
}

pub(super) fn sort(used: &mut Used) {
    for numbers in [&mut used.units, &mut used.inputs, &mut used.imports] {
        numbers.sort_unstable();
        numbers.dedup();
    }
}

/// The setting of a run, from what its processes told.
pub(crate) fn setting(site: &BTreeSet<String>, python: &Path, folders: &[&Path]) -> Setting {
    let real = std::fs::canonicalize(python).unwrap_or_else(|_| python.to_owned());
    let meta = std::fs::metadata(&real);
    let stamp = meta.map_or_else(
        |_| String::new(),
        |meta| format!("{} {} {}", meta.len(), meta.mtime(), meta.mtime_nsec()),
    );
    let names = [
        "PYTEST_ADDOPTS",
        "PYTEST_PLUGINS",
        "PYTHONPATH",
        "PYTHONHASHSEED",
        "PYTHONWARNINGS",
        "PYTHONOPTIMIZE",
        // Read where nobody sees it.
        "TZ",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
    ];
    let values = names.map(|name| std::env::var(name).unwrap_or_default());
    let real = real.to_string_lossy().into_owned();
    let parts = [real.as_bytes(), stamp.as_bytes()].into_iter().chain(values.iter().map(String::as_bytes));
    Setting {
        distributions: fingerprint::distributions(site.iter()),
        configuration: fingerprint::configuration(folders),
        python: fingerprint::digest(parts),
        site: site.clone(),
    }
}

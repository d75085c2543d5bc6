//! The record after a run: what ran is told anew, and what did not keeps what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::choice::file_of;
use super::digest::Digest;
use super::evidence::{Evidence, Input, Uses};
use super::fingerprint::Fingerprint;
use super::numbering::Numbering;
use super::others::{changed, is_newer, modified, others};
use super::record::{Module, Record, Test, Used, VERSION, sort};
use super::setting::Setting;
use super::sources::{Source, Sources, WHOLE, names};
use crate::index::VOLATILE;

/// A test of this run.
pub(crate) struct Ran<'a> {
    pub(crate) id: &'a str,
    /// Its place in the run, by which evidence names it.
    pub(crate) at: (u32, u32),
    pub(crate) outcome: u8,
    pub(crate) failed: bool,
    pub(crate) micros: u32,
    /// It passed only after the whole session was collected.
    pub(crate) together: bool,
}

/// pytest's paths of files that were collected whole, with the rest of each test's id.
pub(crate) type WholeFiles<'a> = BTreeMap<&'a str, FxHashSet<&'a str>>;

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
    pub(crate) store: Option<Digest>,
    /// Others of these files' tests are gone.
    pub(crate) collected: WholeFiles<'a>,
    /// Paths of files that pytest could have collected: those of them that it did not are none of its.
    pub(crate) offered: &'a [String],
    /// Whether a test had a reason to run. One that did not run all the same has it still, whatever else is recorded.
    pub(crate) chosen: &'a dyn Fn(&str) -> bool,
    /// Every test of the project was there to be chosen.
    pub(crate) complete: bool,
    /// No process was lost with what it knew.
    pub(crate) sees_all: bool,
}

impl Run<'_> {
    pub(crate) fn record(&self, old: Option<&Record>, ran: &[Ran<'_>]) -> Record {
        let old = old.filter(|old| old.setting == self.setting && old.rootdir == self.rootdir);
        let mut record = old.cloned().unwrap_or_default();
        let touched: FxHashSet<String> =
            self.evidence.files().into_iter().map(|path| self.sources.name(path)).collect();
        let numbering = Numbering::of(&record, touched.iter().map(String::as_str));
        if self.complete {
            // Everything that tests reach was imported and looked at anew.
            record.modules.clear();
            record.session = Used::default();
        }
        let now = self.sources.contents();
        let inputs_before = record.inputs.len() as u32;
        let mut writer = Writer {
            run: self,
            record,
            inputs_before,
            together: FxHashSet::default(),
            numbering,
            now,
            placed: Vec::new(),
            opened: None,
            file_of: None,
            prints: FxHashMap::default(),
            unsteady: FxHashMap::default(),
        };
        writer.age();
        writer.modules();
        writer.keep_tests(ran);
        let tests: Vec<_> = ran.iter().map(|test| (test.id.to_owned(), writer.test(test))).collect();
        if writer.record.tests.is_empty() {
            // At once: one by one is several times as much.
            writer.record.tests = tests.into_iter().collect();
        } else {
            writer.record.tests.extend(tests);
        }
        writer.finish().tidied()
    }
}

/// The unit of a place.
#[derive(Clone, Copy)]
enum Placed {
    Unit(u32),
    /// Nobody knows what it was like when it was executed.
    Unknown,
    /// Code that came and went with the run.
    Gone,
    /// A function of a package: files that it has read.
    Reads,
}

/// A file in which something was executed.
struct Opened {
    path: Arc<str>,
    name: String,
    source: Option<Rc<Source>>,
    unsteady: bool,
}

struct Writer<'a> {
    run: &'a Run<'a>,
    record: Record,
    /// Inputs that the old record knew.
    inputs_before: u32,
    /// Tests of this run that have needed the whole session before.
    together: FxHashSet<String>,
    numbering: Numbering,
    /// The states of the project's sources.
    now: FxHashMap<String, Digest>,
    /// By their numbers.
    placed: Vec<Option<Placed>>,
    /// The file of the place before.
    opened: Option<Opened>,
    /// The file of the test before, as pytest's ids name it, and its number.
    file_of: Option<(String, u32)>,
    /// What inputs of this run are like.
    prints: FxHashMap<Input, Fingerprint>,
    /// Files that were written while the tests ran: nobody knows which state of them was read.
    unsteady: FxHashMap<String, bool>,
}

impl Writer<'_> {
    /// What the old record says of files is said of their states of now.
    fn age(&mut self) {
        let Writer { run, record, now, .. } = self;
        let states = record.files.iter().zip(record.states.iter().map(Some).chain(std::iter::repeat(None)));
        let same: Vec<bool> = states.map(|(name, state)| state.is_some() && state == now.get(name)).collect();
        let is_same = |file: u32| same.get(file as usize).copied().unwrap_or(false);
        for unit in record.units.iter_mut().filter(|unit| !is_same(unit.file)) {
            let name = record.files.get(unit.file as usize).map_or("", String::as_str);
            let digest = run.sources.get(name).and_then(|source| source.digest(&unit.fragment));
            unit.current = now.contains_key(name) && digest == Some(unit.digest);
        }
        for (file, module) in &mut record.modules {
            module.current &= is_same(*file);
        }
    }

    fn modules(&mut self) {
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
        // Nor does it keep what tests have had read.
        session.places.retain(|place| self.run.evidence.read_below(*place).is_none());
        let used = self.used(&session);
        self.record.session.units.extend(used.units);
        self.record.session.inputs.extend(used.inputs);
        self.record.session.imports.extend(used.imports);
        self.record.session.unsteady |= used.unsteady;
        sort(&mut self.record.session);
    }

    /// Tests that did not run; those that were collected and of which nothing else is known are new.
    fn keep_tests(&mut self, ran: &[Ran<'_>]) {
        let (run, files) = (self.run, &self.record.files);
        // Each as its file's path and the rest.
        let fresh: FxHashSet<(&str, &str)> =
            ran.iter().map(|test| test.id.split_at(file_of(test.id).len())).collect();
        let together = &mut self.together;
        self.record.tests.retain(|id, test| {
            if fresh.contains(&id.split_at(file_of(id).len())) {
                together.extend(test.together.then(|| id.clone()));
                return false;
            }
            let path = file_of(id);
            let file = files.get(test.file as usize).map_or("", String::as_str);
            let gone = run.complete && !run.sources.path(file).exists()
                || run.collected.get(path).is_some_and(|tests| !tests.contains(&id[path.len()..]));
            if !gone && (run.chosen)(id) {
                test.used = None;
            }
            !gone
        });
        for (path, tests) in &self.run.collected {
            let file = self.file_of(path);
            for rest in tests.iter().filter(|rest| !fresh.contains(&(*path, **rest))) {
                let unknown =
                    Test { file, outcome: 0, failed: false, micros: 0, together: false, used: None };
                self.record.tests.entry([*path, *rest].concat()).or_insert(unknown);
            }
        }
    }

    fn test(&mut self, test: &Ran<'_>) -> Test {
        let file = self.file_of(file_of(test.id));
        let used = self.run.evidence.tests.get(&test.at).filter(|_| !test.failed);
        let used = used.map(|uses| self.used(uses)).filter(|used| !used.unsteady);
        let (outcome, failed, micros) = (test.outcome, test.failed, test.micros);
        let together = test.together || self.together.contains(test.id);
        Test { file, outcome, failed, micros, together, used }
    }

    /// A file as pytest's ids name it.
    fn file_of(&mut self, path: &str) -> u32 {
        if let Some((before, number)) = &self.file_of
            && before == path
        {
            return *number;
        }
        let whole = Path::new(self.run.rootdir).join(path);
        let name = self.run.sources.name(&whole.to_string_lossy());
        let number = self.file(&name);
        self.file_of = Some((path.to_owned(), number));
        number
    }

    fn file(&mut self, name: &str) -> u32 {
        self.numbering.file(&mut self.record, name)
    }

    fn used(&mut self, uses: &Uses) -> Used {
        let mut used = Used { spawned: uses.spawned, ..Used::default() };
        used.units.reserve(uses.places.len());
        let mut reads = BTreeSet::new();
        for place in &uses.places {
            match self.placed(*place) {
                Placed::Unit(unit) => used.units.push(unit),
                Placed::Unknown => used.unsteady = true,
                Placed::Gone => continue,
                Placed::Reads => {
                    reads.extend(self.run.evidence.read_below(*place).into_iter().flatten());
                    continue;
                }
            }
            if uses.lines {
                let (path, ..) = self.run.evidence.place(*place);
                let name = self.run.sources.name(path);
                let source = self.run.sources.get(&name);
                used.units.extend(self.unit(&name, source.as_deref(), WHOLE));
            }
        }
        for input in uses.inputs.iter().chain(reads.into_iter().filter(|input| !uses.inputs.contains(input)))
        {
            let number = self.input(input);
            used.inputs.push(number);
            used.unsteady |= match input {
                // Whoever sets times does not change what is read.
                Input::File(path) => {
                    let is_as_before =
                        number < self.inputs_before && !self.run.evidence.written.contains(path);
                    self.is_unsteady(path) && !(is_as_before && self.run.sees_all)
                }
                Input::Folder(path) => self.is_unsteady(path),
                _ => false,
            };
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

    fn input(&mut self, input: &Input) -> u32 {
        let print = self.prints.entry(input.clone()).or_insert_with_key(Fingerprint::of);
        self.numbering.input(&mut self.record, input, print)
    }

    fn placed(&mut self, place: u32) -> Placed {
        let at = place as usize;
        if let Some(Some(unit)) = self.placed.get(at) {
            return *unit;
        }
        let unit = self.place(place);
        if self.placed.len() <= at {
            self.placed.resize(at + 1, None);
        }
        self.placed[at] = Some(unit);
        unit
    }

    fn place(&mut self, place: u32) -> Placed {
        let (path, line, name) = self.run.evidence.place(place);
        if self.run.evidence.read_below(place).is_some() {
            return Placed::Reads;
        }
        // Those of a file come one after the other.
        let opened = self.opened.take().filter(|opened| opened.path == *path);
        let opened = opened.unwrap_or_else(|| self.open(path));
        let unit = if opened.unsteady {
            Placed::Unknown
        } else {
            let fragment = opened.source.as_ref().map_or(WHOLE, |source| source.fragment_at(*line, name));
            Self::placed_in(path, self.unit(&opened.name, opened.source.as_deref(), fragment))
        };
        self.opened = Some(opened);
        unit
    }

    fn open(&mut self, path: &Arc<str>) -> Opened {
        let name = self.run.sources.name(path);
        let source = self.run.sources.get(&name);
        Opened { path: Arc::clone(path), unsteady: self.is_unsteady(&name), name, source }
    }

    fn placed_in(path: &str, unit: Option<u32>) -> Placed {
        match unit {
            Some(unit) => Placed::Unit(unit),
            // What a test itself has written for its time.
            None if Path::new(path).starts_with(std::env::temp_dir()) && !Path::new(path).exists() => {
                Placed::Gone
            }
            None => Placed::Unknown,
        }
    }

    fn unit(&mut self, file: &str, source: Option<&Source>, fragment: &str) -> Option<u32> {
        let digest = source?.digest(fragment)?;
        let file = self.file(file);
        Some(self.numbering.unit(&mut self.record, file, fragment, digest, true))
    }

    fn is_unsteady(&mut self, file: &str) -> bool {
        let run = self.run;
        *self.unsteady.entry(file.to_owned()).or_insert_with(|| {
            let Ok(meta) = std::fs::metadata(run.sources.path(file)) else {
                // What is not there was looked for in vain, or is gone: its digest says so.
                return false;
            };
            // Python reads nothing within the first tick of a run: what was written in that one and has the time before,
            // it read.
            modified(&meta).max(changed(&meta)) > run.began
        })
    }

    fn finish(mut self) -> Record {
        let run = self.run;
        let now = std::mem::take(&mut self.now);
        let state = |name: &String| now.get(name).copied().unwrap_or_default();
        self.record.states = self.record.files.iter().map(state).collect();
        let collected = |name: &str| {
            let path = run.sources.path(name);
            let path = path.strip_prefix(run.rootdir).unwrap_or(&path).to_string_lossy().into_owned();
            run.collected.contains_key(path.as_str())
        };
        self.record.names = names(now.keys());
        if run.complete {
            self.record.sources.clear();
        }
        // A file that this run could not see is still to be looked at.
        let imported: BTreeSet<String> =
            run.evidence.modules.keys().map(|path| run.sources.name(path)).collect();
        let offered: BTreeSet<String> = run.offered.iter().map(|path| run.sources.name(path)).collect();
        let seen =
            |name: &str| run.complete || collected(name) || imported.contains(name) || offered.contains(name);
        self.record.sources.extend(now.into_iter().filter(|(name, _)| seen(name)));
        let known = std::mem::take(&mut self.record.others);
        if run.evidence.others || !run.complete && !known.is_empty() {
            let was_seen = |name: &String| {
                if run.complete {
                    return !is_newer(&run.sources.path(name), run.began);
                }
                known.contains(name) || collected(name) || offered.contains(name)
            };
            self.record.others = others(run.sources).into_iter().filter(was_seen).collect();
        }
        self.record.version = VERSION;
        self.record.setting = run.setting.clone();
        self.record.rootdir = run.rootdir.to_owned();
        self.record.patterns = run.patterns.clone();
        self.record.coverage = run.coverage;
        self.record.store = run.store;
        self.record
    }
}

fn is_volatile(name: &str) -> bool {
    VOLATILE.contains(&name) || name == "*" || name == WHOLE
}

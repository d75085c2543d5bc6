//! What workers tell of tests and modules, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::message;

/// Functions of one process that can be told apart; no process has so many.
const UNITS_MAX: usize = 1 << 24;

/// What a process calls a function of a file; its first line, its name.
type Named = (u32, u32, String);

/// One message's part.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    /// The test that it is of, by its place in the run; nothing for a module or the session.
    test: Option<(u32, u32)>,
    units: Vec<u32>,
    /// Of several tests, one after the other from that one on: how many of the units belong to each.
    ends: Option<Vec<u32>>,
    /// Whether those of the test before it, told by the same process, belong to it as well; nothing where more is told of
    /// a test later.
    more: Option<bool>,
    /// Units that this process names for the first time: by their files, number, line and name.
    new: Vec<(String, Vec<Named>)>,
    files: Vec<String>,
    folders: Vec<String>,
    names: Vec<String>,
    imports: Vec<String>,
    /// `presence` or `stat`, and a path.
    asked: Vec<(String, String)>,
    lines: bool,
    spawned: bool,
    /// The file of a module; empty for the session.
    module: Option<String>,
    site: Vec<String>,
    written: Vec<String>,
    /// Units that stand for files which were read below them: packages may keep what they have read.
    reads: Vec<(u32, Vec<String>)>,
    /// There are tests in files that are no Python.
    others: bool,
}

/// Something outside the code that was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Input {
    File(String),
    Folder(String),
    /// Whether there is something, and of which kind.
    Presence(String),
    /// The same, and how large it is.
    Size(String),
    /// A variable of the environment; `*` for all of them.
    Name(String),
}

/// What one test, one module or the session used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Some of them perhaps twice.
    pub(crate) places: Vec<u32>,
    pub(crate) inputs: BTreeSet<Input>,
    pub(crate) imports: BTreeSet<String>,
    /// It looked at numbers of lines: where functions stand counts as well.
    pub(crate) lines: bool,
    /// It started another program, or nested its calls too deep to be followed: of that nothing is known.
    pub(crate) spawned: bool,
}

/// In the place of a file: a function of a package that stands for what it has read.
const READS: &str = "<reads>";

/// A function as Python knows it: file, first line, name.
pub(crate) type Place = (Arc<str>, u32, String);

/// Everything that was told in one run.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    places: Vec<Place>,
    numbers: FxHashMap<Place, u32>,
    /// The numbers of places, by what a process calls them: it counts from zero.
    of_process: FxHashMap<u64, Vec<Option<u32>>>,
    /// Places of the test that a process told of last.
    last: FxHashMap<u64, Vec<u32>>,
    pub(crate) tests: BTreeMap<(u32, u32), Uses>,
    pub(crate) modules: BTreeMap<String, Uses>,
    /// By process and unit: what was read, and is perhaps kept.
    reads: FxHashMap<(u64, u32), BTreeSet<Input>>,
    pub(crate) session: Uses,
    pub(crate) site: BTreeSet<String>,
    /// There are tests in files that are no Python.
    pub(crate) others: bool,
    /// Files that Python code opened to write them.
    pub(crate) written: FxHashSet<String>,
}

impl Evidence {
    /// What a process told.
    pub(crate) fn add(&mut self, process: u64, payload: &[u8]) -> Result<(), serde_json::Error> {
        for mut told in message::read::<Vec<Told>>(payload)? {
            self.site.extend(std::mem::take(&mut told.site));
            self.written.extend(std::mem::take(&mut told.written));
            self.others |= told.others;
            for (unit, files) in std::mem::take(&mut told.reads) {
                self.reads.entry((process, unit)).or_default().extend(files.into_iter().map(Input::File));
            }
            let (test, more) = (told.test, told.more);
            if let (Some(first), Some(ends)) = (test, told.ends.take()) {
                self.add_series(process, first, &ends, told);
                continue;
            }
            let module = told.module.take().unwrap_or_default();
            let mut uses = self.uses(process, told);
            if let Some(more) = more {
                let last = self.last.entry(process).or_default();
                if more {
                    uses.places.extend(last.iter().copied());
                }
                last.clone_from(&uses.places);
            }
            if let Some(test) = test {
                self.tests.entry(test).or_default().add(uses);
            } else if module.is_empty() {
                self.session.add(uses);
            } else {
                self.modules.entry(module).or_default().add(uses);
            }
        }
        Ok(())
    }

    /// Several tests, one after the other: what was called up to the end of one belongs to it.
    fn add_series(&mut self, process: u64, first: (u32, u32), ends: &[u32], mut told: Told) {
        let units = std::mem::take(&mut told.units);
        let more = told.more.unwrap_or_default();
        let uses = self.uses(process, told);
        let named = self.of_process.get(&process).map_or(&[][..], Vec::as_slice);
        let last = self.last.entry(process).or_default();
        if !more {
            last.clear();
        }
        let mut known = 0;
        for (item, &end) in (first.1..).zip(ends) {
            let end = (end as usize).clamp(known, units.len());
            let fresh = &units[known..end];
            last.extend(fresh.iter().filter_map(|unit| *named.get(*unit as usize)?));
            known = end;
            let one = Uses { places: last.clone(), ..uses.clone() };
            self.tests.entry((first.0, item)).or_default().add(one);
        }
    }

    fn uses(&mut self, process: u64, told: Told) -> Uses {
        for (file, units) in told.new {
            let file = Arc::<str>::from(file);
            for (unit, line, name) in units {
                // Other processes have read other files.
                let (line, name) = if *file == *READS { (unit, process.to_string()) } else { (line, name) };
                let number = self.number((Arc::clone(&file), line, name));
                let known = self.of_process.entry(process).or_default();
                let unit = unit as usize;
                if known.len() <= unit && unit < UNITS_MAX {
                    known.resize(unit + 1, None);
                }
                if let Some(known) = known.get_mut(unit) {
                    *known = Some(number);
                }
            }
        }
        let named = self.of_process.get(&process).map_or(&[][..], Vec::as_slice);
        let files = told.files.into_iter().map(Input::File);
        let folders = told.folders.into_iter().map(Input::Folder);
        let names = told.names.into_iter().map(Input::Name);
        let asked = told.asked.into_iter().map(|(kind, path)| match kind.as_str() {
            "presence" => Input::Presence(path),
            _ => Input::Size(path),
        });
        Uses {
            places: told.units.iter().filter_map(|unit| *named.get(*unit as usize)?).collect(),
            inputs: files.chain(folders).chain(names).chain(asked).collect(),
            imports: told.imports.into_iter().collect(),
            lines: told.lines,
            spawned: told.spawned,
        }
    }

    fn number(&mut self, place: Place) -> u32 {
        let next = self.places.len() as u32;
        *self.numbers.entry(place).or_insert_with_key(|place| {
            self.places.push(place.clone());
            next
        })
    }

    /// Whether this Python could be watched.
    pub(crate) fn is_there(&self) -> bool {
        !self.site.is_empty() || !self.modules.is_empty()
    }

    /// Files in which something was executed.
    pub(crate) fn files(&self) -> BTreeSet<&str> {
        self.places.iter().map(|(path, ..)| path.as_ref()).filter(|path| *path != READS).collect()
    }

    /// What a package's function has read, if this is one.
    pub(crate) fn read_below(&self, place: u32) -> Option<&BTreeSet<Input>> {
        static NOTHING: BTreeSet<Input> = BTreeSet::new();
        let (path, unit, process) = self.place(place);
        let is_one = **path == *READS;
        is_one.then(|| {
            process.parse().ok().and_then(|process| self.reads.get(&(process, *unit))).unwrap_or(&NOTHING)
        })
    }

    pub(crate) fn place(&self, number: u32) -> &Place {
        &self.places[number as usize]
    }
}

impl Uses {
    fn add(&mut self, other: Uses) {
        if self.places.is_empty() {
            self.places = other.places;
        } else {
            self.places.extend(other.places);
            self.places.sort_unstable();
            self.places.dedup();
        }
        self.inputs.extend(other.inputs);
        self.imports.extend(other.imports);
        self.lines |= other.lines;
        self.spawned |= other.spawned;
    }
}

//! What is kept of earlier runs: for every test its outcome and what it used.
//!
//! MessagePack with a digest before it, and what is enough to see that nothing changed (`glance`), in a file that is
//! replaced as a whole. It can be thrown away: then every test runs once more.

use std::collections::{BTreeMap, BTreeSet};

use dx_schemas::syntax::{decode, encode};
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::evidence::Input;
use super::fingerprint::Fingerprint;
use super::glance::Glance;
use super::in_order;
use super::numbering::Numbering;
use super::setting::Setting;
use crate::state::State;

pub(super) const VERSION: u32 = 7;
/// Bytes of the digest, and of the number after it.
const SUM: usize = 32;
const LENGTH: usize = 4;

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
    /// What tells the file with what it measured for each test file, where that was kept.
    pub(crate) store: Option<Digest>,
    /// Every source file of the project with its content, as far as its tests are known.
    #[serde(deserialize_with = "in_order::deserialize")]
    pub(crate) sources: BTreeMap<String, Digest>,
    /// Other files that pytest could have found tests in, where it finds some in others.
    pub(crate) others: BTreeSet<String>,
    /// Which source files there were.
    pub(crate) names: Digest,
    pub(crate) files: Vec<String>,
    /// What told the state of each of these files from others when the record was written; zeros where nothing did.
    pub(crate) states: Vec<Digest>,
    pub(crate) units: Vec<Unit>,
    pub(crate) inputs: Vec<(Input, Fingerprint)>,
    #[serde(deserialize_with = "in_order::deserialize")]
    pub(crate) modules: BTreeMap<u32, Module>,
    pub(crate) session: Used,
    #[serde(deserialize_with = "in_order::deserialize")]
    pub(crate) tests: BTreeMap<String, Test>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unit {
    pub(crate) file: u32,
    pub(crate) fragment: String,
    pub(crate) digest: Digest,
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
    /// It has passed only where the whole session was collected.
    pub(crate) together: bool,
    /// Nothing where it is not known in full: the test runs again.
    pub(crate) used: Option<Used>,
}

impl Record {
    pub(crate) fn load(state: &State, name: &str) -> Option<Record> {
        Record::open(&state.read(name)?)
    }

    pub(crate) fn open(bytes: &[u8]) -> Option<Record> {
        let (_, body) = Record::parts(bytes)?;
        let record: Record = decode(body).ok()?;
        (record.version == VERSION).then_some(record)
    }

    /// One that knows nothing.
    pub(super) fn empty() -> Record {
        Record { version: VERSION, ..Record::default() }
    }

    pub(crate) fn save(&self, state: &State, name: &str) {
        // It saves work in the next run, and nothing else.
        let _ = state.write(name, &self.to_bytes());
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let glance = Glance::of(self).map(|glance| encode(&glance)).unwrap_or_default();
        let body = encode(self);
        let length = u32::try_from(glance.len()).expect("a glance of less than 4 GiB");
        let mut bytes = Vec::with_capacity(SUM + LENGTH + glance.len() + body.len());
        bytes.extend_from_slice(&[0; SUM]);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&glance);
        bytes.extend_from_slice(&body);
        let sum = blake3::hash(&bytes[SUM..]);
        bytes[..SUM].copy_from_slice(sum.as_bytes());
        bytes
    }

    /// The bytes of the glance and of the record, of a file that is not damaged.
    pub(super) fn parts(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let (sum, rest) = bytes.split_at_checked(SUM)?;
        if blake3::hash(rest).as_bytes().as_slice() != sum {
            return None;
        }
        let (length, rest) = rest.split_first_chunk::<LENGTH>()?;
        rest.split_at_checked(u32::from_le_bytes(*length) as usize)
    }

    pub(crate) fn file(&self, number: u32) -> &str {
        self.files.get(number as usize).map_or("", String::as_str)
    }

    fn used(&self) -> impl Iterator<Item = &Used> {
        let modules = self.modules.values().map(|module| &module.used);
        let tests = self.tests.values().filter_map(|test| test.used.as_ref());
        modules.chain(tests).chain([&self.session])
    }

    /// Which units and inputs something refers to.
    pub(super) fn referred(&self) -> (Vec<bool>, Vec<bool>) {
        let mut units = vec![false; self.units.len()];
        let mut inputs = vec![false; self.inputs.len()];
        for used in self.used() {
            used.units.iter().for_each(|unit| units[*unit as usize] = true);
            used.inputs.iter().for_each(|input| inputs[*input as usize] = true);
        }
        (units, inputs)
    }

    /// Without what nothing refers to, where that is more than the rest.
    pub(super) fn tidied(self) -> Record {
        let (units, inputs) = self.referred();
        let is_dense = |referred: &[bool]| referred.iter().filter(|is| **is).count() * 2 >= referred.len();
        if is_dense(&units) && is_dense(&inputs) {
            return self;
        }
        let mut record = Record {
            files: Vec::new(),
            states: Vec::new(),
            units: Vec::new(),
            inputs: Vec::new(),
            modules: BTreeMap::new(),
            session: Used::default(),
            tests: BTreeMap::new(),
            ..self.clone()
        };
        let mut numbering = Numbering::default();
        record.session = numbering.again(&mut record, &self, &self.session, true);
        for (number, module) in &self.modules {
            let number = numbering.file(&mut record, self.file(*number));
            let used = numbering.again(&mut record, &self, &module.used, true);
            record.modules.insert(number, Module { used, ..module.clone() });
        }
        for (id, test) in &self.tests {
            let file = numbering.file(&mut record, self.file(test.file));
            let used = test.used.as_ref().map(|used| numbering.again(&mut record, &self, used, true));
            record.tests.insert(id.clone(), Test { file, used, ..test.clone() });
        }
        let states: BTreeMap<&str, Digest> =
            self.files.iter().map(String::as_str).zip(self.states.iter().copied()).collect();
        record.states =
            record.files.iter().map(|name| states.get(name.as_str()).copied().unwrap_or_default()).collect();
        record
    }
}

pub(super) fn sort(used: &mut Used) {
    for numbers in [&mut used.units, &mut used.inputs, &mut used.imports] {
        numbers.sort_unstable();
        numbers.dedup();
    }
}

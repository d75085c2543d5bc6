//! What of a record is enough to see that nothing changed: most runs where nothing did need to read no more of it.

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::evidence::Input;
use super::fingerprint::Fingerprint;
use super::record::{Record, Used, VERSION};
use super::setting::Setting;
use super::sources::{Sources, names};

/// Of a record in which nothing but a change of these gives any test a reason to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Glance {
    version: u32,
    pub(crate) setting: Setting,
    pub(crate) rootdir: String,
    /// Every source file of the project, in the states that the record speaks of.
    sources: Vec<(String, Digest)>,
    inputs: Vec<(Input, Fingerprint)>,
    /// How many tests are known.
    pub(crate) tests: u64,
}

impl Glance {
    /// That of a record; none where there is more to be judged.
    pub(super) fn of(record: &Record) -> Option<Glance> {
        let is_quiet = |used: &Used| !used.spawned && !used.unsteady;
        let quiet = |used: &Option<Used>| used.as_ref().is_some_and(is_quiet);
        let plain = !record.coverage
            && record.others.is_empty()
            && !record.tests.is_empty()
            && is_quiet(&record.session)
            && record.modules.values().all(|module| is_quiet(&module.used))
            && record.tests.values().all(|test| !test.failed && quiet(&test.used));
        if !plain || names(record.sources.keys()) != record.names {
            return None;
        }
        let states = record.files.iter().zip(&record.states);
        let steady: Vec<bool> = states.map(|(name, state)| record.sources.get(name) == Some(state)).collect();
        let is_steady = |file: u32| steady.get(file as usize).copied().unwrap_or(false);
        let (units, inputs) = record.referred();
        let mut used = record.units.iter().zip(&units).filter(|(_, is_used)| **is_used);
        if !used.all(|(unit, _)| unit.current && is_steady(unit.file))
            || !record.modules.iter().all(|(file, module)| module.current && is_steady(*file))
        {
            return None;
        }
        let used = record.inputs.iter().zip(&inputs).filter(|(_, is_used)| **is_used);
        Some(Glance {
            version: VERSION,
            setting: record.setting.clone(),
            rootdir: record.rootdir.clone(),
            sources: record.sources.iter().map(|(name, state)| (name.clone(), *state)).collect(),
            inputs: used.map(|(known, _)| known.clone()).collect(),
            tests: record.tests.len() as u64,
        })
    }

    /// That of a record's file.
    pub(crate) fn open(bytes: &[u8]) -> Option<Glance> {
        let (glance, _) = Record::parts(bytes)?;
        let glance: Glance = dx_schemas::syntax::decode(glance).ok()?;
        (glance.version == VERSION).then_some(glance)
    }

    /// Whether all of it is as it was, in the setting that it was in.
    pub(crate) fn holds(&self, sources: &Sources) -> bool {
        sources.are(&self.sources) && self.inputs.iter().all(|(input, before)| before.holds(input))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::choice::Choice;
    use super::super::record::{Module, Test, Unit};
    use super::*;

    const FILES: usize = 4;

    fn name(file: usize) -> String {
        format!("test_{file}.py")
    }

    fn state(of: u8) -> Digest {
        Digest::from([of; 16])
    }

    fn some_used() -> impl Strategy<Value = Used> {
        let few = |below: u32| vec(0..below, 0..3);
        let rare = || proptest::bool::weighted(0.02);
        (few(FILES as u32), few(2), few(FILES as u32), rare(), rare()).prop_map(
            |(units, inputs, imports, spawned, unsteady)| Used { units, inputs, imports, spawned, unsteady },
        )
    }

    fn some_record() -> impl Strategy<Value = Record> {
        let often = || proptest::bool::weighted(0.97);
        let unit = (0..FILES as u32, often()).prop_map(|(file, current)| Unit {
            file,
            fragment: String::new(),
            digest: state(1),
            current,
        });
        let module =
            (some_used(), often()).prop_map(|(used, current)| Module { used, imports: Vec::new(), current });
        let test =
            (some_used(), 0..FILES as u32, often(), often()).prop_map(|(used, file, known, passed)| {
                let (outcome, micros) = (0, 1);
                Test { file, outcome, failed: !passed, micros, together: false, used: known.then_some(used) }
            });
        let states = || vec(proptest::bool::weighted(0.97).prop_map(|is| state(u8::from(is))), FILES);
        let holds = proptest::bool::weighted(0.8);
        let tests = vec(test, 0..6);
        let modules = proptest::collection::btree_map(0..FILES as u32, module, 0..3);
        (states(), states(), vec(unit, FILES), modules, tests, some_used(), holds).prop_map(
            |(states, sources, units, modules, tests, session, holds)| {
                let sources: BTreeMap<_, _> = (0..FILES).map(name).zip(sources).collect();
                let input = Input::Name("DX_NO_SUCH_VARIABLE".to_owned());
                let print =
                    Fingerprint::of(&if holds { input.clone() } else { Input::Name("PATH".to_owned()) });
                Record {
                    patterns: vec!["test_*.py".to_owned()],
                    names: names(sources.keys()),
                    sources,
                    files: (0..FILES).map(name).collect(),
                    states,
                    units,
                    inputs: vec![(input, print); 2],
                    modules,
                    session,
                    tests: tests.into_iter().enumerate().map(|(at, test)| (at.to_string(), test)).collect(),
                    ..Record::empty()
                }
            },
        )
    }

    proptest! {
        /// Where a glance finds nothing, the whole judgement finds nothing, and knows as many tests.
        #[test]
        fn glance_agrees_with_the_judgement(
            record in some_record(),
            now in vec(proptest::bool::weighted(0.95), FILES + 1),
        ) {
            let found = |(file, is_same): (usize, bool)| match (file < FILES, is_same) {
                (true, _) => Some((name(file), state(u8::from(is_same)))),
                // Another file.
                (false, true) => None,
                (false, false) => Some((name(file), state(1))),
            };
            let sources = Sources::found(now.into_iter().enumerate().filter_map(found));
            let bytes = record.to_bytes();
            if let Some(glance) = Glance::open(&bytes).filter(|glance| glance.holds(&sources)) {
                let choice = Choice::of(&record, &sources, None);
                prop_assert!(choice.chosen.is_empty() && choice.unseen.is_empty());
                prop_assert_eq!(choice.cached.len() as u64, glance.tests);
            }
            prop_assert_eq!(Record::open(&bytes), Some(record));
        }
    }

    #[test]
    fn what_is_settled_is_seen_at_a_glance() {
        let used = Used { units: vec![0], inputs: vec![0], ..Used::default() };
        let input = Input::Name("DX_NO_SUCH_VARIABLE".to_owned());
        let test = Test { file: 0, outcome: 0, failed: false, micros: 1, together: false, used: Some(used) };
        let record = Record {
            names: names([name(0)].iter()),
            sources: [(name(0), state(1))].into(),
            files: vec![name(0)],
            states: vec![state(1)],
            units: vec![Unit { file: 0, fragment: String::new(), digest: state(2), current: true }],
            inputs: vec![(input.clone(), Fingerprint::of(&input))],
            tests: [("a".to_owned(), test)].into(),
            ..Record::empty()
        };
        let glance = Glance::of(&record).unwrap();
        assert!(glance.holds(&Sources::found([(name(0), state(1))].into_iter())));
        assert!(!glance.holds(&Sources::found([(name(0), state(2))].into_iter())));
        assert!(!glance.holds(&Sources::found([(name(0), state(1)), (name(1), state(1))].into_iter())));
    }
}

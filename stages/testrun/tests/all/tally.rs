//! Properties of the sum of a run: whatever comes in whatever order, the counts add up to what was collected.

use std::collections::{BTreeMap, BTreeSet};

use dx_schemas::testrun::{COLLECTING, Outcome, TEARDOWN_ERROR};
use dx_testrun::tally::{Done, Tally};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::support::cases;

/// What reaches the tally of one test.
#[derive(Clone, Copy, Debug)]
enum Arrival {
    Result(Outcome, bool),
    Report(u8),
    /// Its worker died: it will run again if it was not done.
    Death,
    /// It is tried again, and what the first try gave is put back or not.
    Again {
        put_back: bool,
    },
}

fn arrivals() -> impl Strategy<Value = Arrival> {
    prop_oneof![
        4 => (select(Outcome::ALL), prop::bool::weighted(0.2)).prop_map(|(outcome, bad_end)| Arrival::Result(outcome, bad_end)),
        3 => any::<u8>().prop_map(Arrival::Report),
        1 => Just(Arrival::Death),
        1 => any::<bool>().prop_map(|put_back| Arrival::Again { put_back }),
    ]
}

fn done(at: (u32, u32), outcome: Outcome, bad_end: bool) -> Done {
    let flags = if bad_end { TEARDOWN_ERROR } else { 0 };
    Done { file: at.0, item: at.1, outcome, flags, times: [1, 2, 3], start: 0, worker: 0 }
}

/// What is known of one test.
#[derive(Clone, Debug, Default)]
struct Known {
    done: Option<(Outcome, bool)>,
    reports: Vec<Vec<u8>>,
}

fn failures((outcome, bad_end): (Outcome, bool)) -> bool {
    outcome.is_failure() || bad_end
}

proptest! {
    #![proptest_config(cases(400, 20_000))]

    #[test]
    fn aggregation_complete(
        sizes in vec(0u32..6, 1..6),
        happenings in vec((any::<Index>(), arrivals()), 0..200),
        own in vec(0u32..6, 0..4),
    ) {
        let all: Vec<(u32, u32)> =
            (0..sizes.len() as u32).flat_map(|file| (0..sizes[file as usize]).map(move |item| (file, item))).collect();
        let mut tally = Tally::default();
        tally.collected = all.len() as u64;
        let mut known: BTreeMap<(u32, u32), Known> = BTreeMap::new();
        let mut twice = 0;
        for file in &own {
            tally.report(*file, COLLECTING, vec![b'f', *file as u8]);
        }
        for (which, happening) in happenings.iter().filter(|_| !all.is_empty()) {
            let at = all[which.index(all.len())];
            let test = known.entry(at).or_default();
            match happening {
                Arrival::Result(outcome, bad_end) => {
                    let is_new = test.done.replace((*outcome, *bad_end)).is_none();
                    twice += u64::from(!is_new);
                    prop_assert_eq!(tally.add(done(at, *outcome, *bad_end)), is_new);
                }
                Arrival::Report(line) => {
                    test.reports.push(vec![*line]);
                    tally.report(at.0, at.1, vec![*line]);
                }
                Arrival::Death => {
                    if test.done.is_none() {
                        test.reports.clear();
                    }
                    tally.drop_unfinished(at.0, at.1);
                }
                Arrival::Again { put_back } => {
                    let kept = tally.take(at.0, at.1);
                    prop_assert_eq!(kept.is_some(), test.done.is_some());
                    if let Some(kept) = kept {
                        prop_assert_eq!((tally.get(at.0, at.1), tally.reports_of(at.0, at.1).len()), (None, 0));
                        tally.add(done(at, Outcome::Failed, false));
                        tally.report(at.0, at.1, vec![1]);
                        if *put_back {
                            tally.put(kept);
                        } else {
                            *test = Known { done: Some((Outcome::Failed, false)), reports: vec![vec![1]] };
                        }
                    }
                }
            }

            let finished: Vec<_> = known.values().filter_map(|test| test.done).collect();
            prop_assert_eq!(tally.finished(), finished.len() as u64);
            prop_assert_eq!(tally.failures, finished.iter().filter(|done| failures(**done)).count() as u64);
        }

        let missing = all.iter().filter(|at| known.get(*at).is_none_or(|test| test.done.is_none())).count() as u64;
        prop_assert_eq!(tally.finished() + missing, tally.collected);
        prop_assert_eq!(tally.twice, twice);
        let bad_ends = known.values().filter(|test| test.done.is_some_and(|done| done.1)).count() as u64;
        let counted: u64 = Outcome::ALL.iter().map(|outcome| tally.count(*outcome)).sum();
        prop_assert_eq!(counted, tally.finished() + bad_ends);
        let order: Vec<(u32, u32)> = tally.all().map(|done| (done.file, done.item)).collect();
        prop_assert!(order.is_sorted() && order.iter().collect::<BTreeSet<_>>().len() == order.len());

        // The files' own reports first, then those of the tests in their order; none is lost.
        let mut collected: Vec<u32> = own.clone();
        collected.sort();
        let mut expected: Vec<Vec<u8>> = collected.iter().map(|file| vec![b'f', *file as u8]).collect();
        expected.extend(known.values().flat_map(|test| test.reports.clone()));
        let told: Vec<Vec<u8>> = tally.reports_in_order().map(<[u8]>::to_vec).collect();
        prop_assert_eq!(told, expected);
    }
}

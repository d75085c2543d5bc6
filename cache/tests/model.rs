//! Random histories of several sessions, gc, clear and lost files against a model: what was committed and not removed
//! since is a hit, everything else is right or a miss.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use dx_cache::maintain::{self, GcOptions};
use dx_cache::{Cache, CacheOptions, Session};
use dx_schemas::digest::{ActionId, ContentId};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Put {
        session: usize,
        from: u32,
        count: u32,
    },
    Commit {
        session: usize,
    },
    Refresh {
        session: usize,
    },
    /// Ends without a commit, as a process that was killed; another begins in its place.
    Restart {
        session: usize,
    },
    Read {
        session: usize,
    },
    Merge,
    Squeeze {
        percent: u64,
    },
    Clear,
    LoseSegment {
        which: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let session = 0..3usize;
    prop_oneof![
        6 => (session.clone(), 0..60u32, 1..30u32).prop_map(|(session, from, count)| Step::Put { session, from, count }),
        4 => session.clone().prop_map(|session| Step::Commit { session }),
        2 => session.clone().prop_map(|session| Step::Refresh { session }),
        2 => session.clone().prop_map(|session| Step::Restart { session }),
        4 => session.prop_map(|session| Step::Read { session }),
        2 => Just(Step::Merge),
        1 => (0..100u64).prop_map(|percent| Step::Squeeze { percent }),
        1 => Just(Step::Clear),
        1 => (0..4usize).prop_map(|which| Step::LoseSegment { which }),
    ]
}

fn content(n: u32) -> Vec<u8> {
    n.to_le_bytes().repeat(if n.is_multiple_of(20) { 1500 } else { 5 + n as usize })
}

fn action(n: u32) -> ActionId {
    ActionId([n as u8 ^ 0x55; 32])
}

fn read(session: &Session, expected: &BTreeSet<u32>) {
    for n in 0..90 {
        let found = session.get(&ContentId::of(&content(n)));
        let record = session.get_action(&action(n));
        if expected.contains(&n) {
            assert!(found.is_hit() && record.is_hit(), "{n}: {found:?} {record:?}");
        }
        if let Some(bytes) = found.hit() {
            assert_eq!(bytes[..], content(n)[..]);
        }
        if let Some(record) = record.hit() {
            assert_eq!(record[..], n.to_le_bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn every_history_gives_hits_or_misses_and_never_wrong_bytes(steps in prop::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        let options = CacheOptions { large_bytes_min: 5000, ..CacheOptions::default() };
        let cache = Cache::open(dir.path(), options).unwrap();
        let mut sessions: Vec<Session> = (0..3).map(|_| cache.session()).collect();
        // What each session put and did not commit, and what everybody who looks anew must find.
        let mut pending: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
        let mut committed: BTreeSet<u32> = BTreeSet::new();
        for step in steps {
            match step {
                Step::Put { session, from, count } => {
                    for n in from..from + count {
                        sessions[session].put(&content(n));
                        sessions[session].put_action(&action(n), &n.to_le_bytes());
                        pending.entry(session).or_default().insert(n);
                    }
                    read(&sessions[session], &pending[&session]);
                }
                Step::Commit { session } => {
                    prop_assert_eq!(sessions[session].commit().not_stored, None);
                    committed.extend(pending.remove(&session).unwrap_or_default());
                }
                Step::Refresh { session } => {
                    sessions[session].refresh();
                    read(&sessions[session], &committed);
                }
                Step::Restart { session } => {
                    pending.remove(&session);
                    sessions[session] = cache.session();
                    read(&sessions[session], &committed);
                }
                Step::Read { session } => read(&sessions[session], &BTreeSet::new()),
                Step::Merge => {
                    let options = GcOptions { time_max: Duration::from_secs(60), ..GcOptions::of(&cache) };
                    let report = maintain::gc(&cache, &options).unwrap();
                    prop_assert_eq!(report.entries_removed_by_age + report.entries_removed_by_size, 0);
                    read(&cache.session(), &committed);
                }
                Step::Squeeze { percent } => {
                    let size = maintain::stats(&cache).unwrap().size_bytes;
                    let options = GcOptions { size_bytes_max: size / 100 * percent, ..GcOptions::of(&cache) };
                    maintain::gc(&cache, &options).unwrap();
                    committed.clear();
                }
                Step::Clear => {
                    maintain::clear(&cache).unwrap();
                    committed.clear();
                }
                Step::LoseSegment { which } => {
                    let segments = fs::read_dir(dir.path().join("segments")).unwrap();
                    if let Some(segment) = segments.map(|entry| entry.unwrap().path()).nth(which) {
                        // By another file of its name: the sessions here have the old one mapped, and would go
                        // on believing it. So they end, and what they find then is no longer foreseen.
                        fs::write(dir.path().join("tmp/lost"), b"lost").unwrap();
                        fs::rename(dir.path().join("tmp/lost"), segment).unwrap();
                        sessions = (0..3).map(|_| cache.session()).collect();
                        committed.clear();
                        pending.clear();
                    }
                }
            }
        }
        // Whatever happened, one build repairs everything.
        let session = cache.session();
        for n in 0..90 {
            session.put(&content(n));
            session.put_action(&action(n), &n.to_le_bytes());
        }
        session.commit();
        read(&cache.session(), &(0..90).collect());
    }
}

//! Maintenance: what it removes, what it must keep, and archives.

use std::fs;
use std::path::Path;
use std::time::Duration;

use dx_cache::maintain::{self, GcOptions, ImportOptions};
use dx_cache::{Cache, CacheError, CacheOptions, Miss, Origin, RecordKey, Session, Used};
use dx_schemas::digest::{ActionId, ContentId};
use proptest::prelude::*;

fn open(path: &Path) -> Cache {
    Cache::open(path, CacheOptions::default()).unwrap()
}

fn content(n: u32) -> Vec<u8> {
    n.to_le_bytes().repeat(100 + n as usize % 300)
}

fn action(n: u32) -> ActionId {
    let mut id = [0; 32];
    id[..4].copy_from_slice(&n.to_le_bytes());
    id[20] = 1;
    ActionId(id)
}

fn fill(cache: &Cache, range: std::ops::Range<u32>) -> Used {
    let session = cache.session();
    for n in range {
        session.put(&content(n));
        session.put_action(&action(n), &n.to_le_bytes());
    }
    session.commit();
    session.used()
}

fn hits(session: &Session, range: std::ops::Range<u32>) -> usize {
    range
        .filter(|n| match session.get(&ContentId::of(&content(*n))).hit() {
            Some(blob) => {
                assert_eq!(blob[..], content(*n)[..]);
                true
            }
            None => false,
        })
        .count()
}

fn files(dir: &Path) -> Vec<String> {
    let mut out: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    out.sort();
    out
}

/// gc with a limit on size and all the time it wants.
fn squeeze(cache: &Cache, size_bytes_max: u64) -> maintain::GcReport {
    let options = GcOptions { size_bytes_max, time_max: Duration::from_secs(60), ..GcOptions::of(cache) };
    maintain::gc(cache, &options).unwrap()
}

#[test]
fn stats_count_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    fill(&cache, 0..50);
    let large = vec![1; 400_000];
    let session = cache.session();
    session.put(&large);
    session.commit();
    let stats = maintain::stats(&cache).unwrap();
    assert_eq!((stats.contents, stats.contents_large, stats.results), (51, 1, 50));
    assert_eq!((stats.packs, stats.segments, stats.leases), (1, 2, 1));
    assert!(stats.live_bytes > 400_000 && stats.size_bytes >= stats.live_bytes);
    assert_eq!(stats.entries_lost, 0);
    drop(session);
    assert_eq!(maintain::stats(&cache).unwrap().leases, 0);
}

#[test]
fn gc_within_the_limits_merges_indexes_and_removes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    for n in 0..5 {
        fill(&cache, n * 10..n * 10 + 10);
    }
    let report = maintain::gc(&cache, &GcOptions::of(&cache)).unwrap();
    assert_eq!((report.entries_kept, report.segments_merged, report.packs_removed), (100, 5, 0));
    assert_eq!(report.generation_before, report.generation_after);
    assert_eq!(hits(&cache.session(), 0..50), 50);
    assert!(maintain::verify(&cache, false).unwrap().is_sound());
    assert!(maintain::gc_after_build(&cache).unwrap().skipped.is_some(), "once an hour is enough");
}

#[test]
fn gc_by_size_compacts_and_changes_the_generation() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    fill(&cache, 0..2000);
    let session = cache.session();
    session.put(&vec![8; 300_000]);
    session.commit();
    drop(session);
    let before = maintain::stats(&cache).unwrap().size_bytes;
    let dry = maintain::gc(
        &cache,
        &GcOptions { size_bytes_max: before / 4, dry_run: true, ..GcOptions::of(&cache) },
    )
    .unwrap();
    assert!(dry.entries_removed_by_size > 0);
    assert_eq!(maintain::stats(&cache).unwrap().size_bytes, before, "a dry run touches nothing");
    let report = squeeze(&cache, before / 4);
    assert_eq!(report.entries_removed_by_size, dry.entries_removed_by_size);
    assert!(report.generation_after > report.generation_before);
    let stats = maintain::stats(&cache).unwrap();
    assert!(stats.size_bytes <= before / 4, "{stats:?}");
    let left = hits(&cache.session(), 0..2000);
    assert!(left > 0 && left < 2000);
    assert!(maintain::verify(&cache, false).unwrap().is_sound());
}

#[test]
fn a_mapping_outlives_gc_and_clear() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    fill(&cache, 0..200);
    let reader = cache.session();
    let blob = reader.get(&ContentId::of(&content(7))).hit().unwrap();
    // This process asks for it itself, so its own lease keeps nothing.
    let report = squeeze(&cache, 0);
    assert_eq!((report.packs_removed, report.packs_pinned, report.leases), (1, 0, 1));
    assert_eq!(blob[..], content(7)[..]);
    maintain::clear(&cache).unwrap();
    assert_eq!(blob[..], content(7)[..]);
    assert_eq!(cache.session().get(&ContentId::of(&content(7))).miss(), Some(&Miss::Absent));
}

#[test]
fn what_gc_moved_between_a_lookup_and_the_next_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    fill(&cache, 0..1000);
    let reader = cache.session();
    let size = maintain::stats(&cache).unwrap().size_bytes;
    let report = squeeze(&cache, size / 3);
    assert_eq!((report.packs_compacted, report.packs_pinned), (1, 0));
    let fresh = hits(&cache.session(), 0..1000);
    assert!(fresh > 0);
    assert_eq!(hits(&reader, 0..1000), fresh);
}

#[test]
fn many_small_packs_become_one() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    // Sessions that live at the same time each write a pack of their own.
    let sessions: Vec<Session> = (0..12).map(|_| cache.session()).collect();
    for (n, session) in sessions.iter().enumerate() {
        session.put(&content(n as u32));
        session.commit();
    }
    assert_eq!(files(&dir.path().join("packs")).len(), 12);
    drop(sessions);
    squeeze(&cache, u64::MAX);
    assert_eq!(files(&dir.path().join("packs")).len(), 1);
    assert_eq!(hits(&cache.session(), 0..12), 12);
}

#[test]
fn clear_under_a_running_session_costs_work_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    let session = cache.session();
    session.put(&content(1));
    session.commit();
    let report = maintain::clear(&cache).unwrap();
    assert_eq!((report.packs_removed, report.segments_removed), (1, 1));
    assert_eq!(report.gc_generation, cache.gc_generation());
    assert_ne!(report.gc_generation, session.generation());
    session.put(&content(2));
    session.commit();
    assert_eq!(hits(&session, 1..3), 2, "what it has open it can read");
    assert_eq!(hits(&cache.session(), 1..3), 2, "what it has used it stores again");
    assert!(maintain::verify(&cache, false).unwrap().is_sound());
}

#[test]
fn verify_names_damage_and_repair_brings_back_what_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    fill(&cache, 0..300);
    let session = cache.session();
    let large = vec![3; 500_000];
    let large_id = session.put(&large);
    session.commit();
    drop(session);
    assert!(maintain::verify(&cache, false).unwrap().is_sound());

    let pack = dir.path().join("packs").join(&files(&dir.path().join("packs"))[0]);
    let mut bytes = fs::read(&pack).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&pack, bytes).unwrap();
    let first = &files(&dir.path().join("segments"))[0];
    fs::write(dir.path().join("segments").join(first), b"junk").unwrap();
    let hex = large_id.to_string();
    let blob = dir.path().join("blobs/content-v2/sha256").join(&hex[..2]).join(&hex[2..4]).join(&hex[4..64]);
    fs::write(&blob, &large[..1000]).unwrap();

    let report = maintain::verify(&cache, false).unwrap();
    assert!(report.problems.len() >= 2 && !report.repaired, "{report:?}");
    let report = maintain::verify(&cache, true).unwrap();
    assert!(report.repaired, "{report:?}");
    let after = maintain::verify(&cache, false).unwrap();
    // The pack's damaged bytes stay until gc compacts it; no index names them.
    assert!(after.problems.iter().all(|problem| problem.contains("damaged bytes")), "{after:?}");
    let session = cache.session();
    assert_eq!(hits(&session, 0..300), 299);
    assert!(!session.get(&large_id).is_hit());
}

#[test]
fn an_archive_is_deterministic_and_imports_once() {
    let dir = tempfile::tempdir().unwrap();
    let (here, there) = (open(&dir.path().join("here")), open(&dir.path().join("there")));
    let mut used = fill(&here, 0..100);
    fill(&here, 100..200);
    let large = here.session();
    used.contents.push(large.put(&vec![6; 700_000]));
    large.commit();
    drop(large);
    let mut archive = Vec::new();
    let report = maintain::export(&here, &used, &mut archive).unwrap();
    assert_eq!((report.contents, report.records, report.missing.len()), (101, 100, 0));

    let import = |bytes: &[u8]| maintain::import(&there, bytes, &ImportOptions::of(&there)).unwrap();
    let first = import(&archive);
    assert_eq!((first.contents_new, first.records_new, first.not_stored), (101, 100, None));
    let second = import(&archive);
    assert_eq!((second.contents_new, second.records_new, second.present_already), (0, 0, 201));
    let session = there.session();
    assert_eq!(hits(&session, 0..200), 100);
    assert_eq!(session.get_action(&action(5)).hit().unwrap().origin, Origin::Import);

    used.contents.reverse();
    let mut again = Vec::new();
    maintain::export(&there, &used, &mut again).unwrap();
    assert_eq!(archive, again, "the same things give the same bytes, whatever their history");

    used.contents.push(ContentId::of(b"nobody has this"));
    let report = maintain::export(&there, &used, &mut Vec::new()).unwrap();
    assert_eq!(report.missing.len(), 1);
}

#[test]
fn an_import_never_displaces_a_record_and_respects_its_limits() {
    let dir = tempfile::tempdir().unwrap();
    let (here, there) = (open(&dir.path().join("here")), open(&dir.path().join("there")));
    let used = fill(&here, 0..20);
    let mut archive = Vec::new();
    maintain::export(&here, &used, &mut archive).unwrap();
    let session = there.session();
    session.put_action(&action(5), b"made here");
    session.commit();
    maintain::import(&there, &archive[..], &ImportOptions::of(&there)).unwrap();
    assert_eq!(&there.session().get_action(&action(5)).hit().unwrap()[..], b"made here");

    let small = ImportOptions { payload_bytes_max: 1000, ..ImportOptions::of(&there) };
    let refused = maintain::import(&there, &archive[..], &small);
    assert!(matches!(refused, Err(CacheError::Archive(_))));
}

#[test]
fn what_an_archive_holds_of_unknown_kinds_is_skipped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (here, there) = (open(&dir.path().join("here")), open(&dir.path().join("there")));
    let session = here.session();
    let mut future = dx_schemas::container::MAGIC.to_vec();
    future.extend_from_slice(&[0xee, 0xee, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    session.put(&future);
    session.put(b"known");
    session.commit();
    let mut archive = Vec::new();
    maintain::export(&here, &session.used(), &mut archive).unwrap();
    let report = maintain::import(&there, &archive[..], &ImportOptions::of(&there)).unwrap();
    assert_eq!((report.skipped_unknown, report.contents_new), (1, 1));
}

#[test]
fn a_read_only_cache_refuses_maintenance_that_writes() {
    let dir = tempfile::tempdir().unwrap();
    fill(&open(dir.path()), 0..5);
    let cache = Cache::open(dir.path(), CacheOptions { read_only: true, ..CacheOptions::default() }).unwrap();
    assert!(matches!(maintain::gc(&cache, &GcOptions::of(&cache)), Err(CacheError::ReadOnly { .. })));
    assert!(matches!(maintain::clear(&cache), Err(CacheError::ReadOnly { .. })));
    assert!(maintain::verify(&cache, false).unwrap().is_sound());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn a_damaged_archive_brings_in_no_wrong_content_and_no_record(at in any::<prop::sample::Index>(),
        bit in 0u8..8, cut in any::<bool>())
    {
        let dir = tempfile::tempdir().unwrap();
        let (here, there) = (open(&dir.path().join("here")), open(&dir.path().join("there")));
        let used = fill(&here, 0..10);
        let mut archive = Vec::new();
        maintain::export(&here, &used, &mut archive).unwrap();
        let at = at.index(archive.len());
        if cut { archive.truncate(at) } else { archive[at] ^= 1 << bit }
        let imported = maintain::import(&there, &archive[..], &ImportOptions::of(&there));
        let session = there.session();
        hits(&session, 0..10);
        if imported.is_err() {
            for n in 0..10 {
                prop_assert!(!session.get_record(&RecordKey::result(action(n))).is_hit());
            }
        }
    }
}

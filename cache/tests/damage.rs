//! Files of the cache truncated or flipped anywhere: a lookup is right or a miss, and the next put repairs.

use std::fs;
use std::path::{Path, PathBuf};

use dx_cache::{Cache, CacheError, CacheOptions, StoreState};
use dx_schemas::digest::{ActionId, ContentId};
use proptest::prelude::*;

const LARGE: usize = 4096;

fn options() -> CacheOptions {
    CacheOptions { large_bytes_min: LARGE, ..CacheOptions::default() }
}

fn content(n: u32) -> Vec<u8> {
    n.to_le_bytes().repeat(if n.is_multiple_of(10) { LARGE / 2 } else { 20 + n as usize })
}

fn action(n: u32) -> ActionId {
    ActionId([n as u8; 32])
}

const COUNT: u32 = 30;

fn fill(dir: &Path) {
    let cache = Cache::open(dir, options()).unwrap();
    for part in 0..3 {
        let session = cache.session();
        for n in part * 10..part * 10 + 10 {
            session.put(&content(n));
            session.put_action(&action(n), &content(n + 1)[..8]);
        }
        session.commit();
    }
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if fs::metadata(&path).unwrap().len() > 0 {
            out.push(path);
        }
    }
}

/// Everything that can be asked is right or a miss; returns how much was there.
fn check(cache: &Cache) -> usize {
    let session = cache.session();
    let mut hits = 0;
    for n in 0..COUNT {
        if let Some(blob) = session.get(&ContentId::of(&content(n))).hit() {
            assert_eq!(blob[..], content(n)[..]);
            hits += 1;
        }
        if let Some(record) = session.get_action(&action(n)).hit() {
            assert_eq!(record[..], content(n + 1)[..8]);
            hits += 1;
        }
    }
    hits
}

fn repair(cache: &Cache) -> usize {
    let session = cache.session();
    for n in 0..COUNT {
        session.put(&content(n));
        session.put_action(&action(n), &content(n + 1)[..8]);
    }
    assert_eq!(session.state(), StoreState::Storing);
    session.commit();
    session.take_repairs().len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn damage_anywhere_is_a_miss_and_is_repaired(file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(), damage in 0u8..10)
    {
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path());
        let mut paths = Vec::new();
        files(dir.path(), &mut paths);
        let path = file.get(&paths);
        let mut bytes = fs::read(path).unwrap();
        let position = at.index(bytes.len());
        match damage {
            0 => bytes.truncate(position),
            1 => bytes[position..].fill(0),
            bit => bytes[position] ^= 1 << (bit - 2),
        }
        fs::write(path, &bytes).unwrap();
        let cache = Cache::open(dir.path(), options()).unwrap();
        check(&cache);
        repair(&cache);
        prop_assert_eq!(check(&cache), 2 * COUNT as usize);
        prop_assert_eq!(repair(&cache), 0, "nothing is left to repair");
    }

    #[test]
    fn several_kinds_of_damage_at_once(seeds in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index, u8)>(), 1..8)) {
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path());
        let mut paths = Vec::new();
        files(dir.path(), &mut paths);
        for (file, at, value) in seeds {
            let path = file.get(&paths);
            let mut bytes = fs::read(path).unwrap();
            if !bytes.is_empty() {
                let position = at.index(bytes.len());
                if value == 0 { bytes.truncate(position) } else { bytes[position] ^= value }
            }
            fs::write(path, &bytes).unwrap();
        }
        let cache = Cache::open(dir.path(), options()).unwrap();
        check(&cache);
        repair(&cache);
        prop_assert_eq!(check(&cache), 2 * COUNT as usize);
    }
}

#[test]
fn a_repair_says_what_it_mended() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let mut paths = Vec::new();
    files(&dir.path().join("packs"), &mut paths);
    let mut bytes = fs::read(&paths[0]).unwrap();
    let at = 64 + 64 + 2;
    bytes[at] ^= 1;
    fs::write(&paths[0], &bytes).unwrap();
    let cache = Cache::open(dir.path(), options()).unwrap();
    assert_eq!(repair(&cache), 1);
}

#[test]
fn a_lost_index_is_made_again_from_the_packs() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let mut paths = Vec::new();
    files(&dir.path().join("segments"), &mut paths);
    fs::write(&paths[0], "junk").unwrap();
    let cache = Cache::open(dir.path(), options()).unwrap();
    let session = cache.session();
    assert_eq!(session.take_repairs().len(), 1);
    session.commit();
    drop(session);
    assert_eq!(check(&cache), 2 * COUNT as usize);
    assert!(dx_cache::maintain::verify(&cache, false).unwrap().is_sound());
}

#[test]
fn files_of_a_stranger_do_not_disturb() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    for folder in ["packs", "segments", "leases", "blobs", "tmp"] {
        fs::write(dir.path().join(folder).join("README"), "hello").unwrap();
        fs::create_dir(dir.path().join(folder).join("0000-00.seg")).unwrap();
    }
    let cache = Cache::open(dir.path(), options()).unwrap();
    assert_eq!(check(&cache), 2 * COUNT as usize);
    assert!(dx_cache::maintain::stats(&cache).is_ok());
}

#[test]
fn a_cache_from_the_future_is_refused_and_left_untouched() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let body = format!("dx-cache 7 {}", "ab".repeat(16));
    let text = format!("{body} {:08x}\n", crc32fast::hash(body.as_bytes()));
    fs::write(dir.path().join("FORMAT"), text).unwrap();
    let snapshot = |dir: &Path| {
        let mut paths = Vec::new();
        files(dir, &mut paths);
        paths.into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect::<Vec<_>>()
    };
    let before = snapshot(dir.path());
    let error = Cache::open(dir.path(), options()).err().unwrap();
    assert!(matches!(error, CacheError::Future { found: 7, known: 1, .. }));
    assert!(error.to_string().contains("format version 7"));
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn a_directory_that_is_no_cache_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
    assert!(matches!(Cache::open(dir.path(), options()), Err(CacheError::NotACache { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_directory_with_nothing_but_the_standard_library_becomes_a_cache() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["0123456789abcdef/json", "0123456789abcdef.4711.tmp"] {
        fs::create_dir_all(dir.path().join("library").join(name)).unwrap();
    }
    let read_only = CacheOptions { read_only: true, ..options() };
    assert!(matches!(Cache::open(dir.path(), read_only), Err(CacheError::NotACache { .. })));
    fill(dir.path());
    assert_eq!(check(&Cache::open(dir.path(), options()).unwrap()), 2 * COUNT as usize);
    assert!(dir.path().join("library/0123456789abcdef/json").is_dir());
}

#[test]
fn a_library_of_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("library/novels")).unwrap();
    assert!(matches!(Cache::open(dir.path(), options()), Err(CacheError::NotACache { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_read_only_session_finds_and_keeps_its_own_products() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let before = fs::read_dir(dir.path().join("segments")).unwrap().count();
    let cache = Cache::open(dir.path(), CacheOptions { read_only: true, ..options() }).unwrap();
    let session = cache.session();
    assert!(session.get(&ContentId::of(&content(3))).is_hit());
    let id = session.put(b"new");
    assert_eq!(&session.get(&id).hit().unwrap()[..], b"new");
    session.put_action(&action(200), b"record");
    assert_eq!(&session.get_action(&action(200)).hit().unwrap()[..], b"record");
    assert!(matches!(session.state(), StoreState::Off { reason } if reason.contains("read-only")));
    assert!(session.commit().not_stored.is_some());
    assert_eq!(fs::read_dir(dir.path().join("segments")).unwrap().count(), before);
    assert_eq!(fs::read_dir(dir.path().join("leases")).unwrap().count(), 0);
}

#[test]
fn a_directory_that_cannot_be_written_turns_storing_off_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    // Permissions would not stop a superuser; a file in a folder's place stops everybody.
    fs::remove_dir_all(dir.path().join("leases")).unwrap();
    fs::write(dir.path().join("leases"), "").unwrap();
    let cache = Cache::open(dir.path(), options()).unwrap();
    let session = cache.session();
    let id = session.put(b"new");
    assert!(session.get(&id).is_hit());
    assert!(matches!(session.state(), StoreState::Off { .. }));
    assert_eq!(check(&cache), 2 * COUNT as usize);
}

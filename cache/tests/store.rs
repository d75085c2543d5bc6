//! What one or several sessions store and find, without faults.

use std::fs;

use dx_cache::{Cache, CacheOptions, Lookup, Miss, Origin, RecordKey, RecordKind, StoreState};
use dx_schemas::digest::{ActionId, ContentId};

fn open(dir: &tempfile::TempDir) -> Cache {
    Cache::open(dir.path().join("cache"), CacheOptions::default()).unwrap()
}

fn packs(cache: &Cache) -> usize {
    fs::read_dir(cache.path().join("packs")).unwrap().count()
}

#[test]
fn content_and_records_are_found_before_and_after_commit_and_by_others() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(&dir);
    let session = cache.session();
    let other = cache.session();
    let contents: Vec<Vec<u8>> = (0..300u32).map(|n| n.to_le_bytes().repeat(n as usize)).collect();
    let ids = session.put_many(&contents);
    let action = ActionId([3; 32]);
    session.put_action(&action, b"record");
    let check = |session: &dx_cache::Session| {
        for (id, bytes) in ids.iter().zip(&contents) {
            let blob = session.get(id).hit().unwrap();
            assert_eq!(&blob[..], &bytes[..]);
            assert!(blob.as_ptr().addr().is_multiple_of(64));
        }
        assert_eq!(&session.get_action(&action).hit().unwrap()[..], b"record");
    };
    check(&session);
    assert_eq!(other.get(&ids[5]), Lookup::Miss(Miss::Absent));
    let report = session.commit();
    assert_eq!(report.entries_new, 301);
    assert_eq!(report.not_stored, None);
    check(&session);
    assert_eq!(other.get(&ids[5]), Lookup::Miss(Miss::Absent), "a session keeps its view");
    other.refresh();
    check(&other);
    check(&cache.session());
    assert_eq!(session.used().contents.len(), 300);
    assert_eq!(session.used().records, [RecordKey::result(action)]);
    assert_eq!(session.used_packs().len(), 1);
    assert!(session.take_repairs().is_empty());
}

#[test]
fn equal_content_is_stored_once_and_packs_are_continued() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(&dir);
    for round in 0..20u32 {
        let session = cache.session();
        session.put(b"the same in every round");
        session.put(&round.to_le_bytes());
        let report = session.commit();
        assert_eq!(report.entries_new, if round == 0 { 2 } else { 1 });
    }
    assert_eq!(packs(&cache), 1);
    assert!(fs::read_dir(cache.path().join("segments")).unwrap().count() <= 9, "small segments are merged");
    let session = cache.session();
    for round in 0..20u32 {
        assert!(session.get(&ContentId::of(&round.to_le_bytes())).is_hit());
    }
}

#[test]
fn a_session_that_stores_nothing_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(&dir);
    let session = cache.session();
    assert_eq!(session.get(&ContentId::of(b"x")), Lookup::Miss(Miss::Absent));
    session.commit();
    drop(session);
    for folder in ["packs", "segments", "leases", "tmp"] {
        assert_eq!(fs::read_dir(cache.path().join(folder)).unwrap().count(), 0, "{folder}");
    }
}

#[test]
fn records_are_replaced_and_kinds_and_lanes_are_apart() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(&dir);
    let id = ActionId([9; 32]);
    let session = cache.session();
    session.put_action(&id, b"old");
    session.commit();
    session.put_action(&id, b"new");
    let trace = RecordKey { kind: RecordKind::Trace, ..RecordKey::result(id) };
    let shadow = RecordKey { lane: dx_cache::Lane::Shadow, ..RecordKey::result(id) };
    session.put_record(&trace, Origin::Remote, b"trace");
    assert!(!session.get_record(&shadow).is_hit());
    session.commit();
    let session = cache.session();
    assert_eq!(&session.get_action(&id).hit().unwrap()[..], b"new");
    let record = session.get_record(&trace).hit().unwrap();
    assert_eq!((&record[..], record.origin), (&b"trace"[..], Origin::Remote));
}

#[test]
fn large_content_is_a_file_of_its_own_and_mapped() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(&dir);
    let bytes = vec![7; 3 << 20];
    let id = cache.session().put(&bytes);
    assert_eq!(packs(&cache), 0);
    let blob = cache.session().get(&id).hit().unwrap();
    assert!(blob.is_mapped() && blob[..] == bytes[..]);
}

#[test]
fn threads_share_a_session() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(&dir);
    let session = cache.session();
    std::thread::scope(|scope| {
        for thread in 0..4u32 {
            let session = &session;
            scope.spawn(move || {
                for n in 0..500u32 {
                    let bytes = [(n % 400).to_le_bytes(), (thread / 2).to_le_bytes()].concat().repeat(40);
                    let id = session.put(&bytes);
                    assert_eq!(&session.get(&id).hit().unwrap()[..], &bytes[..]);
                    if n % 100 == 0 {
                        session.commit();
                    }
                }
            });
        }
    });
    session.commit();
    assert_eq!(session.state(), StoreState::Storing);
    let session = cache.session();
    for thread in 0..2u32 {
        for n in 0..400u32 {
            let bytes = [n.to_le_bytes(), thread.to_le_bytes()].concat().repeat(40);
            assert!(session.get(&ContentId::of(&bytes)).is_hit());
        }
    }
}

#[test]
fn a_full_pack_is_followed_by_another() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(&dir);
    let session = cache.session();
    let content = |n: u32| n.to_le_bytes().repeat(60_000);
    let ids: Vec<ContentId> = (0..600).map(|n| session.put(&content(n))).collect();
    assert_eq!(packs(&cache), 2);
    session.commit();
    let session = cache.session();
    for (n, id) in ids.iter().enumerate() {
        assert_eq!(session.get(id).hit().unwrap()[..], content(n as u32)[..]);
    }
    assert_eq!(session.used_packs().len(), 2);
}

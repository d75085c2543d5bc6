//! Several processes: writers at once, writers that are killed, a disk that is full. The test binary runs itself as the
//! other process.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dx_cache::maintain::{self, GcOptions};
use dx_cache::{Cache, CacheOptions, Session, StoreState};
use dx_schemas::digest::{ActionId, ContentId};

const ROLE: &str = "DX_CACHE_TEST_ROLE";
const DIR: &str = "DX_CACHE_TEST_DIR";

fn spawn(role: &str, dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "other_process", "--nocapture", "--include-ignored"])
        .env(ROLE, role)
        .env(DIR, dir)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn open(dir: &Path) -> Cache {
    Cache::open(dir.join("cache"), CacheOptions { large_bytes_min: 50_000, ..CacheOptions::default() })
        .unwrap()
}

fn content(n: u32) -> Vec<u8> {
    let len = if n % 97 == 96 { 20_000 } else { 10 + n as usize % 700 };
    n.to_le_bytes().repeat(len)
}

fn action(n: u32) -> ActionId {
    let mut id = [7; 32];
    id[..4].copy_from_slice(&n.to_le_bytes());
    ActionId(id)
}

/// Not a test of its own: what this binary does when another test runs it as a second process.
#[test]
fn other_process() {
    let (Ok(role), Ok(dir)) = (std::env::var(ROLE), std::env::var(DIR)) else { return };
    let dir = PathBuf::from(dir);
    match role.as_str() {
        "writer" => write_for_ever(&dir, false),
        "writer-with-gc" => write_for_ever(&dir, true),
        "full-disk" => {
            limit_file_size();
            write_to_full_disk(&dir);
        }
        "full-tmpfs" => write_to_full_disk(&dir),
        "batch" => write_batch(&dir),
        "churn" => churn(&dir),
        "fork" => fork(&dir),
        "reader" => read_until_told(&dir),
        other => panic!("unknown role {other}"),
    }
}

fn write_for_ever(dir: &Path, with_gc: bool) {
    let cache = open(dir);
    let mut journal = fs::OpenOptions::new().create(true).append(true).open(dir.join("journal")).unwrap();
    let start = fs::read(dir.join("journal")).unwrap().len() as u32;
    for batch in start.. {
        let session = cache.session();
        for n in batch * 40..batch * 40 + 40 {
            let id = session.put(&content(n));
            session.put_action(&action(n), &id.to_bytes());
        }
        session.commit();
        drop(session);
        // One byte a batch: what stands here has been committed.
        journal.write_all(b".").unwrap();
        if with_gc && batch % 3 == 2 {
            let limit = GcOptions { size_bytes_max: 400_000, ..GcOptions::of(&cache) };
            maintain::gc(&cache, &limit).unwrap();
        }
    }
}

fn check(session: &Session, range: std::ops::Range<u32>) -> u32 {
    let mut hits = 0;
    for n in range {
        if let Some(record) = session.get_action(&action(n)).hit() {
            assert_eq!(record[..], ContentId::of(&content(n)).to_bytes()[..]);
        }
        if let Some(blob) = session.get(&ContentId::of(&content(n))).hit() {
            assert_eq!(blob[..], content(n)[..]);
            hits += 1;
        }
    }
    hits
}

fn kill_rounds(role: &str, rounds: u32, all_hit: bool) {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path());
    let mut batches = 0;
    for round in 0..rounds {
        let mut child = spawn(role, dir.path());
        // Moments spread over start, writing, committing and gc; the machine's own noise does the rest.
        std::thread::sleep(Duration::from_micros(3_000 + u64::from(round * 7919 % 37) * 700));
        child.kill().unwrap();
        child.wait().unwrap();
        let cache = open(dir.path());
        let report = maintain::verify(&cache, false).unwrap();
        assert!(report.is_sound(), "round {round}: {report:?}");
        let session = cache.session();
        assert!(session.take_repairs().is_empty(), "round {round}");
        let committed = fs::read(dir.path().join("journal")).map_or(0, |journal| journal.len() as u32);
        let hits = check(&session, batches * 40..(committed + 1) * 40);
        if all_hit {
            assert!(hits >= (committed - batches) * 40, "round {round}: what was committed is there");
        }
        batches = committed;
    }
    assert!(batches > rounds / 10, "the writers got to write: {batches} batches");
    let session = open(dir.path()).session();
    let hits = check(&session, 0..batches * 40);
    assert!(if all_hit { hits == batches * 40 } else { hits > 0 });
}

/// Rounds per kind of writer; `DX_SOAK_ROUNDS` for more.
fn rounds() -> u32 {
    std::env::var("DX_SOAK_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(60)
}

#[test]
fn a_writer_killed_at_any_moment_loses_at_most_what_it_had_not_committed() {
    kill_rounds("writer", rounds(), true);
}

#[test]
fn a_writer_killed_while_it_collects_leaves_a_sound_cache() {
    kill_rounds("writer-with-gc", rounds(), false);
}

fn write_batch(dir: &Path) {
    let cache = open(dir);
    let session = cache.session();
    for n in 0..3000 {
        let id = session.put(&content(n % 2000));
        session.put_action(&action(n), &id.to_bytes());
        if n % 500 == 0 {
            session.commit();
        }
        assert!(session.get(&id).is_hit());
    }
    session.commit();
}

#[test]
fn writers_at_once_do_not_disturb_each_other() {
    let dir = tempfile::tempdir().unwrap();
    // No cache yet: they also race for making it.
    let children: Vec<Child> = (0..4).map(|_| spawn("batch", dir.path())).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let cache = open(dir.path());
    assert_eq!(check(&cache.session(), 0..2000), 2000);
    let report = maintain::verify(&cache, false).unwrap();
    assert!(report.is_sound(), "{report:?}");
}

/// Reads one content, says so, and reads the rest when the other process has collected.
fn read_until_told(dir: &Path) {
    let session = open(dir).session();
    assert_eq!(check(&session, 0..1), 1);
    fs::write(dir.join("reading"), "").unwrap();
    wait_for(&dir.join("collected"));
    assert_eq!(check(&session, 0..90), 90, "its pack is still there");
}

fn wait_for(path: &Path) {
    let end = std::time::Instant::now() + Duration::from_secs(30);
    while !path.exists() {
        assert!(std::time::Instant::now() < end, "{} did not appear", path.display());
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn gc_leaves_the_packs_of_a_living_reader_and_takes_them_when_it_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    let session = cache.session();
    for n in 0..90 {
        session.put(&content(n));
    }
    session.commit();
    drop(session);
    let mut reader = spawn("reader", dir.path());
    wait_for(&dir.path().join("reading"));
    let squeeze = || maintain::gc(&cache, &GcOptions { size_bytes_max: 0, ..GcOptions::of(&cache) }).unwrap();
    let report = squeeze();
    assert_eq!((report.packs_removed, report.packs_pinned, report.leases), (0, 1, 1));
    fs::write(dir.path().join("collected"), "").unwrap();
    assert!(reader.wait().unwrap().success());
    let report = squeeze();
    assert_eq!((report.packs_removed, report.packs_pinned, report.leases), (1, 0, 0));
}

fn fork(dir: &Path) {
    let cache = open(dir);
    let session = cache.session();
    let first = session.put(&content(1));
    // SAFETY: the child touches only this session, whose locks no other thread holds, and leaves with `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let second = session.put(&content(2));
        let readable = session.get(&first).is_hit() && session.get(&second).is_hit();
        let refused =
            matches!(session.state(), StoreState::Off { .. }) && session.commit().not_stored.is_some();
        drop(session);
        // SAFETY: ends the process at once, without this binary's exit handlers.
        unsafe { libc::_exit(if readable && refused { 7 } else { 1 }) };
    }
    let mut status = 0;
    // SAFETY: `status` is this frame's.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(libc::WEXITSTATUS(status), 7);
    assert_eq!(fs::read_dir(dir.join("cache/leases")).unwrap().count(), 1, "the lease is still the parent's");
    session.put(&content(3));
    assert_eq!(session.commit().entries_new, 2);
    assert_eq!(check(&cache.session(), 1..4), 2);
    assert!(maintain::verify(&cache, false).unwrap().is_sound());
}

#[test]
fn a_forked_child_reads_and_leaves_its_parents_pack_and_lease_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(spawn("fork", dir.path()).wait().unwrap().success());
}

/// Stores, reads and collects as fast as it can, together with others.
fn churn(dir: &Path) {
    let cache = open(dir);
    for batch in 0..40 {
        let session = cache.session();
        check(&session, 0..200);
        for n in batch * 5..batch * 5 + 60 {
            let id = session.put(&content(n));
            session.put_action(&action(n), &id.to_bytes());
            let found = session.get(&id);
            assert!(found.is_hit(), "{n}: {:?}", found.miss());
        }
        session.commit();
        check(&session, 0..200);
        if batch % 2 == 0 {
            drop(session);
            let limit = GcOptions { size_bytes_max: 150_000, ..GcOptions::of(&cache) };
            maintain::gc(&cache, &limit).unwrap();
        }
    }
}

#[test]
fn collecting_under_readers_and_writers_gives_misses_and_never_wrong_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let children: Vec<Child> = (0..4).map(|_| spawn("churn", dir.path())).collect();
    for mut child in children {
        let status = child.wait().unwrap();
        assert!(status.success(), "{status}");
    }
    let cache = open(dir.path());
    check(&cache.session(), 0..300);
    let report = maintain::verify(&cache, true).unwrap();
    assert!(report.problems.iter().all(|problem| problem.contains("that are gone")), "{report:?}");
    let session = cache.session();
    session.put(&content(1));
    session.commit();
    assert!(maintain::verify(&cache, false).unwrap().is_sound());
}

#[test]
fn a_reader_that_opens_while_a_writer_is_inside_a_frame_sees_only_what_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    let writer = cache.session();
    writer.put(&content(1));
    writer.commit();
    let pack = fs::read_dir(dir.path().join("cache/packs")).unwrap().next().unwrap().unwrap().path();
    let end = fs::metadata(&pack).unwrap().len();
    // What the kernel has written of the next frame when the writer is stopped in the middle of it.
    let whole = {
        let other = tempfile::tempdir().unwrap();
        let session = open(other.path()).session();
        session.put(&content(2));
        session.commit();
        let path = fs::read_dir(other.path().join("cache/packs")).unwrap().next().unwrap().unwrap().path();
        fs::read(path).unwrap()[64..].to_vec()
    };
    let file = fs::OpenOptions::new().write(true).open(&pack).unwrap();
    file.write_all_at(&whole[..whole.len() / 2], end).unwrap();

    let reader = cache.session();
    assert_eq!(check(&reader, 1..3), 1);
    reader.put(&content(3));
    reader.commit();
    assert_eq!(
        fs::read_dir(dir.path().join("cache/packs")).unwrap().count(),
        2,
        "the writer's pack is its own"
    );
    // The writer goes on, over the half frame.
    writer.put(&content(2));
    writer.commit();
    assert_eq!(check(&cache.session(), 1..4), 3);

    // And if it dies there instead: the half frame is never read nor continued.
    let end = fs::metadata(&pack).unwrap().len();
    file.write_all_at(&whole[..whole.len() / 2], end).unwrap();
    drop((writer, reader));
    let session = cache.session();
    session.put(&content(4));
    session.commit();
    assert_eq!(check(&cache.session(), 1..5), 4);
    assert!(maintain::verify(&cache, false).unwrap().is_sound());
}

#[test]
fn whole_frames_of_a_dead_writer_are_found_without_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    let session = cache.session();
    for n in 0..90 {
        session.put(&content(n));
    }
    drop(session);
    assert_eq!(fs::read_dir(dir.path().join("cache/segments")).unwrap().count(), 0);
    assert_eq!(check(&cache.session(), 0..90), 90);
    cache.session().commit();
    assert_eq!(fs::read_dir(dir.path().join("cache/segments")).unwrap().count(), 1);
    let report = maintain::stats(&cache).unwrap();
    assert_eq!((report.contents, report.entries_recovered), (90, 0));
}

fn limit_file_size() {
    let limit = libc::rlimit { rlim_cur: 600_000, rlim_max: 600_000 };
    // SAFETY: plain system calls on values of this frame.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit), 0);
    }
}

fn write_to_full_disk(dir: &Path) {
    let cache = open(dir);
    let session = cache.session();
    for n in 0..3000 {
        session.put(&content(n));
        session.put_action(&action(n), b"record");
    }
    let large = session.put(&vec![9; 2_000_000]);
    assert_eq!(check_contents(&session, 3000), 3000, "the build finds all of its products");
    assert!(session.get(&large).is_hit());
    let report = session.commit();
    assert!(report.not_stored.is_some());
    assert!(
        matches!(session.state(), StoreState::Off { reason } if reason.contains("cannot write to the cache"))
    );
    assert_eq!(check_contents(&session, 3000), 3000);
    drop(session);
    let report = maintain::verify(&cache, false).unwrap();
    assert!(report.is_sound(), "{report:?}");
    // Collecting needs no room: what is dead can go although nothing can be written.
    maintain::gc(&cache, &GcOptions { size_bytes_max: 0, ..GcOptions::of(&cache) }).unwrap();
}

#[test]
fn a_disk_that_is_really_full_stops_storing_and_not_the_build() {
    let dir = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=1m none '{0}' || exit 77; \
         '{1}' --exact other_process --nocapture || exit 1; \
         test -s '{0}/cache/FORMAT'",
        dir.path().display(),
        std::env::current_exe().unwrap().display()
    );
    let status = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .env(ROLE, "full-tmpfs")
        .env(DIR, dir.path())
        .status();
    // Where nobody may mount (or there is no `unshare`), the test with a limit on file sizes stands in for this one.
    let code = status.map_or(77, |status| status.code().unwrap_or(1));
    assert!(code == 0 || code == 77, "exit status {code}");
}

fn check_contents(session: &Session, count: u32) -> u32 {
    (0..count)
        .filter(|n| {
            session.get(&ContentId::of(&content(*n))).hit().is_some_and(|blob| blob[..] == content(*n)[..])
        })
        .count() as u32
}

#[test]
fn a_full_disk_stops_storing_and_not_the_build() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path());
    assert!(spawn("full-disk", dir.path()).wait().unwrap().success());
    let cache = open(dir.path());
    let report = maintain::verify(&cache, false).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let session = cache.session();
    for n in 0..3000 {
        session.put(&content(n));
    }
    assert_eq!(session.commit().not_stored, None);
    assert_eq!(check_contents(&cache.session(), 3000), 3000);
}

//! The stat manifest: what it notices, what it does not take for a change, and damage.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dx_cache::manifest::{
    Binding, Builder, CheckOutcome, FileKind, Invalid, Manifest, list_directory, read_file,
};
use dx_cache::{Cache, CacheOptions, Lookup};
use dx_schemas::digest::ContentId;
use proptest::prelude::*;

const OPTIONS: [u8; 32] = [4; 32];

struct Tree {
    dir: tempfile::TempDir,
    cache: Cache,
}

impl Tree {
    fn new() -> Tree {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path().join("cache"), CacheOptions::default()).unwrap();
        let tree = Tree { dir, cache };
        for path in ["a.py", "pkg/b.py", "pkg/deep/c.py", ".gitignore"] {
            tree.write(path, path);
        }
        tree
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    fn state(&self) -> PathBuf {
        self.root().join(".dx/state")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Waits (for two seconds of file time at most) until what is there is no longer racy.
    fn age(&self) {
        std::thread::sleep(Duration::from_millis(2100));
    }

    fn build(&self) {
        let builder = Builder::begin(&self.state()).unwrap();
        self.record(builder);
    }

    fn record(&self, mut builder: Builder) {
        for path in ["a.py", "pkg/b.py", "pkg/deep/c.py", ".gitignore"] {
            let kind = if path == ".gitignore" { FileKind::Ignore } else { FileKind::Source };
            let (bytes, stat) = read_file(&self.root().join(path)).unwrap();
            builder.file(kind, Path::new(path), stat, ContentId::of(&bytes));
        }
        for path in ["", "pkg", "pkg/deep"] {
            builder.directory(Path::new(path), &list_directory(&self.root().join(path)).unwrap());
        }
        builder.absent(Path::new("pkg/a.py"));
        builder.absent(Path::new("elsewhere/x.py"));
        let session = self.cache.session();
        session.put(b"a product");
        session.commit();
        let binding = Binding {
            cache: self.cache.id(),
            generation: session.generation(),
            packs: session.used_packs(),
            options: OPTIONS,
        };
        builder.finish(&binding, b"the driver's own table").unwrap();
    }

    fn load(&self) -> Manifest {
        Manifest::load(&self.state(), &self.root()).hit().unwrap()
    }

    fn check(&self) -> CheckOutcome {
        self.load().check(Some(&self.cache), &OPTIONS, 2)
    }
}

fn names(paths: &[PathBuf]) -> Vec<&str> {
    paths.iter().map(|path| path.to_str().unwrap()).collect()
}

#[test]
fn a_tree_that_did_not_change_is_unchanged_and_is_hashed_once_while_racy() {
    let tree = Tree::new();
    tree.build();
    let first = tree.check();
    assert!(first.is_unchanged(), "{first:?}");
    assert_eq!(first.rehashed, 4, "everything is racy just after it was written");
    tree.age();
    assert_eq!(tree.check().rehashed, 4, "the manifest's time is from before the wait");
    let third = tree.check();
    assert!(third.is_unchanged());
    assert_eq!(third.rehashed, 0, "the second check wrote the manifest again");
    let manifest = tree.load();
    assert_eq!(manifest.payload().hit().unwrap(), b"the driver's own table");
    assert_eq!(manifest.content_id(Path::new("pkg/b.py")), Some(ContentId::of(b"pkg/b.py")));
    assert_eq!(manifest.content_id(Path::new("pkg/none.py")), None);
    assert_eq!(manifest.items().count(), 6);
    assert_eq!(fs::read_dir(tree.root().join(".dx")).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn a_change_that_keeps_size_and_times_is_seen_while_the_entry_is_racy() {
    let tree = Tree::new();
    tree.build();
    let path = tree.root().join("a.py");
    let before = fs::metadata(&path).unwrap();
    fs::write(&path, "b.py").unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mtime_nsec(), before.mtime_nsec());
    assert_eq!(names(&tree.check().modified), ["a.py"]);
}

#[test]
fn every_kind_of_change_is_named() {
    let tree = Tree::new();
    tree.build();
    tree.write("pkg/a.py", "shadows");
    assert_eq!(names(&tree.check().appeared), ["pkg/a.py"]);
    assert_eq!(names(&tree.check().directories), ["pkg"]);
    fs::remove_file(tree.root().join("pkg/a.py")).unwrap();
    assert!(tree.check().is_unchanged(), "the names are the same again");

    tree.write("elsewhere/x.py", "");
    assert_eq!(names(&tree.check().appeared), ["elsewhere/x.py"]);
    fs::remove_dir_all(tree.root().join("elsewhere")).unwrap();

    tree.write("a.py", "other");
    fs::remove_dir_all(tree.root().join("pkg/deep")).unwrap();
    let outcome = tree.check();
    assert_eq!(names(&outcome.modified), ["a.py"]);
    assert_eq!(names(&outcome.removed), ["pkg/deep/c.py"]);
    assert_eq!(names(&outcome.directories), ["pkg", "pkg/deep"]);

    let again = tree.load();
    let mut builder = Builder::begin(&tree.state()).unwrap();
    builder.carry(&again, &outcome);
    let binding = Binding { cache: tree.cache.id(), generation: 0, packs: Vec::new(), options: OPTIONS };
    builder.finish(&binding, b"").unwrap();
    let kept: Vec<_> = tree.load().items().map(|item| item.path).collect();
    assert_eq!(names(&kept), [".gitignore", "elsewhere/x.py", "pkg/a.py", "pkg/b.py"]);
    assert!(tree.check().is_unchanged());
}

#[test]
fn touching_and_replacing_by_equal_content_changes_nothing() {
    let tree = Tree::new();
    tree.build();
    let path = tree.root().join("a.py");
    fs::rename(&path, tree.root().join("kept")).unwrap();
    fs::write(&path, "a.py").unwrap();
    fs::remove_file(tree.root().join("kept")).unwrap();
    File::open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    let outcome = tree.check();
    assert!(outcome.is_unchanged(), "{outcome:?}");
}

#[test]
fn a_pipe_or_directory_in_a_files_place_is_a_change_and_does_not_hang() {
    let tree = Tree::new();
    tree.build();
    let path = tree.root().join("a.py");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(names(&tree.check().modified), ["a.py"]);
    assert!(read_file(&path).is_err());
}

#[test]
fn the_result_is_bound_to_cache_generation_packs_and_options() {
    let tree = Tree::new();
    tree.build();
    let manifest = tree.load();
    assert_eq!(manifest.check(Some(&tree.cache), &[5; 32], 1).invalid, Some(Invalid::Options));
    assert_eq!(manifest.check(None, &OPTIONS, 1).invalid, Some(Invalid::OtherCache));
    let other = Cache::open(tree.dir.path().join("other"), CacheOptions::default()).unwrap();
    assert_eq!(manifest.check(Some(&other), &OPTIONS, 1).invalid, Some(Invalid::OtherCache));
    assert!(tree.check().is_unchanged());
    for pack in fs::read_dir(tree.cache.path().join("packs")).unwrap() {
        fs::remove_file(pack.unwrap().path()).unwrap();
    }
    assert_eq!(tree.check().invalid, Some(Invalid::PackGone));
}

#[test]
fn nothing_is_up_to_date_after_the_cache_was_cleared() {
    let tree = Tree::new();
    tree.build();
    assert!(tree.check().is_unchanged());
    dx_cache::maintain::clear(&tree.cache).unwrap();
    assert_eq!(tree.check().invalid, Some(Invalid::Generation));
    // Nor when somebody removes the directory by hand and another build makes it again.
    tree.build();
    assert!(tree.check().is_unchanged());
    fs::remove_dir_all(tree.cache.path()).unwrap();
    let cache = Cache::open(tree.cache.path(), CacheOptions::default()).unwrap();
    let outcome = tree.load().check(Some(&cache), &OPTIONS, 2);
    assert_eq!(outcome.invalid, Some(Invalid::OtherCache));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_damaged_state_file_is_a_miss(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
        thread_local! {
            static TREE: Tree = { let tree = Tree::new(); tree.build(); tree };
        }
        TREE.with(|tree| {
            let good = fs::read(tree.state()).unwrap();
            let mut bad = good.clone();
            let at = at.index(good.len());
            if cut { bad.truncate(at) } else { bad[at] ^= 1 << bit }
            let copy = tree.root().join(".dx/copy");
            fs::write(&copy, &bad).unwrap();
            // The payload has a checksum of its own: damage there shows when it is asked for.
            if let Lookup::Hit(manifest) = Manifest::load(&copy, &tree.root()) {
                prop_assert!(!manifest.payload().is_hit());
            }
            Ok(())
        })?;
    }
}

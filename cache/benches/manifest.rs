//! The check of a null build: 10,000 files in 800 directories, nothing changed.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use dx_cache::manifest::{Binding, Builder, FileKind, Manifest, list_directory, read_file};
use dx_cache::{Cache, CacheOptions};
use dx_schemas::digest::ContentId;

const FILES: usize = 10_000;
const DIRECTORIES: usize = 800;

fn manifest(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("tree");
    let state = root.join(".dx/state");
    let paths: Vec<PathBuf> = (0..FILES)
        .map(|n| PathBuf::from(format!("package_{}/sub_{}/module_{n}.py", n % 40, n % DIRECTORIES)))
        .collect();
    for path in &paths {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, path.to_str().unwrap().repeat(20)).unwrap();
    }
    // Until nothing is racy any more.
    std::thread::sleep(Duration::from_secs(3));
    let cache = Cache::open(dir.path().join("cache"), CacheOptions::default()).unwrap();
    let build = || {
        let mut builder = Builder::begin(&state).unwrap();
        for path in &paths {
            let (bytes, stat) = read_file(&root.join(path)).unwrap();
            builder.file(FileKind::Source, path, stat, ContentId::of(&bytes));
        }
        let mut parents: Vec<_> = paths.iter().map(|path| path.parent().unwrap()).collect();
        parents.dedup();
        for parent in parents {
            builder.directory(parent, &list_directory(&root.join(parent)).unwrap());
        }
        let binding = Binding { cache: cache.id(), generation: 0, packs: Vec::new(), options: [0; 32] };
        builder.finish(&binding, &[0; 100_000]).unwrap();
    };
    build();

    let mut group = criterion.benchmark_group("10,000 files");
    group.sample_size(20);
    group.bench_function("load", |bencher| {
        bencher.iter(|| Manifest::load(&state, &root).hit().unwrap());
    });
    for threads in [1, 2] {
        group.bench_function(format!("open cache, load, check on {threads} threads"), |bencher| {
            bencher.iter(|| {
                let cache = Cache::open(cache.path(), CacheOptions::default()).unwrap();
                let manifest = Manifest::load(&state, &root).hit().unwrap();
                let outcome = manifest.check(Some(&cache), &[0; 32], threads);
                assert!(outcome.is_unchanged() && outcome.rehashed == 0);
            });
        });
    }
    group.bench_function("carry and write", |bencher| {
        let manifest = Manifest::load(&state, &root).hit().unwrap();
        let outcome = manifest.check(Some(&cache), &[0; 32], 2);
        bencher.iter(|| {
            let mut builder = Builder::begin(&state).unwrap();
            builder.carry(&manifest, &outcome);
            let binding = Binding { cache: cache.id(), generation: 0, packs: Vec::new(), options: [0; 32] };
            builder.finish(&binding, &[0; 100_000]).unwrap();
        });
    });
    group.finish();
}

criterion_group!(benches, manifest);
criterion_main!(benches);

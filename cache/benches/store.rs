//! Put and get of fragment-sized content, beside what a session costs to open and to commit.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use dx_cache::{Cache, CacheOptions, Verification};
use dx_schemas::digest::{ActionId, ContentId};

const COUNT: u32 = 20_000;

/// 1.6 KiB on average, as code artifacts are, and unlike its neighbours.
fn content(n: u32) -> Vec<u8> {
    let len = 200 + (n as usize * 7919) % 2800;
    let mut state = u64::from(n) | 1 << 40;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(len)
    .collect()
}

fn store(criterion: &mut Criterion) {
    let contents: Vec<Vec<u8>> = (0..COUNT).map(content).collect();
    let ids: Vec<ContentId> = contents.iter().map(|bytes| ContentId::of(bytes)).collect();
    let actions: Vec<ActionId> = ids.iter().map(|id| ActionId(id.sha256)).collect();
    let dir = tempfile::tempdir().unwrap();

    let mut group = criterion.benchmark_group("20,000 entries");
    group.sample_size(10).throughput(Throughput::Elements(u64::from(COUNT)));
    let mut round = 0;
    group.bench_function("put and commit", |bencher| {
        bencher.iter_batched(
            || {
                round += 1;
                Cache::open(dir.path().join(format!("put-{round}")), CacheOptions::default()).unwrap()
            },
            |cache| {
                let session = cache.session();
                for bytes in &contents {
                    session.put(bytes);
                }
                session.commit()
            },
            BatchSize::PerIteration,
        );
    });
    let path = dir.path().join("get");
    let cache = Cache::open(&path, CacheOptions::default()).unwrap();
    let session = cache.session();
    for (bytes, action) in contents.iter().zip(&actions) {
        session.put(bytes);
        session.put_action(action, &bytes[..100]);
    }
    session.commit();
    drop(session);
    let by_checksum = CacheOptions { verification: Verification::Checksum, ..CacheOptions::default() };
    let quick = Cache::open(&path, by_checksum).unwrap();
    for (name, cache) in [("first get", &cache), ("first get, checksum only", &quick)] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || cache.session(),
                |session| {
                    for id in &ids {
                        assert!(session.get(id).is_hit());
                    }
                    session
                },
                BatchSize::PerIteration,
            );
        });
    }
    let session = cache.session();
    group.bench_function("get again", |bencher| {
        bencher.iter(|| ids.iter().filter(|id| session.get(id).is_hit()).count());
    });
    group.bench_function("get action again", |bencher| {
        bencher.iter(|| actions.iter().filter(|id| session.get_action(id).is_hit()).count());
    });
    group.bench_function("put what is there", |bencher| {
        bencher.iter(|| contents.iter().map(|bytes| session.put(bytes).size_bytes).sum::<u64>());
    });
    group.finish();

    let mut group = criterion.benchmark_group("one");
    group.bench_function("open", |bencher| {
        bencher.iter(|| Cache::open(&path, CacheOptions::default()).unwrap());
    });
    group.bench_function("session", |bencher| bencher.iter(|| cache.session()));
    let mut number = COUNT;
    group.bench_function("session, put 3, commit", |bencher| {
        bencher.iter(|| {
            let session = cache.session();
            for _ in 0..3 {
                number += 1;
                session.put(&number.to_le_bytes());
            }
            session.commit()
        });
    });
    group.finish();
}

criterion_group!(benches, store);
criterion_main!(benches);

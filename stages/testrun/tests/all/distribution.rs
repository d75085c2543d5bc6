//! Properties of the queue: whatever workers do, and whenever they die, every test runs exactly once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dx_testrun::queue::{Command, FileState, Queue, Span, Step, whole_file};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::simulation::{Death, World};
use super::support::cases;

/// What happens next, to which worker.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Step,
    Read,
    Release,
    Die(Death),
}

fn turns(deaths: bool) -> impl Strategy<Value = Vec<(Index, Turn)>> {
    let rare = u32::from(deaths);
    let turn = prop_oneof![
        60 => Just(Turn::Step),
        40 => Just(Turn::Read),
        4 => Just(Turn::Release),
        rare => Just(Turn::Die(Death::Between)),
        2 * rare => Just(Turn::Die(Death::Under)),
    ];
    vec((any::<Index>(), turn), 0..1500)
}

/// Groups and times of the items of each file; some files are empty.
fn files() -> impl Strategy<Value = Vec<(Vec<f32>, Vec<u32>)>> {
    let file = vec((0u32..3, 1u32..200), 0..12);
    let split = |file: Vec<(u32, u32)>| -> (Vec<f32>, Vec<u32>) {
        file.into_iter().map(|(group, time)| (time as f32 / 1000.0, group)).unzip()
    };
    vec(file.prop_map(split), 1..12)
}

fn play(world: &mut World, turns: &[(Index, Turn)]) {
    for (worker, turn) in turns {
        let worker = worker.index(world.worker_count());
        match turn {
            Turn::Step => drop(world.step(worker)),
            Turn::Read => drop(world.read(worker)),
            Turn::Release => drop(world.release(worker)),
            Turn::Die(death) => world.die(worker, *death),
        }
    }
}

fn whole_files(count: usize) -> Vec<Vec<Span>> {
    (0..count as u32).map(|file| vec![whole_file(file)]).collect()
}

proptest! {
    #![proptest_config(cases(400, 20_000))]

    #[test]
    fn distribution_complete(
        files in files(),
        workers in 1usize..8,
        known in any::<bool>(),
        ordered in any::<bool>(),
        turns in turns(false),
    ) {
        let bundles = whole_files(files.len());
        let mut world = World::new(files, bundles, workers, known, ordered);
        play(&mut world, &turns);
        world.settle();
        prop_assert!(world.queue.is_done());
        prop_assert!(world.reported.iter().flatten().all(|count| *count == 1), "{:?}", world.reported);
        for ran in world.sequences.iter().filter(|_| ordered) {
            prop_assert!(ran.is_sorted(), "{ran:?}");
        }
    }

    /// Deaths between tests, under tests and while a file is collected (a test that takes too long ends like that, too),
    /// between giving up and running, before the first order and after the last one, and second tries: nothing is lost
    /// and nothing counts twice.
    #[test]
    fn fault_tolerance(
        files in files(),
        workers in 1usize..8,
        known in any::<bool>(),
        ordered in any::<bool>(),
        turns in turns(true),
        again in vec((any::<Index>(), any::<Index>()), 0..6),
        more in turns(true),
    ) {
        let sizes: Vec<usize> = files.iter().map(|file| file.0.len()).collect();
        let bundles = whole_files(files.len());
        let mut world = World::new(files, bundles, workers, known, ordered);
        play(&mut world, &turns);
        world.settle();
        prop_assert!(world.queue.is_done());
        let chosen: BTreeSet<(u32, u32)> = again
            .iter()
            .map(|(file, item)| (file.index(sizes.len()), item))
            .filter(|(file, _)| sizes[*file] > 0 && world.reported[*file].iter().all(|count| *count == 1))
            .map(|(file, item)| (file as u32, item.index(sizes[file]) as u32))
            .collect();
        if !chosen.is_empty() {
            world.retry(&chosen.iter().copied().collect::<Vec<_>>());
            play(&mut world, &more);
            world.settle();
            prop_assert!(world.queue.is_done());
        }
        for (file, counts) in world.reported.iter().enumerate() {
            for (item, count) in counts.iter().enumerate() {
                let expected = 1 + u32::from(chosen.contains(&(file as u32, item as u32)));
                let may_miss = world.broken.contains(&(file as u32));
                prop_assert!(
                    *count == expected || may_miss && *count < expected,
                    "item {item} of file {file}: {count} times, not {expected}; broken: {:?}",
                    world.broken
                );
            }
        }
    }

    /// A group runs in one worker, if that lives.
    #[test]
    fn groups_stay_together(
        names in vec(vec(prop::option::weighted(0.6, 0u8..4), 1..9), 1..6),
        workers in 1usize..5,
        turns in turns(false),
    ) {
        let files = names.iter().map(|file| (vec![0.05; file.len()], vec![0; file.len()])).collect();
        let mut bundles: Vec<Vec<Span>> = Vec::new();
        let mut groups: BTreeMap<u8, usize> = BTreeMap::new();
        for (file, items) in names.iter().enumerate() {
            for (item, name) in items.iter().enumerate() {
                let span = Span { file: file as u32, first: item as u32, count: 1, pinned: name.is_some() };
                let at = name.map_or(bundles.len(), |name| *groups.entry(name).or_insert(bundles.len()));
                bundles.resize(bundles.len().max(at + 1), Vec::new());
                bundles[at].push(span);
            }
        }
        let mut world = World::new(files, bundles, workers, true, false);
        play(&mut world, &turns);
        world.settle();
        prop_assert!(world.reported.iter().flatten().all(|count| *count == 1), "{:?}", world.reported);
        let mut homes: BTreeMap<u8, BTreeSet<usize>> = BTreeMap::new();
        for (file, items) in names.iter().enumerate() {
            for (item, name) in items.iter().enumerate().filter_map(|(at, name)| Some((at, (*name)?))) {
                homes.entry(name).or_default().insert(world.ran_in[file][item]);
            }
        }
        prop_assert!(homes.values().all(|workers| workers.len() == 1), "{homes:?}");
    }

    #[test]
    fn order_with_one_worker(sizes in vec(1usize..9, 1..9)) {
        let states = sizes
            .iter()
            .map(|size| {
                let mut state = FileState::unknown(0.1);
                state.collect(vec![0.001; *size], vec![0; *size]);
                state
            })
            .collect();
        let mut queue = Queue::new(states, whole_files(sizes.len()), 1);
        let mut order = Vec::new();
        let mut pending: VecDeque<Step> = queue.refill(0).into();
        while let Some((_, command)) = pending.pop_front() {
            if let Command::Run(span) = command {
                order.push(span.file);
                pending.extend(queue.unit_done(0, span.file, span.first));
            }
        }
        prop_assert_eq!(order, (0..sizes.len() as u32).collect::<Vec<_>>());
    }
}

/// A worker gives up what follows its test, and dies before it runs that test: the test belongs to what it leaves.
#[test]
fn a_death_between_giving_up_and_running_loses_nothing() {
    let mut file = FileState::unknown(0.1);
    file.collect(vec![1.0; 4], vec![0; 4]);
    let mut queue = Queue::new(vec![file], whole_files(1), 2);
    let begun: Vec<Step> = (0..2).flat_map(|worker| queue.refill(worker)).collect();
    let victim = begun.iter().find(|(_, command)| matches!(command, Command::Run(_))).unwrap().0;
    let asked = queue.need(1 - victim);
    assert!(
        begun.iter().chain(&asked).any(|step| *step == (victim, Command::Want(true))),
        "{begun:?} {asked:?}"
    );
    queue.finish(0, 0);
    let shared = queue.yielded(victim, 2);
    let runs = |steps: &[Step], worker: usize| -> Vec<u32> {
        let items = |span: &Span| span.first..span.first + span.count;
        steps
            .iter()
            .filter_map(|(to, command)| match command {
                Command::Run(span) if *to == worker => Some(items(span)),
                _ => None,
            })
            .flatten()
            .collect()
    };
    let mut left: Vec<u32> =
        queue.lost(victim, None).iter().flat_map(|span| span.first..span.first + span.count).collect();
    assert_eq!(left.first(), Some(&1), "the test that it had in its hands");
    left.extend(runs(&shared, 1 - victim));
    left.sort_unstable();
    assert_eq!(left, [1, 2, 3], "each once, here or with the other worker");
}

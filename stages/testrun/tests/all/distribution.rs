//! Properties of the queue: whatever workers do, every test runs exactly once.

use std::collections::VecDeque;

use dx_testrun::queue::{Command, FileState, Queue, Span, Step, whole_file};
use proptest::prelude::*;

/// A worker as the queue sees it.
#[derive(Default)]
struct Simulated {
    orders: VecDeque<Span>,
    wanted: bool,
    /// Where the piece at the front began.
    begun: Option<u32>,
    dead: bool,
}

struct World {
    queue: Queue,
    workers: Vec<Simulated>,
    /// File -> how often each item ran.
    ran: Vec<Vec<u32>>,
    groups: Vec<Vec<u32>>,
}

impl World {
    fn execute(&mut self, steps: Vec<Step>) {
        for (worker, command) in steps {
            let worker = &mut self.workers[worker];
            match command {
                Command::Run(span) => worker.orders.push_back(span),
                Command::Take => worker.orders.clear(),
                Command::Want(wanted) => worker.wanted = wanted,
                Command::End => {}
            }
        }
    }

    fn apart(&self, file: u32, item: u32) -> bool {
        let groups = &self.groups[file as usize];
        let (a, b) = (groups.get(item as usize), groups.get(item as usize + 1));
        b.is_none() || a == Some(&0) || a != b
    }

    /// One worker runs the first test that it has, gives up the rest if asked, or dies.
    fn step(&mut self, at: usize, dies: bool) {
        if self.workers[at].dead {
            return;
        }
        let Some(front) = self.workers[at].orders.front().copied() else {
            let steps = self.queue.need(at);
            self.execute(steps);
            if self.workers[at].orders.is_empty() {
                let steps = self.queue.let_end(at).into_iter().collect();
                self.execute(steps);
            }
            return;
        };
        let file = front.file as usize;
        let span = self.queue.files[file].resolve(front);
        if span.count == 0 {
            let begun = self.workers[at].begun.take().unwrap_or(front.first);
            self.workers[at].orders.pop_front();
            let steps = self.queue.unit_done(at, front.file, begun);
            self.execute(steps);
            return;
        }
        let (item, last) = (span.first, span.count == 1);
        if dies {
            self.ran[file][item as usize] += 1;
            let rest = self.queue.lost(at, Some((front.file, item)));
            self.queue.files[file].finish(item);
            self.workers[at] = Simulated::default();
            self.queue.revive(at);
            self.queue.give(at, rest.into_iter());
            let steps = self.queue.refill(at);
            self.execute(steps);
            return;
        }
        let gives = self.workers[at].wanted && (last || self.apart(front.file, item));
        self.ran[file][item as usize] += 1;
        self.queue.files[file].finish(item);
        if gives {
            self.workers[at].orders.clear();
            self.workers[at].begun = None;
            let steps = self.queue.yielded(at, item + 1);
            self.execute(steps);
        } else if last {
            let begun = self.workers[at].begun.take().unwrap_or(front.first);
            self.workers[at].orders.pop_front();
            let steps = self.queue.unit_done(at, front.file, begun);
            self.execute(steps);
        } else {
            self.workers[at].begun.get_or_insert(front.first);
            self.workers[at].orders[0] = Span { first: item + 1, count: span.count - 1, ..span };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn distribution_complete(
        files in prop::collection::vec(prop::collection::vec((0u32..3, 1u32..200), 0..12), 1..12),
        workers in 1usize..8,
        turns in prop::collection::vec((any::<prop::sample::Index>(), prop::bool::weighted(0.05)), 2000),
    ) {
        let groups: Vec<Vec<u32>> = files.iter().map(|file| file.iter().map(|item| item.0).collect()).collect();
        let states: Vec<FileState> = files
            .iter()
            .map(|file| {
                let mut state = FileState::unknown(0.1);
                let times = file.iter().map(|item| item.1 as f32 / 1000.0).collect();
                state.collect(times, file.iter().map(|item| item.0).collect());
                state
            })
            .collect();
        let bundles = (0..files.len() as u32).map(|file| vec![whole_file(file)]).collect();
        let mut world = World {
            queue: Queue::new(states, bundles, workers),
            workers: (0..workers).map(|_| Simulated::default()).collect(),
            ran: files.iter().map(|file| vec![0; file.len()]).collect(),
            groups,
        };
        for worker in 0..workers {
            let steps = world.queue.refill(worker);
            world.execute(steps);
        }
        for (worker, dies) in turns {
            world.step(worker.index(workers), dies);
        }
        for _ in 0..400 {
            for worker in 0..workers {
                world.step(worker, false);
            }
        }
        prop_assert!(world.queue.is_done());
        for file in &world.ran {
            prop_assert!(file.iter().all(|count| *count == 1), "{:?}", world.ran);
        }
    }

    #[test]
    fn order_with_one_worker(sizes in prop::collection::vec(1usize..9, 1..9)) {
        let states = sizes
            .iter()
            .map(|size| {
                let mut state = FileState::unknown(0.1);
                state.collect(vec![0.001; *size], vec![0; *size]);
                state
            })
            .collect();
        let bundles = (0..sizes.len() as u32).map(|file| vec![whole_file(file)]).collect();
        let mut queue = Queue::new(states, bundles, 1);
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

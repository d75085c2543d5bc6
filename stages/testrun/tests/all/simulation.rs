//! Workers as the queue sees them: what `python/dx_testrun/worker.py` does with its orders, one step at a time, with
//! answers that are read late and processes that die at any of these steps.

use std::collections::{BTreeSet, VecDeque};

use dx_testrun::queue::{Bundle, Command, FileState, Queue, Span, Step};

/// A file that is blamed as a whole, as an item.
const COLLECTING: u32 = u32::MAX;

/// What a worker said, as far as the queue is concerned.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Collected(u32),
    Result(u32, u32),
    Unit(u32, u32),
    Yielded(u32),
    Need,
}

/// Where a process is in its loop.
#[derive(Clone, Copy, Debug)]
enum At {
    /// Looks for its next order.
    Fetch,
    /// Is about to run this item of a piece.
    Item(Span, u32),
    /// Gave up what follows this item; waits for that to be taken.
    Taking(u32, u32),
    /// Looks for what follows this item, before it runs it; the piece that ends with it, if it is still the worker's.
    Peek(u32, u32, Option<Span>),
    Dead,
}

#[derive(Debug)]
struct Process {
    at: At,
    inbox: VecDeque<Command>,
    outbox: VecDeque<Answer>,
    /// Raised in shared memory, so without a delay.
    wanted: bool,
    /// Said that it needs an order and has got none since.
    asked: bool,
    collected: BTreeSet<u32>,
}

impl Process {
    fn new(at: At) -> Process {
        let (inbox, outbox) = (VecDeque::new(), VecDeque::new());
        Process { at, inbox, outbox, wanted: false, asked: false, collected: BTreeSet::new() }
    }
}

/// Where a worker dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Whatever it does is laid on nobody.
    Between,
    /// Under the test, or the file that it collects, if it is at one; too long a test ends like this, too.
    Under,
}

pub(crate) struct World {
    pub(crate) queue: Queue,
    /// Expected times and groups of the items of each file.
    files: Vec<(Vec<f32>, Vec<u32>)>,
    workers: Vec<Process>,
    /// File -> how often each item was reported.
    pub(crate) reported: Vec<Vec<u32>>,
    /// Files that could not be collected.
    pub(crate) broken: BTreeSet<u32>,
    /// In which worker each item ran last.
    pub(crate) ran_in: Vec<Vec<usize>>,
    /// What each worker ran.
    pub(crate) sequences: Vec<Vec<(u32, u32)>>,
}

impl World {
    /// `known`: the items of all files are known before anything runs; `ordered`: their order is kept.
    pub(crate) fn new(
        files: Vec<(Vec<f32>, Vec<u32>)>,
        bundles: Vec<Bundle>,
        workers: usize,
        known: bool,
        ordered: bool,
    ) -> World {
        let state = |(times, groups): &(Vec<f32>, Vec<u32>)| {
            let mut state = FileState::unknown(0.1);
            if known {
                state.collect(times.clone(), groups.clone());
            }
            state
        };
        let mut world = World {
            queue: Queue::new(files.iter().map(state).collect(), bundles, workers),
            workers: Vec::new(),
            reported: files.iter().map(|(times, _)| vec![0; times.len()]).collect(),
            broken: BTreeSet::new(),
            ran_in: files.iter().map(|(times, _)| vec![0; times.len()]).collect(),
            sequences: vec![Vec::new(); workers],
            files,
        };
        if ordered {
            world.queue.keep_order();
        }
        for worker in 0..world.queue.workers() {
            world.start(worker);
        }
        world
    }

    pub(crate) fn worker_count(&self) -> usize {
        self.workers.len()
    }

    fn start(&mut self, worker: usize) {
        let process = Process::new(At::Fetch);
        if worker < self.workers.len() {
            self.workers[worker] = process;
        } else {
            self.workers.push(process);
        }
        let steps = self.queue.refill(worker);
        self.execute(steps);
    }

    fn execute(&mut self, steps: Vec<Step>) {
        for (worker, command) in steps {
            let process = &mut self.workers[worker];
            match command {
                Command::Want(wanted) => process.wanted = wanted,
                order => process.inbox.push_back(order),
            }
        }
    }

    fn apart(&self, file: u32, item: u32) -> bool {
        let groups = &self.files[file as usize].1;
        let (this, next) = (groups[item as usize], groups.get(item as usize + 1));
        next.is_none() || this == 0 || Some(&this) != next
    }

    /// The items of a piece, once the worker has collected the file.
    fn collect(&mut self, worker: usize, span: Span) -> std::ops::Range<u32> {
        let process = &mut self.workers[worker];
        if process.collected.insert(span.file) {
            process.outbox.push_back(Answer::Collected(span.file));
        }
        let count = self.files[span.file as usize].0.len() as u32;
        span.first.min(count)..span.first.saturating_add(span.count).min(count)
    }

    /// The worker does one thing; false if it has to wait.
    pub(crate) fn step(&mut self, worker: usize) -> bool {
        let process = &mut self.workers[worker];
        match process.at {
            At::Dead => false,
            At::Taking(file, item) => {
                let Some(order) = process.inbox.pop_front() else { return false };
                if order == Command::Take {
                    process.at = At::Peek(file, item, None);
                }
                true
            }
            At::Item(span, item) => {
                let last = item + 1 == span.first + span.count;
                if process.wanted && (last || self.apart(span.file, item)) {
                    let process = &mut self.workers[worker];
                    process.outbox.push_back(Answer::Yielded(item + 1));
                    process.at = At::Taking(span.file, item);
                } else if last {
                    self.workers[worker].at = At::Peek(span.file, item, Some(span));
                } else {
                    self.run(worker, span.file, item);
                    self.workers[worker].at = At::Item(span, item + 1);
                }
                true
            }
            At::Fetch | At::Peek(..) => match process.inbox.front().copied() {
                Some(order) => {
                    process.asked = false;
                    self.obey(worker, order);
                    true
                }
                None if process.asked => false,
                None => {
                    process.asked = true;
                    process.outbox.push_back(Answer::Need);
                    true
                }
            },
        }
    }

    fn obey(&mut self, worker: usize, order: Command) {
        let at = self.workers[worker].at;
        match (order, at) {
            (Command::Run(span), _) => {
                let items = self.collect(worker, span);
                let process = &mut self.workers[worker];
                if items.is_empty() {
                    process.inbox.pop_front();
                    process.outbox.push_back(Answer::Unit(span.file, span.first));
                } else if let At::Peek(file, item, unit) = at {
                    self.run_last(worker, file, item, unit);
                } else {
                    process.inbox.pop_front();
                    process.at = At::Item(Span { count: items.end - items.start, ..span }, items.start);
                }
            }
            // Nothing follows: the last item runs, and only then is the order out of the way.
            (Command::End, At::Peek(file, item, unit)) => self.run_last(worker, file, item, unit),
            _ => drop(self.workers[worker].inbox.pop_front()),
        }
    }

    fn run_last(&mut self, worker: usize, file: u32, item: u32, unit: Option<Span>) {
        self.run(worker, file, item);
        let process = &mut self.workers[worker];
        process.outbox.extend(unit.map(|span| Answer::Unit(span.file, span.first)));
        process.at = At::Fetch;
    }

    fn run(&mut self, worker: usize, file: u32, item: u32) {
        self.ran_in[file as usize][item as usize] = worker;
        self.sequences.resize(self.sequences.len().max(worker + 1), Vec::new());
        self.sequences[worker].push((file, item));
        self.workers[worker].outbox.push_back(Answer::Result(file, item));
    }

    /// The runner reads one answer; false if there is none.
    pub(crate) fn read(&mut self, worker: usize) -> bool {
        let Some(answer) = self.workers[worker].outbox.pop_front() else { return false };
        let steps = match answer {
            Answer::Collected(file) => {
                let state = &mut self.queue.files[file as usize];
                if !state.is_collected() {
                    let (times, groups) = self.files[file as usize].clone();
                    state.collect(times, groups);
                }
                Vec::new()
            }
            Answer::Result(file, item) => {
                self.report(file, item);
                Vec::new()
            }
            Answer::Unit(file, first) => self.queue.unit_done(worker, file, first),
            Answer::Yielded(item) => self.queue.yielded(worker, item),
            Answer::Need => self.queue.need(worker),
        };
        self.execute(steps);
        true
    }

    fn report(&mut self, file: u32, item: u32) {
        self.reported[file as usize][item as usize] += 1;
        self.queue.finish(file, item);
    }

    /// The worker waited too long for a share of another's.
    pub(crate) fn release(&mut self, worker: usize) -> bool {
        let step = self.queue.let_end(worker);
        let released = step.is_some();
        self.execute(step.into_iter().collect());
        released
    }

    /// What a worker is busy with: a test, or a file that it collects.
    fn current(&self, worker: usize) -> Option<(u32, u32)> {
        let process = &self.workers[worker];
        match (process.at, process.inbox.front()) {
            (At::Item(span, item), _) => Some((span.file, item)),
            (At::Fetch | At::Peek(..), Some(Command::Run(span)))
                if !process.collected.contains(&span.file) =>
            {
                Some((span.file, COLLECTING))
            }
            (At::Peek(file, item, _), Some(Command::Run(_) | Command::End)) => Some((file, item)),
            _ => None,
        }
    }

    /// The process ends. All that it wrote is read before its work goes to another in its place.
    pub(crate) fn die(&mut self, worker: usize, death: Death) {
        if matches!(self.workers[worker].at, At::Dead) {
            return;
        }
        let culprit = if death == Death::Under { self.current(worker) } else { None };
        while self.read(worker) {}
        self.workers[worker] = Process::new(At::Dead);
        let rest = self.queue.lost(worker, culprit);
        match culprit {
            Some((file, COLLECTING)) => drop(self.broken.insert(file)),
            Some((file, item)) => self.report(file, item),
            None => {}
        }
        if !rest.is_empty() || self.queue.has_common() {
            self.queue.revive(worker);
            self.queue.give(worker, rest.into_iter());
            self.start(worker);
        }
    }

    /// Items run once more, in a worker of their own.
    pub(crate) fn retry(&mut self, items: &[(u32, u32)]) {
        for (file, item) in items {
            self.queue.reopen(*file, *item);
        }
        let worker = self.queue.add_worker();
        let span = |(file, item): &(u32, u32)| Span { file: *file, first: *item, count: 1, pinned: false };
        self.queue.give(worker, items.iter().map(span).collect::<Vec<_>>().into_iter());
        self.start(worker);
    }

    /// Until nobody has anything to do or to say.
    pub(crate) fn settle(&mut self) {
        loop {
            let mut moved = false;
            for worker in 0..self.workers.len() {
                moved |= self.step(worker);
                moved |= self.read(worker);
            }
            if !moved && !(0..self.workers.len()).fold(false, |any, worker| self.release(worker) | any) {
                return;
            }
        }
    }
}

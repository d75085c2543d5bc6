//! Which worker runs what: contiguous shares first, then work stealing.
//!
//! Each worker gets a contiguous share of the files, equal by expected time, so that packages and their fixtures stay
//! together; it is told two pieces of work ahead, so that pytest's `nextitem` is right across files. A worker with
//! nothing ahead takes whole files from the end of the longest share; when there are none, it asks the busiest worker
//! to give up what it has not begun, and the two share that. Items that share a class or module fixture are never
//! separated. Where tests have an order that somebody wants, workers take from the front of a common list instead, so that
//! none of them goes back. Pure logic: it says what to send, and is told what happened.

mod file;
mod share;

use std::collections::VecDeque;

use dx_schemas::testrun::ALL_ITEMS;

pub use file::{FileState, Mode};

/// Consecutive items of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub file: u32,
    pub first: u32,
    /// [`ALL_ITEMS`]: to the end of the file.
    pub count: u32,
    /// Belongs to a group that runs on one worker; never given to another once begun.
    pub pinned: bool,
}

/// What to tell a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Run(Span),
    /// Nothing follows the last item for now.
    End,
    /// Orders before this one are void.
    Take,
    /// Raise the flag that asks for work, or lower it.
    Want(bool),
}

/// A command and the worker that it is for.
pub type Step = (usize, Command);

/// Pieces of work that a worker is told ahead, at the least and at the most.
const DEPTH: usize = 2;
const DEPTH_MAX: usize = 16;
/// Seconds of work that a worker is told ahead, so that it need not wake the runner after each small file.
const AHEAD: f64 = 0.04;
/// Less than this is not worth asking for, in seconds.
const WORTH: f64 = 0.008;

/// Spans that stay together: a file, or a named group.
pub type Bundle = Vec<Span>;

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Bundle>,
    sent: VecDeque<Span>,
    /// The test that the worker runs after it gave up what follows.
    held: Option<Span>,
    /// Was told that nothing follows.
    ended: bool,
    /// Was asked to give up work.
    asked: bool,
    /// Stands still until it is told something.
    hungry: bool,
    gone: bool,
}

impl Lane {
    fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.waiting.is_empty()
    }
}

/// The queue of one run.
#[derive(Debug)]
pub struct Queue {
    pub files: Vec<FileState>,
    lanes: Vec<Lane>,
    /// What is nobody's share: whoever needs work takes the first of it.
    common: VecDeque<Bundle>,
    stopped: bool,
    steal: bool,
    /// A worker gets one piece and no other.
    isolated: bool,
}

impl Queue {
    /// Shares out `bundles`, which are in pytest's order. With one worker the order stays exactly that.
    pub fn new(files: Vec<FileState>, bundles: Vec<Bundle>, workers: usize) -> Queue {
        let mut lanes: Vec<Lane> = Vec::new();
        lanes.resize_with(workers.max(1), Lane::default);
        let weights: Vec<f64> = bundles
            .iter()
            .map(|bundle| bundle.iter().map(|s| files[s.file as usize].expected(*s)).sum())
            .collect();
        let shares = share::contiguous(&weights, lanes.len());
        let mut bundles = bundles.into_iter();
        for (lane, count) in lanes.iter_mut().zip(shares) {
            lane.waiting.extend(bundles.by_ref().take(count));
        }
        let steal = lanes.len() > 1;
        Queue { files, lanes, common: VecDeque::new(), stopped: false, steal, isolated: false }
    }

    /// No worker runs anything that stands before what it ran: all take from one list, and nothing from each other.
    pub fn keep_order(&mut self) {
        if !self.steal {
            // One alone has everything.
            return;
        }
        self.steal = false;
        for lane in &mut self.lanes {
            self.common.append(&mut lane.waiting);
        }
    }

    pub fn workers(&self) -> usize {
        self.lanes.len()
    }

    /// Whether a worker has something to do.
    pub fn busy(&self, worker: usize) -> bool {
        !self.lanes[worker].is_empty()
    }

    /// From here on each worker runs one piece and ends.
    pub fn isolate(&mut self) {
        self.isolated = true;
    }

    /// Whether any worker has pieces that nobody was told of.
    pub fn has_waiting(&self) -> bool {
        self.has_common() || !self.stopped && self.lanes.iter().any(|lane| !lane.waiting.is_empty())
    }

    /// Whether some of it is nobody's share.
    pub fn has_common(&self) -> bool {
        !self.common.is_empty()
    }

    /// Whether the worker was told of everything that it is to do.
    pub fn knows_all(&self, worker: usize) -> bool {
        self.common.is_empty() && self.lanes[worker].waiting.is_empty()
    }

    pub fn is_done(&self) -> bool {
        self.common.is_empty() && self.lanes.iter().all(Lane::is_empty)
    }

    /// Marks a test as done; false if it was, or if there is no such test.
    pub fn finish(&mut self, file: u32, item: u32) -> bool {
        // It may be opened again, and is not this worker's then.
        for lane in &mut self.lanes {
            lane.held.take_if(|held| (held.file, held.first) == (file, item));
        }
        self.files.get_mut(file as usize).is_some_and(|state| state.finish(item))
    }

    /// The test is to run once more.
    pub fn reopen(&mut self, file: u32, item: u32) {
        if let Some(state) = self.files.get_mut(file as usize) {
            state.reopen(item);
        }
    }

    /// Nothing that is not begun will be.
    pub fn stop(&mut self) {
        self.stopped = true;
        self.common.clear();
        for lane in &mut self.lanes {
            lane.waiting.clear();
        }
    }

    /// More work for a worker, at the front of what it has: what a lost worker left, or a second try.
    pub fn give(&mut self, worker: usize, spans: impl DoubleEndedIterator<Item = Span>) {
        if self.stopped {
            return;
        }
        for span in spans.rev() {
            self.lanes[worker].waiting.push_front(vec![span]);
        }
    }

    /// What to send this worker so that it has enough ahead.
    pub fn refill(&mut self, worker: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.lanes[worker].gone {
            return steps;
        }
        while self.wants_more(worker) {
            let Some(span) = self.next_span(worker) else { break };
            let lane = &mut self.lanes[worker];
            lane.sent.push_back(span);
            (lane.ended, lane.hungry) = (false, false);
            steps.push((worker, Command::Run(span)));
        }
        if self.steal && !self.stopped && !self.isolated && self.lanes[worker].sent.len() < DEPTH {
            self.ask_for_more(worker, &mut steps);
        }
        steps
    }

    fn wants_more(&self, worker: usize) -> bool {
        let sent = self.lanes[worker].sent.len();
        if self.isolated {
            return sent == 0;
        }
        // Of what is common, enough must be left for the others.
        let most = match self.common.len() {
            0 => DEPTH_MAX,
            left => (left / (2 * self.lanes.len())).min(DEPTH_MAX),
        };
        sent < DEPTH || (sent < most && self.ahead(worker) < AHEAD)
    }

    /// The worker stands still: it gets work, or is told that nothing follows (unless some is on its way).
    pub fn need(&mut self, worker: usize) -> Vec<Step> {
        let steps = self.refill(worker);
        let lane = &mut self.lanes[worker];
        if steps.iter().any(|(to, command)| *to == worker && matches!(command, Command::Run(_))) || lane.ended
        {
            return steps;
        }
        lane.hungry = true;
        if self.lanes.iter().any(|lane| lane.asked) {
            return steps;
        }
        steps.into_iter().chain(self.let_end(worker)).collect()
    }

    /// The wait for a share was too long: the worker ends what it has.
    pub fn let_end(&mut self, worker: usize) -> Option<Step> {
        let lane = &mut self.lanes[worker];
        if !lane.hungry || lane.ended {
            return None;
        }
        (lane.ended, lane.hungry) = (true, false);
        Some((worker, Command::End))
    }

    /// Whether the worker waits for a share.
    pub fn is_hungry(&self, worker: usize) -> bool {
        self.lanes[worker].hungry
    }

    /// The worker is done with the piece that begins here, and gets no other. It is the oldest one, but for empty files,
    /// which are passed over while the one before still runs.
    pub fn unit_over(&mut self, worker: usize, file: u32, first: u32) {
        let sent = &mut self.lanes[worker].sent;
        let at = sent.iter().position(|span| span.file == file && span.first == first);
        sent.remove(at.unwrap_or(0));
    }

    /// The worker is done with the piece that begins here.
    pub fn unit_done(&mut self, worker: usize, file: u32, first: u32) -> Vec<Step> {
        self.unit_over(worker, file, first);
        let mut steps = self.lower(worker);
        steps.extend(self.refill(worker));
        steps
    }

    /// The worker gives up what it has not begun: everything from `item` of its oldest piece on.
    pub fn yielded(&mut self, worker: usize, item: u32) -> Vec<Step> {
        let mut rest: VecDeque<Span> = std::mem::take(&mut self.lanes[worker].sent);
        if let Some(front) = rest.pop_front() {
            let whole = self.files[front.file as usize].resolve(front);
            let end = whole.first.saturating_add(whole.count);
            self.lanes[worker].held = item
                .checked_sub(1)
                .filter(|held| (whole.first..end).contains(held))
                .map(|held| Span { first: held, count: 1, ..whole });
            if item < end {
                rest.push_front(Span { first: item, count: end - item, ..whole });
            }
        }
        self.lanes[worker].asked = false;
        let mut steps = vec![(worker, Command::Want(false)), (worker, Command::Take)];
        self.lanes[worker].ended = false;
        let hungry = if self.stopped { None } else { self.thirstiest(worker) };
        if !self.stopped {
            self.share_out(worker, hungry, rest);
        }
        steps.extend(self.refill_quietly(worker));
        if self.lanes[worker].sent.is_empty() {
            self.lanes[worker].ended = true;
            steps.push((worker, Command::End));
        }
        if let Some(thief) = hungry {
            steps.extend(self.refill(thief));
            if self.lanes[thief].sent.is_empty() && self.lanes[thief].hungry {
                steps.extend(self.let_end(thief));
            }
        }
        steps
    }

    /// The worker is gone. What it had not finished, without `culprit`, is given back as spans.
    pub fn lost(&mut self, worker: usize, culprit: Option<(u32, u32)>) -> Vec<Span> {
        let lane = std::mem::take(&mut self.lanes[worker]);
        self.lanes[worker].gone = true;
        let sent: Vec<Span> = lane.held.into_iter().chain(lane.sent).collect();
        let mut spans: Vec<Span> = Vec::new();
        for span in sent {
            spans.extend(self.files[span.file as usize].unfinished(span, culprit));
        }
        if !self.stopped {
            spans.extend(lane.waiting.into_iter().flatten());
        }
        spans
    }

    /// Another process takes the place of a lost one.
    pub fn revive(&mut self, worker: usize) {
        self.lanes[worker].gone = false;
    }

    /// Whether workers may take from each other from here on; what held before.
    pub fn share(&mut self, steal: bool) -> bool {
        std::mem::replace(&mut self.steal, steal)
    }

    /// One more worker, with nothing to do yet.
    pub fn add_worker(&mut self) -> usize {
        self.lanes.push(Lane::default());
        self.lanes.len() - 1
    }

    fn lower(&mut self, worker: usize) -> Vec<Step> {
        if self.lanes[worker].asked && self.lanes[worker].sent.is_empty() {
            self.lanes[worker].asked = false;
            return vec![(worker, Command::Want(false))];
        }
        Vec::new()
    }

    /// The next span of this worker's own share, of what is common, or of the longest other share.
    fn next_span(&mut self, worker: usize) -> Option<Span> {
        if self.stopped {
            return None;
        }
        if self.lanes[worker].waiting.is_empty() {
            if let Some(bundle) = self.common.pop_front() {
                self.lanes[worker].waiting.push_back(bundle);
            } else if self.steal {
                self.take_files(worker);
            }
        }
        let bundle = self.lanes[worker].waiting.front_mut()?;
        let span = bundle.remove(0);
        if bundle.is_empty() {
            self.lanes[worker].waiting.pop_front();
        }
        Some(span)
    }

    /// Moves the second half of the longest share over.
    fn take_files(&mut self, worker: usize) {
        let weight = |lane: &Lane| -> f64 { lane.waiting.iter().map(|bundle| self.weight(bundle)).sum() };
        let victim = (0..self.lanes.len())
            .filter(|other| *other != worker && !self.lanes[*other].waiting.is_empty())
            .max_by(|a, b| weight(&self.lanes[*a]).total_cmp(&weight(&self.lanes[*b])));
        let Some(victim) = victim else { return };
        let mut left = weight(&self.lanes[victim]) / 2.0;
        let mut taken = VecDeque::new();
        while let Some(bundle) = self.lanes[victim].waiting.pop_back() {
            if self.lanes[victim].waiting.is_empty() && bundle.iter().any(|span| span.pinned) {
                // The rest of a group that has begun there, perhaps.
                self.lanes[victim].waiting.push_back(bundle);
                break;
            }
            left -= self.weight(&bundle);
            taken.push_front(bundle);
            if left <= 0.0 {
                break;
            }
        }
        self.lanes[worker].waiting = taken;
    }

    fn weight(&self, bundle: &Bundle) -> f64 {
        bundle.iter().map(|span| self.files[span.file as usize].expected(*span)).sum()
    }

    /// Seconds of work that a worker was told of and has not done.
    fn ahead(&self, worker: usize) -> f64 {
        self.lanes[worker].sent.iter().map(|span| self.files[span.file as usize].left(*span)).sum()
    }

    fn ask_for_more(&mut self, worker: usize, steps: &mut Vec<Step>) {
        if self.lanes.iter().any(|lane| lane.asked) || self.ahead(worker) > WORTH {
            return;
        }
        let victim = (0..self.lanes.len())
            .filter(|other| *other != worker && !self.lanes[*other].gone && self.can_give(*other))
            .max_by(|a, b| self.ahead(*a).total_cmp(&self.ahead(*b)));
        if let Some(victim) = victim.filter(|victim| self.ahead(*victim) > WORTH) {
            self.lanes[victim].asked = true;
            steps.push((victim, Command::Want(true)));
        }
    }

    fn can_give(&self, worker: usize) -> bool {
        self.lanes[worker]
            .sent
            .iter()
            .enumerate()
            .any(|(at, span)| !span.pinned && (at > 0 || self.files[span.file as usize].unbegun(*span) > 1))
    }

    /// The worker with the least to do, other than this one.
    fn thirstiest(&self, worker: usize) -> Option<usize> {
        (0..self.lanes.len())
            .filter(|other| {
                *other != worker && !self.lanes[*other].gone && self.lanes[*other].waiting.is_empty()
            })
            .min_by(|a, b| self.ahead(*a).total_cmp(&self.ahead(*b)))
    }

    /// The first half of what was given up stays, the second half goes.
    fn share_out(&mut self, worker: usize, thief: Option<usize>, rest: VecDeque<Span>) {
        let (mut stay, mut go) = (Vec::new(), Vec::new());
        let total: f64 = rest.iter().map(|span| self.files[span.file as usize].left(*span)).sum();
        let keep = thief.map_or(f64::INFINITY, |thief| (total + self.ahead(thief)) / 2.0);
        let mut sum = 0.0;
        for span in rest {
            let file = &self.files[span.file as usize];
            let weight = file.left(span);
            if span.pinned || sum + weight <= keep {
                stay.push(span);
            } else if sum >= keep {
                go.push(span);
            } else {
                let (first, second) = file.split(span, keep - sum);
                stay.extend(first);
                go.extend(second);
            }
            sum += weight;
        }
        let (pinned, free): (Bundle, Bundle) = stay.into_iter().partition(|span| span.pinned);
        self.give(worker, free.into_iter());
        if !pinned.is_empty() {
            self.lanes[worker].waiting.push_front(pinned);
        }
        if let Some(thief) = thief {
            self.give(thief, go.into_iter());
        }
    }

    fn refill_quietly(&mut self, worker: usize) -> Vec<Step> {
        let shared = self.share(false);
        let steps = self.refill(worker);
        self.share(shared);
        steps
    }
}

/// A span over all of a file.
pub fn whole_file(file: u32) -> Span {
    Span { file, first: 0, count: ALL_ITEMS, pinned: false }
}

//! Time limits, Ctrl-C, and workers that wait.

use super::Engine;
use crate::message::Stopped;
use crate::sys::{process, signals};
use crate::worker::Stage;

/// How long a worker may stand still for another's share before it ends what it has.
const PATIENCE_NS: u64 = 50_000_000;
/// How long a worker has to write its stacks down before it is killed.
const STACKS_NS: u64 = 150_000_000;

impl Engine<'_> {
    /// The first Ctrl-C ends after what runs, the second at once.
    pub(super) fn check_interrupts(&mut self) {
        let count = signals::interrupts();
        if count == self.interrupts {
            return;
        }
        self.interrupts = count;
        let ending = Stopped { ending: "interrupted".to_owned(), reason: String::new(), returncode: None };
        self.stop(ending);
        if count > 1 {
            for worker in self.workers.iter_mut().filter(|worker| worker.stage != Stage::Gone) {
                worker.kill("interrupted");
            }
        }
    }

    pub(super) fn check_limits(&mut self) {
        let now = process::monotonic_ns();
        if let Some(limit) = self.settings.run_timeout
            && now.saturating_sub(self.origin.identity.base_ns) > limit.as_nanos() as u64
            && self.ending.is_none()
        {
            let reason = format!("the run took longer than {} s", limit.as_secs_f64());
            self.stop(Stopped { ending: "stopped".to_owned(), reason: reason.clone(), returncode: None });
            self.workers.iter_mut().for_each(|worker| worker.expire(now, &reason));
        }
        if let Some(limit) = self.settings.timeout {
            let nanoseconds = limit.as_nanos() as u64;
            for worker in
                self.workers.iter_mut().filter(|worker| worker.stage == Stage::Running && !worker.debugging)
            {
                let over = worker.current().is_some_and(|test| now.saturating_sub(test.began) > nanoseconds);
                if over {
                    worker.expire(
                        now,
                        &format!("Timeout: the test took longer than {} s", limit.as_secs_f64()),
                    );
                }
            }
        }
        for worker in &mut self.workers {
            worker.kill_if_expired(now, STACKS_NS);
        }
    }

    /// A worker that waited too long for a share ends its last test without.
    pub(super) fn release_hungry(&mut self) {
        let now = process::monotonic_ns();
        for lane in 0..self.workers.len() {
            let waited = self.workers[lane].hungry_since.map(|since| now.saturating_sub(since));
            if waited.is_some_and(|waited| waited > PATIENCE_NS) {
                self.workers[lane].hungry_since = None;
                let steps = self.queue.let_end(lane).into_iter().collect();
                self.execute(steps);
            }
        }
    }
}

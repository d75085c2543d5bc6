//! Running requests: checks of what was handed over, and threads whose stacks a deep program cannot exhaust.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use dx_schemas::ContentId;
use dx_schemas::request::{Input, Request, Response};

use crate::Stage;

/// Parsers and tree walks recurse as deeply as the source nests. The stack is reserved address space, not memory;
/// where the system refuses that much, less must do.
const STACK_BYTES: [usize; 3] = [512 << 20, 64 << 20, 8 << 20];

/// Runs one request after checking each input against its digest.
pub(crate) fn run<S: Stage>(stage: &S, request: &Request<'_>) -> Response {
    match request.inputs.iter().find(|input| !input.id.matches(input.bytes)) {
        Some(input) => Response::Refused(format!(
            "the input {} {} does not match its digest",
            input.kind.name(),
            input.ordinal
        )),
        None => stage.run(request),
    }
}

/// An input that carries its own digest.
pub(crate) fn input(kind: dx_schemas::SectionKind, ordinal: u32, bytes: &[u8]) -> Input<'_> {
    Input { kind, ordinal, id: ContentId::of(bytes), bytes }
}

/// Starts `body` on a thread with a large stack.
pub(crate) fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    body: &'scope (impl Fn() -> T + Sync),
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    let mut refused = io::Error::other("no thread could be started");
    for bytes in STACK_BYTES {
        match Builder::new().stack_size(bytes).spawn_scoped(scope, body) {
            Ok(thread) => return Ok(thread),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// Waits for a thread. The panic hook ends the process, so a thread that is gone without a result is an oddity.
pub(crate) fn join<T>(thread: ScopedJoinHandle<'_, T>) -> io::Result<T> {
    thread.join().map_err(|_| io::Error::other("a worker thread ended early"))
}

/// Runs `body(index)` for every index below `count` on up to `jobs` threads; results in order.
pub(crate) fn for_each<T: Send>(
    jobs: usize,
    count: usize,
    body: impl Fn(usize) -> T + Sync,
) -> io::Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let drain = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return done;
            }
            done.push((index, body(index)));
        }
    };
    let threads = jobs.min(count).max(1);
    let mut all = std::thread::scope(|scope| -> io::Result<Vec<(usize, T)>> {
        let threads: Vec<_> = (0..threads).map(|_| start(scope, &drain)).collect::<Result<_, _>>()?;
        let mut all = Vec::with_capacity(count);
        for thread in threads {
            all.extend(join(thread)?);
        }
        Ok(all)
    })?;
    all.sort_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_number_of_threads() {
        for jobs in [1, 2, 7] {
            let squares = for_each(jobs, 100, |index| index * index).unwrap();
            assert!(squares.iter().enumerate().all(|(index, square)| *square == index * index));
        }
    }

    #[test]
    fn a_deep_recursion_fits_the_stack() {
        fn depth(left: u32) -> u32 {
            let room = [left; 64];
            if left == 0 { room[3] } else { depth(left - 1) + std::hint::black_box(room)[5] / left }
        }
        assert_eq!(for_each(1, 1, |_| depth(200_000)).unwrap(), [200_000]);
    }
}

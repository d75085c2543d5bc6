//! The one job limit of a build, shared with GNU make where make started us.
//!
//! Under make each job needs a token: one is ours from the start, others are read from the jobserver's pipe when they
//! are there and written back as soon as a batch is answered. Reading never waits: a build that gets no second token
//! works with one.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;

const O_NONBLOCK: i32 = 0o4000;

pub(crate) struct Jobs {
    limit: usize,
    busy: usize,
    server: Option<Server>,
}

struct Server {
    pipe: File,
    /// Tokens taken, to be given back as they were.
    held: Vec<u8>,
}

impl Jobs {
    pub(crate) fn new(limit: usize) -> Jobs {
        Jobs { limit: limit.max(1), busy: 0, server: Server::from_environment() }
    }

    /// One more job, if there is room.
    pub(crate) fn start(&mut self) -> bool {
        if self.busy >= self.limit {
            return false;
        }
        if self.busy > 0
            && let Some(server) = &mut self.server
            && !server.acquire()
        {
            return false;
        }
        self.busy += 1;
        true
    }

    pub(crate) fn end(&mut self) {
        self.busy = self.busy.saturating_sub(1);
        if let Some(server) = &mut self.server {
            server.release();
        }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }
}

impl Server {
    fn from_environment() -> Option<Server> {
        let flags = std::env::var("MAKEFLAGS").ok()?;
        let path = path_of(&flags)?;
        // Opened anew, so that not waiting is our own affair and not that of every process with the descriptor.
        let pipe = OpenOptions::new().read(true).write(true).custom_flags(O_NONBLOCK).open(path).ok()?;
        Some(Server { pipe, held: Vec::new() })
    }

    fn acquire(&mut self) -> bool {
        let mut token = [0];
        let taken = matches!(self.pipe.read(&mut token), Ok(1));
        if taken {
            self.held.push(token[0]);
        }
        taken
    }

    fn release(&mut self) {
        if let Some(token) = self.held.pop() {
            // A jobserver that is gone needs no token.
            let _ = self.pipe.write_all(&[token]);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        while !self.held.is_empty() {
            self.release();
        }
    }
}

/// The jobserver's pipe: `--jobserver-auth=fifo:PATH`, or `--jobserver-auth=R,W` with inherited descriptors.
fn path_of(flags: &str) -> Option<String> {
    let auth = flags
        .split_whitespace()
        .filter_map(|word| {
            word.strip_prefix("--jobserver-auth=").or_else(|| word.strip_prefix("--jobserver-fds="))
        })
        .next_back()?;
    match auth.strip_prefix("fifo:") {
        Some(path) => Some(path.to_owned()),
        None => {
            let (read, _) = auth.split_once(',')?;
            let descriptor: u32 = read.parse().ok()?;
            Some(format!("/proc/self/fd/{descriptor}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_jobserver_of_makeflags_counts() {
        assert_eq!(path_of(" -j --jobserver-auth=3,4"), Some("/proc/self/fd/3".into()));
        assert_eq!(path_of("--jobserver-auth=3,4 --jobserver-auth=fifo:/tmp/x"), Some("/tmp/x".into()));
        assert_eq!(path_of("-k -j4"), None);
        assert_eq!(path_of("--jobserver-auth=-2,x"), None);
    }

    #[test]
    fn the_limit_holds_without_a_server() {
        let mut jobs = Jobs { limit: 2, busy: 0, server: None };
        assert!(jobs.start() && jobs.start() && !jobs.start());
        jobs.end();
        assert!(jobs.start());
    }
}

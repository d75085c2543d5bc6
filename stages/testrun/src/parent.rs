//! The Python process that is pytest up to the point where tests would start.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};

use dx_schemas::testrun::{Answer, AnswerFrame, Decoder, Order, OrderFrame};
use serde::Serialize;

use crate::failure::Failure;
use crate::message::{Reaped, Start};
use crate::script::{self, Entry};
use crate::state::State;
use crate::sys::{memory, process, signals, socket};

pub(crate) struct Parent {
    stream: UnixStream,
    decoder: Decoder,
    child: Option<Child>,
    /// While it is open, a warm server knows that a run is going on.
    _lease: Option<UnixStream>,
    silent: bool,
}

/// What a worker is handed besides orders.
pub(crate) struct Handles {
    pub(crate) control: UnixStream,
    pub(crate) ring: File,
    pub(crate) lifeline: OwnedFd,
    pub(crate) dump: File,
}

impl Handles {
    pub(crate) fn fds(&self) -> [RawFd; 4] {
        [self.control.as_raw_fd(), self.ring.as_raw_fd(), self.lifeline.as_raw_fd(), self.dump.as_raw_fd()]
    }
}

/// How a parent is started.
pub(crate) struct Launch<'a> {
    pub(crate) python: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) state: &'a State,
    /// `PYTHONHASHSEED` of all interpreters of this run, where the caller has not set it: sets have one order in workers
    /// that are processes of their own, too.
    pub(crate) hash_seed: Option<u32>,
    /// Tests write nothing that is kept with the sources: the package `dx` is told.
    pub(crate) ci: bool,
}

impl Parent {
    pub(crate) fn spawn(launch: &Launch<'_>, start: &Start, inherited: &[RawFd]) -> Result<Parent, Failure> {
        let (own, other) = UnixStream::pair()?;
        let mut command = script::command(launch.python, launch.state, Entry::Cold)
            .map_err(|error| Failure::Write { path: launch.state.path("python"), error })?;
        command.arg(other.as_raw_fd().to_string()).current_dir(launch.folder);
        if let Some(seed) = launch.hash_seed {
            command.env("PYTHONHASHSEED", seed.to_string());
        }
        if launch.ci {
            command.env("DX_CI", "1");
        }
        let handed = other.as_raw_fd();
        let inherited = inherited.to_vec();
        // SAFETY: the hook only calls fcntl, prctl and signal, which are safe between fork and exec.
        unsafe {
            command.pre_exec(move || {
                signals::restore();
                // So that it finds what its workers leave behind when it has to do without the runner.
                process::adopt_orphans();
                memory::inherit(&handed)?;
                inherited.iter().try_for_each(memory::inherit)
            });
        }
        let child = command
            .stdin(Stdio::inherit())
            .spawn()
            .map_err(|error| Failure::Start { path: launch.python.to_owned(), error })?;
        let mut parent = Parent {
            stream: own,
            decoder: Decoder::default(),
            child: Some(child),
            _lease: None,
            silent: false,
        };
        parent.send_json(Order::Start, &[], start)?;
        Ok(parent)
    }

    /// A parent that a warm server forks.
    pub(crate) fn warm(stream: UnixStream, lease: UnixStream) -> Parent {
        Parent { stream, decoder: Decoder::default(), child: None, _lease: Some(lease), silent: false }
    }

    pub(crate) fn send(&mut self, frame: &OrderFrame<'_>, fds: &[RawFd]) -> io::Result<()> {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes);
        socket::send_with(&self.stream, &bytes, fds)
    }

    pub(crate) fn send_json(
        &mut self,
        order: Order,
        words: &[u32],
        content: &impl Serialize,
    ) -> Result<(), Failure> {
        let payload = serde_json::to_vec(content)?;
        Ok(self.send(&OrderFrame::new(order, words).with(payload), &[])?)
    }

    pub(crate) fn fork(
        &mut self,
        words: &[u32],
        setup: &impl Serialize,
        fds: &[RawFd],
    ) -> Result<(), Failure> {
        let payload = serde_json::to_vec(setup)?;
        Ok(self.send(&OrderFrame::new(Order::Fork, words).with(payload), fds)?)
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.stream.as_raw_fd()
    }

    /// Reads what there is, blocking if there is nothing; false at the end.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        let mut bytes = [0; 1 << 16];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.decoder.push(&bytes[..count]);
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    /// The next answer that is already here.
    pub(crate) fn next(&mut self) -> Result<Option<AnswerFrame<'_>>, Failure> {
        Ok(self.decoder.take()?)
    }

    /// Waits for an answer of one of these kinds; `None` if the process ends first.
    pub(crate) fn wait_for(&mut self, kinds: &[Answer]) -> Result<Option<AnswerFrame<'static>>, Failure> {
        loop {
            while let Some(frame) = self.decoder.take()? {
                if kinds.contains(&frame.kind) {
                    let payload = frame.payload.into_owned().into();
                    return Ok(Some(AnswerFrame { payload, ..frame }));
                }
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Waits for the process to end; its status as a shell would say it.
    pub(crate) fn end(&mut self) -> i32 {
        use std::os::unix::process::ExitStatusExt;
        let _ = self.stream.flush();
        let Some(mut child) = self.child.take() else { return 0 };
        match child.wait() {
            Ok(status) => status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            Err(_) => 3,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Waits for a process that has ended or is about to.
    pub(crate) fn reap(&mut self) -> Reaped {
        use std::os::unix::process::ExitStatusExt;
        let status = self.child.take().and_then(|mut child| child.wait().ok());
        Reaped {
            signal: status.and_then(|status| status.signal()),
            status: status.and_then(|status| status.code()),
        }
    }

    /// Throws away what is there to read.
    pub(crate) fn ignore(&mut self) {
        self.silent = !self.fill().unwrap_or(false);
        self.decoder = Decoder::default();
    }

    /// Whether it has closed its end.
    pub(crate) fn is_silent(&self) -> bool {
        self.silent
    }

    pub(crate) fn kill(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
        }
    }
}

impl Drop for Parent {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
            self.end();
        }
    }
}

//! The runner's side of one worker process.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use dx_schemas::testrun::{AnswerFrame, Current, Decoder, FrameError, Order, OrderFrame};

use crate::parent::Handles;
use crate::queue::{Command, Span};
use crate::ring::Ring;
use crate::sys::{memory, poll, process, socket};

/// What a worker may say of a port.
const SAID_MAX: usize = 32;

/// How far a worker has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Asked for; its process is not known yet.
    Forking,
    Running,
    /// Has nothing to do and nothing ahead.
    Idle,
    /// Was told to end its session.
    Finishing,
    Gone,
}

pub(crate) struct Worker {
    pub(crate) number: usize,
    /// Unlike the number, never used twice in a run.
    pub(crate) serial: u64,
    pub(crate) stage: Stage,
    pub(crate) pid: u32,
    control: UnixStream,
    ring: Ring,
    decoder: Decoder,
    dump: File,
    /// Readable when the process has ended.
    watch: Option<OwnedFd>,
    /// Closing it kills the worker.
    lifeline: Option<OwnedFd>,
    /// It was told to end its session after what it has.
    pub(crate) dismissed: bool,
    /// It said goodbye, so its end is no crash.
    pub(crate) said_goodbye: bool,
    /// Since when it waits for a share of another's work, in nanoseconds.
    pub(crate) hungry_since: Option<u64>,
    /// Why the runner killed it.
    pub(crate) killed: Option<String>,
    /// A debugger has the terminal: no time limit.
    pub(crate) debugging: bool,
    /// Its end of the control socket is closed.
    pub(crate) hung_up: bool,
    /// The beginning of what it says of ports.
    said: Vec<u8>,
    /// Ports that it was the first to bind.
    pub(crate) ports: BTreeSet<u16>,
    /// One that another worker has: it goes no further.
    pub(crate) wants: Option<u16>,
    /// Files that it is to collect, and only that, once it gave up its tests.
    pub(crate) after_take: Vec<u32>,
    /// When it was told to write its stacks down, because its time is over.
    expired: Option<u64>,
    scratch: Vec<u8>,
}

impl Worker {
    /// A worker to be, and what the parent hands to the process.
    pub(crate) fn prepare(number: usize, serial: u64) -> io::Result<(Worker, Handles)> {
        let (control, theirs) = UnixStream::pair()?;
        let (ring, ring_file) = Ring::new()?;
        let (read_end, write_end) = memory::pipe()?;
        let dump = memory::shared_file(c"dx-testrun-stacks", 0)?;
        let handles =
            Handles { control: theirs, ring: ring_file, lifeline: read_end, dump: dump.try_clone()? };
        let worker = Worker {
            number,
            serial,
            stage: Stage::Forking,
            pid: 0,
            control,
            ring,
            decoder: Decoder::default(),
            dump,
            watch: None,
            lifeline: Some(write_end),
            dismissed: false,
            said_goodbye: false,
            hungry_since: None,
            killed: None,
            debugging: false,
            hung_up: false,
            said: Vec::new(),
            ports: BTreeSet::new(),
            wants: None,
            after_take: Vec::new(),
            expired: None,
            scratch: Vec::new(),
        };
        Ok((worker, handles))
    }

    pub(crate) fn forked(&mut self, pid: u32) {
        self.pid = pid;
        self.watch = process::watch(pid).ok();
        if self.stage == Stage::Forking {
            self.stage = Stage::Running;
        }
    }

    pub(crate) fn control_fd(&self) -> RawFd {
        self.control.as_raw_fd()
    }

    pub(crate) fn watch_fd(&self) -> Option<RawFd> {
        self.watch.as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Takes the bells off the control socket, and what is said there of ports.
    pub(crate) fn silence(&mut self) {
        let mut bells = [0; 256];
        if self.control.set_nonblocking(true).is_ok() {
            loop {
                match self.control.read(&mut bells) {
                    Ok(0) => self.hung_up = true,
                    Ok(count) => {
                        bells[..count].iter().filter(|byte| **byte != b'!').for_each(|byte| self.hear(*byte));
                        continue;
                    }
                    Err(error) if error.kind() == io::ErrorKind::ConnectionReset => self.hung_up = true,
                    Err(_) => {}
                }
                break;
            }
            let _ = self.control.set_nonblocking(false);
        }
    }

    /// `has 8000;` or `wants 8000;`, as in `ports.py`.
    fn hear(&mut self, byte: u8) {
        if byte != b';' {
            if self.said.len() < SAID_MAX {
                self.said.push(byte);
            }
            return;
        }
        let said = String::from_utf8_lossy(&std::mem::take(&mut self.said)).into_owned();
        let Some((what, port)) = said.split_once(' ') else { return };
        let Ok(port) = port.parse() else { return };
        match what {
            "has" => {
                self.ports.insert(port);
            }
            "wants" => self.wants = Some(port),
            _ => {}
        }
    }

    /// Whether the process has ended; its last words are in the ring then.
    pub(crate) fn has_ended(&self) -> bool {
        match &self.watch {
            Some(watch) => poll::is_readable(watch),
            // Without a descriptor to watch, the closed socket has to do.
            None => self.stage != Stage::Forking && self.hung_up,
        }
    }

    /// Waits for its end.
    pub(crate) fn wait(&self, time: Duration) {
        if let Some(watch) = &self.watch {
            let _ = poll::readable(&[watch.as_raw_fd()], time);
        }
    }

    /// Its time is over: it writes its stacks down, then it is killed.
    pub(crate) fn expire(&mut self, now: u64, why: &str) {
        if self.expired.is_none() && matches!(self.stage, Stage::Running | Stage::Finishing) {
            self.expired = Some(now);
            self.killed = Some(why.to_owned());
            process::signal_one(self.pid, process::stacks_signal());
        }
    }

    pub(crate) fn kill_if_expired(&mut self, now: u64, patience: u64) {
        if self.expired.is_some_and(|since| now.saturating_sub(since) > patience) {
            self.expired = None;
            self.kill("");
        }
    }

    pub(crate) fn send(&self, order: Order, words: &[u32]) {
        let mut bytes = Vec::with_capacity(32);
        OrderFrame::new(order, words).encode(&mut bytes);
        // A worker that is gone is noticed by its end, not here.
        let _ = socket::send_with(&self.control, &bytes, &[]);
    }

    pub(crate) fn execute(&self, command: Command) {
        match command {
            Command::Run(Span { file, first, count, .. }) => self.send(Order::Run, &[file, first, count]),
            Command::End => self.send(Order::End, &[]),
            Command::Take => {
                self.send(Order::Take, &[]);
                self.after_take.iter().for_each(|file| self.send(Order::Collect, &[*file]));
            }
            Command::Want(wanted) => self.ring.want(wanted),
        }
    }

    /// Reads what the worker wrote.
    pub(crate) fn drain(&mut self) {
        self.scratch.clear();
        self.ring.read(&mut self.scratch);
        self.decoder.push(&self.scratch);
    }

    pub(crate) fn next(&mut self) -> Result<Option<AnswerFrame<'static>>, FrameError> {
        let Some(frame) = self.decoder.take()? else { return Ok(None) };
        let payload = frame.payload.into_owned().into();
        Ok(Some(AnswerFrame { payload, ..frame }))
    }

    pub(crate) fn current(&self) -> Option<Current> {
        self.ring.current()
    }

    /// After a message that is none: nothing that follows can be believed.
    pub(crate) fn forget_messages(&mut self) {
        self.decoder = Decoder::default();
    }

    /// What the worker's interpreter wrote about itself: the stacks of all threads.
    pub(crate) fn stacks(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = self.dump.seek(SeekFrom::Start(0)).and_then(|_| self.dump.read_to_end(&mut bytes));
        if read.is_err() { String::new() } else { String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Ends the process and what it started.
    pub(crate) fn kill(&mut self, why: &str) {
        if self.killed.is_none() {
            self.killed = Some(why.to_owned());
        }
        process::signal(self.pid, libc::SIGKILL);
        self.lifeline = None;
    }

    /// After its end: nothing that it started stays.
    pub(crate) fn sweep(&mut self) {
        process::signal(self.pid, libc::SIGKILL);
        (self.watch, self.lifeline) = (None, None);
        self.stage = Stage::Gone;
    }
}

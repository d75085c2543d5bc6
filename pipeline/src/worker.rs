//! One stage process: spawned at the first unit that needs it, fed through one pipe and read through another.
//!
//! Two threads stand beside each process, one that writes frames and one that reads answers, so that full pipes in both
//! directions can never wait for each other. What they find arrives on the scheduler's one channel.

use std::io::{BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use dx_schemas::request::Answer;
use dx_schemas::stages::StageSpec;

use crate::failure::Failure;
use crate::tool::Tool;

/// What arrives from a stage.
pub(crate) enum Arrival {
    Answer(Answer),
    /// The stage closed its pipe (or sent rubbish); nothing more will come from this process.
    Closed {
        complaint: Option<String>,
    },
}

/// An arrival with its sender: the stage's place in the table and the generation of its process.
pub(crate) struct Message {
    pub(crate) stage: usize,
    pub(crate) generation: u64,
    pub(crate) arrival: Arrival,
}

pub(crate) struct Worker {
    child: Child,
    frames: Option<Sender<Vec<u8>>>,
    pub(crate) generation: u64,
}

impl Worker {
    pub(crate) fn spawn(
        spec: &StageSpec,
        tool: &Tool,
        stage: usize,
        generation: u64,
        threads: usize,
        messages: Sender<Message>,
    ) -> Result<Worker, Failure> {
        let failed = |error| Failure::Spawn { path: tool.path.clone(), error };
        let mut child = Command::new(&tool.path)
            .arg0(spec.name)
            .args(["--batch", "-j", &threads.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let no_pipe = || failed(std::io::Error::other("it has no pipes"));
        let mut requests = child.stdin.take().ok_or_else(no_pipe)?;
        let answers = child.stdout.take().ok_or_else(no_pipe)?;
        let (frames, queue) = channel::<Vec<u8>>();
        // Both threads end by themselves: the writer when its queue or the pipe closes, the reader at the end of file.
        thread::spawn(move || {
            while let Ok(frame) = queue.recv() {
                // A broken pipe means that the stage has ended; the reader reports that.
                if requests.write_all(&frame).is_err() {
                    return;
                }
            }
        });
        thread::spawn(move || {
            let mut pipe = BufReader::with_capacity(256 << 10, answers);
            loop {
                let arrival = match Answer::read(&mut pipe) {
                    Ok(Some(answer)) => Arrival::Answer(answer),
                    Ok(None) => Arrival::Closed { complaint: None },
                    Err(error) => Arrival::Closed { complaint: Some(error.to_string()) },
                };
                let last = matches!(arrival, Arrival::Closed { .. });
                if messages.send(Message { stage, generation, arrival }).is_err() || last {
                    return;
                }
            }
        });
        Ok(Worker { child, frames: Some(frames), generation })
    }

    pub(crate) fn send(&self, frame: Vec<u8>) {
        if let Some(frames) = &self.frames {
            // The writer is gone only when the stage is; the reader reports that.
            let _ = frames.send(frame);
        }
    }

    /// Ends a process; the reader will notice.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// Ends a process that closed its pipe and says how it ended.
    pub(crate) fn bury(mut self) -> String {
        self.frames = None;
        // It closed its answers: whatever it still does is of no use. A process that is already dead keeps its status.
        let _ = self.child.kill();
        match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Everything that it was asked has been answered and it keeps nothing, so it need not be given time; and it is
        // waited for, because a program that replaces this process must not inherit a child that it does not know.
        self.frames = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! `--batch`: framed requests in, framed answers out, until the request pipe closes. The driver's workers are this.
//!
//! One thread reads frames, `-j` threads answer them, a batch at a time. A frame whose inside is damaged is refused
//! and the next one served; a stream that is no longer in step ends the process with a reason.

use std::fs::File;
use std::io::{BufReader, Stdout};
use std::os::unix::fs::FileExt;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{LazyLock, Mutex};

use dx_schemas::Exit;
use dx_schemas::request::{self, Answer, Batch, Body, Outcome, Received, Request, Response};

use crate::arguments::Arguments;
use crate::output::Failure;
use crate::panic::{Current, set_current};
use crate::{Input, Stage, work};

/// The answer pipe; the panic hook needs it too.
pub(crate) static ANSWERS: LazyLock<Mutex<Stdout>> = LazyLock::new(|| Mutex::new(std::io::stdout()));

/// Answers of a large batch leave in pieces of about this size, so that the reader has work early.
const FLUSH_BYTES: usize = 256 << 10;
/// Frames read ahead of the workers.
const QUEUE_FRAMES: usize = 4;

pub(crate) fn serve<S: Stage>(arguments: &Arguments) -> Result<Exit, Failure> {
    let stage = S::default();
    let (send, receive) = sync_channel::<Batch>(QUEUE_FRAMES);
    let receive = Mutex::new(receive);
    let body = || answer_all(&stage, &receive);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..arguments.jobs)
            .map(|_| work::start(scope, &body))
            .collect::<Result<_, _>>()
            .map_err(Failure::Threads)?;
        let mut pipe = BufReader::with_capacity(256 << 10, std::io::stdin().lock());
        let read = loop {
            match Batch::read(&mut pipe) {
                Ok(Some(batch)) => {
                    if send.send(batch).is_err() {
                        break Ok(());
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(Failure::Other(format!("bad request stream: {error}"))),
            }
        };
        drop(send);
        for worker in workers {
            work::join(worker).map_err(Failure::Threads)??;
        }
        read.map(|()| Exit::Done)
    })
}

fn answer_all<S: Stage>(stage: &S, queue: &Mutex<Receiver<Batch>>) -> Result<(), Failure> {
    loop {
        let next = match queue.lock() {
            Ok(receiver) => receiver.recv(),
            Err(_) => return Ok(()),
        };
        let Ok(batch) = next else { return Ok(()) };
        answer(stage, &batch)?;
    }
}

fn answer<S: Stage>(stage: &S, batch: &Batch) -> Result<(), Failure> {
    let mut out = Vec::new();
    match batch.requests() {
        Ok(requests) => {
            for (index, received) in requests.iter().enumerate() {
                let index = index as u32;
                let place = Some((batch.id, index));
                set_current(Current { unit: received.unit.to_owned(), place });
                let (outcome, body) = match answer_one(stage, received) {
                    Response::Artifact(artifact) => (Outcome::Artifact, artifact),
                    Response::Refused(reason) => (Outcome::Refused, reason.into_bytes()),
                };
                Answer::write(&mut out, batch.id, index, outcome, &body).map_err(Failure::Stdout)?;
                if out.len() > FLUSH_BYTES {
                    send(&mut out)?;
                }
            }
        }
        Err(error) => {
            let reason = format!("bad request: {error}");
            Answer::write(&mut out, batch.id, 0, Outcome::Refused, reason.as_bytes())
                .map_err(Failure::Stdout)?;
        }
    }
    set_current(Current::default());
    send(&mut out)
}

fn send(out: &mut Vec<u8>) -> Result<(), Failure> {
    let mut pipe =
        ANSWERS.lock().map_err(|_| Failure::Other("the answer pipe is in an unknown state".into()))?;
    request::send(&mut *pipe, out).map_err(Failure::Stdout)?;
    out.clear();
    Ok(())
}

fn answer_one<S: Stage>(stage: &S, received: &Received<'_>) -> Response {
    let mut held: Vec<Option<Vec<u8>>> = Vec::with_capacity(received.inputs.len());
    for input in &received.inputs {
        held.push(match input.body {
            Body::Inline(_) => None,
            Body::Descriptor { descriptor, offset } => {
                match read_descriptor(descriptor, offset, input.id.size_bytes as usize) {
                    Ok(bytes) => Some(bytes),
                    Err(error) => {
                        return Response::Refused(format!("cannot read descriptor {descriptor}: {error}"));
                    }
                }
            }
        });
    }
    let inputs = received
        .inputs
        .iter()
        .zip(&held)
        .map(|(input, held)| {
            let bytes = match (input.body, held) {
                (Body::Inline(bytes), _) => bytes,
                (Body::Descriptor { .. }, held) => held.as_deref().unwrap_or_default(),
            };
            Input { kind: input.kind, ordinal: input.ordinal, id: input.id, bytes }
        })
        .collect();
    let mut options = received.options.clone();
    complete_options::<S>(&mut options);
    work::run(stage, &Request { unit: received.unit, options: &options, inputs })
}

/// Options that the request leaves out have their defaults.
fn complete_options<S: Stage>(options: &mut request::Options) {
    for option in S::INFO.options {
        if !options.iter().any(|(name, _)| name == option.name) {
            options.push((option.name.to_owned(), option.default.to_owned()));
        }
    }
    options.sort();
}

fn read_descriptor(descriptor: u32, offset: u64, len: usize) -> std::io::Result<Vec<u8>> {
    // Through the file system, so that the number needs no trust: it is opened anew, or it is not there.
    let file = File::open(format!("/dev/fd/{descriptor}"))?;
    let end = offset.checked_add(len as u64);
    if end.is_none_or(|end| end > file.metadata().map_or(0, |found| found.len())) {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

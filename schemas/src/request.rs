//! The one request form: what a stage is handed and what it answers, in memory and on a pipe.
//!
//! One-shot runs, `--batch`, the driver's workers and (later) remote execution all speak it, so a stage has one
//! meaning however it is reached. All fields are little-endian.
//!
//! ```text
//! batch    magic "DXRQ" (4)  version u16  0 u16   id u64   head bytes u32   request count u32   body bytes u64
//!          head, per request:  unit (u32 length, UTF-8)   option count u32, per option name and value (as unit)
//!                              input count u32, per input:
//!                                section kind u16   body form u16   ordinal u32   ContentId 40
//!                                form 0: nothing, the bytes follow in the body
//!                                form 1: descriptor u32, 0 u32, offset u64 (an inherited, readable descriptor)
//!          body: the inline inputs, one after the other
//! answer   magic "DXAN" (4)  version u16  outcome u16   id u64   request index u32   0 u32   body bytes u64
//!          body: the artifact, or the reason in UTF-8
//! ```
//!
//! A batch is one job: a worker takes it whole and answers its requests in order, each with one answer. Lengths are
//! bounded before anything is allocated, and the stage checks each input against its digest.

use std::io::{self, Read};

use crate::bytes::{Reader, Short, Write};
use crate::container::SectionKind;
use crate::digest::ContentId;

pub const BATCH_MAGIC: [u8; 4] = *b"DXRQ";
pub const ANSWER_MAGIC: [u8; 4] = *b"DXAN";
pub const VERSION: u16 = 1;
const HEADER_BYTES: usize = 32;
/// No head of a batch is larger: 100,000 fragments of a file with two inputs each fit.
pub const HEAD_BYTES_MAX: u32 = 64 << 20;
/// No batch carries more, and no artifact is larger.
pub const BODY_BYTES_MAX: u64 = 1 << 30;
const OPTIONS_MAX: u32 = 1 << 10;

/// Options of a stage as (name, value), sorted by name; all of them are part of the key.
pub type Options = Vec<(String, String)>;

/// One section (or source file) handed to a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input<'a> {
    pub kind: SectionKind,
    pub ordinal: u32,
    pub id: ContentId,
    pub bytes: &'a [u8],
}

/// What a stage is handed: everything it may know.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What to call this unit in reports; the answer must not depend on it (the determinism check varies it).
    pub unit: &'a str,
    pub options: &'a [(String, String)],
    pub inputs: Vec<Input<'a>>,
}

/// What a stage answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// A whole artifact of the kind that the stage writes; findings about the user's source stand in it.
    Artifact(Vec<u8>),
    /// The request itself cannot be served: an input is missing, damaged, or of a version this stage does not read.
    Refused(String),
}

impl<'a> Request<'a> {
    /// The bytes of one input, or the reason to refuse the request with.
    pub fn input(&self, kind: SectionKind, ordinal: u32) -> Result<&'a [u8], String> {
        self.inputs
            .iter()
            .find(|input| input.kind == kind && input.ordinal == ordinal)
            .map(|input| input.bytes)
            .ok_or_else(|| format!("the request has no input {} {ordinal}", kind.name()))
    }

    /// The only input of a kind, whatever its ordinal.
    pub fn only(&self, kind: SectionKind) -> Result<&'a [u8], String> {
        let mut found = self.inputs.iter().filter(|input| input.kind == kind);
        match (found.next(), found.next()) {
            (Some(input), None) => Ok(input.bytes),
            (None, _) => Err(format!("the request has no input {}", kind.name())),
            (Some(_), Some(_)) => Err(format!("the request has more than one input {}", kind.name())),
        }
    }

    /// All inputs of a kind, in the order handed over (that of their ordinals).
    pub fn all(&self, kind: SectionKind) -> impl Iterator<Item = &Input<'a>> {
        self.inputs.iter().filter(move |input| input.kind == kind)
    }

    pub fn option(&self, name: &str) -> Option<&'a str> {
        self.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl From<Result<Vec<u8>, String>> for Response {
    fn from(result: Result<Vec<u8>, String>) -> Response {
        match result {
            Ok(artifact) => Response::Artifact(artifact),
            Err(reason) => Response::Refused(reason),
        }
    }
}

/// Where the bytes of an input come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    Inline(&'a [u8]),
    /// A descriptor that the stage inherited.
    Descriptor {
        descriptor: u32,
        offset: u64,
    },
}

/// An input on its way to a stage.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    pub kind: SectionKind,
    pub ordinal: u32,
    pub id: ContentId,
    pub body: Body<'a>,
}

/// Writes batches.
#[derive(Default)]
pub struct BatchWriter {
    head: Vec<u8>,
    body: Vec<u8>,
    requests: u32,
}

impl BatchWriter {
    pub fn add(&mut self, unit: &str, options: &[(String, String)], inputs: &[Sent<'_>]) {
        self.requests += 1;
        put_text(&mut self.head, unit);
        self.head.put_u32(options.len() as u32);
        for (name, value) in options {
            put_text(&mut self.head, name);
            put_text(&mut self.head, value);
        }
        self.head.put_u32(inputs.len() as u32);
        for input in inputs {
            self.head.put_u16(input.kind as u16);
            self.head.put_u16(matches!(input.body, Body::Descriptor { .. }) as u16);
            self.head.put_u32(input.ordinal);
            self.head.extend_from_slice(&input.id.to_bytes());
            match input.body {
                Body::Inline(bytes) => self.body.extend_from_slice(bytes),
                Body::Descriptor { descriptor, offset } => {
                    self.head.put_u32(descriptor);
                    self.head.put_u32(0);
                    self.head.put_u64(offset);
                }
            }
        }
    }

    pub fn requests(&self) -> u32 {
        self.requests
    }

    pub fn body_bytes(&self) -> usize {
        self.body.len()
    }

    /// The whole frame.
    pub fn finish(self, id: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES + self.head.len() + self.body.len());
        out.extend_from_slice(&BATCH_MAGIC);
        out.put_u16(VERSION);
        out.put_u16(0);
        out.put_u64(id);
        out.put_u32(self.head.len() as u32);
        out.put_u32(self.requests);
        out.put_u64(self.body.len() as u64);
        out.extend_from_slice(&self.head);
        out.extend_from_slice(&self.body);
        out
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.put_u32(text.len() as u32);
    out.extend_from_slice(text.as_bytes());
}

/// Why a frame could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("the pipe broke: {0}")]
    Io(#[from] io::Error),
    #[error("not a {0} frame of this version")]
    Header(&'static str),
    #[error("a frame of {0} bytes is larger than allowed")]
    TooLarge(u64),
    #[error("damaged frame: {0}")]
    Damaged(#[from] Short),
    #[error("damaged frame: {0}")]
    Malformed(&'static str),
}

/// One frame as it came off the pipe; [`Batch::requests`] looks inside.
pub struct Batch {
    pub id: u64,
    requests: u32,
    head: Vec<u8>,
    body: Vec<u8>,
}

/// A request as it stands in a frame.
pub struct Received<'a> {
    pub unit: &'a str,
    pub options: Options,
    pub inputs: Vec<Sent<'a>>,
}

impl Batch {
    /// The next frame, or `None` when the pipe was closed between two frames.
    pub fn read(pipe: &mut impl Read) -> Result<Option<Batch>, FrameError> {
        let Some(header) = read_header(pipe)? else { return Ok(None) };
        let mut reader = Reader::new(&header);
        if reader.array()? != BATCH_MAGIC || reader.u16()? != VERSION {
            return Err(FrameError::Header("request"));
        }
        reader.u16()?;
        let id = reader.u64()?;
        let head_bytes = reader.u32()?;
        let requests = reader.u32()?;
        let body_bytes = reader.u64()?;
        if head_bytes > HEAD_BYTES_MAX {
            return Err(FrameError::TooLarge(u64::from(head_bytes)));
        }
        if body_bytes > BODY_BYTES_MAX {
            return Err(FrameError::TooLarge(body_bytes));
        }
        let head = read_bytes(pipe, u64::from(head_bytes))?;
        let body = read_bytes(pipe, body_bytes)?;
        Ok(Some(Batch { id, requests, head, body }))
    }

    /// Every request of the batch; an error spoils the whole batch, never the process.
    pub fn requests(&self) -> Result<Vec<Received<'_>>, FrameError> {
        let mut head = Reader::new(&self.head);
        let mut body = Reader::new(&self.body);
        let mut out = Vec::new();
        for _ in 0..self.requests {
            let unit = take_text(&mut head)?;
            let options = head.u32()?;
            if options > OPTIONS_MAX {
                return Err(FrameError::Malformed("too many options"));
            }
            let mut list = Options::new();
            for _ in 0..options {
                list.push((take_text(&mut head)?.to_owned(), take_text(&mut head)?.to_owned()));
            }
            let inputs = head.u32()?;
            let mut sent = Vec::new();
            for _ in 0..inputs {
                sent.push(take_input(&mut head, &mut body)?);
            }
            out.push(Received { unit, options: list, inputs: sent });
        }
        head.finish()?;
        body.finish()?;
        Ok(out)
    }
}

fn take_text<'a>(head: &mut Reader<'a>) -> Result<&'a str, FrameError> {
    let len = head.u32()? as usize;
    std::str::from_utf8(head.take(len)?).map_err(|_| FrameError::Malformed("text is not UTF-8"))
}

fn take_input<'a>(head: &mut Reader<'a>, body: &mut Reader<'a>) -> Result<Sent<'a>, FrameError> {
    let kind = SectionKind::from_code(head.u16()?).ok_or(FrameError::Malformed("input of unknown kind"))?;
    let form = head.u16()?;
    let ordinal = head.u32()?;
    let id = ContentId::from_bytes(&head.array()?);
    if id.size_bytes > BODY_BYTES_MAX {
        return Err(FrameError::TooLarge(id.size_bytes));
    }
    let body = match form {
        0 => Body::Inline(body.take(id.size_bytes as usize)?),
        1 => {
            let descriptor = head.u32()?;
            head.u32()?;
            Body::Descriptor { descriptor, offset: head.u64()? }
        }
        _ => return Err(FrameError::Malformed("input of unknown form")),
    };
    Ok(Sent { kind, ordinal, id, body })
}

/// How one request ended, on the pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Outcome {
    Artifact = 0,
    Refused = 1,
    /// The stage has a bug: it says so with its last breath and ends with status 101.
    Panicked = 2,
}

/// One answer as it came off the pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub id: u64,
    /// Which request of the batch, from 0.
    pub index: u32,
    pub outcome: Outcome,
    /// The artifact, or the reason.
    pub body: Vec<u8>,
}

impl Answer {
    /// Writes header and body; the caller holds the pipe so that answers of two threads do not mix.
    pub fn write(
        pipe: &mut impl io::Write,
        id: u64,
        index: u32,
        outcome: Outcome,
        body: &[u8],
    ) -> io::Result<()> {
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(&ANSWER_MAGIC);
        header.put_u16(VERSION);
        header.put_u16(outcome as u16);
        header.put_u64(id);
        header.put_u32(index);
        header.put_u32(0);
        header.put_u64(body.len() as u64);
        pipe.write_all(&header)?;
        pipe.write_all(body)
    }

    /// The next answer, or `None` when the pipe was closed between two answers.
    pub fn read(pipe: &mut impl Read) -> Result<Option<Answer>, FrameError> {
        let Some(header) = read_header(pipe)? else { return Ok(None) };
        let mut reader = Reader::new(&header);
        if reader.array()? != ANSWER_MAGIC || reader.u16()? != VERSION {
            return Err(FrameError::Header("answer"));
        }
        let outcome = match reader.u16()? {
            0 => Outcome::Artifact,
            1 => Outcome::Refused,
            2 => Outcome::Panicked,
            _ => return Err(FrameError::Malformed("answer with unknown outcome")),
        };
        let id = reader.u64()?;
        let index = reader.u32()?;
        reader.u32()?;
        let size = reader.u64()?;
        if size > BODY_BYTES_MAX {
            return Err(FrameError::TooLarge(size));
        }
        Ok(Some(Answer { id, index, outcome, body: read_bytes(pipe, size)? }))
    }
}

fn read_header(pipe: &mut impl Read) -> Result<Option<[u8; HEADER_BYTES]>, FrameError> {
    let mut header = [0; HEADER_BYTES];
    let mut filled = 0;
    while filled < HEADER_BYTES {
        match pipe.read(&mut header[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(FrameError::Io(io::ErrorKind::UnexpectedEof.into())),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(header))
}

/// Reads exactly `len` bytes; memory grows with what really arrives, not with what a header claims.
fn read_bytes(pipe: &mut impl Read, len: u64) -> Result<Vec<u8>, FrameError> {
    let mut out = Vec::with_capacity(len.min(1 << 20) as usize);
    pipe.take(len).read_to_end(&mut out)?;
    if out.len() as u64 != len {
        return Err(FrameError::Io(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(out)
}

/// Sends a frame in one go.
pub fn send(pipe: &mut impl io::Write, frame: &[u8]) -> io::Result<()> {
    pipe.write_all(frame)?;
    pipe.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Vec<u8> {
        let mut writer = BatchWriter::default();
        let options = vec![("optimise".to_owned(), "1".to_owned())];
        let source = Sent {
            kind: SectionKind::Tree,
            ordinal: 3,
            id: ContentId::of(b"tree"),
            body: Body::Inline(b"tree"),
        };
        let mapped = Sent { body: Body::Descriptor { descriptor: 5, offset: 64 }, ..source };
        writer.add("pkg/a.py", &options, &[source, mapped]);
        writer.add("pkg/b.py", &[], &[]);
        writer.finish(7)
    }

    #[test]
    fn a_batch_comes_back_as_it_was_sent() {
        let bytes = frame();
        let batch = Batch::read(&mut &bytes[..]).unwrap().unwrap();
        assert_eq!(batch.id, 7);
        let requests = batch.requests().unwrap();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].unit, "pkg/a.py");
        assert_eq!(requests[0].options, [("optimise".to_owned(), "1".to_owned())]);
        assert_eq!(requests[0].inputs[0].body, Body::Inline(b"tree"));
        assert_eq!(requests[0].inputs[1].body, Body::Descriptor { descriptor: 5, offset: 64 });
        assert!(requests[1].inputs.is_empty());
        assert!(Batch::read(&mut &[][..]).unwrap().is_none());
    }

    #[test]
    fn damaged_frames_are_errors_and_allocate_little() {
        let good = frame();
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bytes = good.clone();
                bytes[at] ^= 1 << bit;
                if let Ok(Some(batch)) = Batch::read(&mut &bytes[..]) {
                    let _ = batch.requests();
                }
            }
            if at > 0 {
                assert!(Batch::read(&mut &good[..at]).is_err());
            }
        }
    }

    #[test]
    fn answers_come_back_one_by_one() {
        let mut pipe = Vec::new();
        Answer::write(&mut pipe, 1, 0, Outcome::Artifact, b"artifact").unwrap();
        Answer::write(&mut pipe, 1, 1, Outcome::Refused, b"why").unwrap();
        let mut reader = &pipe[..];
        let first = Answer::read(&mut reader).unwrap().unwrap();
        assert_eq!((first.outcome, first.body.as_slice()), (Outcome::Artifact, &b"artifact"[..]));
        let second = Answer::read(&mut reader).unwrap().unwrap();
        assert_eq!((second.index, second.outcome), (1, Outcome::Refused));
        assert!(Answer::read(&mut reader).unwrap().is_none());
    }
}

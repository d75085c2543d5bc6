//! Frames: encoding, and decoding from a stream that may be cut anywhere.

use std::borrow::Cow;

use super::{Answer, Order, Outcome};
use crate::bytes::{Reader, Write};

pub const MAGIC: u16 = 0x5844;
pub const VERSION: u8 = 1;
pub const ORDER_BYTES: usize = 32;
pub const ANSWER_BYTES: usize = 40;
/// No payload is longer: a test that prints more is cut by the worker.
pub const LENGTH_MAX: u32 = 64 << 20;

/// Why bytes are no frame. The stream cannot be trusted after any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("no frame begins here (magic {0:#06x})")]
    Magic(u16),
    #[error("the frame is of version {0}, this is version {VERSION}")]
    Version(u8),
    #[error("unknown kind {0}")]
    Kind(u8),
    #[error("unknown outcome {0}")]
    Outcome(u8),
    #[error("a payload of {0} bytes is too long")]
    Length(u32),
    #[error("the frame is damaged (check {found:#010x}, expected {expected:#010x})")]
    Check { found: u32, expected: u32 },
}

/// One order with its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFrame<'a> {
    pub kind: Order,
    pub words: [u32; 5],
    pub payload: Cow<'a, [u8]>,
}

/// One answer with its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFrame<'a> {
    pub kind: Answer,
    pub file: u32,
    pub item: u32,
    pub outcome: Outcome,
    pub phase: u8,
    pub flags: u16,
    /// Set-up, call and teardown, in microseconds.
    pub times: [u32; 3],
    /// Microseconds since the run began.
    pub start: u32,
    pub payload: Cow<'a, [u8]>,
}

fn check(head: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(head);
    hasher.update(payload);
    hasher.finalize()
}

/// The common start of both headers: kind and length, once the whole header is there.
fn begin(reader: &mut Reader<'_>) -> Result<(u8, u32), FrameError> {
    let (Ok(magic), Ok(version), Ok(kind), Ok(length)) =
        (reader.u16(), reader.u8(), reader.u8(), reader.u32())
    else {
        return Err(FrameError::Magic(0));
    };
    if magic != MAGIC {
        return Err(FrameError::Magic(magic));
    }
    if version != VERSION {
        return Err(FrameError::Version(version));
    }
    if length > LENGTH_MAX {
        return Err(FrameError::Length(length));
    }
    Ok((kind, length))
}

fn put_begin(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    out.extend_from_slice(&MAGIC.to_le_bytes());
    out.extend_from_slice(&[VERSION, kind]);
    out.put_u32(payload.len() as u32);
}

fn put_end(out: &mut Vec<u8>, start: usize, payload: &[u8]) {
    let sum = check(&out[start..], payload);
    out.put_u32(sum);
    out.extend_from_slice(payload);
}

/// Payload and length of a whole frame whose header has `header` bytes; `None` while bytes are missing.
fn checked(bytes: &[u8], header: usize, length: u32) -> Result<Option<(&[u8], usize)>, FrameError> {
    let total = header + length as usize;
    let Some(payload) = bytes.get(header..total) else { return Ok(None) };
    let head = &bytes[..header - 4];
    let expected = check(head, payload);
    let mut found = [0; 4];
    found.copy_from_slice(&bytes[header - 4..header]);
    let found = u32::from_le_bytes(found);
    if found != expected {
        return Err(FrameError::Check { found, expected });
    }
    Ok(Some((payload, total)))
}

impl<'a> OrderFrame<'a> {
    pub fn new(kind: Order, words: &[u32]) -> OrderFrame<'a> {
        let mut all = [0; 5];
        for (to, from) in all.iter_mut().zip(words) {
            *to = *from;
        }
        OrderFrame { kind, words: all, payload: Cow::Borrowed(&[]) }
    }

    pub fn with(mut self, payload: impl Into<Cow<'a, [u8]>>) -> OrderFrame<'a> {
        self.payload = payload.into();
        self
    }

    pub fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        put_begin(out, self.kind as u8, &self.payload);
        self.words.iter().for_each(|word| out.put_u32(*word));
        put_end(out, start, &self.payload);
    }

    /// One frame from the start of `bytes` and how long it is; `None` while bytes are missing.
    pub fn decode(bytes: &'a [u8]) -> Result<Option<(OrderFrame<'a>, usize)>, FrameError> {
        if bytes.len() < ORDER_BYTES {
            return Ok(None);
        }
        let mut reader = Reader::new(bytes);
        let (kind, length) = begin(&mut reader)?;
        let Some((payload, total)) = checked(bytes, ORDER_BYTES, length)? else { return Ok(None) };
        let kind = Order::from_code(kind).ok_or(FrameError::Kind(kind))?;
        let mut words = [0; 5];
        for word in &mut words {
            *word = reader.u32().unwrap_or_default();
        }
        Ok(Some((OrderFrame { kind, words, payload: Cow::Borrowed(payload) }, total)))
    }
}

impl<'a> AnswerFrame<'a> {
    pub fn new(kind: Answer) -> AnswerFrame<'a> {
        AnswerFrame {
            kind,
            file: 0,
            item: 0,
            outcome: Outcome::Passed,
            phase: 0,
            flags: 0,
            times: [0; 3],
            start: 0,
            payload: Cow::Borrowed(&[]),
        }
    }

    pub fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        put_begin(out, self.kind as u8, &self.payload);
        out.put_u32(self.file);
        out.put_u32(self.item);
        out.extend_from_slice(&[self.outcome as u8, self.phase]);
        out.extend_from_slice(&self.flags.to_le_bytes());
        self.times.iter().for_each(|time| out.put_u32(*time));
        out.put_u32(self.start);
        put_end(out, start, &self.payload);
    }

    /// One frame from the start of `bytes` and how long it is; `None` while bytes are missing.
    pub fn decode(bytes: &'a [u8]) -> Result<Option<(AnswerFrame<'a>, usize)>, FrameError> {
        if bytes.len() < ANSWER_BYTES {
            return Ok(None);
        }
        let mut reader = Reader::new(bytes);
        let (kind, length) = begin(&mut reader)?;
        let Some((payload, total)) = checked(bytes, ANSWER_BYTES, length)? else { return Ok(None) };
        let kind = Answer::from_code(kind).ok_or(FrameError::Kind(kind))?;
        let mut frame = AnswerFrame::new(kind);
        let mut word = || reader.u32().unwrap_or_default();
        frame.file = word();
        frame.item = word();
        let packed = word().to_le_bytes();
        frame.outcome = Outcome::from_code(packed[0]).ok_or(FrameError::Outcome(packed[0]))?;
        frame.phase = packed[1];
        frame.flags = u16::from_le_bytes([packed[2], packed[3]]);
        frame.times = [word(), word(), word()];
        frame.start = word();
        frame.payload = Cow::Borrowed(payload);
        Ok(Some((frame, total)))
    }
}

/// Collects bytes as they arrive and hands out whole answers.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    at: usize,
}

impl Decoder {
    pub fn push(&mut self, bytes: &[u8]) {
        if self.at > 0 && self.at == self.bytes.len() {
            self.bytes.clear();
            self.at = 0;
        } else if self.at > 1 << 16 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    pub fn take(&mut self) -> Result<Option<AnswerFrame<'_>>, FrameError> {
        let Some((frame, length)) = AnswerFrame::decode(&self.bytes[self.at..])? else { return Ok(None) };
        self.at += length;
        Ok(Some(frame))
    }

    /// Bytes of a frame that is not whole.
    pub fn pending(&self) -> usize {
        self.bytes.len() - self.at
    }
}

//! The state of an open file: descriptor, read-ahead, pending writes. Knows bytes only.

use std::fs::File;
use std::io::{Error, Read, Result, Seek, SeekFrom, Write};
use std::mem::ManuallyDrop;

/// What is read at a time, and how much is kept before it is written.
const BLOCK: usize = 64 << 10;

/// Which line ends a text file knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Newline {
    /// `newline=None`: all of them, read as `\n`.
    Universal,
    /// `newline=''`: all of them, as they are.
    Any,
    Line,
    Return,
    ReturnLine,
}

pub(super) struct FileState {
    /// None once closed. Not closed by itself when the descriptor belongs to somebody else.
    file: Option<ManuallyDrop<File>>,
    owned: bool,
    pub(super) readable: bool,
    pub(super) writable: bool,
    pub(super) text: bool,
    pub(super) encoding: String,
    pub(super) errors: String,
    pub(super) newline: Newline,
    pub(super) line_buffering: bool,
    pub(super) unbuffered: bool,
    ahead: Vec<u8>,
    /// How much of `ahead` was given out.
    taken: usize,
    /// A carriage return at the end of a block, which the next one explains.
    held_return: bool,
    at_end: bool,
    pending: Vec<u8>,
}

impl FileState {
    pub(super) fn new(file: File, owned: bool, readable: bool, writable: bool) -> FileState {
        FileState {
            file: Some(ManuallyDrop::new(file)),
            owned,
            readable,
            writable,
            text: false,
            encoding: "UTF-8".to_owned(),
            errors: "strict".to_owned(),
            newline: Newline::Universal,
            line_buffering: false,
            unbuffered: false,
            ahead: Vec::new(),
            taken: 0,
            held_return: false,
            at_end: false,
            pending: Vec::new(),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.file.is_none()
    }

    pub(super) fn file(&self) -> Result<&File> {
        self.file.as_deref().ok_or_else(closed)
    }

    /// The bytes read ahead and not given out yet.
    pub(super) fn ready(&self) -> &[u8] {
        &self.ahead[self.taken..]
    }

    /// Gives out the first `count` bytes of what is ready.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        let count = count.min(self.ahead.len() - self.taken);
        let taken = self.ahead[self.taken..self.taken + count].to_vec();
        self.taken += count;
        if self.taken == self.ahead.len() {
            self.ahead.clear();
            self.taken = 0;
        }
        taken
    }

    /// Passes over the first `count` bytes of what is ready.
    pub(super) fn skip(&mut self, count: usize) {
        self.taken = (self.taken + count).min(self.ahead.len());
        if self.taken == self.ahead.len() {
            self.ahead.clear();
            self.taken = 0;
        }
    }

    /// Whether the encoding is UTF-8 under its usual name.
    pub(super) fn is_utf8(&self) -> bool {
        self.encoding.len() == 5 && self.encoding.eq_ignore_ascii_case("utf-8")
    }

    /// Reads another block; false at the end of the file.
    pub(super) fn fill(&mut self) -> Result<bool> {
        self.flush()?;
        if self.at_end {
            return Ok(false);
        }
        if self.taken > 0 {
            self.ahead.drain(..self.taken);
            self.taken = 0;
        }
        let start = self.ahead.len();
        self.ahead.resize(start + BLOCK, 0);
        let read = loop {
            let mut file = self.file.as_deref().ok_or_else(closed)?;
            match file.read(&mut self.ahead[start..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.ahead.truncate(start + *read.as_ref().unwrap_or(&0));
        let read = read?;
        if self.text && self.newline == Newline::Universal {
            self.translate(start, read == 0);
        }
        if read == 0 {
            // A terminal's end of file is no end for the next call.
            self.at_end = self.ahead.len() > start;
            return Ok(self.ahead.len() > start);
        }
        Ok(true)
    }

    /// Turns `\r\n` and `\r` from `start` on into `\n`.
    fn translate(&mut self, start: usize, last: bool) {
        let held = std::mem::take(&mut self.held_return);
        if !held && memchr::memchr(b'\r', &self.ahead[start..]).is_none() {
            return;
        }
        let mut block = self.ahead.split_off(start);
        if held {
            block.insert(0, b'\r');
        }
        if !last && block.last() == Some(&b'\r') {
            block.pop();
            self.held_return = true;
        }
        let mut bytes = block.into_iter().peekable();
        while let Some(byte) = bytes.next() {
            if byte == b'\r' {
                bytes.next_if_eq(&b'\n');
                self.ahead.push(b'\n');
            } else {
                self.ahead.push(byte);
            }
        }
    }

    /// Everything up to the end of the file.
    pub(super) fn read_all(&mut self) -> Result<Vec<u8>> {
        while self.fill()? {}
        self.at_end = false;
        Ok(self.take(usize::MAX))
    }

    /// Replaces what is ready by text that needs no decoding any more.
    pub(super) fn replace_ready(&mut self, text: Vec<u8>) {
        self.ahead = text;
        self.taken = 0;
    }

    /// Adds to what is written, and writes it when there is much of it.
    pub(super) fn write(&mut self, data: &[u8]) -> Result<()> {
        self.unread()?;
        self.pending.extend_from_slice(data);
        let lines = self.line_buffering && memchr::memrchr2(b'\n', b'\r', data).is_some();
        if self.unbuffered || lines || self.pending.len() >= BLOCK {
            self.flush()?;
        }
        Ok(())
    }

    /// Sets the file's position back to what the program has read.
    fn unread(&mut self) -> Result<()> {
        let ahead = self.ahead.len() - self.taken;
        if ahead > 0 {
            let mut file = self.file.as_deref().ok_or_else(closed)?;
            file.seek(SeekFrom::Current(-(ahead as i64)))?;
            self.forget();
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.ahead.clear();
        self.taken = 0;
        self.at_end = false;
        self.held_return = false;
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut file = self.file.as_deref().ok_or_else(closed)?;
        let written = file.write_all(&self.pending);
        self.pending.clear();
        written
    }

    /// The position that the program sees.
    pub(super) fn position(&mut self) -> Result<u64> {
        self.flush()?;
        let ahead = (self.ahead.len() - self.taken) as u64;
        let mut file = self.file.as_deref().ok_or_else(closed)?;
        Ok(file.stream_position()?.saturating_sub(ahead))
    }

    pub(super) fn seek(&mut self, target: SeekFrom) -> Result<u64> {
        self.flush()?;
        if let SeekFrom::Current(_) = target {
            self.unread()?;
        }
        self.forget();
        self.file.as_deref().ok_or_else(closed)?.seek(target)
    }

    pub(super) fn truncate(&mut self, size: u64) -> Result<()> {
        self.flush()?;
        self.file()?.set_len(size)
    }

    pub(super) fn close(&mut self) -> Result<()> {
        if self.file.is_none() {
            return Ok(());
        }
        let flushed = self.flush();
        if let Some(file) = self.file.take()
            && self.owned
        {
            drop(ManuallyDrop::into_inner(file));
        }
        self.forget();
        flushed
    }
}

impl Drop for FileState {
    fn drop(&mut self) {
        // Nobody is left to hear about an error.
        let _ = self.close();
    }
}

fn closed() -> Error {
    Error::from_raw_os_error(libc::EBADF)
}

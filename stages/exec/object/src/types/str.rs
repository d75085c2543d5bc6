//! `str`: WTF-8 bytes, one byte a character when all are ASCII.
//!
//! ```text
//!   compact:   header | hash | bytes | chars | data -> +40 | text ...            (ASCII)
//!   extended:  header | hash | bytes | chars | data        | index | buffer | text ...
//! ```
//! `index` is a lazily built table of byte offsets of every 64th character; `buffer` is the shared append buffer
//! that `data` points into. `s += piece` extends the buffer in place when `s` ends where the buffer's content
//! ends, so a loop of appends is linear; otherwise it copies into a new, over-allocated buffer.

mod append;
mod index;
pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags as type_flags};
use crate::thread::Thread;
use crate::value::Value;

pub use append::concat;
pub use index::code_points;

/// The fixed part of a string; compact strings end with it and their text.
#[repr(C)]
pub struct StrObject {
    header: Header,
    /// 0: not computed.
    hash: Cell<i64>,
    bytes: usize,
    chars: usize,
    data: *const u8,
}

/// What extended strings have after the fixed part.
#[repr(C)]
struct Extension {
    index: Cell<Value>,
    buffer: Value,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for StrObject {
    const KIND: Kind = kinds::STR;
}

mod flag {
    pub(super) const INTERNED: u16 = 1;
    pub(super) const EXTENDED: u16 = 2;
}

const COMPACT: usize = size_of::<StrObject>();
const EXTENDED: usize = COMPACT + size_of::<Extension>();
const SHAPE: u32 = ids::STR.0;

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::wrapped(kinds::STR)),
    flags: type_flags::BASE | type_flags::IS_STR | type_flags::MATCH_SELF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("str")
};

impl StrObject {
    /// The text as WTF-8 (UTF-8 that may hold single surrogates).
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` points at `bytes` bytes in this cell or in its buffer, which it keeps alive.
        unsafe { std::slice::from_raw_parts(self.data, self.bytes) }
    }

    /// Number of characters.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.chars
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.bytes == self.chars
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.header.flags() & flag::INTERNED != 0
    }

    pub(crate) fn set_interned(&self) {
        self.header.set_flags(self.header.flags() | flag::INTERNED);
    }

    /// As Rust text; `None` when it holds single surrogates.
    pub fn as_utf8(&self) -> Option<&str> {
        if self.is_ascii() {
            // SAFETY: ASCII is UTF-8.
            return Some(unsafe { std::str::from_utf8_unchecked(self.bytes()) });
        }
        std::str::from_utf8(self.bytes()).ok()
    }

    /// For messages: single surrogates become U+FFFD.
    pub fn to_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.bytes())
    }

    #[inline(always)]
    pub fn hash(&self, thread: &Thread) -> i64 {
        let known = self.hash.get();
        if known != 0 { known } else { self.compute_hash(thread) }
    }

    #[cold]
    #[inline(never)]
    fn compute_hash(&self, thread: &Thread) -> i64 {
        let hash = thread.hash_key.hash_text(self.bytes());
        self.hash.set(hash);
        hash
    }

    #[inline(always)]
    pub fn equals(&self, other: &StrObject) -> bool {
        std::ptr::eq(self, other) || self.bytes == other.bytes && self.equals_slow(other)
    }

    #[inline]
    fn equals_slow(&self, other: &StrObject) -> bool {
        let (a, b) = (self.hash.get(), other.hash.get());
        if a != 0 && b != 0 && a != b || self.is_interned() && other.is_interned() {
            return false;
        }
        self.bytes() == other.bytes()
    }

    fn extension(&self) -> Option<&Extension> {
        if self.header.flags() & flag::EXTENDED == 0 {
            return None;
        }
        // SAFETY: the flag says that the extension follows the fixed part.
        Some(unsafe { &*std::ptr::from_ref(self).add(1).cast::<Extension>() })
    }

    /// Byte offset of character `index`, which is at most the length.
    #[inline]
    pub fn offset_of(&self, thread: &Thread, index: usize) -> usize {
        debug_assert!(index <= self.chars);
        if self.is_ascii() { index } else { index::offset_of(thread, self, index) }
    }

    /// Character index of a byte offset that lies at the start of a character or at the end.
    pub fn index_of_offset(&self, offset: usize) -> usize {
        if self.is_ascii() { offset } else { index::count_chars(&self.bytes()[..offset]) }
    }

    /// The character at `index`, which is in range.
    pub fn char_at(&self, thread: &Thread, index: usize) -> Value {
        let start = self.offset_of(thread, index);
        let length = index::char_bytes(self.bytes()[start]);
        from_wtf8(thread, &self.bytes()[start..start + length]).value()
    }

    /// Characters `from..to`, which are in range.
    pub fn substring(&self, thread: &Thread, from: usize, to: usize) -> Value {
        if from >= to {
            return thread.empty_str();
        }
        let start = self.offset_of(thread, from);
        let end = self.offset_of(thread, to);
        from_parts(thread, &self.bytes()[start..end], to - from).value()
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for strings only.
    let string = unsafe { &*cell.cast::<StrObject>() };
    if let Some(extension) = string.extension() {
        marker.word(extension.index.get().word());
        marker.word(extension.buffer.word());
    }
}

/// A new string of this WTF-8 text with `chars` characters.
pub fn from_parts(thread: &Thread, bytes: &[u8], chars: usize) -> Gc<StrObject> {
    match bytes {
        [] => return gc(thread.empty_str()),
        &[byte] if byte < 0x80 => return gc(thread.chars[byte as usize].get()),
        _ => {}
    }
    let string = allocate(thread, bytes.len(), chars);
    // SAFETY: the cell has room for the text behind its fixed part.
    unsafe { bytes.as_ptr().copy_to_nonoverlapping(string.data.cast_mut(), bytes.len()) };
    string
}

fn gc(value: Value) -> Gc<StrObject> {
    // SAFETY: the interpreter's tables of characters hold strings.
    unsafe { Gc::from_raw(value.cell().cast()) }
}

/// A cell with room for the text, which the caller writes at once.
fn allocate(thread: &Thread, bytes: usize, chars: usize) -> Gc<StrObject> {
    let ascii = bytes == chars;
    let fixed = if ascii { COMPACT } else { EXTENDED };
    let flags = if ascii { 0 } else { flag::EXTENDED };
    let cell = thread.heap.alloc(fixed + bytes, Header::word(kinds::STR, SHAPE, flags)).cast::<StrObject>();
    // SAFETY: the cell is new and large enough for the fixed part.
    unsafe {
        (*cell).bytes = bytes;
        (*cell).chars = chars;
        (*cell).data = cell.byte_add(fixed).cast();
        Gc::from_raw(cell)
    }
}

/// A new string of so many bytes and characters, written by `fill` before anything else runs. MemoryError when
/// there is no room.
pub(crate) fn build(
    thread: &Thread,
    bytes: usize,
    chars: usize,
    fill: impl FnOnce(&mut [u8]),
) -> PyResult<Gc<StrObject>> {
    if bytes < 2 {
        let mut short = [0];
        fill(&mut short[..bytes]);
        return Ok(from_parts(thread, &short[..bytes], chars));
    }
    if bytes > isize::MAX as usize / 2 {
        return Err(thread.memory_error(""));
    }
    let string = allocate(thread, bytes, chars);
    // SAFETY: the cell has room for the text behind its fixed part, and nobody else has seen it.
    fill(unsafe { std::slice::from_raw_parts_mut(string.data.cast_mut(), bytes) });
    Ok(string)
}

/// A new string of this WTF-8 text.
pub fn from_wtf8(thread: &Thread, bytes: &[u8]) -> Gc<StrObject> {
    from_parts(thread, bytes, index::count_chars(bytes))
}

/// Makes the strings of one character, the empty one among them (at the place of U+0000's neighbour table).
pub(crate) fn make_chars(thread: &Thread) {
    for code in 0..=255u32 {
        let mut buffer = [0; 4];
        let text = char::from_u32(code).unwrap_or('\0').encode_utf8(&mut buffer);
        let string = allocate(thread, text.len(), 1);
        // SAFETY: the cell has room for the text.
        unsafe { text.as_ptr().copy_to_nonoverlapping(string.data.cast_mut(), text.len()) };
        thread.chars[code as usize].set(thread.intern_str(string));
    }
    let empty = allocate(thread, 0, 0);
    thread.set_empty_str(thread.intern_str(empty));
}

impl Thread {
    /// A new string.
    pub fn str(&self, text: &str) -> Value {
        from_wtf8(self, text.as_bytes()).value()
    }

    /// A new string from formatting.
    pub fn str_format(&self, arguments: std::fmt::Arguments<'_>) -> Value {
        match arguments.as_str() {
            Some(text) => self.str(text),
            None => self.str(&arguments.to_string()),
        }
    }

    /// A new string of WTF-8 bytes.
    pub fn str_from_wtf8(&self, bytes: &[u8]) -> Value {
        from_wtf8(self, bytes).value()
    }

    /// The string of one code point (surrogates allowed).
    pub fn char_str(&self, code: u32) -> Value {
        if code < 256 {
            return self.chars[code as usize].get();
        }
        let mut buffer = [0; 4];
        from_parts(self, index::encode(code, &mut buffer), 1).value()
    }

    /// `str(value)` as Rust text for messages, lossy.
    pub fn to_text(&self, value: Value) -> PyResult<String> {
        let string = self.to_str(value)?;
        Ok(string.as_str().map(|string| string.to_lossy().into_owned()).unwrap_or_default())
    }
}

impl Value {
    /// The string, for a str or an instance of a subclass.
    #[inline(always)]
    pub fn as_str(self) -> Option<Gc<StrObject>> {
        match self.downcast::<StrObject>() {
            Some(string) => Some(string),
            None => self.wrapped()?.downcast(),
        }
    }

    /// The bytes of a str's text.
    pub fn str_bytes(&self) -> Option<&[u8]> {
        let string = self.as_str()?;
        // SAFETY: the string is kept alive by `self`, which is borrowed for as long as the slice.
        Some(unsafe { std::slice::from_raw_parts(string.data, string.bytes) })
    }
}

#[cfg(test)]
mod tests;

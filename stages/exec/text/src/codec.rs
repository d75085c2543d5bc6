//! The codecs that the runtime needs before any Python runs: UTF-8, UTF-16, UTF-32, Latin-1, ASCII.
//!
//! A codec runs up to the first byte or character that it cannot take and reports where that is. An
//! [`ErrorPolicy`] covers the handlers with names; a handler written in Python is the caller's: it calls
//! [`Codec::decode_from`] and [`Codec::encode_from`] again behind each error.

mod decode;
mod encode;
mod policy;

pub use policy::{ErrorPolicy, decode, encode, mend_decoding, mend_encoding};

/// The order of the bytes in a unit of UTF-16 or UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    Little,
    Big,
}

/// A codec without state; byte order marks are the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Utf8,
    Utf16(Endian),
    Utf32(Endian),
    Latin1,
    Ascii,
}

/// Where decoding stopped: a byte range of the input, and why in CPython's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// Where encoding stopped: a byte range of the text (count its characters for Python's positions).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError {
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

impl Codec {
    /// The codec with this normalised name (lower case, `-` for `_` and spaces), byte order given.
    pub fn from_name(name: &str) -> Option<Codec> {
        Some(match name {
            "utf-8" | "utf8" | "u8" | "cp65001" => Codec::Utf8,
            "utf-16-le" | "utf-16le" => Codec::Utf16(Endian::Little),
            "utf-16-be" | "utf-16be" => Codec::Utf16(Endian::Big),
            "utf-32-le" | "utf-32le" => Codec::Utf32(Endian::Little),
            "utf-32-be" | "utf-32be" => Codec::Utf32(Endian::Big),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" | "latin" | "l1" => {
                Codec::Latin1
            }
            "ascii" | "us-ascii" | "646" => Codec::Ascii,
            _ => return None,
        })
    }

    /// The name that error messages use.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Utf16(Endian::Little) => "utf-16-le",
            Codec::Utf16(Endian::Big) => "utf-16-be",
            Codec::Utf32(Endian::Little) => "utf-32-le",
            Codec::Utf32(Endian::Big) => "utf-32-be",
            Codec::Latin1 => "latin-1",
            Codec::Ascii => "ascii",
        }
    }
}

//! Pure kernels of Python's text and number forms: float repr, format specs, string searching, number parsing.
//!
//! Nothing here knows an object: text comes in as bytes and goes out as bytes, so that the builtin types,
//! native code and the tools share one set of kernels, each checked against CPython's results alone.
//! `str` data is *generalised UTF-8* (WTF-8 in which single surrogates stay single, see [`wtf8`]).

pub mod bytes;
pub mod codec;
pub mod escape;
pub mod float;
pub mod format;
pub mod int;
pub mod repr;
pub mod search;
pub mod unicode;
pub mod wtf8;

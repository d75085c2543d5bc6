//! Floats as text: the digits, their layout, and the way back.

mod digits;
mod hex;
mod layout;
mod parse;

pub use digits::{Digits, rounded, shortest};
pub use hex::{HexError, from_hex, push_hex};
pub use layout::{Layout, push_finite, push_repr};
pub use parse::parse;
pub(crate) use parse::trim;

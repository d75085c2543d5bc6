//! Three hashes with three names.
//!
//! - [`ContentId`]: (SHA-256, size) of bytes that exist. SHA-256 because it is the Remote Execution API's digest,
//!   so an artifact's address here is its address on any such server.
//! - [`ActionId`]: BLAKE3 over *everything that an action reads*, as length-prefixed components.
//! - [`ToolId`]: BLAKE3 over the sources of a stage's library and of what it links, embedded at build.
//!
//! Keeping them apart is what makes early cut-off work: an action whose inputs have equal ContentIds has the same
//! ActionId, whoever produced the inputs and whenever.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Address of bytes: SHA-256 and length. The length is part of the identity, as in the Remote Execution API.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContentId {
    #[serde(with = "crate::hash_form")]
    pub sha256: [u8; 32],
    pub size_bytes: u64,
}

impl ContentId {
    pub fn of(bytes: &[u8]) -> ContentId {
        ContentId { sha256: Sha256::digest(bytes).into(), size_bytes: bytes.len() as u64 }
    }

    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.size_bytes == bytes.len() as u64 && *self == ContentId::of(bytes)
    }

    /// The 40 bytes in which an id is stored: digest, then little-endian size.
    pub fn to_bytes(&self) -> [u8; 40] {
        let mut out = [0; 40];
        out[..32].copy_from_slice(&self.sha256);
        out[32..].copy_from_slice(&self.size_bytes.to_le_bytes());
        out
    }

    pub fn from_bytes(bytes: &[u8; 40]) -> ContentId {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(&bytes[..32]);
        let mut size = [0; 8];
        size.copy_from_slice(&bytes[32..]);
        ContentId { sha256, size_bytes: u64::from_le_bytes(size) }
    }

    /// `HEX/SIZE`, the form that `dx-pipe show` takes; the hexadecimal part may be a prefix there.
    pub fn parse(text: &str) -> Option<ContentId> {
        let (hex, size) = text.split_once('/')?;
        Some(ContentId { sha256: from_hex(hex)?, size_bytes: size.parse().ok()? })
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Hex(&self.sha256), self.size_bytes)
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Hex(&self.sha256[..6]), self.size_bytes)
    }
}

macro_rules! blake3_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(#[serde(with = "crate::hash_form")] pub [u8; 32]);

        impl $name {
            pub fn parse(text: &str) -> Option<$name> {
                from_hex(text).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", Hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), Hex(&self.0[..6]))
            }
        }
    };
}

blake3_id! {
    /// Key of an action: everything that it reads, hashed component by component (see [`crate::manifest`]).
    ActionId
}
blake3_id! {
    /// Identity of a stage's code: its sources, those of the crates under it, their locked versions, the compiler.
    ToolId
}

/// Shows bytes as lower-case hexadecimal.
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // In pieces: a call of the formatter for each byte costs more than the hash did.
        for piece in self.0.chunks(32) {
            let mut text = [0; 64];
            for (byte, pair) in piece.iter().zip(text.chunks_exact_mut(2)) {
                pair[0] = DIGITS[usize::from(byte >> 4)];
                pair[1] = DIGITS[usize::from(byte & 15)];
            }
            f.write_str(std::str::from_utf8(&text[..2 * piece.len()]).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// Parses exactly `2 * N` hexadecimal digits.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let nibble = |c: u8| (c as char).to_digit(16).map(|d| d as u8);
    let mut out = [0; N];
    for (slot, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *slot = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_id_is_the_sha256_of_the_bytes() {
        let id = ContentId::of(b"");
        assert_eq!(id.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/0");
        assert_eq!(ContentId::parse(&id.to_string()), Some(id));
        assert_eq!(ContentId::from_bytes(&id.to_bytes()), id);
        assert!(!id.matches(b"x"));
    }

    #[test]
    fn hexadecimal_of_the_wrong_length_or_alphabet_is_refused() {
        assert_eq!(from_hex::<2>("abc"), None);
        assert_eq!(from_hex::<2>("abcg"), None);
        assert_eq!(from_hex::<2>("ab0F"), Some([0xab, 0x0f]));
    }
}

//! How hashes stand in tables: as one byte string in MessagePack, in hexadecimal where people read.
//!
//! Serde's own form of a byte array is a sequence of numbers, which MessagePack makes half as long again and a hundred
//! times as slow.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

use crate::digest::{Hex, from_hex};

pub(crate) fn serialize<S: Serializer, const N: usize>(
    hash: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.collect_str(&Hex(hash))
    } else {
        serializer.serialize_bytes(hash)
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    if deserializer.is_human_readable() {
        deserializer.deserialize_str(Hash::<N>)
    } else {
        deserializer.deserialize_bytes(Hash::<N>)
    }
}

struct Hash<const N: usize>;

impl<const N: usize> Visitor<'_> for Hash<N> {
    type Value = [u8; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a hash of {N} bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<[u8; N], E> {
        bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<[u8; N], E> {
        from_hex(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

//! The action record: what the driver stores under an ActionId.
//!
//! The producer, and everything else that must not change the bytes of an artifact, stands here. MessagePack.

use serde::{Deserialize, Serialize};

use crate::container::ArtifactError;
use crate::digest::ContentId;
use crate::manifest::Manifest;

const VERSION: u8 = 1;

/// The outcome of one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u8,
    /// The artifact.
    pub output: ContentId,
    /// What was read: the explanation of the key.
    pub manifest: Manifest,
}

impl Record {
    pub fn new(output: ContentId, manifest: Manifest) -> Record {
        Record { version: VERSION, output, manifest }
    }

    pub fn encode(&self) -> Vec<u8> {
        // Plain data in memory always encodes.
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    pub fn decode(bytes: &[u8]) -> Result<Record, ArtifactError> {
        let record: Record = rmp_serde::from_slice(bytes)
            .map_err(|_| ArtifactError::Malformed("an action record does not decode"))?;
        if record.version != VERSION {
            return Err(ArtifactError::Malformed("an action record of another version"));
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::ToolId;
    use crate::stages::PARSE;

    #[test]
    fn records_round_trip_and_damage_is_an_error() {
        let manifest = Manifest::of_unit(&PARSE, ToolId([7; 32]), &[], &[]);
        let record = Record::new(ContentId::of(b"x"), manifest);
        let bytes = record.encode();
        assert_eq!(Record::decode(&bytes).unwrap(), record);
        for at in 0..bytes.len() {
            assert!(Record::decode(&bytes[..at]).is_err());
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            let _ = Record::decode(&damaged);
        }
    }
}

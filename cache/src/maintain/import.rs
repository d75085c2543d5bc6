//! Taking in an archive: from a stranger until proved otherwise.

use std::io::Read;

use dx_schemas::container::{Artifact, ArtifactError, MAGIC as ARTIFACT};
use dx_schemas::digest::ContentId;
use serde::Serialize;

use super::archive::{END, Hashing, MAGIC, VERSION, WINDOW_LOG_MAX};
use crate::cache::Cache;
use crate::error::CacheError;
use crate::key::{EntryKey, Origin, RecordKey};
use crate::session::Session;

#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The import ends with an error when the archive unpacks to more than this.
    pub payload_bytes_max: u64,
    pub entry_bytes_max: u64,
    /// Records wait in memory for the end of the archive, up to this.
    pub records_bytes_max: u64,
}

impl ImportOptions {
    pub fn of(cache: &Cache) -> ImportOptions {
        ImportOptions {
            payload_bytes_max: cache.options().size_bytes_max,
            entry_bytes_max: 1 << 30,
            records_bytes_max: 1 << 30,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub contents_new: usize,
    pub records_new: usize,
    pub present_already: usize,
    /// Entries of a kind or artifact version that this program does not know.
    pub skipped_unknown: usize,
    /// Contents whose bytes do not match their digest.
    pub skipped_damaged: usize,
    pub payload_bytes: u64,
    /// Why nothing could be stored, if so.
    pub not_stored: Option<String>,
}

/// Imports an archive. Every content is hashed again; records are taken over when the archive's end has proved them,
/// and never displace one that is there. Doing it twice changes nothing.
pub fn import(
    cache: &Cache,
    archive: impl Read,
    options: &ImportOptions,
) -> Result<ImportReport, CacheError> {
    let mut archive = archive;
    let mut head = [0; 8];
    archive.read_exact(&mut head).map_err(|_| CacheError::Archive("it is too short"))?;
    if head[..4] != MAGIC {
        return Err(CacheError::Archive("it has another magic number"));
    }
    if head[4..] != VERSION.to_le_bytes() {
        return Err(CacheError::Archive("it has a version that this program does not know"));
    }
    let damaged = |_| CacheError::Archive("it is cut off or damaged");
    let mut decoder = zstd::Decoder::new(archive).map_err(damaged)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(damaged)?;
    let mut stream = Hashing::new(decoder);
    let session = cache.session();
    let mut report = ImportReport::default();
    let mut records: Vec<(RecordKey, Vec<u8>)> = Vec::new();
    let mut records_bytes = 0u64;
    loop {
        let [slot] = stream.take::<1>()?;
        if slot == END {
            break;
        }
        let key = EntryKey { hash: stream.take()?, slot };
        let len = u64::from_le_bytes(stream.take()?);
        report.payload_bytes = report.payload_bytes.saturating_add(len);
        if len > options.entry_bytes_max || report.payload_bytes > options.payload_bytes_max {
            return Err(CacheError::Archive("it unpacks to more than the limit"));
        }
        let payload = stream.take_vec(len)?;
        match key.as_record() {
            Some(record) => {
                records_bytes += len;
                if records_bytes > options.records_bytes_max {
                    return Err(CacheError::Archive("its records unpack to more than the limit"));
                }
                records.push((record, payload));
            }
            None if key.is_content() => take_content(&session, &key, &payload, &mut report),
            None => report.skipped_unknown += 1,
        }
    }
    let proved = stream.hasher.finalize();
    if stream.take::<32>()? != *proved.as_bytes() {
        return Err(CacheError::Archive("it does not match its checksum"));
    }
    for (key, payload) in records {
        if session.find_unreported(&EntryKey::record(&key), None).is_ok() {
            report.present_already += 1;
        } else {
            session.put_record(&key, Origin::Import, &payload);
            report.records_new += 1;
        }
    }
    report.not_stored = session.commit().not_stored;
    Ok(report)
}

fn take_content(session: &Session, key: &EntryKey, payload: &[u8], report: &mut ImportReport) {
    let id = ContentId { sha256: key.hash, size_bytes: payload.len() as u64 };
    if !id.matches(payload) {
        report.skipped_damaged += 1;
    } else if is_foreign(payload) {
        report.skipped_unknown += 1;
    } else if session.find_unreported(key, Some(&id)).is_ok() {
        report.present_already += 1;
    } else {
        session.put_known(&id, payload, Origin::Import);
        report.contents_new += 1;
    }
}

/// An artifact of a kind or version that no stage of this program reads.
fn is_foreign(payload: &[u8]) -> bool {
    payload.starts_with(&ARTIFACT)
        && matches!(
            Artifact::open(payload),
            Err(ArtifactError::UnknownKind(_)
                | ArtifactError::Version { .. }
                | ArtifactError::UnknownSection { .. })
        )
}

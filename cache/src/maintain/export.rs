//! Writing exactly what a build used as one archive.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::archive::{END, Hashing, LEVEL, MAGIC, VERSION};
use crate::cache::Cache;
use crate::key::EntryKey;
use crate::session::{Session, Used};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    pub contents: usize,
    pub records: usize,
    /// Bytes before compression.
    pub payload_bytes: u64,
    /// What the roots name and the cache does not have (any more).
    pub missing: Vec<String>,
}

/// Writes the content and records of `roots`. The caller names all of them: what a record refers to is its encoding's
/// secret.
pub fn export(cache: &Cache, roots: &Used, out: impl Write) -> io::Result<ExportReport> {
    let session = cache.session();
    let mut report = ExportReport::default();
    let mut out = out;
    out.write_all(&MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    let mut stream = Hashing::new(zstd::Encoder::new(out, LEVEL)?);
    let contents: BTreeSet<_> = roots.contents.iter().copied().collect();
    for id in contents {
        match session.find_unreported(&EntryKey::content(&id), Some(&id)) {
            Ok((bytes, _)) if id.matches(&bytes) => {
                put(&mut stream, &EntryKey::content(&id), &bytes, &mut report)?;
                report.contents += 1;
            }
            Ok(_) => report.missing.push(format!("content {id}: does not match its digest")),
            Err(miss) => report.missing.push(format!("content {id}: {miss}")),
        }
    }
    let records: BTreeSet<EntryKey> = roots.records.iter().map(EntryKey::record).collect();
    for key in records {
        match find(&session, &key) {
            Ok(bytes) => {
                put(&mut stream, &key, &bytes, &mut report)?;
                report.records += 1;
            }
            Err(miss) => {
                report.missing.push(format!("record {}: {miss}", dx_schemas::digest::Hex(&key.hash)));
            }
        }
    }
    let Hashing { inner: mut encoder, mut hasher } = stream;
    hasher.update(&[END]);
    encoder.write_all(&[END])?;
    encoder.write_all(hasher.finalize().as_bytes())?;
    encoder.finish()?.flush()?;
    Ok(report)
}

fn find(session: &Session, key: &EntryKey) -> Result<crate::blob::Blob, crate::lookup::Miss> {
    session.find_unreported(key, None).map(|(bytes, _)| bytes)
}

fn put(
    stream: &mut Hashing<impl Write>,
    key: &EntryKey,
    bytes: &[u8],
    report: &mut ExportReport,
) -> io::Result<()> {
    stream.put(&[key.slot])?;
    stream.put(&key.hash)?;
    stream.put(&(bytes.len() as u64).to_le_bytes())?;
    stream.put(bytes)?;
    report.payload_bytes += bytes.len() as u64;
    Ok(())
}

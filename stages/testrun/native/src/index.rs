//! The index of snapshots; `dx/snapindex.py` draws its layout.

const HEAD: usize = 16;
const IDENTITY: usize = 5;
const DIGEST: usize = 32;

/// Test, label, digest.
pub(crate) type Record<'a> = (&'a str, &'a str, &'a [u8]);

/// Nothing where it is not as it should be.
pub(crate) fn read(data: &[u8]) -> Option<([u64; IDENTITY], Vec<Record<'_>>)> {
    let count = u32::from_le_bytes(data.get(12..HEAD)?.try_into().ok()?) as usize;
    let mut rest = data.get(HEAD..)?;
    let mut identity = [0; IDENTITY];
    for number in &mut identity {
        let (bytes, after) = rest.split_first_chunk::<8>()?;
        *number = u64::from_le_bytes(*bytes);
        rest = after;
    }
    let mut records = Vec::new();
    for _ in 0..count {
        let (digest, after) = rest.split_at_checked(DIGEST)?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (name, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let (test, label) = std::str::from_utf8(name).ok()?.split_once('\0')?;
        records.push((test, label, digest));
        rest = after;
    }
    Some((identity, records))
}

//! The extension module `dx._native`: what the package `dx` does in Python, faster.
//!
//! Everything here has a twin in Python, which decides what is right; whatever is unusual is left to it by a `ValueError`.

mod index;
mod snap;

#[pyo3::pymodule(name = "_native")]
mod dx_native {
    use std::collections::HashMap;

    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyBytes;

    use super::{index, snap};

    type Digests<'py> = HashMap<(String, String), Bound<'py, PyBytes>>;

    /// The 32 bytes of BLAKE3.
    #[pyfunction]
    fn blake3<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, ::blake3::hash(data).as_bytes())
    }

    /// The identity and the digests in an index; its checksum was looked at.
    #[pyfunction]
    fn read_index<'py>(py: Python<'py>, data: &[u8]) -> PyResult<([u64; 5], Digests<'py>)> {
        let (identity, records) =
            index::read(data).ok_or_else(|| PyValueError::new_err("an unusual index"))?;
        let records = records.into_iter();
        let entry = |(test, label, digest): (&str, &str, &[u8])| {
            ((test.to_owned(), label.to_owned()), PyBytes::new(py, digest))
        };
        Ok((identity, records.map(entry).collect()))
    }

    /// The entries of a `.snap` file: test, label, kind, text.
    #[pyfunction]
    fn read_snapshots(data: &[u8]) -> PyResult<Vec<(String, String, String, String)>> {
        let entries = std::str::from_utf8(data).ok().and_then(snap::read);
        let entries = entries.ok_or_else(|| PyValueError::new_err("an unusual file"))?;
        Ok(entries.into_iter().map(|entry| (entry.test, entry.label, entry.kind, entry.text)).collect())
    }
}

//! Packs the sources of the `rustpython-pylib` crate (Python 3.14's `Lib`, PSF licence) into one compressed archive.
//!
//! That crate's `LIB_PATH` is a path of the machine that builds, so it is read here and nothing of it is left in the
//! executable. Files are sorted by name: the archive and its digest depend on the contents alone.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let lib = Path::new(rustpython_pylib::LIB_PATH);
    let mut files = Vec::new();
    collect(lib, &mut files)?;
    files.sort();
    let mut archive = Vec::new();
    for path in &files {
        let name = path.strip_prefix(lib).map_err(io::Error::other)?;
        let name = name.to_str().ok_or_else(|| io::Error::other("a file name is not UTF-8"))?;
        let body = fs::read(path)?;
        for part in [name.as_bytes(), &body] {
            archive.extend_from_slice(&(part.len() as u32).to_le_bytes());
            archive.extend_from_slice(part);
        }
    }
    let digest = blake3::hash(&archive).to_hex();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?);
    fs::write(out.join("lib.zst"), zstd::encode_all(&archive[..], 12)?)?;
    fs::write(out.join("digest"), &digest.as_str()[..16])?;
    println!("cargo:rustc-env=DX_PYLIB_BYTES={}", archive.len());
    Ok(())
}

/// Python sources only; a wheel or an icon is no module.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "__pycache__") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
    Ok(())
}

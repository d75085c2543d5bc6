//! Build-script helper that computes a stage's ToolId: the identity of all code that can change its answers.
//!
//! Hashed are the sources and manifests of the stage's library and of every workspace crate under it, name, version
//! and checksum of every locked registry crate under it, the lines of the workspace manifest that choose their
//! features, and the compiler. Not hashed are target, profile and link flags, nor any path: the same sources give the
//! same id in every folder and in every executable that links the library, so `exec()` inside the runtime shares cache
//! entries with the code generator.
//!
//! A stage's `build.rs` is one line: `fn main() { dx_tool_id::emit() }`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

mod manifest;

use manifest::{Locked, lock_file, member_dependencies};

/// Computes the id of the package being built and hands it to `env!("DX_TOOL_ID")`.
///
/// # Panics
/// A build script has no other way to fail than to stop the build, with the reason.
pub fn emit() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let package = std::env::var("CARGO_PKG_NAME").expect("cargo sets CARGO_PKG_NAME");
    let workspace = workspace_root(&root).expect("a workspace with a Cargo.lock above the package");
    let closure = Closure::of(&workspace, &package);
    let mut hasher = blake3::Hasher::new();
    closure.hash(&workspace, &mut hasher);
    component(&mut hasher, "rustc", compiler().as_bytes());
    for (_, folder) in closure.members {
        println!("cargo::rerun-if-changed={}", folder.join("src").display());
        println!("cargo::rerun-if-changed={}", folder.join("Cargo.toml").display());
    }
    println!("cargo::rerun-if-changed={}", workspace.join("Cargo.lock").display());
    println!("cargo::rustc-env=DX_TOOL_ID={}", hasher.finalize().to_hex());
}

fn workspace_root(from: &Path) -> Option<PathBuf> {
    from.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).map(Path::to_path_buf)
}

/// The compiler without its host: the same release makes the same code generator everywhere.
fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-V").output().expect("rustc can be asked for its version");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Length-prefixed, so that no two lists of components hash alike.
fn component(hasher: &mut blake3::Hasher, name: &str, value: &[u8]) {
    for part in [name.as_bytes(), value] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
}

/// Everything under a package.
struct Closure {
    /// Workspace crates by name, with their folders.
    members: BTreeMap<String, PathBuf>,
    /// Registry crates as the lock file spells them.
    locked: BTreeSet<(String, String, String)>,
}

impl Closure {
    fn of(workspace: &Path, package: &str) -> Closure {
        let read = |path: PathBuf| {
            fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
        };
        let lock = lock_file(&read(workspace.join("Cargo.lock")));
        let folders = manifest::member_folders(workspace, &read(workspace.join("Cargo.toml")));
        let mut closure = Closure { members: BTreeMap::new(), locked: BTreeSet::new() };
        let mut open = vec![package.to_owned()];
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let entries: Vec<&Locked> = lock.iter().filter(|entry| entry.matches(&name)).collect();
            for entry in entries {
                match folders.get(&entry.name).filter(|_| entry.checksum.is_empty()) {
                    Some(folder) => {
                        // The lock file lists a member's development dependencies too; its manifest tells them apart.
                        open.extend(member_dependencies(&read(folder.join("Cargo.toml"))));
                        closure.members.insert(entry.name.clone(), folder.clone());
                    }
                    None => {
                        closure.locked.insert((
                            entry.name.clone(),
                            entry.version.clone(),
                            entry.checksum.clone(),
                        ));
                        open.extend(entry.dependencies.iter().cloned());
                    }
                }
            }
        }
        closure
    }

    fn hash(&self, workspace: &Path, hasher: &mut blake3::Hasher) {
        for (name, folder) in &self.members {
            let mut files = Vec::new();
            sources(&folder.join("src"), &mut files);
            files.sort();
            files.push(folder.join("Cargo.toml"));
            for file in files {
                let bytes =
                    fs::read(&file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
                let inside = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
                component(hasher, &format!("{name}/{inside}"), &bytes);
            }
        }
        for (name, version, checksum) in &self.locked {
            component(hasher, &format!("{name} {version}"), checksum.as_bytes());
        }
        let text = fs::read_to_string(workspace.join("Cargo.toml")).unwrap_or_default();
        for line in manifest::section(&text, "workspace.dependencies") {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if self.locked.iter().any(|(known, ..)| known == name) {
                component(hasher, "features", line.as_bytes());
            }
        }
    }
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else {
            out.push(path);
        }
    }
}

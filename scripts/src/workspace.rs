//! The workspace as its manifests describe it: layers, members, dependencies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A member of the workspace with its place in the layer diagram.
#[derive(Debug)]
pub struct Member {
    pub folder: String,
    pub package: String,
    pub layer: usize,
    /// Packages of the workspace it depends on: `[dependencies]` and `[build-dependencies]`.
    pub dependencies: Vec<String>,
}

/// Root of the checkout that this crate was built in.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Members in the order of the manifest. A comment line `# layer N: …` begins a layer.
pub fn members(root: &Path) -> io::Result<Vec<Member>> {
    let text = fs::read_to_string(root.join("Cargo.toml"))?;
    let list = text.split("members = [").nth(1).and_then(|rest| rest.split("\n]").next()).unwrap_or_default();
    let mut layer = 0;
    let mut members = Vec::new();
    for line in list.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("# layer ") {
            let number = rest.split(':').next().unwrap_or_default();
            layer = number.parse().map_err(|_| invalid(format!("layer {number:?} is no number")))?;
        } else if let Some(folder) = line.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
            members.push(read_member(root, folder, layer)?);
        }
    }
    Ok(members)
}

fn read_member(root: &Path, folder: &str, layer: usize) -> io::Result<Member> {
    let text = fs::read_to_string(root.join(folder).join("Cargo.toml"))?;
    let manifest: toml::Table = toml::from_str(&text).map_err(|e| invalid(format!("{folder}: {e}")))?;
    let package = manifest["package"]["name"].as_str().unwrap_or_default().to_owned();
    let dependencies = ["dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(|table| table.keys())
        .filter(|name| name.starts_with("dx-"))
        .cloned()
        .collect();
    Ok(Member { folder: folder.to_owned(), package, layer, dependencies })
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Every dependency that does not point to a lower layer, as sentences.
pub fn upward_edges(members: &[Member]) -> Vec<String> {
    let layers: BTreeMap<_, _> = members.iter().map(|m| (m.package.as_str(), m.layer)).collect();
    let mut edges = Vec::new();
    for member in members {
        for dependency in &member.dependencies {
            match layers.get(dependency.as_str()) {
                Some(layer) if *layer < member.layer => {}
                Some(layer) => edges.push(format!(
                    "{} (layer {}) depends on {dependency} (layer {layer})",
                    member.package, member.layer
                )),
                None => edges.push(format!("{} depends on {dependency}, which is no member", member.package)),
            }
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(package: &str, layer: usize, dependencies: &[&str]) -> Member {
        let dependencies = dependencies.iter().map(|d| (*d).to_owned()).collect();
        Member { folder: package.to_owned(), package: package.to_owned(), layer, dependencies }
    }

    #[test]
    fn sideways_upward_and_unknown_edges_are_found() {
        let members = [
            member("dx-a", 0, &[]),
            member("dx-b", 1, &["dx-a"]),
            member("dx-c", 1, &["dx-b"]),
            member("dx-d", 0, &["dx-c", "dx-x"]),
        ];
        assert_eq!(upward_edges(&members).len(), 3);
    }
}

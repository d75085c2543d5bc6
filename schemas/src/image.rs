//! The image: which modules a program has, and under which digests the cache holds their code and positions.
//!
//! What dx-exec loads. It holds no code: everything in it is found in the cache by digest, so that an edit changes the
//! digests of the fragments it touched and one table. Paths are relative to the workspace, or names within the
//! standard library; whoever loads the image binds them. One section, `image-table`, MessagePack.

use serde::{Deserialize, Serialize};

use crate::container::{Artifact, ArtifactBuilder, ArtifactError, Kind, SectionKind};
use crate::digest::ContentId;
use crate::syntax::{decode, encode};

/// Where a module's source lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Place {
    /// Relative to the workspace's root.
    Workspace(String),
    /// Outside the workspace (a virtual environment): absolute, so such an image is bound to its machine.
    Absolute(String),
    /// Relative to the root of the standard library that dx carries.
    Library(String),
}

/// One fragment of a module; row 0 is the module's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFragment {
    /// `Qual.name#ordinal` as in the index; empty for the module's body.
    pub name: String,
    /// Row of the parent; the k-th child of a fragment is the k-th row that names it.
    pub parent: u32,
    /// The code artifact.
    pub code: ContentId,
    /// The positions section with this row's number in the module's syntax artifact; equal digests, equal lines.
    pub positions: ContentId,
    /// Line (from 1) to which the positions are relative.
    pub base_line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageModule {
    /// `package.module`; `__main__` for the script that is run.
    pub name: String,
    pub place: Place,
    /// Its file is the `__init__` of a package.
    pub package: bool,
    /// The syntax artifact, opened when somebody asks for positions.
    pub syntax: ContentId,
    pub fragments: Vec<ImageFragment>,
}

/// A package without `__init__.py`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespacePackage {
    pub name: String,
    pub folders: Vec<Place>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Name of the module to run, as in `modules`.
    pub entry: String,
    /// Sorted by name.
    pub modules: Vec<ImageModule>,
    pub namespaces: Vec<NamespacePackage>,
}

impl Image {
    pub fn module(&self, name: &str) -> Option<&ImageModule> {
        let at = self.modules.binary_search_by(|module| module.name.as_str().cmp(name)).ok()?;
        Some(&self.modules[at])
    }

    /// The artifact; modules are sorted here, so that the order of finding them does not matter.
    pub fn write(mut self) -> Vec<u8> {
        self.modules.sort_by(|a, b| a.name.cmp(&b.name));
        self.namespaces.sort_by(|a, b| a.name.cmp(&b.name));
        let mut builder = ArtifactBuilder::new(Kind::Image);
        builder.add(SectionKind::ImageTable, 0, encode(&self));
        builder.finish()
    }

    pub fn read(bytes: &[u8]) -> Result<Image, ArtifactError> {
        let artifact = Artifact::open_as(bytes, Kind::Image)?;
        let image: Image = decode(artifact.section(SectionKind::ImageTable, 0)?)?;
        if !image.modules.is_sorted_by(|a, b| a.name < b.name) {
            return Err(ArtifactError::Malformed("modules of an image are not in order"));
        }
        let orphan = |module: &ImageModule| {
            module.fragments.iter().enumerate().any(|(row, fragment)| fragment.parent as usize > row)
        };
        if image.modules.iter().any(orphan) {
            return Err(ArtifactError::Malformed("a fragment of an image stands before its parent"));
        }
        Ok(image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str) -> ImageModule {
        let fragment = ImageFragment {
            name: String::new(),
            parent: 0,
            code: ContentId::of(b"code"),
            positions: ContentId::of(b"positions"),
            base_line: 1,
        };
        ImageModule {
            name: name.into(),
            place: Place::Workspace(format!("{name}.py")),
            package: false,
            syntax: ContentId::of(b"syntax"),
            fragments: vec![fragment],
        }
    }

    #[test]
    fn modules_are_found_by_name_whatever_order_they_came_in() {
        let image = Image {
            entry: "__main__".into(),
            modules: vec![module("b"), module("a"), module("__main__")],
            namespaces: Vec::new(),
        };
        let bytes = image.write();
        let image = Image::read(&bytes).unwrap();
        assert!(image.module("a").is_some() && image.module("c").is_none());
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            let _ = Image::read(&damaged);
            let _ = Image::read(&bytes[..at]);
        }
    }
}

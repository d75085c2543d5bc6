//! The `index` artifact's bytes.

use dx_schemas::syntax::encode;
use dx_schemas::{ArtifactBuilder, Kind, SectionKind};

use crate::Indexed;

impl Indexed {
    /// The whole artifact.
    pub fn into_artifact(self) -> Vec<u8> {
        let mut builder = ArtifactBuilder::new(Kind::Index);
        builder.add(SectionKind::IndexTable, 0, encode(&self.table));
        builder.add(SectionKind::Diagnostics, 0, encode(&self.diagnostics));
        for (fragment, scopes) in self.encoded_scopes.into_iter().enumerate() {
            builder.add(SectionKind::Scopes, fragment as u32, scopes);
        }
        builder.finish()
    }
}

//! Formats that stages share: artifacts, digests, request framing, records, diagnostics, exit codes, opcodes.
//!
//! No stage executable knows another; they meet here. Everything in this crate is a pure description of bytes:
//! it opens no file, reads no clock and no environment. A format that changes, changes its version.

pub mod bundle;
pub mod bytes;
pub mod code;
pub mod configuration;
pub mod container;
pub mod diagnostic;
pub mod digest;
pub mod dxti;
pub mod events;
pub mod exit;
pub mod fast_map;
mod hash_form;
pub mod image;
pub mod index;
pub mod manifest;
pub mod opcode;
pub mod outline;
pub mod positions;
pub mod record;
pub mod request;
pub mod scopes;
pub mod stages;
pub mod syntax;
pub mod testrun;
pub mod text;
pub mod tree;

pub use container::{Artifact, ArtifactBuilder, ArtifactError, Kind, Section, SectionKind};
pub use diagnostic::{Diagnostic, Severity};
pub use digest::{ActionId, ContentId, ToolId};
pub use exit::Exit;

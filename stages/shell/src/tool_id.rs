//! The ToolId inside an executable: a constant for the program itself, an ELF note for those who only read the file.
//!
//! ```text
//! note header  name bytes u32 = 4   descriptor bytes u32 = 64   type u32 = 1
//! name         "dx\0\0"
//! descriptor   stage name, zero padded [32]   ToolId [32]
//! ```
//!
//! The driver reads the note to build keys without spawning the stage.

use dx_schemas::ToolId;

/// The note as it stands in the file.
#[repr(C, align(4))]
pub struct Note {
    name_bytes: u32,
    descriptor_bytes: u32,
    kind: u32,
    name: [u8; 4],
    stage: [u8; 32],
    id: [u8; 32],
}

impl Note {
    pub const fn new(stage: &str, id: ToolId) -> Note {
        let mut padded = [0; 32];
        let bytes = stage.as_bytes();
        let mut at = 0;
        while at < bytes.len() && at < 32 {
            padded[at] = bytes[at];
            at += 1;
        }
        Note { name_bytes: 4, descriptor_bytes: 64, kind: 1, name: *b"dx\0\0", stage: padded, id: id.0 }
    }
}

/// Parses the 64 hexadecimal digits that the build script wrote, at compile time.
///
/// # Panics
/// At compile time, when the build script did not run `dx_tool_id::emit()`.
pub const fn tool_id_from_hex(text: &str) -> ToolId {
    const fn nibble(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("DX_TOOL_ID is not hexadecimal"),
        }
    }
    let text = text.as_bytes();
    assert!(text.len() == 64, "DX_TOOL_ID has the wrong length");
    let mut id = [0; 32];
    let mut at = 0;
    while at < 32 {
        id[at] = nibble(text[2 * at]) << 4 | nibble(text[2 * at + 1]);
        at += 1;
    }
    ToolId(id)
}

/// The ToolId of the crate that says it; its `build.rs` is `fn main() { dx_tool_id::emit() }`.
#[macro_export]
macro_rules! tool_id {
    () => {
        const { $crate::tool_id_from_hex(env!("DX_TOOL_ID")) }
    };
}

/// The whole `main.rs` of a stage: its note, its allocator and its `main`.
#[macro_export]
macro_rules! stage_main {
    ($stage:ty) => {
        // SAFETY: the section holds nothing but notes, and this is a complete, aligned note.
        #[unsafe(link_section = ".note.dx.stage")]
        #[used]
        static NOTE: $crate::Note = {
            let info = <$stage as $crate::Stage>::INFO;
            $crate::Note::new(info.spec.name, info.tool_id)
        };

        // Stages make and drop millions of small nodes; the C library's allocator took a fifth of their time.
        #[global_allocator]
        static ALLOCATOR: $crate::Allocator = $crate::Allocator;

        fn main() -> ::std::process::ExitCode {
            $crate::main::<$stage>()
        }
    };
}

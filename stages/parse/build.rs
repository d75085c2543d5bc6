//! Embeds the stage's identity.

fn main() {
    dx_tool_id::emit();
}

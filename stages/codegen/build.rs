//! Embeds the ToolId.

fn main() {
    dx_tool_id::emit();
}

//! Embeds the stage's ToolId.

fn main() {
    dx_tool_id::emit();
}

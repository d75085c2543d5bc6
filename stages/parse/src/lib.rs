//! Source bytes to position-free trees, positions and diagnostics.

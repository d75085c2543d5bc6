//! The standard library's Python sources, embedded.

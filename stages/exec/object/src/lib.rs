//! Value words, shapes and the builtin types' representations.

//! Fragments, scopes, references, imports and tests of one file.

//! Modules that CPython writes in C, one file or folder each.

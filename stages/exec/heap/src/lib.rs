//! A non-moving, size-class, mark-bitmap heap with sticky generations; it knows no Python.

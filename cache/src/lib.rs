//! The content-addressed store: packs, action records, stat manifest, maintenance.

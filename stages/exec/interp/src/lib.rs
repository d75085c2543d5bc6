//! The register interpreter: frames, calls, exceptions, generators, inline caches.

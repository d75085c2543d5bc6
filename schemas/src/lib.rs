//! Artifact formats, digests, diagnostics, opcode table and exit codes: the only thing that stages share.

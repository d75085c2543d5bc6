//! The dx-pipe executable; everything is in the library.

use std::process::ExitCode;

/// The driver's threads hand each other what they allocate, which the C library's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dx_pipe::main()
}

//! Compiles the library of `c/`, which `src/script.rs` embeds.

use std::path::PathBuf;
use std::process::ExitCode;

const SOURCES: [&str; 7] =
    ["c/events.c", "c/recorder.c", "c/code.c", "c/monitoring.c", "c/frames.c", "c/audit.c", "c/asked.c"];

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=c");
    let Some(out) = std::env::var_os("OUT_DIR").map(PathBuf::from) else { return ExitCode::FAILURE };
    let mut build = cc::Build::new();
    // It is a library whatever the executable is linked like, and it is loaded by Pythons with other C libraries.
    build.opt_level(2).debug(false).pic(true).flag("-fvisibility=hidden").warnings(true).extra_warnings(true);
    let mut compiler = build.get_compiler().to_command();
    compiler.args(["-shared", "-nostdlib", "-o"]).arg(out.join("_dx_events.so")).args(SOURCES);
    match compiler.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        outcome => {
            println!("cargo::error=the library for Python cannot be compiled: {compiler:?}: {outcome:?}");
            ExitCode::FAILURE
        }
    }
}

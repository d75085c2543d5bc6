//! Script tests: a command line session and its files in one text.
//!
//! ```text
//! # stages: toy                   the stages to use: toy, or real
//! build src                       dx-pipe build, with its events recorded
//! ran dx-parse:a dx-codegen:a:f   exactly these units ran in the last build
//! ! build src                     a command that must fail (`!2` with status 2)
//! stderr 'invalid syntax'         the last command's output has this text (`! stderr` has it not)
//! -- src/a.py --                  a file that is there from the start
//! ```
//!
//! Further commands: `dx-pipe`, `dx-parse`, `dx-index`, `dx-codegen` with arguments; `sh LINE`; `cut-off`, `cached`,
//! `failed`, `resolved` UNITS; `null` (the last build's only event is `done`); `replace FILE OLD NEW`;
//! `append FILE TEXT`; `cp`, `mv`, `rm`, `mkdir`, `exists`; `same FILE FILE`; `env NAME=VALUE`; `cd DIR`.

mod command;
mod text;

use std::path::{Path, PathBuf};

pub use command::Session;
pub use text::Script;

/// The folder of the executables under test: where this test lies, or `DX_BIN`.
pub fn binaries() -> PathBuf {
    if let Some(folder) = std::env::var_os("DX_BIN") {
        return PathBuf::from(folder);
    }
    let exe = std::env::current_exe().unwrap_or_default();
    // target/PROFILE/deps/test-HASH
    exe.ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

/// Runs one script in a folder of its own; the error says which line failed and why.
pub fn run(script: &Script) -> Result<(), String> {
    let mut session = Session::new(script)?;
    for (number, line) in &script.lines {
        session.line(line).map_err(|error| {
            format!("{}:{number}: {line}\n{error}\n{}", script.name, session.last_output())
        })?;
    }
    Ok(())
}

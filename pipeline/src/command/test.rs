//! `dx-pipe test`: the sources' outline, then dx-testrun in place of this process. Under `--watch` dx-testrun asks for the
//! outline by itself, before each run: `dx-pipe outline`.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::Command;

use clap::Args;
use dx_schemas::Exit;

use crate::build;
use crate::failure::Failure;
use crate::tell::tell;
use crate::tool;

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// dx-testrun's options and pytest's; `dx-pipe test --help` has them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARG")]
    rest: Vec<OsString>,
}

/// Words with which no test runs, or all do: nobody asks what changed.
const PLAIN: [&str; 8] = ["-h", "--help", "-V", "--version", "--man", "--status", "--stop", "--list"];

/// The value of `--since`.
fn revision(words: &[OsString]) -> Option<String> {
    let mut words = words.iter().map(|word| word.to_string_lossy()).take_while(|word| word != "--");
    while let Some(word) = words.next() {
        if word == "--since" {
            return words.next().map(Into::into);
        }
        if let Some(revision) = word.strip_prefix("--since=") {
            return Some(revision.to_owned());
        }
    }
    None
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let runner = tool::folder().join("dx-testrun");
    if !runner.is_file() {
        return Err(Failure::NoStage { name: "dx-testrun", path: runner });
    }
    let mut command = Command::new(&runner);
    let own = || arguments.rest.iter().take_while(|word| *word != OsStr::new("--"));
    if own().any(|word| word == "--watch") {
        command.arg("--driver").arg(std::env::current_exe().map_err(Failure::read("dx-pipe"))?);
    } else if !own().any(|word| PLAIN.iter().any(|plain| word == plain)) {
        match build::outline(&build::Options::default()) {
            Ok(outline) => {
                command.arg("--outline").arg(outline);
                if let Some(then) = revision(&arguments.rest)
                    .and_then(|revision| build::outline_at(&revision, &build::Options::default()))
                {
                    command.arg("--since-outline").arg(then);
                }
            }
            Err(failure) => {
                tell!("dx-pipe: warning: changes are known by file, not by function: {failure}");
            }
        }
    }
    let error = command.args(&arguments.rest).exec();
    Err(Failure::Spawn { path: runner, error })
}

/// `dx-pipe outline`: writes the outline and prints where it lies.
pub(crate) fn outline() -> Result<u8, Failure> {
    let path = build::outline(&build::Options::default())?;
    let mut line = path.into_os_string().into_encoded_bytes();
    line.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&line).and_then(|()| out.flush()).map_err(Failure::Stdout)?;
    Ok(Exit::Done as u8)
}

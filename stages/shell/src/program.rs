//! A stage's `main`: chooses between description, batch and one-shot, and turns the outcome into a status.

use std::io::Write as _;
use std::process::ExitCode;

use dx_schemas::Exit;

use crate::arguments::{Mode, parse};
use crate::{Stage, batch, describe, oneshot, output, panic};

/// Runs a stage as a process.
pub fn main<S: Stage>() -> ExitCode {
    panic::install(S::INFO.spec.name);
    let arguments = match parse(&S::INFO, std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap prints help and version through the same door; only the others are wrong usage.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = error.print();
            return exit.into();
        }
    };
    let outcome = match &arguments.mode {
        Mode::Describe => output::to_stdout(describe::json(&S::INFO).as_bytes()).map(|()| Exit::Done),
        Mode::ManPage => output::to_stdout(&describe::man_page(&S::INFO)).map(|()| Exit::Done),
        Mode::Completions(shell) => {
            output::to_stdout(&describe::completions(&S::INFO, *shell)).map(|()| Exit::Done)
        }
        Mode::Batch => batch::serve::<S>(&arguments),
        Mode::OneShot => oneshot::run::<S>(&arguments),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) if failure.is_broken_pipe() => Exit::Done.into(),
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "{}: error: {failure}", S::INFO.spec.name);
            Exit::Usage.into()
        }
    }
}

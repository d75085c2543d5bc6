//! From the command line to a status.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::interpreter;
use crate::run::{self, Settings};
use crate::state::State;

pub fn main() -> ExitCode {
    let (arguments, rest) = match Arguments::split(std::env::args_os().collect()) {
        Ok(split) => split,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 4 } else { 0 });
        }
    };
    match execute(&arguments, rest) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            eprintln!("dx-testrun: error: {failure}");
            ExitCode::from(failure.status())
        }
    }
}

fn execute(arguments: &Arguments, rest: Vec<String>) -> Result<u8, Failure> {
    if arguments.man {
        std::io::stdout().write_all(&Arguments::man())?;
        return Ok(0);
    }
    let folder: PathBuf = std::env::current_dir()?;
    let state = State::of(&folder);
    let (python, found) =
        interpreter::find(arguments.python.as_deref(), &folder, &state.root).map_err(Failure::Usage)?;
    let settings = Settings::from_arguments(arguments, rest, folder, state, python, found)?;
    if arguments.list {
        return run::list(&settings, arguments.format);
    }
    run::run(&settings)
}

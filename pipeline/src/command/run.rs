//! `dx-pipe run`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::build::Common;
use crate::failure::Failure;
use crate::run::{Program, run as run_program};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,
    /// run a module by its name, as a script
    #[arg(short, long, value_name = "MODULE")]
    module: Option<String>,
    /// the script (without -m) and the program's arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "FILE|ARG")]
    rest: Vec<OsString>,
}

pub(crate) fn run(arguments: Arguments) -> Result<u8, Failure> {
    let mut rest = arguments.rest;
    let program = match arguments.module {
        Some(module) => Program::Module(module),
        None if rest.is_empty() => {
            return Err(Failure::Usage("nothing to run: name a FILE, or -m MODULE".into()));
        }
        None => Program::File(PathBuf::from(rest.remove(0))),
    };
    // Everything that the program imports is wanted, whatever else fails.
    let mut options = arguments.common.options(Vec::new());
    options.keep_going = true;
    Ok(run_program(&program, &rest, &options)? as u8)
}

//! The command line: one definition, from which help comes too.

mod build;
mod run;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use dx_schemas::Exit;

use crate::failure::Failure;

/// build Python programs function by function, and run them
#[derive(Parser)]
#[command(name = "dx-pipe", version, after_help = after_help())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn after_help() -> String {
    format!("Examples:\n  dx-pipe build src/\n  dx-pipe build -k --explain .\n\n{}", Exit::help())
}

#[derive(Subcommand)]
enum Command {
    /// build the sources below PATHs
    Build(build::Arguments),
    /// build a program and run it
    Run(run::Arguments),
}

pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = error.print();
            return exit.into();
        }
    };
    let outcome = match arguments.command {
        Command::Build(arguments) => build::run(arguments),
        Command::Run(arguments) => run::run(arguments),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(Failure::Stdout(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done.into(),
        Err(failure) => {
            eprintln!("dx-pipe: error: {failure}");
            Exit::Usage.into()
        }
    }
}

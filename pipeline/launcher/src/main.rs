//! The command `dx`: replaces itself by the program that a command stands for.
//!
//! It is an executable of its own and no Python script, because a Python start costs more than a small test run's
//! overhead. It links nothing of the rest: what it starts lies beside it.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

mod command;
mod place;

use command::Plan;

/// Wrong usage, as everywhere in dx.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let mut line = std::env::args_os();
    let called = line.next().unwrap_or_default();
    match command::plan(line.collect()) {
        Plan::Print(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Plan::Refuse(text) => {
            eprint!("{text}");
            ExitCode::from(USAGE)
        }
        Plan::Start(start) => {
            let place = place::find(&called);
            let program = place.folder.join(start.program);
            let python = if start.wants_python { place.python } else { None };
            let mut command = Command::new(&program);
            // The command's own word comes first.
            let (word, rest) = start.arguments.split_at(1.min(start.arguments.len()));
            command.args(word);
            if let Some(python) = python {
                command.arg("--python").arg(python);
            }
            // Returns only when it failed.
            let error = command.args(rest).exec();
            eprintln!("dx: error: '{}' cannot be started: {error}", program.display());
            ExitCode::from(USAGE)
        }
    }
}

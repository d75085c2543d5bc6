//! From the command line to a status.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::interpreter;
use crate::lanes;
use crate::run::{self, Settings};
use crate::select;
use crate::state::State;
use crate::warm;
use crate::watch::{self, Call};

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
    if arguments.status || arguments.stop {
        return Ok(look_after(&state, arguments.stop));
    }
    if !arguments.merge_records.is_empty() {
        select::take_over(&state, &arguments.merge_records)?;
        return Ok(0);
    }
    if arguments.verify_lanes {
        return lanes::verify(&state);
    }
    let python =
        interpreter::find(arguments.python.as_deref(), &folder, &state.root).map_err(Failure::Usage)?;
    if arguments.watch {
        return watch::watch(Call { own: arguments.clone(), rest, folder, state, python });
    }
    let settings = Settings::from_arguments(arguments, rest, folder, state, python)?;
    if arguments.list {
        return run::list(&settings, arguments.format);
    }
    if let Some(id) = &arguments.why {
        return run::why(&settings, id);
    }
    run::run(&settings)
}

/// `--status` and `--stop`.
fn look_after(state: &State, stop: bool) -> u8 {
    let servers = warm::servers(state, if stop { "stop" } else { "status" });
    if servers.is_empty() {
        println!("nothing is kept warm");
    }
    for server in servers {
        let layers: Vec<String> = server
            .layers
            .iter()
            .map(|(layer, size)| {
                let name = if layer == "1" { "configured" } else { "collected" };
                format!("{name} ({size} MiB)")
            })
            .collect();
        let layers = if layers.is_empty() { "nothing configured".to_owned() } else { layers.join(", ") };
        let verb = if stop { "stopped" } else { "warm" };
        println!(
            "{verb}: process {} in '{}': {layers}; {} runs, idle for {:.0} s",
            server.pid, server.folder, server.runs, server.idle
        );
    }
    0
}

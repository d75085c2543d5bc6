//! The command line: one definition, from which help comes too. One file a command.

mod build;
mod cache;
mod explain;
mod graph;
mod library;
mod log;
mod run;
mod show;
mod status;
mod test;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use dx_schemas::Exit;

use crate::failure::Failure;
use crate::signals;
use crate::tell::{self, tell};

/// build Python programs function by function, and run them
#[derive(Parser)]
#[command(name = "dx-pipe", version, after_help = after_help(), arg_required_else_help = true)]
struct Arguments {
    /// print the man page
    #[arg(long, exclusive = true)]
    man: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

fn after_help() -> String {
    format!(
        "Examples:\n  \
         dx-pipe build src/               build everything below src\n  \
         dx-pipe build -k --explain .     go on after errors, say what ran and why\n  \
         dx-pipe run src/app.py --fast    run a program with its arguments\n  \
         dx-pipe explain pkg.mod:Cls.f    what a function's code depends on\n\n{}",
        Exit::help()
    )
}

#[derive(Subcommand)]
enum Command {
    /// build the sources below PATHs
    Build(build::Arguments),
    /// build a program and run it; its status is passed through
    Run(run::Arguments),
    /// run the tests that what changed can affect; dx-testrun's options
    Test(test::Arguments),
    /// write the sources' outline for dx-testrun, and print where it lies
    #[command(hide = true)]
    Outline,
    /// what a unit reads, and why it last ran
    Explain(explain::Arguments),
    /// print an artifact in a readable form
    Show(show::Arguments),
    /// what the last builds did
    Log(log::Arguments),
    /// which files import which
    Graph(graph::GraphArguments),
    /// what a unit depends on
    Deps(graph::DepsArguments),
    /// what depends on a unit
    Rdeps(graph::DepsArguments),
    /// where things are, and what changed since the last build
    Status(status::StatusArguments),
    /// look after the cache
    Cache(cache::Arguments),
    /// remove `.dx`; the cache stays
    Clean(status::CleanArguments),
    /// unpack the standard library's sources and print their folder
    Library(library::Arguments),
}

pub fn main() -> ExitCode {
    signals::prepare();
    tell::install_panic_hook();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = error.print();
            return exit.into();
        }
    };
    let Some(command) = arguments.command else {
        return ExitCode::from(man().unwrap_or(Exit::Usage as u8));
    };
    let outcome = match command {
        Command::Build(arguments) => build::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Outline => test::outline(),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Log(arguments) => log::run(&arguments),
        Command::Graph(arguments) => graph::graph(&arguments),
        Command::Deps(arguments) => graph::deps(&arguments, false),
        Command::Rdeps(arguments) => graph::deps(&arguments, true),
        Command::Status(_) => status::status(),
        Command::Cache(arguments) => cache::run(&arguments),
        Command::Clean(_) => status::clean(),
        Command::Library(_) => library::run(),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(Failure::Stdout(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done.into(),
        Err(failure) => {
            tell!("dx-pipe: error: {failure}");
            Exit::Usage.into()
        }
    }
}

fn man() -> Result<u8, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page).map_err(Failure::Stdout)?;
    print(&String::from_utf8_lossy(&page))
}

/// Prints the whole answer of a command.
fn print(text: &str) -> Result<u8, Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::Stdout)?;
    Ok(Exit::Done as u8)
}

//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

/// Run a Python program on dx's own runtime.
#[derive(Parser, Debug, Clone)]
#[command(
    name = "dx-exec",
    version,
    after_help = "Examples:\n  dx-exec app.py one two\n  dx-exec -c 'print(6 * 7)'\n  dx-exec -m package.tool\n\nExit status: \
                  the program's own; 1 after an uncaught exception, 2 for wrong usage, 101 for an internal error."
)]
pub struct Options {
    /// Run this source text.
    #[arg(short = 'c', value_name = "SOURCE", conflicts_with_all = ["run_module", "image"])]
    pub command: Option<String>,

    /// Run this module, found on sys.path.
    #[arg(short = 'm', value_name = "MODULE", conflicts_with = "image")]
    pub run_module: Option<String>,

    /// Run the entry module of this image.
    #[arg(long, value_name = "FILE", requires_all = ["cache", "root", "library"])]
    pub image: Option<PathBuf>,

    /// Cache that holds the image's code.
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,

    /// Folder that the image's workspace paths are relative to.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Folder of the standard library's sources.
    #[arg(long, value_name = "DIR")]
    pub library: Option<PathBuf>,

    /// The image's program was asked for as a module.
    #[arg(long)]
    pub module: bool,

    /// Print what the runtime did to standard error at the end.
    #[arg(long)]
    pub stats: bool,

    /// Print the manual page.
    #[arg(long, hide = true)]
    pub man: bool,

    /// File to run (- is standard input), and the program's arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "FILE [ARGS]...")]
    pub args: Vec<OsString>,
}

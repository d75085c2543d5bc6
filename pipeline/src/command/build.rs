//! `dx-pipe build`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::build::{Options, build};
use crate::engine::Proof;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Arguments {
    /// files and folders; the current folder when absent
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    common: Common,
    /// say what would be done
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// run every unit twice and compare the bytes
    #[arg(long, conflicts_with = "verify_incremental")]
    check_determinism: bool,
    /// run every unit and compare with what the cache holds
    #[arg(long)]
    verify_incremental: bool,
}

/// Options of every command that builds.
#[derive(Args, Clone)]
pub(crate) struct Common {
    /// units at a time; as many as there are processors when absent
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// go on with other files after a failure
    #[arg(short, long)]
    pub(crate) keep_going: bool,
    /// print what ran and why
    #[arg(long)]
    pub(crate) explain: bool,
    /// no progress and no summary
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// findings as text with an excerpt, or one JSON object a line
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) message_format: MessageFormat,
    /// end a stage that says nothing for so many seconds while it has work
    #[arg(long, value_name = "SECONDS", default_value = "600")]
    pub(crate) stage_timeout: u64,
    /// write one JSON object per event to FILE
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// write a trace that Perfetto opens to FILE
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    Text,
    Json,
}

impl Common {
    pub(crate) fn options(self, paths: Vec<PathBuf>) -> Options {
        let default = Options::default();
        Options {
            paths,
            jobs: self.jobs.unwrap_or(default.jobs).clamp(1, 256),
            keep_going: self.keep_going,
            explain: self.explain,
            quiet: self.quiet,
            patience: Duration::from_secs(self.stage_timeout.clamp(1, 1 << 20)),
            json_messages: self.message_format == MessageFormat::Json,
            events: self.events,
            trace: self.trace,
            ..default
        }
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<u8, Failure> {
    let paths = if arguments.paths.is_empty() { vec![PathBuf::from(".")] } else { arguments.paths };
    let mut options = arguments.common.options(paths);
    options.dry_run = arguments.dry_run;
    if arguments.check_determinism {
        options.proof = Proof::Determinism;
    } else if arguments.verify_incremental {
        options.proof = Proof::Incremental;
    }
    Ok(build(&options)?.exit as u8)
}

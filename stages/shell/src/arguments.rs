//! The command line of every stage, from one definition that help, man page and completions share.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use clap_complete::Shell;
use dx_schemas::Exit;
use dx_schemas::request::Options;

use crate::StageInfo;

/// What the process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    OneShot,
    Batch,
    Describe,
    ManPage,
    Completions(Shell),
}

/// The form in which an artifact leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emit {
    Binary,
    Text,
    Json,
}

/// The command line, understood.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    /// `-` or empty: standard input.
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) emit: Emit,
    pub(crate) json_messages: bool,
    pub(crate) jobs: usize,
    /// Every option of the stage with its value, sorted.
    pub(crate) options: Options,
}

pub(crate) fn command(info: &'static StageInfo) -> Command {
    let mut examples = String::from("Examples:\n");
    for (line, meaning) in info.examples {
        examples.push_str(&format!("  {line}\n      {meaning}\n"));
    }
    let mut command = Command::new(info.spec.name)
        .version(info.version)
        .about(info.about)
        .after_help(format!("{examples}\n{}", Exit::help()))
        .arg(
            Arg::new("input")
                .value_name("INPUT")
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf))
                .help("what to read: source, artifacts or bundles; standard input when absent or `-`"),
        )
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("write the artifact to FILE (a temporary file, renamed) instead of a bundle to standard output"),
        )
        .arg(
            Arg::new("emit")
                .long("emit")
                .value_parser(["binary", "text", "json"])
                .default_value("binary")
                .help("the form of what is written"),
        )
        .arg(
            Arg::new("message-format")
                .long("message-format")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("findings as text with an excerpt, or one JSON object a line"),
        )
        .arg(
            Arg::new("jobs")
                .short('j')
                .long("jobs")
                .value_name("N")
                .value_parser(value_parser!(u16).range(1..=256))
                .help("threads; as many as there are processors when absent"),
        )
        .arg(flag("describe", "print name, versions, schemas and ToolId as JSON"))
        .arg(flag("batch", "answer framed requests from standard input on standard output until it closes"))
        .arg(flag("man", "print the man page"))
        .arg(
            Arg::new("completions")
                .long("completions")
                .value_name("SHELL")
                .value_parser(value_parser!(Shell))
                .help("print completions for a shell"),
        );
    for option in info.options {
        let arg = Arg::new(option.name).long(option.name).value_name("VALUE").help(option.about);
        let arg = arg.default_value(option.default);
        let allowed = PossibleValuesParser::new(option.values);
        command = command.arg(if option.values.is_empty() { arg } else { arg.value_parser(allowed) });
    }
    command
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

pub(crate) fn parse(
    info: &'static StageInfo,
    args: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    let matches = command(info).try_get_matches_from(args)?;
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let mode = if matches.get_flag("describe") {
        Mode::Describe
    } else if matches.get_flag("man") {
        Mode::ManPage
    } else if let Some(shell) = matches.get_one::<Shell>("completions") {
        Mode::Completions(*shell)
    } else if matches.get_flag("batch") {
        Mode::Batch
    } else {
        Mode::OneShot
    };
    let mut options: Options =
        info.options.iter().map(|option| (option.name.to_owned(), text(option.name))).collect();
    options.sort();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Arguments {
        mode,
        inputs: matches.get_many::<PathBuf>("input").unwrap_or_default().cloned().collect(),
        output: matches.get_one::<PathBuf>("output").cloned(),
        emit: match text("emit").as_str() {
            "text" => Emit::Text,
            "json" => Emit::Json,
            _ => Emit::Binary,
        },
        json_messages: text("message-format") == "json",
        jobs: matches.get_one::<u16>("jobs").map_or(processors, |jobs| usize::from(*jobs)),
        options,
    })
}

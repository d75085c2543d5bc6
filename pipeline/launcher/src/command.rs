//! From a command line to what is started; pure.

use std::ffi::{OsStr, OsString};

/// Commands, what starts for them, and what they do.
const COMMANDS: &[(&str, &str, &str)] = &[
    (TEST, DRIVER, "run pytest suites: unchanged, faster, and only where affected"),
    ("build", DRIVER, "build sources"),
    ("run", DRIVER, "build a program and run it"),
    ("explain", DRIVER, "what a unit reads, and why it last ran"),
    ("show", DRIVER, "print an artifact in a readable form"),
    ("log", DRIVER, "what the last builds did"),
    ("graph", DRIVER, "which files import which"),
    ("deps", DRIVER, "what a unit depends on"),
    ("rdeps", DRIVER, "what depends on a unit"),
    ("status", DRIVER, "where things are, and what changed since the last build"),
    ("cache", DRIVER, "look after the cache"),
    ("clean", DRIVER, "remove what builds left in the project"),
    ("library", DRIVER, "unpack the standard library's sources"),
];
const TEST: &str = "test";
const DRIVER: &str = "dx-pipe";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Text for standard output; all is well.
    Print(String),
    /// Text for standard error; the command line is wrong.
    Refuse(String),
    Start(Start),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The executable's name.
    pub(crate) program: &'static str,
    pub(crate) arguments: Vec<OsString>,
    /// Whether it is to be told which Python this `dx` belongs to.
    pub(crate) wants_python: bool,
}

pub(crate) fn plan(line: Vec<OsString>) -> Plan {
    let Some(first) = line.first().map(|first| first.to_string_lossy().into_owned()) else {
        return Plan::Refuse(help());
    };
    if matches!(first.as_str(), "-h" | "--help" | "help") {
        return Plan::Print(help());
    }
    if matches!(first.as_str(), "-V" | "--version") {
        return Plan::Print(format!("dx {}\n", env!("CARGO_PKG_VERSION")));
    }
    let Some((_, program, _)) = COMMANDS.iter().find(|(name, ..)| *name == first) else {
        return Plan::Refuse(format!("dx: error: no command '{first}'; see 'dx --help'\n"));
    };
    let wants_python = first == TEST && !names_python(&line);
    Plan::Start(Start { program, arguments: line, wants_python })
}

/// Whether the user says which Python runs the tests; after `--` all is pytest's.
fn names_python(arguments: &[OsString]) -> bool {
    let own = arguments.iter().take_while(|argument| *argument != OsStr::new("--"));
    own.into_iter().any(|argument| {
        let argument = argument.as_encoded_bytes();
        argument == b"--python" || argument.starts_with(b"--python=")
    })
}

fn help() -> String {
    let mut text = "Python built like a compiled language, and its test runner.\n\n\
                    Usage: dx COMMAND [ARGUMENT]...\n\nCommands:\n"
        .to_owned();
    for (name, _, about) in COMMANDS {
        text += &format!("  {name:<8} {about}\n");
    }
    text + "\nOptions:\n  -h, --help     print this help\n  -V, --version  print the version\n\n\
            'dx COMMAND --help' has a command's options, examples and exit status.\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(line: &str) -> Plan {
        plan(line.split_whitespace().map(OsString::from).collect())
    }

    fn started(line: &str) -> (&'static str, String, bool) {
        let Plan::Start(start) = planned(line) else { panic!("'{line}' starts nothing") };
        let arguments: Vec<_> = start.arguments.iter().map(|a| a.to_string_lossy().into_owned()).collect();
        (start.program, arguments.join(" "), start.wants_python)
    }

    #[test]
    fn tests_get_the_rest_and_a_python() {
        assert_eq!(started("test"), ("dx-pipe", "test".into(), true));
        assert_eq!(started("test -x tests -k build"), ("dx-pipe", "test -x tests -k build".into(), true));
        assert_eq!(started("test --help"), ("dx-pipe", "test --help".into(), true));
        assert_eq!(started("test test"), ("dx-pipe", "test test".into(), true));
    }

    #[test]
    fn the_users_python_wins() {
        assert_eq!(started("test --python p"), ("dx-pipe", "test --python p".into(), false));
        assert_eq!(started("test -x --python=p"), ("dx-pipe", "test -x --python=p".into(), false));
        assert_eq!(started("test --pythonic"), ("dx-pipe", "test --pythonic".into(), true));
        assert_eq!(started("test -- --python=p"), ("dx-pipe", "test -- --python=p".into(), true));
    }

    #[test]
    fn the_driver_gets_the_line_as_it_is() {
        assert_eq!(started("build --explain src"), ("dx-pipe", "build --explain src".into(), false));
        assert_eq!(started("run app.py --python x"), ("dx-pipe", "run app.py --python x".into(), false));
        assert_eq!(started("cache stats"), ("dx-pipe", "cache stats".into(), false));
    }

    #[test]
    fn bytes_that_are_no_text_pass_through() {
        use std::os::unix::ffi::OsStringExt;
        let odd = OsString::from_vec(b"t\xff.py".to_vec());
        let Plan::Start(start) = plan(vec!["test".into(), odd.clone()]) else { panic!() };
        assert_eq!(start.arguments, [OsString::from("test"), odd]);
    }

    #[test]
    fn help_lists_every_command() {
        let Plan::Print(text) = planned("--help") else { panic!() };
        assert!(COMMANDS.iter().all(|(name, ..)| text.contains(&format!("\n  {name:<8} "))));
        assert_eq!(planned(""), Plan::Refuse(text));
    }

    #[test]
    fn other_words_are_refused() {
        let Plan::Refuse(text) = planned("tset -x") else { panic!() };
        assert_eq!(text, "dx: error: no command 'tset'; see 'dx --help'\n");
    }
}

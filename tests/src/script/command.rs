//! The commands of a script.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use dx_schemas::events::{Event, Outcome};

use super::text::{Script, words};

const STAGES: [&str; 3] = ["dx-parse", "dx-index", "dx-codegen"];

/// A script under way.
pub struct Session {
    folder: tempfile::TempDir,
    here: PathBuf,
    stages: PathBuf,
    environment: Vec<(String, String)>,
    last: Option<Output>,
}

impl Session {
    pub fn new(script: &Script) -> Result<Session, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let here = folder.path().join("work");
        for (name, content) in &script.files {
            write(&here.join(name), content)?;
        }
        fs::create_dir_all(here.join(".git")).map_err(|error| error.to_string())?;
        let stages = folder.path().join("stages");
        fs::create_dir_all(&stages).map_err(|error| error.to_string())?;
        let binaries = super::binaries();
        for stage in STAGES.iter().chain(&["dx-exec"]) {
            let file = match script.stages.as_str() {
                "toy" => stage.replace("dx-", "toy-"),
                _ => (*stage).to_owned(),
            };
            let found = binaries.join(file);
            if found.exists() {
                symlink(&found, stages.join(stage)).map_err(|error| error.to_string())?;
            } else if *stage != "dx-exec" {
                return Err(format!("`{}` is not built; `make test` builds it first", found.display()));
            }
        }
        Ok(Session { here, stages, folder, environment: Vec::new(), last: None })
    }

    /// Where the script's files are.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub fn last_output(&self) -> String {
        let Some(output) = &self.last else { return String::new() };
        let show = |name: &str, bytes: &[u8]| match bytes.is_empty() {
            true => String::new(),
            false => format!("--- {name} ---\n{}", String::from_utf8_lossy(bytes)),
        };
        format!("({})\n{}{}", output.status, show("stdout", &output.stdout), show("stderr", &output.stderr))
    }

    /// Runs one line.
    pub fn line(&mut self, line: &str) -> Result<(), String> {
        let (wanted, rest) = match line.strip_prefix('!') {
            None => (Some(0), line),
            Some(rest) => {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                (digits.parse().ok(), &rest[digits.len()..])
            }
        };
        let words = words(rest);
        let Some((command, arguments)) = words.split_first() else { return Ok(()) };
        if let "stdout" | "stderr" = command.as_str() {
            return self.expect_output(command, arguments, wanted == Some(0));
        }
        if self.file_command(command, arguments)? || self.event_command(command, arguments)? {
            return Ok(());
        }
        self.run(command, rest.trim_start(), arguments)?;
        let status = self.last.as_ref().and_then(|output| output.status.code());
        match (wanted, status) {
            (Some(wanted), Some(status)) if wanted == status => Ok(()),
            (None, Some(status)) if status != 0 => Ok(()),
            (Some(wanted), _) => Err(format!("the command did not end with status {wanted}")),
            (None, _) => Err("the command did not fail".to_owned()),
        }
    }

    fn expect_output(&self, stream: &str, arguments: &[String], wanted: bool) -> Result<(), String> {
        let output = self.last.as_ref().ok_or("no command has run yet")?;
        let bytes = if stream == "stdout" { &output.stdout } else { &output.stderr };
        let text = String::from_utf8_lossy(bytes);
        let [part] = arguments else { return Err("one text is wanted".to_owned()) };
        let found = if part.is_empty() { text.is_empty() } else { text.contains(part.as_str()) };
        if found == wanted { Ok(()) } else { Err(format!("{stream}: `{part}` found: {found}")) }
    }

    fn run(&mut self, command: &str, line: &str, arguments: &[String]) -> Result<(), String> {
        let binaries = super::binaries();
        let mut process = match command {
            "build" => {
                let mut process = Command::new(binaries.join("dx-pipe"));
                process.arg("build").arg("--events").arg(self.events()).args(arguments);
                process
            }
            "run" => {
                let mut process = Command::new(binaries.join("dx-pipe"));
                process.arg("run").arg("--events").arg(self.events()).args(arguments);
                process
            }
            "dx-pipe" => {
                let mut process = Command::new(binaries.join("dx-pipe"));
                process.args(arguments);
                process
            }
            stage if STAGES.contains(&stage) => {
                let mut process = Command::new(self.stages.join(stage));
                process.args(arguments);
                process
            }
            "sh" => {
                let mut process = Command::new("sh");
                process.arg("-ec").arg(line.trim_start_matches("sh").trim());
                process
            }
            other => return Err(format!("there is no command `{other}`")),
        };
        let path = std::env::var("PATH").unwrap_or_default();
        process
            .current_dir(&self.here)
            .env("DX_STAGES", &self.stages)
            .env("DX_CACHE", self.folder.path().join("cache"))
            .env("DX_SCRIPTS", concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts"))
            .env("PATH", format!("{}:{}:{path}", self.stages.display(), binaries.display()))
            .env_remove("MAKEFLAGS")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        self.last = Some(process.output().map_err(|error| format!("cannot run `{command}`: {error}"))?);
        Ok(())
    }

    fn events(&self) -> PathBuf {
        self.folder.path().join("events.ndjson")
    }

    /// The events of the last `build`.
    pub fn read_events(&self) -> Vec<Event> {
        let text = fs::read_to_string(self.events()).unwrap_or_default();
        text.lines().filter_map(Event::read).collect()
    }

    fn event_command(&mut self, command: &str, arguments: &[String]) -> Result<bool, String> {
        let outcome = match command {
            "ran" => Outcome::Ran,
            "cut-off" => Outcome::CutOff,
            "cached" => Outcome::Cached,
            "failed" => Outcome::Failed,
            "resolved" => return self.expect_resolved(arguments).map(|()| true),
            "null" => {
                let events = self.read_events();
                return match events.as_slice() {
                    [Event::Done { .. }] => Ok(true),
                    more => Err(format!("not a null build: {more:#?}")),
                };
            }
            _ => return Ok(false),
        };
        let found: BTreeSet<String> = self
            .read_events()
            .into_iter()
            .filter_map(|event| match event {
                Event::Unit { stage, unit, outcome: is, .. } if is == outcome => {
                    Some(format!("{stage}:{unit}"))
                }
                _ => None,
            })
            .collect();
        expect_set(&found, arguments).map(|()| true)
    }

    fn expect_resolved(&self, arguments: &[String]) -> Result<(), String> {
        let found = self
            .read_events()
            .into_iter()
            .filter_map(|event| match event {
                Event::Resolve { unit, import, new, .. } => {
                    Some(format!("{unit}:{import}={}", new.unwrap_or_default()))
                }
                _ => None,
            })
            .collect();
        expect_set(&found, arguments)
    }

    fn file_command(&mut self, command: &str, arguments: &[String]) -> Result<bool, String> {
        let path = |at: usize| -> Result<PathBuf, String> {
            arguments.get(at).map(|name| self.here.join(name)).ok_or("a name is missing".to_owned())
        };
        let failed = |error: std::io::Error| error.to_string();
        match command {
            "replace" => {
                let [_, old, new] = arguments else { return Err("replace FILE OLD NEW".to_owned()) };
                let text = fs::read_to_string(path(0)?).map_err(failed)?;
                if !text.contains(old.as_str()) {
                    return Err(format!("`{old}` is not in the file"));
                }
                write(&path(0)?, &text.replacen(old.as_str(), new, 1))?;
            }
            "append" => {
                let mut text = fs::read_to_string(path(0)?).unwrap_or_default();
                text.push_str(arguments.get(1).map_or("", String::as_str));
                write(&path(0)?, &text)?;
            }
            "cp" => copy(&path(0)?, &path(1)?).map_err(failed)?,
            "mv" => fs::rename(path(0)?, path(1)?).map_err(failed)?,
            "rm" => {
                let path = path(0)?;
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.map_err(failed)?;
            }
            "mkdir" => fs::create_dir_all(path(0)?).map_err(failed)?,
            "exists" => {
                if !path(0)?.exists() {
                    return Err("it is not there".to_owned());
                }
            }
            "same" => {
                if fs::read(path(0)?).map_err(failed)? != fs::read(path(1)?).map_err(failed)? {
                    return Err("the files differ".to_owned());
                }
            }
            "env" => {
                let (name, value) =
                    arguments.first().and_then(|word| word.split_once('=')).ok_or("env NAME=VALUE")?;
                self.environment.push((name.to_owned(), value.to_owned()));
            }
            "cd" => self.here = path(0)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn expect_set(found: &BTreeSet<String>, wanted: &[String]) -> Result<(), String> {
    let wanted: BTreeSet<String> = wanted.iter().cloned().collect();
    if *found == wanted {
        return Ok(());
    }
    let list = |set: Vec<&String>| set.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    Err(format!(
        "missing: {}\nunexpected: {}",
        list(wanted.difference(found).collect()),
        list(found.difference(&wanted).collect())
    ))
}

fn write(path: &Path, content: &str) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| error.to_string())?;
    }
    fs::write(path, content).map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

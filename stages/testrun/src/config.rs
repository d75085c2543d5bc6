//! What the workspace's configuration says about tests. The same file as the driver's, `schemas/src/configuration.rs`.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use dx_schemas::configuration::{Configuration, Pyproject, Value, parse_seconds, parse_size};

use crate::failure::Failure;

/// How long a warm pytest waits, and what it may take in MiB, where nobody says otherwise.
const IDLE: Duration = Duration::from_secs(900);
const MEMORY_MIB: u64 = 2048;

/// Values as they are written, with the place for messages.
#[derive(Debug, Default)]
pub(crate) struct Config {
    test: dx_schemas::configuration::Test,
    place: String,
}

impl Config {
    /// Of the workspace with this root: `dx.toml`, or else `pyproject.toml`.
    pub(crate) fn read(root: &Path) -> Result<Config, Failure> {
        let own = root.join("dx.toml");
        if let Some(text) = text_of(&own)? {
            let parsed: Configuration = toml::from_str(&text).map_err(|error| wrong(&own, &error))?;
            return Ok(Config { test: parsed.test, place: format!("'{}': test.", own.display()) });
        }
        let shared = root.join("pyproject.toml");
        let Some(text) = text_of(&shared)? else { return Ok(Config::default()) };
        let parsed: Pyproject = toml::from_str(&text).map_err(|error| wrong(&shared, &error))?;
        let test = parsed.into_configuration().unwrap_or_default().test;
        Ok(Config { test, place: format!("'{}': tool.dx.test.", shared.display()) })
    }

    /// The option's word, or the configuration's, and where it stands.
    pub(crate) fn workers(&self, option: Option<&str>) -> Option<(String, String)> {
        self.word(option, "-n", self.test.workers.as_ref(), "workers")
    }

    pub(crate) fn timeout(&self, option: Option<f64>) -> Result<Option<Duration>, Failure> {
        let option = option.map(|seconds| seconds.to_string());
        let word = self.word(option.as_deref(), "--timeout", self.test.timeout.as_ref(), "timeout");
        word.map_or(Ok(None), |(text, place)| seconds(&text, &place))
            .map(|time| time.filter(|time| !time.is_zero()))
    }

    pub(crate) fn idle(&self, option: Option<&str>) -> Result<Duration, Failure> {
        let word = self.word(option, "--idle", self.test.idle.as_ref(), "idle");
        Ok(word.map_or(Ok(None), |(text, place)| seconds(&text, &place))?.unwrap_or(IDLE))
    }

    pub(crate) fn memory_mib(&self, option: Option<&str>) -> Result<u64, Failure> {
        let Some((text, place)) = self.word(option, "--memory", self.test.memory.as_ref(), "memory") else {
            return Ok(MEMORY_MIB);
        };
        let size = parse_size(&text).filter(|size| *size >= 1 << 20);
        let wrong = || Failure::Usage(format!("{place} takes a size like 2G or 500M, not '{text}'"));
        size.map(|bytes| bytes >> 20).ok_or_else(wrong)
    }

    /// Modules, in order; each once.
    pub(crate) fn preload(&self, options: &[String]) -> Result<Vec<String>, Failure> {
        let mut all: Vec<String> = Vec::new();
        let places =
            [(&self.test.preload[..], format!("{}preload", self.place)), (options, "--preload".to_owned())];
        for (names, place) in places {
            for name in names {
                let is_word =
                    |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
                if !name.split('.').all(is_word) {
                    return Err(Failure::Usage(format!("{place} takes names of modules, not '{name}'")));
                }
                if !all.contains(name) {
                    all.push(name.clone());
                }
            }
        }
        Ok(all)
    }

    fn word(
        &self,
        option: Option<&str>,
        name: &str,
        value: Option<&Value>,
        key: &str,
    ) -> Option<(String, String)> {
        let given = option.map(|text| (text.to_owned(), name.to_owned()));
        given.or_else(|| Some((value?.to_string(), format!("{}{key}", self.place))))
    }
}

fn seconds(text: &str, place: &str) -> Result<Option<Duration>, Failure> {
    let time = parse_seconds(text).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let wrong =
        || Failure::Usage(format!("{place} takes seconds, or a time like 90s, 15m or 2h, not '{text}'"));
    time.map(Some).ok_or_else(wrong)
}

fn wrong(path: &Path, error: &toml::de::Error) -> Failure {
    Failure::Usage(format!("'{}': {error}", path.display()))
}

fn text_of(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::Usage(format!("cannot read '{}': {error}", path.display()))),
    }
}

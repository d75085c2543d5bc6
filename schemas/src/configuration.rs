//! `dx.toml`, or the table `[tool.dx]` of `pyproject.toml`: what a workspace says about itself.
//!
//! The driver and the test runner read the same file; with one description of it, a key that one of them does not know
//! is a key that there is not.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Configuration {
    /// Folders that absolute imports start from, in order.
    #[serde(default)]
    pub roots: Vec<String>,
    #[serde(default)]
    pub cache: Cache,
    /// Stage -> option -> value, each part of the keys of that stage.
    #[serde(default)]
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub test: Test,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cache {
    /// Relative to the root; `DX_CACHE` wins over it.
    pub dir: Option<String>,
    /// `5G`, `400M`, `1024`.
    pub max_size: Option<String>,
    pub max_age_days: Option<u64>,
}

/// What options of dx-testrun say, where they are not given.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Test {
    /// A number, or `auto`.
    pub workers: Option<Value>,
    /// For one test: `60`, `1.5`, `2m`.
    pub timeout: Option<Value>,
    /// How long a warm pytest waits for another run: `15m`.
    pub idle: Option<Value>,
    /// What a warm pytest may take: `2G`.
    pub memory: Option<Value>,
    /// Modules that a warm pytest imports before it is configured.
    #[serde(default)]
    pub preload: Vec<String>,
}

/// A number or a word; what it means is said by who reads it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Whole(u64),
    Real(f64),
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Whole(number) => write!(f, "{number}"),
            Value::Real(number) => write!(f, "{number}"),
            Value::Text(text) => write!(f, "{text}"),
        }
    }
}

/// The part of a `pyproject.toml` that is ours.
#[derive(Debug, Deserialize)]
pub struct Pyproject {
    tool: Option<Tools>,
}

#[derive(Debug, Deserialize)]
struct Tools {
    dx: Option<Configuration>,
}

impl Pyproject {
    pub fn into_configuration(self) -> Option<Configuration> {
        self.tool?.dx
    }
}

/// Bytes: `5G`, `400M`, `12K`, `1024`.
pub fn parse_size(text: &str) -> Option<u64> {
    let (digits, unit) = split(text);
    let scale = match unit.to_ascii_uppercase().trim_end_matches("IB").trim_end_matches('B') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << scale)
}

/// Seconds: `90`, `1.5`, `90s`, `15m`, `2h`.
pub fn parse_seconds(text: &str) -> Option<f64> {
    let (digits, unit) = split(text);
    let scale = match unit {
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let seconds = digits.parse::<f64>().ok()? * scale;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

/// A number and its unit.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    (digits, unit.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let sizes = ["1024", "2K", "400M", "5G", "5 GiB", "x", "5X", "", "1.5G"].map(parse_size);
        let gib = 5 << 30;
        let expected =
            [Some(1024), Some(2048), Some(400 << 20), Some(gib), Some(gib), None, None, None, None];
        assert_eq!(sizes, expected);
    }

    #[test]
    fn times_have_units() {
        let times =
            ["90", "1.5", "90s", "15m", "2h", "15 min", "x", "5d", "", "-1", "1e999"].map(parse_seconds);
        let expected = [Some(90.0), Some(1.5), Some(90.0), Some(900.0), Some(7200.0), Some(900.0)];
        assert_eq!(times[..6], expected);
        assert_eq!(times[6..], [None; 5]);
    }
}

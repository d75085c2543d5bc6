//! The event log: one JSON object a line, versioned, for programs that watch a build.
//!
//! A build that does work writes a `unit` line per unit of work and `resolve` lines where an import now means another
//! file; every build ends with one `done` line, and a null build writes nothing else. Further keys and events may
//! follow in version 1; readers skip what they do not know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub const VERSION: u32 = 1;

/// How a unit of work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The stage ran.
    Ran,
    /// A record for the new key was found.
    Cached,
    /// Nothing that the unit reads changed although something before it did.
    CutOff,
    /// The stage failed on it, or its input has errors.
    Failed,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Ran => "ran",
            Outcome::Cached => "cached",
            Outcome::CutOff => "cut-off",
            Outcome::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    Unit {
        stage: String,
        /// `pkg.mod`; for fragments `pkg.mod:Class.method`, `pkg.mod:` for a module's body.
        unit: String,
        outcome: Outcome,
        reason: String,
        /// The key, in hexadecimal; absent where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// The key of the unit in the build before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old_key: Option<String>,
    },
    /// An import of a module now means another file.
    Resolve { unit: String, import: String, old: Option<String>, new: Option<String> },
    /// The cache was not as it should be, and what was done.
    Repair { reason: String },
    Done {
        exit: u8,
        wall_ms: f64,
        files: u64,
        /// Stage -> outcome -> units.
        totals: BTreeMap<String, BTreeMap<String, u64>>,
    },
}

#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    #[serde(flatten)]
    event: &'a Event,
}

impl Event {
    /// The line, with its end.
    pub fn line(&self) -> String {
        // Strings, integers and finite floats always serialise.
        let mut line = serde_json::to_string(&Line { v: VERSION, event: self }).unwrap_or_default();
        line.push('\n');
        line
    }

    /// A line that a later version wrote, or that is damaged, is `None`.
    pub fn read(line: &str) -> Option<Event> {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        if value.get("v")?.as_u64()? != u64::from(VERSION) {
            return None;
        }
        serde_json::from_value(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_the_documented_form_and_read_back() {
        let event = Event::Unit {
            stage: "dx-codegen".into(),
            unit: "pkg.mod:Class.method".into(),
            outcome: Outcome::CutOff,
            reason: "tree and scopes are the same".into(),
            key: None,
            old_key: None,
        };
        let line = event.line();
        assert_eq!(
            line,
            "{\"v\":1,\"event\":\"unit\",\"stage\":\"dx-codegen\",\"unit\":\"pkg.mod:Class.method\",\"outcome\":\"cut-off\",\"reason\":\"tree and scopes are the same\"}\n"
        );
        assert_eq!(Event::read(&line), Some(event));
        assert_eq!(Event::read("{\"v\":2,\"event\":\"done\"}"), None);
        assert_eq!(Event::read("{\"v\":1,\"event\":\"later\"}"), None);
        assert_eq!(Event::read("{"), None);
    }
}

//! What is said of a test whose worker died under it, and of a run whose parent did.

use serde_json::{Value, json};

use crate::failure::{Failure, When};
use crate::message::{Reaped, Report};

/// Why a process ended, for people.
pub(super) fn why(reaped: &Reaped) -> String {
    match (reaped.signal, reaped.status) {
        (Some(signal), _) => format!("signal {}", name(signal)),
        (None, Some(status)) => format!("exit status {status}"),
        (None, None) => "unknown status".to_owned(),
    }
}

/// pytest's process is gone, with this status as a shell would say it.
pub(super) fn gone(when: When, status: i32) -> Failure {
    let signal = (status > 128).then_some(status - 128);
    Failure::ParentGone(when, why(&Reaped { signal, status: Some(status) }))
}

fn name(signal: i32) -> String {
    let known = [
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGALRM, "SIGALRM"),
        (libc::SIGHUP, "SIGHUP"),
    ];
    known
        .iter()
        .find(|(number, _)| *number == signal)
        .map_or_else(|| signal.to_string(), |(_, name)| (*name).to_owned())
}

/// What is shown with a crash: the stacks, and what failed in the test before it. The crash is the test's outcome, so none of
/// these counts by itself.
pub(super) fn sections(stacks: &str, before: &[Report]) -> Value {
    let stacks = (!stacks.is_empty()).then(|| json!(["Stacks of all threads", stacks]));
    let failures = before.iter().filter(|report| !report.text.is_empty());
    let shown = |report: &Report| {
        json!([format!("{} before that, in its {}", report.word, report.when), report.text])
    };
    stacks.into_iter().chain(failures.map(shown)).collect()
}

/// The report that pytest's own reporters are given, one JSON line.
pub(super) fn line(kind: &str, id: &str, text: &str, sections: &Value, seconds: f64) -> Vec<u8> {
    json!({"kind": kind, "id": id, "text": text, "sections": sections, "seconds": seconds, "category": "failed",
        "letter": "F", "word": "FAILED"})
    .to_string()
    .into_bytes()
}

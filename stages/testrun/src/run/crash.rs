//! What is said of a test whose worker died under it.

use serde_json::json;

use crate::message::Reaped;

/// Why a process ended, for people.
pub(super) fn why(reaped: &Reaped) -> String {
    match (reaped.signal, reaped.status) {
        (Some(signal), _) => format!("signal {}", name(signal)),
        (None, Some(status)) => format!("exit status {status}"),
        (None, None) => "unknown status".to_owned(),
    }
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

/// The report that pytest's own reporters are given, one JSON line.
pub(super) fn line(kind: &str, id: &str, text: &str, stacks: &str, seconds: f64) -> Vec<u8> {
    let sections = if stacks.is_empty() { json!([]) } else { json!([["Stacks of all threads", stacks]]) };
    json!({"kind": kind, "id": id, "text": text, "sections": sections, "seconds": seconds, "category": "failed",
        "letter": "F", "word": "FAILED"})
    .to_string()
    .into_bytes()
}

//! Batch mode has the meaning of one process per request: in any order, after bad requests, inline or by descriptor.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::process::{Child, Command, Stdio};

use dx_schemas::request::{Answer, BatchWriter, Body, Outcome, Sent};
use dx_schemas::{ContentId, SectionKind};
use dx_tests::script::binaries;

const SOURCES: [&str; 4] = ["x\n", "def f\n  y\n", "error\n", "import a\ndef g\n  z\n"];

fn stage() -> Child {
    let mut command = Command::new(binaries().join("toy-parse"));
    command.args(["--batch", "-j", "2"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

fn source(text: &str) -> Sent<'_> {
    let id = ContentId::of(text.as_bytes());
    Sent { kind: SectionKind::Source, ordinal: 0, id, body: Body::Inline(text.as_bytes()) }
}

fn batch(id: u64, texts: &[&str]) -> Vec<u8> {
    let mut writer = BatchWriter::default();
    for text in texts {
        writer.add("unit", &[], &[source(text)]);
    }
    writer.finish(id)
}

/// All answers, sorted by batch and index.
fn exchange(frames: &[Vec<u8>]) -> Vec<Answer> {
    let mut child = stage();
    let mut pipe = child.stdin.take().unwrap();
    let frames = frames.to_vec();
    let writer = std::thread::spawn(move || frames.iter().for_each(|frame| pipe.write_all(frame).unwrap()));
    let mut answers = Vec::new();
    let mut stdout = child.stdout.take().unwrap();
    while let Some(answer) = Answer::read(&mut stdout).unwrap() {
        answers.push(answer);
    }
    writer.join().unwrap();
    assert!(child.wait().unwrap().success());
    answers.sort_by_key(|answer| (answer.id, answer.index));
    answers
}

fn artifact(text: &str) -> Vec<u8> {
    let answers = exchange(&[batch(1, &[text])]);
    assert_eq!(answers[0].outcome, Outcome::Artifact);
    answers[0].body.clone()
}

#[test]
fn the_order_of_requests_and_batches_makes_no_difference() {
    let alone: Vec<Vec<u8>> = SOURCES.iter().map(|text| artifact(text)).collect();
    let reversed: Vec<&str> = SOURCES.iter().rev().copied().collect();
    let together = exchange(&[batch(1, &SOURCES), batch(2, &reversed)]);
    assert_eq!(together.len(), 8);
    for (at, made) in alone.iter().enumerate() {
        assert!(*made == together[at].body && *made == together[4 + 3 - at].body, "source {at}");
    }
}

#[test]
fn a_bad_request_spoils_nothing_after_it() {
    let good = batch(3, &[SOURCES[1]]);
    // The head of a batch is damaged (a unit's name longer than the head); its lengths are in order.
    let mut damaged = batch(1, &[SOURCES[0]]);
    damaged[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut lying = BatchWriter::default();
    let wrong = Sent { id: ContentId { sha256: [0; 32], size_bytes: 2 }, ..source(SOURCES[0]) };
    lying.add("unit", &[], &[wrong]);
    let mut empty = BatchWriter::default();
    empty.add("unit", &[], &[]);
    let answers = exchange(&[damaged, lying.finish(2), good, empty.finish(4)]);
    let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome).collect();
    assert_eq!(outcomes, [Outcome::Refused, Outcome::Refused, Outcome::Artifact, Outcome::Refused]);
    assert!(answers[2].body == artifact(SOURCES[1]));
    let reason = |at: usize| String::from_utf8_lossy(&answers[at].body).into_owned();
    assert!(reason(1).contains("does not match its digest"), "{}", reason(1));
    assert!(reason(3).contains("has no input source"), "{}", reason(3));
}

#[test]
fn inputs_may_come_by_descriptor() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"before").unwrap();
    file.write_all(SOURCES[3].as_bytes()).unwrap();
    // Standard input and output are taken; what a child inherits must not be closed on exec.
    let descriptor = file.as_raw_fd();
    // SAFETY: the descriptor is open and ours; only its close-on-exec flag is cleared.
    assert_eq!(unsafe { libc::fcntl(descriptor, libc::F_SETFD, 0) }, 0);
    let mut writer = BatchWriter::default();
    let body = |offset| Body::Descriptor { descriptor: descriptor as u32, offset };
    writer.add("unit", &[], &[Sent { body: body(6), ..source(SOURCES[3]) }]);
    writer.add("unit", &[], &[Sent { body: body(7), ..source(SOURCES[3]) }]);
    let none = Body::Descriptor { descriptor: 999, offset: 0 };
    writer.add("unit", &[], &[Sent { body: none, ..source(SOURCES[3]) }]);
    let answers = exchange(&[writer.finish(1)]);
    let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome).collect();
    assert_eq!(outcomes, [Outcome::Artifact, Outcome::Refused, Outcome::Refused]);
    assert!(answers[0].body == artifact(SOURCES[3]));
}

//! Batch mode has the meaning of one process per request: in any order, after bad requests, inline or by descriptor.
//! Of every stage, the toys and those that are shipped.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::process::{Command, Stdio};

use dx_schemas::request::{Answer, BatchWriter, Body, Outcome, Sent};
use dx_schemas::stages::{self, StageSpec, Unit};
use dx_schemas::{Artifact, ContentId, Kind, SectionKind};
use dx_tests::script::binaries;

/// A source, and whether it compiles.
type Source = (&'static str, bool);

const TOY: [Source; 4] =
    [("x\n", true), ("def f\n  y\n", true), ("error\n", false), ("import a\ndef g\n  z\n", true)];
const PYTHON: [Source; 4] = [
    ("x = 1\n", true),
    (
        "import a\n\nclass C(a.B):\n    def f(self, *, n=2):\n        return [self.g(i) for i in range(n)]\n",
        true,
    ),
    ("def broken(:\n    return x y\n", false),
    ("async def f():\n    nonlocal late\n    await g()\n", false),
];

/// One input of a unit.
struct Part {
    kind: SectionKind,
    ordinal: u32,
    bytes: Vec<u8>,
}

impl Part {
    fn sent(&self) -> Sent<'_> {
        let id = ContentId::of(&self.bytes);
        Sent { kind: self.kind, ordinal: self.ordinal, id, body: Body::Inline(&self.bytes) }
    }
}

/// A stage, and units for it with what each is handed.
struct Case {
    stage: String,
    units: Vec<Vec<Part>>,
}

/// A source and what the stages so far made of it.
struct File {
    source: Source,
    artifacts: Vec<Vec<u8>>,
}

impl File {
    fn units(&self, spec: &StageSpec) -> Vec<Vec<Part>> {
        if spec.reads_source() {
            let bytes = self.source.0.as_bytes().to_vec();
            return vec![vec![Part { kind: SectionKind::Source, ordinal: 0, bytes }]];
        }
        if !self.source.1 && !spec.broken_input {
            return Vec::new();
        }
        let artifacts: Vec<Artifact<'_>> =
            self.artifacts.iter().map(|bytes| Artifact::open(bytes).unwrap()).collect();
        let syntax = artifacts.iter().find(|artifact| artifact.kind == Kind::Syntax).unwrap();
        let trees = syntax.sections().iter().filter(|section| section.kind == SectionKind::Tree).count();
        let count = if spec.unit == Unit::File { 1 } else { trees as u32 };
        let parts = |fragment| {
            let of = |artifact| {
                spec.sections_of(artifact, fragment).into_iter().map(move |section| (artifact, section))
            };
            let part = |(artifact, section): (&Artifact<'_>, &dx_schemas::Section)| {
                let (kind, ordinal) = (section.kind, section.ordinal);
                Part { kind, ordinal, bytes: artifact.section(kind, ordinal).unwrap().to_vec() }
            };
            artifacts.iter().flat_map(of).map(part).collect()
        };
        (0..count).map(parts).collect()
    }
}

/// Every stage with what those before it make of a few sources.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (family, sources) in [("toy", TOY), ("dx", PYTHON)] {
        let mut files = sources.map(|source| File { source, artifacts: Vec::new() });
        for spec in stages::ALL {
            let stage = spec.name.replacen("dx", family, 1);
            let units = files.iter().flat_map(|file| file.units(spec)).collect();
            let case = Case { stage, units };
            if spec.unit == Unit::File {
                for (file, unit) in files.iter_mut().zip(&case.units) {
                    file.artifacts.push(case.artifact(unit));
                }
            }
            cases.push(case);
        }
    }
    cases
}

fn batch<'a>(id: u64, units: impl IntoIterator<Item = &'a Vec<Part>>) -> Vec<u8> {
    let mut writer = BatchWriter::default();
    for unit in units {
        writer.add("unit", &[], &unit.iter().map(Part::sent).collect::<Vec<_>>());
    }
    writer.finish(id)
}

impl Case {
    /// All answers of one process, sorted by batch and index.
    fn exchange(&self, frames: &[Vec<u8>]) -> Vec<Answer> {
        let mut command = Command::new(binaries().join(&self.stage));
        command.args(["--batch", "-j", "2"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("{} (`make test` builds it): {error}", self.stage));
        let mut pipe = child.stdin.take().unwrap();
        let frames = frames.to_vec();
        let writer =
            std::thread::spawn(move || frames.iter().for_each(|frame| pipe.write_all(frame).unwrap()));
        let mut answers = Vec::new();
        let mut stdout = child.stdout.take().unwrap();
        while let Some(answer) = Answer::read(&mut stdout).unwrap() {
            answers.push(answer);
        }
        writer.join().unwrap();
        assert!(child.wait().unwrap().success(), "{}", self.stage);
        answers.sort_by_key(|answer| (answer.id, answer.index));
        answers
    }

    /// What a process makes of one unit alone.
    fn artifact(&self, unit: &Vec<Part>) -> Vec<u8> {
        let [answer] = &self.exchange(&[batch(1, [unit])])[..] else { panic!("{}: one answer", self.stage) };
        assert_eq!(
            answer.outcome,
            Outcome::Artifact,
            "{}: {}",
            self.stage,
            String::from_utf8_lossy(&answer.body)
        );
        answer.body.clone()
    }
}

#[test]
fn the_order_of_requests_and_batches_makes_no_difference() {
    for case in cases() {
        let count = case.units.len();
        assert!(count >= 4, "{}: {count} units", case.stage);
        let alone: Vec<Vec<u8>> = case.units.iter().map(|unit| case.artifact(unit)).collect();
        let together = case.exchange(&[batch(1, &case.units), batch(2, case.units.iter().rev())]);
        assert_eq!(together.len(), 2 * count, "{}", case.stage);
        for (at, made) in alone.iter().enumerate() {
            let again = &together[2 * count - 1 - at];
            assert!(*made == together[at].body && *made == again.body, "{}: unit {at}", case.stage);
        }
    }
}

#[test]
fn a_bad_request_spoils_nothing_after_it() {
    for case in cases() {
        let (first, second) = (&case.units[0], &case.units[1]);
        let good = batch(3, [second]);
        // The head of a batch is damaged (a unit's name longer than the head); its lengths are in order.
        let mut damaged = batch(1, [first]);
        damaged[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut lying = BatchWriter::default();
        let mut wrong: Vec<Sent<'_>> = first.iter().map(Part::sent).collect();
        wrong[0].id.sha256 = [0; 32];
        lying.add("unit", &[], &wrong);
        let mut empty = BatchWriter::default();
        empty.add("unit", &[], &[]);
        let answers = case.exchange(&[damaged, lying.finish(2), good, empty.finish(4)]);
        let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome).collect();
        let expected = [Outcome::Refused, Outcome::Refused, Outcome::Artifact, Outcome::Refused];
        assert_eq!(outcomes, expected, "{}", case.stage);
        assert!(answers[2].body == case.artifact(second), "{}", case.stage);
        let reason = |at: usize| String::from_utf8_lossy(&answers[at].body).into_owned();
        assert!(reason(1).contains("does not match its digest"), "{}: {}", case.stage, reason(1));
        let missing = format!("has no input {}", first[0].kind.name());
        assert!(reason(3).contains(&missing), "{}: {}", case.stage, reason(3));
    }
}

#[test]
fn inputs_may_come_by_descriptor() {
    for case in cases() {
        let unit = &case.units[case.units.len() - 1];
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"before").unwrap();
        for part in unit {
            file.write_all(&part.bytes).unwrap();
        }
        // Standard input and output are taken; what a child inherits must not be closed on exec.
        let descriptor = file.as_raw_fd();
        // SAFETY: the descriptor is open and ours; only its close-on-exec flag is cleared.
        assert_eq!(unsafe { libc::fcntl(descriptor, libc::F_SETFD, 0) }, 0);
        let sent = |descriptor: u32, start: u64| -> Vec<Sent<'_>> {
            let mut offset = start;
            let mut sent = Vec::new();
            for part in unit {
                sent.push(Sent { body: Body::Descriptor { descriptor, offset }, ..part.sent() });
                offset += part.bytes.len() as u64;
            }
            sent
        };
        let mut writer = BatchWriter::default();
        for (descriptor, start) in [(descriptor as u32, 6), (descriptor as u32, 7), (999, 0)] {
            writer.add("unit", &[], &sent(descriptor, start));
        }
        let answers = case.exchange(&[writer.finish(1)]);
        let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome).collect();
        assert_eq!(outcomes, [Outcome::Artifact, Outcome::Refused, Outcome::Refused], "{}", case.stage);
        assert!(answers[0].body == case.artifact(unit), "{}", case.stage);
    }
}

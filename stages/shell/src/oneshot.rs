//! One-shot runs: files or a bundle in, an artifact or a bundle out, findings on standard error.
//!
//! Requests are planned from the same table as the driver's, so what comes out is what the driver would store.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use dx_schemas::bundle::{self, File};
use dx_schemas::container::MAGIC;
use dx_schemas::diagnostic::findings::{self, Places};
use dx_schemas::diagnostic::{Diagnostic, render};
use dx_schemas::request::{Request, Response};
use dx_schemas::stages::{StageSpec, Unit};
use dx_schemas::{Artifact, ArtifactBuilder, Exit, Kind, SectionKind, text};

use crate::arguments::{Arguments, Emit};
use crate::output::{self, Failure};
use crate::panic::{Current, set_current};
use crate::{Input, Stage, work};

pub(crate) fn run<S: Stage>(arguments: &Arguments) -> Result<Exit, Failure> {
    let spec = S::INFO.spec;
    if arguments.output.is_none() && arguments.emit == Emit::Binary {
        output::check_binary_stdout()?;
    }
    let mut files = read_inputs(spec, &arguments.inputs)?;
    let stage = S::default();
    let mut exit = Exit::Done;
    for file in &mut files {
        let outcome = run_file(&stage, arguments, file)?;
        if outcome != Exit::Done {
            exit = outcome;
        }
    }
    write_output(spec, arguments, &files)?;
    Ok(exit)
}

/// Reads every input; artifacts on their own join the file before them, so that `dx-codegen a.syntax a.index` works.
fn read_inputs(spec: &StageSpec, inputs: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let stdin = [PathBuf::from("-")];
    let inputs = if inputs.is_empty() { &stdin } else { inputs };
    let mut files: Vec<File> = Vec::new();
    for path in inputs {
        let bytes = read_input(path)?;
        let shown = path.to_string_lossy().into_owned();
        let refused = |error| Failure::Other(format!("`{}`: {error}", path.display()));
        if !bytes.starts_with(&MAGIC) {
            if !spec.reads_source() {
                let artifacts: Vec<&str> = spec.artifacts().iter().map(|kind| kind.name()).collect();
                return Err(Failure::Other(format!(
                    "`{}` is source; {} reads {} artifacts or a bundle",
                    path.display(),
                    spec.name,
                    artifacts.join(" and ")
                )));
            }
            files.push(File { path: shown, source: Some(bytes), ..File::default() });
            continue;
        }
        let kind = Artifact::open(&bytes).map_err(refused)?.kind;
        if kind == Kind::Bundle {
            files.extend(bundle::read(&bytes).map_err(refused)?);
        } else {
            match files.last_mut().filter(|file| file.artifact(kind).is_none() && file.source.is_none()) {
                Some(file) => file.put(kind, bytes),
                None => files.push(File { path: shown, source: None, artifacts: vec![(kind, bytes)] }),
            }
        }
    }
    Ok(files)
}

fn read_input(path: &Path) -> Result<Vec<u8>, Failure> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        return std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes).map_err(Failure::Stdin);
    }
    fs::read(path).map_err(|error| Failure::Read(path.to_path_buf(), error))
}

/// Runs all units of one file and adds what they made to it.
fn run_file<S: Stage>(stage: &S, arguments: &Arguments, file: &mut File) -> Result<Exit, Failure> {
    let spec = S::INFO.spec;
    let refused = |path: &str, reason: &dyn std::fmt::Display| Failure::Other(format!("`{path}`: {reason}"));
    let mut held = Vec::new();
    for kind in spec.artifacts() {
        let missing = format!("there is no {} artifact in it", kind.name());
        let bytes = file.artifact(kind).ok_or_else(|| refused(&file.path, &missing))?;
        held.push(Artifact::open_as(bytes, kind).map_err(|error| refused(&file.path, &error))?);
    }
    // What an earlier stage of the pipe has told is not told again, but the status says it: a shell sees the last one.
    let broken = has_errors(&held);
    if !spec.broken_input && broken {
        let _ = writeln!(
            std::io::stderr(),
            "{}: error: `{}` has errors, nothing was made of it",
            spec.name,
            file.path
        );
        return Ok(Exit::InputErrors);
    }
    let count = match spec.unit {
        Unit::File => 1,
        Unit::Fragment => fragments(&held),
    };
    let made = work::for_each(arguments.jobs, count, |unit| {
        set_current(Current { unit: unit_name(spec, &file.path, unit), place: None });
        let inputs = inputs(spec, &held, file, unit as u32);
        work::run(stage, &Request { unit: &file.path, options: &arguments.options, inputs })
    })
    .map_err(Failure::Threads)?;
    let mut artifacts = Vec::with_capacity(made.len());
    for (unit, response) in made.into_iter().enumerate() {
        match response {
            Response::Artifact(bytes) => artifacts.push(bytes),
            Response::Refused(reason) => return Err(refused(&unit_name(spec, &file.path, unit), &reason)),
        }
    }
    let found = report(spec, arguments, file, &artifacts).map_err(|error| refused(&file.path, &error))?;
    let exit = if broken { Exit::InputErrors } else { found };
    drop(held);
    match spec.unit {
        Unit::File => artifacts.into_iter().for_each(|bytes| file.put(spec.writes, bytes)),
        Unit::Fragment => {
            let mut pack = ArtifactBuilder::new(Kind::CodePack);
            for (fragment, bytes) in artifacts.into_iter().enumerate() {
                pack.add(SectionKind::Nested, fragment as u32, bytes);
            }
            file.put(Kind::CodePack, pack.finish());
        }
    }
    Ok(exit)
}

fn unit_name(spec: &StageSpec, path: &str, unit: usize) -> String {
    match spec.unit {
        Unit::File => path.to_owned(),
        Unit::Fragment => format!("{path}, fragment {unit}"),
    }
}

fn fragments(held: &[Artifact<'_>]) -> usize {
    let trees = |artifact: &Artifact<'_>| {
        artifact.sections().iter().filter(|section| section.kind == SectionKind::Tree).count()
    };
    held.iter().map(trees).max().unwrap_or_default()
}

fn inputs<'a>(spec: &StageSpec, held: &[Artifact<'a>], file: &'a File, fragment: u32) -> Vec<Input<'a>> {
    let mut out = Vec::new();
    if spec.reads_source() {
        out.push(work::input(SectionKind::Source, 0, file.source.as_deref().unwrap_or_default()));
    }
    for artifact in held {
        for section in spec.sections_of(artifact, fragment) {
            let bytes = artifact.section_unchecked(section.kind, section.ordinal).unwrap_or_default();
            out.push(Input { kind: section.kind, ordinal: section.ordinal, id: section.id, bytes });
        }
    }
    out
}

fn has_errors(held: &[Artifact<'_>]) -> bool {
    held.iter().any(|artifact| match findings::of_artifact(artifact, None, None) {
        Ok(found) => found.iter().any(Diagnostic::is_error),
        Err(_) => true,
    })
}

/// Prints what the units found, best place first.
fn report(
    spec: &StageSpec,
    arguments: &Arguments,
    file: &File,
    made: &[Vec<u8>],
) -> Result<Exit, dx_schemas::ArtifactError> {
    let syntax = match file.artifact(Kind::Syntax) {
        Some(bytes) => Some(Artifact::open_as(bytes, Kind::Syntax)?),
        None => None,
    };
    let source = file.source.as_deref();
    let places = match &syntax {
        Some(syntax) => Some(Places::new(syntax, source)?),
        None => None,
    };
    let mut found = Vec::new();
    for (unit, bytes) in made.iter().enumerate() {
        let artifact = Artifact::open_as(bytes, spec.writes)?;
        let fragment = (spec.unit == Unit::Fragment).then_some(unit as u32);
        found.extend(findings::of_artifact(&artifact, places.as_ref(), fragment)?);
    }
    dx_schemas::diagnostic::normalise(&mut found);
    let mut out = String::new();
    for one in &found {
        out.push_str(&match arguments.json_messages {
            true => render::json(&file.path, one),
            false => render::text(&file.path, one, source),
        });
    }
    // A closed standard error leaves the status, which says the same.
    let _ = std::io::stderr().write_all(out.as_bytes());
    Ok(if found.iter().any(Diagnostic::is_error) { Exit::InputErrors } else { Exit::Done })
}

/// The artifact of a single file with `-o` (and for the readable forms), the bundle for the next stage otherwise.
fn write_output(spec: &StageSpec, arguments: &Arguments, files: &[File]) -> Result<(), Failure> {
    let kind = if spec.unit == Unit::Fragment { Kind::CodePack } else { spec.writes };
    let whole;
    let bundled;
    let bytes = match files {
        [file] if arguments.output.is_some() || arguments.emit != Emit::Binary => {
            match file.artifact(kind) {
                Some(bytes) => bytes,
                // The file has errors and nothing was made of it; that was said.
                None => return Ok(()),
            }
        }
        _ => {
            bundled = bundle::write(files);
            &bundled
        }
    };
    let bytes = match arguments.emit {
        Emit::Binary => bytes,
        form => {
            let artifact = Artifact::open(bytes).map_err(|error| Failure::Other(error.to_string()))?;
            whole = match form {
                Emit::Json => format!("{:#}\n", text::json(&artifact)),
                _ => text::text(&artifact),
            };
            whole.as_bytes()
        }
    };
    match &arguments.output {
        Some(path) => output::to_file(path, bytes),
        None => output::to_stdout(bytes),
    }
}

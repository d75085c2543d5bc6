//! `--list`: the ids that pytest would collect, from the index where it is valid, from pytest otherwise.

use std::io::{self, BufWriter, Write};

use serde_json::json;

use super::memory::Memory;
use super::opening::{self, Opening};
use super::{Settings, conclude};
use crate::arguments::ListFormat;
use crate::failure::{Failure, When};
use crate::index::{Index, call};
use crate::message::Finish;
use crate::parent::Parent;

/// Prints the list; pytest's status.
pub(crate) fn list(settings: &Settings, format: ListFormat) -> Result<u8, Failure> {
    let key = call(&settings.python, &settings.folder, &settings.arguments);
    if let Some(index) = Index::load(&settings.state, &key)
        && let Some(table) = index.table()
    {
        let ids = table.files().flat_map(|file| table.tests(file).map(move |test| (file.path, test)));
        print(ids, format)?;
        return Ok(if table.test_count() == 0 { 5 } else { 0 });
    }
    collect(settings, format)
}

fn collect(settings: &Settings, format: ListFormat) -> Result<u8, Failure> {
    let launch = settings.launch();
    let mut start = settings.start(true);
    start.arguments.extend(["--collect-only".to_owned(), "-q".to_owned()]);
    let mut memory = Memory::begin(&settings.state, &settings.python, &settings.folder, &settings.arguments);
    let mut parent = Parent::spawn(&launch, &start, &[])?;
    let opened = match opening::open(&mut parent)? {
        Opening::Plan(opened) => opened,
        Opening::Refused(reason) => return Err(Failure::ParentGone(When::Starting, reason)),
        Opening::Ended(summary) => {
            let status = parent.end();
            return Ok(summary.map_or(status, |summary| summary.status) as u8);
        }
    };
    let mut plan = opened.plan;
    memory.read(&mut plan.read, &mut plan.listed);
    let conclusion = conclude(&mut parent, &Finish::default())?;
    parent.end();
    if plan.broken {
        io::stdout().write_all(conclusion.text.as_bytes())?;
        return Ok(conclusion.status as u8);
    }
    memory.keep_index(plan.files.iter().map(|file| (file.id.as_str(), file.items.as_slice())));
    memory.save(&settings.state);
    let ids =
        plan.files.iter().flat_map(|file| file.items.iter().map(|test| (file.id.as_str(), test.as_str())));
    print(ids, format)?;
    Ok(conclusion.status as u8)
}

fn print<'a>(ids: impl Iterator<Item = (&'a str, &'a str)>, format: ListFormat) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let write = || -> io::Result<()> {
        match format {
            ListFormat::Text => {
                for (path, test) in ids {
                    writeln!(out, "{path}{test}")?;
                }
            }
            ListFormat::Json => {
                let all: Vec<_> =
                    ids.map(|(path, test)| json!({"id": format!("{path}{test}"), "file": path})).collect();
                writeln!(out, "{}", json!({"v": 1, "tests": all}))?;
            }
        }
        out.flush()
    };
    match write() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

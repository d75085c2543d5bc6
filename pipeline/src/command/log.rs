//! `dx-pipe log`: what the last builds did.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Args, Subcommand};
use dx_schemas::events::{Event, Outcome};

use super::print;
use crate::failure::Failure;
use crate::log;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// the units that ran in a build, with reasons
    WhatRan {
        /// number of the build; the last that did something when absent
        build: Option<u64>,
    },
    /// how two builds differ: units with another outcome or key
    Diff {
        /// number of the first build; the last but one when absent
        first: Option<u64>,
        /// number of the second build; the last when absent
        second: Option<u64>,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let workspace = Workspace::find(Path::new("."))?;
    let numbers = log::numbers(&workspace);
    let pick = |wanted: Option<u64>, from_end: usize| {
        let number = wanted.or_else(|| numbers.iter().rev().nth(from_end).copied());
        number.filter(|number| numbers.contains(number)).ok_or_else(|| {
            let kept: Vec<String> = numbers.iter().map(u64::to_string).collect();
            Failure::Usage(format!("there is no such build; logs are kept of: {}", kept.join(" ")))
        })
    };
    match arguments.what {
        What::WhatRan { build } => {
            let number = pick(build, 0)?;
            let mut out = format!("build {number}\n");
            for event in log::read(&workspace, number) {
                match event {
                    Event::Unit { stage, unit, outcome, reason, .. } if outcome != Outcome::CutOff => {
                        out.push_str(&format!("{} {stage} {unit}: {reason}\n", outcome.name()));
                    }
                    Event::Done { wall_ms, files, .. } => {
                        out.push_str(&format!("{files} files in {wall_ms:.1} ms\n"));
                    }
                    _ => {}
                }
            }
            print(&out)
        }
        What::Diff { first, second } => {
            let (first, second) = (pick(first, 1)?, pick(second, 0)?);
            let (before, after) = (units(&workspace, first), units(&workspace, second));
            let mut out = format!("build {first} -> build {second}\n");
            let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for name in names {
                let (old, new) = (before.get(name), after.get(name));
                if old != new {
                    let show = |side: Option<&(Outcome, Option<String>)>| {
                        side.map_or("not looked at".to_owned(), |(outcome, key)| {
                            let key = key.as_deref().map_or("", |key| &key[..key.len().min(12)]);
                            format!("{} {key}", outcome.name())
                        })
                    };
                    out.push_str(&format!("{name}: {} -> {}\n", show(old), show(new)));
                }
            }
            print(&out)
        }
    }
}

fn units(workspace: &Workspace, number: u64) -> BTreeMap<String, (Outcome, Option<String>)> {
    log::read(workspace, number)
        .into_iter()
        .filter_map(|event| match event {
            Event::Unit { stage, unit, outcome, key, .. } => {
                Some((format!("{stage} {unit}"), (outcome, key)))
            }
            _ => None,
        })
        .collect()
}

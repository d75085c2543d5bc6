//! `dx-pipe explain UNIT`: what a unit reads, and why it last ran.

use std::fmt::Write as _;
use std::path::Path;

use clap::Args;
use dx_schemas::events::{Event, Outcome};
use dx_schemas::manifest::{Component, Manifest};
use dx_schemas::{ActionId, ContentId};

use super::print;
use crate::failure::Failure;
use crate::known::{self, Named};
use crate::log;
use crate::store::Store;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Arguments {
    /// `pkg.mod` or a file, `pkg.mod:` for a module's body, `pkg.mod:Class.method`
    unit: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let workspace = Workspace::find(Path::new("."))?;
    let known = known::all(&workspace);
    let Some(named) = known::find(&known, &arguments.unit) else {
        return Err(Failure::Usage(format!(
            "no built unit is named `{}`; a module is `pkg.mod`, a fragment `pkg.mod:Class.method`",
            arguments.unit
        )));
    };
    let store = Store::open(&workspace);
    let mut out = String::new();
    tell_source(&mut out, &workspace, &named);
    for (stage, unit, outcome) in units(&named) {
        let _ = writeln!(out, "\n{stage} {unit}");
        let Some((key, output)) = outcome else {
            let _ = writeln!(out, "  has no result: the file has errors");
            continue;
        };
        let _ = writeln!(out, "  key     {key}\n  result  {output}");
        match store.record(&key) {
            Ok(record) => {
                for component in &record.manifest.components {
                    let _ = writeln!(out, "  reads   {:<18} {}", component.name(), component.value());
                }
                tell_history(&mut out, &workspace, &store, stage, &unit, &record.manifest);
            }
            Err(_) => {
                let _ = writeln!(out, "  its record is not in the cache: it would run again");
            }
        }
    }
    print(&out)
}

fn tell_source(out: &mut String, workspace: &Workspace, named: &Named) {
    let file = &named.file;
    let _ = writeln!(out, "{} is {}", file.module, file.path);
    let now = std::fs::read(workspace.root.join(&file.path)).map(|bytes| ContentId::of(&bytes));
    let _ = match now {
        Ok(now) if now == file.source => writeln!(out, "its source is what was built last ({now})"),
        Ok(now) => writeln!(out, "its source changed since: {} then, {now} now", file.source),
        Err(error) => writeln!(out, "its source cannot be read: {error}"),
    };
}

type UnitLine = (&'static str, String, Option<(ActionId, ContentId)>);

fn units(named: &Named) -> Vec<UnitLine> {
    let file = &named.file;
    match named.fragment {
        None => vec![
            ("dx-parse", file.module.clone(), file.syntax),
            ("dx-index", file.module.clone(), file.index),
        ],
        Some(row) => {
            let fragment = &file.fragments[row];
            let unit = crate::module_name::fragment_unit(&file.module, &fragment.name);
            vec![("dx-codegen", unit, fragment.code)]
        }
    }
}

/// The last build in which the unit had an event, and how its key then differed from the one before.
fn tell_history(
    out: &mut String,
    workspace: &Workspace,
    store: &Store,
    stage: &str,
    unit: &str,
    manifest: &Manifest,
) {
    for number in log::numbers(workspace).into_iter().rev() {
        let event = log::read(workspace, number).into_iter().find_map(|event| match event {
            Event::Unit { stage: of, unit: named, outcome, reason, old_key, .. }
                if of == stage && named == unit && outcome != Outcome::CutOff =>
            {
                Some((outcome, reason, old_key))
            }
            _ => None,
        });
        let Some((outcome, reason, old_key)) = event else { continue };
        let _ = writeln!(out, "  build {number}: {}, because {reason}", outcome.name());
        let old = old_key.and_then(|key| ActionId::parse(&key)).and_then(|key| store.record(&key).ok());
        if let Some(old) = old {
            for one in manifest.differences(&old.manifest) {
                let show = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
                let _ = writeln!(
                    out,
                    "    {:<18} {}\n    {:<18} {}",
                    one.name,
                    show(&one.old),
                    "  now",
                    show(&one.new)
                );
            }
            let same: Vec<String> = manifest
                .components
                .iter()
                .filter(|component| old.manifest.components.contains(component))
                .map(Component::name)
                .collect();
            let _ = writeln!(out, "    the same: {}", same.join(", "));
        }
        return;
    }
}

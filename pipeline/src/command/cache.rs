//! `dx-pipe cache`: looking after the cache, and carrying it elsewhere.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use dx_cache::maintain::{self, GcOptions, ImportOptions};
use dx_cache::{Cache, Used};
use dx_schemas::Exit;
use serde::Serialize;
use serde_json::{Value, json};

use super::print;
use crate::engine::Stages;
use crate::failure::Failure;
use crate::known;
use crate::search::search;
use crate::store::cache_options;
use crate::workspace::{Workspace, parse_size};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// as JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum What {
    /// what is in the cache
    Stats,
    /// check all content against its digests
    Verify {
        /// write the index anew from what is whole
        #[arg(long)]
        repair: bool,
    },
    /// remove what is old or too much
    Gc {
        /// say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// as gc, with limits given here
    Prune {
        /// `400M`, `5G`
        #[arg(long, value_name = "SIZE")]
        max_size: Option<String>,
        /// `14d`, `12h`
        #[arg(long, value_name = "AGE")]
        max_age: Option<String>,
        /// say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// write what builds of this workspace use as one archive
    Export {
        /// whose entries
        #[arg(long, value_enum, default_value = "last")]
        used_by: UsedBy,
        /// the archive
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// take in an archive
    Import {
        /// the archive
        file: PathBuf,
        /// a missing file is no error
        #[arg(long)]
        optional: bool,
    },
    /// print the key under which CI should save the cache, then prefixes to restore from, best first
    Key,
    /// empty the cache
    Clear {
        /// really
        #[arg(long, required = true)]
        yes: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UsedBy {
    /// the last builds of all paths and programs of this workspace
    Last,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let workspace = Workspace::find(Path::new("."))?;
    let open = || Cache::open(workspace.cache_dir(), cache_options(&workspace)).map_err(Failure::from);
    let show = |report: &dyn Reported| print(&report.text(arguments.json));
    match &arguments.what {
        What::Stats => show(&Report(maintain::stats(&open()?)?)),
        What::Verify { repair } => {
            let report = maintain::verify(&open()?, *repair)?;
            let sound = report.is_sound() || (report.repaired && report.skipped.is_none());
            show(&Report(report))?;
            Ok(if sound { Exit::Done } else { Exit::InputErrors } as u8)
        }
        What::Gc { dry_run } => {
            let cache = open()?;
            let options = GcOptions { dry_run: *dry_run, ..GcOptions::of(&cache) };
            show(&Report(maintain::gc(&cache, &options)?))
        }
        What::Prune { max_size, max_age, dry_run } => {
            let cache = open()?;
            let mut options = GcOptions { dry_run: *dry_run, ..GcOptions::of(&cache) };
            if let Some(text) = max_size {
                let unknown = || Failure::Usage(format!("`{text}` is no size; `400M` and `5G` are"));
                options.size_bytes_max = parse_size(text).ok_or_else(unknown)?;
            }
            if let Some(text) = max_age {
                let unknown = || Failure::Usage(format!("`{text}` is no age; `14d` and `12h` are"));
                options.age_max = parse_age(text).ok_or_else(unknown)?;
            }
            // Asked for by name, so it may take its time.
            options.time_max = Duration::from_secs(600);
            show(&Report(maintain::gc(&cache, &options)?))
        }
        What::Export { used_by: UsedBy::Last, output } => {
            let cache = open()?;
            let mut used = Used::default();
            for known in known::all(&workspace) {
                let more = known.used();
                used.contents.extend(more.contents);
                used.records.extend(more.records);
            }
            let report = export(&cache, &used, output)?;
            show(&Report(report))
        }
        What::Import { file, optional } => {
            if *optional && !file.exists() {
                return print(if arguments.json { "null\n" } else { "nothing to import\n" });
            }
            let cache = open()?;
            let archive = BufReader::new(File::open(file).map_err(Failure::read(file))?);
            let report = maintain::import(&cache, archive, &ImportOptions::of(&cache))?;
            show(&Report(report))
        }
        What::Key => {
            let keys = key(&workspace)?;
            match (arguments.json, keys.split_first()) {
                (true, Some((key, restore))) => {
                    print(&format!("{:#}\n", serde_json::json!({ "key": key, "restore": restore })))
                }
                _ => print(&(keys.join("\n") + "\n")),
            }
        }
        What::Clear { .. } => show(&Report(maintain::clear(&open()?)?)),
    }
}

/// Under a temporary name first: a half-written archive must never be restored.
fn export(cache: &Cache, used: &Used, output: &Path) -> Result<maintain::ExportReport, Failure> {
    let temporary = output.with_extension(format!("{}.tmp", std::process::id()));
    let written = || -> std::io::Result<maintain::ExportReport> {
        let mut file = BufWriter::new(File::create(&temporary)?);
        let report = maintain::export(cache, used, &mut file)?;
        file.flush()?;
        std::fs::rename(&temporary, output)?;
        Ok(report)
    };
    written().map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        Failure::write(output)(error)
    })
}

/// The key to save under, then prefixes to restore from, best first.
fn key(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let stages = Stages::find()?;
    let options: Vec<_> =
        dx_schemas::stages::ALL.iter().map(|spec| workspace.stage_options(spec.name)).collect();
    let setup = blake3::Hash::from_bytes(stages.setup(&options)).to_hex();
    let mut tree = blake3::Hasher::new();
    for file in search(&workspace.root, std::slice::from_ref(&workspace.root), &workspace.cache_dir())?.files
    {
        let bytes = std::fs::read(&file).map_err(Failure::read(&file))?;
        tree.update(workspace.relative(&file).as_os_str().as_encoded_bytes());
        tree.update(&[0]);
        tree.update(blake3::hash(&bytes).as_bytes());
    }
    let tree = tree.finalize().to_hex();
    let prefix = format!("dx1-{}-{}-", std::env::consts::OS, std::env::consts::ARCH);
    let stages = format!("{prefix}{}-", &setup[..16]);
    Ok(vec![format!("{stages}{}", &tree[..16]), stages, prefix])
}

fn parse_age(text: &str) -> Option<Duration> {
    let (digits, unit) = text.trim().split_at(text.trim().len().checked_sub(1)?);
    let scale = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        _ => return None,
    };
    Some(Duration::from_secs(digits.parse::<u64>().ok()?.checked_mul(scale)?))
}

struct Report<T>(T);

trait Reported {
    fn text(&self, json: bool) -> String;
}

impl<T: Serialize> Reported for Report<T> {
    fn text(&self, as_json: bool) -> String {
        let value = serde_json::to_value(&self.0).unwrap_or(json!({}));
        if as_json {
            return format!("{value:#}\n");
        }
        let Value::Object(fields) = value else { return format!("{value}\n") };
        let mut out = String::new();
        for (name, value) in fields {
            let name = name.replace('_', " ");
            match value {
                Value::Null => {}
                Value::Array(lines) if lines.is_empty() => {}
                Value::Array(lines) => {
                    for line in lines {
                        out.push_str(&format!("{name}: {}\n", line.as_str().unwrap_or_default()));
                    }
                }
                Value::String(text) => out.push_str(&format!("{name}: {text}\n")),
                other => out.push_str(&format!("{name}: {other}\n")),
            }
        }
        out
    }
}
